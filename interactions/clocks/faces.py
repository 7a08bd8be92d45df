"""What a clock shows: a fold over what happened to it. Pure; whole microseconds, instants aware UTC.

Up to `since` a clock has reckoned: so much of its calendar's time it ran (`consumed`), so much it stood still
(`paused`), and both together are that time. What comes late counts from there on, what comes twice changes
nothing, and one that has ended is never touched again. Reaching the target exactly is in time; a breach is at
the instant when the target was used up, whenever it is found; none when the clock turns out to have ended by
then.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from core.hours import (
    Calendar,
    NeverOpen,
    add_business_seconds,
    next_closing,
    next_opening,
    opening_intervals,
)
from interactions.choices import ClockState

TICK = timedelta(microseconds=1)
LIVE = frozenset({ClockState.RUNNING, ClockState.PAUSED})


class Hours(Protocol):
    """Which time counts."""

    def between(self, start: datetime, end: datetime) -> int:
        """Return how many microseconds of `[start, end)` count; 0 when end is not after start."""

    def after(self, start: datetime, ticks: int) -> datetime | None:
        """Return by when so many microseconds have counted; None: not in sight."""

    def stretch(self, at: datetime) -> tuple[datetime, datetime | None] | None:
        """Return `[start, end)` of the time that counts at the instant or next, not before it; an end of None
        is not in sight, neither is None.
        """


class Elapsed:
    """All time counts."""

    def between(self, start: datetime, end: datetime) -> int:
        return max((end - start) // TICK, 0)

    def after(self, start: datetime, ticks: int) -> datetime | None:
        return start + ticks * TICK

    def stretch(self, at: datetime) -> tuple[datetime, datetime | None] | None:
        return at, None


@dataclass(frozen=True, slots=True)
class Business:
    """The calendar's opening hours count."""

    calendar: Calendar

    def between(self, start: datetime, end: datetime) -> int:
        return sum((until - since) // TICK for since, until in opening_intervals(self.calendar, start, end))

    def after(self, start: datetime, ticks: int) -> datetime | None:
        try:
            return add_business_seconds(self.calendar, start, ticks / 1_000_000)
        except NeverOpen:
            return None

    def stretch(self, at: datetime) -> tuple[datetime, datetime | None] | None:
        start = next_opening(self.calendar, at)
        return (start, next_closing(self.calendar, start)) if start else None


ELAPSED = Elapsed()


@dataclass(frozen=True, slots=True)
class Face:
    """`target` None: nothing was agreed. `due_at`: while it runs and has time left."""

    state: str
    started_at: datetime
    since: datetime
    target: int | None = None
    consumed: int = 0
    paused: int = 0
    why: str = ""
    due_at: datetime | None = None
    breached_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def left(self) -> int | None:
        """How much of the target was left at `since`; below 0: so much over."""
        return None if self.target is None else self.target - self.consumed


def activate(at: datetime, hours: Hours, *, target: int | None, consumed: int = 0, paused: int = 0) -> Face:
    """Begin; `consumed` and `paused` are what an earlier part of the same clock had come to."""
    face = Face(ClockState.RUNNING, at, at, target, consumed, paused)
    return timed(face, hours)


def pause(face: Face, at: datetime, hours: Hours, *, why: str) -> Face:
    """Stand still for this reason; for the same one it does already."""
    if not face.is_live or (face.state, face.why) == (ClockState.PAUSED, why):
        return face
    return replace(_reckoned(face, at, hours), state=ClockState.PAUSED, why=why, due_at=None)


def resume(face: Face, at: datetime, hours: Hours) -> Face:
    """Go on."""
    if face.state != ClockState.PAUSED:
        return face
    return timed(replace(_reckoned(face, at, hours), state=ClockState.RUNNING, why=""), hours)


def fulfil(face: Face, at: datetime, hours: Hours) -> Face:
    """What it waited for was done; too late when the target was used up."""
    return _ended(face, at, hours, ClockState.FULFILLED)


def cancel(face: Face, at: datetime, hours: Hours) -> Face:
    """What it waited for is not needed any more; a target that was missed before stays missed."""
    return _ended(face, at, hours, ClockState.CANCELLED)


def breach(face: Face, at: datetime) -> Face:
    """Note that the target was used up before `at`, once."""
    if face.due_at is None or face.breached_at or at <= face.due_at:
        return face
    return replace(face, breached_at=face.due_at, due_at=None)


def retarget(face: Face, at: datetime, hours: Hours, new: Hours, *, target: int | None) -> Face:
    """Go by another target, and from now on by the `new` hours; consumed and paused stay what they are.

    What was missed before stays missed. Less than is consumed already: missed at this instant.
    """
    if not face.is_live:
        return face
    return timed(replace(_reckoned(face, at, hours), target=target), new)


def timed(face: Face, hours: Hours) -> Face:
    """Say when its target will be used up, by these hours."""
    running = face.state == ClockState.RUNNING and face.breached_at is None
    due_at = hours.after(face.since, max(face.left, 0)) if running and face.left is not None else None
    return replace(face, due_at=due_at)


@dataclass(frozen=True, slots=True)
class Change:
    """One event of a clock. `hours`: which time counts from then on."""

    kind: str
    at: datetime
    hours: Hours
    target: int | None = None
    why: str = ""
    consumed: int = 0
    paused: int = 0


def fold(changes: Iterable[Change]) -> Face | None:
    """Return what the clock shows after these, in their order; None before it began."""
    face, hours = None, None
    for change in changes:
        if face is None or hours is None:
            if change.kind == "activated":
                hours = change.hours
                face = activate(
                    change.at, hours, target=change.target, consumed=change.consumed, paused=change.paused
                )
            continue
        face = _changed(face, change, hours)
        hours = change.hours
    return face


def _changed(face: Face, change: Change, hours: Hours) -> Face:
    at = change.at
    match change.kind:
        case "paused":
            return pause(face, at, hours, why=change.why)
        case "resumed":
            return resume(face, at, hours)
        case "fulfilled":
            return fulfil(face, at, hours)
        case "cancelled":
            return cancel(face, at, hours)
        case "retargeted":
            return retarget(face, at, hours, change.hours, target=change.target)
        case "breached":
            return breach(face, at + TICK)
    return face


def _ended(face: Face, at: datetime, hours: Hours, state: ClockState) -> Face:
    if not face.is_live:
        return face
    if face.breached_at and at <= face.breached_at:
        face = replace(face, breached_at=None)
    face = _reckoned(face, at, hours)
    return replace(face, state=state, why="", due_at=None, ended_at=face.since)


def _reckoned(face: Face, at: datetime, hours: Hours) -> Face:
    """Reckon up to `at`, never back; a target that was used up by then is missed."""
    at = max(at, face.since)
    ticks = hours.between(face.since, at)
    if face.state == ClockState.PAUSED:
        return replace(face, since=at, paused=face.paused + ticks)
    return replace(breach(face, at), since=at, consumed=face.consumed + ticks)
