"""The Celery application: tasks are hints, rows are the promise (ARCHITECTURE.md section 2)."""

import os
from importlib import import_module
from typing import Any

from celery import Celery

from config import beat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
app = Celery("trunkline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
beat.install(app)


SCHEDULES = (
    "tenants.tasks", "tenants.mail.tasks", "tenants.onboarding.tasks", "workforce.tasks", "events.tasks",
    "interactions.tasks", "routing.tasks", "reporting.tasks", "reporting.labour.tasks",
)  # fmt: skip


@app.on_after_finalize.connect
def schedule(sender: Celery, **_more: Any) -> None:
    """Collect what each room wants done regularly: the BEAT of its tasks module."""
    for module in SCHEDULES:
        sender.conf.beat_schedule |= import_module(module).BEAT
