"""What becomes of a conversation's clocks when its verbs do something; each runs with the row locked.

| | begins | fulfilled | cancelled |
|---|---|---|---|
| first response | first message; first one after it was opened again | agent's message | closed, abandoned |
| next response | first message without an answer | agent's message | closed, abandoned |
| resolution | first message | closed | abandoned, no contact |
| update | agent's message, where one is due each so often | agent's message | closed, abandoned |

The customer's message itself begins what is armed, in its own statement (`actions.incoming`).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from events.choices import Kind
from events.log import record_all
from events.models import Event
from interactions.choices import ClockKind, ClockState, State
from interactions.clocks import faces
from interactions.clocks.clockwork import Clockwork, agree, make
from interactions.clocks.models import Clock
from interactions.clocks.queries import terms_in_force, was_said

BEGINS = {ClockKind.FIRST: ClockState.ARMED, ClockKind.RESOLUTION: ClockState.ARMED}
ANSWERS = (ClockKind.FIRST, ClockKind.NEXT)


def begin(row: Any, *, now: datetime) -> int:
    """Make the clocks of a new row; returns how many its first message will begin."""
    agreed = terms_in_force(row.queue_id, now=now)
    clocks = [_new(row, ClockKind(kind), agreed) for kind in ClockKind.values]
    make(clocks)
    return len(BEGINS)


def keep(row: Any, noted: Event, *, now: datetime) -> list[Event]:
    """Let the clocks of the locked row follow the event; returns theirs, which are to be written with it.

    The caller saves `event_n`.
    """
    kind = Kind(noted.kind)
    if kind not in STEPS or not WHEN.get(kind, _always)(row, noted.data):
        return []
    work = Clockwork.of(row, now=now)
    STEPS[kind](work)
    work.save()
    return work.events


def follow(row: Any, *, now: datetime) -> None:
    """Bring the clocks of the locked row in line with where it is now; again it changes nothing."""
    work = Clockwork.of(row, now=now)
    _follow(work)
    work.save()
    record_all(work.events)


def note_missed(row: Any, *, now: datetime) -> None:
    """Write down what the locked row's clocks have missed: before it goes to another queue, as it is not that
    one's.
    """
    work = Clockwork.of(row, now=now)
    for clock in work.unended:
        if clock.due_at and clock.due_at < now:
            work.look(clock, at=now)
    if work.save():
        record_all(work.events)


def settle(work: Clockwork, *, look: bool = True) -> bool:
    """Bring them in line, and look at what is due; tells whether anything changed."""
    _follow(work)
    for clock in work.clocks.values() if look else ():
        work.look(clock, at=work.now)
    return work.save()


def _follow(work: Clockwork) -> None:
    _catch_up(work)
    if any(clock.queue_id != work.row.queue_id for clock in work.unended):
        work.retarget(at=work.now)
    for clock in work.clocks.values():
        if work.row.state in {State.CLOSED, State.ABANDONED}:
            _end(work, clock)
        else:
            work.stand(clock)


def _catch_up(work: Clockwork) -> None:
    """Begin what the first message without an answer did not: a verb made it ready while that waited."""
    asked_at = work.row.waiting_since
    ready = [clock for clock in work.clocks.values() if clock.state == ClockState.ARMED]
    if asked_at and ready and was_said(work.row, at=asked_at):
        for clock in ready:
            work.start(clock, at=asked_at)


def _end(work: Clockwork, clock: Clock) -> None:
    resolved = work.row.state == State.CLOSED and not work.row.is_void
    if clock.state == ClockState.ARMED:
        work.idle(clock)
    elif clock.kind == ClockKind.RESOLUTION and resolved:
        work.turn(clock, Kind.CLOCK_FULFILLED, faces.fulfil)
    else:
        work.turn(clock, Kind.CLOCK_CANCELLED, faces.cancel)


def _reopened(work: Clockwork) -> None:
    """Out of wrap-up the talk goes on. What was closed is answered first again; its resolution stands,
    unless the total was agreed on, or it had none.
    """
    if work.row.state != State.QUEUED:
        _follow(work)
        return
    for clock in work.clocks.values():
        work.renew(clock)
        if clock.kind == ClockKind.FIRST:
            work.arm(clock)
        elif clock.kind == ClockKind.RESOLUTION:
            _resolve_again(work, clock)
        else:
            work.idle(clock)


def _resolve_again(work: Clockwork, clock: Clock) -> None:
    if clock.state == ClockState.CANCELLED:
        work.arm(clock)
    elif clock.total:
        work.start(clock, kept=True)


def _replied(work: Clockwork) -> None:
    _catch_up(work)
    answered = [work.clocks[kind] for kind in ANSWERS if kind in work.clocks]
    if any(clock.is_live for clock in answered):
        for clock in answered:
            work.turn(clock, Kind.CLOCK_FULFILLED, faces.fulfil)
        work.arm(work.clocks[ClockKind.NEXT])
    if update := work.clocks.get(ClockKind.UPDATE):
        work.turn(update, Kind.CLOCK_FULFILLED, faces.fulfil)
        if update.target_seconds is None:
            work.idle(update)
        else:
            work.start(update)


def _always(row: Any, data: Mapping[str, Any]) -> bool:
    return True


def _comes_back(row: Any, data: Mapping[str, Any]) -> bool:
    """Into the line again: it may run on, or go by another queue's terms; a new one has none yet."""
    return bool(data.get("again")) and data.get("reason") != "reopened"


def _is_handed(row: Any, data: Mapping[str, Any]) -> bool:
    """Into other hands at once; what goes to the line is followed when it is there."""
    return bool(row.state != State.QUEUED)


def _new(row: Any, kind: ClockKind, agreed: Mapping[str, Any]) -> Clock:
    state = BEGINS.get(kind, ClockState.IDLE)
    clock = Clock(interaction=row, kind=kind, state=state, n=1 if state == ClockState.ARMED else 0)
    agree(clock, agreed, row)
    return clock


STEPS: Mapping[Kind, Callable[[Clockwork], None]] = {
    Kind.MESSAGE_SENT: _replied,
    Kind.INTERACTION_REOPENED: _reopened,
    **dict.fromkeys(
        (
            Kind.INTERACTION_QUEUED, Kind.INTERACTION_TRANSFERRED, Kind.INTERACTION_HELD,
            Kind.INTERACTION_RESUMED, Kind.INTERACTION_AWAITED, Kind.INTERACTION_SNOOZED,
            Kind.INTERACTION_WRAPPED, Kind.INTERACTION_CLOSED, Kind.INTERACTION_ABANDONED,
            Kind.REQUEST_OPENED, Kind.REQUEST_REOPENED, Kind.REQUEST_ANSWERED, Kind.REQUEST_CANCELLED,
        ),
        _follow,
    ),
}  # fmt: skip
WHEN: Mapping[Kind, Callable[[Any, Mapping[str, Any]], bool]] = {
    Kind.INTERACTION_QUEUED: _comes_back,
    Kind.INTERACTION_TRANSFERRED: _is_handed,
}
