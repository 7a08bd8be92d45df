"""Periods of the calendar and the last days, what each is compared with, and how a day is cut."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reporting.choices import Span, Step
from reporting.comparing import as_far
from reporting.days import day_of
from reporting.periods import last_days, of_calendar, read_period
from reporting.steps import slots_of

STOCKHOLM = ZoneInfo("Europe/Stockholm")
TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("span", "on", "first", "days", "before"),
    [
        (Span.DAY, date(2026, 3, 1), date(2026, 3, 1), 1, date(2026, 2, 28)),
        (Span.WEEK, date(2026, 11, 18), date(2026, 11, 16), 7, date(2026, 11, 9)),
        (Span.WEEK, date(2027, 1, 1), date(2026, 12, 28), 7, date(2026, 12, 21)),
        (Span.MONTH, date(2026, 11, 18), date(2026, 11, 1), 30, date(2026, 10, 1)),
        (Span.MONTH, date(2028, 2, 29), date(2028, 2, 1), 29, date(2028, 1, 1)),
    ],
)
def it_knows_what_a_date_is_in_and_the_one_before(
    span: Span, on: date, first: date, days: int, before: date
) -> None:
    found = of_calendar(span, on)
    assert (found.first, found.days) == (first, days)
    assert found.before.first == before
    assert found.before.last == first - timedelta(days=1)
    assert found.before.after == found


def it_compares_the_last_days_with_as_many_before() -> None:
    assert last_days(7, TODAY).before.dates[-1] == TODAY - timedelta(days=7)


@pytest.mark.parametrize("given", [{}, {"span": "year", "on": "2026-11-18"}, {"span": "day", "on": "x"},
                                   {"span": "day", "on": "1999-12-31"}, {"on": "2026-11-18"}])  # fmt: skip
def it_reads_what_it_does_not_offer_as_the_longest(given: dict[str, str]) -> None:
    assert read_period(given, TODAY) == last_days(7, TODAY)


@pytest.mark.parametrize("period", [last_days(1, TODAY), of_calendar(Span.WEEK, TODAY)])
def it_reads_what_it_wrote(period: object) -> None:
    written = dict(pair.split("=") for pair in period.query.split("&"))  # type: ignore[attr-defined]
    assert read_period(written, TODAY) == period


@pytest.mark.parametrize(
    ("day", "quarters"), [(date(2026, 3, 29), 92), (TODAY, 96), (date(2026, 10, 25), 100)]
)
@pytest.mark.parametrize("step", list(Step))
def it_cuts_a_day_into_intervals_without_gap(day: date, quarters: int, step: Step) -> None:
    cut = [day_of(day, STOCKHOLM)]
    slots = slots_of(cut, step, STOCKHOLM)
    assert len(slots) == {"15": quarters, "30": quarters // 2, "60": quarters // 4, "day": 1}[step]
    assert (slots[0].start, slots[-1].end) == (cut[0].start, cut[0].end)
    assert all(left.end == right.start for left, right in zip(slots, slots[1:], strict=False))
    assert len({slot.label for slot in slots}) == len(slots), "the hour that comes twice has two names"


def it_compares_a_period_that_is_not_over_as_far_as_it_has_come() -> None:
    week = [day_of(one, STOCKHOLM) for one in of_calendar(Span.WEEK, TODAY).dates]
    before = [day_of(one, STOCKHOLM) for one in of_calendar(Span.WEEK, TODAY).before.dates]
    now = datetime(2026, 11, 18, 11, 7, tzinfo=UTC)
    found = as_far(before, week, zone=STOCKHOLM, now=now)
    assert found[:2] == tuple(before[:2])
    assert found[2].end == datetime(2026, 11, 11, 11, 15, tzinfo=UTC)
    assert len(found) == 3
    assert as_far(before, week, zone=STOCKHOLM, now=now + timedelta(days=30)) == tuple(before)
