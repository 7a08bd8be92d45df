"""The conversation goes to somebody else: handed over by its agent, or given by who leads them.

It keeps its ref, its place and all that was said; a new segment begins. Where it goes to is one Target: a
queue of the brand, an agent who is asked first, or both.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from events.choices import ActorKind, Kind
from interactions.access import lock_interaction
from interactions.actions.base import brand_id, note_event, step
from interactions.actions.conversation import draft_of
from interactions.actions.lines import wait_again
from interactions.actions.messages import checked, known, save_list_columns, write
from interactions.choices import AuthorKind, Direction, DraftKind, Move
from interactions.clocks.keeping import note_missed
from interactions.errors import NotYours, Refused, TargetGone
from interactions.live import announce_message
from interactions.models import Draft, Interaction, Queue
from interactions.signals import interaction_queued
from interactions.values import Moved
from tenants.audit import audit

MOST_REASON = 300


@dataclass(frozen=True, slots=True)
class Target:
    """Where it goes: `queue_id` None keeps its queue; `agent_id` is asked first, shown as `agent_shown`."""

    queue_id: int | None = None
    agent_id: int | None = None
    agent_shown: str = ""


def transfer(
    ref: UUID, *, agent_id: int, author_shown: str, to: Target, note: str, client_id: UUID, now: datetime
) -> None:
    """Hand the agent's conversation over, with an internal note; once per `client_id` of the note.

    Their work with it ends, nothing is wrapped up. Raises Refused (no note), TargetGone, NotYours,
    WrongState, NotFound.
    """
    text = checked(note)
    with transaction.atomic():
        row = lock_interaction(ref)
        if known(ref, client_id, author_id=agent_id):
            return
        if row.agent_id != agent_id:
            raise NotYours
        message = write(
            row, Direction.NOTE, AuthorKind.AGENT, text, author_id=agent_id, author_shown=author_shown,
            client_id=client_id, preview=False, now=now,
        )  # fmt: skip
        save_list_columns(row)
        Draft.objects.filter(interaction=row, agent_id=agent_id, kind=DraftKind.NOTE).delete()
        _move(row, to, kind="blind", by=agent_id, now=now)
    announce_message(brand_id=brand_id(), ref=ref, agent_id=agent_id, seq=message.seq, public=False)


def reassign(ref: UUID, *, to: Target, reason: str, actor: str, actor_id: int, now: datetime) -> None:
    """Give waiting or active work to a queue or an agent; `actor` is how the trail names who did it.

    The caller asks for the permission. Raises Refused (no reason), TargetGone, WrongState, NotFound.
    """
    words = " ".join(reason.split())[:MOST_REASON]
    if not words:
        raise Refused(_("Write why, in a few words."), code="no_reason")
    with transaction.atomic():
        row = lock_interaction(ref)
        before = {"queue": row.queue_id, "agent": row.agent_id}
        _move(row, to, kind="reassign", by=actor_id, now=now)
        after = {"queue": row.queue_id, "agent": to.agent_id}
        diff = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
        audit(
            "conversation.reassigned", actor=actor, brand_id=brand_id(), object=f"conversation:{ref}",
            diff=diff, reason=words, now=now,
        )  # fmt: skip


def _move(row: Interaction, to: Target, *, kind: str, by: int, now: datetime) -> None:
    """Step the locked row into its new line; `by` is who moves it, asked last if they are its agent."""
    came_from, had = {"queue_id": row.queue_id, "agent_id": row.agent_id}, row.agent_id
    row.waits = row.waits or row.is_asleep
    step(row, Move.TRANSFER)
    if to.queue_id is None and to.agent_id is None:
        raise Refused(_("Choose a queue or an agent."), code="no_target")
    if to.queue_id and to.queue_id != row.queue_id:
        note_missed(row, now=now)
        row.queue, row.need = queue_named(row, to.queue_id), ""
    data = {"kind": kind, "from": came_from, "to": {"queue_id": row.queue_id, "agent_id": to.agent_id}}
    note_event(
        row, Kind.INTERACTION_TRANSFERRED, now=now, actor_kind=ActorKind.AGENT, actor_id=by, data=data
    )  # fmt: skip
    wait_again(row, "transferred", reason=kind, name=to.agent_shown or row.queue.name, now=now)
    interaction_queued.send(Interaction, draft=draft_of(row, now=now), moved=Moved(had, to.agent_id), now=now)


def queue_named(row: Interaction, queue_id: int) -> Queue:
    """Return the brand's queue of that number and the row's channel. Raises TargetGone."""
    found: Queue | None = Queue.objects.filter(pk=queue_id, channel=row.channel).first()
    if found is None:
        raise TargetGone
    return found
