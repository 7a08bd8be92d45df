"""The matcher alone: no database, no clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.lines import Lines, Route, Seat, Waiting
from routing.match import ASKED_AGAIN, LAST_AGENT, LONGEST_IDLE, RELAX_SECONDS, REST_SECONDS, Pair, match
from routing.shares import Shares

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ACME, GLOBEX = 1, 2


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def item(
    number: int, *, due: float = 60, brand: int = ACME, queue: int | None = None, **more: Any
) -> Waiting:
    values: dict[str, Any] = {"version": 1, "units": 34, "enqueued_at": at(due - 60)} | more
    return Waiting(id=number, brand_id=brand, queue_id=queue or brand * 10, order_key=at(due), **values)


def seat(
    agent: int, *, idle: float = 0, used: int = 0, queues: tuple[int, ...] = (10, 20), **more: Any
) -> Seat:
    routes = {queue: Route(1) for queue in queues}
    return Seat(agent_id=agent, used=used, cap=100, idle_since=at(-idle), queues=routes, **more)


def pairs(items: list[Waiting], seats: list[Seat], *, now: datetime = NOW, limit: int = 50) -> list[Pair]:
    return match(Lines(items), {s.agent_id: s for s in seats}, Shares(), now=now, limit=limit)


def who(items: list[Waiting], seats: list[Seat], **more: Any) -> list[tuple[int, int]]:
    return [(pair.item.id, pair.seat.agent_id) for pair in pairs(items, seats, **more)]


class DescribeOrder:
    def it_gives_what_is_due_first_to_who_idled_longest(self) -> None:
        waiting = [item(1, due=90), item(2, due=30), item(3, due=60)]
        assert who(waiting, [seat(7, idle=5), seat(8, idle=50)]) == [(2, 8), (3, 7)]

    def it_is_first_come_first_served_at_equal_key(self) -> None:
        assert who([item(5), item(4), item(6)], [seat(1)]) == [(4, 1)]

    def it_asks_who_has_no_work_before_who_has_some(self) -> None:
        assert who([item(1)], [seat(7, idle=500, used=34), seat(8, idle=1)]) == [(1, 8)]

    def it_asks_the_least_loaded_of_those_who_have_work(self) -> None:
        assert who([item(1)], [seat(7, used=50, idle=9), seat(8, used=34)]) == [(1, 8)]

    def it_gives_an_agent_one_item_a_batch(self) -> None:
        assert who([item(1), item(2)], [seat(7)]) == [(1, 7)]

    def it_stops_at_the_limit(self) -> None:
        waiting, ready = [item(n) for n in range(9)], [seat(n) for n in range(9)]
        assert len(who(waiting, ready, limit=4)) == 4

    def it_lets_nobody_wait_behind_what_nobody_can_take(self) -> None:
        assert who([item(1, due=1, queue=99), item(2)], [seat(7)]) == [(2, 7)]

    def it_leaves_out_who_has_no_room(self) -> None:
        assert who([item(1)], [seat(7, used=68)]) == []
        assert who([item(1, units=20)], [seat(7, used=68)]) == [(1, 7)]

    def it_asks_a_lower_rank_of_pool_first(self) -> None:
        helper = replace(seat(7, idle=900), queues={10: Route(2, rank=2)})
        assert who([item(1)], [helper, seat(8)]) == [(1, 8)]

    def it_asks_a_helping_pool_after_its_delay(self) -> None:
        helper = replace(seat(7), queues={10: Route(2, rank=2, delay_seconds=30)})
        waiting = [item(1, enqueued_at=NOW)]
        assert who(waiting, [helper], now=at(29)) == []
        assert who(waiting, [helper], now=at(30)) == [(1, 7)]

    def it_says_why(self) -> None:
        (pair,) = pairs([item(1)], [seat(7, idle=9), seat(8, idle=5), seat(9, idle=7)])
        assert (pair.why, pair.candidates, pair.pool_id) == (LONGEST_IDLE, 3, 1)
        assert [other.agent_id for other in pair.others] == [9, 8]


class DescribeLastAgent:
    known: ClassVar[dict[str, Any]] = {"last_agent_id": 7, "enqueued_at": NOW, "prefer_until": at(20)}

    def it_prefers_the_agent_the_customer_knows(self) -> None:
        (pair,) = pairs([item(1, **self.known)], [seat(8, idle=900), seat(7)])
        assert (pair.seat.agent_id, pair.why) == (7, LAST_AGENT)

    def it_waits_for_them_a_while_without_stopping_the_line(self) -> None:
        waiting = [item(1, **self.known), item(2, due=61)]
        assert who(waiting, [seat(7, used=100), seat(8)], now=at(19)) == [(2, 8)]
        assert who(waiting, [seat(7, used=100), seat(8)], now=at(20)) == [(1, 8)]

    def it_does_not_wait_for_who_is_not_there(self) -> None:
        assert who([item(1, **self.known)], [seat(8)]) == [(1, 8)]

    def it_does_not_wait_for_who_does_not_serve_the_queue(self) -> None:
        assert who([item(1, **self.known)], [seat(7, queues=(20,)), seat(8)]) == [(1, 8)]

    def it_does_not_insist_on_who_refused(self) -> None:
        refused = item(1, **self.known, refused={7: at(-60)})
        assert who([refused], [seat(7), seat(8)]) == [(1, 8)]


class DescribeRefusals:
    def it_asks_others_first(self) -> None:
        assert who([item(1, refused={7: at(-600)})], [seat(7, idle=900), seat(8)]) == [(1, 8)]

    def it_asks_again_when_nobody_else_is_free_and_they_have_rested(self) -> None:
        waiting = [item(1, refused={7: NOW})]
        ready = [seat(7), seat(8, used=100)]
        assert who(waiting, ready, now=at(REST_SECONDS - 1)) == []
        (pair,) = pairs(waiting, ready, now=at(REST_SECONDS))
        assert (pair.seat.agent_id, pair.why) == (7, ASKED_AGAIN)

    def it_gives_who_refused_the_next_one_instead(self) -> None:
        waiting = [item(1, due=10, refused={7: NOW}), item(2, due=20)]
        assert who(waiting, [seat(7)]) == [(2, 7)]


class DescribeSkills:
    def it_asks_for_the_level(self) -> None:
        wanted = item(1, skills={"sv": 3}, enqueued_at=NOW)
        ready = [seat(7, idle=900), seat(8, idle=90, skills={"sv": 2}), seat(9, skills={"sv": 3})]
        assert who([wanted], ready) == [(1, 9)]

    def it_asks_for_less_with_time(self) -> None:
        wanted = item(1, skills={"sv": 3}, enqueued_at=NOW)
        assert who([wanted], [seat(8, skills={"sv": 2})], now=at(RELAX_SECONDS - 1)) == []
        assert who([wanted], [seat(8, skills={"sv": 2})], now=at(RELAX_SECONDS)) == [(1, 8)]


class DescribeShares:
    def served(self, share: int | None, offers: int, *, flood: int = GLOBEX) -> dict[int, int]:
        """Offers made one by one while both wait, the flood always due earlier."""
        shares = Shares({(1, ACME): share} if share is not None else {})
        lines = Lines(
            [item(n, due=n, brand=flood) for n in range(1000)]
            + [item(n, due=9999) for n in range(2000, 3000)]
        )
        counts = {ACME: 0, GLOBEX: 0}
        for turn in range(offers):
            (pair,) = match(lines, {7: seat(7)}, shares, now=at(turn), limit=1)
            lines.drop(pair.item.id)
            counts[pair.item.brand_id] += 1
        return counts

    def it_keeps_a_flood_from_starving_the_others(self) -> None:
        assert self.served(None, 101) == {ACME: 25, GLOBEX: 76}

    def it_keeps_to_what_was_agreed(self) -> None:
        assert self.served(40, 101) == {ACME: 40, GLOBEX: 61}
        assert self.served(0, 100) == {ACME: 0, GLOBEX: 100}

    def it_says_that_it_was_for_the_share(self) -> None:
        shares = Shares()
        for _ in range(4):
            shares.note(NOW, pool_id=1, served=GLOBEX, waiting=(ACME, GLOBEX))
        lines = Lines([item(1, due=1, brand=GLOBEX), item(2, due=99)])
        (pair,) = match(lines, {7: seat(7)}, shares, now=NOW, limit=1)
        assert (pair.item.id, pair.fair, set(pair.waiting)) == (2, True, {ACME, GLOBEX})

    def it_saves_nothing_up_without_work_waiting(self) -> None:
        shares = Shares()
        for _ in range(500):
            shares.note(NOW, pool_id=1, served=GLOBEX, waiting=(GLOBEX,))
        assert not shares.owed

    def it_forgets_after_the_window(self) -> None:
        shares = Shares()
        for _ in range(10):
            shares.note(NOW, pool_id=1, served=GLOBEX, waiting=(ACME, GLOBEX))
        shares.forget(at(899))
        assert shares.owed == {(1, ACME): 2500}
        shares.forget(at(900))
        assert not shares.owed

    def it_does_not_stop_at_a_brand_nobody_free_serves(self) -> None:
        shares = Shares()
        for _ in range(10):
            shares.note(NOW, pool_id=1, served=GLOBEX, waiting=(ACME, GLOBEX))
        lines = Lines([item(1, due=1, brand=GLOBEX), item(2, due=99)])
        (pair,) = match(lines, {7: seat(7, queues=(20,))}, shares, now=NOW)
        assert pair.item.id == 1


ITEMS = st.builds(
    lambda number, due, brand, units, skilled, last, refused: item(
        number,
        due=due,
        brand=brand,
        units=units,
        skills={"sv": 2} if skilled else {},
        last_agent_id=last,
        prefer_until=at(5) if last else None,
        refused=dict.fromkeys(refused, NOW),
    ),
    number=st.integers(1, 400),
    due=st.integers(0, 5),
    brand=st.sampled_from([ACME, GLOBEX]),
    units=st.sampled_from([34, 100]),
    skilled=st.booleans(),
    last=st.none() | st.integers(1, 8),
    refused=st.sets(st.integers(1, 8), max_size=2),
)
SEATS = st.builds(
    lambda agent, idle, used, queues, level: seat(
        agent, idle=idle, used=used, queues=tuple(queues), skills={"sv": level}
    ),
    agent=st.integers(1, 12),
    idle=st.integers(0, 3),
    used=st.sampled_from([0, 34, 68, 100]),
    queues=st.sets(st.sampled_from([10, 20])),
    level=st.integers(0, 3),
)
WAITING = st.lists(ITEMS, max_size=25, unique_by=lambda waiting: waiting.id)
READY = st.lists(SEATS, max_size=10, unique_by=lambda ready: ready.agent_id)


def may(waiting: Waiting, ready: Seat) -> bool:
    able = all(ready.skills.get(code, 0) >= level for code, level in waiting.skills.items())
    return waiting.queue_id in ready.queues and ready.free >= waiting.units and able


def is_plain(waiting: Waiting) -> bool:
    return not (waiting.skills or waiting.refused or waiting.last_agent_id)


class DescribeProperties:
    @settings(max_examples=300, deadline=None)
    @given(WAITING, READY)
    def it_never_breaks_a_rule(self, waiting: list[Waiting], ready: list[Seat]) -> None:
        made = pairs(waiting, ready, now=at(-60))
        assert len({pair.item.id for pair in made}) == len(made)
        assert len({pair.seat.agent_id for pair in made}) == len(made)
        assert all(may(pair.item, pair.seat) for pair in made)
        assert not any(pair.seat.agent_id in pair.item.refused for pair in made)

    @settings(max_examples=300, deadline=None)
    @given(WAITING, READY)
    def it_leaves_no_plain_item_waiting_for_a_free_agent(
        self, waiting: list[Waiting], ready: list[Seat]
    ) -> None:
        made = pairs(waiting, ready)
        asked, given_out = {pair.seat.agent_id for pair in made}, {pair.item.id for pair in made}
        idle = [one for one in ready if one.agent_id not in asked]
        left = [one for one in waiting if one.id not in given_out and is_plain(one)]
        assert not [(one, free) for one in left for free in idle if may(one, free)]

    @settings(max_examples=300, deadline=None)
    @given(WAITING, READY)
    def it_overtakes_nobody_in_a_line(self, waiting: list[Waiting], ready: list[Seat]) -> None:
        made = {pair.item.id for pair in pairs(waiting, ready)}
        for line in {one.line for one in waiting}:
            plain = sorted((w for w in waiting if w.line == line and is_plain(w)), key=lambda w: w.place)
            taken = [one.id in made for one in plain]
            assert taken == sorted(taken, reverse=True)

    @settings(max_examples=200, deadline=None)
    @given(WAITING, READY, st.randoms(use_true_random=False))
    def it_does_not_depend_on_the_order_it_is_told_things(
        self, waiting: list[Waiting], ready: list[Seat], chance: Any
    ) -> None:
        before = who(waiting, ready)
        chance.shuffle(waiting)
        chance.shuffle(ready)
        assert who(waiting, ready) == before

    @settings(max_examples=200, deadline=None)
    @given(READY)
    def it_asks_nobody_while_somebody_idled_longer(self, ready: list[Seat]) -> None:
        made = pairs([item(1)], ready)
        able = [one for one in ready if 10 in one.queues and one.free >= 34]
        assert [pair.seat for pair in made] == sorted(able, key=lambda one: one.turn)[:1]


class DescribeLines:
    @settings(max_examples=200, deadline=None)
    @given(WAITING, st.lists(st.integers(1, 400), max_size=20))
    def it_stays_in_order_through_every_change(self, waiting: list[Waiting], dropped: list[int]) -> None:
        lines = Lines()
        for one in waiting:
            lines.put(one)
            lines.put(replace(one, version=2))
        for number in dropped:
            lines.drop(number)
        left = [replace(one, version=2) for one in waiting if one.id not in dropped]
        assert lines.places == Lines(left).places
        assert lines.items == {one.id: one for one in left}


def it_fills_everybody_who_has_room_in_a_large_house() -> None:
    """10,000 waiting, 1,000 agents with room for two each, 100 brands."""
    waiting = [item(n, due=n % 977, brand=n % 100, queue=n % 100 + 1) for n in range(10_000)]
    ready = [seat(n, queues=tuple((n * 7 + k) % 100 + 1 for k in range(6))) for n in range(1_000)]
    lines, seats = Lines(waiting), {one.agent_id: one for one in ready}
    made = 0
    while found := match(lines, seats, Shares(), now=NOW):
        made += len(found)
        for pair in found:
            lines.drop(pair.item.id)
            seats[pair.seat.agent_id] = replace(
                seats[pair.seat.agent_id], used=seats[pair.seat.agent_id].used + 34
            )
    assert made == 2000
