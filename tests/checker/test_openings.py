"""Opening hours as the checker reckons them: made-up lines, days of 23 and 25 hours among them."""

import json
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.hours import Calendar, opening_intervals
from tests.checker.business import business
from tests.checker.contacts import contacts_of
from tests.checker.hours import ALWAYS, Hours, exported_at, hours_of
from tests.checker.lines import bounds, micros, stories
from tests.checker.test_vectors import DAY, Log, assigned, closed, left, opened, queued

HOUR = 3600 * 10**6
STOCKHOLM, LORD_HOWE = "Europe/Stockholm", "Australia/Lord_Howe"
OFFICE = {str(day): [[480, 720], [780, 1020]] for day in range(5)}


def line(queue: int = 1, *, at: str = "2026-11-01T00:00:00+00:00", **data: Any) -> str:
    held = {"zone": STOCKHOLM, "week": OFFICE, "holidays": [], "days": {}, "closures": []}
    return json.dumps(
        {
            "ref": f"queue-{queue}", "v": 1, "n": 0, "kind": "queue.hours", "occurred_at": at,
            "recorded_at": at, "interaction_ref": None, "actor_kind": "system", "actor_id": None,
            "is_test": False, "data": {"queue_id": queue, **held, **data},
        }
    )  # fmt: skip


def hours(**data: Any) -> Hours:
    return hours_of([line(**data)])[1]


def local(text: str, zone: str = STOCKHOLM) -> int:
    return micros(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC))


def opened_hours(of: Hours, first: str, last: str) -> float:
    return of.between(local(first), local(last)) / HOUR


def it_counts_the_week() -> None:
    assert opened_hours(hours(), "2026-11-02", "2026-11-09") == 40
    assert opened_hours(hours(), "2026-11-02T11:30", "2026-11-02T13:15") == 0.75
    assert opened_hours(hours(), "2026-11-02T13:15", "2026-11-02T11:30") == 0


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, 24), ({"holidays": ["2026-11-03"]}, 16), ({"days": {"2026-11-03": []}}, 16),
        ({"holidays": ["2026-11-03"], "days": {"2026-11-03": None}}, 24),
        ({"holidays": ["2026-11-03"], "days": {"2026-11-03": [[600, 660]]}}, 17),
        ({"closures": [["2026-11-03T09:00:00+00:00", "2026-11-03T10:30:00+00:00"]]}, 22.5),
        ({"closures": [["2026-11-03T09:00:00+00:00", None]]}, 10),
    ],
)  # fmt: skip
def it_lets_the_strongest_count(more: dict[str, Any], expected: float) -> None:
    """Three days: a closure before an own date before a public holiday before the week."""
    assert opened_hours(hours(**more), "2026-11-02", "2026-11-05") == expected


@pytest.mark.parametrize(
    ("day", "period", "expected"),
    [
        ("2026-03-29", [0, 1440], 23), ("2026-03-29", [130, 150], 0), ("2026-03-29", [150, 240], 1),
        ("2026-03-29", [60, 150], 1), ("2026-10-25", [0, 1440], 25), ("2026-10-25", [130, 150], 80 / 60),
        ("2026-10-25", [150, 240], 2.5), ("2026-10-25", [60, 150], 2.5),
    ],
)  # fmt: skip
def it_knows_days_of_23_and_25_hours(day: str, period: list[int], expected: float) -> None:
    """What would begin or end in the missing hour does so with the change; what comes twice is one."""
    of = hours(week={"6": [period]})
    assert of.between(*bounds(STOCKHOLM, *[datetime.fromisoformat(day).date()] * 2)) / HOUR == expected


MINUTES = st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True).map(
    lambda found: [[one * 15, other * 15] for one, other in zip(*[iter(sorted(found))] * 2, strict=False)]
)
WEEKS = st.dictionaries(st.integers(0, 6).map(str), MINUTES)
STARTS = st.sampled_from(
    ["2026-03-27", "2026-04-03", "2026-04-22", "2026-09-03", "2026-10-02", "2026-10-23"]
).map(lambda day: datetime.fromisoformat(day).replace(tzinfo=UTC))
ZONES = st.sampled_from([STOCKHOLM, LORD_HOWE, "Australia/Adelaide", "Africa/Cairo", "America/Santiago"])


@given(WEEKS, ZONES, STARTS, st.integers(0, 5 * 1440), st.integers(0, 5 * 1440))
def it_is_open_when_the_service_is(
    week: dict[str, Any], zone: str, start: datetime, later: int, lasts: int
) -> None:
    since = start + timedelta(minutes=later)
    until = since + timedelta(minutes=lasts)
    calendar = Calendar(zone, week={int(day): tuple(map(tuple, found)) for day, found in week.items()})
    theirs = opening_intervals(calendar, since, until)
    ours = hours(week=week, zone=zone).between(micros(since), micros(until))
    assert ours == sum(micros(end) - micros(begin) for begin, end in theirs)


def it_takes_the_hours_of_the_last_export() -> None:
    lines = [
        line(at="2026-11-02T00:00:00+00:00", week={"0": [[0, 60]]}),
        line(at="2026-11-01T00:00:00+00:00"),
        line(2, week=None),
    ]
    found = hours_of([*lines, *reversed(lines)])
    assert opened_hours(found[1], "2026-11-02", "2026-11-09") == 1
    assert opened_hours(found[2], "2026-11-02", "2026-11-09") == 168
    assert exported_at(lines) == micros(datetime(2026, 11, 2, tzinfo=UTC))
    assert exported_at([]) is None


