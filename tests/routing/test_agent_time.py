"""Agents' time by quarter of an hour: it adds up to the microsecond, is each client's own, and is restated
when the ledger is written to afterwards; killed anywhere, it comes to the same rows.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.actor import Actor
from accounts.choices import Role
from routing.actions import time_again, time_next
from routing.labour import MICRO, QUARTER, Book, Cell, Home, Key, Member, Times, home_at, quarter_of, times_of
from routing.models import AgentTime, Pool, PoolMember, TimedQuarter
from tenants.cards import BrandCard
from tests.factories import NOW, make_person
from workforce import actions
from workforce.ledger import Focus, Rule, Spells, State, Work, day_bounds, wall_seconds
from workforce.models import AvailabilityReason, Engagement, LedgerMark, ReasonTerm, StateInterval

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ACME, GLOBEX = 1, 2
FULL = 900 * MICRO
BOOK = Book(
    pools={1: "dedicated", 2: "shared", 3: "overflow"},
    reasons={"break": ("break", True), "meal": ("break", False), "training": ("training", True)},
    terms={("training", ACME): [(NINE + QUARTER, True), (NINE + 3 * QUARTER, False)]},
)
DAYS = (
    (date(2026, 3, 29), ZoneInfo("Europe/Stockholm"), 92),
    (date(2026, 10, 25), ZoneInfo("Europe/Stockholm"), 100),
    (date(2026, 10, 4), ZoneInfo("Australia/Adelaide"), 92),
    (date(2026, 3, 2), ZoneInfo("Australia/Adelaide"), 96),
)


class Killed(BaseException):
    """The writer dies here."""


@contextmanager
def dying(at: int) -> Iterator[None]:
    """Let the statement of that number, from 0, never reach the database."""
    left = [at]

    def count(execute: Callable[..., Any], *args: Any) -> Any:
        left[0] -= 1
        if left[0] == -1:
            raise Killed
        return execute(*args)

    with suppress(Killed), connection.execute_wrapper(count):
        yield


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def member(
    kind: str, brand_id: int | None = None, *, start: float = -600, end: float | None = None
) -> Member:
    return Member(at(start), None if end is None else at(end), kind, brand_id)


def made(
    *members: Member, states: Sequence[State] = (), works: Sequence[Work] = (), minutes: float = 60
) -> dict[Key, Times]:
    end = at(minutes)
    states = states or [State(NINE, None, "available")]
    spells = Spells(list(states), list(works), [], [(NINE, end, Rule.EQUAL)])
    return times_of(spells, members, BOOK, start=NINE, end=end)


def minutes_of(found: dict[Key, Times], *names: str) -> dict[Any, float]:
    """Add shares up by these parts of the cell, in minutes."""
    sums: dict[Any, float] = {}
    for (_quarter, cell), times in found.items():
        key = tuple(getattr(cell, name) for name in names)
        sums[key] = sums.get(key, 0) + times.share / MICRO / 60
    return sums


def work(start: float, end: float | None, *, brand: int = ACME, item: int = 1, **more: Any) -> Work:
    return Work(at(start), None if end is None else at(end), brand, 7, item, **more)


# ---- it adds up ----

INSTANTS = st.integers(-3_600_000_000, 26 * 3_600_000_000)


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, int | None]:
    begun = draw(INSTANTS)
    return begun, draw(st.none() | st.integers(begun + 1, begun + 3 * 3_600_000_000))


@st.composite
def lives(draw: st.DrawFn) -> tuple[Spells, list[Member], datetime, datetime]:
    day, zone, quarters = draw(st.sampled_from(DAYS))
    start, end = day_bounds(day, zone)
    assert (end - start) // QUARTER == quarters

    def spread(most: int) -> list[tuple[datetime, datetime | None]]:
        return [
            (start + timedelta(microseconds=a), None if b is None else start + timedelta(microseconds=b))
            for a, b in draw(st.lists(spans(), max_size=most))
        ]

    brands = st.sampled_from([ACME, GLOBEX])
    states = [
        State(a, b, *draw(st.sampled_from([("available", ""), ("away", "training"), ("offline", "")])),
              brand_id=draw(st.none() | brands))
        for a, b in spread(4)
    ]  # fmt: skip
    works = [
        Work(a, b, draw(brands), 7, n, draw(st.sampled_from(["handling", "hold"])),
             draw(st.sampled_from([None, 1, 2])), draw(st.booleans()))
        for n, (a, b) in enumerate(spread(6))
    ]  # fmt: skip
    focuses = [Focus(a, b, draw(st.integers(0, 6))) for a, b in spread(2)]
    members = [
        Member(a, b, *draw(st.sampled_from([("dedicated", ACME), ("dedicated", GLOBEX), ("shared", None)])))
        for a, b in spread(3)
    ]
    rule = draw(st.sampled_from(Rule))
    return Spells(states, works, focuses, [(start, end, rule)]), members, start, end


@given(lives())
@settings(max_examples=150)
def it_conserves_every_quarter_of_the_day(life: tuple[Spells, list[Member], datetime, datetime]) -> None:
    spells, members, start, end = life
    found = times_of(spells, members, BOOK, start=start, end=end)
    sums: dict[datetime, int] = {}
    for (quarter, _cell), times in found.items():
        sums[quarter] = sums.get(quarter, 0) + times.share
    assert set(sums.values()) <= {FULL}, "all brands and nobody: the quarter, to the microsecond"
    lived = {
        quarter_of(piece.start)
        for piece in spells.slices()
        if piece.work or (piece.state and piece.state.availability != "offline")
    }
    assert lived <= set(sums)


@given(lives())
@settings(max_examples=100)
def it_counts_sessions_in_full_and_what_is_busy_once(
    life: tuple[Spells, list[Member], datetime, datetime],
) -> None:
    spells, members, start, end = life
    found = times_of(spells, members, BOOK, start=start, end=end)
    clipped = [(max(one.start, start), min(one.end or end, end)) for one in spells.works]
    whole = sum(wall_seconds(a, b) * MICRO for a, b in clipped if a < b)
    assert sum(times.session for times in found.values()) == whole
    for brand_id in (ACME, GLOBEX):
        own = {key: times for key, times in found.items() if key[1].brand_id == brand_id}
        for quarter in {quarter for quarter, _cell in own}:
            side = [times for key, times in own.items() if key[0] == quarter and key[1].queue_id]
            real = [
                times for key, times in own.items()
                if key[0] == quarter and key[1].queue_id and not key[1].is_test
            ]  # fmt: skip
            assert sum(times.busy for times in real) <= FULL
            assert sum(times.busy for times in side) <= sum(times.session for times in side)


@given(lives())
@settings(max_examples=100)
def it_tells_one_client_the_same_whoever_the_other_is(
    life: tuple[Spells, list[Member], datetime, datetime],
) -> None:
    """Another client, another queue: what is Acme's stays to the microsecond."""
    spells, members, start, end = life

    def other(brand_id: int | None) -> int | None:
        return 3 if brand_id == GLOBEX else brand_id

    disguised = Spells(
        [replace(one, brand_id=other(one.brand_id)) for one in spells.states],
        [
            replace(one, brand_id=3, queue_id=8)
            if one.brand_id == GLOBEX else one
            for one in spells.works
        ],
        spells.focuses, spells.rules,
    )  # fmt: skip
    moved = [one._replace(brand_id=other(one.brand_id)) for one in members]
    plain = times_of(spells, members, BOOK, start=start, end=end)
    assert own(times_of(disguised, moved, BOOK, start=start, end=end)) == own(plain)


