"""What time does to waiting and working, should nobody have done it yet. Repeating it does no harm.

The public rows say what is due; what touches a conversation is done in its brand's scope, item by item, each
in a transaction of its own, so that one that fails holds up no other.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction

from core.errors import RoomError
from interactions import actions as interactions
from interactions.access import lock_interaction
from interactions.choices import PlaceEnd
from routing import queries
from routing.actions.consulting import pass_on
from routing.actions.offers import expire_offers, tell_missed, withdraw_offers
from routing.actions.profiles import apply_ramps
from routing.actions.signing_out import finish_sign_outs
from routing.actions.work import return_to_line
from routing.choices import ItemState
from routing.models import WorkItem
from routing.notices import wake
from tenants.cards import BrandCard, card_by_id
from tenants.scope import Grant, labour_scope, tenant_scope

log = logging.getLogger(__name__)

LOST_WORK = timedelta(minutes=5)
LIMIT = 500

Deed = Callable[[WorkItem, BrandCard, Grant, datetime], bool]


def sweep(now: datetime, *, grant: Grant) -> dict[str, int]:
    """Do all that is due by `now`; returns how often of each. `grant` opens any brand."""
    return {
        "expired": len(expire_offers(now)),
        "withdrawn": len(withdraw_offers(now)),
        "unseen": note_unseen(now),
        "abandoned": abandon_due(now, grant=grant),
        "wrapped": wrap_up_due(now, grant=grant),
        "returned": return_lost(now, grant=grant),
        "missed": tell_missed_due(now, grant=grant),
        "left": lose_lost(now, grant=grant),
        "woken": wake_due(now, grant=grant),
        "ramped": apply_ramps(now),
        "signed_out": finish_sign_outs(now),
    }


def note_unseen(now: datetime) -> int:
    """A server that died took its visitors along: they count as gone since it was last heard of.

    Asked again by each UPDATE: who has come back meanwhile, to this server or another, is not gone.
    """
    with labour_scope(), transaction.atomic():
        gone = []
        for item_id, (node, since) in queries.unseen_visitors(now).items():
            item = WorkItem.objects.unseen(now).filter(pk=item_id, visitor_node=node)
            if item.update(absent_since=since):
                gone.append(item_id)
        wake(items=gone)
    return len(gone)


def abandon_due(now: datetime, *, grant: Grant) -> int:
    """Take those out of the line whose customer went ten minutes ago, as of the instant they went."""
    with labour_scope():
        due = list(WorkItem.objects.given_up(now).order_by("pk")[:LIMIT])
    return _each(due, _abandon, grant=grant, now=now)


def wrap_up_due(now: datetime, *, grant: Grant) -> int:
    """Close what has been in wrap-up for as long as it may, disposition not set."""
    with labour_scope():
        over = WorkItem.objects.filter(state=ItemState.WRAP_UP, wrap_up_due_at__lte=now)
        due = list(over.order_by("pk")[:LIMIT])
    return _each(due, _force, grant=grant, now=now)


def return_lost(now: datetime, *, grant: Grant) -> int:
    """Give conversations back whose agent has been gone for five minutes or lost the seat.

    To who is there beside them, else to the line.
    """
    with labour_scope():
        due = queries.lost_work(now, after=LOST_WORK)
    return _each(due, _return, grant=grant, now=now)


def tell_missed_due(now: datetime, *, grant: Grant) -> int:
    """Tell the conversations whose question to one agent was not taken."""
    with labour_scope():
        missed = WorkItem.consults.filter(state=ItemState.MISSED)
        due = list(missed.order_by("pk")[:LIMIT])
    return _each(due, _missed, grant=grant, now=now)


def lose_lost(now: datetime, *, grant: Grant) -> int:
    """End places beside an agent whose own agent has been gone for five minutes or lost the seat."""
    with labour_scope():
        due = queries.lost_places(now, after=LOST_WORK)
    return _each(due, _lose, grant=grant, now=now)


def wake_due(now: datetime, *, grant: Grant) -> int:
    """Bring back what was put away until now, and what customers have answered without anybody's noticing."""
    with labour_scope():
        sleeping = WorkItem.objects.filter(state=ItemState.SLEEPING)
        due = list(sleeping.filter(wake_at__lte=now).order_by("wake_at", "pk")[:LIMIT])
        brands = queries.brands_with_rests()
    woken = _each(due, _wake, grant=grant, now=now)
    return woken + sum(_wake_answered(card, grant, now) for card in filter(None, map(card_by_id, brands)))


