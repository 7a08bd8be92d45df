"""Service targets in the console and what became of them in the report: accessible, roomy, translated."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache

from accounts.choices import Role
from core import clock
from reporting.catalogue import CATALOGUE
from reporting.models import Clause
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.console.test_hours import make_queue
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.design.test_hours import text
from tests.factories import TESTS, make_person
from tests.portal.test_commitments import change, promise
from tests.portal.test_exclusions import answer, closed, hour
from tests.portal.test_report import NOON, contact, page, signed_in

TARGETS = "/clients/acme/targets/"
PAGES = ["empty", "list", "refused", "one", "one_refused", "over", "report", "rows"]
DATA = [
    "Acme Outdoor", "Europe/Stockholm", "Olu Park", "Olu", "Lena Holm", "Orders", "Delivery",
    "op@example.test",
    "Fire alarm", "Ada B.", 'aria-hidden="true">A<',
]  # fmt: skip


def sent(**more: str) -> dict[str, str]:
    return {
        "key": str(uuid4()), "metric": "SL.NEG@1", "target": "80", "minimum": "70", "weight": "2",
        "window": "day", "counted": "elapsed", "from_date": "2026-11-18",
    } | more  # fmt: skip


def reported(acme: BrandCard) -> Browser:
    """Acme's manager, with commitments of every verdict and something left out."""
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm")
    for back in (26.0, 5.0, 3.0):
        contact(acme, at=hour(back))
    for back in (3.0, 2.9):
        contact(acme, at=hour(back), answered=300)
    contact(acme, at=hour(2.8), answered=None)
    contact(acme, at=hour(1), answered=300)
    promise(acme)
    change(acme, promise(acme, metric="ABN.RATE@1", window="week", minimum=None), back=1, target=5)
    promise(acme, metric="ASA.P90@1", window="month", target=60, minimum=None, weight=4)
    promise(acme, metric="CB.KEPT@1", window="month")
    browser = signed_in("lena@example.test", acme)
    answer(browser, acme, closed(acme, hour(1), hour(0.5)), answer="accepted")
    return browser


@pytest.fixture
def html(
    request: pytest.FixtureRequest,
    operator: Browser,
    acme: BrandCard,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: NOON)
    if request.param in {"report", "rows"}:
        browser = reported(acme)
        report = str(page(browser, acme, "/report/?days=7").content.decode())
        if request.param == "report":
            return report
        link = report.partition('href="/report/commitments/')[2].partition('"')[0].replace("&amp;", "&")
        return str(page(browser, acme, f"/report/commitments/{link}").content.decode())
    return console(request.param, operator, acme)


def console(state: str, browser: Browser, acme: BrandCard) -> str:
    if state == "empty":
        return text(browser.get(TARGETS))
    make_queue(acme)
    if state == "refused":
        return text(browser.post(TARGETS, sent(minimum="90", weight="0", from_date="2026-11-01")))
    browser.post(TARGETS, sent())
    browser.post(TARGETS, sent(metric="ABN.RATE@1", target="5", minimum="10", window="month"))
    with tenant_scope(acme, TESTS):
        ref = Clause.objects.get(metric="SL.NEG@1").ref
    if state == "over":
        with tenant_scope(acme, TESTS):
            start, end = NOON.date() - timedelta(days=9), NOON.date()
            Clause.objects.filter(ref=ref).update(from_date=start, until_date=end)
        return text(browser.get(f"{TARGETS}{ref}/"))
    later = sent(target="90", minimum="", from_date="2026-12-01")
    if state.startswith("one"):
        wrong = sent(target="90", minimum="95", from_date="2026-11-01")
        there = f"{TARGETS}{ref}/"
        return text(browser.get(there) if state == "one" else browser.post(there, wrong))
    browser.post(f"{TARGETS}{ref}/", later)
    browser.get(TARGETS)
    return text(browser.get(TARGETS))


@pytest.mark.browser
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    assert_accessible(stage, html)


@pytest.mark.browser
@pytest.mark.parametrize("html", ["list", "one_refused", "report"], indirect=True)
@pytest.mark.parametrize("theme", ["light"], indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)


@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str, acme: BrandCard) -> None:
    keys = sorted({metric.key for metric in CATALOGUE}, key=len, reverse=True)  # one ends as another
    assert_translated(html, [*(f"({key})" for key in keys), *keys, *DATA])


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("width", ["phone"], indirect=True)
class DescribeOnAPhone:
    @pytest.mark.parametrize("html", ["report"], indirect=True)
    def it_shows_each_result_beside_both_figures(self, html: str, stage: Stage) -> None:
        page = stage.show(html)
        assert page.locator(".commits thead tr > :nth-child(4)").count()
        tables = page.locator(".commits .scroll")
        assert not any(tables.evaluate_all("all => all.map((one) => one.scrollWidth - one.clientWidth)"))

    @pytest.mark.parametrize("html", ["report"], indirect=True)
    def it_writes_at_the_axes_what_can_be_read(self, html: str, stage: Stage) -> None:
        words = stage.show(html).locator("svg.chart .ax").first
        assert (
            words.evaluate("one => one.getScreenCTM().a * parseFloat(getComputedStyle(one).fontSize)") >= 10
        )

    @pytest.mark.parametrize("html", ["list"], indirect=True)
    def it_says_of_what_each_block_is(self, html: str, stage: Stage) -> None:
        assert stage.show(html).locator(".tbl.stack tbody th").first.inner_text() == "Version 1"