# ---- whose it is ----


class DescribeWhoseItIs:
    def it_gives_the_wait_of_a_dedicated_agent_to_the_client(self) -> None:
        found = made(member("dedicated", ACME))
        assert minutes_of(found, "brand_id", "pool_kind", "kind", "billable") == {
            (ACME, "dedicated", "waiting", True): 60
        }

    def it_gives_the_wait_in_a_shared_pool_to_nobody(self) -> None:
        found = made(member("shared"), works=[work(0, 20, pool_id=2)])
        assert minutes_of(found, "brand_id", "pool_kind", "kind") == {
            (ACME, "shared", "handling"): 20,
            (0, "shared", "waiting"): 40,
        }

    @pytest.mark.parametrize(
        ("members", "home"),
        [
            ([member("dedicated", ACME), member("overflow")], Home("dedicated", ACME)),
            ([member("dedicated", ACME), member("dedicated", ACME)], Home("dedicated", ACME)),
            ([member("dedicated", ACME), member("shared")], Home("dedicated", ACME)),
            ([member("shared"), member("overflow")], Home("shared", 0)),
            ([member("dedicated", ACME), member("dedicated", GLOBEX)], Home("dedicated", 0)),
            ([member("burst")], Home("burst", 0)),
            ([], Home("", 0)),
        ],
    )
    def it_knows_for_whom_somebody_was_kept_free(self, members: list[Member], home: Home) -> None:
        assert home_at(members, NINE) == home

    def it_cuts_where_the_agent_was_lent(self) -> None:
        members = [
            member("dedicated", ACME, end=10),
            member("dedicated", GLOBEX, start=10, end=40),
            member("dedicated", ACME, start=40),
        ]
        assert minutes_of(made(*members), "brand_id") == {(ACME,): 30, (GLOBEX,): 30}

    def it_bills_an_absence_as_it_was_agreed_then(self) -> None:
        states = [State(NINE, None, "away", "training", brand_id=ACME)]
        assert minutes_of(made(states=states), "brand_id", "reason", "billable", "paid") == {
            (ACME, "training", False, True): 30,
            (ACME, "training", True, True): 30,
        }

    def it_pays_no_meal_and_bills_no_break_without_a_term(self) -> None:
        states = [State(NINE, at(30), "away", "meal"), State(at(30), None, "away", "break")]
        assert minutes_of(made(member("dedicated", ACME), states=states), "reason", "billable", "paid") == {
            ("meal", False, False): 30,
            ("break", False, True): 30,
        }

    def it_keeps_tests_apart(self) -> None:
        found = made(works=[work(0, 30, is_test=True)], minutes=30)
        assert minutes_of(found, "brand_id", "is_test", "billable") == {(ACME, True, False): 30}

    def it_leaves_out_a_quarter_without_a_sign_of_life(self) -> None:
        states = [State(NINE, at(20), "available"), State(at(20), None, "offline")]
        found = made(states=states)
        assert {quarter for quarter, _cell in found} == {NINE, NINE + QUARTER}
        assert minutes_of(found, "kind") == {("waiting",): 20, ("offline",): 10}

    def it_says_the_same_of_one_client_whatever_was_done_for_another_before(self) -> None:
        works = [work(0, 10), work(5, 12, item=2)]
        alone = made(works=works, minutes=15)
        beside = made(works=[*works, work(12, 15, brand=GLOBEX, item=3)], minutes=15)
        assert own(alone) == own(beside)


