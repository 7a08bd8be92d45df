"""What a report is about: a period of the brand's days, and which time of it counts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from interactions.hours import hours_of_queues, queues_have_hours
from reporting.choices import Counted, Span
from reporting.clocks import Clock, business, elapsed
from reporting.contacts import Contact
from reporting.days import Day, day_of
from reporting.measures import Sums, sums_of
from reporting.periods import LAST, Period, last_days, of_calendar
from reporting.queries import contacts_offered

MARGIN = timedelta(days=1)
"""Somebody may have written before they entered the queue."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """What the reader has not read: interactions that changed, and their contacts as the log has them."""

    refs: set[str]
    contacts: list[Contact]


@dataclass(slots=True)
class Unread:
    """What the reader has not read, found once for all that is asked in a request (by `stored`)."""

    fresh: Fresh | None = None


@dataclass(frozen=True)
class Counting:
    """A period. `counted` says which time counts, by `clock`; `has_hours`: some queue has
    hours, so that it can be the opening hours. `today` is of the zone. `unread`: the same for all periods of
    a request.
    """

    period: Period
    today: date
    cut: tuple[Day, ...]
    zone: str
    counted: Counted
    has_hours: bool
    clock: Clock
    unread: Unread = field(default_factory=Unread, kw_only=True, repr=False, compare=False)

    @property
    def days(self) -> int:
        return len(self.cut)

    @property
    def first(self) -> date:
        return self.cut[0].date

    @property
    def last(self) -> date:
        return self.cut[-1].date

    @property
    def query(self) -> str:
        """The period and the clock as an address carries them."""
        return query_of(self.period, self.counted)

    @property
    def periods(self) -> list[tuple[int, str, bool]]:
        """The last days on offer: (days, address with them, whether it is these)."""
        found = [last_days(days, self.today) for days in LAST]
        return [(one.days, f"?{query_of(one, self.counted)}", one == self.period) for one in found]

    @property
    def spans(self) -> list[tuple[Span, bool]]:
        """How long a period of the calendar may be: (choice, whether this one is so long)."""
        return [(one, one == self.period.span) for one in Span]

    @property
    def earlier(self) -> str:
        """The address of the period of the calendar before, of today yesterday; "" for the last days."""
        one = self.period if self.period.span else of_calendar(Span.DAY, self.last)
        return f"?{query_of(one.before, self.counted)}" if one.days == self.days else ""

    @property
    def later(self) -> str:
        """The address of the next one; "" where that has not begun."""
        following = self.period.after
        return f"?{query_of(following, self.counted)}" if following.first <= self.today else ""

    @property
    def is_to_come(self) -> bool:
        return self.first > self.today

    @property
    def choices(self) -> list[tuple[Counted, str, bool]]:
        """Which time may count: (choice, address with it, whether it does)."""
        return [(one, f"?{query_of(self.period, one)}", one == self.counted) for one in Counted]

    @property
    def parts(self) -> dict[str, Any]:
        """Its own fields, for what is a period and more."""
        return {one.name: getattr(self, one.name) for one in fields(Counting)}

    def contacts(self, *, repeats: bool = False) -> list[Contact]:
        """Return the contacts that entered a queue in it, with their `repeats` or not; in a tenant_scope."""
        return contacts_offered(self.cut[0].start, self.cut[-1].end, repeats=repeats)

    def sums(
        self, contacts: Iterable[Contact], *, numbers: Collection[str], spreads: Collection[str] = ()
    ) -> Sums:
        """Measure contacts by the clock of this period."""
        return sums_of(contacts, numbers=numbers, spreads=spreads, clock=self.clock)


def counting(
    *, period: Period, zone: ZoneInfo, now: datetime, counted: Counted = Counted.ELAPSED,
    unread: Unread | None = None,
) -> Counting:  # fmt: skip
    """Return the period, its days cut in `zone`; in a tenant_scope.

    Where no queue has hours all time counts, whatever is `counted`. `unread`: of another period of
    the request.
    """
    cut = tuple(day_of(date, zone) for date in period.dates)
    start, end = cut[0].start, cut[-1].end
    has_hours = queues_have_hours()
    counted = counted if has_hours else Counted.ELAPSED
    clock: Clock = elapsed
    if counted == Counted.BUSINESS:
        since = start - MARGIN
        clock = business(hours_of_queues(since=since), since, max(now, end))
    today = now.astimezone(zone).date()
    unread = unread or Unread()
    return Counting(period, today, cut, zone.key, counted, has_hours, clock, unread=unread)


def query_of(period: Period, counted: Counted) -> str:
    """Write a period and a clock as an address carries them."""
    return period.query + ("" if counted == Counted.ELAPSED else f"&clock={counted}")
