"""Roll-ups run behind the log: every brand's, a page of events at a time."""

import logging
from functools import cache
from typing import Any

from celery import shared_task

from reporting.actions import roll_next
from tenants.cards import BrandCard, all_cards
from tenants.scope import Grant, system, tenant_scope
from tenants.tasks import PlatformTask

log = logging.getLogger(__name__)

BEAT = {
    "roll-up": {
        "task": "reporting.tasks.roll_up_all",
        "schedule": 10.0,
        "options": {"expires": 10},
    }
}


@cache
def _grant() -> Grant:
    """One grant for the life of the worker, written down once."""
    return system("roll up the brands' logs")


@shared_task(base=PlatformTask)
def roll_up_all(**_more: Any) -> int:
    """Bring every brand's roll-ups up to its log; returns how many events were read."""
    return sum(_roll_up(card) for card in all_cards())


def _roll_up(card: BrandCard) -> int:
    """Read page by page; what goes wrong in one brand keeps no other one back."""
    total = 0
    try:
        while (read := _page(card)) > 0:
            total += read
    except Exception:
        log.exception("the log of brand %s was not rolled up", card.id)
    return total


def _page(card: BrandCard) -> int:
    with tenant_scope(card, _grant()):
        return roll_next()
