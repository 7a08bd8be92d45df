"""The matcher alone, its rules all on: pairs per CPU-second, and what a pair is in pushes and pops of a heap.

One process, no database. The house: LARGE waiting, AGENTS agents with room for two each, QUEUES queues of as
many brands. A third of the items asks for skills with steps, agents have limits of channel and brand, one
channel bars another, and queues choose by all three strategies in turn.
"""

import heapq
import random
import statistics
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bench.harness import Row, bootstrap, row
from routing.lines import (
    LEAST_OCCUPIED,
    LONGEST_IDLE,
    PROFICIENCY,
    House,
    Lines,
    Manner,
    Route,
    Seat,
    Waiting,
    brand_mark,
)
from routing.match import match
from routing.shares import Shares
from workforce.needs import need_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LARGE, AGENTS, QUEUES, UNITS = 10_000, 1_000, 100, 34
ROUNDS = 7
LEAST = 20_000
NEEDS = ("swedish >= 3 [20s: 2, 60s: 0]", "billing or refunds >= 2", "swedish and not trainee")
STRATEGIES = (LONGEST_IDLE, LEAST_OCCUPIED, PROFICIENCY)


def rows() -> list[Row]:
    """Take the figures that need no stack."""
    return speed_rows()


def speed_rows() -> list[Row]:
    """Match the house and run a bare heap of as many pushes and pops, in turns."""
    taken: list[tuple[float, float, int]] = []
    for turn in range(ROUNDS):
        pair = (_matched, _heaped) if turn % 2 == 0 else (_heaped, _matched)
        found = {run.__name__: run() for run in pair}
        seconds, pairs = found["_matched"]
        taken.append((seconds, found["_heaped"][0], pairs))
    rate = statistics.median(pairs / seconds for seconds, _heap, pairs in taken)
    ratio, low, high = bootstrap([(seconds / pairs) / (heap / LARGE) for seconds, heap, pairs in taken])
    plain, _pairs = _matched(plain=True)
    words = (
        f"{taken[0][2]} pairs; a pair is {ratio:.1f} ({low:.1f} to {high:.1f}) pushes and pops of a bare heap"
    )
    return [
        row(
            "routing", "match_pairs_per_cpu_s", rate, "1/s", ratio=ratio, target=f">= {LEAST}",
            holds=rate >= LEAST, detail=f"{words}; without any rule {_pairs / plain:.0f} pairs a CPU-second",
        )
    ]  # fmt: skip


def _matched(*, plain: bool = False) -> tuple[float, int]:
    """Return the CPU-seconds of matching the whole house batch by batch, and how many pairs it gave.

    What the leader does with the pairs (lines and seats as they are then) is not counted.
    """
    lines, seats, house = _house(plain=plain)
    shares, made, spent = Shares(), 0, 0.0
    while True:
        began = time.process_time()
        pairs = match(lines, seats, shares, now=NOW, house=house)
        spent += time.process_time() - began
        if not pairs:
            return spent, made
        made += len(pairs)
        for pair in pairs:
            lines.drop(pair.item.id)
            seats[pair.seat.agent_id] = seats[pair.seat.agent_id].with_item(pair.item)


def _heaped() -> tuple[float, int]:
    """Return the CPU-seconds of as many pushes and pops of keys such as the lines have."""
    rng = random.Random(7)
    keys = [(NOW + timedelta(seconds=rng.random() * 900), number) for number in range(LARGE)]
    began = time.process_time()
    heap: list[tuple[datetime, int]] = []
    for key in keys:
        heapq.heappush(heap, key)
    while heap:
        heapq.heappop(heap)
    return time.process_time() - began, LARGE


def _house(*, plain: bool) -> tuple[Lines, dict[int, Seat], House]:
    rng = random.Random(7)
    items = [_item(number, rng, plain=plain) for number in range(LARGE)]
    seats = {number: _seat(number, rng, plain=plain) for number in range(AGENTS)}
    if plain:
        return Lines(items), seats, House()
    manners = {queue: Manner(STRATEGIES[queue % 3]) for queue in range(1, QUEUES + 1)}
    return Lines(items), seats, House(manners=manners, bars=frozenset({("voice", "webchat")}))


def crowd_of(waiting: int, agents: int) -> tuple[list[Waiting], dict[int, Seat], House, datetime]:
    """Return a house of that size, all rules on, and its instant."""
    rng = random.Random(7)
    items = [
        replace(_item(number, rng, plain=False), interaction_ref=UUID(int=number))
        for number in range(waiting)
    ]
    seats = {number: _seat(number, rng, plain=False) for number in range(agents)}
    manners = {queue: Manner(STRATEGIES[queue % 3]) for queue in range(1, QUEUES + 1)}
    return items, seats, House(manners=manners, bars=frozenset({("voice", "webchat")})), NOW


def _item(number: int, rng: random.Random, *, plain: bool) -> Waiting:
    queue = number % QUEUES + 1
    waited = rng.random() * 90
    return Waiting(
        id=number, version=1, brand_id=queue, queue_id=queue, order_key=NOW + timedelta(seconds=60 - waited),
        enqueued_at=NOW - timedelta(seconds=waited), units=UNITS, channel="webchat",
        need=None if plain or number % 3 else need_of(NEEDS[number // 3 % len(NEEDS)]),
    )  # fmt: skip


def _seat(number: int, rng: random.Random, *, plain: bool) -> Seat:
    queues = {(number * 7 + step) % QUEUES + 1: Route(1, step % 2 + 1) for step in range(6)}
    skills = {code: rng.randint(1, 5) for code in ("swedish", "billing", "refunds") if rng.random() < 0.7}
    limits = {} if plain else {"webchat": 2, brand_mark(next(iter(queues))): 1}
    return Seat(
        agent_id=number, used=0, cap=68, idle_since=NOW - timedelta(seconds=rng.random() * 600),
        queues=queues, skills=skills, limits=limits, occupancy=rng.random(),
    )  # fmt: skip
