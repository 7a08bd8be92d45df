"""What an operator typed about hours: kept as typed, read for the verbs, every error beside its field.

A day's periods are parallel lists of times (`opens-0`, `closes-0`; 0 is Monday): a row that is empty is none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from core.hours import DAY, Calendar, Span
from interactions.calendar_rules import MOST_PERIODS, WEEKDAYS, Row, calendar_errors, split_week, told
from interactions.choices import HolidayKind
from interactions.values import CalendarView, Reception

TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(:00)?", re.ASCII)
MOST_ROWS = 2 * MOST_PERIODS
PATTERNS: dict[str, tuple[Row, ...]] = {
    "office": tuple((weekday, 8 * 60, 17 * 60) for weekday in range(5)),
    "long": tuple((weekday, 8 * 60, 20 * 60) for weekday in range(7)),
    "always": tuple((weekday, 0, 0) for weekday in range(7)),
}
"""Weeks to begin with."""


@dataclass(frozen=True, slots=True)
class TimeRow:
    """One period as typed."""

    opens: str = ""
    closes: str = ""
    error: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.opens or self.closes)

    def minutes(self) -> Span | None:
        """Return (opens, closes), or None where one of them is no time of day."""
        opens, closes = minute_of(self.opens), minute_of(self.closes)
        return None if opens is None or closes is None else (opens, closes)


@dataclass(frozen=True, slots=True)
class DayRows:
    """A weekday with its rows, one of them empty to write in."""

    weekday: int
    name: str
    rows: tuple[TimeRow, ...]

    @property
    def key(self) -> str:
        """The weekday as names of fields end with it."""
        return str(self.weekday)


@dataclass
class CalendarDraft:
    """A calendar as typed; `errors` by the paths of calendar_rules."""

    name: str = ""
    zone: str = ""
    country: str = ""
    subdivision: str = ""
    version: str = ""
    week: dict[int, list[TimeRow]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def days(self) -> list[DayRows]:
        """The week for the template."""
        return [
            DayRows(weekday, str(WEEKDAYS[weekday]), (*self.week.get(weekday, ()), TimeRow()))
            for weekday in range(7)
        ]

    def rows(self) -> list[Row]:
        """Return the rows that can be read."""
        return [(weekday, *minutes) for weekday, row in self._typed() if (minutes := row.minutes())]

    def check(self) -> bool:
        """Find all that is wrong, what cannot be read too; returns whether nothing is."""
        self.errors = calendar_errors(
            name=self.name, zone=self.zone, country=self.country, subdivision=self.part, week=self.rows()
        )
        unread = self._mark()
        return not (self.errors or unread)

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Show what the verb found wrong."""
        self.errors = dict(errors)
        self._mark()

    @property
    def is_wrong(self) -> bool:
        """Tell whether anything beside a field is refused."""
        return bool(self.errors) or any(row.error for _weekday, row in self._typed())

    @property
    def part(self) -> str:
        """The part of the country; one that stayed behind when the country was taken away is none."""
        return self.subdivision if self.country else ""

    def hours(self) -> Calendar:
        """Return the calendar without own dates and closures; for a draft that `check` found good."""
        week: dict[int, tuple[Span, ...]] = {}
        for weekday, span in split_week(self.rows()):
            week[weekday] = (*week.get(weekday, ()), span)
        return Calendar(self.zone, week=week, country=self.country, subdivision=self.part)

    def _typed(self) -> list[tuple[int, TimeRow]]:
        return [(weekday, row) for weekday in range(7) for row in self.week.get(weekday, ())]

    def _mark(self) -> bool:
        """Put errors beside their rows: those of the rules by number, unreadable ones in words of our own."""
        n, unread, week = 0, False, {}
        for weekday in range(7):
            marked = []
            for row in self.week.get(weekday, ()):
                if row.minutes() is None:
                    unread, error = True, _("Give both times, like 08:00.")
                else:
                    n, error = n + 1, self.errors.get(f"week.{n}", "")
                marked.append(TimeRow(row.opens, row.closes, error))
            week[weekday] = marked
        self.week = week
        return unread


