"""The forms of roles: a stronger seat for some hours, a look as the client."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.choices import Role
from accounts.elevating import Rung
from accounts.permissions import CLIENT_ROLES, ELEVATION_HOURS
from accounts.timed import REASON_LENGTH
from desk.console.mail_forms import one_line

NAMELESS = _("with the provider")


class ReasonForm(forms.Form):
    """What is written down and read later, by the client too."""

    reason = forms.CharField(
        label=_("Why"), max_length=REASON_LENGTH, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("It is written into the audit trail, where the client reads it."),
    )  # fmt: skip

    def clean_reason(self) -> str:
        return one_line(self.cleaned_data["reason"])


class ElevationForm(ReasonForm):
    """Which stronger seat, for how long and why."""

    rung = forms.ChoiceField(label=_("Seat"))
    hours = forms.TypedChoiceField(label=_("For"), coerce=int, initial=str(ELEVATION_HOURS[0]))
    field_order = ("rung", "hours", "reason")

    def __init__(self, data: Any = None, *, rungs: Sequence[tuple[Rung, str]]) -> None:
        super().__init__(data)
        seat: Any = self.fields["rung"]
        hours: Any = self.fields["hours"]
        seat.choices = [(rung.key, f"{rung.role_name}, {place or NAMELESS}") for rung, place in rungs]
        hours.choices = [
            (str(n), ngettext("%(n)d hour", "%(n)d hours", n) % {"n": n}) for n in ELEVATION_HOURS
        ]


class SeeAsForm(ReasonForm):
    """Through whose eyes, and why."""

    role = forms.ChoiceField(
        label=_("See the portal as"),
        choices=[(one.value, one.label) for one in Role if one in CLIENT_ROLES],
    )
    field_order = ("role", "reason")
