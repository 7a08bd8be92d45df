"""What an agent has and is offered, over all brands: ids from the labour plane, words from each brand.

One statement for the work items, one for the offers, one for the capacity, then one in each brand touched.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from desk.clocks import most_urgent
from desk.lines import midnight
from desk.reading import Caller, Facts, callers, facts_of
from desk.values import CLOSED, NEEDS, WAITING, WRAP_UP, Capacity, Group, OfferCard, Row
from desk.wording import language_name, place_words, rest_words, short_ending, visitor_name
from interactions.actions.messages import preview_of
from interactions.actions.resting import MOST_HOLD
from interactions.choices import RESTING, PlaceState, State
from interactions.values import InteractionView
from routing.choices import ItemState, Outcome, Why
from routing.models import WorkItem
from routing.queries import ringing_for, slots_of
from routing.values import Ringing
from tenants.cards import card_by_id
from tenants.choices import BrandKind
from tenants.scope import labour_scope, tenant_scope
from tenants.values import BrandCard
from workforce.models import Agent

V = TypeVar("V")
Place = tuple[int, UUID]


@dataclass(frozen=True)
class Inbox:
    """The work list, the offers and the slots, from one look."""

    groups: tuple[Group, ...]
    offers: tuple[OfferCard, ...]
    capacity: Capacity

    @property
    def is_empty(self) -> bool:
        return not any(group.rows for group in self.groups if group.name != CLOSED)


@dataclass(frozen=True)
class _Item:
    brand_id: int
    ref: UUID
    state: str


def inbox_of(actor: Actor, *, now: datetime) -> Inbox:
    """Look at everything."""
    items, offers = _items(actor, now=now), ringing_for(actor.user_id, now=now)
    facts = _facts(actor, {(item.brand_id, item.ref) for item in items}, now=now)
    facts = {key: found for key, found in facts.items() if _is_theirs(found[1].view, actor.user_id)}
    groups, cards = _groups(items, facts, actor.user_id, now=now), _cards(actor, offers, now=now)
    return Inbox(groups, cards, capacity_of(actor, now=now))


def offers_of(actor: Actor, *, now: datetime) -> tuple[OfferCard, ...]:
    """Look at the offers alone: one statement, then one in each brand that rings."""
    return _cards(actor, ringing_for(actor.user_id, now=now), now=now)


def capacity_of(actor: Actor, *, now: datetime) -> Capacity:
    """Count the agent's slots."""
    found = slots_of(actor.user_id, brands=actor.brands_with(Permission.ANSWER) or (), now=now)
    return Capacity(found.talking, found.wrapping, sum(found))


def client_of(actor: Actor, brand_id: int) -> BrandCard | None:
    """Return the brand if the actor serves it."""
    return card_by_id(brand_id) if actor.can(Permission.ANSWER, brand_id) else None


def clients_of(actor: Actor) -> list[BrandCard]:
    """Return the brands the actor serves, by name."""
    cards = [card for card in map(card_by_id, actor.brands_with(Permission.ANSWER) or ()) if card]
    return sorted(cards, key=lambda card: (card.name.casefold(), card.id))


def row_of(client: BrandCard, facts: Facts, agent_id: int, *, now: datetime) -> Row:
    """Make the row of one conversation, for the agent who has it or is in it."""
    view, place = facts.view, facts.view.place_of(agent_id)
    return Row(
        client=client,
        ref=view.ref,
        name=visitor_name(view),
        preview=view.preview,
        at=view.closed_at or view.last_message_at or view.opened_at,
        seq=view.last_seq,
        unread=view.unread if view.state in {State.ACTIVE, State.HELD} and not place else 0,
        draft=facts.draft,
        group=_group(facts, place),
        since=view.waiting_since,
        until=_until(view),
        resting=place_words(view) if place else rest_words(view, now),
        held=view.state == State.HELD and not place,
        ending=short_ending(facts),
        calls_back=view.calls_back,
        now=now,
        beside=bool(place),
        clock=most_urgent(facts.clocks, now),
    )


def _items(actor: Actor, *, now: datetime) -> list[_Item]:
    """What the agent works on, and what they finished since midnight in their own zone."""
    finished = Q(state=ItemState.ENDED, outcome=Outcome.CLOSED, ended_at__gte=midnight(now))
    working = Q(state__in=(ItemState.ACCEPTED, ItemState.WRAP_UP, ItemState.SLEEPING))
    rows = WorkItem.every.filter(working | finished, agent_id=actor.user_id).order_by("id")
    with labour_scope():
        return [_Item(*values) for values in rows.values_list("brand_id", "interaction_ref", "state")]


