"""The sweep behind presence; `BEAT` goes into Celery's schedule."""

from typing import Any

from celery import shared_task

from core import clock
from tenants.tasks import PlatformTask
from workforce import actions

BEAT = {
    "workforce.expire_nodes": {
        "task": "workforce.tasks.expire_nodes",
        "schedule": 5.0,
        "options": {"expires": 5},
    }
}


@shared_task(base=PlatformTask, ignore_result=True)
def expire_nodes(**kwargs: Any) -> None:
    """Give up nodes whose lease ran out, and agents who did not come back within the grace."""
    actions.expire_nodes(clock.now())
