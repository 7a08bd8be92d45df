"""Many hands that are killed all the time, clocks that disagree, a database that hangs up on everybody.

Nothing is lost, doubled, over capacity or stuck: what came is all answered in the end, once, and every
promise of `routing_check` about this instant holds.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError
from django.db.models import Count

from config.launch.layout import PROJECT
from core import clock
from routing import actions
from routing.choices import OfferState
from routing.invariants import check
from routing.models import AgentCapacity, Offer, WorkItem
from routing.router import _forget_connections
from tenants.cards import BrandCard
from tests.factories import TESTS, make_agent
from tests.processes import environment
from tests.routing.conftest import go_available, set_up, write_in
from workforce import actions as workforce
from workforce.models import AgentState

HANDS = (
    ("leader", 0.0), ("leader", 2.0), ("dispatcher", -2.0), ("dispatcher", 2.0),
    ("acceptor", 0.0), ("acceptor", 2.0), ("acceptor", -2.0), ("acceptor", 1.0),
)  # fmt: skip
SECONDS, PATIENCE = 40, 180
PRESENT = ("one_place", "one_live_offer", "capacity", "no_reserve")
CUT_ALL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]


class Hands:
    """Eight processes, each replaced when it is killed."""

    def __init__(self, nursery: "subprocess.Popen[str]") -> None:
        self.nursery, self.chance, self.killed = nursery, random.Random(5), 0
        self.pids = [self._fork(place) for place in range(len(HANDS))]

    def kill_one(self) -> None:
        place = self.chance.randrange(len(HANDS))
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pids[place], signal.SIGKILL)
        self.killed += 1
        self.pids[place] = self._fork(place)

    def kill_all(self) -> None:
        for pid in self.pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _fork(self, place: int) -> int:
        role, skew = HANDS[place]
        assert self.nursery.stdin
        assert self.nursery.stdout
        self.nursery.stdin.write(f"{role} {self.chance.randrange(10**6)} {skew}\n")
        self.nursery.stdin.flush()
        return int(self.nursery.stdout.readline())


@contextmanager
def hands() -> Iterator[Hands]:
    nursery = subprocess.Popen(
        [sys.executable, "-m", "tests.routing.nursery"], cwd=PROJECT, env=environment(), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert nursery.stdout
        assert nursery.stdout.readline() == "ready\n"
        found = Hands(nursery)
        yield found
        found.kill_all()
    finally:
        nursery.kill()
        nursery.wait()


def crowd(*cards: BrandCard) -> None:
    for card in cards:
        set_up(card, offer_seconds=3, wrap_up_seconds=60)
    now = clock.now()
    for n in range(6):
        go_available(make_agent(f"hand{n}@example.test", *cards, name=f"Hand {n}"), now=now)


def keep_house() -> None:
    """What the worker's sweep and the agents' one tap do: they are not what is tried here."""
    now = clock.now()
    workforce.beat("tests", now=now)
    for agent_id in AgentState.objects.filter(availability="not_responding").values_list("pk", flat=True):
        workforce.set_availability(agent_id, to="available", actor=None, now=now)
    actions.sweep(now, grant=TESTS)


def live_through(found: Hands, *cards: BrandCard, cut: "psycopg.Connection[Any] | None" = None) -> int:
    """Let customers write in while hands are killed; returns how many came."""
    came, end = 0, time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            item = write_in(cards[came % len(cards)], now=clock.now())
            actions.note_presence(item.brand_id, item.interaction_ref, node="tests", now=clock.now())
            came += 1
            if came % 4 == 0:
                found.kill_one()
            if came % 5 == 0:
                keep_house()
            if cut and came % 20 == 0:
                cut.execute(CUT_ALL)
        except (DatabaseError, InterfaceError):
            _forget_connections()
        time.sleep(0.15)
    return came


def is_left() -> bool:
    """Keep house and look whether anything is left; a connection that was cut is opened anew."""
    try:
        keep_house()
        return WorkItem.objects.live().exists()
    except (DatabaseError, InterfaceError):
        _forget_connections()
        return True


def settle() -> None:
    """Wait until all is answered and over; what is stuck fails."""
    end = time.monotonic() + PATIENCE
    while is_left():
        time.sleep(0.3)
        if time.monotonic() > end:
            pytest.fail(f"stuck: {list(WorkItem.objects.live().values('state', 'agent_id', 'excluded'))}")


def assert_all_is_well() -> None:
    broken = check(grant=TESTS, now=clock.now(), names=PRESENT)
    assert [(found.name, found.examples) for found in broken if found.count] == []
    answered = Offer.objects.filter(state=OfferState.ACCEPTED).values("work_item").annotate(n=Count("pk"))
    assert not answered.filter(n__gt=1).exists()
    assert not AgentCapacity.objects.filter(used__gt=0).exists()
    assert set(WorkItem.objects.values_list("outcome", flat=True)) <= {"closed", "requeued"}


def it_loses_and_doubles_nothing_while_hands_are_killed(acme: BrandCard, globex: BrandCard) -> None:
    crowd(acme, globex)
    with hands() as found:
        came = live_through(found, acme, globex)
        assert_present_while_running()
        settle()
    assert found.killed >= 5
    assert WorkItem.objects.filter(outcome="closed").count() == came
    assert Offer.objects.filter(state=OfferState.EXPIRED).exists()
    assert_all_is_well()


def it_recovers_by_itself_when_the_database_hangs_up_on_everybody(
    acme: BrandCard, globex: BrandCard, boss: "psycopg.Connection[Any]"
) -> None:
    """As when PostgreSQL restarts: every connection is gone at once, in mid-transaction, again and again."""
    crowd(acme, globex)
    with hands() as found:
        live_through(found, acme, globex, cut=boss)
        settle()
    _forget_connections()
    assert WorkItem.objects.filter(outcome="closed").exists()
    assert_all_is_well()


def assert_present_while_running() -> None:
    """In full swing, too, nothing is doubled or overfull."""
    broken = check(grant=TESTS, now=clock.now(), names=("one_live_offer", "capacity"))
    assert [found.examples for found in broken if found.count] == []
