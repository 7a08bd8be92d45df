"""Issued reports in console and portal: accessible, roomy, translated."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache

from accounts.choices import Role
from core import clock
from reporting.catalogue import CATALOGUE
from reporting.choices import Span
from tenants.cards import BrandCard
from tests.accounts.conftest import Browser
from tests.console.test_reports import LOOK, REPORTS
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.design.test_hours import text
from tests.factories import make_person
from tests.portal.test_exclusions import closed
from tests.portal.test_report import NOON, contact, page, signed_in
from tests.reporting.test_issuing import NINE, issue, promise, read, restate

CONSOLE = ["empty", "list", "preview", "early", "refused", "one", "restatement", "alike"]
PORTAL = ["none", "reports", "issued", "replaced", "changes"]
DATA = [
    "Acme Outdoor", "Acme", "Europe/Stockholm", "Olu Park", "Olu", "Lena Holm", "Orders", "op@example.test",
    "Fire alarm", "Ada B.", 'aria-hidden="true">A<', "A late file", ">OP<", "English", "Svenska",
]  # fmt: skip
DIGEST = re.compile(r"<code>.*?</code>")


def planted(acme: BrandCard) -> None:
    """Tuesday with every table that a report can have."""
    promise(acme, metric="SL.SHORTEXCL@1")
    promise(acme, metric="ABN.RATE@1", target=5, window="week")
    for hours in range(9):
        contact(acme, at=NINE + timedelta(hours=hours), answered=(15, 90, None)[hours % 3])
    closed(acme, NINE + timedelta(hours=2), NINE + timedelta(hours=3))
    read(acme)


def console(state: str, browser: Browser, acme: BrandCard) -> str:
    if state == "empty":
        return text(browser.get(REPORTS))
    planted(acme)
    if state in {"preview", "early", "refused"}:
        on = {"preview": "2026-11-17", "early": "2026-11-18", "refused": "soon"}[state]
        return text(browser.get(LOOK.replace("2026-11-17", on)))
    one = issue(acme)
    issue(acme, span=Span.WEEK, on=NINE.date() - timedelta(days=7))
    if state == "alike":
        return text(browser.get(f"{REPORTS}{one.ref}/restatement/"))
    contact(acme, at=NINE + timedelta(hours=10), answered=90)
    if state == "restatement":
        read(acme)
        return text(browser.post(f"{REPORTS}{one.ref}/restatement/", {"key": str(uuid4()), "note": ""}))
    two = restate(acme, one)
    return text(browser.get(REPORTS if state == "list" else f"{REPORTS}{two.ref}/"))


def portal(state: str, browser: Browser, acme: BrandCard) -> str:
    path = "/reports/"
    if state != "none":
        planted(acme)
        one = issue(acme)
        contact(acme, at=NINE + timedelta(hours=10), answered=90)
        two = restate(acme, one)
        issue(acme, span=Span.WEEK, on=NINE.date() - timedelta(days=7))
        path += {
            "reports": "", "issued": f"{two.ref}/", "replaced": f"{one.ref}/",
            "changes": f"{two.ref}/changes/",
        }[state]  # fmt: skip
    return str(page(browser, acme, path).content.decode())


@pytest.fixture
def html(
    request: pytest.FixtureRequest,
    operator: Browser,
    acme: BrandCard,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> str:
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: NOON)
    if request.param in CONSOLE:
        return console(request.param, operator, acme)
    settings.ROOT_URLCONF = settings.PUBLIC_URLCONF = "tests.accounts.urls_public"
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm")
    return portal(request.param, signed_in("lena@example.test", acme), acme)


@pytest.mark.browser
@pytest.mark.parametrize("html", [*CONSOLE, *PORTAL], indirect=True)
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    assert_accessible(stage, html)


@pytest.mark.browser
@pytest.mark.parametrize("html", ["preview", "restatement", "issued", "changes"], indirect=True)
@pytest.mark.parametrize("theme", ["light"], indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)


@pytest.mark.parametrize("html", [*CONSOLE, *PORTAL], indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str, acme: BrandCard) -> None:
    keys = sorted({metric.key for metric in CATALOGUE}, key=len, reverse=True)  # one ends as another
    names = sorted({metric.copc for metric in CATALOGUE}, key=len, reverse=True)
    text = DIGEST.sub("", html)
    assert_translated(text, [*(f"({key})" for key in keys), *keys, *names, *DATA])
