"""The forms of the tab Security: the rules of one role, and the reason of a reset."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.security.models import IDLE_MINUTES, SESSION_HOURS, SecurityPolicy
from accounts.security.rules import PROGRAMS
from core.fields import DayField

MOST_TEXT = 4000


class PolicyForm(forms.Form):
    """The rules of one role; fields that say nothing are no rules. Days are of the operator's zone."""

    second_factor = forms.BooleanField(label=_("Second step required"), required=False)
    second_factor_from = DayField(
        label=_("From"), required=False, help_text=_("Until then people are told. Empty: at once.")
    )
    idle_minutes = forms.IntegerField(
        label=_("Idle time-out, minutes"), required=False,
        min_value=IDLE_MINUTES[0], max_value=IDLE_MINUTES[1],
        help_text=_("Signed out after so long without a key or click. Empty: never."),
    )  # fmt: skip
    session_hours = forms.IntegerField(
        label=_("Longest session, hours"), required=False,
        min_value=SESSION_HOURS[0], max_value=SESSION_HOURS[1],
        help_text=_("Then the password is asked for again. Empty: two weeks."),
    )  # fmt: skip
    networks = forms.CharField(
        label=_("Networks allowed"), required=False, max_length=MOST_TEXT,
        help_text=_("One a line, like 203.0.113.0/24 or 2001:db8::/32. Empty: from anywhere."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr", "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, role: str, row: SecurityPolicy | None, zone: str, now: datetime
    ) -> None:
        self.role, self.zone, self.row, self.now = role, ZoneInfo(zone), row, now
        super().__init__(data, initial=self._initial(), auto_id=f"id_{role}_%s")
        if role == PROGRAMS:
            for name in ("second_factor", "second_factor_from", "idle_minutes", "session_hours"):
                del self.fields[name]

    def _initial(self) -> dict[str, Any]:
        row = self.row or SecurityPolicy()
        since = row.second_factor_from
        return {
            "second_factor": since is not None,
            "second_factor_from": since.astimezone(self.zone).date() if since else None,
            "idle_minutes": row.idle_minutes,
            "session_hours": row.session_hours,
            "networks": "\n".join(row.networks),
        }

    def rules(self) -> dict[str, Any]:
        """Return what `set_policy` takes; a day that is the stored one keeps the stored instant."""
        said = self.cleaned_data
        return {
            "second_factor_from": self._since() if said.get("second_factor") else None,
            "idle_minutes": said.get("idle_minutes"),
            "session_hours": said.get("session_hours"),
            "networks": [line.strip() for line in said["networks"].splitlines() if line.strip()],
        }

    def _since(self) -> datetime:
        day, stored = self.cleaned_data["second_factor_from"], self.row and self.row.second_factor_from
        if stored and day in (None, stored.astimezone(self.zone).date()):
            return stored
        return datetime.combine(day, time(), self.zone) if day else self.now


class ResetForm(forms.Form):
    """Why a second step is reset."""

    reason = forms.CharField(
        label=_("Why, and how you made sure who asks"), max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )  # fmt: skip
