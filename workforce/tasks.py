"""The sweeps behind presence and departures; `BEAT` goes into Celery's schedule."""

import os
from functools import cache
from typing import Any

from celery import shared_task

from core import clock
from tenants.scope import Grant, system
from tenants.tasks import PlatformTask
from workforce import actions
from workforce.staff.importing import forget_files
from workforce.staff.leaving import carry_out_due

BEAT = {
    "workforce.expire_nodes": {
        "task": "workforce.tasks.expire_nodes",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "workforce.carry_out_departures": {
        "task": "workforce.tasks.carry_out_departures",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "workforce.forget_files": {
        "task": "workforce.tasks.forget_old_files",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}


@shared_task(base=PlatformTask, ignore_result=True)
def expire_nodes(**kwargs: Any) -> None:
    """Give up nodes whose lease ran out, and agents who did not come back within the grace."""
    actions.expire_nodes(clock.now())


@shared_task(base=PlatformTask, ignore_result=True)
def carry_out_departures(**kwargs: Any) -> None:
    """Carry out who leaves by now, and what a killed process left of it."""
    carry_out_due(clock.now(), entry=lambda _brand: _grant())


@shared_task(base=PlatformTask, ignore_result=True)
def forget_old_files(**kwargs: Any) -> None:
    """Forget files of people that nobody imported."""
    forget_files(clock.now())


@cache
def _grant() -> Grant:
    """One grant, and one audit row, for the life of the worker process."""
    return system(f"departures of worker {os.getpid()}")
