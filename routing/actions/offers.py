"""An offer's answers: accepted, declined, run out, withdrawn. Each claims it with one conditional UPDATE."""

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

import workforce.actions as workforce
from accounts.actor import Actor
from accounts.permissions import Permission
from core.errors import NotFound
from interactions import actions as interactions
from interactions.access import lock_interaction
from interactions.choices import PlaceEnd
from routing import live
from routing.access import get_offer
from routing.actions.base import put_back, tell
from routing.choices import DeclineReason, ItemState, OfferState, WithdrawReason
from routing.errors import OfferGone, offer_gone
from routing.models import Offer, QueuePlan, WorkItem
from routing.notices import wake
from routing.queries import unready_offers
from routing.values import AcceptedView
from tenants.cards import card_by_id
from tenants.scope import labour_scope, tenant_scope
from tenants.values import BrandCard, Grant
from workforce.choices import EngagementKind
from workforce.queries import shown_name

log = logging.getLogger(__name__)

STRIKES = 2


def accept_offer(offer_ref: UUID, *, actor: Actor, now: datetime) -> AcceptedView:
    """Give the offered interaction to the agent who accepts it.

    Locks the interaction first, then claims the offer with one conditional UPDATE: of many acceptances one
    wins. `offer.expires_at` is exclusive.

    Raises OfferGone, and NotFound for an offer that is not the actor's or a brand they are no agent of.
    """
    offer = get_offer(offer_ref, actor=actor)
    if offer.state != OfferState.PENDING:
        raise _gone(offer, now)
    card = card_by_id(offer.brand_id)
    if card is None:
        raise NotFound
    grant, ref = actor.grant(Permission.ANSWER, card), offer.work_item.interaction_ref
    shown = shown_name(offer.agent_id, offer.brand_id)
    with transaction.atomic():
        with tenant_scope(card, grant):
            lock_interaction(ref)
        with labour_scope():
            take(offer, now=now)
        with tenant_scope(card, grant):
            _let_in(offer, shown, now=now)
    return AcceptedView(brand_id=offer.brand_id, interaction_ref=ref)


def decline_offer(offer_ref: UUID, *, actor: Actor, reason: str = DeclineReason.OTHER, now: datetime) -> None:
    """Put the item back at its place and ask others first. An unknown `reason` counts as another one.

    Who asked this agent alone is told at once; should that break, the sweep makes up for it.

    Raises OfferGone, and NotFound for an offer that is not the actor's.
    """
    offer = get_offer(offer_ref, actor=actor)
    known = reason if reason in DeclineReason.values else DeclineReason.OTHER
    with labour_scope(), transaction.atomic():
        if offer.expires_at <= now or not put_back(offer, OfferState.DECLINED, reason=known, at=now):
            raise _gone(offer, now)
    if offer.work_item.only_agent_id and (card := card_by_id(offer.brand_id)):
        tell_missed(offer.work_item_id, card, actor.grant(Permission.ANSWER, card), now=now)


def explain_decline(offer_ref: UUID, *, actor: Actor, reason: str, now: datetime) -> None:
    """Note why the agent declined, once; the log says it beside the decline, which is written already.

    `reason` is one of DeclineReason; "other" is what stands there until more is said: it changes nothing.

    Raises NotFound for an unknown reason and for an offer that is not the actor's.
    """
    offer = get_offer(offer_ref, actor=actor)
    if reason not in DeclineReason.values:
        raise NotFound
    unexplained = Offer.objects.filter(pk=offer.pk, state=OfferState.DECLINED, reason=DeclineReason.OTHER)
    with labour_scope(), transaction.atomic():
        if reason != DeclineReason.OTHER and unexplained.update(reason=reason):
            tell("explained", offer, offer.work_item, by=offer.agent_id, at=now, reason=reason)


