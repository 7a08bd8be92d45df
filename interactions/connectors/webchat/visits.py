"""A visitor's socket and its conversation: who is there, what a socket shows, what a visitor may do.

Each public function is one job of the executor: it enters the brand's scope with the entrance's own grant,
runs at most one verb, and returns plain values.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core import clock, live
from core.errors import RoomError
from core.ratelimit import hit
from interactions import actions
from interactions.choices import Direction, State
from interactions.connectors.webchat import adapter, tokens
from interactions.connectors.webchat.forms import Hello, Say
from interactions.connectors.webchat.origins import is_allowed
from interactions.connectors.webchat.settings import HELLOS_PER_ADDRESS, MESSAGES_PER_SESSION
from interactions.models import Inbox, Interaction, Message, VisitorSession
from interactions.signals import place_asked, visitor_presence
from interactions.values import MessageView
from tenants.binding import Bound
from tenants.cards import card_for_host
from tenants.scope import tenant_scope, visitor
from tenants.values import BrandCard, EndpointCard

MOST_MESSAGES = 300
WAITING = {State.NEW, State.IN_FLOW, State.QUEUED}
TALKING = {State.ACTIVE, State.HELD, State.WAITING_CUSTOMER, State.SNOOZED}


class Unwelcome(RoomError):
    """No such chat on this host, or a page that may not hold it. Which of them is not said."""

    status = 403
    code = "unavailable"


class RateLimited(RoomError):
    status = 429
    code = "rate_limited"
    retry_after = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """A visitor whose key, origin and token were found good. `address` None: no limit is counted."""

    brand: BrandCard
    endpoint: EndpointCard
    token: tokens.Token
    language: str
    page_language: str
    page: str
    address: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """A conversation as its visitor may see it. Phases: new, queued, active, ended.

    `messages` are the fields of msg frames after the number asked for; `reset`: too many to be complete, the
    page begins anew with the newest. `place` is the fields of a place frame, while there is one.
    """

    ref: UUID | None = None
    phase: str = "new"
    name: str = ""
    agent_id: int | None = None
    reason: str = ""
    reset: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list)
    place: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A stored message as the fields of a msg frame, and the conversation it went to."""

    ref: UUID
    message: dict[str, Any]


def welcome(hello: Hello, *, host: str, origin: str | None, address: str | None) -> tuple[Visit, UUID | None]:
    """Check who comes, and return the visit with the conversation that its token has. Writes nothing.

    Raises Unwelcome, RateLimited, BadToken, ExpiredToken.
    """
    now = clock.now()
    brand = card_for_host(host)
    endpoint = adapter.endpoint_for(brand, hello.key) if brand else None
    if brand is None or endpoint is None or not is_allowed(origin, endpoint=endpoint, brand=brand):
        raise Unwelcome(_("The chat is not available on this page."))
    _limit(f"hello:{brand.id}:{address}", HELLOS_PER_ADDRESS, address=address)
    visit = Visit(
        brand=brand,
        endpoint=endpoint,
        token=tokens.read(hello.token, endpoint=endpoint, now=now),
        language=adapter.language_for(hello.language, brand),
        page_language=hello.language,
        page=hello.page,
        address=address,
    )
    with _scope(visit):
        return visit, _current(visit, now=now)


def look(visit: Visit, ref: UUID | None, *, after: int, node: str | None = None) -> Look:
    """Return what the socket shows now; with a `node`, tell the labour plane where the visitor is."""
    if ref is None:
        return Look(place={"staffed": _is_staffed(visit)})
    with _scope(visit):
        seen = _conversation(visit, ref, after=after)
        if node and seen.phase != "ended":
            _announce(visit, ref, node=node)
    return seen


def say(visit: Visit, ref: UUID | None, frame: Say) -> Said:
    """Store what the visitor wrote, once, in the conversation or in a new one."""
    _limit(f"say:{visit.token.digest[:32]}", MESSAGES_PER_SESSION, address=visit.address)
    now = clock.now()
    with _scope(visit):
        if ref is None or frame.fresh:
            return _said(_open(visit, frame, now=now))
        return _said(actions.receive_message(ref, client_id=frame.client_id, body=frame.body, now=now))


def end(visit: Visit, ref: UUID) -> None:
    """End the conversation, or leave the line."""
    with _scope(visit):
        actions.end_by_visitor(ref, now=clock.now())


def announce(visit: Visit, ref: UUID, *, node: str) -> None:
    """Tell the labour plane that the visitor is there, on this node."""
    with _scope(visit):
        _announce(visit, ref, node=node)


def leave(visit: Visit, ref: UUID) -> None:
    """Tell the labour plane that this socket went; another tab of the visitor's answers that it is still there."""
    with _scope(visit):
        _announce(visit, ref, node=None)
    live.publish(live.group("visitor", visit.brand.id, ref.hex), {"kind": "presence"})


def _limit(key: str, limit: tuple[int, int], *, address: str | None) -> None:
    uses, seconds = limit
    if address and not hit(f"chat:{key}", limit=uses, seconds=seconds):
        raise RateLimited(_("That was a lot at once. Wait a moment, then try again."))


def _scope(visit: Visit) -> Bound:
    """Enter the brand by the entrance; one that was closed meanwhile lets nobody in."""
    endpoint = adapter.endpoint_for(visit.brand, visit.endpoint.key)
    if endpoint is None:
        raise Unwelcome(_("The chat is not available on this page."))
    return tenant_scope(visit.brand, visitor(endpoint))


def _announce(visit: Visit, ref: UUID, *, node: str | None) -> None:
    visitor_presence.send(
        Interaction, brand_id=visit.brand.id, interaction_ref=ref, node=node, now=clock.now()
    )
