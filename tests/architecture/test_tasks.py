"""Every task of ours says whose it is, by its base; what beat sends is nobody's."""

import subprocess
import sys
from typing import Any

import pytest
from celery import Task
from django.conf import settings

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


def it_is_sent_to_the_broker_of_the_settings() -> None:
    """In a process that sends alone, such as a page, and that has not loaded Celery before."""
    words = (
        "import django; django.setup(); import sys; assert 'celery' not in sys.modules;"
        "from tenants.mail.tasks import send_mail; print(send_mail.app.conf.broker_url)"
    )
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == settings.CELERY_BROKER_URL


@pytest.mark.parametrize("name", sorted(registered()))
def it_begins_in_a_scope(name: str) -> None:
    assert isinstance(registered()[name], BrandTask | PlatformTask), "give it base=BrandTask or PlatformTask"


@pytest.mark.parametrize("name", beaten())
def it_is_sent_by_beat_for_no_brand(name: str) -> None:
    assert isinstance(registered()[name], PlatformTask)
