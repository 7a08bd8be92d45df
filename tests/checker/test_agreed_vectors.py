"""Edges of what is agreed, as made-up contacts and terms: what is on which side of a bound."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.checker.agreed import NEVER, Agreed, Clause, Exclusion, ForecastDay, Terms
from tests.checker.contacts import Contact
from tests.checker.forecast import accuracy, cells, overruns
from tests.checker.hours import Hours
from tests.checker.lines import bounds, micros
from tests.checker.promised import Report, commitments, kept

ZONE = "Europe/Stockholm"
HOUR = 3600 * 10**6
DAY = date(2026, 10, 25)
START, END = bounds(ZONE, DAY, DAY)
OCTOBER = Report(ZONE, date(2026, 10, 1), date(2026, 10, 31), micros(datetime(2026, 11, 1, 1, tzinfo=UTC)))


def contact(at: int, **more: Any) -> Contact:
    return Contact("one", 7, at, 20, at, **more)


def clause(**more: Any) -> Clause:
    values: dict[str, Any] = {
        "ref": "c", "metric": "SL.NEG@1", "counted": "elapsed", "window": "month", "queues": frozenset(),
        "target": Fraction(4, 5), "minimum": None, "weight": 1, "first": date(2026, 1, 1), "until": None,
    }  # fmt: skip
    return Clause(**(values | more))


@pytest.mark.parametrize(
    ("came", "more", "taken"),
    [
        (99, {"answered_at": 100}, False),
        (99, {"answered_at": 101}, True),
        (100, {"answered_at": 100}, True),
        (199, {}, True),
        (200, {}, False),
        (50, {}, True),
        (50, {"abandoned_at": 80}, False),
        (50, {"flowed_at": 80}, False),
        (50, {"flowed_at": 80, "answered_at": 150}, True),
    ],
)
def it_leaves_out_who_came_in_or_waited_meanwhile(came: int, more: dict[str, int], taken: bool) -> None:
    one = Exclusion("x", "accepted", frozenset(), 100, 200)
    assert one.takes(contact(came, **more)) is taken


def it_leaves_out_the_contacts_of_its_queues_and_all_while_it_goes_on() -> None:
    assert Exclusion("x", "accepted", frozenset({7}), 100, NEVER).takes(contact(10**15))
    assert not Exclusion("x", "accepted", frozenset({8}), 100, NEVER).takes(contact(10**15))


@pytest.mark.parametrize(
    ("number", "verdict"),
    [
        (None, "nothing"), (Fraction(4, 5), "met"), (Fraction(799, 1000), "missed"),
        (Fraction(1, 2), "missed"), (Fraction(499, 1000), "under"),
    ],
)  # fmt: skip
def it_is_met_at_the_target_and_missed_badly_under_the_minimum(number: Fraction | None, verdict: str) -> None:
    assert clause(minimum=Fraction(1, 2)).verdict(number) == verdict


def it_is_met_by_less_where_less_is_better() -> None:
    slow = clause(metric="ASA.QUEUE@1", target=Fraction(30))
    assert [slow.verdict(Fraction(n)) for n in (29, 30, 31)] == ["met", "met", "missed"]


def it_counts_each_window_as_far_as_it_is_in_force() -> None:
    one = clause(window="week", first=date(2026, 10, 7), until=date(2026, 10, 17))
    (found,) = commitments(Agreed([one]), [], OCTOBER)
    assert [(w.first.day, w.last.day) for w in found.windows] == [(7, 11), (12, 16)]


@pytest.mark.parametrize(
    ("answered_at", "figure", "verdict"),
    [
        (END - 1, 0, "met"),
        (END + 8 * HOUR + 20_000_000, 20, "met"),
        (END + 8 * HOUR + 20_000_001, None, "missed"),
    ],
)
def it_counts_the_hours_of_the_queue_where_the_target_does(
    answered_at: int, figure: int | None, verdict: str
) -> None:
    """Who came when it was closed waits from when it opens, at eight on Monday."""
    office = Hours(ZoneInfo(ZONE), {"0": [[480, 720]]})
    (found,) = commitments(
        Agreed(
            [clause(metric="ASA.QUEUE@1", counted="business", target=Fraction(20), queues=frozenset({7}))]
        ),
        [contact(START, answered_at=answered_at)],
        replace(OCTOBER, hours={7: office}),
    )
    assert found.clause.key == "ASA.QUEUE@1/business"
    assert found.verdict == verdict
    assert found.windows[0].everything == (Fraction(20_000_001, 10**6) if figure is None else figure)


def it_keeps_nothing_of_which_nothing_could_be_measured() -> None:
    good = contact(START, answered_at=START + 1)
    found = commitments(Agreed([clause(weight=3), clause(metric="CB.KEPT@1", weight=9)]), [good], OCTOBER)
    assert kept(found) == (1, 1, Fraction(1))


def forecast(number: int, used_at: int, said: int, step: int = HOUR) -> ForecastDay:
    return ForecastDay(number, used_at, DAY, 7, START, step, tuple([said, *[None] * 22, said, said]))


def counted(terms: list[Terms], *days: ForecastDay, came: int = 2) -> list[Any]:
    """So many contacts in the 25th hour of the day."""
    contacts = [contact(END - n) for n in range(1, came + 1)]
    return cells(Agreed(terms=terms, forecast=list(days)), contacts, OCTOBER)


def it_counts_by_the_version_of_before_the_month_was_fixed() -> None:
    fixed = bounds(ZONE, date(2026, 9, 21), date(2026, 9, 21))[0]
    agreed = [Terms(date(2026, 9, 1), 1, 10, 20), Terms(date(2026, 11, 1), 2, 0, 0)]
    found = counted(agreed, forecast(1, fixed - 2, 100), forecast(2, fixed - 1, 150), forecast(3, fixed, 900))
    assert {(cell.number, cell.over_share) for cell in found} == {(2, 20)}
    assert accuracy(found) == {"FC.WAPE@1": Fraction(350, 200), "FC.MAPE@1": Fraction(1, 4)}


def it_judges_no_overrun_where_nothing_is_agreed() -> None:
    found = counted([], forecast(1, START - 1, 100), forecast(2, START, 900), came=9)
    assert {cell.number for cell in found} == {1}
    assert overruns(found) == []


@pytest.mark.parametrize(("came", "over"), [(12, 0), (13, 1)])
def it_is_an_overrun_over_what_was_agreed_and_not_at_it(came: int, over: int) -> None:
    terms = [Terms(date(2026, 10, 1), 1, 0, 20)]
    assert len(overruns(counted(terms, forecast(1, 0, 1000), came=came))) == over


def it_says_nothing_of_an_interval_that_is_not_over() -> None:
    early = Report(ZONE, OCTOBER.first, OCTOBER.last, END - HOUR)
    found = cells(Agreed(forecast=[forecast(1, 0, 100)]), [], early)
    assert [cell.start for cell in found] == [START, END - 2 * HOUR]
