"""The time ledger conserves: whatever happened, the seconds of a period add up to the period."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workforce.ledger import (
    Focus,
    Kind,
    Rule,
    Slice,
    State,
    Work,
    day_bounds,
    rules_within,
    seconds_by_brand,
    share_out,
    wall_seconds,
)

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ACME, GLOBEX = 1, 2
STOCKHOLM, ADELAIDE = ZoneInfo("Europe/Stockholm"), ZoneInfo("Australia/Adelaide")


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def work(
    start: float, end: float | None, *, brand: int = ACME, item: int = 1, kind: str = "handling"
) -> Work:
    return Work(at(start), None if end is None else at(end), brand, 7, item, kind)


def share(minutes: float = 60, **spells: Any) -> list[Slice]:
    given_or_idle = {"states": [State(NINE, None, "available")], "works": []} | spells
    return share_out(start=NINE, end=at(minutes), **given_or_idle)


class DescribeShares:
    def it_gives_a_lone_engagement_all_of_its_time(self) -> None:
        totals = seconds_by_brand(share(works=[work(10, 25)]))
        assert totals == {None: 45 * 60, ACME: 15 * 60}

    def it_shares_three_concurrent_chats_equally(self) -> None:
        works = [work(0, 10, item=1), work(0, 10, item=2, brand=GLOBEX), work(0, 10, item=3, brand=GLOBEX)]
        totals = seconds_by_brand(share(10, works=works))
        assert totals == {ACME: Fraction(600, 3), GLOBEX: Fraction(1200, 3)}

    def it_keeps_thirds_of_a_microsecond_exact(self) -> None:
        end = NINE + timedelta(microseconds=1)
        works = [Work(NINE, end, brand, 7, brand) for brand in (1, 2, 3)]
        slices = share_out(states=[], works=works, start=NINE, end=end)
        assert [piece.seconds for piece in slices] == [Fraction(1, 3_000_000)] * 3

    def it_gives_all_to_the_item_in_front_by_focus(self) -> None:
        works = [work(0, 10, item=1), work(0, 10, item=2, brand=GLOBEX)]
        totals = seconds_by_brand(share(10, works=works, focuses=[Focus(NINE, at(4), 2)], rule=Rule.FOCUS))
        assert totals == {GLOBEX: 240 + 180, ACME: 180}

    def it_shares_equally_when_the_item_in_front_is_not_being_worked_on(self) -> None:
        works = [work(0, 10, item=1), work(0, 10, item=2, brand=GLOBEX)]
        totals = seconds_by_brand(share(10, works=works, focuses=[Focus(NINE, None, 9)], rule=Rule.FOCUS))
        assert totals == {GLOBEX: 300, ACME: 300}

    def it_gives_a_wait_to_the_brand_it_was_dedicated_to(self) -> None:
        states = [State(NINE, at(30), "available", brand_id=ACME), State(at(30), None, "available")]
        assert seconds_by_brand(share(states=states)) == {ACME: 1800, None: 1800}

    def it_gives_work_to_its_brand_even_in_a_training_for_another(self) -> None:
        states = [State(NINE, None, "away", "training", brand_id=ACME)]
        assert seconds_by_brand(share(states=states, works=[work(0, 20, brand=GLOBEX)])) == {
            GLOBEX: 1200,
            ACME: 2400,
        }

    def it_says_unknown_where_no_state_was_written(self) -> None:
        slices = share(states=[State(at(15), None, "offline")])
        assert [(piece.kind, int(piece.seconds)) for piece in slices] == [
            (Kind.UNKNOWN, 900),
            (Kind.STATE, 2700),
        ]

    def it_lets_a_correction_laid_over_an_interval_win(self) -> None:
        states = [State(NINE, at(60), "away", "break"), State(at(10), at(20), "away", "meeting")]
        reasons = [(piece.state.reason, int(piece.seconds)) for piece in share(states=states) if piece.state]
        assert reasons == [("break", 600), ("meeting", 600), ("break", 2400)]

    def it_knows_wrap_up_from_handling(self) -> None:
        slices = share(20, works=[work(0, 15), work(15, 20, kind="wrap_up")])
        assert [(piece.kind, int(piece.seconds)) for piece in slices] == [("handling", 900), ("wrap_up", 300)]

    def it_gives_nothing_for_an_empty_period(self) -> None:
        assert share(0) == []


INSTANTS = st.integers(min_value=-3_600_000_000, max_value=30 * 3_600_000_000)


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, int | None]:
    begun = draw(INSTANTS)
    return begun, draw(st.none() | st.integers(min_value=begun, max_value=begun + 8 * 3_600_000_000))


@st.composite
def days(draw: st.DrawFn) -> tuple[datetime, datetime]:
    day, zone = draw(
        st.sampled_from(
            [
                (date(2026, 3, 29), STOCKHOLM),  # 23 hours
                (date(2026, 10, 25), STOCKHOLM),  # 25 hours
                (date(2026, 10, 4), ADELAIDE),  # 23 hours
                (date(2026, 4, 5), ADELAIDE),  # 25 hours
                (date(2026, 6, 1), ADELAIDE),
            ]
        )
    )
    return day_bounds(day, zone)


def instant(base: datetime, micros: int | None) -> datetime | None:
    return None if micros is None else base + timedelta(microseconds=micros)


class DescribeConservation:
    @settings(max_examples=300, deadline=None)
    @given(
        day=days(),
        states=st.lists(st.tuples(spans(), st.none() | st.integers(1, 2)), max_size=6),
        works=st.lists(st.tuples(spans(), st.integers(1, 3), st.integers(1, 4)), max_size=6),
        focuses=st.lists(st.tuples(spans(), st.integers(1, 5)), max_size=4),
        rule=st.sampled_from(list(Rule)),
    )
    def it_adds_up_to_the_wall_time(
        self,
        day: tuple[datetime, datetime],
        states: list[tuple[tuple[int, int | None], int | None]],
        works: list[tuple[tuple[int, int | None], int, int]],
        focuses: list[tuple[tuple[int, int | None], int]],
        rule: Rule,
    ) -> None:
        start, end = day

        def span(edges: tuple[int, int | None]) -> tuple[datetime, datetime | None]:
            return start + timedelta(microseconds=edges[0]), instant(start, edges[1])

        slices = share_out(
            states=[State(*span(s), "available", brand_id=brand) for s, brand in states],
            works=[Work(*span(s), brand, 7, item) for s, brand, item in works],
            focuses=[Focus(*span(s), item) for s, item in focuses],
            start=start,
            end=end,
            rule=rule,
        )
        assert sum((piece.seconds for piece in slices), Fraction()) == wall_seconds(start, end)
        assert all(piece.seconds > 0 for piece in slices)
        assert all(start <= piece.start < piece.end <= end for piece in slices)

    @settings(max_examples=100, deadline=None)
    @given(
        works=st.lists(st.tuples(spans(), st.integers(1, 3), st.integers(1, 4)), max_size=5),
        cut=st.integers(min_value=1, max_value=86_399_999_999),
    )
    def it_gives_the_same_for_a_day_as_for_its_two_parts(
        self, works: list[tuple[tuple[int, int | None], int, int]], cut: int
    ) -> None:
        start, end = day_bounds(date(2026, 6, 1), STOCKHOLM)
        spells = [
            Work(start + timedelta(microseconds=s[0]), instant(start, s[1]), brand, 7, item)
            for s, brand, item in works
        ]
        noon = start + timedelta(microseconds=cut)

        def totals(a: datetime, b: datetime) -> dict[int | None, Fraction]:
            return seconds_by_brand(share_out(states=[], works=spells, start=a, end=b))

        whole, first, second = totals(start, end), totals(start, noon), totals(noon, end)
        brands = set(whole) | set(first) | set(second)
        assert {b: whole.get(b, 0) for b in brands} == {b: first.get(b, 0) + second.get(b, 0) for b in brands}


class DescribeDays:
    @pytest.mark.parametrize(
        ("day", "zone", "hours"),
        [
            (date(2026, 3, 29), STOCKHOLM, 23),
            (date(2026, 10, 25), STOCKHOLM, 25),
            (date(2026, 10, 4), ADELAIDE, 23),
            (date(2026, 4, 5), ADELAIDE, 25),
            (date(2026, 6, 1), STOCKHOLM, 24),
        ],
    )
    def it_knows_how_long_a_day_is(self, day: date, zone: ZoneInfo, hours: int) -> None:
        assert wall_seconds(*day_bounds(day, zone)) == hours * 3600

    def it_leaves_no_gap_between_days(self) -> None:
        for number in range(1, 366):
            day = date(2026, 1, 1) + timedelta(days=number)
            assert day_bounds(day - timedelta(days=1), ADELAIDE)[1] == day_bounds(day, ADELAIDE)[0]

    def it_measures_across_a_change_of_the_clocks_by_the_instants(self) -> None:
        night = datetime(2026, 10, 25, 1, 30, tzinfo=STOCKHOLM)
        assert wall_seconds(night, datetime(2026, 10, 25, 3, 30, tzinfo=STOCKHOLM)) == 3 * 3600


class DescribeRulesThatFollowEachOther:
    def it_is_equal_before_the_first(self) -> None:
        assert rules_within([], start=NINE, end=at(10)) == [(NINE, at(10), Rule.EQUAL)]
        assert rules_within([(at(10), Rule.FOCUS)], start=NINE, end=at(10)) == [(NINE, at(10), Rule.EQUAL)]
        assert rules_within([], start=NINE, end=NINE) == []

    def it_cuts_where_another_begins(self) -> None:
        terms = [(at(-9), Rule.FOCUS), (at(4), Rule.EQUAL), (at(6), Rule.FOCUS)]
        assert rules_within(terms, start=NINE, end=at(10)) == [
            (NINE, at(4), Rule.FOCUS), (at(4), at(6), Rule.EQUAL), (at(6), at(10), Rule.FOCUS),
        ]  # fmt: skip
