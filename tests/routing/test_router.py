"""The leader: as a thread beside the test, and as a process of its own that can be killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from core import clock
from interactions import actions as interactions
from routing import actions
from routing.choices import ItemState
from routing.link import LOCK, Link, conninfo
from routing.models import AgentCapacity, Offer, WorkItem
from routing.notices import CHANNEL
from routing.router import Leader, Router
from routing.tallies import interval_of
from routing.writes import write
from tenants.cards import BrandCard
from tenants.scope import labour_scope, tenant_scope
from tests.database import NAME
from tests.factories import TESTS, make_agent
from tests.routing.conftest import NODE, Push, close, go_available, set_up, used, write_in
from workforce import actions as workforce

PROJECT = Path(__file__).resolve().parents[2]
SOON = 30.0
LATER = 60.0  # for a process that must start first

pytestmark = pytest.mark.usefixtures("both")


@pytest.fixture
def both(transactional_db: None, acme: BrandCard, globex: BrandCard) -> None:
    set_up(acme)
    set_up(globex)


@pytest.fixture(autouse=True)
def _never_by_reading_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the leader in a thread knows, a notice told it: it reads nothing anew while we wait."""
    monkeypatch.setattr("routing.router.RECONCILE_SECONDS", 3600)


@contextmanager
def leading() -> Iterator[Router]:
    """A leader in a thread of this process, who has read what there is."""
    router = Router()
    failures: list[BaseException] = []

    def lead() -> None:
        try:
            with Link(pool_id=None) as link:
                router.serve(link)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=lead)
    thread.start()
    try:
        eventually(lambda: router.leading, seconds=LATER)
        yield router
    finally:
        router.stop()
        thread.join(LATER)
    assert not thread.is_alive()
    assert not failures, failures


def is_led() -> bool:
    query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND granted"
    with labour_scope(), connection.cursor() as cursor:
        cursor.execute(query, [LOCK])
        return bool(cursor.fetchone()[0])


