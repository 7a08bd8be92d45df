"""The conversation stays its agent's while they do something else: on hold, awaited, snoozed, and back.

On hold the customer is told and waits with the agent, whose time counts on. Awaited and snoozed, no time
counts; a new message of the customer's ends both, and so does the instant it was snoozed until.
"""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from core.errors import RoomError
from events.choices import ActorKind, Kind
from interactions.access import lock_interaction
from interactions.actions.base import brand_id, lock_mine, note_event, step, turn_work
from interactions.actions.lines import back_to_line
from interactions.actions.messages import say, send_reply
from interactions.actions.participants import leave_places
from interactions.choices import LIVE_CHANNELS, RESTING, Move, State, Turn
from interactions.errors import Ended, NoRoom, Refused, WrongState
from interactions.live import announce_hold, announce_message, announce_state
from interactions.models import Interaction
from interactions.queries import answered_rests, long_holds
from interactions.values import MessageView

log = logging.getLogger(__name__)

MOST_HOLD = timedelta(minutes=3)
"""After so long on hold the agent is told, and the floor shows it."""
MOST_SNOOZE = timedelta(days=30)


def hold(ref: UUID, *, agent_id: int, now: datetime) -> None:
    """Ask the customer for a moment. Raises NotYours, WrongState, NotFound."""
    with transaction.atomic():
        row = lock_mine(ref, agent_id)
        step(row, Move.HOLD)
        row.held_at, row.hold_told_at = now, None
        message = say(row, "held", name=row.agent_shown, now=now)
        note_event(
            row, Kind.INTERACTION_HELD, now=now, actor_kind=ActorKind.AGENT, actor_id=agent_id,
            data={"seq": message.seq},
        )  # fmt: skip
        row.save()
        _turn(row, Turn.HOLD, now=now)
        announce_message(brand_id=brand_id(), ref=ref, agent_id=agent_id, seq=message.seq, beside=row.beside)


def tell_holds(*, now: datetime) -> int:
    """Tell each agent of the brand whose customer has been on hold for too long, once; returns how many."""
    told = 0
    for ref in long_holds(now - MOST_HOLD):
        try:
            told += tell_hold(ref, now=now)
        except DatabaseError:
            log.exception("the hold of %s was not told", ref)
    return told


def tell_hold(ref: UUID, *, now: datetime) -> bool:
    """Note that the hold lasts too long, and tell the agent; false when it does not, or they know."""
    with transaction.atomic():
        row = lock_interaction(ref)
        if row.state != State.HELD or row.held_at is None or row.hold_told_at:
            return False
        if row.held_at > now - MOST_HOLD:
            return False
        row.hold_told_at = now
        data = {"held_at": row.held_at.isoformat()}
        note_event(row, Kind.INTERACTION_HOLD_EXCEEDED, now=now, actor_kind=ActorKind.SYSTEM, data=data)
        row.save(update_fields=["hold_told_at", "event_n"])
        announce_hold(brand_id=brand_id(), ref=ref, agent_id=row.agent_id)
    return True


def await_reply(ref: UUID, *, agent_id: int, now: datetime) -> None:
    """Let the customer take their time. Raises WrongState while a message of theirs has no answer."""
    with transaction.atomic():
        row = lock_mine(ref, agent_id)
        if row.waiting_since and row.state in {State.ACTIVE, State.HELD}:
            raise WrongState(_("The customer waits for your answer. Answer first, then wait for theirs."))
        step(row, Move.AWAIT)
        if row.is_asleep:
            leave_places(row, now=now)
        _rest(row, now=now)
        note_event(row, Kind.INTERACTION_AWAITED, now=now, actor_kind=ActorKind.AGENT, actor_id=agent_id)
        row.save()
        _turn(row, Turn.REST if row.channel in LIVE_CHANNELS else Turn.SLEEP, now=now)


def snooze(ref: UUID, *, agent_id: int, until: datetime, now: datetime) -> None:
    """Put it away until then, or until the customer writes. Raises Refused, NotYours, WrongState."""
    if not now < until <= now + MOST_SNOOZE:
        raise Refused(_("Choose a time from now on, within 30 days."), code="bad_until")
    with transaction.atomic():
        row = lock_mine(ref, agent_id)
        step(row, Move.SNOOZE)
        leave_places(row, now=now)
        _rest(row, now=now)
        row.snoozed_until = until
        note_event(
            row, Kind.INTERACTION_SNOOZED, now=now, actor_kind=ActorKind.AGENT, actor_id=agent_id,
            data={"until": until.isoformat()},
        )  # fmt: skip
        row.save()
        _turn(row, Turn.SLEEP, until=until, now=now)


