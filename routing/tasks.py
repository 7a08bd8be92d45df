"""The sweep behind offers, waits and wrap-ups, and the purge; `BEAT` goes into Celery's schedule."""

import os
from functools import cache
from typing import Any

from celery import shared_task

from core import clock
from routing import actions
from tenants.scope import Grant, system
from tenants.tasks import PlatformTask

BEAT = {
    "routing.sweep": {
        "task": "routing.tasks.sweep",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "routing.purge": {
        "task": "routing.tasks.purge",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "routing.timers": {
        "task": "routing.tasks.fire_timers",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "routing.promises": {
        "task": "routing.tasks.keep_promises",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
}


@shared_task(base=PlatformTask, ignore_result=True)
def sweep(**kwargs: Any) -> None:
    """Do what is due: expiries, abandons, forced wrap-ups, work of agents who are lost."""
    actions.sweep(clock.now(), grant=_grant())


@shared_task(base=PlatformTask, ignore_result=True)
def purge(**kwargs: Any) -> None:
    """Let go of work items that ended long ago."""
    actions.purge(clock.now())


@shared_task(base=PlatformTask, ignore_result=True)
def fire_timers(**kwargs: Any) -> None:
    """Do what is due in the brands where somebody is at work: customers who say nothing."""
    actions.fire_timers(clock.now(), grant=_grant())


@shared_task(base=PlatformTask, ignore_result=True)
def keep_promises(**kwargs: Any) -> None:
    """Put the promised calls that are due into the line."""
    actions.keep_promises(clock.now(), grant=_grant())


@cache
def _grant() -> Grant:
    """One grant, and one audit row, for the life of the worker process."""
    return system(f"routing sweep of worker {os.getpid()}")
