"""Wrap-up: talk has ended, reason and outcome are set, then it is closed. The timer is `wrap_up_due_at`."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from events.choices import ActorKind, Kind
from interactions import idle
from interactions.access import lock_interaction
from interactions.actions.base import brand_id, end_segment, lock_mine, note_event, step, turn_work
from interactions.actions.messages import say
from interactions.actions.participants import leave_places
from interactions.actions.settling import leave
from interactions.choices import DispositionKind, Move, State, Turn
from interactions.errors import Refused, WrongState
from interactions.live import announce_message, announce_state
from interactions.models import Disposition, Draft, Interaction
from interactions.queries import due_wrap_ups
from interactions.signals import work_ended

log = logging.getLogger(__name__)

EXTENSION = timedelta(seconds=60)


def begin_wrap_up(ref: UUID, *, agent_id: int, now: datetime) -> None:
    """End the talk for the agent who has it. Raises NotYours, WrongState, NotFound."""
    with transaction.atomic():
        row = lock_mine(ref, agent_id)
        if row.is_asleep:
            raise WrongState(_("Take it back first, then end it."))
        if row.calls_back:
            raise WrongState(_("Say first what came of the call."), code="calls_back")
        start_wrap_up(row, by=ActorKind.AGENT, actor_id=agent_id, code="agent_ended", now=now)


def start_wrap_up(
    row: Interaction,
    *,
    by: str,
    actor_id: int | None,
    code: str,
    lasts: timedelta | None = None,
    now: datetime,
) -> None:
    """Move the locked row to wrap-up and start its timer: the queue's, unless it `lasts` otherwise."""
    step(row, Move.WRAP)
    leave_places(row, now=now)
    row.held_at = None
    row.wrap_up_at = now
    row.wrap_up_due_at = now + (lasts or timedelta(seconds=row.queue.wrap_up_seconds))
    row.wrap_up_extended = False
    idle.stop(row)
    message = say(row, code, now=now)
    data = {"by": by, "why": code}
    note_event(row, Kind.INTERACTION_WRAPPED, now=now, actor_kind=by, actor_id=actor_id, data=data)
    row.save()
    announce_wrap_up(row, now=now)
    announce_message(brand_id=brand_id(), ref=row.ref, agent_id=row.agent_id, seq=message.seq)


def take_wrap_up_back(row: Interaction, *, by: str, actor_id: int | None, now: datetime) -> None:
    """The talk of the locked row goes on with who was wrapping it up; their units never were free."""
    step(row, Move.UNWRAP)
    row.wrap_up_at = row.wrap_up_due_at = None
    row.reason = row.outcome = None
    message = say(row, "taken_back", now=now)
    data = {"from": State.WRAP_UP.value, "agent_id": row.agent_id}
    note_event(row, Kind.INTERACTION_REOPENED, now=now, actor_kind=by, actor_id=actor_id, data=data)
    row.save()
    turn_work(row, Turn.BACK, now=now)
    announce_message(brand_id=brand_id(), ref=row.ref, agent_id=row.agent_id, seq=message.seq)
    announce_state(brand_id=brand_id(), ref=row.ref, agent_id=row.agent_id, state=row.state)


def close_asleep(row: Interaction, *, now: datetime) -> None:
    """Close the locked row that its customer ended while it slept, disposition not set."""
    row.disposition_missing, row.snoozed_until = True, None
    message = say(row, "customer_ended", now=now)
    _close(row, by=ActorKind.CONTACT, actor_id=None, hard=None, now=now)
    announce_message(brand_id=brand_id(), ref=row.ref, agent_id=row.agent_id, seq=message.seq)


def extend_wrap_up(ref: UUID, *, agent_id: int, now: datetime) -> datetime:
    """Give the agent one more minute, once; returns the new due time. Raises WrongState, NotYours."""
    with transaction.atomic():
        row = _wrapping(ref, agent_id)
        if row.wrap_up_extended or row.wrap_up_due_at is None:
            raise WrongState(_("Wrap-up was already extended once."), code="extended")
        row.wrap_up_due_at += EXTENSION
        row.wrap_up_extended = True
        note_event(
            row, Kind.INTERACTION_WRAP_UP_EXTENDED, now=now, actor_kind=ActorKind.AGENT, actor_id=agent_id,
            data={"seconds": int(EXTENSION.total_seconds())},
        )  # fmt: skip
        row.save(update_fields=["wrap_up_due_at", "wrap_up_extended", "event_n"])
        announce_wrap_up(row, now=now)
    return row.wrap_up_due_at


