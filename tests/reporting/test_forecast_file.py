"""A forecast as a file: right on days of 23 and 25 hours, every wrong line said, nothing taken by halves."""

import tracemalloc
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from io import BytesIO
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.days import day_of
from reporting.forecasts.accuracy import errors_of
from reporting.forecasts.metrics import METRICS
from reporting.forecasts.parsing import FileRefused, Named, Parsed, Wrong, read_file
from reporting.forecasts.walls import Unclear, instant_of, offset_words
from reporting.metrics import merged

STOCKHOLM, LORD_HOWE = ZoneInfo("Europe/Stockholm"), ZoneInfo("Australia/Lord_Howe")
FORWARD, BACK = date(2026, 3, 29), date(2026, 10, 25)
CHAT = frozenset({"webchat", "web chat"})
REF = uuid4()
QUEUES = {"orders": Named(7, CHAT), str(REF): Named(8, CHAT), "twice": None}
QUARTER = timedelta(minutes=15)
ZONES = st.sampled_from(
    ["Europe/Stockholm", "America/New_York", "Asia/Kathmandu", "America/St_Johns", "UTC", "Africa/Casablanca"]
)


def read(text: str, zone: ZoneInfo = STOCKHOLM, *, encoding: str = "utf-8") -> Parsed:
    return read_file(BytesIO(text.encode(encoding)), queues=QUEUES, zone=zone)


def wrong(text: str, zone: ZoneInfo = STOCKHOLM) -> list[tuple[int, str, str]]:
    with pytest.raises(Wrong) as found:
        read(text, zone)
    return [(one.line, one.column, one.words) for one in found.value.troubles]


def lines(day: date, zone: ZoneInfo, step: timedelta = QUARTER) -> str:
    """A whole day, each interval with its offset."""
    cut, rows = day_of(day, zone), ["date,start,queue,contacts"]
    at, n = cut.start, 0
    while at < cut.end:
        local = at.astimezone(zone)
        rows.append(f"{day},{local:%H:%M}{offset_words(at, zone)},Orders,{n}")
        at, n = at + step, n + 1
    return "\n".join(rows)


