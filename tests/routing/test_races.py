"""Many hands at once, on real connections: what the tables look like when all are done."""

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count, F, Sum

from accounts.actor import Actor
from core.errors import RoomError
from interactions import actions as interactions
from routing import actions
from routing.board import Board
from routing.choices import ItemState, OfferState
from routing.errors import OfferGone
from routing.loading import load_seats, load_shares, load_waiting
from routing.models import AgentCapacity, Offer, WorkItem
from routing.router import step
from routing.writes import offer_to, run_here, write
from tenants.cards import BrandCard
from tenants.scope import labour_scope, tenant_scope
from tests.factories import TESTS, make_agent
from tests.routing.conftest import again, at, close, go_available, set_up, used, write_in
from workforce import actions as workforce
from workforce.models import AgentState

pytestmark = pytest.mark.usefixtures("both")


@pytest.fixture
def both(transactional_db: None, acme: BrandCard, globex: BrandCard) -> None:
    set_up(acme)
    set_up(globex)


def at_once(jobs: Iterable[Callable[[], Any]]) -> list[Any]:
    """Run every job in a thread of its own, all let go together; returns results, or the RoomErrors."""
    ready = list(jobs)
    barrier = threading.Barrier(len(ready))
    results: list[Any] = [None] * len(ready)

    def run(index: int, job: Callable[[], Any]) -> None:
        try:
            barrier.wait(60)
            results[index] = job()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(ready)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
        assert not thread.is_alive()
    broken = [
        result for result in results if isinstance(result, Exception) and not isinstance(result, RoomError)
    ]
    assert not broken, broken
    return results


def check_everything() -> None:
    """The invariants of the machine, read from the tables."""
    twice = Offer.objects.filter(state__in=(OfferState.PENDING, OfferState.ACCEPTED)).values("work_item")
    assert not twice.annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert not AgentCapacity.objects.filter(used__gt=F("cap")).exists()
    assert actions.recount() == {}
    ringing = set(Offer.objects.pending().values_list("work_item_id", flat=True))
    assert ringing == set(WorkItem.objects.filter(state=ItemState.OFFERED).values_list("pk", flat=True))
    waiting = WorkItem.objects.exclude(state=ItemState.ENDED).values("brand_id", "interaction_ref")
    assert not waiting.annotate(n=Count("pk")).filter(n__gt=1).exists()
    working = WorkItem.objects.in_work().values("agent_id").annotate(sum=Sum("units")).filter(sum__gt=100)
    assert not working.exists()