def _each(items: Iterable[WorkItem], deed: Deed, *, grant: Grant, now: datetime) -> int:
    return sum(_one(item, deed, grant=grant, now=now) for item in items)


def _one(item: WorkItem, deed: Deed, *, grant: Grant, now: datetime) -> bool:
    card = card_by_id(item.brand_id)
    if card is None:
        return False
    try:
        with transaction.atomic():
            return deed(item, card, grant, now)
    except (RoomError, DatabaseError):
        log.exception("sweep: item %s of brand %s", item.pk, item.brand_id)
        return False


def _abandon(item: WorkItem, card: BrandCard, grant: Grant, now: datetime) -> bool:
    """Looks again with the interaction locked: the customer may be back."""
    with tenant_scope(card, grant):
        lock_interaction(item.interaction_ref)
    with labour_scope():
        since = (
            WorkItem.objects.given_up(now).filter(pk=item.pk).values_list("absent_since", flat=True).first()
        )
    if since is None:
        return False
    with tenant_scope(card, grant):
        return interactions.abandon(item.interaction_ref, abandoned_at=since, now=now)


def _force(item: WorkItem, card: BrandCard, grant: Grant, now: datetime) -> bool:
    with tenant_scope(card, grant):
        return interactions.force_wrap_up(item.interaction_ref, now=now)


def _wake(item: WorkItem, card: BrandCard, grant: Grant, now: datetime) -> bool:
    with tenant_scope(card, grant):
        return interactions.wake(item.interaction_ref, now=now)


def _wake_answered(card: BrandCard, grant: Grant, now: datetime) -> int:
    try:
        with tenant_scope(card, grant):
            return interactions.wake_answered(now=now)
    except (RoomError, DatabaseError):
        log.exception("sweep: rests of brand %s", card.id)
        return 0


def _return(item: WorkItem, card: BrandCard, grant: Grant, now: datetime) -> bool:
    """Looks again with the interaction locked: the agent may be back, the customer with another one."""
    with tenant_scope(card, grant):
        beside = lock_interaction(item.interaction_ref).beside
    with labour_scope():
        lost = queries.lost_work(now, after=LOST_WORK, item_id=item.pk)
    if not lost:
        return False
    went_at, ref = lost[0].lost_at, item.interaction_ref  # type: ignore[attr-defined]
    how: dict[str, Any] = {"brand": card, "grant": grant, "worked_until": went_at, "now": now}
    if beside and pass_on(ref, reason="agent_lost", **how):
        return True
    with tenant_scope(card, grant):
        interactions.requeue(ref, reason="agent_lost", now=now)
    return return_to_line(item.brand_id, item.interaction_ref, worked_until=went_at, now=now) is not None


def _missed(item: WorkItem, card: BrandCard, grant: Grant, now: datetime) -> bool:
    return tell_missed(item.pk, card, grant, now=now)


def _lose(item: WorkItem, card: BrandCard, grant: Grant, now: datetime) -> bool:
    """Looks again with the interaction locked: they may be back, or have the conversation by now."""
    with tenant_scope(card, grant):
        lock_interaction(item.interaction_ref)
    with labour_scope():
        if not queries.lost_places(now, after=LOST_WORK, item_id=item.pk):
            return False
    with tenant_scope(card, grant):
        return interactions.lose_place(item.interaction_ref, item.ref, PlaceEnd.LOST, now=now)
