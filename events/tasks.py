"""Copies that run behind: offers of the labour plane into each brand's log."""

import logging
from functools import cache
from typing import Any

from celery import shared_task

from events.copies import copy_offers
from tenants.cards import BrandCard
from tenants.clients import all_clients
from tenants.scope import Grant, system
from tenants.tasks import PlatformTask

log = logging.getLogger(__name__)

BEAT = {
    "copy-offers": {
        "task": "events.tasks.copy_all_offers",
        "schedule": 5.0,
        "options": {"expires": 5},
    }
}


@cache
def _grant() -> Grant:
    """One grant for the life of the worker, written down once."""
    return system("copy offers into the brands' logs")


@shared_task(base=PlatformTask)
def copy_all_offers(**_more: Any) -> int:
    """Bring every brand's log up to date, a paused one's too; returns how many offers were copied."""
    return sum(_copy_whole(card) for card in all_clients())


def _copy_whole(card: BrandCard) -> int:
    """Copy page by page; what goes wrong in one brand keeps no other one back."""
    total = 0
    try:
        while (copied := copy_offers(card, _grant())) > 0:
            total += copied
    except Exception:
        log.exception("offers of brand %s were not copied", card.id)
    return total
