"""A client's month with opening hours; and one with clocks, which run late at its end.

The first queue keeps office hours, and is open in Saturday's night over the hour that is missing or comes
twice; the other one is open from evening to morning. There are a public holiday and dates of the
calendar's own; with the clocks an early closing and an emergency. Customers write around the instants at
which it opens and closes.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from interactions import actions as interactions
from interactions.actions import Target
from interactions.choices import HolidayKind
from interactions.clocks.ringing import ring_clocks
from tenants.scope import tenant_scope
from tests.checker.played import DAY, HOUR, Month, Part
from tests.factories import TESTS

COUNTRY = {"Europe/Stockholm": ("SE", ""), "Australia/Adelaide": ("AU", "SA")}
WEEKDAYS, EVERY_DAY = range(5), range(7)
OFFICE = [
    *((day, 480, 720) for day in WEEKDAYS), *((day, 780, 1020) for day in WEEKDAYS), (5, 1320, 150),
    (6, 170, 600),
]  # fmt: skip
NIGHTS = [(day, 1200, 240) for day in EVERY_DAY]
EDGES = (480, 720, 780, 1020, 1320, 150, 170, 600, 1200, 240)
EMERGENCY, EARLY = date(2026, 10, 14), date(2026, 10, 22)
OWN_DAYS: dict[date, dict[str, Any]] = {
    date(2026, 10, 8): {"kind": HolidayKind.CLOSED},
    date(2026, 10, 10): {"kind": HolidayKind.HOURS, "periods": [(600, 840)]},
    date(2026, 10, 31): {"kind": HolidayKind.WORKS},
}
DID: dict[str, Any] = {"actor": "user:1"}


class OfficeMonth(Month):
    """The same conversations where queues have opening hours."""

    def _agree(self) -> None:
        super()._agree()
        self._open()

    @property
    def before(self) -> datetime:
        """When hours and clocks were agreed."""
        return self.start - timedelta(days=2)

    def _open(self) -> None:
        country, subdivision = COUNTRY[self.card.timezone]
        chosen = {}
        for queue, name, week in ((self.queue, "Office", OFFICE), (self.other, "Nights", NIGHTS)):
            calendar = interactions.save_calendar(
                name=name, zone=self.card.timezone, week=week, country=country, subdivision=subdivision,
                now=self.before, **DID,
            )  # fmt: skip
            chosen[queue.ref] = calendar.ref
        interactions.use_calendars(chosen, now=self.before, **DID)
        for day, said in OWN_DAYS.items():
            interactions.save_own_day(chosen[self.queue.ref], day=day, now=self.before, **said, **DID)
        self.queue.refresh_from_db()

    def at(self, day: date, minute: int) -> datetime:
        return self.midnight(day) + timedelta(minutes=minute)

    def _when(self) -> datetime:
        """Within five minutes of an opening or a closing, mostly."""
        if self.rng.random() < 0.3:
            return super()._when()
        day = datetime.combine(self.first, time(), self.zone) + timedelta(days=self.rng.randrange(31))
        wall = day + timedelta(minutes=self.rng.choice(EDGES), seconds=round(self.rng.uniform(-300, 60), 6))
        return max(wall, self.start)

    def kinds(self) -> list[Callable[[], Part]]:
        calls = {self.called, self.called_late, self.call_withdrawn, self.call_by_agent, self.not_called}
        return [self.on_tuesday(kind) if kind in calls else kind for kind in super().kinds()]

    def on_tuesday(self, kind: Callable[[], Part]) -> Callable[[], Part]:
        """Calls can be promised for hours that are open alone."""

        def part() -> Part:
            day = self.now.astimezone(self.zone).date() + timedelta(days=1)
            day += timedelta(days=(1 - day.weekday()) % 7)
            yield (self.at(day, 510) - self.now).total_seconds() + self.some(0, 60)
            yield from kind()

        return part


class OpenMonth(OfficeMonth):
    """More conversations, and clocks that go by the hours."""

    def _agree(self) -> None:
        self._save_policy(90)
        self._open()

    def _save_policy(self, first_seconds: int, *, now: datetime | None = None) -> None:
        hours = {"counted": "business", "pauses": []}
        terms = {
            "first": {"seconds": first_seconds, **hours},
            "next": {"seconds": 60, "counted": "elapsed", "pauses": ["hold"]},
            "resolution": {"seconds": 1800, **hours, "pauses": ["customer", "snoozed"]},
            "update": {"seconds": 900, **hours},
        }
        at = now or self.before
        interactions.save_policy(
            key=uuid4(), queue_ref=None, terms=terms, from_date=at.astimezone(self.zone).date(),
            zone=self.zone, shown="Cy", now=at, **DID,
        )  # fmt: skip

    def play(self, conversations: int) -> None:
        for day, part in ((EMERGENCY, self._emergency()), (EARLY, self._closes_early())):
            self.player.at(self.at(day, 660), part)
        self.player.at(self.at(date(2026, 10, 20), 600), self._agree_anew())
        super().play(conversations)
        self.sweep()

    def after(self) -> None:
        super().after()
        self.sweep()

    def sweep(self) -> None:
        """What is late is noted, as it is each few seconds where the service runs."""
        self.do(ring_clocks)

    def kinds(self) -> list[Callable[[], Part]]:
        more = [self.waits_on, self.moved_late, self.rests_late, self.moved, self.to_queue]
        return [*super().kinds(), *more]

    def waits_on(self) -> Part:
        """Nobody ever answers."""
        self.opened()
        yield 0.0

    def moved_late(self) -> Part:
        """Late in one queue, it goes on in another one."""
        ref = self.opened()
        yield self.some(60, 2 * DAY)
        to = Target(queue_id=self.other.pk)
        self.do(interactions.reassign, ref, to=to, reason="Full", actor="user:9", actor_id=9)

    def rests_late(self) -> Part:
        """Worked on for long, then it is the customer's turn for ever."""
        ref = self.opened()
        agent = yield from self.answered(ref)
        yield from self.talk(ref, agent)
        yield HOUR / 2
        self.replies(ref, agent)
        self.do(interactions.await_reply, ref, agent_id=agent)

    def _emergency(self) -> Part:
        """Every queue is closed for two hours."""
        until = self.now + timedelta(hours=2)
        self.do(interactions.close_now, until=until, reason="Fire alarm", **DID)
        yield 0.0

    def _closes_early(self) -> Part:
        at = self.now + timedelta(hours=3)
        more = {"zone": self.card.timezone, "reason": "Training"}
        self.do(interactions.close_early, self.queue.ref, at=at, **more, **DID)
        yield 0.0

    def _agree_anew(self) -> Part:
        """A longer time for first responses: what was missed stays so."""
        with tenant_scope(self.card, TESTS):
            ring_clocks(now=self.now)
            self._save_policy(14_400, now=self.now)
            ring_clocks(now=self.now)
        yield 0.0
