"""Edits over several clients go on here; what is left of one stands in its lines, and the sweep goes on."""

import os
from functools import cache
from typing import Any
from uuid import UUID

from celery import shared_task

from core import clock
from tenants.onboarding import bulk
from tenants.scope import system
from tenants.tasks import PlatformTask
from tenants.values import Grant

BEAT = {
    "bulk.sweep": {
        "task": "tenants.onboarding.tasks.sweep_bulk",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
}


@shared_task(base=PlatformTask)
def run_bulk(*, ref: str, **kwargs: Any) -> int:
    """Do what is left of one edit; returns in how many clients."""
    return bulk.run(UUID(ref), _grant(), now=clock.now())


@shared_task(base=PlatformTask)
def sweep_bulk(**kwargs: Any) -> int:
    """Go on with edits that somebody was killed in; returns in how many clients. Beat sends it each 30 s."""
    return sum(bulk.run(ref, _grant(), now=clock.now()) for ref in bulk.going())


@cache
def _grant() -> Grant:
    """One grant, and one audit row, for the life of the worker process."""
    return system(f"edits over several clients, worker {os.getpid()}")
