"""A visitor's socket and its conversation: who is there, what a socket shows, what a visitor may do.

Each public function is one job of the executor: it enters the brand's scope with the entrance's own grant,
runs at most one verb, and returns plain values.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.refusals import note_socket
from core import clock, live
from core.errors import NotFound
from core.ratelimit import hit
from interactions import actions, blocking, idle
from interactions.choices import OPEN, WITH_AGENT, AuthorKind, Direction, Line, State, WhenClosed
from interactions.connectors.webchat import adapter, soft, standing, tokens
from interactions.connectors.webchat.forms import Hello, Say
from interactions.connectors.webchat.origins import is_allowed
from interactions.connectors.webchat.refusals import AddressWanted, NotOffered, RateLimited, Shut, Unwelcome
from interactions.connectors.webchat.settings import HELLOS_PER_ADDRESS, MESSAGES_PER_SESSION
from interactions.errors import Ended
from interactions.hours import hours_now
from interactions.live import visitor_group
from interactions.models import Inbox, Interaction, Message, Queue
from interactions.placing import place
from interactions.queries import callback_of, message_view
from interactions.rules import Facts
from interactions.signals import visitor_presence
from interactions.values import Closed, Closing, Estimate, MessageView
from tenants.cards import card_for_host
from tenants.scope import tenant_scope, visitor
from tenants.values import BrandCard, EndpointCard

MOST_MESSAGES = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """A visitor whose key, origin and token were found good. `address` None: no limit is counted."""

    brand: BrandCard
    key: str
    endpoint: EndpointCard
    token: tokens.Token
    language: str
    page_language: str
    page: str
    zone: str
    address: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """A conversation as its visitor may see it. Phases: new, queued, callback, active, ended.

    `resume`: it has ended, and goes on when its customer writes. `messages` are the fields of msg frames
    after the number asked for; `reset`: too many to be complete, the page begins anew with the newest.
    `place` is the fields of a place frame, while there is one, `call` those of a call frame while a call is
    promised; `turns_at`: when it opens or closes next, if that is known. `estimate` is what the place frame
    says of the wait.
    """

    ref: UUID | None = None
    phase: str = "new"
    name: str = ""
    agent_id: int | None = None
    beside: tuple[int, ...] = ()
    reason: str = ""
    reset: bool = False
    resume: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list)
    place: dict[str, Any] | None = None
    call: dict[str, Any] | None = None
    turns_at: datetime | None = None
    estimate: Estimate | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A stored message as the fields of a msg frame, and the conversation it went to."""

    ref: UUID
    message: dict[str, Any]


def note_refusal(*, host: str, origin: str | None, reason: str) -> None:
    """Write down, for the client whose host it is, that a page was refused: its origin, no more of it."""
    brand = card_for_host(host)
    note_socket("nobody", brand_id=brand.id if brand else None, reason=reason, object=origin or "-")


def welcome(hello: Hello, *, host: str, origin: str | None, address: str | None) -> tuple[Visit, UUID | None]:
    """Check who comes, and return the visit with the conversation that its token has. Writes nothing.

    Raises Unwelcome, Blocked, RateLimited, BadToken, ExpiredToken.
    """
    now = clock.now()
    brand = card_for_host(host)
    endpoint = adapter.endpoint_for(brand, hello.key) if brand else None
    if brand is None or endpoint is None or not is_allowed(origin, endpoint=endpoint, brand=brand):
        raise Unwelcome(_("The chat is not available on this page."))
    limited(f"hello:{brand.id}:{address}", HELLOS_PER_ADDRESS, address=address)
    visit = Visit(
        brand=brand,
        key=hello.key,
        endpoint=endpoint,
        token=tokens.read(hello.token, endpoint=endpoint, now=now),
        language=adapter.language_for(hello.language, brand),
        page_language=hello.language,
        page=hello.page,
        zone=hello.zone,
        address=address,
    )
    with inside(visit):
        ref, blocked = blocking.session_of(visit.token.digest, _address_digest(visit), now=now)
    if blocked:
        raise blocking.Blocked
    return visit, ref


