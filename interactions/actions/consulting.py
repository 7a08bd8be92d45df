"""Asking a colleague before the conversation goes to them: the question, the answer, the transfer.

The labour of it is routing's, which calls these: the offer that rings, the place that is counted.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.ids import new_ref
from events.choices import ActorKind, Kind
from interactions import idle
from interactions.access import lock_interaction
from interactions.actions.base import begin_segment, brand_id, note_event, step
from interactions.actions.messages import checked, known, say, write
from interactions.actions.participants import (
    close_place,
    inner,
    part,
    place_data,
    standing,
    tell,
)
from interactions.actions.transfers import Target, queue_named
from interactions.choices import (
    PRESENT,
    WITH_AGENT,
    AuthorKind,
    Direction,
    Move,
    OwnerKind,
    PlaceEnd,
    PlaceState,
    State,
)
from interactions.errors import Ended, NotYours, Refused, TargetGone, WrongState
from interactions.live import announce_state
from interactions.models import Interaction, Participant
from interactions.participants import MOST_PLACES
from interactions.values import ConsultDraft

ASKS_IN = frozenset({State.ACTIVE, State.HELD})


def ask_colleague(
    ref: UUID, *, agent_id: int, author_shown: str, to: Target, asked: str, note: str, client_id: UUID,
    now: datetime,
) -> ConsultDraft | None:  # fmt: skip
    """Ask an agent, or the next free of a queue, without the customer's knowledge; once per `client_id`.

    `note` is the question, an inner line; `asked` names who is asked. None: it was asked already.
    Raises Refused (no question, or as many as may be), TargetGone, NotYours, Ended, NotFound.
    """
    text = checked(note)
    with transaction.atomic():
        row = lock_interaction(ref)
        if known(ref, client_id, author_id=agent_id):
            return None
        _may_ask(row, agent_id, to)
        queue = queue_named(row, to.queue_id) if to.queue_id else None
        one = Participant.objects.create(
            ref=new_ref(now), interaction=row, agent_id=to.agent_id, queue=queue, asked=asked[:120],
            asked_by=agent_id, asked_at=now,
        )  # fmt: skip
        row.places += 1
        message = write(
            row, Direction.NOTE, AuthorKind.AGENT, text, author_id=agent_id, author_shown=author_shown,
            client_id=client_id, data={"code": "consult_asked", "name": one.asked}, preview=False, now=now,
        )  # fmt: skip
        data = place_data(one) | {"seq": message.seq, "queue_id": to.queue_id}
        note_event(row, Kind.CONSULT_ASKED, now=now, actor_kind=ActorKind.AGENT, actor_id=agent_id, data=data)
        row.save()
        tell(row, message)
    queue_id = queue.pk if queue else row.queue_id
    but = (agent_id, *map(int, row.beside))
    return ConsultDraft(one.ref, brand_id(), ref, queue_id, to.agent_id, agent_id, but)


def begin_consult(ref: UUID, participant: UUID, *, agent_id: int, agent_shown: str, now: datetime) -> None:
    """Let who was asked in: they read along and write inner lines. Raises WrongState, NotFound."""
    with transaction.atomic():
        row = lock_interaction(ref)
        one = standing(row, participant)
        if one.state != PlaceState.ASKED or row.state not in WITH_AGENT or row.agent_id == agent_id:
            raise WrongState(_("They are not in this conversation any more."))
        one.agent_id, one.agent_shown = agent_id, agent_shown[:120]
        one.state, one.began_at = PlaceState.CONSULTING, now
        one.save()
        row.beside[str(agent_id)] = one.state
        message = inner(row, "consult_began", one.agent_shown, now=now)
        note_event(
            row, Kind.CONSULT_BEGAN, now=now, actor_kind=ActorKind.AGENT, actor_id=agent_id,
            data=place_data(one),
        )  # fmt: skip
        row.save()
        tell(row, message)


def hand_to_participant(ref: UUID, participant: UUID, *, agent_id: int, now: datetime) -> None:
    """Complete the transfer: who is beside the agent has the conversation, whose own part in it ends.

    Raises NotYours, WrongState, NotFound.
    """
    with transaction.atomic():
        row = lock_interaction(ref)
        if row.agent_id != agent_id:
            raise NotYours
        hand(row, participant, kind="consult", by=ActorKind.AGENT, actor_id=agent_id, now=now)


def pass_on(ref: UUID, participant: UUID, *, kind: str, now: datetime) -> None:
    """Give the conversation of an agent who went to who is there beside them. Raises WrongState, NotFound."""
    with transaction.atomic():
        hand(
            lock_interaction(ref), participant, kind=kind, by=ActorKind.SYSTEM, actor_id=None, now=now
        )  # fmt: skip


def hand(
    row: Interaction, participant: UUID, *, kind: str, by: str, actor_id: int | None, now: datetime
) -> None:
    """Make the participant the agent of the locked row. What is asked of others meanwhile is taken back."""
    one = standing(row, participant)
    if one.state not in PRESENT:
        raise WrongState(_("They have not answered yet."))
    came_from, went = {"queue_id": row.queue_id, "agent_id": row.agent_id}, row.agent_shown
    wrote, had = one.state == PlaceState.JOINED, row.agent_id
    step(row, Move.HAND)
    close_place(row, one, PlaceEnd.OWNER, now=now)
    for other in Participant.objects.filter(interaction=row, state=PlaceState.ASKED):
        part(row, other, PlaceEnd.TAKEN_BACK, by=ActorKind.SYSTEM, actor_id=None, now=now)
    row.agent_id, row.agent_shown = one.agent_id, one.agent_shown
    row.held_at = row.snoozed_until = None
    idle.stop(row)
    data = {"kind": kind, "from": came_from, "to": {"queue_id": row.queue_id, "agent_id": row.agent_id}}
    note_event(row, Kind.INTERACTION_TRANSFERRED, now=now, actor_kind=by, actor_id=actor_id, data=data)
    taken = {"agent_id": row.agent_id, "queue_id": row.queue_id}
    note_event(
        row, Kind.INTERACTION_ASSIGNED, now=now, actor_kind=ActorKind.AGENT, actor_id=row.agent_id, data=taken
    )
    begin_segment(row, OwnerKind.AGENT, agent_id=row.agent_id, reason=kind, now=now)
    if not wrote:
        say(row, "joined", name=row.agent_shown, now=now)
    message = say(row, "agent_left", name=went, now=now)
    row.save()
    tell(row, message, had)
    announce_state(brand_id=brand_id(), ref=row.ref, agent_id=None, state=row.state)


def _may_ask(row: Interaction, agent_id: int, to: Target) -> None:
    if row.agent_id != agent_id:
        raise NotYours
    if row.state not in ASKS_IN:
        raise Ended
    if to.agent_id is None and to.queue_id is None:
        raise Refused(_("Choose a queue or an agent."), code="no_target")
    if to.agent_id and (to.agent_id == agent_id or row.place_of(to.agent_id)):
        raise TargetGone
    if row.places >= MOST_PLACES:
        raise Refused(_("As many are in this conversation as may be."), code="too_many")
    if row.places > len(row.beside):
        raise Refused(_("Somebody is asked already. Wait for them, or take the question back."), code="asked")
