"""Tallies of queues: derived from the work items, and the same figures as the client's own report."""

from collections import defaultdict
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import uuid4

import pytest

from accounts.actor import Actor
from core import clock
from interactions import actions as interactions
from interactions.actions import Target
from interactions.choices import DispositionKind
from reporting.catalogue import (
    ABANDONED,
    ANSWERED,
    FLOWED_OUT,
    HANDLE_TIME,
    OFFERED,
    SERVICE_LEVEL,
    SPEED_OF_ANSWER,
)
from reporting.contacts import Contact
from reporting.metrics import compute
from reporting.queries import contacts_offered
from routing import actions
from routing.link import Link
from routing.models import QueueTally, WorkItem
from routing.router import Leader
from routing.tallies import interval_of, rebuild_tallies
from routing.writes import offer_to
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS
from tests.routing.conftest import Push, again, all_heard, at, close, end_talk, go_available, set_up, write_in
from tests.routing.test_moves import add_queue, hand_over, reassign

DAY = timedelta(days=1)
LONG = 3 * 3600


def answer(item: WorkItem, actor: Actor, *, seconds: float) -> None:
    """The agent is offered the item and accepts it."""
    offer = offer_to(item.pk, actor.user_id, now=at(seconds))
    assert offer
    actions.accept_offer(offer.ref, actor=actor, now=at(seconds))


def leave(card: BrandCard, item: WorkItem, *, seconds: float) -> None:
    with tenant_scope(card, TESTS):
        interactions.end_by_visitor(item.interaction_ref, now=at(seconds))


def return_it(card: BrandCard, item: WorkItem, *, seconds: float) -> WorkItem:
    with tenant_scope(card, TESTS):
        interactions.requeue(item.interaction_ref, reason="agent_lost", now=at(seconds))
    fresh = actions.return_to_line(card.id, item.interaction_ref, now=at(seconds))
    assert fresh
    return fresh


def spam(card: BrandCard, actor: Actor, item: WorkItem, *, seconds: float) -> None:
    with tenant_scope(card, TESTS):
        interactions.save_disposition(DispositionKind.REASON, "spam", "Spam", not_a_contact=True)
    end_talk(card, actor, item.interaction_ref, now=at(seconds))
    with tenant_scope(card, TESTS):
        interactions.wrap_up(
            item.interaction_ref, agent_id=actor.user_id, reason_code="spam", outcome_code="solved",
            now=at(seconds),
        )  # fmt: skip


def a_morning(card: BrandCard, actor: Actor) -> None:
    """Everything that can become of a contact, over three quarters of an hour."""
    in_time, late, quick, given_back, junk = (write_in(card, now=at(10 * n)) for n in range(5))
    answer(in_time, actor, seconds=10.25)
    close(card, actor, in_time.interaction_ref, now=at(200.5))
    answer(late, actor, seconds=400)
    leave(card, quick, seconds=23)
    answer(given_back, actor, seconds=420)
    fresh = return_it(card, given_back, seconds=500)
    answer(fresh, actor, seconds=600)
    close(card, actor, fresh.interaction_ref, now=at(LONG))
    answer(junk, actor, seconds=700)
    spam(card, actor, junk, seconds=710)
    write_in(card, now=at(16 * 60), is_test=True)
    left = write_in(card, now=at(17 * 60))
    leave(card, left, seconds=19 * 60)
    lost = write_in(card, now=at(31 * 60))
    answer(lost, actor, seconds=31 * 60 + 60)
    again_in_line = return_it(card, lost, seconds=32 * 60)
    leave(card, again_in_line, seconds=33 * 60)
    write_in(card, now=at(44 * 60))


def reported(card: BrandCard) -> dict[datetime, list[Contact]]:
    """The contacts of the report, by quarter of an hour."""
    with tenant_scope(card, TESTS):
        contacts = contacts_offered(NOW - DAY, NOW + DAY)
    found: dict[datetime, list[Contact]] = defaultdict(list)
    for contact in contacts:
        if contact.counts:
            found[interval_of(contact.offered_at)].append(contact)
    return found


