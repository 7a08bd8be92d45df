"""Opening a conversation, and what its customer does with it besides writing."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.ids import new_ref
from crm import actions as crm
from crm.choices import PointKind
from events.choices import ActorKind, Kind
from interactions import idle
from interactions.access import lock_interaction
from interactions.actions.base import (
    begin_segment,
    brand_id,
    end_segment,
    lock_mine,
    note_event,
    step,
)
from interactions.actions.incoming import receive_message
from interactions.actions.lines import back_to_line, leave_agent, queue_data
from interactions.actions.messages import checked, known, say
from interactions.actions.settling import leave
from interactions.actions.wrap_up import close_asleep, start_wrap_up, take_wrap_up_back
from interactions.choices import OPEN, WITH_AGENT, Move, OwnerKind, State
from interactions.clocks import keeping as clocks
from interactions.errors import Ended, NotNow, WrongState
from interactions.live import announce_message, announce_state
from interactions.models import Inbox, Interaction, VisitorSession
from interactions.placing import Placement, place, plain_page, queue_of
from interactions.rules import Facts
from interactions.signals import interaction_queued, message_left, work_ended
from interactions.values import MessageView, WorkItemDraft
from tenants.cards import is_sandbox
from tenants.locks import alone

SESSION_DAYS = 30
ROOM_LOCK = 7_261
SESSION = """
INSERT INTO interactions_visitorsession AS s (token_digest, inbox_id, expires_at) VALUES (%s, %s, %s)
ON CONFLICT (token_digest) DO UPDATE SET expires_at = excluded.expires_at
RETURNING s.id, s.contact_id, s.interaction_id
"""


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
    timezone: str = "",
    is_test: bool = False,
    waits: bool = False,
    address: str = "",
    placement: Placement | None = None,
    most_open: int | None = None,
    address_digest: str = "",
    now: datetime,
) -> MessageView:
    """Take the first message of a conversation; contact, interaction, message and work item are one commit.

    The visitor's session is made or kept by the digest of its token; it is good for SESSION_DAYS from now, or
    until `expires_at` if that is later. A repeat with the same `client_id` returns what is stored; while the
    session's conversation is open, the message goes there. `waits`: nobody was there, it was left.
    `address`: where else they can be reached, as they say; it stands in the conversation.
    `placement`: where it goes, if the caller has asked already.
    In a sandbox everything is a test.
    `most_open`: so many may go on at once, tests apart (None: any number). `address_digest`: where they write
    from (interactions.blocking).

    Raises Refused (empty, too_long, control), Ended, NotNow.
    """
    text = checked(body)
    with transaction.atomic():
        session = _session(token_digest, inbox, expires_at=expires_at, now=now)
        current = session.interaction
        if current and (stored := known(current.ref, client_id)):
            return stored
        if current and current.state in OPEN:
            return receive_message(current.ref, client_id=client_id, body=text, now=now)
        if most_open is not None:
            _have_room(most_open)
        session.contact_id = crm.get_or_create_visitor(
            session.contact_id, name=contact_name, language=language, page=page, timezone=timezone, now=now
        )
        placed = placement or place(inbox, Facts(text, page, language), now=now)
        counts_not = is_test or is_sandbox(brand_id())
        row = _new_interaction(
            session.contact_id,
            inbox,
            placed,
            language=language,
            page=page,
            is_test=counts_not,
            waits=waits,
            now=now,
        )
        begins = clocks.begin(row, now=now)
        message = receive_message(row.ref, client_id=client_id, body=text, now=now)
        row.event_n += 1 + begins
        if address:
            _note_address(row, message, address, now=now)
        step(row, Move.QUEUE)
        _queue(row, is_first=True, now=now)
        row.save(update_fields=["state", "queued_at", "event_n", *(["last_seq"] if address else [])])
        session.interaction, session.address_digest = row, address_digest
        session.save(update_fields=["contact", "interaction", "address_digest"])
        interaction_queued.send(Interaction, draft=draft_of(row, now=now), now=now)
    return message


def end_by_visitor(ref: UUID, *, now: datetime) -> str:
    """End it for the customer; returns the state. Waiting becomes abandoned, an agent's goes to wrap-up.

    What sleeps is closed: its agent is on other things.
    """
    with transaction.atomic():
        row = lock_interaction(ref)
        if row.state == State.QUEUED:
            _abandon(row, abandoned_at=now, left=True, now=now)
        elif row.is_asleep:
            close_asleep(row, now=now)
        elif row.state in WITH_AGENT:
            start_wrap_up(row, by=ActorKind.CONTACT, actor_id=None, code="customer_ended", now=now)
        else:
            return row.state
    return row.state


def leave_message(ref: UUID, *, code: str = "message_left", text: str = "", now: datetime) -> bool:
    """Let a waiting customer go: the place is kept, the answer waits for them. False when nothing is new.

    `code` and `text` are what the conversation says about it.
    """
    with transaction.atomic():
        row = lock_interaction(ref)
        if row.state != State.QUEUED or row.waits:
            return False
        row.waits = True
        message = say(row, code, text=text, now=now)
        data = {"queue_id": row.queue_id, "why": code}
        note_event(row, Kind.INTERACTION_MESSAGE_LEFT, now=now, actor_kind=ActorKind.CONTACT, data=data)
        row.save(update_fields=["waits", "last_seq", "event_n"])
        bound = brand_id()
        message_left.send(Interaction, brand_id=bound, interaction_ref=ref, now=now)
        announce_message(brand_id=bound, ref=ref, agent_id=None, seq=message.seq)
    return True


def end_by_closure(ref: UUID, *, text: str, now: datetime) -> bool:
    """End a waiting conversation with the closure's text; it counts as one that was not answered.

    False when it does not wait any more, or waits as a message.
    """
    with transaction.atomic():
        row = lock_interaction(ref)
        if row.state != State.QUEUED or row.waits:
            return False
        _abandon(row, abandoned_at=now, left=False, code="closed_ended", text=text, now=now)
    return True


def abandon(ref: UUID, *, abandoned_at: datetime, now: datetime) -> bool:
    """Take a waiting customer who is gone out of the line; false when it is not waiting any more."""
    with transaction.atomic():
        row = lock_interaction(ref)
        if row.state != State.QUEUED or row.waits:
            return False
        _abandon(row, abandoned_at=abandoned_at, left=False, now=now)
    return True


def resume_conversation(
    ref: UUID, *, client_id: UUID, body: str, waits: bool = False, now: datetime
) -> MessageView:
    """Take what the customer writes in a conversation that has ended, and go on with it.

    In wrap-up it goes on with the agent who has it, at once. Closed within the queue's `resume_hours` it
    waits again as a new segment, its last agent preferred. `waits`: nobody is there, it was left.

    Raises Refused, Ended (too late, left before an answer, or no contact at all), NotFound.
    """
    text = checked(body)
    with transaction.atomic():
        row = lock_interaction(ref)
        if stored := known(ref, client_id):
            return stored
        if row.state not in OPEN:
            if not idle.may_resume(row, hours=row.queue.resume_hours, now=now):
                raise Ended
            if row.state == State.WRAP_UP:
                take_wrap_up_back(row, by=ActorKind.CONTACT, actor_id=None, now=now)
            else:
                row.waits = waits
                _reopen(row, by=ActorKind.CONTACT, actor_id=None, now=now)
        return receive_message(ref, client_id=client_id, body=text, now=now)


def reopen(ref: UUID, *, by: ActorKind | str, actor_id: int | None = None, now: datetime) -> None:
    """Put an ended interaction back in line as a new segment; raises WrongState while it is open."""
    with transaction.atomic():
        _reopen(lock_interaction(ref), by=by, actor_id=actor_id, now=now)


def _reopen(row: Interaction, *, by: str, actor_id: int | None, now: datetime) -> None:
    """A closed one stays the contact that it was; one that nobody answered waits as a new one."""
    again = row.state == State.CLOSED
    step(row, Move.REOPEN)
    note_event(row, Kind.INTERACTION_REOPENED, now=now, actor_kind=by, actor_id=actor_id)
    last_agent = row.agent_id
    leave_agent(row)
    row.closed_at = row.abandoned_at = row.wrap_up_at = row.answered_at = None
    row.reason = row.outcome = None
    row.disposition_missing = False
    row.waiting_since = None
    _queue(row, again=again, now=now)
    row.save()
    draft = draft_of(row, now=now, last_agent_id=last_agent)
    interaction_queued.send(Interaction, draft=replace(draft, again_at=now if again else None), now=now)
    announce_state(brand_id=brand_id(), ref=row.ref, agent_id=last_agent, state=row.state)


def reopen_own(ref: UUID, *, agent_id: int, since: datetime, now: datetime) -> None:
    """Open again what the agent closed, since then. Raises NotYours, WrongState, NotFound."""
    with transaction.atomic():
        row = lock_mine(ref, agent_id)
        if row.closed_at is None or row.closed_at < since:
            raise WrongState(_("Only what you closed today can be opened again."))
        reopen(ref, by=ActorKind.AGENT, actor_id=agent_id, now=now)


def requeue(ref: UUID, *, reason: str, now: datetime) -> None:
    """Give an agent's work back to the line; routing keeps its original place."""
    with transaction.atomic():
        back_to_line(lock_interaction(ref), reason=reason, now=now)


