"""Opening hours: what is planned, what wins, and that no hour is lost or counted twice when clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from core.hours import (
    ALWAYS,
    DAY,
    Calendar,
    NeverOpen,
    Span,
    add_business_seconds,
    business_seconds,
    countries,
    day_bounds,
    day_periods,
    holiday_name,
    is_open,
    next_closing,
    next_opening,
    opening_intervals,
    overlapping,
    public_holidays,
    split_overnight,
    subdivisions,
)

ZONES = (
    "Europe/Stockholm", "Australia/Adelaide", "America/Santiago", "Asia/Beirut", "America/Havana",
    "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu", "UTC",
)  # fmt: skip
STOCKHOLM = ZoneInfo("Europe/Stockholm")
OFFICE = {weekday: ((8 * 60, 17 * 60),) for weekday in range(5)}
LONG = Calendar("Europe/Stockholm", week=ALWAYS)


def at(text: str, zone: ZoneInfo = STOCKHOLM) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def office(**more: object) -> Calendar:
    return Calendar("Europe/Stockholm", week=OFFICE, country="SE", **more)  # type: ignore[arg-type]


def hours(calendar: Calendar, day: str) -> list[tuple[str, str]]:
    """Return the open intervals of the local date as local times."""
    bounds = day_bounds(calendar, date.fromisoformat(day))
    zone = ZoneInfo(calendar.zone)
    return [
        (f"{start.astimezone(zone):%H:%M}", f"{end.astimezone(zone):%H:%M}")
        for start, end in opening_intervals(calendar, *bounds)
    ]


class DescribePlan:
    def it_opens_by_the_week(self) -> None:
        assert hours(office(), "2026-11-27") == [("08:00", "17:00")]
        assert hours(office(), "2026-11-28") == []

    def it_has_several_periods_a_day(self) -> None:
        split = Calendar("Europe/Stockholm", week={0: ((540, 720), (780, 1020))})
        assert hours(split, "2026-11-30") == [("09:00", "12:00"), ("13:00", "17:00")]

    def it_goes_through_the_night_as_one_interval(self) -> None:
        night = Calendar("Europe/Stockholm", week={4: ((1200, DAY),), 5: ((0, 120),)})
        assert opening_intervals(night, at("2026-11-27"), at("2026-11-29")) == [
            (at("2026-11-27T20:00"), at("2026-11-28T02:00"))
        ]

    def it_closes_on_a_public_holiday(self) -> None:
        assert holiday_name(office(), date(2026, 12, 25))
        assert hours(office(), "2026-12-25") == []

    def it_knows_the_holidays_of_a_part_of_a_country(self) -> None:
        south = Calendar("Australia/Adelaide", week=OFFICE, country="AU", subdivision="SA")
        west = Calendar("Australia/Perth", week=OFFICE, country="AU", subdivision="WA")
        cup = date(2026, 3, 9)
        assert (day_periods(south, cup), day_periods(west, cup)) == ((), OFFICE[0])

    @pytest.mark.parametrize(
        ("own", "open_at"),
        [((), []), (((600, 840),), [("10:00", "14:00")]), (None, [("08:00", "17:00")])],
    )
    def it_lets_an_own_date_win_over_a_public_holiday(
        self, own: tuple[Span, ...] | None, open_at: list[tuple[str, str]]
    ) -> None:
        assert hours(office(days={date(2026, 12, 25): own}), "2026-12-25") == open_at

    def it_shortens_a_working_day(self) -> None:
        assert hours(office(days={date(2026, 12, 23): ((480, 720),)}), "2026-12-23") == [("08:00", "12:00")]

    def it_lets_a_closure_win_over_everything(self) -> None:
        closed = office(
            days={date(2026, 12, 25): ((600, 840),)},
            closures=((at("2026-12-25T11:00"), at("2026-12-25T12:30")),),
        )
        assert hours(closed, "2026-12-25") == [("10:00", "11:00"), ("12:30", "14:00")]

    def it_stays_closed_for_good(self) -> None:
        closed = office(closures=((at("2026-11-27T10:00"), None),))
        assert hours(closed, "2026-11-27") == [("08:00", "10:00")]
        assert next_opening(closed, at("2026-11-27T10:00")) is None

    def it_takes_closures_that_overlap(self) -> None:
        closures = (
            (at("2026-11-27T12:00"), at("2026-11-27T14:00")),
            (at("2026-11-27T09:00"), at("2026-11-27T13:00")),
        )
        assert hours(office(closures=closures), "2026-11-27") == [("08:00", "09:00"), ("14:00", "17:00")]


class DescribeQuestions:
    def it_is_half_open(self) -> None:
        assert is_open(office(), at("2026-11-27T08:00"))
        assert not is_open(office(), at("2026-11-27T17:00"))
        assert is_open(office(), at("2026-11-27T17:00") - timedelta(microseconds=1))

    def it_finds_the_next_opening_over_a_weekend(self) -> None:
        assert next_opening(office(), at("2026-11-27T17:00")) == at("2026-11-30T08:00")
        assert next_opening(office(), at("2026-11-27T12:00")) == at("2026-11-27T12:00")

    def it_finds_no_opening_where_there_is_none(self) -> None:
        assert next_opening(Calendar("UTC"), at("2026-11-27")) is None

    def it_finds_the_closing(self) -> None:
        assert next_closing(office(), at("2026-11-27T12:00")) == at("2026-11-27T17:00")
        assert next_closing(office(), at("2026-11-27T18:00")) == at("2026-11-27T18:00")
        assert next_closing(LONG, at("2026-11-27")) is None

    def it_counts_seconds_over_a_weekend(self) -> None:
        assert business_seconds(office(), at("2026-11-27T16:00"), at("2026-11-30T09:00")) == 2 * 3600

    def it_adds_seconds_over_a_weekend(self) -> None:
        assert add_business_seconds(office(), at("2026-11-27T16:00"), 2 * 3600) == at("2026-11-30T09:00")
        assert add_business_seconds(office(), at("2026-11-27T16:00"), 3600) == at("2026-11-27T17:00")
        assert add_business_seconds(office(), at("2026-11-28T12:00"), 0) == at("2026-11-28T12:00")

    def it_adds_more_than_a_year(self) -> None:
        year = 450 * 86400
        assert add_business_seconds(LONG, at("2026-01-01"), year) == at("2026-01-01") + timedelta(
            seconds=year
        )

    def it_never_waits_for_an_opening_that_does_not_come(self) -> None:
        with pytest.raises(NeverOpen):
            add_business_seconds(Calendar("UTC"), at("2026-11-27"), 1)
        with pytest.raises(ValueError, match="forward"):
            add_business_seconds(LONG, at("2026-11-27"), -1)

    def it_splits_a_night(self) -> None:
        assert split_overnight(4, 1200, 120) == [(4, (1200, DAY)), (5, (0, 120))]
        assert split_overnight(6, 1200, 120) == [(6, (1200, DAY)), (0, (0, 120))]
        assert split_overnight(4, 1200, 0) == [(4, (1200, DAY))]
        assert split_overnight(4, 0, 0) == [(4, (0, DAY))]

    def it_names_periods_that_overlap(self) -> None:
        assert overlapping([(600, 720), (480, 610)]) == [((480, 610), (600, 720))]
        assert overlapping([(480, 600), (600, 720)]) == []

    def it_lists_countries_and_holidays(self) -> None:
        assert countries()["SE"] == "Sweden"
        assert subdivisions("AU")["SA"] == "South Australia"
        assert subdivisions("XX") == {}
        year = public_holidays("SE", "", date(2026, 7, 1), date(2027, 7, 1), language="en")
        assert (min(year), max(year)) == (date(2026, 10, 31), date(2027, 6, 26))
        assert year[date(2026, 12, 25)] == "Christmas Day"
        assert public_holidays("", "", date(2026, 1, 1), date(2027, 1, 1)) == {}


class DescribeClockChanges:
    @pytest.mark.parametrize(
        ("zone", "day", "length"),
        [
            ("Europe/Stockholm", "2026-03-29", 23),
            ("Europe/Stockholm", "2026-10-25", 25),
            ("Australia/Adelaide", "2026-10-04", 23),
            ("Australia/Adelaide", "2026-04-05", 25),
            ("America/Santiago", "2026-09-06", 23),
            ("America/Santiago", "2026-04-04", 25),
            ("Asia/Beirut", "2026-03-29", 23),
            ("America/Havana", "2026-11-01", 25),
            ("Australia/Lord_Howe", "2026-10-04", 23.5),
            ("Pacific/Apia", "2011-12-30", 0),
        ],
    )
    def it_gives_a_day_its_hours(self, zone: str, day: str, length: float) -> None:
        calendar = Calendar(zone, week=ALWAYS)
        assert business_seconds(calendar, *day_bounds(calendar, date.fromisoformat(day))) == length * 3600

    @pytest.mark.parametrize(
        ("opens", "closes", "found"),
        [(150, 300, [("03:00", "05:00")]), (60, 150, [("01:00", "03:00")]), (120, 180, [])],
    )
    def it_begins_with_the_change_when_its_hour_is_missing(
        self, opens: int, closes: int, found: list[tuple[str, str]]
    ) -> None:
        assert hours(Calendar("Europe/Stockholm", week={6: ((opens, closes),)}), "2026-03-29") == found

    def it_stays_one_stretch_when_its_hour_comes_twice(self) -> None:
        night = Calendar("Europe/Stockholm", week={6: ((60, 150),)})
        [(start, end)] = opening_intervals(night, *day_bounds(night, date(2026, 10, 25)))
        assert end - start == timedelta(hours=2, minutes=30)

    def it_does_not_reach_into_the_day_that_begins_twice(self) -> None:
        """In Havana Sunday's first hour comes twice: Saturday ends before the first one."""
        saturday = Calendar("America/Havana", week={5: ((1200, DAY),)})
        [(_start, end)] = opening_intervals(saturday, *day_bounds(saturday, date(2026, 10, 31)))
        assert end == day_bounds(saturday, date(2026, 11, 1))[0]


