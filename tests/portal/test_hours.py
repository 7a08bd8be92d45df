# ruff: noqa: F811 - fixtures of the report
"""When customers come, by hour and weekday, as pictures that can be read, walked and opened."""

from datetime import UTC, datetime, timedelta

from tenants.cards import BrandCard
from tests.portal.test_metrics import text_of
from tests.portal.test_report import (  # noqa: F401
    NOON,
    at_noon,
    contact,
    lena,
    page,
    signed_in,
)

HOURS = "/report/hours/"


def it_adds_up_the_weeks_by_hour_of_the_clients_zone(lena: str, acme: BrandCard, globex: BrandCard) -> None:
    for days in (2, 9):  # Mondays
        contact(acme, at=NOON - timedelta(days=days))
    ref = contact(acme, at=NOON - timedelta(hours=3), answered=90)
    contact(acme, at=NOON - timedelta(hours=3), is_test=True)
    contact(globex, at=NOON - timedelta(hours=5))
    browser = signed_in(lena, acme)
    html = text_of(browser, acme, f"{HOURS}?span=month&on=2026-11-01")
    assert 'aria-label="Monday 12:00: 2"' in html
    assert 'aria-label="Wednesday 09:00: 1"' in html
    assert 'aria-label="Monday 12:00: 100.0%"' in html
    assert 'aria-label="Wednesday 09:00: 0.0%"' in html, "nobody in time is a figure"
    assert html.count('<a href="/report/rows/') == 4
    assert "Highest: 2 (Monday 12:00). Lowest: 1 (Wednesday 09:00)." in html
    rows = text_of(browser, acme, "/report/rows/offered/?span=month&on=2026-11-01&weekday=2&hour=9")
    assert str(ref) in rows
    assert "1 row behind this number" in rows


def it_says_when_there_is_nothing(lena: str, acme: BrandCard) -> None:
    html = text_of(signed_in(lena, acme), acme, f"{HOURS}?span=day&on=2026-11-01")
    assert html.count("There is nothing to show in this period.") == 4, "said, and in each picture"
    assert 'role="img"' in html
    assert "data-heat" not in html


def it_counts_the_hour_that_comes_twice_as_one(lena: str, acme: BrandCard) -> None:
    for hour in (0, 1):
        contact(acme, at=datetime(2026, 10, 25, hour, 10, tzinfo=UTC))
    html = text_of(signed_in(lena, acme), acme, f"{HOURS}?span=day&on=2026-10-25")
    assert 'aria-label="Sunday 02:00: 2"' in html
