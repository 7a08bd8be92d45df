"""Timers of a brand: rows with an instant. Routing's sweep says which brands have one that is due."""

from typing import Any

from celery import shared_task

from core import clock
from interactions import actions
from tenants.tasks import BrandTask


@shared_task(base=BrandTask, ignore_result=True)
def fire_timers(brand_id: int, **kwargs: Any) -> int:
    """Force the wrap-ups whose time is over; returns how many."""
    return actions.force_due(now=clock.now())
