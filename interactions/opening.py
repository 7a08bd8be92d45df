"""Onboarding's step and check of the opening hours: periods of the week, the public holidays of a country."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.hours import Calendar
from interactions.actions import use_calendars, write_calendar
from interactions.calendar_rules import MOST_PERIODS, Row, calendar_errors, split_week, told
from interactions.hours import schedule_of
from interactions.models import Calendar as CalendarRow
from interactions.models import Queue
from tenants.onboarding.registry import Check, Data, Finding, Step, Work
from tenants.onboarding.shapes import Shape, TimeField
from tenants.scope import tenant_scope
from tenants.values import BrandCard, Grant

NAME = "Opening hours"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAYS = (
    ("mon", _("Monday")), ("tue", _("Tuesday")), ("wed", _("Wednesday")), ("thu", _("Thursday")),
    ("fri", _("Friday")), ("sat", _("Saturday")), ("sun", _("Sunday")),
)  # fmt: skip


class PeriodShape(Shape):
    """Open on each day from `from_day` to `until_day`; over night when it closes no later than it opens."""

    from_day = serializers.ChoiceField(choices=WEEKDAYS)
    until_day = serializers.ChoiceField(choices=WEEKDAYS)
    opens = TimeField()
    closes = TimeField()


class HoursShape(Shape):
    """Without `periods`: open day and night. `country`, `subdivision`: whose public holidays are kept."""

    periods = serializers.ListField(
        child=PeriodShape(), max_length=7 * MOST_PERIODS, required=False, default=list
    )
    country = serializers.CharField(max_length=2, required=False, allow_blank=True, default="")
    subdivision = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")

    def validate_country(self, code: str) -> str:
        return code.upper()

    def validate(self, attrs: Data) -> Data:
        rows = rows_of(attrs["periods"])
        found = calendar_errors(
            name=NAME, zone="UTC", country=attrs["country"], subdivision=attrs["subdivision"],
            week=[row for row, _place in rows],
        )  # fmt: skip
        wrong: dict[str, Any] = {}
        for path, words in found.items():
            key, _dot, number = path.partition(".")
            if key == "week":
                wrong.setdefault("periods", {})[rows[int(number)][1]] = {"opens": [words]}
            else:
                wrong[key] = [words]
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs


def rows_of(periods: list[Data]) -> list[tuple[Row, int]]:
    """Return a row of a day for each day of each period, with the period's place; days go round the week."""
    found: list[tuple[Row, int]] = []
    for place, period in enumerate(periods):
        first, last = DAYS.index(period["from_day"]), DAYS.index(period["until_day"])
        opens, closes = minutes_of(period["opens"]), minutes_of(period["closes"])
        found += [(((first + n) % 7, opens, closes), place) for n in range((last - first) % 7 + 1)]
    return found


def minutes_of(time: str) -> int:
    """`08:30` -> 510."""
    hours, _colon, minutes = time.partition(":")
    return int(hours) * 60 + int(minutes)


def apply(work: Work) -> None:
    """Give the lines these hours, but those that were given hours of their own on the client's screen.

    Routing is told when all steps are applied.
    """
    with tenant_scope(work.brand, work.grant):
        rows = Queue.objects.select_related("calendar").order_by("pk")
        refs = [row.ref for row in rows if row.calendar is None or row.calendar.name == NAME]
        chosen = _calendar(work) if work.data["periods"] else None
        use_calendars(dict.fromkeys(refs, chosen), tell=False, actor=work.actor, now=work.now)


def _calendar(work: Work) -> UUID:
    """Return the ref of the calendar with these hours, made or changed."""
    standing: CalendarRow | None = CalendarRow.objects.filter(name=NAME).first()
    week = [row for row, _place in rows_of(work.data["periods"])]
    country, part = work.data["country"], work.data["subdivision"]
    if standing and _same(standing, week, (work.brand.timezone, country, part if country else "")):
        return standing.ref
    return write_calendar(
        standing.ref if standing else None, name=NAME, zone=work.brand.timezone, week=week, country=country,
        subdivision=part, actor=work.actor, now=work.now,
    ).ref  # fmt: skip


def _same(row: CalendarRow, week: list[Row], where: tuple[str, str, str]) -> bool:
    if (row.zone, row.country, row.subdivision) != where:
        return False
    return sorted(row.periods.values_list("weekday", "opens", "closes")) == [
        (day, *span) for day, span in split_week(week)
    ]


def copy(brand: BrandCard, grant: Grant) -> Data:
    """Return the hours of the other brand's first line that has any, each day by itself."""
    with tenant_scope(brand, grant):
        row = Queue.objects.exclude(calendar=None).select_related("calendar").order_by("pk").first()
        if row is None or row.calendar is None:
            return {}
        hours = schedule_of(row.calendar)
    return told_of(hours)


def told_of(hours: Calendar | None) -> Data:
    """Return a calendar's week as this step's data, each day by itself; without one day and night."""
    if hours is None:
        return {"periods": [], "country": "", "subdivision": ""}
    spans = sorted((day, span) for day, each in hours.week.items() for span in each)
    return {"periods": _told(spans), "country": hours.country, "subdivision": hours.subdivision}


def day_by_day(periods: list[Data]) -> list[Data]:
    """Return the same periods with each day by itself, as `told_of` tells them."""
    return _told(split_week([row for row, _place in rows_of(periods)]))


def _told(spans: Sequence[tuple[int, tuple[int, int]]]) -> list[Data]:
    return [
        {"from_day": DAYS[day], "until_day": DAYS[day], "opens": told(opens), "closes": told(closes)}
        for day, (opens, closes) in spans
    ]


def find_hours(brand: BrandCard, grant: Grant, now: datetime) -> Finding:
    with tenant_scope(brand, grant):
        names = list(
            Queue.objects.filter(calendar__isnull=True).order_by("pk").values_list("name", flat=True)
        )
    if names:
        return Finding("warn", _("Answered day and night: %(lines)s.") % {"lines": ", ".join(names)})
    return Finding("good", _("Every queue has opening hours."))


STEPS = (
    Step(
        name="hours", title=_("Opening hours"), position=35, turn=25,
        shape=HoursShape, apply=apply, copy=copy, needed=False,
    ),
)  # fmt: skip
CHECKS = (Check("hours", "interactions", _("Opening hours"), 35, "hours", find_hours),)
