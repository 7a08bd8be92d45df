"""Every task of ours says whose it is, by its base; what beat sends is nobody's."""

from typing import Any

import pytest
from celery import Task

from config.celery import app
from tenants.tasks import BrandTask, PlatformTask
from tests.architecture.test_banned import ROOMS


def registered() -> dict[str, "Task[Any, Any]"]:
    """The tasks that a worker of ours knows, without Celery's own."""
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if name.split(".")[0] in ROOMS}


def beaten() -> list[str]:
    app.finalize()
    return [entry["task"] for entry in app.conf.beat_schedule.values()]


def it_knows_every_task() -> None:
    assert {"routing.tasks.sweep", "interactions.tasks.fire_timers"} <= set(registered())
    assert set(beaten()) <= set(registered())


@pytest.mark.parametrize("name", sorted(registered()))
def it_begins_in_a_scope(name: str) -> None:
    assert isinstance(registered()[name], BrandTask | PlatformTask), "give it base=BrandTask or PlatformTask"


@pytest.mark.parametrize("name", beaten())
def it_is_sent_by_beat_for_no_brand(name: str) -> None:
    assert isinstance(registered()[name], PlatformTask)
