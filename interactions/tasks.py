"""Timers of a brand: rows with an instant. Routing says which brands have work that may hold one.

The practice customers of every sandbox are looked at each three seconds.

What a client asked to change from a day on is carried out within a quarter of an hour of its beginning.

And the openings that routing knows of each queue: they reach 8 days ahead, so each night they are told anew.
"""

from typing import Any

from celery import shared_task
from celery.schedules import crontab

from core import clock
from interactions import actions
from interactions.changing.actions import apply_due
from interactions.practice import actions as practice
from tenants.cards import sandboxes
from tenants.clients import all_clients
from tenants.tasks import BrandTask, PlatformTask, enqueue

BEAT = {
    "tell-hours": {
        "task": "interactions.tasks.tell_all_hours",
        "schedule": crontab(hour="1", minute="20"),
        "options": {"expires": 3600},
    },
    "apply-changes": {
        "task": "interactions.tasks.apply_all_changes",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 600},
    },
    "practise": {
        "task": "interactions.tasks.practise_everywhere",
        "schedule": 3.0,
        "options": {"expires": 3},
    },
}


@shared_task(base=BrandTask, ignore_result=True)
def fire_timers(brand_id: int, **kwargs: Any) -> int:
    """Do what is due: wrap-ups whose time is over, customers who say nothing; returns how many."""
    return actions.fire_due(now=clock.now())


@shared_task(base=PlatformTask, ignore_result=True)
def tell_all_hours(**kwargs: Any) -> int:
    """Send `tell_hours` to every brand, also a paused one; returns to how many."""
    cards = all_clients()
    for card in cards:
        enqueue(tell_hours, brand=card)
    return len(cards)


@shared_task(base=BrandTask, ignore_result=True)
def tell_hours(brand_id: int, **kwargs: Any) -> int:
    """Tell routing when the brand's queues are answered in the days to come; returns how many there are."""
    return actions.announce_hours(now=clock.now())


@shared_task(base=PlatformTask, ignore_result=True)
def apply_all_changes(**kwargs: Any) -> int:
    """Send `apply_changes` to every brand, also a paused one; returns to how many."""
    cards = all_clients()
    for card in cards:
        enqueue(apply_changes, brand=card)
    return len(cards)


@shared_task(base=BrandTask, ignore_result=True)
def apply_changes(brand_id: int, **kwargs: Any) -> int:
    """Carry out the brand's accepted changes whose day has come; returns how many."""
    return apply_due(now=clock.now())


@shared_task(base=PlatformTask, ignore_result=True)
def practise_everywhere(**kwargs: Any) -> int:
    """Send `practise` to every sandbox; returns to how many."""
    cards = sandboxes()
    for card in cards:
        enqueue(practise, brand=card)
    return len(cards)


@shared_task(base=BrandTask, ignore_result=True)
def practise(brand_id: int, **kwargs: Any) -> int:
    """Do what is due of a sandbox's practice customers; returns of how many."""
    return practice.practise(now=clock.now())
