"""The leader: hears what changed, matches in memory, writes in one statement, tells the agents.

1. Be elected by the advisory lock; a stand-by tries again each second.
2. Listen, then read everything: no change falls between the two.
3. Sleep until a notice or the next timer. Read again what the notices name, match, write, push.
4. Each second: offers that ran out, agents who went while it rang, visitors to be told of their place, pairs
   the write dropped, the tallies of what changed, a word to the floor that something did. Every 15 s:
   everything read anew, by plans for as much as there is by then, capacity counted again.
5. Any failure of the database: forget everything, connect again, stand for election again.

Killed at any instant it leaves committed offers or none: the next one reads them from the tables, and tells
the agents once more of those that ring.
"""

import logging
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import FrameType

import psycopg
from django.db import DatabaseError, InterfaceError, connection, transaction

from core import clock
from routing import actions, live
from routing.board import Board, Visitor
from routing.lines import Seat
from routing.link import Link
from routing.loading import (
    Entry,
    load_fullness,
    load_gates,
    load_items,
    load_seats,
    load_shares,
    load_waiting,
    load_ways,
    open_house,
)
from routing.match import Pair
from routing.models import Offer
from routing.notices import Notices
from routing.overflow import Rule
from routing.tallies import Changed, rebuild_tallies
from routing.values import Made
from routing.writes import run_here, write
from tenants.scope import labour_scope

log = logging.getLogger(__name__)

SWEEP_SECONDS = 1.0
GATE_SECONDS = 3.0
TALLIES_PART = 0.05  # of the leader's time, at most
RECONCILE_SECONDS = 15.0
RETRY_SECONDS = 0.025
BREATH_SECONDS = 0.02
PUSHES = 200
TALLIED = timedelta(days=2)  # what a new leader derives anew: today, wherever the brand is
FAILURES = (DatabaseError, InterfaceError, psycopg.Error)


def step(now: datetime) -> list[Made]:
    """Do once, here, all that the leader would do at `now`: expire, withdraw, match, write, tell.

    For tests, for the seed (with `now` in the past) and for whoever finds no leader. Part of the caller's
    transaction, if there is one.
    """
    actions.expire_offers(now)
    actions.withdraw_offers(now)
    with labour_scope(), transaction.atomic():
        house, _rules = open_house(run_here, now)
        board = Board(load_waiting(run_here), load_seats(now), load_shares(now), now=now, house=house)
        made = board.assign(lambda pairs, at: write(pairs, now=at, run=run_here), now=now)
        for offer in made:
            live.announce_offer(offer.agent_id, ref=offer.ref, brand_id=offer.brand_id)
    return made


