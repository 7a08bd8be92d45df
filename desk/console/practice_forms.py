"""The form that sends practice customers. Its bounds the verb says."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.ids import new_ref


class PracticeForm(forms.Form):
    """`ref` names the form that was shown: sent twice, it sends once."""

    count = forms.IntegerField(label=_("How many customers"), initial=3)
    minutes = forms.IntegerField(
        label=_("Over how many minutes"), initial=5, help_text=_("The first comes at once. 0: all of them.")
    )
    ref = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), _("Load this page again, then send them.")),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"ref": new_ref()})