def own(found: dict[Key, Times], brand_id: int = ACME) -> dict[Key, Times]:
    return {key: times for key, times in found.items() if key[1].brand_id == brand_id}


# ---- written ----


def settle(now: datetime) -> None:
    while time_next(now):
        pass


def rows() -> list[tuple[Any, ...]]:
    names = [field.name for field in AgentTime._meta.fields if field.name != "id"]
    return sorted(AgentTime.objects.values_list(*names), key=repr)


@pytest.fixture
def worked(ada: Actor, acme: BrandCard, globex: BrandCard) -> Actor:
    """Ada: an hour available, half an hour of it on one conversation of each brand, a break, offline."""

    def turn(to: str, seconds: float, reason: str | None = None) -> None:
        when = NOW + timedelta(seconds=seconds)
        actions.set_availability(ada.user_id, to=to, reason_code=reason, actor=ada, now=when)

    turn("available", 0)
    for item, card in ((1, acme), (2, globex)):
        when = NOW + timedelta(seconds=600)
        actions.engage(ada.user_id, brand_id=card.id, queue_id=1, work_item_id=item, now=when)
    for item in (1, 2):
        actions.disengage(ada.user_id, work_item_id=item, now=NOW + timedelta(seconds=2400))
    turn("away", 3600, "break")
    turn("offline", 4500)
    return ada


LATER = NOW + timedelta(hours=3)


