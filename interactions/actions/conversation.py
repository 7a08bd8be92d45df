"""Opening a conversation, and what its customer does with it besides writing."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.ids import new_ref
from crm import actions as crm
from crm.models import Contact
from events.choices import ActorKind
from interactions.access import lock_interaction
from interactions.actions.base import begin_segment, brand_id, end_segment, note_event, step
from interactions.actions.messages import (
    checked,
    known,
    receive_message,
    save_list_columns,
    say,
    write_incoming,
)
from interactions.actions.wrap_up import start_wrap_up
from interactions.choices import OPEN, OwnerKind, State
from interactions.live import announce_state
from interactions.models import Inbox, Interaction, VisitorSession
from interactions.signals import interaction_left_queue, interaction_queued
from interactions.values import MessageView, WorkItemDraft

SESSION_DAYS = 30


def open_conversation(
    token_digest: str,
    *,
    inbox: Inbox,
    client_id: UUID,
    body: str,
    language: str,
    page: str,
    expires_at: datetime,
    contact_name: str = "",
    is_test: bool = False,
    waits: bool = False,
    now: datetime,
) -> MessageView:
    """Take the first message of a conversation; contact, interaction, message and work item are one commit.

    The visitor's session is made or kept by the digest of its token. A repeat with the same `client_id`
    returns what is stored; while the session's conversation is open, the message goes there. `waits` = nobody
    is signed in, the message was left. Raises Refused.
    """
    text = checked(body)
    with transaction.atomic():
        session = _session(token_digest, inbox, language=language, page=page, name=contact_name,
                           expires_at=expires_at, now=now)  # fmt: skip
        if session.interaction and (stored := known(session.interaction.ref, client_id)):
            return stored
        if session.interaction and session.interaction.state in OPEN:
            return receive_message(session.interaction.ref, client_id=client_id, body=text, now=now)
        row = _new_interaction(
            session.contact, inbox, language=language, is_test=is_test, waits=waits, now=now
        )
        message = write_incoming(row, client_id=client_id, text=text, now=now)
        _queue(row, now=now)
        save_list_columns(row, "state", "queued_at")
        session.interaction = row
        session.expires_at = expires_at
        session.save(update_fields=["interaction", "expires_at"])
        interaction_queued.send(Interaction, draft=draft_of(row, now=now), now=now)
    return message


def end_by_visitor(ref: UUID, *, now: datetime) -> str:
    """End it for the customer: waiting becomes abandoned, active goes to wrap-up; returns the state."""
    with transaction.atomic():
        row = lock_interaction(ref)
        if row.state == State.QUEUED:
            _abandon(row, abandoned_at=now, left=True, now=now)
        elif row.state == State.ACTIVE:
            start_wrap_up(row, by=ActorKind.CONTACT, actor_id=None, code="customer_ended", now=now)
        else:
            return row.state
    return row.state


def abandon(ref: UUID, *, abandoned_at: datetime, now: datetime) -> bool:
    """Take a waiting customer who is gone out of the line; false when it is not waiting any more."""
    with transaction.atomic():
        row = lock_interaction(ref)
        if row.state != State.QUEUED or row.waits:
            return False
        _abandon(row, abandoned_at=abandoned_at, left=False, now=now)
    return True


def reopen(ref: UUID, *, by: str, actor_id: int | None = None, now: datetime) -> None:
    """Put an ended interaction back in line as a new segment; raises WrongState while it is open."""
    with transaction.atomic():
        row = lock_interaction(ref)
        step(row, State.QUEUED)
        note_event(row, "interaction.reopened", now=now, actor_kind=by, actor_id=actor_id)
        last_agent, row.agent_id = row.agent_id, None
        row.closed_at = row.abandoned_at = row.wrap_up_at = row.answered_at = None
        row.state = State.NEW
        _queue(row, now=now)
        row.save()
        interaction_queued.send(Interaction, draft=draft_of(row, now=now, last_agent_id=last_agent), now=now)


def requeue(ref: UUID, *, reason: str, now: datetime) -> None:
    """Give active work back to the line; routing keeps its original place."""
    with transaction.atomic():
        row = lock_interaction(ref)
        step(row, State.QUEUED)
        last_agent, row.agent_id = row.agent_id, None
        say(row, "requeued", now=now)
        data = _queue_data(row) | {"again": True, "reason": reason}
        note_event(row, "interaction.queued", now=now, actor_kind=ActorKind.SYSTEM, data=data)
        begin_segment(row, OwnerKind.QUEUE, agent_id=None, reason=reason, now=now)
        row.save()
        announce_state(brand_id=brand_id(), ref=ref, agent_id=last_agent, state=row.state)


def draft_of(row: Interaction, *, now: datetime, last_agent_id: int | None = None) -> WorkItemDraft:
    """Make the work item's values of a queued interaction."""
    queue = row.queue
    return WorkItemDraft(
        brand_id=brand_id(), queue_id=queue.pk, interaction_ref=row.ref, channel=row.channel,
        priority=row.priority, target_seconds=queue.target_seconds, offer_seconds=queue.offer_seconds,
        units=queue.units, is_test=row.is_test, waits=row.waits, language=row.language,
        last_agent_id=last_agent_id, enqueued_at=now,
    )  # fmt: skip