def expire_offers(now: datetime, *, limit: int = 500) -> list[int]:
    """End what has rung out by `now`, oldest first; returns the ids. Each is a transaction of its own.

    The item keeps its place. The agent gets a strike; at the queue's limit they are not responding.
    """
    with labour_scope():
        found = Offer.objects.run_out(now).order_by("expires_at", "pk")
        return [offer.pk for offer in found[:limit] if _expire(offer, now=now)]


def withdraw_offers(now: datetime, *, agent_id: int | None = None) -> list[int]:
    """Take offers back from agents who are not there or not available any more; no strike."""
    with labour_scope():
        found = unready_offers(now, agent_id=agent_id)
        return [offer.pk for offer, reason in found if _withdraw(offer, reason, now=now)]


def take(offer: Offer, *, now: datetime) -> None:
    """Claim the offer, then move its item and begin to count the agent's time."""
    claimed = Offer.objects.ringing(now).filter(pk=offer.pk)
    if not claimed.update(state=OfferState.ACCEPTED, answered_at=now):
        raise _gone(offer, now)
    item = offer.work_item
    moved = WorkItem.every.filter(pk=item.pk, state=ItemState.OFFERED).update(
        state=ItemState.ACCEPTED, agent_id=offer.agent_id, answered_at=now, taken=offer.units,
        version=F("version") + 1,
    )  # fmt: skip
    if not moved:
        raise offer_gone("withdrawn")
    workforce.engage(
        offer.agent_id,
        work_item_id=item.pk,
        brand_id=item.brand_id,
        queue_id=item.queue_id,
        pool_id=offer.pool_id,
        is_test=item.is_test,
        kind=EngagementKind.CONSULT if item.beside else EngagementKind.HANDLING,
        now=now,
    )
    tell("accepted", offer, item, by=offer.agent_id, at=now)
    wake(items=[item.pk])
    live.announce_gone(offer.agent_id, ref=offer.ref, state=OfferState.ACCEPTED)
    live.announce_work(offer.agent_id)


def _let_in(offer: Offer, shown: str, *, now: datetime) -> None:
    """Give them the conversation, or the place beside its agent that they were asked for."""
    item, who = offer.work_item, {"agent_id": offer.agent_id, "agent_shown": shown, "now": now}
    if item.beside:
        interactions.begin_consult(item.interaction_ref, item.ref, **who)
    else:
        interactions.assign(item.interaction_ref, **who)


def tell_missed(item_id: int, card: BrandCard, grant: Grant, *, now: datetime) -> bool:
    """Tell the conversation that its question was not taken; what is not missed any more is left alone."""
    with labour_scope():
        item = WorkItem.consults.filter(pk=item_id).first()
    if item is None or item.state != ItemState.MISSED:
        return False
    with transaction.atomic(), tenant_scope(card, grant):
        return interactions.lose_place(item.interaction_ref, item.ref, PlaceEnd.UNANSWERED, now=now)


def _expire(offer: Offer, *, now: datetime) -> bool:
    plan = QueuePlan.objects.filter(queue_id=offer.queue_id).first()
    with transaction.atomic():
        if not put_back(offer, OfferState.EXPIRED, at=offer.expires_at):
            return False
        workforce.strike(offer.agent_id, limit=plan.strikes if plan else STRIKES, now=now)
    return True


@transaction.atomic
def _withdraw(offer: Offer, reason: WithdrawReason, *, now: datetime) -> bool:
    return put_back(offer, OfferState.WITHDRAWN, reason=reason, at=now)


def _gone(offer: Offer, now: datetime) -> OfferGone:
    """Say what became of it, as it is in the table now."""
    with labour_scope():
        fresh = Offer.objects.select_related("work_item").get(pk=offer.pk)
    if fresh.state == OfferState.ACCEPTED:
        return offer_gone("taken")
    if fresh.state == OfferState.DECLINED:
        return offer_gone("declined")
    if fresh.state == OfferState.WITHDRAWN:
        return offer_gone("withdrawn")
    waits = fresh.state == OfferState.PENDING or fresh.work_item.state == ItemState.QUEUED
    return offer_gone("expired" if waits else "elsewhere")