@dataclass
class DayDraft:
    """An own date as typed."""

    day: str = ""
    kind: str = HolidayKind.CLOSED
    name: str = ""
    rows: list[TimeRow] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> list[TimeRow]:
        """Rows with room for two periods at least."""
        marked = [
            TimeRow(row.opens, row.closes, self.errors.get(f"periods.{n}", ""))
            for n, row in enumerate(self.rows)
        ]
        return [*marked, *([TimeRow()] * max(1, 2 - len(marked)))]

    @property
    def date(self) -> date | None:
        return _date(self.day)

    def periods(self) -> list[Span]:
        """Return the periods; what cannot be read becomes what no verb takes."""
        return [_own_span(row) for row in self.rows]


def draft_of(view: CalendarView) -> CalendarDraft:
    """Return the saved calendar as a form shows it."""
    hours = view.hours
    week = {weekday: [time_row(span) for span in spans] for weekday, spans in hours.week.items()}
    return CalendarDraft(view.name, hours.zone, hours.country, hours.subdivision, str(view.version), week)


def posted_calendar(data: QueryDict) -> CalendarDraft:
    """Return the calendar as it was sent."""
    week = {weekday: _rows(data, f"opens-{weekday}", f"closes-{weekday}") for weekday in range(7)}
    return CalendarDraft(**_texts(data, "name", "zone", "country", "subdivision", "version"), week=week)


def posted_day(data: QueryDict) -> DayDraft:
    """Return the own date as it was sent."""
    return DayDraft(**_texts(data, "day", "kind", "name"), rows=_rows(data, "opens", "closes"))


def posted_choices(data: QueryDict) -> dict[UUID, UUID | None]:
    """Return queue -> calendar of the fields `queue-<ref>`; raises ValueError for what is no ref."""
    names = [key for key in data if key.startswith("queue-")]
    named = {key.removeprefix("queue-"): data.get(key, "") for key in names}
    return {UUID(queue): UUID(value) if value else None for queue, value in named.items()}


def posted_reception(data: QueryDict) -> dict[UUID, Reception]:
    """Return queue -> what customers can do when it is closed, and when they wait for long.

    Of the fields `closed-<ref>`, `leave-<ref>`, `call-<ref>` and `call-closed-<ref>`; raises ValueError for
    what is no ref. What is no number becomes what no verb takes.
    """
    refs = [key.removeprefix("closed-") for key in data if key.startswith("closed-")]
    return {
        UUID(ref): Reception(
            data.get(f"closed-{ref}", ""), _seconds(data.get(f"leave-{ref}", "")),
            _seconds(data.get(f"call-{ref}", "")), f"call-closed-{ref}" in data,
        )
        for ref in refs
    }  # fmt: skip


def _seconds(text: str) -> int | None:
    plain = text.strip()
    if not plain:
        return None
    return int(plain) if plain.isdecimal() and len(plain) < 9 else -1


def time_row(span: Span) -> TimeRow:
    """Return a period as two fields show it: midnight, as an end, is 00:00."""
    return TimeRow(told(span[0]), told(span[1] % DAY))


def minute_of(text: str) -> int | None:
    """Return a time of day as minutes since midnight; None for what is none."""
    found = TIME.fullmatch(text)
    return int(found[1]) * 60 + int(found[2]) if found else None


def _texts(data: QueryDict, *names: str) -> dict[str, Any]:
    return {name: data.get(name, "").strip() for name in names}


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _own_span(row: TimeRow) -> Span:
    opens, closes = row.minutes() or (-1, -1)
    return opens, closes or DAY


def _rows(data: QueryDict, opens: str, closes: str) -> list[TimeRow]:
    pairs = zip_longest(data.getlist(opens)[:MOST_ROWS], data.getlist(closes)[:MOST_ROWS], fillvalue="")
    rows = (TimeRow(since.strip()[:8], until.strip()[:8]) for since, until in pairs)
    return [row for row in rows if not row.is_empty]