# ---- what holds for every calendar and instant ----

minutes = st.integers(0, DAY // 5).map(lambda five: five * 5)
spans = st.tuples(minutes, minutes).filter(lambda span: span[0] < span[1])
days = st.lists(spans, max_size=3).map(tuple)
START = datetime(2025, 12, 1, tzinfo=UTC)
CHANGES = [
    at(text, ZoneInfo(zone))
    for zone, texts in {
        "Europe/Stockholm": ("2026-03-29T01:30", "2026-10-25T01:30"),
        "America/Santiago": ("2026-04-04T23:30", "2026-09-05T23:30"),
        "Asia/Beirut": ("2026-03-28T23:30", "2026-10-24T23:30"),
        "America/Havana": ("2026-03-07T23:30", "2026-11-01T00:30"),
    }.items()
    for text in texts
]
anywhen = st.integers(0, 426 * 86400).map(lambda seconds: START + timedelta(seconds=seconds))
near_a_change = st.tuples(st.sampled_from(CHANGES), st.floats(-9000, 9000)).map(
    lambda pair: pair[0] + timedelta(seconds=pair[1])
)
instants = anywhen | near_a_change
closures = st.lists(
    st.tuples(instants, st.floats(0, 10**6)).map(lambda c: (c[0], c[0] + timedelta(seconds=c[1]))), max_size=2
).map(tuple)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    own = st.dictionaries(st.dates(date(2026, 3, 1), date(2026, 11, 1)), st.none() | days, max_size=3)
    return Calendar(
        draw(st.sampled_from(ZONES)),
        week=draw(st.dictionaries(st.integers(0, 6), days)),
        country=draw(st.sampled_from(["", "SE", "AU", "CL", "LB"])),
        days=draw(own),
        closures=draw(closures),
    )


def shifted(start: datetime, seconds: float) -> datetime:
    return start + timedelta(seconds=seconds)


lengths = st.floats(0, 40 * 86400)


@given(calendars(), instants, lengths)
def it_keeps_intervals_in_order_within_the_range_and_apart(
    calendar: Calendar, start: datetime, length: float
) -> None:
    end = shifted(start, length)
    found = opening_intervals(calendar, start, end)
    edges = [edge for interval in found for edge in interval]
    assert edges == sorted(set(edges))
    assert all(start <= edge <= end for edge in edges)


@given(calendars(), instants, lengths)
def it_counts_what_its_intervals_last(calendar: Calendar, start: datetime, length: float) -> None:
    end = shifted(start, length)
    lasting = sum((b - a for a, b in opening_intervals(calendar, start, end)), timedelta())
    assert business_seconds(calendar, start, end) == lasting.total_seconds() <= length + 1e-6


@given(calendars(), instants, lengths, st.floats(0, 1))
def it_adds_up_however_a_range_is_split(
    calendar: Calendar, start: datetime, length: float, part: float
) -> None:
    middle, end = shifted(start, length * part), shifted(start, length)
    parts = [business_seconds(calendar, start, middle), business_seconds(calendar, middle, end)]
    assert abs(sum(parts) - business_seconds(calendar, start, end)) < 1e-5


@given(calendars(), instants, st.integers(0, 20 * 86400))
def it_finds_the_same_seconds_again_that_it_added(calendar: Calendar, start: datetime, seconds: int) -> None:
    try:
        end = add_business_seconds(calendar, start, seconds)
    except NeverOpen:
        assume(False)
    assert business_seconds(calendar, start, end) == seconds
    if seconds:
        assert business_seconds(calendar, start, end - timedelta(microseconds=1)) < seconds


@given(calendars(), instants, lengths)
def it_is_open_within_its_intervals_and_nowhere_else(
    calendar: Calendar, start: datetime, length: float
) -> None:
    found = opening_intervals(calendar, start, shifted(start, length + 1))
    for a, b in found[:5]:
        assert is_open(calendar, a)
        assert is_open(calendar, b - timedelta(microseconds=1))
        assert b == shifted(start, length + 1) or not is_open(calendar, b)
    assert is_open(calendar, start) == bool(found and found[0][0] == start)


@given(calendars(), instants)
def it_agrees_with_the_clock_on_the_wall(calendar: Calendar, instant: datetime) -> None:
    """Where a local time exists once, it is open when the time lies in a period of its date."""
    local = instant.astimezone(ZoneInfo(calendar.zone))
    assume(local.utcoffset() == local.replace(fold=1 - local.fold).utcoffset())
    minute = (local.hour * 60 + local.minute) + (local.second + local.microsecond / 1e6) / 60
    planned = any(opens <= minute < closes for opens, closes in day_periods(calendar, local.date()))
    shut = any(since <= instant and (until is None or instant < until) for since, until in calendar.closures)
    assert is_open(calendar, instant) == (planned and not shut)


@given(st.sampled_from(ZONES), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
@example("America/Santiago", date(2026, 4, 4))
@example("America/Havana", date(2026, 3, 8))
def it_loses_no_instant_between_two_days(zone: str, day: date) -> None:
    calendar = Calendar(zone, week=ALWAYS)
    start, end = day_bounds(calendar, day)
    assert end == day_bounds(calendar, day + timedelta(days=1))[0]
    assert timedelta(hours=23) <= end - start <= timedelta(hours=25)
    assert opening_intervals(calendar, start, end) == [(start, end)]


@given(calendars(), instants)
def it_opens_next_where_nothing_was_open_before(calendar: Calendar, start: datetime) -> None:
    opening = next_opening(calendar, start)
    if opening is None:
        assert business_seconds(calendar, start, start + timedelta(days=60)) == 0
    else:
        assert is_open(calendar, opening)
        assert business_seconds(calendar, start, opening) == 0
