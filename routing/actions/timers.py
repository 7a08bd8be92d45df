"""Timers that live in the brands: asked for in each brand where somebody is at work, one after the other."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError

from interactions import actions as interactions
from routing.models import WorkItem
from tenants.cards import card_by_id
from tenants.clients import served_clients
from tenants.scope import Grant, labour_scope, tenant_scope
from tenants.values import BrandCard

log = logging.getLogger(__name__)


def fire_timers(now: datetime, *, grant: Grant) -> int:
    """Do what is due by `now` in the brands with work in hand; returns how often. `grant` opens any brand.

    One brand that fails holds up no other.
    """
    with labour_scope():
        brands = list(WorkItem.objects.in_work().order_by().values_list("brand_id", flat=True).distinct())
    cards = [card for card in map(card_by_id, sorted(brands)) if card]
    return sum(_fire(card, interactions.fire_due, grant=grant, now=now) for card in cards)


def keep_promises(now: datetime, *, grant: Grant) -> int:
    """Do what is due though nobody is at work, paused ones too: promised calls, clocks; returns how often."""
    deeds = (interactions.fire_callbacks, interactions.ring_clocks)
    return sum(_fire(card, deed, grant=grant, now=now) for card in served_clients() for deed in deeds)


def _fire(card: BrandCard, deed: Callable[..., int], *, grant: Grant, now: datetime) -> int:
    try:
        with tenant_scope(card, grant):
            return deed(now=now)
    except DatabaseError:
        log.exception("timers of brand %s", card.id)
        return 0
