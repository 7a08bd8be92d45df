"""Places beside the agent of a conversation: begun, brought in to write, left, and ended with the talk.

The one who has it answers for it. Whoever is asked reads along and talks with them in inner lines, of which
the customer is told nothing; who was brought in writes under a name of their own, and the customer reads that
they joined and left. Each end sends `work_ended`, so that labour lets go in the same transaction.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import NotFound
from events.choices import ActorKind, Kind
from interactions.access import lock_interaction
from interactions.actions.base import brand_id, lock_mine, note_event
from interactions.actions.messages import say, write
from interactions.choices import PRESENT, AuthorKind, Direction, PlaceEnd, PlaceState
from interactions.errors import Refused, WrongState
from interactions.live import announce_message, announce_places
from interactions.models import Interaction, Participant
from interactions.signals import work_ended
from interactions.values import MessageView
from tenants.audit import audit

MOST_REASON = 300


def bring_in(ref: UUID, participant: UUID, *, agent_id: int, now: datetime) -> None:
    """Let who was asked write to the customer, who reads that they joined; twice is once.

    Raises NotYours, WrongState, NotFound.
    """
    with transaction.atomic():
        row = lock_mine(ref, agent_id)
        one = standing(row, participant)
        if one.state == PlaceState.JOINED:
            return
        if one.state not in PRESENT:
            raise WrongState(_("They have not answered yet."))
        one.state, one.joined_at = PlaceState.JOINED, now
        one.save(update_fields=["state", "joined_at"])
        row.beside[str(one.agent_id)] = one.state
        message = say(row, "agent_joined", name=one.agent_shown, now=now)
        note_event(
            row, Kind.PARTICIPANT_JOINED, now=now, actor_kind=ActorKind.AGENT, actor_id=agent_id,
            data=place_data(one),
        )  # fmt: skip
        row.save()
        tell(row, message)


def end_place(ref: UUID, participant: UUID, *, agent_id: int, now: datetime) -> None:
    """End a place: by the agent whose conversation it is, or by who has the place. Over already: nothing.

    Raises NotFound, also for who is neither.
    """
    with transaction.atomic():
        row = lock_interaction(ref)
        one = _of(row, participant)
        if agent_id not in (row.agent_id, one.agent_id):
            raise NotFound
        if one.ended_at is not None:
            return
        why = _why(one, agent_id)
        tell(row, part(row, one, why, by=ActorKind.AGENT, actor_id=agent_id, now=now), one.agent_id)
        row.save()


def remove_participant(
    ref: UUID, participant: UUID, *, reason: str, actor: str, actor_id: int, now: datetime
) -> None:
    """End somebody's place, as who leads; `actor` is how the trail names them. The caller asks for the right.

    Raises Refused (no reason), NotFound.
    """
    words = " ".join(reason.split())[:MOST_REASON]
    if not words:
        raise Refused(_("Write why, in a few words."), code="no_reason")
    with transaction.atomic():
        row = lock_interaction(ref)
        one = standing(row, participant)
        message = part(row, one, PlaceEnd.REMOVED, by=ActorKind.AGENT, actor_id=actor_id, now=now)
        row.save()
        audit(
            "conversation.participant_removed", actor=actor, brand_id=brand_id(),
            object=f"conversation:{ref}", diff={"agent": [one.agent_id, None]}, reason=words, now=now,
        )  # fmt: skip
        tell(row, message, one.agent_id)


def lose_place(ref: UUID, participant: UUID, why: PlaceEnd, *, now: datetime) -> bool:
    """End a place whose agent is gone or did not answer; False when it is over already. Raises NotFound."""
    with transaction.atomic():
        row = lock_interaction(ref)
        one = _of(row, participant)
        if one.ended_at is not None:
            return False
        message = part(row, one, why, by=ActorKind.SYSTEM, actor_id=None, now=now)
        row.save()
        tell(row, message, one.agent_id)
    return True


def leave_places(row: Interaction, *, now: datetime) -> None:
    """End every place beside the agent of the locked row, which goes on without; the caller saves it."""
    if not row.places:
        return
    for one in Participant.objects.filter(interaction=row, ended_at__isnull=True).order_by("pk"):
        part(row, one, PlaceEnd.OVER, by=ActorKind.SYSTEM, actor_id=None, now=now)
        announce_places(brand_id=brand_id(), ref=row.ref, state=row.state, agents=[one.agent_id])


def part(
    row: Interaction, one: Participant, why: PlaceEnd, *, by: str, actor_id: int | None, now: datetime
) -> MessageView:
    """End the standing place of the locked row; the caller saves it."""
    wrote = one.state == PlaceState.JOINED
    close_place(row, one, why, now=now)
    kind = Kind.PARTICIPANT_LEFT if wrote else Kind.CONSULT_ENDED
    data = place_data(one) | {"why": why.value}
    note_event(row, kind, now=now, actor_kind=by, actor_id=actor_id, data=data)
    work_ended.send(Interaction, brand_id=brand_id(), interaction_ref=row.ref, place=one.ref, now=now)
    if wrote:
        return say(row, "agent_left", name=one.agent_shown, now=now)
    return inner(row, f"consult_{why.value}", one.agent_shown or one.asked, now=now)


def close_place(row: Interaction, one: Participant, why: PlaceEnd, *, now: datetime) -> None:
    """Write that the place is over, on both rows."""
    one.state, one.ended_at, one.ended_why = PlaceState.ENDED, now, why
    one.save(update_fields=["state", "ended_at", "ended_why"])
    row.places -= 1
    row.beside.pop(str(one.agent_id), None)


def inner(row: Interaction, code: str, name: str, *, now: datetime) -> MessageView:
    """Write a line that colleagues alone read, on the locked row; its words are the page's."""
    return write(
        row, Direction.NOTE, AuthorKind.SYSTEM, "", data={"code": code, "name": name}, now=now, preview=False
    )  # fmt: skip


def tell(row: Interaction, message: MessageView, *others: int | None) -> None:
    """Push the new line to all who are in it, and to `others` that it is not theirs any more."""
    announce_message(
        brand_id=brand_id(), ref=row.ref, agent_id=row.agent_id, seq=message.seq, beside=row.beside,
        public=message.direction != Direction.NOTE,
    )  # fmt: skip
    everybody: Iterable[int | None] = [row.agent_id, *map(int, row.beside), *others]
    announce_places(brand_id=brand_id(), ref=row.ref, state=row.state, agents=everybody)


def standing(row: Interaction, participant: UUID) -> Participant:
    """Return the place beside the agent of the locked row. Raises NotFound, WrongState once it is over."""
    one = _of(row, participant)
    if one.ended_at is not None:
        raise WrongState(_("They are not in this conversation any more."))
    return one


def place_data(one: Participant) -> dict[str, object]:
    return {"participant": str(one.ref), "agent_id": one.agent_id}


def _of(row: Interaction, participant: UUID) -> Participant:
    found: Participant | None = Participant.objects.filter(interaction=row, ref=participant).first()
    if found is None:
        raise NotFound
    return found


def _why(one: Participant, agent_id: int) -> PlaceEnd:
    if one.agent_id == agent_id:
        return PlaceEnd.LEFT
    ends = {PlaceState.ASKED: PlaceEnd.TAKEN_BACK, PlaceState.JOINED: PlaceEnd.REMOVED}
    return ends.get(PlaceState(one.state), PlaceEnd.KEPT)