def eventually(true: Callable[[], Any], *, seconds: float = SOON) -> None:
    """Wait until it is so; fails when it takes so long that something must hang."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            pytest.fail(f"still not so after {seconds} s")
        time.sleep(0.005)


def offers() -> int:
    return Offer.objects.pending().count()


def has_offers(wanted: int) -> bool:
    return offers() == wanted


def now_available(actor: Actor) -> Actor:
    return go_available(actor, now=clock.now())


class DescribeLeader:
    def it_offers_what_comes_in(self, acme: BrandCard, ada: Actor) -> None:
        now_available(ada)
        with leading():
            for wanted in (1, 2):
                write_in(acme, now=clock.now())
                eventually(partial(has_offers, wanted))

    def it_offers_what_waited_before_it_came(self, acme: BrandCard, ada: Actor) -> None:
        write_in(acme, now=clock.now())
        now_available(ada)
        with leading():
            eventually(lambda: offers() == 1)

    def it_offers_when_an_agent_comes(self, acme: BrandCard, ada: Actor) -> None:
        write_in(acme, now=clock.now())
        with leading():
            time.sleep(0.1)
            now_available(ada)
            eventually(lambda: offers() == 1)

    def it_offers_when_an_agent_is_free_again(self, acme: BrandCard, ada: Actor) -> None:
        now_available(ada)
        AgentCapacity.objects.update_or_create(agent_id=ada.user_id, defaults={"cap": 34})
        with leading():
            first, second = write_in(acme, now=clock.now()), write_in(acme, now=clock.now())
            eventually(lambda: offers() == 1)
            ref = Offer.objects.get(work_item=first).ref
            actions.accept_offer(ref, actor=ada, now=clock.now())
            close(acme, ada, first.interaction_ref, now=clock.now())
            eventually(lambda: Offer.objects.pending().filter(work_item=second).exists())

    def it_reads_of_who_is_free_again_how_full_they_are_and_no_more(
        self, acme: BrandCard, ada: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("routing.router.SWEEP_SECONDS", 3600)
        now_available(ada)
        with Link(pool_id=None) as link:
            assert link.lead()
            leader = Leader(link)
            item = write_in(acme, now=clock.now())
            eventually(leader.turn)
            with tenant_scope(acme, TESTS):
                interactions.end_by_visitor(item.interaction_ref, now=clock.now())
            with CaptureQueriesContext(connection) as asked:
                eventually(lambda: not leader.turn() and not leader.board.seats[ada.user_id].used)
            assert not asked.captured_queries
            assert not leader.board.seats[ada.user_id].held

    def it_reads_nothing_of_who_left_the_line(self, acme: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("routing.router.SWEEP_SECONDS", 3600)
        asked: list[str] = []
        with Link(pool_id=None) as link:
            assert link.lead()
            leader, run = Leader(link), link.run
            item = write_in(acme, now=clock.now())
            eventually(lambda: not leader.turn() and len(leader.board.lines) == 1)

            def noting(statement: str, values: Any) -> Any:
                asked.append(statement)
                return run(statement, values)

            monkeypatch.setattr(link, "run", noting)
            leader.changed.starts.clear()
            with tenant_scope(acme, TESTS):
                interactions.end_by_visitor(item.interaction_ref, now=clock.now())
            eventually(lambda: not leader.turn() and not len(leader.board.lines))
        assert not asked
        assert leader.changed.starts == {interval_of(item.enqueued_at)}

    def it_offers_what_another_was_holding_as_soon_as_they_are_done(
        self, acme: BrandCard, ada: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """By their notice, which names the agent alone; nothing is waited for."""
        monkeypatch.setattr("routing.router.RETRY_SECONDS", 3600)
        monkeypatch.setattr("routing.router.SWEEP_SECONDS", 3600)
        now_available(ada)
        with Link(pool_id=None) as link:
            assert link.lead()
            leader = Leader(link)
            with psycopg.connect(conninfo()) as other:
                other.execute(
                    "SELECT FROM routing_agentcapacity WHERE agent_id = %s FOR UPDATE", [ada.user_id]
                )
                item = write_in(acme, now=clock.now())
                eventually(lambda: not leader.turn() and leader.board.in_doubt)
                other.execute(f"SELECT pg_notify('{CHANNEL}', 'u{ada.user_id}')")
            eventually(leader.turn)
        assert Offer.objects.pending().get().work_item_id == item.pk
        assert not leader.board.in_doubt

    def it_loses_no_wake_up_among_many(self, acme: BrandCard, globex: BrandCard) -> None:
        agents = [now_available(make_agent(f"a{n}@example.test", acme, globex)) for n in range(8)]
        AgentCapacity.objects.update(cap=100)
        with leading():
            for n in range(16):
                write_in((acme, globex)[n % 2], now=clock.now())
                eventually(partial(has_offers, n + 1))
        assert sorted(used(agent) for agent in agents) == [68] * 8

    def it_expires_on_time_and_asks_another(self, acme: BrandCard, ada: Actor, bo: Actor) -> None:
        now_available(ada)
        with leading():
            item = write_in(acme, now=clock.now())
            eventually(lambda: offers() == 1)
            now_available(bo)
            Offer.objects.update(expires_at=clock.now() + timedelta(seconds=0.3))
            with transaction.atomic():
                WorkItem.objects.filter(pk=item.pk).update(offer_seconds=60)
                actions.note_presence(acme.id, item.interaction_ref, node="n", now=clock.now())
            eventually(lambda: Offer.objects.pending().filter(agent_id=bo.user_id).exists())
        assert used(ada) == 0

    def it_takes_back_at_once_what_rings_at_who_goes_away(self, acme: BrandCard, ada: Actor) -> None:
        now_available(ada)
        with leading():
            item = write_in(acme, now=clock.now())
            eventually(lambda: offers() == 1)
            workforce.set_availability(ada.user_id, to="offline", actor=None, now=clock.now())
            eventually(lambda: WorkItem.objects.get(pk=item.pk).state == ItemState.QUEUED)

    def it_tells_who_waits_that_the_line_moved(self, acme: BrandCard, ada: Actor, pushes: list[Push]) -> None:
        with leading():
            first, second = write_in(acme, now=clock.now()), write_in(acme, now=clock.now())
            group = f"visitor.{acme.id}.{second.interaction_ref.hex}"
            eventually(lambda: (group, {"kind": "place"}) in pushes)
            pushes.clear()
            with tenant_scope(acme, TESTS):
                interactions.end_by_visitor(first.interaction_ref, now=clock.now())
            eventually(lambda: (group, {"kind": "place"}) in pushes)
            assert len([push for push in pushes if push == (group, {"kind": "place"})]) == 1

    def it_offers_when_a_page_is_back_that_it_had_passed_over(self, acme: BrandCard, ada: Actor) -> None:
        now_available(ada)
        gone_at = clock.now() - timedelta(seconds=20)
        workforce.disconnect(ada.user_id, channel_name=f"{NODE}.{ada.user_id}", now=gone_at)
        write_in(acme, now=clock.now())
        with leading():
            assert offers() == 0
            workforce.connect(ada.user_id, node=NODE, channel_name="back", now=clock.now())
            eventually(lambda: offers() == 1)

    def it_tells_again_what_rings_when_it_takes_office(
        self, acme: BrandCard, globex: BrandCard, ada: Actor, pushes: list[Push]
    ) -> None:
        """The one before was killed when the offer was written and nobody had been told of it."""
        now_available(ada)
        item, over = write_in(acme, now=clock.now()), write_in(globex, now=clock.now())
        with Link(pool_id=None) as link:
            board = Leader(link).board
            board.assign(lambda pairs, now: write(pairs, now=now, run=link.run), now=clock.now())
        Offer.objects.filter(work_item=over).update(
            made_at=clock.now() - timedelta(60), expires_at=clock.now() - timedelta(30)
        )
        pushes.clear()
        with Link(pool_id=None) as link:
            Leader(link)
        ref = Offer.objects.get(work_item=item).ref
        told = {"kind": "offer", "ref": str(ref), "brand": acme.id}
        assert pushes == [(f"agent.{ada.user_id}", told)]

    def it_is_one_of_two(self, acme: BrandCard, ada: Actor) -> None:
        now_available(ada)
        with leading():
            with Link(pool_id=None) as second:
                assert not second.lead()
            write_in(acme, now=clock.now())
            eventually(lambda: offers() == 1)

    def it_does_no_harm_when_two_lead(self, acme: BrandCard, globex: BrandCard) -> None:
        """Split brain: two boards, one set of tables."""
        agents = [now_available(make_agent(f"a{n}@example.test", acme, globex)) for n in range(3)]
        for n in range(8):
            write_in((acme, globex)[n % 2], now=clock.now())
        with Link(pool_id=1) as one, Link(pool_id=2) as two:
            one.pool_id = two.pool_id = None
            leaders = [Leader(one), Leader(two)]
            for _ in range(3):
                for leader in leaders:
                    leader.turn()
        assert offers() == 6
        assert [used(agent) for agent in agents] == [68] * 3
        assert actions.recount() == {}

    def it_mends_a_count_that_drifted(self, acme: BrandCard, ada: Actor) -> None:
        now_available(ada)
        AgentCapacity.objects.update_or_create(agent_id=ada.user_id, defaults={"used": 100})
        write_in(acme, now=clock.now())
        with leading():
            eventually(lambda: offers() == 1)
        assert used(ada) == 34


def stack_env(**more: str) -> dict[str, str]:
    """The environment of a router process on the test database, with the router's own login."""
    url = os.environ["ROUTER_DATABASE_URL"].replace("/trunkline?", f"/{NAME}?", 1)
    return os.environ | {"DATABASE_URL": url, "ROUTER_DATABASE_URL": url} | more