def figures(contacts: list[Contact]) -> tuple[Fraction | float | None, ...]:
    level, speed = compute(SERVICE_LEVEL, contacts), compute(SPEED_OF_ANSWER, contacts)
    handle = compute(HANDLE_TIME, contacts)
    return (
        *(compute(metric, contacts).number for metric in (OFFERED, ANSWERED, ABANDONED, FLOWED_OUT)),
        level.top, level.bottom, speed.top / 10**6, handle.top / 10**6, handle.bottom,
    )  # fmt: skip


def told(tally: QueueTally) -> tuple[Fraction | float | None, ...]:
    numbers = (
        tally.offered, tally.answered, tally.abandoned, tally.flow_out,
        tally.in_target, tally.answered + tally.abandoned,
        tally.wait_seconds, tally.handle_seconds, tally.handled,
    )  # fmt: skip
    return tuple(Fraction(number) for number in numbers)


def tallies(card: BrandCard) -> dict[datetime, QueueTally]:
    return {row.interval_start: row for row in QueueTally.objects.filter(brand_id=card.id)}


@pytest.fixture
def roomy(db: None, acme: BrandCard, globex: BrandCard) -> None:
    """Queues whose work leaves room for more of it."""
    for card in (acme, globex):
        set_up(card, units=2)