def draft_of(row: Interaction, *, now: datetime, last_agent_id: int | None = None) -> WorkItemDraft:
    """Make the work item's values of a queued interaction."""
    queue = row.queue
    return WorkItemDraft(
        brand_id=brand_id(), queue_id=queue.pk, interaction_ref=row.ref, channel=row.channel,
        priority=row.priority, target_seconds=queue.target_seconds, offer_seconds=queue.offer_seconds,
        units=queue.units, is_test=row.is_test, waits=row.waits, language=row.language,
        last_agent_id=last_agent_id, enqueued_at=now, need=row.need,
    )  # fmt: skip


def open_count() -> int:
    """Return how many conversations of customers go on in the brand, waiting ones too."""
    return int(Interaction.objects.filter(state__in=OPEN, is_test=False).count())


def _have_room(most_open: int) -> None:
    """Let one more begin, one caller after the other. Raises NotNow."""
    alone(ROOM_LOCK)
    if open_count() >= most_open:
        raise NotNow


def _session(digest: str, inbox: Inbox, *, expires_at: datetime, now: datetime) -> VisitorSession:
    """Return the session of the token, locked before any interaction; a new one has no contact yet.

    Locked by itself, without what it points to: after a wait, joined rows would still be the ones of before.
    """
    until = max(expires_at, now + timedelta(days=SESSION_DAYS))
    with connection.prepared() as cursor:  # type: ignore[attr-defined]
        cursor.execute(SESSION, [digest, inbox.pk, until])
        pk, contact_id, interaction_id = cursor.fetchone()
    return VisitorSession(
        pk=pk, token_digest=digest, inbox=inbox, contact_id=contact_id, interaction_id=interaction_id,
        expires_at=until,
    )  # fmt: skip


