"""The process that notes breaches is killed between two conversations: each is noted once all the same."""

import os
import signal
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction

from core import clock
from events.models import Event
from interactions import actions
from interactions.access import lock_interaction
from interactions.clocks.queries import due_clocks
from interactions.models import Clock
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import TESTS
from tests.interactions.conftest import first_message, make_inbox
from tests.interactions.test_clocks import agree
from tests.routing.test_leaving_kill import somebody_waits, sweeper, until

SWEEP = """
import django
django.setup()
from core import clock
from interactions import actions
from tenants.cards import card_by_slug
from tenants.scope import tenant_scope
from tests.factories import TESTS
with tenant_scope(card_by_slug("acme"), TESTS):
    actions.ring_clocks(now=clock.now())
"""
pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]


def breaches() -> list[UUID | None]:
    found = Event.objects.filter(kind="clock.breached").order_by("id")
    return list(found.values_list("interaction_ref", flat=True))


def it_notes_each_breach_once(acme: BrandCard) -> None:
    began = clock.now() - timedelta(minutes=10)
    with tenant_scope(acme, TESTS):
        inbox = make_inbox()
        agree(first={"seconds": 60}, now=began)
        actions.apply_policies(now=began)
        for seconds in (0, 1):
            first_message(inbox, "Hello", now=began + timedelta(seconds=seconds))
        first, second = due_clocks(clock.now(), limit=9)
    with transaction.atomic():
        with tenant_scope(acme, TESTS):
            lock_interaction(second)
        with sweeper(SWEEP) as process:
            until(somebody_waits)
            os.kill(process.pid, signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
    with tenant_scope(acme, TESTS):
        assert breaches() == [first]
        assert [actions.ring_clocks(now=clock.now()) for _again in range(2)] == [1, 0]
        assert breaches() == [first, second]
        assert Clock.objects.filter(breached_at__isnull=False, due_at__isnull=True).count() == 2
