"""Tasks are hints: what was promised stands in SystemMail, and the sweep sends what no task sent."""

from typing import Any
from uuid import UUID

from celery import shared_task

from core import clock
from tenants.mail import outbox
from tenants.tasks import PlatformTask

BEAT = {
    "mail.sweep": {
        "task": "tenants.mail.tasks.sweep_mail",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "mail.forget": {
        "task": "tenants.mail.tasks.forget_mail",
        "schedule": 86400.0,
        "options": {"expires": 3600},
    },
}


@shared_task(base=PlatformTask)
def send_mail(*, ref: str, **kwargs: Any) -> None:
    """Send one mail now, if it still waits."""
    outbox.send_one(UUID(ref))


@shared_task(base=PlatformTask)
def sweep_mail(**kwargs: Any) -> int:
    """Send what is due; returns how many were tried. Beat sends it every 15 seconds."""
    return outbox.sweep()


@shared_task(base=PlatformTask)
def forget_mail(**kwargs: Any) -> int:
    """Delete mails that settled long ago; returns how many. Beat sends it each day."""
    return outbox.forget_old(clock.now())