class Router:
    """A process that leads or stands by until it is told to stop."""

    def __init__(self, *, pool_id: int | None = None) -> None:
        self.pool_id = pool_id
        self.stopping = self.leading = False
        self._ear, self._mouth = os.pipe()
        os.set_blocking(self._mouth, False)

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """End after the step at hand; safe in a signal handler."""
        self.stopping = True
        os.write(self._mouth, b".")

    def run(self) -> None:
        """Serve until stopped, through every restart of the database."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        pause = 0.1
        while not self.stopping:
            began = time.monotonic()
            try:
                with Link(pool_id=self.pool_id) as link:
                    self.serve(link)
            except FAILURES as error:
                log.warning("router: connection lost (%s), trying again", type(error).__name__)
                pause = 0.1 if time.monotonic() - began > 10 else min(pause * 2, 2.0)
                _forget_connections()
                self._nap(pause)
        log.info("router: stopped")

    def serve(self, link: Link) -> None:
        """Wait to be elected, then lead."""
        said = False
        while not self.stopping and not link.lead():
            if not said:
                log.info("router: standing by")
                said = True
            link.wait(SWEEP_SECONDS, or_for=self._ear)
        if not self.stopping:
            log.info("router: leading")
            try:
                leader = Leader(link)
                self.leading = True
                leader.lead(self)
            finally:
                self.leading = False

    def sleep(self, link: Link, seconds: float) -> None:
        link.wait(seconds, or_for=self._ear)

    def _nap(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < end:
            time.sleep(0.05)


class Leader:
    """One term in office: a board, and the notices that keep it true."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.notices = Notices()
        self.overflows: list[Rule] = []
        self.places: dict[Visitor, None] = {}
        self.changed = Changed()
        self.stirred = False
        self.board = self._read_all(clock.now())
        self.swept_at = self.read_at = self.tallied_until = time.monotonic()
        self.retry_at: float | None = None
        self.retry_seconds = RETRY_SECONDS
        self.retried: set[int] = set()
        actions.recount()
        rebuild_tallies(clock.now() - TALLIED, clock.now(), run=link.run)
        self._announce_anew(clock.now())

    def lead(self, router: Router) -> None:
        while not router.stopping:
            began = time.monotonic()
            self.turn()
            self.link.hear(self.notices)
            if self.notices:  # a busy leader takes a breath: what comes meanwhile is read together
                time.sleep(min(time.monotonic() - began, BREATH_SECONDS))
            else:
                router.sleep(self.link, self._until_next())

    def turn(self) -> list[Made]:
        """One round: what was heard, what can be assigned, what time has brought."""
        self.link.hear(self.notices)
        now = clock.now()
        self._read_noticed(now)
        made = self.board.assign(self._write, now=now)
        self.stirred |= bool(made)
        self._read_doubted()
        self._pass_time(now)
        return made

    def _write(self, pairs: Sequence[Pair], now: datetime) -> list[Made]:
        made = write(pairs, now=now, run=self.link.run)
        for offer in made:
            live.announce_offer(offer.agent_id, ref=offer.ref, brand_id=offer.brand_id)
        return made

    def _announce_anew(self, now: datetime) -> None:
        """Tell of all that rings: who led before may have been killed between a commit and its push."""
        with labour_scope():
            ringing = list(Offer.objects.ringing(now))
        for offer in ringing:
            live.announce_offer(offer.agent_id, ref=offer.ref, brand_id=offer.brand_id)

    def _read_all(self, now: datetime) -> Board:
        self.link.plan_anew()
        self.ways = load_ways()
        seats = load_seats(now, pool_id=self.link.pool_id, ways=self.ways)
        house, self.overflows = open_house(self.link.run, now)
        self.gated_at = time.monotonic()
        return Board(load_waiting(self.link.run), seats, load_shares(now), now=now, house=house)

    def _move_gates(self, now: datetime) -> None:
        """Look whether queues want help, or no more."""
        self.gated_at = time.monotonic()
        gates = load_gates(self.link.run, self.overflows, now)
        self.board.house = replace(self.board.house, gates=gates)

    def _read_noticed(self, now: datetime) -> None:
        heard, self.notices = self.notices, Notices()
        self.stirred |= bool(heard)
        self.changed.note(item.enqueued_at for item in heard.fresh)
        if heard.plans:
            self.board = self._read_all(now)
        for item in heard.fresh:
            self.board.take(Entry(item), now=now)
        self.changed.note(heard.ended.values())
        for item_id in heard.ended:
            self.board.forget(item_id)
        heard.items |= self.board.meant_for(heard.agents | heard.units)  # who held them is done
        if heard.items:
            self._read_items(heard.items, now)
        agents = heard.agents | self._read_units(heard.units - heard.agents)
        if agents:
            self._read_agents(agents, now)

    def _read_items(self, ids: set[int], now: datetime) -> None:
        entries = load_items(self.link.run, ids)
        self.changed.note(entry.item.enqueued_at for entry in entries)
        for entry in entries:
            self.board.take(entry, now=now)
        for item_id in ids - {entry.item.id for entry in entries}:
            self.board.forget(item_id)

    def _read_units(self, ids: set[int]) -> set[int]:
        """Read how full those who are known are; returns those of whom more has to be read."""
        if not ids or self.ways.counts_work:
            return ids
        seats = {agent_id: seat for agent_id in ids if (seat := self.board.known(agent_id))}
        for agent_id, seat in load_fullness(self.link.run, seats).items():
            self.board.seat(agent_id, seat)
        return ids - seats.keys()

    def _read_agents(self, ids: set[int], now: datetime) -> None:
        """Read them together: a flood of notices costs no more than one."""
        seats = load_seats(now, among=ids, pool_id=self.link.pool_id, ways=self.ways)
        for agent_id in ids:
            self._seat(agent_id, seats.get(agent_id), now)

    def _seat(self, agent_id: int, seat: Seat | None, now: datetime) -> None:
        known = self.board.seats.get(agent_id)
        self.board.seat(agent_id, seat)
        if seat is None and self.board.rings:
            actions.withdraw_offers(now, agent_id=agent_id)
        if (seat is None) != (known is None):
            self.board.moved |= set((seat or known).queues)  # type: ignore[union-attr]

    def _pass_time(self, now: datetime) -> None:
        self._expire(now)
        monotonic = time.monotonic()
        if monotonic - self.swept_at < SWEEP_SECONDS:
            return
        self.swept_at = monotonic
        if self.board.rings:
            actions.withdraw_offers(now)
        self._tell_places()
        self._tell_floor()
        if self.overflows and monotonic - self.gated_at >= GATE_SECONDS:
            self._move_gates(now)
        if monotonic - self.read_at >= RECONCILE_SECONDS:
            self._reconcile(now)

    def _expire(self, now: datetime) -> None:
        due = [item_id for item_id, at in self.board.rings.items() if at <= now]
        if due:
            actions.expire_offers(now)
            self.notices.items |= set(due)
            for item_id in due:
                del self.board.rings[item_id]

    def _read_doubted(self) -> None:
        """Read again, in a moment, what another was holding; the same later and later while it lasts."""
        monotonic, items = time.monotonic(), set(self.board.doubted_items)
        if not self.board.in_doubt:
            self.retry_at, self.retried = None, set()
        elif self.retry_at is None:
            lasts = bool(items & self.retried)
            self.retry_seconds = min(self.retry_seconds * 2, SWEEP_SECONDS) if lasts else RETRY_SECONDS
            self.retry_at = monotonic + self.retry_seconds
        elif monotonic >= self.retry_at:
            self.retry_at, self.retried = None, items
            self.notices.items |= items
            self.notices.agents |= set(self.board.doubted_agents)

    def _reconcile(self, now: datetime) -> None:
        self.read_at = time.monotonic()
        moved = self.board.moved
        self.board = self._read_all(now)
        self.board.moved |= moved
        if wrong := actions.recount():
            log.error("router: capacity of agents %s had drifted", sorted(wrong))
        connection.close()

    def _tell_places(self) -> None:
        """Tell who waits, at most once a second each, that the line moved."""
        for queue_id in self.board.moved:
            self.places |= dict.fromkeys(self.board.visitors(queue_id))
        self.board.moved.clear()
        for visitor in list(self.places)[:PUSHES]:
            del self.places[visitor]
            live.announce_place(visitor[0], visitor[1])

    def _tell_floor(self) -> None:
        """Derive the tallies of what changed, then say that the floor is to be looked at again.

        Many contacts of a quarter of an hour are long to add up: then it is done less often.
        """
        began = time.monotonic()
        if began >= self.tallied_until:
            self.stirred |= self.changed.derive(self.link.run)
            took = time.monotonic() - began
            self.tallied_until = began + took / TALLIES_PART
        if self.stirred:
            self.stirred = False
            live.announce_floor()

    def _until_next(self) -> float:
        """Seconds to the next timer."""
        seconds = SWEEP_SECONDS - (time.monotonic() - self.swept_at)
        if self.retry_at is not None:
            seconds = min(seconds, self.retry_at - time.monotonic())
        if ring := self.board.next_ring():
            seconds = min(seconds, (ring - clock.now()).total_seconds())
        return max(seconds, 0.0)


def _forget_connections() -> None:
    """Let no broken connection of Django's survive the failure."""
    connection.close()
    if connection.pool:  # type: ignore[attr-defined]
        connection.close_pool()  # type: ignore[attr-defined]