def resume(ref: UUID, *, agent_id: int, now: datetime) -> None:
    """Go on with it. Raises NoRoom when it was asleep and cannot be taken now; NotYours, WrongState."""
    with transaction.atomic():
        resume_row(lock_mine(ref, agent_id), now=now)


def resume_row(row: Interaction, *, by: str = ActorKind.AGENT, now: datetime) -> None:
    """Go on with the locked row; raises NoRoom, WrongState."""
    was_held, was_asleep = row.state == State.HELD, row.is_asleep
    row.waits = row.waits or was_asleep
    step(row, Move.RESUME)
    _awake(row, by=by, held=was_held, now=now)
    if not _turn(row, Turn.WAKE if was_asleep else Turn.TALK, now=now) and was_asleep:
        raise NoRoom


def reply(ref: UUID, *, agent_id: int, now: datetime, **message: Any) -> MessageView:
    """Send the agent's reply, as send_reply does; one that was on hold or awaited goes on with it."""
    try:
        return send_reply(ref, agent_id=agent_id, now=now, **message)
    except Ended:
        with transaction.atomic():
            row = lock_interaction(ref)
            if row.agent_id != agent_id:
                raise WrongState(_("Whoever has the conversation goes on with it first.")) from None
            if row.state not in {State.HELD, State.WAITING_CUSTOMER} or row.is_asleep:
                raise
            resume_row(row, now=now)
            return send_reply(ref, agent_id=agent_id, now=now, **message)


def wake(ref: UUID, *, now: datetime) -> bool:
    """End a rest that is due or answered: back to its agent if they can take it, else first in line.

    False when there is nothing to end. Raises NotFound.
    """
    with transaction.atomic():
        row = lock_interaction(ref)
        answered = row.last_in_seq > row.rested_seq
        due = row.snoozed_until is not None and row.snoozed_until <= now
        if row.state not in RESTING or not (answered or due):
            return False
        if not row.is_asleep:
            resume_row(row, by=ActorKind.SYSTEM, now=now)
            return True
        if turn_work(row, Turn.WAKE, now=now):
            row.waits = True
            step(row, Move.RESUME)
            _awake(row, by=ActorKind.SYSTEM, held=False, now=now)
            announce_state(brand_id=brand_id(), ref=ref, agent_id=row.agent_id, state=row.state)
        else:
            back_to_line(row, reason="woken", now=now)
    return True


def wake_answered(*, now: datetime) -> int:
    """End every rest of the brand whose customer has written since, each by itself; returns how many."""
    woken = 0
    for ref in answered_rests():
        try:
            woken += wake(ref, now=now)
        except (RoomError, DatabaseError):
            log.exception("rest of %s was not ended", ref)
    return woken


def _rest(row: Interaction, *, now: datetime) -> None:
    row.held_at = row.snoozed_until = None
    row.rested_seq = row.last_in_seq


def _awake(row: Interaction, *, by: str, held: bool, now: datetime) -> None:
    """Note that work goes on; who was on hold reads that their agent is back."""
    row.held_at = row.snoozed_until = None
    actor_id = row.agent_id if by == ActorKind.AGENT else None
    note_event(row, Kind.INTERACTION_RESUMED, now=now, actor_kind=by, actor_id=actor_id)
    message = say(row, "resumed", name=row.agent_shown, now=now) if held else None
    row.save()
    if message:
        announce_message(
            brand_id=brand_id(), ref=row.ref, agent_id=row.agent_id, seq=message.seq, beside=row.beside
        )


def _turn(row: Interaction, turn: Turn, *, until: datetime | None = None, now: datetime) -> bool:
    """Tell the labour plane and both sides; returns whether the agent has it."""
    has_it = turn_work(row, turn, until=until, now=now)
    announce_state(
        brand_id=brand_id(), ref=row.ref, agent_id=row.agent_id, state=row.state, beside=row.beside
    )
    return has_it