@contextmanager
def process(*command: str, **more: str) -> Iterator["subprocess.Popen[str]"]:
    child = subprocess.Popen(
        [sys.executable, *command], cwd=PROJECT, env=stack_env(**more), stdout=subprocess.PIPE, text=True
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.kill()
        child.wait(LATER)
        assert child.stdout
        child.stdout.close()


CONNECTED = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'router'"
CUT_OFF = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'trunkline_router'"
MANAGE = ("manage.py", "router", "--settings", "config.settings.test")
STUCK = """
import os, time, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
django.setup()
from routing import router
def stuck(pairs, **_):
    print("matched", len(pairs), flush=True)
    time.sleep(60)
router.write = stuck
router.Router().run()
"""


@pytest.mark.kill
class DescribeProcess:
    def it_leads_with_a_login_of_its_own(self, acme: BrandCard, ada: Actor) -> None:
        now_available(ada)
        with process(*MANAGE) as child:
            eventually(is_led, seconds=LATER)
            write_in(acme, now=clock.now())
            eventually(lambda: offers() == 1)
            child.send_signal(signal.SIGTERM)
            assert child.wait(LATER) == 0

    def it_loses_nothing_when_killed_between_match_and_write(
        self, acme: BrandCard, globex: BrandCard, ada: Actor
    ) -> None:
        now_available(ada)
        items = [write_in(card, now=clock.now()) for card in (acme, globex)]
        with process("-c", STUCK) as child:
            assert child.stdout
            assert child.stdout.readline().startswith("matched")
            child.kill()
            child.wait(LATER)
        assert not Offer.objects.exists()
        assert {WorkItem.objects.get(pk=item.pk).state for item in items} == {ItemState.QUEUED}
        with process(*MANAGE):
            eventually(lambda: offers() == 2, seconds=LATER)
        assert used(ada) == 68

    def it_is_followed_by_the_one_that_stands_by(
        self, acme: BrandCard, ada: Actor, boss: "psycopg.Connection[Any]"
    ) -> None:
        now_available(ada)
        with process(*MANAGE) as first:
            eventually(is_led, seconds=LATER)
            with process(*MANAGE):
                eventually(lambda: boss.execute(CONNECTED).fetchone() == (2,), seconds=LATER)
                first.kill()
                first.wait(LATER)
                write_in(acme, now=clock.now())
                eventually(lambda: offers() == 1, seconds=LATER)

    def it_comes_back_when_the_database_cut_it_off(
        self, acme: BrandCard, ada: Actor, boss: "psycopg.Connection[Any]"
    ) -> None:
        now_available(ada)
        with process(*MANAGE) as child:
            eventually(is_led, seconds=LATER)
            for wanted in (1, 2):
                boss.execute(CUT_OFF)
                write_in(acme, now=clock.now())
                eventually(partial(has_offers, wanted), seconds=LATER)
            assert child.poll() is None

    def it_goes_on_without_valkey(self, acme: BrandCard, ada: Actor) -> None:
        now_available(ada)
        with process(*MANAGE, REDIS_URL="unix:///nowhere/valkey.sock?db=0"):
            eventually(is_led, seconds=LATER)
            write_in(acme, now=clock.now())
            eventually(lambda: offers() == 1)
