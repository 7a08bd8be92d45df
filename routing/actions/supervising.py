"""What a supervisor makes of work that waits or is in hand. Each says why; the trail has it with the name.

`version` is that of the item the decision was made on: whoever comes second is told that it has changed.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.actor import Actor
from accounts.permissions import Permission
from core.errors import NotFound
from interactions import actions as interactions
from interactions.access import lock_interaction
from interactions.actions import Target
from routing.actions.offers import accept_offer
from routing.actions.work import return_to_line
from routing.choices import ItemState
from routing.errors import CannotTake
from routing.lines import order_key
from routing.models import WorkItem
from routing.notices import wake
from routing.supervision import get_supervised
from routing.values import AcceptedView
from routing.writes import offer_to
from tenants.audit import audit
from tenants.cards import card_by_id
from tenants.labour import record_labour
from tenants.scope import labour_scope, tenant_scope
from tenants.values import BrandCard, Grant
from workforce.actions.supervising import checked_words
from workforce.errors import MovedOn

PRIORITIES = range(11)
MOVABLE = frozenset({ItemState.QUEUED, ItemState.OFFERED, ItemState.ACCEPTED})


def change_priority(
    ref: UUID, *, priority: int, version: int, words: str, actor: Actor, now: datetime
) -> WorkItem:
    """Give a waiting item another priority, and with it another place in the line.

    Raises MovedOn, NoWords, and NotFound for an item that is not the actor's to see or no priority of 0-10.
    """
    item = get_supervised(ref, actor=actor)
    words = checked_words(words)
    if priority not in PRIORITIES:
        raise NotFound
    with labour_scope(), transaction.atomic():
        same = WorkItem.objects.waiting().filter(pk=item.pk, version=version)
        key = order_key(item.due_at, priority)
        if not same.update(priority=priority, order_key=key, version=F("version") + 1):
            raise MovedOn
        wake(items=[item.pk])
        _note_priority(item, priority, words, actor=actor, now=now)
        item.refresh_from_db()
    return item


def give_back(ref: UUID, *, version: int, words: str, actor: Actor, now: datetime) -> WorkItem:
    """Take a conversation from its agent and let it wait again at its old place, for others first.

    Raises MovedOn, NoWords, NotFound.
    """
    item, card, grant, words = _in_hand(ref, words, actor)
    with transaction.atomic():
        fresh = _back_in_line(item, card, grant, version=version, reason="given_back", now=now)
        _note("item.given_back", item, words, actor=actor, now=now)
    return fresh


def reassign(ref: UUID, *, to: Target, version: int, words: str, actor: Actor, now: datetime) -> None:
    """Give what waits or is in hand to a queue or to an agent, who is asked first.

    Raises MovedOn, NoWords, TargetGone, and NotFound also for who may not reassign the client's work.
    """
    item, card, _grant, words = _in_hand(ref, words, actor)
    grant = actor.grant(Permission.REASSIGN, card)
    with transaction.atomic():
        _lock(item, card, grant, version=version, states=MOVABLE)
        with tenant_scope(card, grant):
            interactions.reassign(
                item.interaction_ref, to=to, reason=words, actor=actor.who, actor_id=actor.user_id, now=now
            )


def take_over(ref: UUID, *, version: int, words: str, actor: Actor, now: datetime) -> AcceptedView:
    """Take a conversation from its agent and have it oneself, if every guard of an offer allows.

    Raises CannotTake, MovedOn, NoWords, and NotFound also for who is no agent of the client.
    """
    item, card, grant, words = _in_hand(ref, words, actor)
    if not actor.can(Permission.ANSWER, card.id) or item.agent_id == actor.user_id:
        raise NotFound
    with transaction.atomic():
        fresh = _back_in_line(item, card, grant, version=version, reason="taken_over", now=now)
        offer = offer_to(fresh.pk, actor.user_id, now=now)
        if offer is None:
            raise CannotTake
        taken = accept_offer(offer.ref, actor=actor, now=now)
        _note("item.taken_over", item, words, actor=actor, now=now)
    return taken


def _in_hand(ref: UUID, words: str, actor: Actor) -> tuple[WorkItem, BrandCard, Grant, str]:
    item = get_supervised(ref, actor=actor)
    card = card_by_id(item.brand_id)
    if card is None:
        raise NotFound
    return item, card, actor.grant(Permission.FLOOR_ACT, card), checked_words(words)


def _back_in_line(
    item: WorkItem, card: BrandCard, grant: Grant, *, version: int, reason: str, now: datetime
) -> WorkItem:
    """End the agent's part in it."""
    _lock(item, card, grant, version=version, states={ItemState.ACCEPTED})
    with tenant_scope(card, grant):
        interactions.requeue(item.interaction_ref, reason=reason, now=now)
    fresh = return_to_line(card.id, item.interaction_ref, to_others=True, now=now)
    if fresh is None:
        raise MovedOn
    return fresh


def _lock(item: WorkItem, card: BrandCard, grant: Grant, *, version: int, states: Collection[str]) -> None:
    """Lock the interaction first, as everywhere. Raises MovedOn unless the item is as it was looked at."""
    with tenant_scope(card, grant):
        lock_interaction(item.interaction_ref)
    with labour_scope():
        same = WorkItem.objects.filter(pk=item.pk, version=version, state__in=states)
        if not same.exists():
            raise MovedOn


def _note_priority(item: WorkItem, priority: int, words: str, *, actor: Actor, now: datetime) -> None:
    diff = {"priority": [item.priority, priority]}
    _note("item.priority_changed", item, words, actor=actor, now=now, diff=diff)
    record_labour(
        "item.prioritised",
        brand_id=item.brand_id,
        interaction_ref=item.interaction_ref,
        actor_kind="user",
        actor_id=actor.user_id,
        is_test=item.is_test,
        data={"queue_id": item.queue_id, "from": item.priority, "to": priority},
        occurred_at=now,
    )


def _note(
    verb: str,
    item: WorkItem,
    words: str,
    *,
    actor: Actor,
    now: datetime,
    diff: dict[str, list[int]] | None = None,
) -> None:
    audit(
        verb, actor=actor.who, brand_id=item.brand_id, object=f"conversation:{item.interaction_ref}",
        diff=diff or {"agent": [item.agent_id, None]}, reason=words, now=now,
    )  # fmt: skip
