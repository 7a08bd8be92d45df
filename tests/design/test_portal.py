"""The portal's queues, intervals, heat maps and conversations: accessible, on a phone too, all translated."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from accounts.choices import Role
from core import clock
from interactions.actions import save_queue
from reporting.table import COLUMNS
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_axe_finds_nothing, assert_roomy, assert_translated
from tests.factories import TESTS, make_person
from tests.portal.test_commitments import promise
from tests.portal.test_exclusions import closed
from tests.portal.test_queues import queue_ref
from tests.portal.test_report import NOON, contact, page, signed_in
from tests.portal.test_strips import happened

ADDRESSES = {
    "overview": "/overview/",
    "day": "/report/?days=1",
    "month": "/report/?span=month&on=2026-11-01",
    "queues": "/report/queues/?days=1",
    "queue": "/report/queues/{queue}/?days=7&step=day",
    "empty-queue": "/report/queues/{queue}/?span=day&on=2026-01-01",
    "hours": "/report/hours/?days=7",
    "conversations": "/conversations/?days=7",
    "no-conversations": "/conversations/?span=day&on=2026-01-01",
}
DATA = [
    *(metric.key for metric in COLUMNS),
    *("SL.NEG@1", "Acme Outdoor", "Europe/Stockholm", "Orders", "Repairs", "Ada B.", "Solved"),
    "Carrier outage",
    "Fire alarm",
    'aria-hidden="true">A<',
]


@pytest.fixture
def portal(db: None, acme: BrandCard, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Browser:
    """Acme's manager, with two queues and contacts of several hours and days."""
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: NOON)
    settings.ROOT_URLCONF = settings.PUBLIC_URLCONF = "tests.accounts.urls_public"
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm")
    for hours in (1, 3, 3, 27, 50, 51, 99, 200):
        contact(acme, at=NOON - timedelta(hours=hours), answered=15 if hours % 2 else 90)
    contact(acme, at=NOON - timedelta(hours=2), answered=None)
    with tenant_scope(acme, TESTS):
        save_queue(name="Repairs")
    promise(acme)
    promise(acme, metric="ABN.RATE@1", target=Decimal(5), minimum=None, window="month")
    promise(acme, metric="ASA.QUEUE@1", target=Decimal(120), minimum=None, window="week")
    happened(acme, "Carrier outage", NOON - timedelta(hours=2.5), NOON - timedelta(hours=1.5))
    closed(acme, NOON - timedelta(hours=1), NOON - timedelta(hours=0.5))
    return signed_in("lena@example.test", acme)


@pytest.fixture
def html(request: pytest.FixtureRequest, portal: Browser, acme: BrandCard) -> str:
    address = ADDRESSES[request.param].format(queue=queue_ref(acme))
    return str(page(portal, acme, address).content.decode())


@pytest.mark.browser
@pytest.mark.parametrize("html", ADDRESSES, indirect=True)
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    assert_accessible(stage, html)


@pytest.mark.browser
@pytest.mark.parametrize("html", ["day", "queue", "hours"], indirect=True)
def it_is_accessible_while_its_tables_are_folded(html: str, stage: Stage) -> None:
    """The table stands in the picture's place when it is open, so the picture is looked at by itself."""
    for look in stage.looks(html):
        assert look.page.locator("svg.chart").first.is_visible()
        assert_axe_finds_nothing(look)


@pytest.mark.parametrize("html", ADDRESSES, indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str) -> None:
    assert_translated(html, DATA)


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("html", ADDRESSES, indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("width", ["wide"], indirect=True)
@pytest.mark.parametrize("html", ["hours"], indirect=True)
def it_is_walked_by_arrow_keys(html: str, stage: Stage) -> None:
    """One stop of Tab for a map; arrows go to the next cell that has rows."""

    def walk(page: Page) -> None:
        cells = page.locator("[data-heat]").first.locator("[data-at]")
        expect(cells.first).to_have_attribute("tabindex", "0")
        assert page.locator('[data-heat]:first-of-type [data-at][tabindex="0"]').count() <= 2
        cells.first.focus()
        page.keyboard.press("ArrowDown")
        row = page.evaluate("document.activeElement.dataset.at.split(',')[0]")
        assert int(row) > 0
        page.keyboard.press("ArrowUp")
        assert page.evaluate("document.activeElement.dataset.at.split(',')[0]") == "0"

    walk(stage.show(html))


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("width", ["wide"], indirect=True)
@pytest.mark.parametrize("html", ["day"], indirect=True)
def it_walks_the_intervals_of_a_chart(html: str, stage: Stage) -> None:
    """One stop of Tab: arrows, Home and End move and say where it is, the pointer does the same."""
    shown = stage.show(html)
    hand, tip = shown.get_by_role("slider"), shown.locator("chart-tip .tip")
    expect(tip).to_be_hidden()
    hand.focus()
    shown.keyboard.press("Home")
    expect(hand).to_have_attribute("aria-valuenow", "1")
    expect(tip).to_contain_text("00: 0 offered")
    for _each in range(9):
        shown.keyboard.press("ArrowRight")
    expect(hand).to_have_attribute("aria-valuetext", re.compile("^09: 2 offered"))
    expect(tip.get_by_role("link")).to_have_attribute(
        "href", re.compile("/report/rows/offered/.*at=20261118T0800Z")
    )
    shown.keyboard.press("End")
    expect(hand).to_have_attribute("aria-valuenow", "24")
    shown.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    bar = shown.locator("chart-tip .at").nth(9)
    bar.hover(force=True)
    expect(tip).to_contain_text("09: 2 offered")
    shown.get_by_text("Table", exact=True).first.click()
    expect(shown.locator("svg.chart")).to_be_hidden()
    assert stage.violations == []
