"""The end of an agent's shift: nothing new comes, and what is open is finished, or leaves them with a note.

1. `end_shift`: from now on nothing is offered, what rings is withdrawn. Who is on nothing is offline at once.
2. For each open conversation the agent chooses, one of SHIFT_END_CHOICES; `settle` does it.
3. With the last one gone they are offline (`workforce.actions.work.disengage` takes the plan up).

A choice is registered by the room that has its verb: `register_shift_end_choice(ShiftEndChoice(...))`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import workforce.actions as workforce
from accounts.actor import Actor
from accounts.permissions import Permission
from core.errors import NotFound
from interactions import actions as interactions
from interactions.access import get_interaction, lock_interaction
from interactions.choices import WITH_AGENT, State
from routing.actions.consulting import pass_on
from routing.actions.offers import withdraw_offers
from routing.actions.work import return_to_line
from routing.errors import Invalid
from tenants.scope import tenant_scope
from tenants.values import BrandCard
from workforce.queries import shown_name
from workforce.values import StateView

FINISH, RETURN, SNOOZE = "finish", "return", "snooze"
ENDED = "shift_ended"  # why it came back, as the log says it


@dataclass(frozen=True, slots=True)
class Open:
    """A conversation that the agent still has; `key` names what they chose, sent twice it is done once.

    `until`: when it comes back, for what is put away until then.
    """

    actor: Actor
    client: BrandCard
    ref: UUID
    note: str
    key: UUID
    now: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShiftEndChoice:
    """What can become of an open conversation: `deed` does it, None leaves it with the agent.

    `in_wrap_up`: whether it is a choice for what is in wrap-up too. `wants_note`: whether it needs one.
    `wants_time`: whether it needs `Open.until`.
    """

    name: str
    title: "Promise | str"
    hint: "Promise | str"
    deed: Callable[[Open], None] | None = None
    in_wrap_up: bool = False
    wants_note: bool = False
    wants_time: bool = False


SHIFT_END_CHOICES: dict[str, ShiftEndChoice] = {}


def register_shift_end_choice(choice: ShiftEndChoice) -> None:
    """Offer one more choice, behind those there are."""
    SHIFT_END_CHOICES[choice.name] = choice


def choices_for(*, in_wrap_up: bool) -> list[ShiftEndChoice]:
    """Return what can be chosen, the first is what holds if nothing is chosen."""
    return [choice for choice in SHIFT_END_CHOICES.values() if choice.in_wrap_up or not in_wrap_up]


def end_shift(actor: Actor, *, now: datetime) -> StateView:
    """Offer the agent nothing more; they are offline when the last of their work is gone. Twice is once."""
    state = workforce.end_shift(actor.user_id, actor=actor, now=now)
    withdraw_offers(now, agent_id=actor.user_id)
    return state


def settle(chosen: Open, *, choice: str) -> bool:
    """Do what the agent chose for one conversation; False when it is not theirs any more, or stays.

    Raises Invalid without a note or a time that is wanted, NotFound for a choice that there is not.
    """
    grant = chosen.actor.grant(Permission.ANSWER, chosen.client)
    with tenant_scope(chosen.client, grant):
        view = get_interaction(chosen.ref)
    found = SHIFT_END_CHOICES.get(choice)
    if found is None:
        raise NotFound
    if view.agent_id != chosen.actor.user_id or view.state not in WITH_AGENT | {State.WRAP_UP}:
        return False
    if found.deed is None or (view.state == State.WRAP_UP and not found.in_wrap_up):
        return False
    if found.wants_note and not chosen.note.strip():
        raise Invalid({"note": _("Leave a note for who takes it over.")})
    if found.wants_time and chosen.until is None:
        raise Invalid({"until": _("Choose until when.")})
    found.deed(chosen)
    return True


def give_to_line(chosen: Open) -> None:
    """Give the conversation back to its place in the line; the note stays with it, for colleagues alone.

    Whoever is in it beside them has it instead.

    Raises NotYours, WrongState, and Refused for a note that cannot be kept.
    """
    client, now = chosen.client, chosen.now
    grant = chosen.actor.grant(Permission.ANSWER, client)
    with transaction.atomic():
        with tenant_scope(client, grant):
            beside = lock_interaction(chosen.ref).beside
            _leave_note(chosen)
        if beside and pass_on(chosen.ref, brand=client, grant=grant, reason=ENDED, now=now):
            return
        with tenant_scope(client, grant):
            interactions.requeue(chosen.ref, reason=ENDED, now=now)
        return_to_line(client.id, chosen.ref, now=now)


def put_away(chosen: Open) -> None:
    """Let the conversation sleep until then, or until the customer writes.

    It is back with the agent if they can take it then, else first in line. A note is kept with it; one that
    sleeps already is left so.

    Raises NotYours, WrongState, Refused for a time that is none.
    """
    agent_id = chosen.actor.user_id
    grant = chosen.actor.grant(Permission.ANSWER, chosen.client)
    with transaction.atomic(), tenant_scope(chosen.client, grant):
        if chosen.until is None or lock_interaction(chosen.ref).state == State.SNOOZED:
            return
        if chosen.note.strip():
            _leave_note(chosen)
        interactions.snooze(chosen.ref, agent_id=agent_id, until=chosen.until, now=chosen.now)


def _leave_note(chosen: Open) -> None:
    """Write the note, inside the client's scope."""
    actor = chosen.actor
    interactions.add_note(
        chosen.ref, agent_id=actor.user_id, author_shown=shown_name(actor.user_id, chosen.client.id),
        client_id=chosen.key, body=chosen.note, now=chosen.now,
    )  # fmt: skip


register_shift_end_choice(
    ShiftEndChoice(
        FINISH,
        gettext_lazy("I finish it"),
        gettext_lazy("It stays with you. You are offline when the last one is closed."),
        in_wrap_up=True,
    )
)
register_shift_end_choice(
    ShiftEndChoice(
        RETURN,
        gettext_lazy("Give it back to the line"),
        gettext_lazy("First in line, and the customer is told. Your note goes to who takes it."),
        give_to_line,
        wants_note=True,
    )
)
register_shift_end_choice(
    ShiftEndChoice(
        SNOOZE,
        gettext_lazy("Snooze it"),
        gettext_lazy(
            "It comes back then, or when the customer writes: to you if you are there, else first in line."
        ),
        put_away,
        wants_time=True,
    )
)