def look(visit: Visit, ref: UUID | None, *, after: int, node: str | None = None) -> Look:
    """Return what the socket shows now; with a `node`, tell the labour plane that the visitor is there."""
    with inside(visit):
        row = row_of(ref) if ref else None
        messages = _public(row, after=after) if row else []
        talking = row is not None and row.state in WITH_AGENT
        queue = None if talking else _queue(visit, row)
        hours = hours_of(visit, queue) if queue else None
        told = {"served": True} if standing.is_served(row, queue, hours) else standing.shut(hours)
        lasts = queue.resume_hours if queue else 0
        resume = row is not None and idle.may_resume(row, hours=lasts, now=clock.now())
        call = promise_of(visit, row) if row and row.calls_back and not talking else None
    if row is None or ref is None:
        return Look(
            place=standing.staffed(visit.brand.id, queue.pk if queue else 0) | told,
            turns_at=standing.turns_at(hours),
        )
    if _obey(visit, row, hours):
        return look(visit, ref, after=after, node=node)
    if node and row.state in OPEN:
        announce(visit, ref, node=node)
    line, place = ({}, None) if talking else standing.line_of(visit.brand.id, row)
    estimate = None if call or isinstance(hours, Closed) else standing.estimate_of(place)
    offers = standing.left(row, place, hours) | standing.call(row, place, hours)
    return Look(
        ref=ref,
        phase="callback" if call else _phase(row.state),
        name=row.agent_shown if talking else "",
        agent_id=row.agent_id if talking else None,
        beside=tuple(map(int, row.beside)),
        reason=_reason(row.state),
        resume=resume,
        reset=after > 0 and len(messages) == MOST_MESSAGES,
        messages=messages,
        place=None if talking or call else line | standing.wait(estimate) | offers | told,
        call=call,
        turns_at=standing.first_of(standing.turns_at(hours), *standing.limits_of(row)),
        estimate=estimate,
    )


def promise_of(visit: Visit, row: Interaction) -> dict[str, Any] | None:
    """Return the promised call as the fields of a call frame; `calling`: it can't be changed any more."""
    view = callback_of(row.ref)
    return (
        None
        if view is None
        else {
            "number": view.number,
            "from": view.start.isoformat(),
            "until": view.end.isoformat(),
            "zone": zone_of(visit, row),
            "calling": row.state == State.QUEUED,
        }
    )


def zone_of(visit: Visit, row: Interaction) -> str:
    """Return in which zone the customer is told times: their own, else the client's."""
    return visit.zone or row.contact.timezone or visit.brand.timezone


def say(visit: Visit, ref: UUID | None, frame: Say) -> Said:
    """Store what the visitor wrote, once, in the conversation or in a new one. Raises what the verb does."""
    limited(f"say:{visit.token.digest[:32]}", MESSAGES_PER_SESSION, address=visit.address)
    if ref is None or frame.fresh:
        return _said(_open(visit, frame))
    try:
        with inside(visit):
            now = clock.now()
            return _said(actions.receive_message(ref, client_id=frame.client_id, body=frame.body, now=now))
    except Ended:
        return _said(_resume(visit, ref, frame))


def note_estimate(visit: Visit, ref: UUID, told: Estimate, *, first: bool) -> None:
    """Keep what the visitor was told of the wait; what was told first is written down."""
    with inside(visit):
        actions.keep_estimate(ref, told)
        if first:
            actions.note_estimate(ref, told)


def leave_message(visit: Visit, ref: UUID) -> None:
    """Let the visitor go, with the place kept. Raises NotOffered where that is not offered now."""
    with inside(visit):
        row = row_of(ref)
    if row.waits:
        return
    if not standing.may_leave(row, standing.place_of(visit.brand.id, row.queue_id, ref)):
        raise NotOffered(_("Leaving a message is not offered now."))
    with inside(visit):
        actions.leave_message(ref, now=clock.now())


