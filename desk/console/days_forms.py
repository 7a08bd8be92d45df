"""The forms about hours worked: what to take along, and what a stretch should have said."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import DayField
from desk.days import MOST_DAYS
from tenants.values import BrandCard
from workforce.actions.corrections import WORDS
from workforce.choices import Availability, LedgerRule
from workforce.values import ReasonView

CLOCK = forms.TimeInput(attrs={"type": "time", "step": 1}, format="%H:%M:%S")


class SpanForm(forms.Form):
    """The days of a file, both of them in it."""

    first = DayField(label=_("From"))
    last = DayField(label=_("Until"))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        first, last = said.get("first"), said.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day comes before the first."))
        elif first and last and (last - first).days >= MOST_DAYS:
            self.add_error("last", _("At most %(days)d days in one file.") % {"days": MOST_DAYS})
        return said


class RuleForm(forms.Form):
    """How work side by side is shared out, from the start of a day on."""

    rule = forms.ChoiceField(label=_("Work side by side is counted"), choices=LedgerRule.choices)
    since = DayField(label=_("From"), help_text=_("Tomorrow at the earliest."))


class CorrectionForm(forms.Form):
    """A stretch of one day in the agent's zone; an end at or before the start is on the next day."""

    start = forms.TimeField(label=_("From"), widget=CLOCK)
    end = forms.TimeField(label=_("Until"), widget=CLOCK)
    state = forms.ChoiceField(label=_("It was"))
    brand = forms.ChoiceField(label=_("For"), required=False)
    words = forms.CharField(
        label=_("Why"), min_length=WORDS[0], max_length=WORDS[1], help_text=_("The agent reads it."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, day: date, zone: str, reasons: Iterable[ReasonView], cards: list[BrandCard]
    ) -> None:
        super().__init__(data)
        self.day, self.zone = day, ZoneInfo(zone)
        states: list[tuple[str, object]] = [(Availability.AVAILABLE.value, Availability.AVAILABLE.label)]
        states += [(f"{Availability.AWAY.value}:{reason.code}", reason.label) for reason in reasons]
        states += [(Availability.OFFLINE.value, Availability.OFFLINE.label)]
        self.fields["state"].choices = states  # type: ignore[attr-defined]
        self.fields["brand"].choices = [("", _("No client")), *((str(card.id), card.name) for card in cards)]  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return the arguments of the verb."""
        said = self.cleaned_data
        availability, _colon, code = said["state"].partition(":")
        start = self._at(said["start"], self.day)
        after = said["end"] <= said["start"]
        end = self._at(said["end"], self.day + timedelta(days=1) if after else self.day)
        return {
            "start": start, "end": end, "availability": availability, "reason_code": code or None,
            "brand_id": int(said["brand"]) if said["brand"] else None, "words": said["words"],
        }  # fmt: skip

    def _at(self, clock: time, day: date) -> datetime:
        return datetime.combine(day, clock, tzinfo=self.zone)
