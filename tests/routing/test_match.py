"""The matcher alone: no database, no clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.choosing import ARM_HELD_OUT, ARM_SCORED, ASKED_AGAIN, BEST_SCORE, LAST_AGENT, REST_SECONDS
from routing.explain import explain
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
from routing.match import Pair, match
from routing.shares import Shares
from workforce.needs import need_of

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


def pairs(
    items: list[Waiting],
    seats: list[Seat],
    *,
    now: datetime = NOW,
    limit: int = 50,
    house: House = House(),  # noqa: B008 - frozen
) -> list[Pair]:
    return match(Lines(items), {s.agent_id: s for s in seats}, Shares(), now=now, limit=limit, house=house)


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

    def it_does_not_wait_for_who_could_not_take_it_anyway(self) -> None:
        skilled = item(1, **self.known, need=need_of("sv"))
        assert who([skilled], [seat(7), seat(8, skills={"sv": 1})]) == [(1, 8)]
        chat = item(1, **self.known, channel="webchat")
        assert who([chat], [seat(7, limits={"webchat": 0}), seat(8)]) == [(1, 8)]

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
        wanted = item(1, need=need_of("sv >= 3"), enqueued_at=NOW)
        ready = [seat(7, idle=900), seat(8, idle=90, skills={"sv": 2}), seat(9, skills={"sv": 3})]
        assert who([wanted], ready) == [(1, 9)]

    def it_asks_for_less_with_time(self) -> None:
        wanted = item(1, need=need_of("sv >= 3 [20s: 2]"), enqueued_at=NOW)
        assert who([wanted], [seat(8, skills={"sv": 2})], now=at(19)) == []
        (pair,) = pairs([wanted], [seat(8, skills={"sv": 2})], now=at(20))
        assert (pair.seat.agent_id, pair.stage) == (8, 1)

    def it_lets_nobody_wait_behind_a_skill_that_nobody_has(self) -> None:
        waiting = [item(1, need=need_of("sv"), due=1), item(2, due=60), item(3, need=need_of("fi"), due=90)]
        assert who(waiting, [seat(7), seat(8, skills={"fi": 1})]) == [(2, 7), (3, 8)]


class DescribeLimits:
    chat: ClassVar[dict[str, Any]] = {"channel": "webchat"}

    def it_keeps_to_the_limit_of_a_channel(self) -> None:
        full = seat(7, idle=900, held={"webchat": 2}, limits={"webchat": 2})
        assert who([item(1, **self.chat)], [full, seat(8)]) == [(1, 8)]
        assert who([item(1, channel="mail")], [full]) == [(1, 7)]

    def it_never_asks_for_a_channel_that_they_do_not_do(self) -> None:
        assert who([item(1, **self.chat)], [seat(7, limits={"webchat": 0})]) == []

    def it_keeps_to_the_limit_of_a_brand(self) -> None:
        busy = seat(7, held={brand_mark(ACME): 1}, limits={brand_mark(ACME): 1})
        assert who([item(1), item(2, brand=GLOBEX, due=99)], [busy]) == [(2, 7)]

    def it_interrupts_no_work_that_bars_the_channel(self) -> None:
        house = House(bars=frozenset({("voice", "webchat")}))
        waiting, talking = [item(1, **self.chat)], seat(7, idle=900, held={"voice": 1})
        assert who(waiting, [talking, seat(8)], house=house) == [(1, 8)]
        assert who(waiting, [talking], house=house) == []
        assert who(waiting, [seat(7, held={"mail": 1})], house=house) == [(1, 7)]

    def it_counts_what_it_has_just_given(self) -> None:
        after = seat(7, limits={"webchat": 1}).with_item(item(1, **self.chat))
        assert (after.used, dict(after.held)) == (34, {"webchat": 1, "b1": 1})
        assert who([item(2, **self.chat)], [after]) == []


class DescribeManners:
    def asked(self, manner: Manner, *seats: Seat, **more: Any) -> int:
        house = House(manners={10: manner})
        ((_item, agent),) = who([item(1, **more)], list(seats), house=house)
        return agent

    def it_asks_who_worked_least_of_the_last_hour(self) -> None:
        manner = Manner(LEAST_OCCUPIED)
        assert self.asked(manner, seat(7, idle=900, occupancy=0.8), seat(8, occupancy=0.2)) == 8

    def it_asks_who_can_do_most_of_what_is_asked(self) -> None:
        manner = Manner(PROFICIENCY)
        wanted = need_of("sv >= 2 or fi")
        ready = seat(7, idle=900, skills={"sv": 2}), seat(8, skills={"sv": 3, "fi": 1})
        assert self.asked(manner, *ready, need=wanted) == 8
        assert self.asked(manner, *ready) == 7

    def it_asks_a_lower_rank_first_whatever_the_manner(self) -> None:
        helper = replace(seat(7, occupancy=0.1), queues={10: Route(2, rank=2)})
        for manner in (
            Manner(LEAST_OCCUPIED),
            Manner(score=lambda _item, seats: [9.0 - s.used for s in seats]),
        ):
            assert self.asked(manner, helper, seat(8, occupancy=0.9, used=34)) == 8

    def it_asks_who_scores_best_and_keeps_the_scores(self) -> None:
        manner = Manner(score=lambda _item, seats: [float(one.agent_id) for one in seats])
        (pair,) = pairs([item(1)], [seat(7, idle=900), seat(8), seat(9)], house=House(manners={10: manner}))
        assert (pair.seat.agent_id, pair.why, pair.arm) == (9, BEST_SCORE, ARM_SCORED)
        assert (pair.scores, [one.agent_id for one in pair.others]) == ((9.0, 8.0, 7.0), [8, 7])

    def it_falls_back_on_the_strategy_and_says_why(self) -> None:
        manner = Manner(LONGEST_IDLE, score=lambda _item, _seats: "late")
        (pair,) = pairs([item(1)], [seat(7, idle=900), seat(8)], house=House(manners={10: manner}))
        assert (pair.seat.agent_id, pair.why, pair.arm) == (7, LONGEST_IDLE, "late")

    def it_holds_a_share_out_to_compare_by(self) -> None:
        manner = Manner(score=lambda _item, seats: [float(one.agent_id) for one in seats], holdout=20)
        house, arms = House(manners={10: manner}), []
        for number in range(1, 1001):
            (pair,) = pairs([item(number)], [seat(7, idle=900), seat(8)], house=house)
            arms.append(pair.arm)
            assert pair.seat.agent_id == (7 if pair.arm == ARM_HELD_OUT else 8)
        assert 150 < arms.count(ARM_HELD_OUT) < 250


class DescribeOverflow:
    helper = replace(seat(7), queues={10: Route(2, rank=2, gates=frozenset({5}))})

    def it_asks_who_helps_out_only_while_the_gate_is_open(self) -> None:
        assert who([item(1)], [self.helper]) == []
        (pair,) = pairs([item(1)], [self.helper], house=House(gates=frozenset({5})))
        assert (pair.seat.agent_id, set(pair.gates)) == (7, {5})

    def it_asks_its_own_agents_before_them(self) -> None:
        assert who([item(1)], [self.helper, seat(8)], house=House(gates=frozenset({5}))) == [(1, 8)]


class DescribeExplain:
    def it_says_what_stands_between(self) -> None:
        house = House(bars=frozenset({("voice", "webchat")}), gates=frozenset({5}))
        wanted = item(1, channel="webchat", need=need_of("sv"), enqueued_at=NOW, refused={9: NOW})
        able: dict[str, Any] = {"skills": {"sv": 1}}
        ready = [
            seat(1, queues=(20,)), seat(2), seat(3, used=99, **able), seat(4, held={"voice": 1}, **able),
            seat(5, limits={"webchat": 0}, **able), seat(6, limits={brand_mark(ACME): 0}, **able),
            replace(seat(7, **able), queues={10: Route(1, delay_seconds=30)}),
            replace(seat(8, **able), queues={10: Route(1, gates=frozenset({6}))}), seat(9, **able),
            seat(10, **able),
        ]  # fmt: skip
        told = explain(wanted, {one.agent_id: one for one in ready}, now=NOW, house=house)
        assert {verdict.agent_id: verdict.word for verdict in told} == {
            1: "pool", 2: "skill", 3: "full", 4: "interrupted", 5: "channel", 6: "brand", 7: "later",
            8: "overflow", 9: "refused", 10: "free",
        }  # fmt: skip

    def it_says_that_it_is_kept_for_the_last_agent(self) -> None:
        known = item(1, last_agent_id=7, prefer_until=at(20), enqueued_at=NOW)
        told = explain(known, {7: seat(7, used=99), 8: seat(8)}, now=NOW, house=House())
        assert [verdict.word for verdict in told] == ["kept", "full"]


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


NEEDS = (
    "", "sv >= 2", "sv >= 3 [30s: 2, 70s: 0]", "sv or fi >= 2", "sv and not new", "(sv and fi) [50s: 0]",
)  # fmt: skip
CHANNELS = ("webchat", "mail", "voice")
ITEMS = st.builds(
    lambda number, due, brand, units, need, channel, last, refused: item(
        number,
        due=due,
        brand=brand,
        units=units,
        need=need_of(need),
        channel=channel,
        last_agent_id=last,
        prefer_until=at(5) if last else None,
        refused=dict.fromkeys(refused, NOW),
    ),
    number=st.integers(1, 400),
    due=st.integers(0, 5),
    brand=st.sampled_from([ACME, GLOBEX]),
    units=st.sampled_from([34, 100]),
    need=st.sampled_from(NEEDS),
    channel=st.sampled_from(CHANNELS),
    last=st.none() | st.integers(1, 8),
    refused=st.sets(st.integers(1, 8), max_size=2),
)
SKILLS = st.dictionaries(st.sampled_from(["sv", "fi", "new"]), st.integers(1, 5))
MARKS = st.sampled_from([*CHANNELS, brand_mark(ACME), brand_mark(GLOBEX)])
SEATS = st.builds(
    lambda agent, idle, used, queues, skills, held, limits: seat(
        agent, idle=idle, used=used, queues=tuple(queues), skills=skills, held=held, limits=limits
    ),
    agent=st.integers(1, 12),
    idle=st.integers(0, 3),
    used=st.sampled_from([0, 34, 68, 100]),
    queues=st.sets(st.sampled_from([10, 20])),
    skills=SKILLS,
    held=st.dictionaries(MARKS, st.integers(1, 2), max_size=2),
    limits=st.dictionaries(MARKS, st.integers(0, 2), max_size=2),
)
HOUSES = st.builds(
    lambda strategy, bars: House(
        manners={
            10: Manner(strategy),
            20: Manner(strategy, lambda _item, seats: [s.used for s in seats], 50),
        },
        bars=frozenset(bars),
    ),
    strategy=st.sampled_from([LONGEST_IDLE, LEAST_OCCUPIED, PROFICIENCY]),
    bars=st.sets(st.tuples(st.sampled_from(CHANNELS), st.sampled_from(CHANNELS)), max_size=3),
)
WAITING = st.lists(ITEMS, max_size=25, unique_by=lambda waiting: waiting.id)
READY = st.lists(SEATS, max_size=10, unique_by=lambda ready: ready.agent_id)


def may(waiting: Waiting, ready: Seat, house: House, now: datetime = NOW) -> bool:
    """The rules once more, in other words than the matcher's."""
    waited = (now - waiting.enqueued_at).total_seconds()
    need = waiting.need
    able = need is None or need.is_met(ready.skills, sum(after <= waited for after in need.stages))
    marks = (waiting.channel, brand_mark(waiting.brand_id))
    room = all(ready.held.get(mark, 0) + 1 <= ready.limits.get(mark, 99) for mark in marks)
    quiet = not {(doing, waiting.channel) for doing in ready.held} & house.bars
    return waiting.queue_id in ready.queues and ready.free >= waiting.units and able and room and quiet


