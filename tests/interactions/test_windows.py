"""When a customer can be called."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.hours import Calendar, opening_intervals
from interactions.windows import MOST, fits, windows

NOON = datetime(2026, 3, 27, 12, 7, tzinfo=UTC)  # a Friday
HOUR = timedelta(hours=1)


def it_offers_two_hours_each_within_the_open_hours() -> None:
    opens, closes = NOON - HOUR, NOON + timedelta(hours=5)
    found = windows([(opens, closes)], now=NOON)
    quarter = NOON.replace(minute=0)
    assert found == [
        (quarter, quarter + 2 * HOUR), (quarter + 2 * HOUR, quarter + 4 * HOUR),
        (quarter + 4 * HOUR, closes),
    ]  # fmt: skip
    assert all(fits(window, [(opens, closes)], now=NOON) for window in found)


def it_offers_none_that_is_too_short_to_call_in() -> None:
    assert windows([(NOON - HOUR, NOON + timedelta(minutes=5))], now=NOON) == []
    assert windows([], now=NOON) == []
    assert windows([(NOON - HOUR, NOON)], now=NOON) == []


def it_offers_the_next_days_where_it_is_open_day_and_night() -> None:
    found = windows(None, now=NOON)
    assert len(found) == MOST
    assert all(end - start == 2 * HOUR for start, end in found)
    assert fits(found[-1], None, now=NOON)


def it_keeps_to_the_hours_when_the_clocks_change() -> None:
    """In Stockholm 29 March 2026 has 23 hours: open from 01:00 to 05:00 it is open for three."""
    zone = "Europe/Stockholm"
    night = Calendar(zone, week={6: ((60, 300),)})
    openings = opening_intervals(night, NOON, NOON + timedelta(days=3))
    found = windows(openings, now=NOON)
    assert [end - start for start, end in found] == [2 * HOUR, HOUR]
    told = [f"{start.astimezone(ZoneInfo(zone)):%H:%M}" for start, _end in found]
    assert told == ["01:00", "04:00"]


def it_fits_only_what_is_open_throughout() -> None:
    openings = [(NOON, NOON + 4 * HOUR), (NOON + 5 * HOUR, NOON + 9 * HOUR)]
    assert fits((NOON - HOUR, NOON + HOUR), openings, now=NOON), "what is over counts no more"
    assert not fits((NOON + 3 * HOUR, NOON + 6 * HOUR), openings, now=NOON)
    assert not fits((NOON + 8 * HOUR, NOON + 10 * HOUR), openings, now=NOON)
