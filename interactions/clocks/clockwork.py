"""The clocks of one locked conversation while a verb works on them: read once, written once, in the log."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from events.choices import ActorKind, Kind
from events.log import event
from events.models import Event
from interactions.asking.queries import waiting_for_client
from interactions.choices import ClockPause, ClockState, ClockTime
from interactions.clocks import faces
from interactions.clocks.faces import Face, Hours
from interactions.clocks.models import Clock
from interactions.clocks.queries import hours_for, hours_in, terms_in_force
from interactions.clocks.terms import terms_of, why_stands
from tenants.guard import as_records

Turn = Callable[[Face, datetime, Hours], Face]
COLUMNS = tuple(
    each.attname for each in Clock._meta.concrete_fields if each.name not in {"id", "interaction", "kind"}
)
SAVE = f"""
UPDATE interactions_clock c SET {", ".join(f"{name} = v.{name}" for name in COLUMNS)}
  FROM json_populate_recordset(NULL::interactions_clock, %s::json) v WHERE v.id = c.id
"""  # noqa: S608
AGREED = ("target_seconds", "counted", "pauses", "total", "queue_id")
ENDED = frozenset({ClockState.FULFILLED, ClockState.CANCELLED})


@dataclass(slots=True)
class Clockwork:
    """`row` is the locked interaction; the caller saves its `event_n` and writes the `events`."""

    row: Any
    now: datetime
    clocks: dict[str, Clock]
    events: list[Event] = field(default_factory=list)
    _hours: dict[int, Hours] | None = None
    _terms: Mapping[str, Any] | None = None
    _requests: list[str] | None = None
    _moved: dict[str, Clock] = field(default_factory=dict)

    @classmethod
    def of(cls, row: Any, *, now: datetime) -> "Clockwork":
        return cls(row, now, {one.kind: one for one in Clock.objects.filter(interaction=row)})

    @property
    def unended(self) -> list[Clock]:
        """The clocks that an agreement still is for."""
        return [clock for clock in self.clocks.values() if clock.state not in ENDED]

    @property
    def requests(self) -> list[str]:
        """What its client has been asked and not answered yet, by refs."""
        if self._requests is None:
            spans = waiting_for_client(self.row.ref)
            self._requests = [str(span.request_ref) for span in spans if span.ended_at is None]
        return self._requests

    def hours(self, clock: Clock) -> Hours:
        """Which time counts for the clock as it stands."""
        if self._hours is None:
            self._hours = hours_for(self.clocks.values(), queue_id=self.row.queue_id, now=self.now)
        return hours_in(self._hours, clock.queue_id, clock.counted)

    def face(self, clock: Clock) -> Face:
        """What the clock shows; its time is reckoned by the hours as they are now."""
        face = Face(
            clock.state, clock.started_at or self.now, clock.since or self.now, _ticks(clock.target_seconds),
            clock.consumed_us, clock.paused_us, clock.why, clock.due_at, clock.breached_at, clock.ended_at,
        )  # fmt: skip
        return faces.timed(face, self.hours(clock))

    def turn(self, clock: Clock, kind: Kind, turn: Turn) -> None:
        """Do it to the clock if it changes anything, and write it down: a breach that it finds first."""
        if not clock.is_live:
            return
        before = self.face(clock)
        after = turn(before, self.now, self.hours(clock))
        if after != before:
            self._put(clock, before, after)
            self._note(clock, kind, at=self.now)

    def look(self, clock: Clock, *, at: datetime) -> None:
        """Note a breach before `at`, and when to look again."""
        if not clock.is_live:
            return
        before = self.face(clock)
        after = faces.breach(before, at)
        if after != before or clock.due_at != after.due_at:
            self._put(clock, before, after)

    def arm(self, clock: Clock) -> None:
        """Let it begin with the customer's next message."""
        self._blank(clock)
        clock.n += 1
        clock.state = ClockState.ARMED
        self._moved[clock.kind] = clock

    def start(self, clock: Clock, *, at: datetime | None = None, kept: bool = False) -> None:
        """Begin what is ready, or anew; `kept`: with what it had come to."""
        at = at or self.now
        consumed, paused = (clock.consumed_us, clock.paused_us) if kept else (0, 0)
        clock.n += clock.state != ClockState.ARMED
        self._blank(clock)
        given: dict[str, Any] = {"consumed": consumed, "paused": paused}
        target = _ticks(clock.target_seconds)
        self._wear(clock, faces.activate(at, self.hours(clock), target=target, **given))
        self._note(clock, Kind.CLOCK_ACTIVATED, at=at)

    def idle(self, clock: Clock) -> None:
        """Let it wait for its turn."""
        if clock.state != ClockState.IDLE:
            clock.state = ClockState.IDLE
            self._moved[clock.kind] = clock

    def stand(self, clock: Clock) -> None:
        """Let it run or stand still as the state of the conversation has it."""
        asks = ClockPause.CLIENT in clock.pauses and bool(self.requests)
        why = why_stands(clock.kind, clock.pauses, self.row.state, asks=asks)
        if why:
            self.turn(clock, Kind.CLOCK_PAUSED, lambda face, at, hours: faces.pause(face, at, hours, why=why))
        else:
            self.turn(clock, Kind.CLOCK_RESUMED, faces.resume)

    def retarget(self, *, at: datetime) -> None:
        """Let every clock go by what is agreed for its conversation from `at` on."""
        self._terms = terms_in_force(self.row.queue_id, now=at)
        for clock in self.unended:
            self.look(clock, at=at)
            before, old = self.face(clock), self.hours(clock)
            was = (clock.target_seconds, clock.counted, clock.queue_id)
            self.renew(clock)
            if clock.is_live and was != (clock.target_seconds, clock.counted, clock.queue_id):
                self._aim(clock, before, old, self.hours(clock), at=at)

    def rehour(self, old: Mapping[int, Hours], new: Mapping[int, Hours]) -> None:
        """Let what goes by these queues' hours count by the `old` ones up to now, then by the `new`."""
        self._hours = dict(old)
        for clock in self.clocks.values():
            if clock.is_live and clock.counted == ClockTime.BUSINESS and clock.queue_id in new:
                self._aim(clock, self.face(clock), old[clock.queue_id], new[clock.queue_id], at=self.now)

    @property
    def moved(self) -> list[Clock]:
        """What is to be written."""
        return list(self._moved.values())

    def save(self) -> bool:
        """Write what has changed but its events; tells whether anything has."""
        save_all([self])
        return bool(self._moved)

    def renew(self, clock: Clock) -> None:
        """Let it go by what is agreed now; what goes on is kept up to date by `retarget`."""
        if self._terms is None:
            self._terms = terms_in_force(self.row.queue_id, now=self.now)
        if agree(clock, self._terms, self.row):
            self._moved[clock.kind], self._hours = clock, None

    def _aim(self, clock: Clock, before: Face, old: Hours, new: Hours, *, at: datetime) -> None:
        after = faces.retarget(before, at, old, new, target=_ticks(clock.target_seconds))
        self._put(clock, before, after)
        self._note(clock, Kind.CLOCK_RETARGETED, at=max(at, before.since))

    def _blank(self, clock: Clock) -> None:
        clock.why, clock.consumed_us, clock.paused_us = "", 0, 0
        clock.due_at = clock.breached_at = clock.ended_at = None

    def _put(self, clock: Clock, before: Face, after: Face) -> None:
        self._wear(clock, after)
        if after.breached_at and not before.breached_at:
            self._note(clock, Kind.CLOCK_BREACHED, at=after.breached_at)
        if after.ended_at and not before.ended_at:
            clock.missed += bool(after.breached_at)
            clock.met += is_met(clock)

    def _wear(self, clock: Clock, face: Face) -> None:
        clock.state, clock.why = face.state, face.why
        clock.started_at, clock.since = face.started_at, face.since
        clock.consumed_us, clock.paused_us, clock.due_at = face.consumed, face.paused, face.due_at
        clock.breached_at, clock.ended_at = face.breached_at, face.ended_at
        self._moved[clock.kind] = clock

    def _note(self, clock: Clock, kind: Kind, *, at: datetime) -> None:
        self.row.event_n += 1
        data = {
            "clock": clock.kind, "clock_n": clock.n, "target": clock.target_seconds, "counted": clock.counted,
            "queue_id": clock.queue_id, "consumed_us": clock.consumed_us, "paused_us": clock.paused_us,
            **({"why": clock.why} if clock.why else {}),
            **({"requests": self.requests} if clock.why == ClockPause.CLIENT else {}),
        }  # fmt: skip
        self.events.append(
            event(
                kind, interaction_ref=self.row.ref, n=self.row.event_n, actor_kind=ActorKind.SYSTEM,
                is_test=self.row.is_test, data=data, occurred_at=at,
            )
        )  # fmt: skip