class DescribeWriting:
    def it_writes_what_is_over_and_no_more(self, worked: Actor) -> None:
        assert time_next(NOW + timedelta(minutes=16)) == 0, "two minutes after it is over"
        assert time_next(NOW + timedelta(minutes=17)) == 1
        settle(LATER)
        assert TimedQuarter.objects.count() == 11
        assert set(AgentTime.objects.values_list("interval_start", flat=True)) == {
            NOW + n * QUARTER for n in range(5)
        }

    def it_adds_up_to_the_wall_time(self, worked: Actor, acme: BrandCard, globex: BrandCard) -> None:
        settle(LATER)
        sums: dict[Any, int] = {}
        for brand_id, share in AgentTime.objects.values_list("brand_id", "share_us"):
            sums[brand_id] = sums.get(brand_id, 0) + share
        assert sums == {acme.id: FULL, globex.id: FULL, None: 3 * FULL}

    def it_is_the_same_when_it_is_written_again(self, worked: Actor) -> None:
        settle(LATER)
        before = rows()
        AgentTime.objects.filter(pk__in=AgentTime.objects.values("pk")[:3]).delete()
        for _done in time_again(NOW, LATER):
            pass
        assert rows() == before

    @pytest.mark.parametrize("death", range(0, 24, 3))
    def it_comes_to_the_same_rows_wherever_it_dies(self, worked: Actor, death: int) -> None:
        for minutes in (20, 50, 180):
            with dying(death):
                time_next(NOW + timedelta(minutes=minutes))
        settle(LATER)
        killed = rows()
        for _done in time_again(NOW, LATER):
            pass
        assert rows() == killed
        assert sum(row[-3] for row in killed) == 5 * FULL

    def it_restates_what_is_corrected(self, worked: Actor, acme: BrandCard) -> None:
        settle(LATER)
        boss = make_person("lead@example.test", (Role.OPERATOR, None))
        actions.correct(
            worked.user_id, start=NOW + timedelta(minutes=60), end=NOW + timedelta(minutes=75),
            availability="away", reason_code="training", brand_id=acme.id, words="was a training",
            actor=boss, now=LATER,
        )  # fmt: skip
        assert time_next(LATER) > 0
        settle(LATER)
        row = AgentTime.objects.get(interval_start=NOW + timedelta(minutes=60))
        assert (row.brand_id, row.kind, row.share_us) == (acme.id, "training", FULL)
        assert not LedgerMark.objects.exists()

    def it_restates_an_interval_that_was_ended_late(self, ada: Actor, acme: BrandCard) -> None:
        actions.set_availability(ada.user_id, to="available", reason_code=None, actor=ada, now=NOW)
        actions.engage(ada.user_id, brand_id=acme.id, queue_id=1, work_item_id=1, now=NOW)
        settle(LATER)
        assert set(AgentTime.objects.values_list("kind", flat=True)) == {"handling"}
        actions.disengage(ada.user_id, work_item_id=1, worked_until=NOW + timedelta(minutes=20), now=LATER)
        settle(LATER)
        handled = AgentTime.objects.filter(kind="handling").values_list("share_us", flat=True)
        assert sum(handled) == 1200 * MICRO

    def it_restates_what_a_client_pays_from_that_day_on(self, worked: Actor, acme: BrandCard) -> None:
        pool = Pool.objects.create(name="Acme's", kind="dedicated", brand_id=acme.id)
        settle(LATER)
        PoolMember.objects.create(pool=pool, agent_id=worked.user_id, valid_from=NOW)
        settle(LATER)
        breaks = AgentTime.objects.filter(kind="break")
        assert list(breaks.values_list("brand_id", "pool_kind", "billable")) == [
            (acme.id, "dedicated", False)
        ]
        reason = AvailabilityReason.objects.get(code="break")
        ReasonTerm.objects.create(reason=reason, brand_id=acme.id, billable=True, valid_from=NOW)
        settle(LATER)
        assert list(breaks.values_list("brand_id", "billable")) == [(acme.id, True)]

    def it_marks_nothing_for_what_is_written_in_time(self, ada: Actor) -> None:
        now = datetime.now(UTC) + timedelta(hours=1)  # no quarter is over before it is written
        LedgerMark.objects.all().delete()
        StateInterval.objects.filter(agent_id=ada.user_id).delete()
        LedgerMark.objects.all().delete()
        row = StateInterval.objects.create(
            agent_id=ada.user_id, availability="available", connected=True, started_at=now
        )
        row.ended_at = now + timedelta(seconds=5)
        row.save(update_fields=["ended_at"])
        Engagement.objects.create(
            agent_id=ada.user_id, brand_id=1, queue_id=1, work_item_id=1, kind="handling", started_at=now
        )
        row.availability = "away"
        row.save()
        assert not LedgerMark.objects.exists()


def test_cells_are_ordered_alike() -> None:
    assert Cell(0, 0, "", "waiting", "", False, True, False) < Cell(1, 0, "", "break", "", False, True, False)