def is_plain(waiting: Waiting) -> bool:
    return not (waiting.refused or waiting.last_agent_id)


class DescribeProperties:
    @settings(max_examples=300, deadline=None)
    @given(WAITING, READY, HOUSES)
    def it_never_breaks_a_rule(self, waiting: list[Waiting], ready: list[Seat], house: House) -> None:
        """Not over capacity or a limit, not without the skill, nobody twice, nobody who refused."""
        made = pairs(waiting, ready, now=at(-60), house=house)
        assert len({pair.item.id for pair in made}) == len(made)
        assert len({pair.seat.agent_id for pair in made}) == len(made)
        assert all(may(pair.item, pair.seat, house, at(-60)) for pair in made)
        assert not any(pair.seat.agent_id in pair.item.refused for pair in made)

    @settings(max_examples=300, deadline=None)
    @given(WAITING, READY, HOUSES)
    def it_leaves_nobody_waiting_beside_a_free_agent_who_may(
        self, waiting: list[Waiting], ready: list[Seat], house: House
    ) -> None:
        made = pairs(waiting, ready, house=house)
        asked, given_out = {pair.seat.agent_id for pair in made}, {pair.item.id for pair in made}
        idle = [one for one in ready if one.agent_id not in asked]
        left = [one for one in waiting if one.id not in given_out and is_plain(one)]
        assert not [(one, free) for one in left for free in idle if may(one, free, house)]

    @settings(max_examples=300, deadline=None)
    @given(WAITING, READY, HOUSES)
    def it_overtakes_nobody_who_asks_for_the_same(
        self, waiting: list[Waiting], ready: list[Seat], house: House
    ) -> None:
        made = {pair.item.id for pair in pairs(waiting, ready, now=at(300), house=house)}
        for line in {one.line for one in waiting}:
            plain = sorted((w for w in waiting if w.line == line and is_plain(w)), key=lambda w: w.place)
            taken = [one.id in made for one in plain]
            assert taken == sorted(taken, reverse=True)

    @settings(max_examples=200, deadline=None)
    @given(ITEMS, READY, HOUSES)
    def it_explains_by_the_rules_it_goes_by(self, waiting: Waiting, ready: list[Seat], house: House) -> None:
        """Alone with an item, an agent is asked for it if and only if nothing stands between."""
        told = {one.agent_id: explain(waiting, {one.agent_id: one}, now=NOW, house=house) for one in ready}
        for one in ready:
            (verdict,) = told[one.agent_id]
            asked = bool(pairs([waiting], [one], house=house)) or one.agent_id in waiting.refused
            assert asked or verdict.word not in {"free"}
            assert not pairs([waiting], [one], house=house) or verdict.word == "free"

    @settings(max_examples=300, deadline=None)
    @given(WAITING, READY, HOUSES, st.integers(0, 90), st.integers(0, 90))
    def it_closes_nobody_out_by_waiting(
        self, waiting: list[Waiting], ready: list[Seat], house: House, waited: int, longer: int
    ) -> None:
        """Who may be asked for an item may be asked for it later, and alone is asked then too."""
        for one in filter(is_plain, waiting):
            first = pairs([one], ready, now=at(waited), house=house)
            then = pairs([one], ready, now=at(waited + longer), house=house)
            assert bool(then) >= bool(first)

    @settings(max_examples=300, deadline=None)
    @given(WAITING, READY, HOUSES)
    def it_serves_no_two_in_the_wrong_order(
        self, waiting: list[Waiting], ready: list[Seat], house: House
    ) -> None:
        """Over all lines: whoever got an agent, nobody who is due before could have had that agent."""
        made = pairs(waiting, ready, now=at(300), house=house)
        served = {pair.item.id for pair in made}
        left = [one for one in waiting if one.id not in served and is_plain(one)]
        wrong = [
            (one.id, pair.item.id)
            for pair in made
            for one in left
            if one.place < pair.item.place and may(one, pair.seat, house, at(300))
        ]
        assert wrong == []

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
        able = [one for one in ready if may(item(1), one, House())]
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
