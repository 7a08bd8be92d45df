"""What a reader may ask of the trail: a verb, days in a named zone. Each host adds whose rows."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.trail.verbs import VERBS, verb_of

EARLIEST = date(2000, 1, 1)
LATEST = date(2199, 12, 31)


class DayField(forms.DateField):
    """A day, written as YYYY-MM-DD, in a century that a trail can have."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, input_formats=["%Y-%m-%d"], **options)
        self.error_messages["invalid"] = _("Write a day as 2026-03-31.")

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day and not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(self.error_messages["invalid"])
        return day


class TrailForm(forms.Form):
    """Filters of the trail; `codes` are the verbs that its reader may choose from."""

    verb = forms.ChoiceField(label=_("What"), required=False)
    since = DayField(label=_("From"))
    until = DayField(label=_("To, inclusive"))

    def __init__(self, data: Any, *, codes: Iterable[str] = VERBS, zone: str) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.zone = ZoneInfo(zone)
        names = sorted(((code, str(verb_of(code).name)) for code in codes), key=lambda pair: pair[1])
        verb: Any = self.fields["verb"]
        verb.choices = [("", _("Everything")), *names]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day is before the first one."))
        return cleaned

    def bounds(self) -> dict[str, datetime | None]:
        """Return the instants `[since, until)` of the days that were asked for."""
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        return {
            "since": self._midnight(since) if since else None,
            "until": self._midnight(until + timedelta(days=1)) if until else None,
        }

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self.zone)