def end(visit: Visit, ref: UUID) -> None:
    """End the conversation, or leave the line."""
    with inside(visit):
        actions.end_by_visitor(ref, now=clock.now())


def announce(visit: Visit, ref: UUID, *, node: str | None) -> None:
    """Tell the labour plane that the visitor has a socket on this node, or has none any more."""
    visitor_presence.send(
        Interaction, brand_id=visit.brand.id, interaction_ref=ref, node=node, now=clock.now()
    )


def leave(visit: Visit, ref: UUID) -> None:
    """Say that this socket went; another tab of the visitor's hears it, and answers that it is there."""
    announce(visit, ref, node=None)
    live.publish(visitor_group(visit.brand.id, ref), {"kind": "presence"})


def limited(key: str, limit: tuple[int, int], *, address: str | None) -> None:
    """Count one use by whose address is known. Raises RateLimited."""
    uses, seconds = limit
    if address and not hit(f"chat:{key}", limit=uses, seconds=seconds):
        raise RateLimited(_("That was a lot at once. Wait a moment, then try again."))


@contextmanager
def inside(visit: Visit) -> Iterator[EndpointCard]:
    """Enter the brand by the entrance, which may have been closed meanwhile; words are the visitor's."""
    endpoint = adapter.endpoint_for(visit.brand, visit.key)
    if endpoint is None:
        raise Unwelcome(_("The chat is not available on this page."))
    with override(visit.language), tenant_scope(visit.brand, visitor(endpoint)):
        yield endpoint


def _open(visit: Visit, frame: Say) -> MessageView:
    """Begin a conversation; one that nobody is there for, or that comes out of hours, waits as a message."""
    with inside(visit):
        _not_blocked(visit)
        inbox, now = _inbox(visit), clock.now()
        placed = place(inbox, Facts(frame.body, visit.page, visit.page_language), now=now)
        queue: Queue = Queue.objects.select_related("calendar").get(pk=placed.queue_id)
        closed = _closed(visit, queue)
        _admit(closed, frame)
    waits = closed is not None or not standing.place_of(visit.brand.id, queue.pk, None).staffed
    with inside(visit) as endpoint:
        return actions.open_conversation(
            visit.token.digest,
            inbox=inbox,
            placement=placed,
            client_id=frame.client_id,
            body=frame.body,
            language=visit.page_language,
            page=visit.page,
            timezone=visit.zone,
            expires_at=visit.token.expires_at,
            is_test=visit.endpoint.is_test,
            waits=waits,
            address=frame.address,
            most_open=soft.room_of(endpoint, visit.brand, now=now),
            address_digest=_address_digest(visit),
            now=now,
        )


def check_blocked(visit: Visit) -> None:
    """Look whether the visitor may still write. Raises Blocked."""
    with inside(visit):
        _not_blocked(visit)


def _not_blocked(visit: Visit) -> None:
    if blocking.is_blocked(visit.token.digest, _address_digest(visit), now=clock.now()):
        raise blocking.Blocked


def _address_digest(visit: Visit) -> str:
    return blocking.digest_of(visit.address, brand_ref=visit.brand.ref)


def _resume(visit: Visit, ref: UUID, frame: Say) -> MessageView:
    """Go on with a conversation that has ended; where nobody is there for it, it waits as a message."""
    with inside(visit):
        _not_blocked(visit)
        queue = _queue(visit, row_of(ref))
        closed = _closed(visit, queue)
    waits = closed is not None or not standing.place_of(visit.brand.id, queue.pk, None).staffed
    with inside(visit):
        return actions.resume_conversation(
            ref, client_id=frame.client_id, body=frame.body, waits=waits, now=clock.now()
        )


