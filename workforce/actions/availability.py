"""What an agent chooses to be, and what missed offers make of them."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actor import Actor
from core.errors import NotFound
from tenants.scope import labour_scope
from workforce.actions.base import announce, lock_state, record
from workforce.choices import Availability
from workforce.errors import BadAvailability
from workforce.intervals import write_state
from workforce.models import AgentState, AvailabilityReason, Engagement
from workforce.values import StateView, state_view

CHOICES = (Availability.AVAILABLE, Availability.AWAY, Availability.OFFLINE)


def set_availability(
    agent_id: int,
    *,
    to: str,
    reason_code: str | None = None,
    brand_id: int | None = None,
    actor: Actor | None,
    now: datetime,
) -> StateView:
    """Make the agent available, away for a reason, or offline, at once; strikes and plans are forgotten.

    `brand_id` names the brand that an away time (a training) is for. `actor` None is the system.

    Raises BadAvailability, and NotFound for another agent than the actor unless they are an operator.
    """
    with labour_scope(), transaction.atomic():
        _check_actor(actor, agent_id)
        reason = reason_of(to, reason_code)
        state = lock_state(agent_id)
        turn(state, to, reason, brand_id=brand_id, actor=actor, now=now)
        return state_view(state)


def set_next(
    agent_id: int, *, to: str, reason_code: str | None = None, actor: Actor | None, now: datetime
) -> StateView:
    """Plan what the agent will be when the work at hand is done; until then nothing new is offered.

    Takes effect at once when they are on nothing. To take the plan back, plan to be available.
    Raises as set_availability.
    """
    with labour_scope(), transaction.atomic():
        _check_actor(actor, agent_id)
        reason = reason_of(to, reason_code)
        state = lock_state(agent_id)
        if not is_engaged(agent_id):
            turn(state, to, reason, brand_id=None, actor=actor, now=now)
            return state_view(state)
        state.next_availability = "" if to == state.availability == Availability.AVAILABLE else to
        state.next_reason = reason
        state.save(update_fields=["next_availability", "next_reason"])
        announce(agent_id, now=now)
        return state_view(state)


def end_shift(agent_id: int, *, actor: Actor, now: datetime) -> StateView:
    """Plan to be offline when the work at hand is done; who is on nothing is at once. Twice is once."""
    with labour_scope(), transaction.atomic():
        state = lock_state(agent_id)
        if Availability.OFFLINE not in (state.availability, state.next_availability):
            record("shift_ending", agent_id, occurred_at=now, actor_kind="agent", actor_id=actor.user_id)
        if state.availability != Availability.OFFLINE:
            return set_next(agent_id, to=Availability.OFFLINE, actor=actor, now=now)
        return state_view(state)


def take_offline(agent_id: int, *, actor: Actor, reason: str, now: datetime) -> StateView:
    """Make the agent offline for somebody else, who may; why is told as `agent.signed_out`.

    Their state stays locked until the caller's transaction ends. Raises NotFound for no agent.
    """
    with labour_scope(), transaction.atomic():
        state = lock_state(agent_id)
        if state.availability != Availability.OFFLINE or state.next_availability:
            turn(state, Availability.OFFLINE, None, brand_id=None, actor=actor, now=now)
            by: dict[str, Any] = {"actor_kind": "user", "actor_id": actor.user_id}
            record("signed_out", agent_id, occurred_at=now, reason=str(reason), **by)
        return state_view(state)


def take_up_plan(agent_id: int, *, now: datetime) -> bool:
    """Do what the agent planned for after the work at hand, if they planned and are on nothing any more."""
    planned = AgentState.objects.filter(pk=agent_id).exclude(next_availability="")
    if not planned.exists() or is_engaged(agent_id):
        return False
    state = lock_state(agent_id)
    if not state.next_availability:
        return False
    turn(state, state.next_availability, state.next_reason, brand_id=None, actor=None, now=now)
    return True


def strike(agent_id: int, *, limit: int, now: datetime) -> bool:
    """Count a missed offer; at `limit` in a row the agent is set to not responding. Returns whether they are.

    They return by themselves, with set_availability; an engagement wipes the strikes as well.
    """
    with labour_scope(), transaction.atomic(savepoint=False):
        state = lock_state(agent_id)
        state.strikes += 1
        if state.strikes < limit or state.availability != Availability.AVAILABLE:
            state.save(update_fields=["strikes"])
            return False
        state.availability, state.since = Availability.NOT_RESPONDING, now
        state.save(update_fields=["strikes", "availability", "since"])
        write_state(state, at=now)
        record("not_responding", agent_id, occurred_at=now, strikes=state.strikes)
        announce(agent_id, now=now)
        return True


def is_engaged(agent_id: int) -> bool:
    return Engagement.objects.open().filter(agent_id=agent_id).exists()


def turn(
    state: AgentState,
    to: str,
    reason: AvailabilityReason | None,
    *,
    brand_id: int | None,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Make the locked state another one; `actor` is whose doing it is, None the system's."""
    reason_id = reason.pk if reason else None
    moved = (state.availability, state.reason_id) != (to, reason_id)
    state.next_availability, state.next_reason, state.strikes = "", None, 0
    state.availability, state.reason = to, reason
    state.since = now if moved else state.since
    state.save()
    if moved or brand_id:
        write_state(state, at=now, brand_id=brand_id)
    if moved:
        _record_turn(state, actor=actor, now=now)
    announce(state.agent_id, now=now)


def _record_turn(state: AgentState, *, actor: Actor | None, now: datetime) -> None:
    kind = "available" if state.availability == Availability.AVAILABLE else "unavailable"
    code = state.reason.code if state.reason else None
    actor_kind = "system" if actor is None else "agent" if actor.user_id == state.agent_id else "user"
    record(
        kind,
        state.agent_id,
        occurred_at=now,
        actor_kind=actor_kind,
        actor_id=actor.user_id if actor else None,
        availability=state.availability,
        reason=code,
    )


def _check_actor(actor: Actor | None, agent_id: int) -> None:
    if actor is not None and actor.agent_id != agent_id and not actor.is_operator:
        raise NotFound


def reason_of(to: str, reason_code: str | None) -> AvailabilityReason | None:
    """Return the reason of an away time, None for what needs none. Raises BadAvailability."""
    if to not in CHOICES or bool(reason_code) != (to == Availability.AWAY):
        raise BadAvailability
    if not reason_code:
        return None
    reason = AvailabilityReason.objects.filter(code=reason_code, active=True).first()
    if reason is None:
        raise BadAvailability
    return reason