class DescribeWriters:
    def it_makes_no_offer_twice_with_eight_writers(self, acme: BrandCard, globex: BrandCard) -> None:
        agents = [make_agent(f"a{n}@example.test", acme, globex) for n in range(6)]
        for agent in agents:
            go_available(agent)
        items = [write_in(card, now=at(n)) for n in range(12) for card in (acme, globex)]

        def write_batches() -> int:
            made = 0
            for _ in range(6):
                board = Board(load_waiting(run_here), load_seats(at(30)), load_shares(at(30)), now=at(30))
                made += len(board.assign(lambda pairs, now: write(pairs, now=now, run=run_here), now=at(30)))
            return made

        results = at_once([write_batches] * 8)
        assert sum(results) == Offer.objects.count() == 12
        assert all(used(agent) == 68 for agent in agents)
        first = [item.pk for item in sorted(items, key=lambda item: (item.order_key, item.pk))[:12]]
        assert sorted(Offer.objects.values_list("work_item_id", flat=True)) == sorted(first)
        check_everything()

    def it_makes_one_offer_of_many_for_the_same_item(self, acme: BrandCard) -> None:
        agents = [go_available(make_agent(f"a{n}@example.test", acme)) for n in range(8)]
        item = write_in(acme)
        made = at_once([partial(offer_to, item.pk, agent.user_id, now=at(1)) for agent in agents])
        assert len([offer for offer in made if offer]) == 1
        check_everything()

    def it_does_not_fill_an_agent_beyond_the_brim(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        items = [write_in(acme, now=at(n)) for n in range(8)]
        for _ in range(4):
            at_once([partial(offer_to, item.pk, ada.user_id, now=at(9)) for item in items])
        assert (used(ada), Offer.objects.count()) == (68, 2)
        check_everything()

    def it_asks_nobody_who_goes_away_at_the_same_instant(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        for n in range(10):
            item = write_in(acme, now=at(n))
            workforce.set_availability(ada.user_id, to="available", actor=None, now=at(n))
            go_offline = partial(workforce.set_availability, to="offline", actor=None, now=at(n + 0.5))
            at_once(
                [
                    partial(offer_to, item.pk, ada.user_id, now=at(n + 0.5)),
                    partial(go_offline, ada.user_id),
                ]
            )
            actions.withdraw_offers(at(n + 0.6))
            assert (again(item).state, used(ada)) == (ItemState.QUEUED, 0)
            with tenant_scope(acme, TESTS):
                interactions.end_by_visitor(item.interaction_ref, now=at(n + 0.7))


class DescribeLeaving:
    def it_withdraws_an_offer_that_is_made_while_the_customer_leaves(
        self, acme: BrandCard, ada: Actor
    ) -> None:
        """The customer looks for an offer, finds none, and waits for the row which the writer holds."""
        go_available(ada)
        item = write_in(acme)
        leaving = threading.Thread(target=partial(leave, acme, item, now=at(2)))
        with transaction.atomic():
            assert offer_to(item.pk, ada.user_id, now=at(1))
            leaving.start()
            wait_for_waiter()
        leaving.join(300)
        assert not leaving.is_alive()
        assert (again(item).state, Offer.objects.get().state) == (ItemState.ENDED, OfferState.WITHDRAWN)
        assert used(ada) == 0
        check_everything()

    def it_ends_a_wait_whose_offer_is_declined_at_that_instant(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item = write_in(acme)
        (made,) = step(at(1))
        leaving = threading.Thread(target=partial(leave, acme, item, now=at(2)))
        with transaction.atomic():
            actions.decline_offer(made.ref, actor=ada, now=at(2))
            leaving.start()
            wait_for_waiter()
        leaving.join(300)
        assert not leaving.is_alive()
        assert (again(item).state, Offer.objects.get().state) == (ItemState.ENDED, OfferState.DECLINED)
        assert used(ada) == 0
        check_everything()


def leave(card: BrandCard, item: WorkItem, *, now: datetime) -> None:
    """The customer ends the wait, on a connection of this thread's own."""
    try:
        with tenant_scope(card, TESTS):
            interactions.end_by_visitor(item.interaction_ref, now=now)
    finally:
        connection.close()


def wait_for_waiter() -> None:
    """Return once another connection waits for a lock."""
    end = time.monotonic() + 60
    with labour_scope(), connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
    raise AssertionError("nobody waits")


class DescribeAnswers:
    def it_lets_one_of_twenty_acceptances_win(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item = write_in(acme)
        (made,) = step(at(1))
        results = at_once([lambda: actions.accept_offer(made.ref, actor=ada, now=at(2))] * 20)
        won = [result for result in results if not isinstance(result, Exception)]
        lost = [result for result in results if isinstance(result, OfferGone)]
        assert (len(won), len(lost)) == (1, 19)
        assert {error.code for error in lost} == {"taken"}
        assert (again(item).state, used(ada)) == (ItemState.ACCEPTED, 34)
        check_everything()

    @pytest.mark.parametrize("turn", range(6))
    def it_has_one_end_when_all_come_at_once(self, acme: BrandCard, ada: Actor, turn: int) -> None:
        go_available(ada)
        item = write_in(acme)
        (made,) = step(at(1))

        def leave() -> None:
            with tenant_scope(acme, TESTS):
                interactions.end_by_visitor(item.interaction_ref, now=at(30))

        at_once(
            [
                lambda: actions.accept_offer(made.ref, actor=ada, now=at(30.9)),
                lambda: actions.decline_offer(made.ref, actor=ada, now=at(30.9)),
                lambda: actions.expire_offers(at(31)),
                lambda: actions.withdraw_offers(at(31)),
                leave,
                lambda: actions.note_presence(acme.id, item.interaction_ref, node=None, now=at(30)),
            ]
        )
        check_everything()
        states = {again(item).state, Offer.objects.get().state}
        assert "pending" not in states
        assert "offered" not in states


class Hand:
    """Does whatever comes to mind, again and again; what a verb refuses is no matter."""

    def __init__(self, seed: int, agents: dict[int, Actor], cards: dict[int, BrandCard]) -> None:
        self.chance, self.agents, self.cards = random.Random(seed), agents, cards

    def work(self) -> None:
        deeds = (self.step, self.answer, self.carry_on, self.go_available)
        for turn in range(25):
            with contextlib.suppress(RoomError):
                self.chance.choice(deeds)(10 + turn * 8 + self.chance.random())

    def step(self, second: float) -> None:
        step(at(second))

    def answer(self, second: float) -> None:
        for offer in Offer.objects.pending().order_by("?")[:1]:
            actor = self.agents[offer.agent_id]
            verb = actions.accept_offer if self.chance.random() < 0.6 else actions.decline_offer
            verb(offer.ref, actor=actor, now=at(second))

    def carry_on(self, second: float) -> None:
        for item in WorkItem.objects.live().order_by("?")[:1]:
            card, ref = self.cards[item.brand_id], item.interaction_ref
            if item.state == ItemState.ACCEPTED and item.agent_id:
                close(card, self.agents[item.agent_id], ref, now=at(second))
            elif self.chance.random() < 0.1:
                with tenant_scope(card, TESTS):
                    interactions.end_by_visitor(ref, now=at(second))

    def go_available(self, second: float) -> None:
        agent_id = self.chance.choice(list(self.agents))
        workforce.set_availability(agent_id, to="available", actor=None, now=at(second))


class DescribeStorm:
    def it_keeps_every_count_through_a_busy_hour(self, acme: BrandCard, globex: BrandCard) -> None:
        """Eight hands at once; afterwards nothing is lost, doubled or leaked, and all can be finished."""
        people = [go_available(make_agent(f"a{n}@example.test", acme, globex)) for n in range(4)]
        agents = {actor.user_id: actor for actor in people}
        cards = {acme.id: acme, globex.id: globex}
        items = [write_in(card, now=at(n)) for n in range(8) for card in cards.values()]
        at_once([Hand(seed, agents, cards).work for seed in range(8)])
        check_everything()
        assert Offer.objects.filter(state=OfferState.ACCEPTED).exists()
        assert Offer.objects.filter(state=OfferState.EXPIRED).exists()
        finish(items, agents, cards)
        check_everything()
        assert not WorkItem.objects.live().exists()
        assert not AgentCapacity.objects.filter(used__gt=0).exists()


def finish(items: list[WorkItem], agents: dict[int, Actor], cards: dict[int, BrandCard]) -> None:
    """Answer and close everything that is left; more rounds than items would mean that something is stuck."""
    second = 500.0
    for agent_id in agents:
        workforce.set_availability(agent_id, to="available", actor=None, now=at(400))
    for _ in range(len(items) + 5):
        AgentState.objects.filter(pk__in=agents).update(lost_at=None)
        actions.sweep(at(second), grant=TESTS)
        step(at(second))
        for offer in Offer.objects.ringing(at(second + 1)):
            actions.accept_offer(offer.ref, actor=agents[offer.agent_id], now=at(second + 1))
        for item in WorkItem.objects.in_work():
            assert item.agent_id
            if item.state == ItemState.ACCEPTED:
                close(cards[item.brand_id], agents[item.agent_id], item.interaction_ref, now=at(second + 2))
        second += timedelta(seconds=31).total_seconds()
