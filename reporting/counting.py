"""What a report is about: a period of the brand's days, and which time of it counts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from interactions.hours import hours_of_queues, queues_have_hours
from reporting.choices import Counted
from reporting.clocks import Clock, business, elapsed
from reporting.contacts import Contact
from reporting.days import Day, last_days
from reporting.measures import Sums, sums_of
from reporting.queries import contacts_offered

PERIODS = (1, 7)
MARGIN = timedelta(days=1)
"""Somebody may have written before they entered the queue."""


@dataclass(frozen=True)
class Counting:
    """A period. `counted` says which time counts, by `clock`; `has_hours`: some queue has
    hours, so that it can be the opening hours.
    """

    cut: tuple[Day, ...]
    zone: str
    counted: Counted
    has_hours: bool
    clock: Clock

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
        return query_of(self.days, self.counted)

    @property
    def periods(self) -> list[tuple[int, str, bool]]:
        """The periods on offer: (days, address with it, whether it is this one)."""
        return [(days, f"?{query_of(days, self.counted)}", days == self.days) for days in PERIODS]

    @property
    def choices(self) -> list[tuple[Counted, str, bool]]:
        """Which time may count: (choice, address with it, whether it does)."""
        return [(one, f"?{query_of(self.days, one)}", one == self.counted) for one in Counted]

    @property
    def parts(self) -> dict[str, Any]:
        """Its own fields, for what is a period and more."""
        return {field.name: getattr(self, field.name) for field in fields(Counting)}

    def contacts(self) -> list[Contact]:
        """Return the contacts that entered a queue in it; in a tenant_scope."""
        return contacts_offered(self.cut[0].start, self.cut[-1].end)

    def sums(
        self, contacts: Iterable[Contact], *, numbers: Collection[str], spreads: Collection[str] = ()
    ) -> Sums:
        """Measure contacts by the clock of this period."""
        return sums_of(contacts, numbers=numbers, spreads=spreads, clock=self.clock)


def counting(*, days: int, zone: ZoneInfo, now: datetime, counted: Counted = Counted.ELAPSED) -> Counting:
    """Return today and the `days - 1` days before it, cut in `zone`; in a tenant_scope.

    Where no queue has hours all time counts, whatever is `counted`.
    """
    cut = last_days(days, zone=zone, now=now)
    start, end = cut[0].start, cut[-1].end
    has_hours = queues_have_hours()
    counted = counted if has_hours else Counted.ELAPSED
    clock: Clock = elapsed
    if counted == Counted.BUSINESS:
        since = start - MARGIN
        clock = business(hours_of_queues(since=since), since, max(now, end))
    return Counting(tuple(cut), zone.key, counted, has_hours, clock)


def query_of(days: int, counted: Counted) -> str:
    """Write a period and a clock as an address carries them."""
    return f"days={days}" + ("" if counted == Counted.ELAPSED else f"&clock={counted}")
