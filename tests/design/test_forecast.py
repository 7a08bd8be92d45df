"""Exclusions, forecasts and what was more than agreed, in console and portal: accessible, translated."""

from typing import Any

import pytest
from django.core.cache import cache

from accounts.choices import Role
from core import clock
from reporting.catalogue import REPORTED
from reporting.models import Exclusion
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.console.test_exclusions import PATH as EXCLUSIONS
from tests.console.test_exclusions import answered, sent
from tests.console.test_hours import make_queue
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.design.test_hours import text
from tests.factories import TESTS, make_person
from tests.portal.test_forecast import (
    CONSOLE,
    HALVES,
    HEAD,
    PATH,
    datetime_of,
    day_of_contacts,
    in_use,
    queue_name,
    rows,
    send,
    terms,
)
from tests.portal.test_report import NOON, page, signed_in

CONSOLES = ["exclusions none", "exclusions", "exclusions wrong", "console", "console none", "terms wrong"]
PORTALS = ["portal", "portal queue", "portal none", "portal wrong", "version", "version used", "report"]
PAGES = [*CONSOLES, *PORTALS]
DATA = [
    "Acme Outdoor", "Europe/Stockholm", "Olu Park", "Olu", "Lena Holm", "Orders", "Web chat",
    "op@example.test", "Storm", "Lines were down, says the network.",
    "https://status.example.test/9", "FC.WAPE@1", "FC.MAPE@1",
    "volume.csv", "Ada B.", 'aria-hidden="true">A<',
]  # fmt: skip


@pytest.fixture
def html(
    request: pytest.FixtureRequest, operator: Browser, acme: BrandCard, monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> str:  # fmt: skip
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: NOON)
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm")
    if request.param in CONSOLES:
        return console(request.param, operator, acme)
    return portal(request.param, operator, acme)


def console(state: str, browser: Browser, acme: BrandCard) -> str:
    if state == "exclusions none":
        return text(browser.get(EXCLUSIONS))
    if state == "console none":
        return text(browser.get(CONSOLE))
    if state == "console":
        agreed(acme)
        return text(browser.get(f"{CONSOLE}?days=1"))
    make_queue(acme)
    if state == "exclusions wrong":
        return text(browser.post(EXCLUSIONS, sent(ended_at="", references="Storm", evidence="")))
    if state == "terms wrong":
        return text(browser.post(CONSOLE, {"lock_days": "x", "over_share": "", "from_month": ""}))
    proposals(browser, acme)
    return text(browser.get(EXCLUSIONS))


def portal(state: str, operator: Browser, acme: BrandCard) -> str:
    lena = signed_in("lena@example.test", acme)
    if state == "portal none":
        return shown(lena, acme, PATH)
    agreed(acme)
    if state == "portal wrong":
        return str(send(lena, acme, HEAD + "x,09:00,Nobody,many\n" * 3).content.decode())
    if state == "portal":
        return shown(lena, acme, f"{PATH}?days=1")
    if state == "portal queue":
        html = shown(lena, acme, f"{PATH}?days=1")
        link = html.partition('id="by-queue-h"')[2].partition('<a class="link" href="')[2].partition('"')[0]
        return shown(lena, acme, PATH + link.replace("&amp;", "&"))
    if state == "report":
        proposals(operator, acme)
        return shown(lena, acme, "/report/?days=1")
    if state == "version":
        days = ("2026-11-20", "2027-02-01")
        send(lena, acme, HEAD + "".join(f"{day},09:00,{queue_name(acme)},3\n" for day in days))
    return shown(lena, acme, f"{PATH}{rows(acme)[-1].ref}/")


def shown(browser: Browser, acme: BrandCard, path: str) -> str:
    return str(page(browser, acme, path).content.decode())


def agreed(acme: BrandCard) -> None:
    """A day with a forecast that was agreed, and more than that."""
    day_of_contacts(acme)
    terms(acme, at=datetime_of(2026, 9, 1), month=datetime_of(2026, 11, 1).date())
    in_use(acme, HALVES.format(name=queue_name(acme)), at=datetime_of(2026, 10, 1))


def proposals(browser: Browser, acme: BrandCard) -> None:
    """One to answer, one accepted, one refused, one withdrawn."""
    lena = signed_in("lena@example.test", acme)
    for n, cause in enumerate(("force", "client", "closure", "force")):
        times = {"started_at": f"2026-11-18T0{6 + n}:00", "ended_at": f"2026-11-18T0{6 + n}:30"}
        browser.post(EXCLUSIONS, sent(cause=cause, references="https://status.example.test/9", **times))
    with tenant_scope(acme, TESTS):
        refs = list(Exclusion.objects.order_by("pk").values_list("ref", flat=True))
    answered(lena, acme, refs[1], answer="accepted")
    answered(lena, acme, refs[2], answer="refused", why="Storm")
    browser.post(f"{EXCLUSIONS}{refs[3]}/withdrawal/")
    browser.get(EXCLUSIONS)


@pytest.mark.browser
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    assert_accessible(stage, html)


@pytest.mark.browser
@pytest.mark.parametrize(
    "html", ["exclusions", "console", "portal queue", "version", "report"], indirect=True
)
@pytest.mark.parametrize("theme", ["light"], indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)


@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str, acme: BrandCard) -> None:
    assert_translated(html, [*(metric.key for metric in REPORTED), *DATA])