def _session(
    digest: str, inbox: Inbox, *, language: str, page: str, name: str, expires_at: datetime, now: datetime
) -> VisitorSession:
    """Return the session of the token, locked; a new one comes with a new contact."""
    sessions = VisitorSession.objects.select_for_update(of=("self",)).select_related("contact", "interaction")
    found = sessions.filter(token_digest=digest).first()
    if found:
        Contact.objects.filter(pk=found.contact_id).update(
            last_seen_at=now, page=page[:500], language=language
        )
        return found
    contact = crm.new_visitor(name=name, language=language, page=page, now=now)
    VisitorSession.objects.bulk_create(
        [VisitorSession(token_digest=digest, inbox=inbox, contact=contact, expires_at=expires_at)],
        ignore_conflicts=True,
    )
    return sessions.get(token_digest=digest)


def _new_interaction(
    contact: Contact, inbox: Inbox, *, language: str, is_test: bool, waits: bool, now: datetime
) -> Interaction:
    row = Interaction.objects.create(
        ref=new_ref(now), inbox=inbox, queue=inbox.queue, contact=contact, channel=inbox.kind,
        language=language[:12], is_test=is_test, waits=waits, opened_at=now,
    )  # fmt: skip
    data = {"inbox_ref": str(inbox.ref), "channel": row.channel}
    note_event(row, "interaction.opened", now=now, actor_kind=ActorKind.CONTACT, data=data)
    return row


def _queue(row: Interaction, *, now: datetime) -> None:
    step(row, State.QUEUED)
    row.queued_at = now
    note_event(row, "interaction.queued", now=now, actor_kind=ActorKind.SYSTEM, data=_queue_data(row))
    begin_segment(row, OwnerKind.QUEUE, agent_id=None, reason="queued", now=now)


def _queue_data(row: Interaction) -> dict[str, object]:
    return {
        "queue_id": row.queue_id,
        "channel": row.channel,
        "target_seconds": row.queue.target_seconds,
        "waits": row.waits,
    }


def _abandon(row: Interaction, *, abandoned_at: datetime, left: bool, now: datetime) -> None:
    step(row, State.ABANDONED)
    row.abandoned_at = abandoned_at
    say(row, "left", now=now)
    data = {"left": left, "queue_id": row.queue_id}
    note_event(row, "interaction.abandoned", now=abandoned_at, actor_kind=ActorKind.CONTACT, data=data)
    end_segment(row, now=max(abandoned_at, row.queued_at or abandoned_at))
    row.save()
    bound = brand_id()
    interaction_left_queue.send(
        Interaction, brand_id=bound, interaction_ref=row.ref, outcome=State.ABANDONED, now=now
    )
    announce_state(brand_id=bound, ref=row.ref, agent_id=None, state=row.state)