@pytest.mark.usefixtures("roomy")
class DescribeTallies:
    def it_says_what_the_clients_report_says(self, acme: BrandCard, globex: BrandCard, ada: Actor) -> None:
        go_available(ada)
        for card in (acme, globex):
            a_morning(card, ada)
        rebuild_tallies(NOW - DAY, NOW + DAY)
        for card in (acme, globex):
            wanted = {start: figures(contacts) for start, contacts in reported(card).items()}
            assert {start: told(row) for start, row in tallies(card).items()} == wanted
            assert len(wanted) == 3

    def it_counts_no_second_contact_of_one_that_goes_on_or_is_called(
        self, acme: BrandCard, ada: Actor
    ) -> None:
        go_available(ada)
        closed, called = write_in(acme), write_in(acme, now=at(5))
        answer(closed, ada, seconds=10)
        close(acme, ada, closed.interaction_ref, now=at(100))
        with tenant_scope(acme, TESTS):
            interactions.resume_conversation(
                closed.interaction_ref, client_id=uuid4(), body="Hello again", now=at(1000)
            )
            interactions.promise_callback(
                called.interaction_ref, number="+46812345", window=(at(3600), at(7200)), by="contact",
                consent=True, now=at(20),
            )  # fmt: skip
            interactions.fire_callbacks(now=at(3600))
        task = WorkItem.objects.exclude(pk=called.pk).get(interaction_ref=called.interaction_ref)
        answer(task, ada, seconds=3700)
        rebuild_tallies(NOW - DAY, NOW + DAY)
        (row,) = tallies(acme).values()
        assert told(row)[:7] == figures(reported(acme)[row.interval_start])[:7]
        assert (row.offered, row.answered, row.abandoned) == (2, 1, 0)

    def it_counts_a_new_contact_where_one_is_moved_to(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        returns = add_queue(acme)
        answered, waiting, handed = write_in(acme), write_in(acme, now=at(5)), write_in(acme, now=at(8))
        answer(answered, ada, seconds=10)
        hand_over(answered, acme, ada, Target(queue_id=returns.pk), seconds=60)
        reassign(waiting, acme, Target(queue_id=returns.pk), seconds=16 * 60)
        answer(handed, ada, seconds=20)
        hand_over(handed, acme, ada, Target(agent_id=ada.user_id), seconds=70)
        rebuild_tallies(NOW - DAY, NOW + DAY)
        with tenant_scope(acme, TESTS):
            contacts = contacts_offered(NOW - DAY, NOW + DAY)
        wanted: dict[tuple[int, datetime], list[Contact]] = defaultdict(list)
        for contact in contacts:
            wanted[(contact.queue_id, interval_of(contact.offered_at))].append(contact)
        rows = QueueTally.objects.filter(brand_id=acme.id)
        assert {(row.queue_id, row.interval_start): told(row) for row in rows} == {
            place: figures(found) for place, found in wanted.items()
        }
        assert sorted((row.offered, row.answered, row.flow_out) for row in rows) == [
            (1, 0, 0), (1, 0, 0), (3, 2, 1),
        ]  # fmt: skip

    def it_counts_who_left_at_once_apart(self, acme: BrandCard, ada: Actor) -> None:
        leave(acme, write_in(acme), seconds=5)
        leave(acme, write_in(acme), seconds=6)
        rebuild_tallies(NOW, NOW + DAY)
        (row,) = tallies(acme).values()
        assert (row.abandoned, row.short_abandoned, row.flow_out) == (2, 1, 0)

    def it_changes_nothing_when_it_is_derived_again(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        a_morning(acme, ada)
        assert rebuild_tallies(NOW - DAY, NOW + DAY) == 3
        before = list(QueueTally.objects.order_by("pk").values())
        assert rebuild_tallies(NOW - DAY, NOW + DAY) == 0
        assert list(QueueTally.objects.order_by("pk").values()) == before

    def it_takes_back_what_turned_out_to_be_none(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item = write_in(acme)
        answer(item, ada, seconds=5)
        rebuild_tallies(NOW, NOW + DAY)
        assert tallies(acme)
        spam(acme, ada, item, seconds=10)
        rebuild_tallies(NOW, NOW + DAY)
        assert not tallies(acme)
        assert again(item).not_a_contact

    def it_forgets_a_client_who_leaves(self, acme: BrandCard, globex: BrandCard) -> None:
        for card in (acme, globex):
            write_in(card)
        rebuild_tallies(NOW, NOW + DAY)
        actions.forget_brand(acme.id, now=NOW)
        assert not tallies(acme)
        assert tallies(globex)


@pytest.fixture
def both(transactional_db: None, acme: BrandCard, globex: BrandCard) -> None:
    set_up(acme)
    set_up(globex)


@pytest.mark.usefixtures("both")
class DescribeLeadersTallies:
    def it_tells_the_floor_once_that_something_changed(
        self, acme: BrandCard, pushes: list[Push], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("routing.router.SWEEP_SECONDS", 0)
        monkeypatch.setattr("routing.router.TALLIES_PART", 1e9)
        word = ("floor", {"kind": "floor"})
        with Link(pool_id=None) as link:
            assert link.lead()
            leader = Leader(link)
            all_heard(leader).turn()
            pushes.clear()
            for _ in range(2):
                write_in(acme, now=clock.now())
            all_heard(leader).turn()
            assert pushes.count(word) == 1
            all_heard(leader).turn()
            assert pushes.count(word) == 1

    def it_derives_what_it_heard_of_within_a_second(
        self, acme: BrandCard, ada: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("routing.router.SWEEP_SECONDS", 0)
        before = write_in(acme, now=clock.now() - timedelta(hours=30))
        with Link(pool_id=None) as link:
            assert link.lead()
            leader = Leader(link)
            assert sum(row.offered for row in tallies(acme).values()) == 1
            write_in(acme, now=clock.now())
            with tenant_scope(acme, TESTS):
                interactions.end_by_visitor(before.interaction_ref, now=clock.now())
            all_heard(leader).turn()
            rows = tallies(acme).values()
            assert sum(row.offered for row in rows) == 2
            assert sum(row.abandoned for row in rows) == 1

    def it_derives_less_often_what_is_long_to_add_up(
        self, acme: BrandCard, pushes: list[Push], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The floor is told once more when it has been."""
        monkeypatch.setattr("routing.router.SWEEP_SECONDS", 0)
        monkeypatch.setattr("routing.router.TALLIES_PART", 1e-9)  # a millisecond rests for days
        with Link(pool_id=None) as link:
            leader = Leader(link)
            for wanted in (1, 1):
                leader.changed.note([write_in(acme, now=clock.now()).enqueued_at])
                leader.turn()
                assert sum(row.offered for row in tallies(acme).values()) == wanted
            pushes.clear()
            leader.tallied_until = 0.0
            leader.turn()
            assert sum(row.offered for row in tallies(acme).values()) == 2
            assert pushes.count(("floor", {"kind": "floor"})) == 1