def _inbox(visit: Visit) -> Inbox:
    inbox: Inbox = Inbox.objects.select_related("queue").get(ref=visit.endpoint.inbox_ref)
    return inbox


def _queue(visit: Visit, row: Interaction | None = None) -> Queue:
    """Return the queue of the conversation, or the one that a new one would wait in, with its calendar."""
    mine = Q(pk=row.queue_id) if row else Q(inboxes__ref=visit.endpoint.inbox_ref)
    queue: Queue = Queue.objects.select_related("calendar").get(mine)
    return queue


def hours_of(visit: Visit, queue: Queue) -> Closed | Closing | None:
    """Return that the queue is closed or closes early, with the closure's text in the visitor's language."""
    languages = (visit.language, *visit.brand.locales)
    return hours_now(queue, languages=languages, zone=visit.brand.timezone, now=clock.now())


def _closed(visit: Visit, queue: Queue) -> Closed | None:
    found = hours_of(visit, queue)
    return found if isinstance(found, Closed) else None


def _admit(closed: Closed | None, frame: Say) -> None:
    """Let a first message in, or say why not: raises Shut, AddressWanted."""
    if closed is None or closed.how == WhenClosed.TAKE:
        return
    if closed.how == WhenClosed.HIDE:
        raise Shut(closed.text or _("We're closed right now. Write to us when we're open again."))
    if not frame.address:
        raise AddressWanted(_("We're closed right now. Add your mail address, then send again."))


def _obey(visit: Visit, row: Interaction, hours: Closed | Closing | None) -> bool:
    """Do with a waiting conversation what an emergency says of the line; true when that changed it.

    Its own socket asks, so each is settled apart and one that nobody is at is settled on its return.
    """
    if not isinstance(hours, Closed) or hours.since is None or row.state != State.QUEUED or row.waits:
        return False
    if hours.line == Line.SERVED or row.queued_at is None or row.queued_at >= hours.since:
        return False
    with inside(visit):
        now = clock.now()
        if hours.line == Line.ENDED:
            return actions.end_by_closure(row.ref, text=hours.text, now=now)
        return actions.leave_message(row.ref, code="closed_told", text=hours.text, now=now)


def row_of(ref: UUID) -> Interaction:
    """Return the conversation, in its brand's scope. Raises NotFound."""
    rows = Interaction.objects.select_related("queue", "reason", "outcome")
    row: Interaction | None = rows.filter(ref=ref).first()
    if row is None:
        raise NotFound
    return row


def _public(row: Interaction, *, after: int) -> list[dict[str, Any]]:
    """Return the newest messages after that number as frames, notes left out, in order."""
    rows = Message.objects.filter(interaction=row, seq__gt=after).exclude(direction=Direction.NOTE)
    newest = rows.order_by("-seq")[:MOST_MESSAGES]
    return [_frame(message_view(message, row.ref)) for message in reversed(newest)]


def _said(message: MessageView) -> Said:
    return Said(ref=message.interaction_ref, message=_frame(message))


def _frame(message: MessageView) -> dict[str, Any]:
    """Return the fields of a msg frame; a system message is a code, its words are the page's."""
    system = message.author_kind == AuthorKind.SYSTEM
    return {
        "seq": message.seq,
        "client_id": message.client_id if message.author_kind == AuthorKind.CONTACT else None,
        "author": message.author_kind,
        "name": message.data.get("name", "") if system else message.author_shown,
        **({"text": message.data["text"]} if system and message.data.get("text") else {}),
        "body": message.body,
        "code": message.data.get("code", "") if system else None,
        "at": message.at.isoformat(),
    }


def _phase(state: str) -> str:
    if state in WITH_AGENT:
        return "active"
    return "queued" if state in OPEN else "ended"


def _reason(state: str) -> str:
    if state in OPEN:
        return ""
    return "left" if state == State.ABANDONED else "ended"