class DescribeTimes:
    @pytest.mark.parametrize(("day", "quarters"), [(FORWARD, 92), (BACK, 100), (date(2026, 6, 1), 96)])
    def it_has_as_many_quarters_as_the_day(self, day: date, quarters: int) -> None:
        [found] = read(lines(day, STOCKHOLM)).days
        assert found.contacts == tuple(100 * n for n in range(quarters))

    def it_wants_an_offset_where_a_time_comes_twice(self) -> None:
        [(line, column, words)] = wrong(f"date,start,queue,contacts\n{BACK},02:15,Orders,3")
        assert (line, column) == (2, "start")
        assert words == (
            "02:15 comes twice on 25 October 2026 in Europe/Stockholm: write 02:15+02:00 or 02:15+01:00."
        )
        text = f"date,start,queue,contacts\n{BACK},02:15+02:00,Orders,3\n{BACK},02:15+01:00,Orders,4"
        [found] = read(text).days
        assert (found.contacts[9], found.contacts[13]) == (300, 400)

    def it_refuses_a_time_that_does_not_come(self) -> None:
        [(_line, _column, words)] = wrong(f"date,start,queue,contacts\n{FORWARD},02:30,Orders,3")
        assert words.startswith("02:30 does not come on 29 March 2026")

    def it_refuses_an_offset_that_is_not_the_zones(self) -> None:
        [(_line, _column, words)] = wrong("date,start,queue,contacts\n2026-06-01,09:00+01:00,Orders,3")
        assert "+01:00 is not the offset of Europe/Stockholm" in words
        assert words.endswith("that is +02:00.")

    def it_reads_hours_and_halves_by_what_the_file_says(self) -> None:
        assert read("date,hour,queue,contacts\n2026-06-01,9,Orders,3").minutes == 60
        assert read("date,start,queue,contacts\n2026-06-01,09:00,Orders,3").minutes == 60
        half = read("date,start,queue,contacts\n2026-06-01,09:00,Orders,3\n2026-06-01,09:30,Orders,4")
        assert (half.minutes, half.days[0].contacts[18:20]) == (30, (300, 400))
        assert read("date,start,queue,contacts\n2026-06-01,09:45,Orders,3").minutes == 15

    def it_knows_that_hours_do_not_fit_where_clocks_change_by_half_of_one(self) -> None:
        back = date(2026, 4, 5)
        found = wrong(f"date,hour,queue,contacts\n{back},9,Orders,3", LORD_HOWE)
        assert found == [(2, "hour", "No interval of this day begins then.")]
        with pytest.raises(FileRefused, match="clocks change by less than an interval"):
            read(f"date,start,queue,contacts\n{back},09:00,Orders,3", LORD_HOWE)
        assert len(read(lines(back, LORD_HOWE), LORD_HOWE).days[0].contacts) == 98

    @given(
        name=ZONES,
        day=st.dates(date(2001, 1, 1), date(2037, 12, 30)),
        minute=st.integers(0, 24 * 4 - 1).map(lambda n: 15 * n),
    )
    def it_names_an_instant_of_that_day_or_says_why_not(self, name: str, day: date, minute: int) -> None:
        zone, wall = ZoneInfo(name), time(minute // 60, minute % 60)
        local = datetime.combine(day, wall)
        cut = day_of(day, zone)
        shows = [
            at
            for n in range((cut.end - cut.start) // QUARTER)
            if (at := cut.start + n * QUARTER).astimezone(zone).replace(tzinfo=None) == local
        ]
        try:
            assert [instant_of(day, wall, "", zone)] == shows
        except Unclear:
            assert len(shows) != 1
        for at in shows:
            assert instant_of(day, wall, offset_words(at, zone), zone) == at

    @given(name=ZONES, day=st.dates(date(2001, 1, 1), date(2037, 12, 30)))
    def it_reads_back_what_it_wrote(self, name: str, day: date) -> None:
        zone = ZoneInfo(name)
        cut = day_of(day, zone)
        [found] = read(lines(day, zone), zone).days
        assert found.day.start == cut.start
        assert found.contacts == tuple(100 * n for n in range((cut.end - cut.start) // QUARTER))


class DescribeLines:
    def it_says_all_that_is_wrong_by_line(self) -> None:
        text = "\n".join(
            [
                "date;start;queue;channel;contacts",
                "2026-06-31;09:00;Orders;;3",
                "2026-06-01;9;Orders;;3",
                "2026-06-01;25:00;Orders;;3",
                "2026-06-01;09:07;Orders;;3",
                "2026-06-01;09:00;Nobody;;3",
                "2026-06-01;09:00;Twice;;3",
                "2026-06-01;09:00;Orders;mail;3",
                "2026-06-01;09:00;Orders;;-3",
                "2026-06-01;09:00;Orders;Web chat;1,5",
                "",
                "2026-06-01;09:00;orders;webchat;2",
            ]
        )
        assert [(line, column) for line, column, _words in wrong(text)] == [
            (2, "date"), (3, "start"), (4, "start"), (5, "start"), (6, "queue"), (7, "queue"), (8, "channel"),
            (9, "contacts"), (12, "contacts"),
        ]  # fmt: skip

    def it_says_the_first_hundred_and_counts_the_rest(self) -> None:
        text = "date,start,queue,contacts\n" + "x,09:00,Orders,1\n" * 250
        with pytest.raises(Wrong) as found:
            read(text)
        assert (len(found.value.troubles), found.value.count) == (100, 250)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "The file is empty"),
            ("date,start,queue,contacts\n", "nothing below them"),
            ("date,start,queue,volume\n", "Unknown column: volume"),
            ("date,start,queue\n", "must name the column contacts"),
            ("date,queue,contacts\n", "the column start, or hour"),
            ("date,start,hour,queue,contacts\n", "the column start, or hour"),
            ("date,date,start,queue,contacts\n", "is there twice"),
            ('date,start,queue,contacts\n2026-06-01,09:00,"Orders,3', "quotation mark"),
            ("date,start,queue,contacts\n\x00", "no text"),
        ],
    )
    def it_refuses_a_file_that_is_none(self, text: str, words: str) -> None:
        with pytest.raises(FileRefused, match=words):
            read(text)

    def it_refuses_another_encoding_and_takes_what_spreadsheets_write(self) -> None:
        text = "date;start;queue;contacts\n2026-06-01;09:00;Orders;12,5\n"
        for encoding in ("utf-8", "utf-8-sig", "utf-16"):
            assert read(text, encoding=encoding).total == 1250
        with pytest.raises(FileRefused, match="not in UTF-8"):
            read("date,start,queue,contacts\n2026-06-01,09:00,Bjørn,1\n" * 5, encoding="latin-1")

    def it_keeps_what_is_not_said_apart_from_zero(self) -> None:
        [found] = read("date,start,queue,contacts\n2026-06-01,00:15,Orders,0").days
        assert found.contacts[:3] == (None, 0, None)

    def it_takes_a_queue_by_its_ref(self) -> None:
        assert read(f"date,start,queue,contacts\n2026-06-01,09:00,{REF},1").days[0].queue_id == 8


def it_is_as_accurate_as_the_errors_say() -> None:
    assert accuracy([(100_00, 110), (50_00, 40), (10_00, 0)]) == [
        Fraction(100 * 30, 150), (Fraction(1000, 110) + Fraction(1000, 40)) / 2
    ]  # fmt: skip
    assert accuracy([(3_00, 0)]) == accuracy([]) == [None, None]


def accuracy(*parts: list[tuple[int, int]]) -> list[Fraction | None]:
    """WAPE and MAPE over the sums of these parts."""
    return [one.value(merged(map(errors_of, parts))).number for one in METRICS]


PAIRS = st.lists(st.tuples(st.integers(0, 50_00), st.integers(0, 40)))


@given(one=PAIRS, other=PAIRS)
def it_adds_up_and_loses_nothing(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    errors = [(abs(came - Fraction(said, 100)), came) for said, came in one + other]
    whole, shares = sum(came for _error, came in errors), [error / came for error, came in errors if came]
    wape = 100 * sum((error for error, _came in errors), Fraction()) / whole if whole else None
    mape = 100 * sum(shares, Fraction()) / len(shares) if shares else None
    assert accuracy(one, other) == accuracy(one + other) == [wape, mape]


def it_is_aware_of_utc() -> None:
    assert instant_of(date(2026, 6, 1), time(9), "Z", ZoneInfo("UTC")) == datetime(2026, 6, 1, 9, tzinfo=UTC)


def it_reads_a_large_file_in_little_memory() -> None:
    first = date(2026, 1, 1)
    rows = (
        f"{first + timedelta(days=n // 24)},{n % 24},Orders,{n % 7}"
        for n in range(90_000)
        if (first + timedelta(days=n // 24)).month in (1, 2, 5, 6, 7, 8, 9, 11, 12)
    )
    data = BytesIO("\n".join(["date,hour,queue,contacts", *rows]).encode())
    tracemalloc.start()
    try:
        found = read_file(data, queues=QUEUES, zone=STOCKHOLM)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.lines > 65_000
    assert peak < 16_000_000, "not as much as the lines would take"
