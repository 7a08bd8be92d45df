"""What a supervisor makes of somebody else's state, with a reason; the trail has both."""

from datetime import datetime

from django.db import transaction

from accounts.actor import Actor
from tenants.audit import audit, changes
from tenants.scope import labour_scope
from workforce.actions.availability import reason_of, turn
from workforce.actions.base import lock_state
from workforce.errors import MovedOn, NoWords
from workforce.models import AgentState
from workforce.supervision import get_supervised
from workforce.values import StateView, state_view

WORDS = (3, 200)


def change_state(
    agent_id: int, *, to: str, reason_code: str | None, seen: str, words: str, actor: Actor, now: datetime
) -> StateView:
    """Make an agent available, away for a reason, or offline, as of now; their conversations stay theirs.

    `seen`: the `state_mark` that the decision was made on. To be what they are already changes nothing.

    Raises MovedOn when the state is another one by now, NoWords, BadAvailability, and NotFound for an agent
    who is not the actor's to lead.
    """
    agent = get_supervised(agent_id, actor=actor, now=now)
    words = checked_words(words)
    with labour_scope(), transaction.atomic():
        reason = reason_of(to, reason_code)
        state = lock_state(agent_id)
        if state_mark(state) != seen:
            raise MovedOn
        before = _facts(state)
        turn(state, to, reason, brand_id=None, actor=actor, now=now)
        if diff := changes(before, _facts(state)):
            audit(
                "agent.state_changed", actor=actor.who, object=f"agent:{agent.employee_no}", diff=diff,
                reason=words, now=now,
            )  # fmt: skip
        return state_view(state)


def state_mark(state: AgentState) -> str:
    """Return what a decision is made on: the state and since when."""
    return f"{state.availability} {state.reason_id or 0} {state.since.timestamp():.6f}"


def checked_words(words: str) -> str:
    """Return the reason without blanks around it. Raises NoWords when it says nothing, or a novel."""
    words = " ".join(words.split())
    if not WORDS[0] <= len(words) <= WORDS[1]:
        raise NoWords
    return words


def _facts(state: AgentState) -> dict[str, str]:
    return {"state": state.availability, "reason": state.reason.code if state.reason else ""}
