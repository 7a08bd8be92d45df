"""The form that makes an API key."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.keys.scopes import scopes_for
from core.ids import new_ref
from desk.console.mail_forms import one_line

NO_END = ""
DAYS = (
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("One year")),
    (NO_END, _("No end")),
)


class KeyForm(forms.Form):
    """Name, scopes and end of a key for the brand's host, or the provider's (`brand_id` None).

    `call` names the form that was shown: sent twice, it makes one key.
    """

    name = forms.CharField(
        label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Of the program that will use it."),
    )  # fmt: skip
    days = forms.ChoiceField(label=_("Good for"), choices=DAYS, required=False, initial="90")
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )  # fmt: skip
    call = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), _("Load this page again, then make the key.")),
    )

    def __init__(self, data: Any = None, *, brand_id: int | None) -> None:
        super().__init__(data, initial={"call": new_ref()})
        choice: Any = self.fields["scopes"]
        choice.choices = [(one.value, one.label) for one in scopes_for(brand_id)]

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])

    def expires_at(self, now: datetime) -> datetime | None:
        """Return when a key of this form ends, None for never."""
        days = self.cleaned_data["days"]
        return now + timedelta(days=int(days)) if days else None