def _new_interaction(
    contact_id: int, inbox: Inbox, placed: Placement, *, language: str, page: str, is_test: bool, waits: bool,
    now: datetime,
) -> Interaction:  # fmt: skip
    row = Interaction(
        ref=new_ref(now), inbox=inbox, queue=queue_of(inbox, placed), contact_id=contact_id,
        channel=inbox.kind, language=language[:12], page=plain_page(page), is_test=is_test, waits=waits,
        priority=placed.priority, need=placed.need, rule_ref=placed.rule_ref,
        rule_version=placed.rule_version, opened_at=now,
    )  # fmt: skip
    data: dict[str, object] = {"inbox_ref": str(inbox.ref), "channel": row.channel, "contact": contact_id}
    if placed.rule_ref:
        data |= {"rule": str(placed.rule_ref), "rule_version": placed.rule_version}
    note_event(row, Kind.INTERACTION_OPENED, now=now, actor_kind=ActorKind.CONTACT, data=data)
    row.save(force_insert=True)
    return row


def _queue(row: Interaction, *, again: bool = False, is_first: bool = False, now: datetime) -> None:
    row.queued_at = now
    data = queue_data(row) | ({"again": True, "reason": "reopened"} if again else {})
    note_event(row, Kind.INTERACTION_QUEUED, now=now, actor_kind=ActorKind.SYSTEM, data=data)
    begin_segment(row, OwnerKind.QUEUE, agent_id=None, reason="queued", is_first=is_first, now=now)


def _note_address(row: Interaction, first: MessageView, address: str, *, now: datetime) -> None:
    """Write down where else the customer says to be; an address of somebody else's stays theirs."""
    row.last_seq = first.seq
    say(row, "address", name=address, now=now)
    with suppress(crm.PointTaken):
        crm.add_point(row.contact, kind=PointKind.EMAIL, value=address)


def _abandon(
    row: Interaction, *, abandoned_at: datetime, left: bool, code: str = "left", text: str = "", now: datetime
) -> None:
    step(row, Move.ABANDON)
    leave(row, now=now)
    row.abandoned_at = abandoned_at
    message = say(row, code, now=now, **({"text": text} if text else {}))
    data = {"left": left, "queue_id": row.queue_id} | ({"by": code} if code != "left" else {})
    by = ActorKind.CONTACT if code == "left" else ActorKind.SYSTEM
    note_event(row, Kind.INTERACTION_ABANDONED, now=abandoned_at, actor_kind=by, data=data)
    end_segment(row, now=abandoned_at)
    row.save()
    bound = brand_id()
    work_ended.send(Interaction, brand_id=bound, interaction_ref=row.ref, outcome=State.ABANDONED, now=now)
    announce_message(brand_id=bound, ref=row.ref, agent_id=None, seq=message.seq)
    announce_state(brand_id=bound, ref=row.ref, agent_id=None, state=row.state)
