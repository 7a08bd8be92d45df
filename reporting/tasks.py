"""Roll-ups run behind the log, a page of events at a time; reports are sent when they are due."""

import logging
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from celery import shared_task

from core import clock
from core.lazy import LazyModule
from reporting.actions import keep_days, roll_next
from reporting.days import Day, day_of
from reporting.queries import first_kept
from tenants.cards import BrandCard
from tenants.clients import all_clients, served_clients
from tenants.scope import Grant, system, tenant_scope
from tenants.tasks import PlatformTask

sending = LazyModule("reporting.sending.running")
log = logging.getLogger(__name__)

PAGE, PAGES = 500, 30
"""Events of a page; after so many more pages a run that has much to make up for lets others work."""
DAYS = 100
"""As many days of a brand are added up in a run."""
BEAT = {
    "roll-up": {
        "task": "reporting.tasks.roll_up_all",
        "schedule": 3.0,
        "options": {"expires": 3},
    },
    "sum-days": {
        "task": "reporting.tasks.sum_all_days",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "send-reports": {
        "task": "reporting.tasks.send_reports",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
}


@cache
def _grant() -> Grant:
    """One grant for the life of the worker, written down once."""
    return system("roll up the brands' logs")


@shared_task(base=PlatformTask)
def roll_up_all(**_more: Any) -> int:
    """Bring the brands' roll-ups up to their logs, a paused one's too; returns how many events were read.

    A page of each brand, then in turn of those that have more: who is read anew keeps nobody back for long.
    """
    total, waiting = 0, deque(all_clients())
    for _n in range(len(waiting) + PAGES):
        if not waiting:
            break
        card = waiting.popleft()
        read = _each(card, _page)
        total += read
        if read >= PAGE:
            waiting.append(card)
    return total


@shared_task(base=PlatformTask)
def sum_all_days(**_more: Any) -> int:
    """Add up the days that are over and that nobody has, of each brand; returns how many."""
    return sum(_each(card, _sum_days) for card in all_clients())


def _each(card: BrandCard, work: Callable[[BrandCard], int]) -> int:
    """What goes wrong in one brand keeps no other one back."""
    try:
        return work(card)
    except Exception:
        log.exception("the log of brand %s was not rolled up", card.id)
        return 0


def _page(card: BrandCard) -> int:
    """Read a page, unless somebody else does, here or in another brand, whom it would only wait for."""
    with tenant_scope(card, _grant()):
        return roll_next(limit=PAGE, wait=False)


def _sum_days(card: BrandCard) -> int:
    with tenant_scope(card, _grant()):
        return keep_days(_over(card), most=DAYS)


def _over(card: BrandCard) -> list[Day]:
    """Return the days of the brand that are over, the last one first, back to its first contact."""
    first = first_kept()
    if first is None:
        return []
    zone = ZoneInfo(card.timezone)
    today = clock.now().astimezone(zone).date()
    days = (today - first.astimezone(zone).date()).days
    return [day_of(today - timedelta(days=n), zone) for n in range(1, days + 1)]


@shared_task(base=PlatformTask)
def send_reports(**_more: Any) -> int:
    """Issue and mail what the brands' plans say is due, a paused one's too; returns how many were sent."""
    return sum(sending.send_all(card, now=clock.now) for card in served_clients())