def wrap_up(
    ref: UUID, *, agent_id: int, reason_code: str, outcome_code: str, hard: bool = False, now: datetime
) -> None:
    """Close it with the brand's reason and outcome. Raises Refused, WrongState, NotYours, NotFound.

    `hard`: the agent says that it was; an outcome may say so as well.
    """
    with transaction.atomic():
        row = _wrapping(ref, agent_id)
        row.reason = disposition(DispositionKind.REASON, reason_code)
        row.outcome = disposition(DispositionKind.OUTCOME, outcome_code)
        by = "agent" if hard else "outcome" if row.outcome.hard else ""
        _close(row, by=ActorKind.AGENT, actor_id=agent_id, hard=by, now=now)
        Draft.objects.filter(interaction=row).delete()


def force_wrap_up(ref: UUID, *, at_once: bool = False, now: datetime) -> bool:
    """Close it when its time is over, disposition "not set" and flagged; false when it is not due.

    `at_once`: its agent has left, nobody will finish it.

    What the agent had not sent is kept as a draft. Raises NotFound.
    """
    with transaction.atomic():
        row = lock_interaction(ref)
        if row.state != State.WRAP_UP or row.wrap_up_due_at is None:
            return False
        if row.wrap_up_due_at > now and not at_once:
            return False
        if row.is_void:
            _close(row, by=ActorKind.AGENT, actor_id=row.agent_id, hard=None, now=now)
            return True
        row.disposition_missing = True
        _close(row, by=ActorKind.SYSTEM, actor_id=None, hard=None, now=now)
    return True


def force_due(*, now: datetime) -> int:
    """Close every wrap-up of the brand whose time is over, each by itself; returns how many."""
    forced = 0
    for ref in due_wrap_ups(now):
        try:
            forced += force_wrap_up(ref, now=now)
        except Exception:
            log.exception("wrap-up of %s was not forced", ref)
    return forced


def _close(row: Interaction, *, by: str, actor_id: int | None, hard: str | None, now: datetime) -> None:
    """`hard`: who says that it was ("agent", "outcome", "" nobody); None: nobody was asked."""
    step(row, Move.CLOSE)
    leave(row, now=now)
    row.closed_at = now
    row.wrap_up_due_at = None
    data = {
        "reason": row.reason.code if row.reason else "",
        "outcome": row.outcome.code if row.outcome else "",
        "not_a_contact": row.is_void,
        "missing": row.disposition_missing,
        **({"hard": hard} if hard else {}),
    }
    note_event(row, Kind.INTERACTION_CLOSED, now=now, actor_kind=by, actor_id=actor_id, data=data)
    end_segment(row, now=now)
    row.save()
    work_ended.send(
        Interaction,
        brand_id=brand_id(),
        interaction_ref=row.ref,
        not_a_contact=data["not_a_contact"],
        was_hard=None if hard is None else bool(hard),
        now=now,
    )
    announce_state(brand_id=brand_id(), ref=row.ref, agent_id=row.agent_id, state=row.state)


def _wrapping(ref: UUID, agent_id: int) -> Interaction:
    row = lock_mine(ref, agent_id)
    if row.state != State.WRAP_UP:
        raise WrongState(_("This conversation is not in wrap-up."))
    return row


def disposition(kind: DispositionKind, code: str) -> Disposition:
    """Return the reason or outcome that is on offer under the code. Raises Refused."""
    found: Disposition | None = Disposition.objects.filter(kind=kind, code=code, active=True).first()
    if found is None:
        words = {
            DispositionKind.REASON: _("Choose what it was about."),
            DispositionKind.OUTCOME: _("Choose how it ended."),
        }
        raise Refused(words[kind], code=f"no_{kind}")
    return found


def announce_wrap_up(row: Interaction, *, now: datetime) -> None:
    """Tell routing and both pages that wrap-up runs, and until when."""
    turn_work(row, Turn.WRAP_UP, until=row.wrap_up_due_at, now=now)
    announce_state(brand_id=brand_id(), ref=row.ref, agent_id=row.agent_id, state=row.state)