def all_of(rows: Iterable[Any], *, now: datetime) -> list[Clockwork]:
    """Return the clocks of each of these locked rows; one statement."""
    works = {row.pk: Clockwork(row, now, {}) for row in rows}
    for clock in Clock.objects.filter(interaction__in=list(works)):
        works[clock.interaction_id].clocks[clock.kind] = clock
    return list(works.values())


def save_all(works: Iterable[Clockwork]) -> None:
    """Write what has changed of all but their events; one statement.

    Written out: every verb comes by here, and the update of many rows by the ORM is longer than a verb.
    """
    if moved := [clock for work in works for clock in work.moved]:
        with connection.prepared() as cursor:  # type: ignore[attr-defined]
            cursor.execute(SAVE, [as_records(moved, ("id", *COLUMNS))])


def agree(clock: Clock, agreed: Mapping[str, Any], row: Any) -> bool:
    """Write on the clock what the terms say for its conversation; tells whether it is anything new."""
    before = [getattr(clock, name) for name in AGREED]
    terms = terms_of(clock.kind, agreed, priority=row.priority)
    clock.target_seconds, clock.counted = terms.seconds, terms.counted
    clock.pauses, clock.total, clock.queue_id = list(terms.pauses), terms.total, row.queue_id
    return before != [getattr(clock, name) for name in AGREED]


def is_met(clock: Clock) -> bool:
    """Tell whether the ended clock was fulfilled within a target."""
    fulfilled = clock.state == ClockState.FULFILLED
    return fulfilled and clock.target_seconds is not None and clock.breached_at is None


def _ticks(seconds: int | None) -> int | None:
    return None if seconds is None else seconds * 1_000_000
