"""Celery in brands: a task of a brand begins with its id, and `enqueue` is the only sender.

A task is a hint, a row is the promise: what must happen stands in a table, and a sweep takes what no task
took. This loads Celery: who may some day send a task imports it then (core.lazy).
"""

import os
from functools import cache
from typing import Any

from celery import Task, shared_task
from celery.schedules import crontab
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from core import clock
from core.errors import NotFound
from tenants.actions import refill_pool
from tenants.calls import forget_calls
from tenants.cards import card_by_id
from tenants.domains.actions import check_all
from tenants.fleet import check_fleet
from tenants.scope import Grant, WrongScope, assert_unbound, labour_scope, system, tenant_scope
from tenants.trail.anchors import anchor_if_due
from tenants.trail.sealing import seal_all
from tenants.values import BrandCard

SPARES = 2

import_string(settings.TASK_APP).set_default()  # for every thread: pages and commands send tasks too


class BrandTask(Task[Any, Any]):
    """Runs in the scope of the brand whose id is its first argument; refuses to run without one."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        assert_unbound()
        if args or not isinstance(kwargs.get("brand_id"), int):
            raise WrongScope(f"{self.name} needs brand_id: send it with tenants.tasks.enqueue")
        card = card_by_id(kwargs["brand_id"])
        if card is None:
            raise NotFound
        with tenant_scope(card, _grant()):
            return super().__call__(**kwargs)


class PlatformTask(Task[Any, Any]):
    """Runs in the labour scope, for no brand."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        assert_unbound()
        with labour_scope():
            return super().__call__(*args, **kwargs)


def enqueue(task: Task[Any, Any], *, brand: BrandCard | None, **kwargs: Any) -> None:
    """Send the task once the transaction commits, for the brand given now; arguments are ids.

    Without Valkey it is not sent, which is written to the log: the sweep takes what its row promises.
    """
    if isinstance(task, BrandTask) != (brand is not None):
        raise WrongScope(f"{task.name} is{' not' if brand else ''} a task of a brand")
    if brand is not None:
        kwargs = {"brand_id": brand.id, **kwargs}
    transaction.on_commit(lambda: task.apply_async(kwargs=kwargs), robust=True)


@cache
def _grant() -> Grant:
    """One grant, and one audit row, for the life of the worker process."""
    return system(f"tasks of worker {os.getpid()}")


@shared_task(base=PlatformTask)
def keep_spares(**kwargs: Any) -> None:
    """Fill the warm pool up. Beat sends it each minute."""
    refill_pool(SPARES)


@shared_task(base=PlatformTask)
def check_schemas(**kwargs: Any) -> int:
    """Compare every schema with what its migrations left; returns how many differ. Beat asks each night."""
    return len(check_fleet())


@shared_task(base=PlatformTask)
def check_hosts(**kwargs: Any) -> int:
    """Look whether clients' host names are still theirs; returns how many are lost. Beat asks each night."""
    return check_all(actor="system:hosts", now=clock.now())


@shared_task(base=PlatformTask)
def seal_audit(**kwargs: Any) -> int:
    """Seal what the audit trail has got; returns how many rows. Beat sends it every two seconds."""
    return seal_all()


@shared_task(base=PlatformTask)
def anchor_audit(**kwargs: Any) -> int:
    """Anchor the chains once an hour, however often the beat begins anew. Beat asks each minute."""
    return anchor_if_due(clock.now())


@shared_task(base=PlatformTask)
def forget_old_calls(**kwargs: Any) -> int:
    """Delete idempotency keys past their age; returns how many. Beat sends it each hour."""
    return forget_calls(clock.now())


BEAT = {
    "forget-old-calls": {
        "task": "tenants.tasks.forget_old_calls",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "seal-audit": {
        "task": "tenants.tasks.seal_audit",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "anchor-audit": {
        "task": "tenants.tasks.anchor_audit",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "check-schemas": {
        "task": "tenants.tasks.check_schemas",
        "schedule": crontab(hour="2", minute="40"),
        "options": {"expires": 3600},
    },
    "check-hosts": {
        "task": "tenants.tasks.check_hosts",
        "schedule": crontab(hour="3", minute="10"),
        "options": {"expires": 3600},
    },
    "keep-spares": {
        "task": "tenants.tasks.keep_spares",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
}
