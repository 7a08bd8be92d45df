"""Agents' time runs some minutes behind the clock: added up for the house, then given to each brand."""

import logging
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import takewhile
from typing import Any

from celery import shared_task

from core import clock
from reporting.labour.copies import copy_next
from routing.actions import time_next
from tenants.cards import BrandCard
from tenants.clients import all_clients
from tenants.scope import Grant, system
from tenants.tasks import PlatformTask

STEPS = 30
"""A run that has much to make up for leaves the worker to others in between."""
log = logging.getLogger(__name__)

BEAT = {
    "agents-time": {
        "task": "reporting.labour.tasks.time_all",
        "schedule": 60.0,
        "options": {"expires": 60},
    }
}


@cache
def _grant() -> Grant:
    """One grant for the life of the worker, written down once."""
    return system("give the brands their agents' time")


@shared_task(base=PlatformTask)
def time_all(**_more: Any) -> int:
    """Add agents' time up, and give every brand its own, also a paused one; returns how many quarters.

    Where the house's cannot be added up, brands get what there is.
    """
    try:
        return sum(_while_some(partial(time_next, clock.now())))
    finally:
        for card in all_clients():
            _copy(card)


def _copy(card: BrandCard) -> None:
    """What goes wrong in one brand keeps no other one back."""
    try:
        sum(_while_some(partial(copy_next, card, _grant())))
    except Exception:
        log.exception("agents' time did not reach brand %s", card.id)


def _while_some(step: Callable[[], int]) -> Iterator[int]:
    """Yield what each step did until one finds nothing; the next run goes on after STEPS of them."""
    return takewhile(bool, (step() for _n in range(STEPS)))
