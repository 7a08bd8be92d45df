"""Fields of forms that more than one room shows."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.ids import new_ref


class KeyField(forms.UUIDField):
    """The number of a form that was shown: sent twice, it is done once. Each new form has one of its own."""

    widget = forms.HiddenInput

    def __init__(self, **more: Any) -> None:
        again = dict.fromkeys(("required", "invalid"), _("Load this page again, then save."))
        super().__init__(**{"initial": new_ref, "error_messages": again, **more})
