"""How reports reach people, and a report behind a link: accessible, roomy, translated."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache

from accounts.choices import Role
from core import clock
from reporting.actions.sending import send_report
from reporting.catalogue import CATALOGUE
from reporting.sending.models import PlanReader, ReportPlan
from tenants.cards import BrandCard
from tenants.mail.choices import MailState
from tenants.mail.models import SystemMail
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.console.test_sending import PLANS, form
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.design.test_hours import text
from tests.factories import TESTS, make_person
from tests.portal.test_report import NOON, contact, page, signed_in
from tests.portal.test_sending import deliveries, linked, posted
from tests.reporting.test_issuing import NINE, issue, restate
from tests.reporting.test_sending import BY, plan

CONSOLE = ["plans", "stopped", "refused", "deliveries"]
PORTAL = ["told", "nothing", "made", "shared", "restated", "stop", "gone"]
DATA = [
    "Acme Outdoor", "Acme", "Europe/Stockholm", "Olu Park", "Olu", "Lena Holm", "Orders", "op@example.test",
    "Ada B.", "board@example.test", "ceo@example.test", "lena@example.test", "550 No such person here",
    "The board", "A late file", 'aria-hidden="true">A<', "2026f", "2025b", ">OP<", "English", "Svenska",
]  # fmt: skip


def planted(acme: BrandCard) -> Any:
    """A report with a mail that was refused, one that waits, and links."""
    for hours in range(6):
        contact(acme, at=NINE + timedelta(hours=hours), answered=(15, 90, None)[hours % 3])
    one = issue(acme)
    with tenant_scope(acme, TESTS):
        for address in ("board@example.test", "ceo@example.test"):
            send_report(acme, one.ref, address=address, key=uuid4(), now=NOON, **BY)
    refused = SystemMail.objects.filter(to="board@example.test")
    refused.update(state=MailState.REFUSED, answer="550 No such person here")
    linked(acme, one)
    return one


def console(state: str, browser: Browser, acme: BrandCard) -> str:
    if state == "deliveries":
        return text(browser.get(f"/clients/acme/reports/{planted(acme).ref}/deliveries/"))
    browser.post(f"{PLANS}day/", form())
    if state == "stopped":
        with tenant_scope(acme, TESTS):
            PlanReader.objects.filter(address="ceo@example.test").update(stopped_at=NOON)
    if state == "refused":
        return text(browser.post(f"{PLANS}week/", form("week", addresses="")))
    return text(browser.get(PLANS))


def portal(state: str, browser: Browser, acme: BrandCard) -> str:
    if state == "told":
        plan(acme, now=NOON)
        return html_of(page(browser, acme, "/reports/plans/"))
    if state == "gone":
        return html_of(page(Browser(), acme, "/r/guessed/"))
    if state == "nothing":
        contact(acme, at=NINE)
        return html_of(page(browser, acme, deliveries(issue(acme).ref)))
    one = planted(acme)
    if state == "made":
        said = {"link-made_for": "The board", "link-days": "7", "link-key": str(uuid4())}
        return html_of(posted(browser, acme, f"{deliveries(one.ref)}links/", said))
    if state == "shared":
        return html_of(page(Browser(), acme, f"/r/{linked(acme, one)}/"))
    if state == "restated":
        contact(acme, at=NINE + timedelta(hours=10), answered=90)
        two = restate(acme, one)
        return html_of(page(Browser(), acme, f"/r/{linked(acme, two)}/"))
    return stop_page(acme, one)


def stop_page(acme: BrandCard, one: Any) -> str:
    with tenant_scope(acme, TESTS):
        of = ReportPlan.objects.create(kind="day", language="en", changed_at=NOON)
        reader = PlanReader.objects.create(plan=of, address="ceo@example.test")
    return html_of(page(Browser(), acme, f"/r/{linked(acme, one, reader=reader)}/stop/"))


def html_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def html(
    request: pytest.FixtureRequest, operator: Browser, acme: BrandCard, monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> str:  # fmt: skip
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: NOON)
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm")
    if request.param in CONSOLE:
        return console(request.param, operator, acme)
    settings.ROOT_URLCONF = settings.PUBLIC_URLCONF = "tests.accounts.urls_public"
    return portal(request.param, signed_in("lena@example.test", acme), acme)


@pytest.mark.browser
@pytest.mark.parametrize("html", CONSOLE + PORTAL, indirect=True)
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    assert_accessible(stage, html)


@pytest.mark.browser
@pytest.mark.parametrize("html", ["plans", "deliveries", "made"], indirect=True)
@pytest.mark.parametrize("theme", ["light"], indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)


@pytest.mark.parametrize("html", CONSOLE + PORTAL, indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str) -> None:
    keys = sorted({metric.key for metric in CATALOGUE}, key=len, reverse=True)  # one ends as another
    names = sorted({metric.copc for metric in CATALOGUE if metric.copc}, key=len, reverse=True)
    assert_translated(html, [*(f"({key})" for key in keys), *keys, *names, *DATA])
