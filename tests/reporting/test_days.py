"""Days are the brand's: half-hour zones, 23 and 25 hours."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.days import day_of
from reporting.periods import last_days

ZONES = ["Europe/Stockholm", "Australia/Adelaide", "America/Santiago", "Asia/Kathmandu", "UTC"]
BOUNDS = (datetime(2020, 1, 1), datetime(2030, 1, 1))  # noqa: DTZ001 - hypothesis adds the zone


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 29), "Europe/Stockholm", 23),
        (date(2026, 10, 25), "Europe/Stockholm", 25),
        (date(2026, 10, 4), "Australia/Adelaide", 23),
        (date(2026, 4, 5), "Australia/Adelaide", 25),
    ],
)
def it_knows_short_and_long_days(day: date, zone: str, hours: int) -> None:
    cut = day_of(day, ZoneInfo(zone))
    assert cut.end - cut.start == timedelta(hours=hours)


@given(st.datetimes(*BOUNDS, timezones=st.just(UTC)), st.sampled_from(ZONES))
def it_leaves_no_gap_and_no_overlap(now: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    days = [day_of(date, zone) for date in last_days(8, now.astimezone(zone).date()).dates]
    assert now in days[-1]
    assert all(left.end == right.start for left, right in zip(days, days[1:], strict=False))


def it_cuts_a_half_hour_zone_at_its_own_midnight() -> None:
    cut = day_of(date(2026, 7, 1), ZoneInfo("Australia/Adelaide"))
    assert cut.start == datetime(2026, 6, 30, 14, 30, tzinfo=UTC)
