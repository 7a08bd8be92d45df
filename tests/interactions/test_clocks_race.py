"""Clocks and two connections: what waits behind a verb, and what the sweep does not wait for."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from interactions import actions
from interactions.access import lock_interaction
from interactions.clocks.queries import to_apply
from interactions.models import Inbox, Interaction, Queue
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import TESTS
from tests.interactions.conftest import first_message, make_inbox
from tests.interactions.test_calendars import waits
from tests.interactions.test_clocks import agree, agrees_with_log, at, clock, log, replies, says, taken

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60


@pytest.fixture
def inbox(acme: BrandCard) -> Inbox:
    with tenant_scope(acme, TESTS):
        return make_inbox()


def elsewhere(card: BrandCard, do: Callable[[], Any]) -> Any:
    """Do it on a connection of this thread's own."""
    try:
        with tenant_scope(card, TESTS):
            return do()
    finally:
        connection.close()


def in_hand(inbox: Inbox) -> UUID:
    """A conversation that Ada has, its first message without an answer."""
    ref = first_message(inbox, "Hello").interaction_ref
    taken(ref, 10)
    return ref


@pytest.fixture
def behind(acme: BrandCard, inbox: Inbox, boss: Any) -> Callable[[], UUID]:
    """Have a message of second 41 wait for the reply of second 40, and return the conversation."""

    def make() -> UUID:
        with tenant_scope(acme, TESTS):
            ref = in_hand(inbox)
        with ThreadPoolExecutor(1) as pool:
            with tenant_scope(acme, TESTS), transaction.atomic():
                replies(ref, 40)
                job = pool.submit(elsewhere, acme, lambda: says(ref, 41))
                waits(boss)
            job.result(PATIENCE)
        return ref

    return make


def it_begins_the_clock_of_a_message_that_waited_behind_a_reply(
    acme: BrandCard, behind: Callable[[], UUID]
) -> None:
    """Its statement began before the reply was there, and sees no clock that the reply made ready."""
    ref = behind()
    with tenant_scope(acme, TESTS):
        assert (clock(ref, "next").state, clock(ref, "next").started_at) == ("running", at(41))
        answered_at_60(ref)


def it_counts_the_wait_even_if_the_next_reply_comes_first(
    acme: BrandCard, behind: Callable[[], UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died before it settled the clocks."""
    monkeypatch.setattr("interactions.actions.incoming.settle_clocks", lambda ref, now: None)
    ref = behind()
    with tenant_scope(acme, TESTS):
        assert clock(ref, "next").state == "armed"
        answered_at_60(ref)


def answered_at_60(ref: UUID) -> None:
    replies(ref, 60)
    assert log(ref, "next") == [("next", "activated", 41), ("next", "fulfilled", 60)]
    agrees_with_log(ref)


def it_waits_for_nobody_and_comes_back(acme: BrandCard, inbox: Inbox) -> None:
    """The second is worked on: the others go by the agreement; it comes later, not missed by the old."""
    held, go = threading.Event(), threading.Event()
    with tenant_scope(acme, TESTS):
        agree(first={"seconds": 60})
        actions.apply_policies(now=at(0))
        refs = [first_message(inbox, "Hello").interaction_ref for _each in range(3)]
        agree(first={"seconds": 600}, now=at(20))

    def work() -> None:
        with transaction.atomic():
            lock_interaction(refs[1])
            held.set()
            assert go.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(elsewhere, acme, work)
        assert held.wait(PATIENCE)
        with tenant_scope(acme, TESTS):
            assert actions.ring_clocks(now=at(100)) == 2
            [policy] = to_apply(at(100))
            assert policy.skipped == [Interaction.objects.get(ref=refs[1]).pk]
        go.set()
        job.result(PATIENCE)
    with tenant_scope(acme, TESTS):
        assert clock(refs[1], "first").target_seconds == 60
        assert actions.ring_clocks(now=at(110)) == 1
        assert not to_apply(at(110))
        for ref in refs:
            assert log(ref, "first")[1:] == [("first", "retargeted", 20)]
            assert clock(ref, "first").due_at == at(600)


def it_finds_a_conversation_that_moved_to_another_queue_while_it_waited_for_it(
    acme: BrandCard, inbox: Inbox, boss: Any
) -> None:
    """The queue that it was in when the statement began is not its own any more."""
    with tenant_scope(acme, TESTS):
        ref = first_message(inbox, "Hello").interaction_ref
        other = Queue.objects.create(name="Returns")
    with ThreadPoolExecutor(1) as pool:
        with tenant_scope(acme, TESTS), transaction.atomic():
            row = lock_interaction(ref)
            row.queue = other
            row.save(update_fields=["queue"])
            job = pool.submit(elsewhere, acme, lambda: locked_queue(ref))
            waits(boss)
        assert job.result(PATIENCE) == "Returns"


def locked_queue(ref: UUID) -> str:
    with transaction.atomic():
        return str(lock_interaction(ref).queue.name)