def it_says_when_so_much_had_been_open() -> None:
    monday, tuesday = local("2026-11-02T16:00"), local("2026-11-03T09:00")
    assert hours().used_up(monday, tuesday, HOUR + 1) == local("2026-11-03T08:00") + 1
    assert hours().used_up(monday, tuesday, 2 * HOUR) is None, "not before nine"
    assert ALWAYS.used_up(5, 10, 4) == 9
    assert ALWAYS.used_up(5, 10, -1) == 5


def numbers(log: Log, **data: Any) -> dict[str, Any]:
    lines = [*log.lines, line(zone="UTC", **data)]
    return business(contacts_of(stories(lines)), hours_of(lines), *bounds("UTC", DAY, DAY))


def it_counts_waits_by_hours_and_what_is_short_by_the_wall() -> None:
    """Noon is a minute before it closes for an hour, and it opens for good then."""
    log = Log()
    log.add(opened(), queued(target=80), assigned(3670), closed(3690))
    log.add(opened(), queued(target=80), left(600))
    log.add(opened(100), queued(100), left(104))
    found = numbers(log, days={str(DAY): [[0, 721], [781, 1440]]})
    keys = ("ASA.QUEUE@1", "ATA@1", "SL.NEG@1", "ABN.ADJ@1", "OFF@1")
    assert [found[f"{key}/business"] for key in keys] == [70, 30, pytest.approx(1 / 3), 0.5, 3]


CLOCK = {"clock": "first", "clock_n": 1, "target": 90, "counted": "business", "queue_id": 1, "consumed_us": 0}


def late(happenings: Iterable[tuple[float, str, dict[str, Any]]], second: float, **data: Any) -> list[int]:
    """How many clocks run late at that second, of each contact."""
    log = Log()
    log.add(opened(), queued(), (0, "clock.activated", dict(CLOCK)), *happenings)
    at = bounds("UTC", DAY, DAY)[0] + 12 * HOUR + round(second * 10**6)
    lines = [*log.lines, line(zone="UTC", **data)]
    return [contact.late for contact in contacts_of(stories(lines), hours_of(lines), at)]


def turn(second: float, what: str, consumed: float = 0, **more: Any) -> tuple[float, str, dict[str, Any]]:
    return second, f"clock.{what}", CLOCK | {"consumed_us": round(consumed * 10**6)} | more


def it_says_which_clocks_run_late() -> None:
    """Exactly the target is in time."""
    always: dict[str, Any] = {"week": None}
    assert late([], 90, **always) == [0]
    assert late([], 90.000001, **always) == [1]
    assert late([turn(91, "fulfilled", 91)], 200, **always) == [0]
    assert late([turn(50, "paused", 50)], 200, **always) == [0]
    assert late([turn(95, "paused", 95)], 200, **always) == [1], "it goes on, also while it stands still"
    assert late([turn(50, "paused", 50), turn(150, "resumed", 50)], 190, **always) == [0]
    assert late([turn(50, "paused", 50), turn(150, "resumed", 50)], 191, **always) == [1]


def it_counts_late_clocks_by_the_hours_of_their_queue() -> None:
    closes: dict[str, Any] = {"days": {str(DAY): [[0, 721], [781, 1440]]}}
    assert late([], 3600, **closes) == [0]
    assert late([], 3600 + 91, **closes) == [1]


def it_stays_missed_whatever_is_agreed_later() -> None:
    always: dict[str, Any] = {"week": None}
    assert late([turn(100, "retargeted", 100, target=900)], 200, **always) == [1]
    assert late([turn(80, "retargeted", 80, target=900)], 200, **always) == [0]


def it_is_late_in_the_queue_that_had_it_then() -> None:
    moved = {"kind": "reassign", "from": {"queue_id": 1}, "to": {"queue_id": 2, "agent_id": None}}
    moves = [(100.0, "interaction.transferred", moved), queued(100, 2, again=True, reason="reassign")]
    assert late(moves, 200, week=None) == [1, 0]
    assert late(moves, 95, week=None) == [1, 0]


def it_writes_numbers_by_hours_and_late_clocks(tmp_path: Path) -> None:
    log = Log()
    log.add(opened(), queued(), (0, "clock.activated", dict(CLOCK)), assigned(20))
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join([*log.lines, line(zone="UTC", days={str(DAY): [[0, 720]]})]))
    days = ("--zone", "UTC", "--from", f"{DAY}", "--to", f"{DAY}")

    def said(*more: str) -> list[str]:
        run = [sys.executable, "-S", "-m", "tests.checker", str(path), *days, *more]
        return subprocess.run(run, capture_output=True, text=True, check=True).stdout.splitlines()

    assert {"ASA.QUEUE@1\t20\t20.000000", "ASA.QUEUE@1/business\t0\t0.000000"} <= set(said())
    assert "SLA.LATE@1\t1\t1.000000" in said(), "open again on the days after, until the export"
    assert "SLA.LATE@1\t0\t0.000000" in said("--at", "2026-03-29T23:00:00+00:00")