def _facts(actor: Actor, wanted: Iterable[Place], *, now: datetime) -> dict[Place, tuple[BrandCard, Facts]]:
    """What the list shows of each conversation, by brand id and ref."""
    return ask_brands(actor, wanted, lambda refs: facts_of(refs, agent_id=actor.user_id, now=now))


def ask_brands(
    actor: Actor, wanted: Iterable[Place], question: Callable[[list[UUID]], dict[UUID, V]]
) -> dict[Place, tuple[BrandCard, V]]:
    """Ask each brand that is touched, with the actor's own grant, about all of its conversations at once."""
    by_brand: dict[int, list[UUID]] = {}
    for brand_id, ref in sorted(wanted):
        by_brand.setdefault(brand_id, []).append(ref)
    found: dict[Place, tuple[BrandCard, V]] = {}
    for brand_id, refs in by_brand.items():
        client = client_of(actor, brand_id)
        if client is None:
            continue
        with tenant_scope(client, actor.grant(Permission.ANSWER, client)):
            known = question(refs)
        found |= {(brand_id, ref): (client, value) for ref, value in known.items()}
    return found


def _groups(
    items: list[_Item], facts: dict[Place, tuple[BrandCard, Facts]], agent_id: int, *, now: datetime
) -> tuple[Group, ...]:
    known = {(item.brand_id, item.ref) for item in items} & facts.keys()
    rows = sorted((row_of(*facts[key], agent_id, now=now) for key in known), key=lambda row: row.key)
    titles = {
        NEEDS: _("Needs you"),
        WRAP_UP: _("Wrap-up"),
        WAITING: _("Waiting"),
        CLOSED: _("Closed today"),
    }
    return tuple(
        Group(name, title, tuple(r for r in rows if r.group == name)) for name, title in titles.items()
    )


def _until(view: InteractionView) -> datetime | None:
    """Until when the agent has time: for the wrap-up, and to come back to who is on hold."""
    return view.held_at + MOST_HOLD if view.held_at else view.wrap_up_due_at


def _is_theirs(view: InteractionView, agent_id: int) -> bool:
    return view.agent_id == agent_id or bool(view.place_of(agent_id))


def _group(facts: Facts, place: str) -> str:
    """Beside its agent it needs nobody but who writes along, for an answer."""
    if place:
        writes = place == PlaceState.JOINED and facts.view.state == State.ACTIVE
        return NEEDS if writes and facts.view.waiting_since else WAITING
    if facts.view.state == State.WRAP_UP:
        return WRAP_UP
    if facts.view.state in RESTING:
        return WAITING
    if facts.view.state == State.HELD:
        return NEEDS
    if facts.view.state != State.ACTIVE:
        return CLOSED
    return NEEDS if facts.view.waiting_since else WAITING


def _cards(actor: Actor, offers: list[Ringing], *, now: datetime) -> tuple[OfferCard, ...]:
    known = ask_brands(actor, {(offer.brand_id, offer.interaction_ref) for offer in offers}, callers)
    places = ((offer, known.get((offer.brand_id, offer.interaction_ref))) for offer in offers)
    names = _names({offer.asked_by for offer in offers if offer.asked_by})
    return tuple(
        _card(offer, *place, names.get(offer.asked_by or 0, ""), now=now) for offer, place in places if place
    )


def _names(agents: set[int | None]) -> dict[int, str]:
    if not agents:
        return {}
    with labour_scope():
        return dict(Agent.objects.filter(pk__in=agents).values_list("pk", "user__name"))


def _card(offer: Ringing, client: BrandCard, caller: Caller, asked_by: str, *, now: datetime) -> OfferCard:
    is_left = caller.waits and client.kind != BrandKind.SANDBOX  # practice customers sit there and wait
    words = [
        caller.queue_name,
        language_name(caller.language),
        _("Left as a message") if is_left and not caller.calls_back else "",
        str(Why(offer.why).label) if offer.why in Why.values else "",
    ]
    return OfferCard(
        client=client,
        ref=offer.ref,
        name=visitor_name(caller),
        preview=preview_of(caller.question or "") if offer.asked_by else caller.preview,
        made_at=offer.made_at,
        expires_at=offer.expires_at,
        enqueued_at=offer.enqueued_at,
        chips=tuple(filter(None, words)),
        calls_back=caller.calls_back,
        asked_by=asked_by,
        now=now,
    )
