"""The process that carries out a leaving is killed between two brands: the sweep ends what it began."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from accounts.actor import Actor
from config.launch.layout import PROJECT
from core import clock
from interactions.access import lock_interaction
from interactions.choices import State
from routing.models import WorkItem
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.factories import TESTS
from tests.processes import environment
from tests.routing.conftest import go_available
from tests.routing.test_leaving import draft, drafts, notes, talk, talk_of
from workforce.choices import DepartureState
from workforce.models import Departure, DepartureBrand
from workforce.staff import leaving
from workforce.tasks import carry_out_departures

SWEEP = """
import django
django.setup()
from workforce.tasks import carry_out_departures
carry_out_departures()
"""
WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"
pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queues")]


@contextmanager
def sweeper(script: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen([sys.executable, "-c", script], cwd=PROJECT, env=environment())
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "it never came there"
        time.sleep(0.05)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITS)
        return bool(cursor.fetchone()[0])


def killed_at_the_conversation(card: BrandCard, item: WorkItem, *, script: str = SWEEP) -> None:
    """Have a process carry out what is due up to that conversation, which we hold, and kill it there."""
    with transaction.atomic():
        with tenant_scope(card, TESTS):
            lock_interaction(item.interaction_ref)
        with sweeper(script) as process:
            until(somebody_waits)
            os.kill(process.pid, signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL


def it_is_ended_by_the_next_sweep(ada: Actor, acme: BrandCard, globex: BrandCard) -> None:
    first, second = sorted((acme, globex), key=lambda card: card.id)
    go_available(ada)
    items = {card: talk(card, ada, seconds=n) for n, card in enumerate((first, second))}
    for card, item in items.items():
        draft(card, ada, item, f"For {card.name}")
    row = leaving.plan_leaving(ada.user_id, last_day=None, actor="user:1", now=clock.now())

    killed_at_the_conversation(second, items[second])
    row.refresh_from_db()
    assert row.state == DepartureState.BEGUN
    done = DepartureBrand.objects.filter(departure=row, done_at__isnull=False)
    assert list(done.values_list("brand_id", flat=True)) == [first.id]
    assert talk_of(first, items[first]).state == State.QUEUED
    assert talk_of(second, items[second]).agent_id == ada.user_id
    assert (notes(second, items[second]), drafts(second)) == ([], [(ada.user_id, f"For {second.name}")])

    carry_out_departures()
    assert Departure.objects.get(pk=row.pk).state == DepartureState.DONE
    for card, item in items.items():
        assert (talk_of(card, item).state, talk_of(card, item).agent_id) == (State.QUEUED, None)
        assert notes(card, item) == [("Ada", f"For {card.name}", "draft")]
        assert drafts(card) == []
        assert WorkItem.objects.live().filter(interaction_ref=item.interaction_ref).count() == 1
    handed = AuditRow.objects.filter(verb="departure.handed_on").order_by("brand_id")
    assert list(handed.values_list("brand_id", flat=True)) == [first.id, second.id]
