"""The tab Hours: accessible, within the policy, on a phone too, translated; the script adds a row."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from core import clock
from interactions import actions
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.factories import TESTS

HOURS = "/clients/acme/hours/"
CLOSING = "/clients/acme/closing/"
PAGES = ["empty", "overview", "calendar", "calendar_refused", "closing_empty", "closing", "closing_refused"]
WEEK = [*((weekday, 480, 1200) for weekday in range(5)), (5, 600, 720), (5, 780, 960)]


@pytest.fixture
def html(request: pytest.FixtureRequest, operator: Browser, acme: BrandCard) -> str:
    """The page of that name, as an operator gets it."""
    if request.param.endswith("empty"):
        return text(operator.get(CLOSING if request.param.startswith("closing") else HOURS))
    path = f"{HOURS}{plan(acme)}/"
    wrong = {"name": "", "opens-0": ["08:00", "09:00"], "closes-0": ["12:00", "soon"], "zone": "UTC"}
    return {
        "overview": lambda: text(operator.get(HOURS)),
        "closing": lambda: text(operator.get(CLOSING)),
        "closing_refused": lambda: text(
            operator.post(f"{CLOSING}now/", {"until": "soon", "text-en": "x" * 301})
        ),
        "calendar": lambda: text(operator.get(path)),
        "calendar_refused": lambda: text(operator.post(path, wrong)),
    }[str(request.param)]()


def text(answer: Any) -> str:
    return str(answer.content.decode())


def plan(card: BrandCard) -> Any:
    """Give the brand hours with everything that can be shown, and return their ref."""
    now = clock.now()
    did: dict[str, Any] = {"actor": "user:1", "now": now}
    with tenant_scope(card, TESTS):
        ref = actions.save_calendar(
            name="Office", zone="Europe/Stockholm", country="SE", week=WEEK, **did
        ).ref
        queue = actions.save_queue(name="Orders and returns")
        actions.use_calendars({queue.ref: ref}, **did)
        for days, kind, spans in ((3, "closed", []), (5, "hours", [(540, 720)]), (6, "works", [])):
            day = (now + timedelta(days=days)).date()
            actions.save_own_day(ref, day=day, kind=kind, name="Inventory", periods=spans, **did)
        over = actions.close_now(until=now + timedelta(hours=1), reason="Fire alarm", **did)
        actions.reopen_hours(over.ref, actor="user:1", now=now)
        actions.close_now(calendar_ref=ref, line="told", helps=False, reason="Power cut", **did)
        texts = {"en": "We have no power. Please write to us."}
        actions.close_now(
            calendar_ref=ref, until=now + timedelta(hours=5), texts=texts, reason="Storm", **did
        )
    return ref


@pytest.mark.browser
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    assert_accessible(stage, html)


@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str, acme: BrandCard) -> None:
    data = [
        acme.name,
        "Europe/Stockholm",
        "Orders and returns",
        "Inventory",
        "Office",
        'aria-hidden="true">A<',
    ]
    assert_translated(html, data)


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("width", ["wide"], indirect=True)
@pytest.mark.parametrize("html", ["calendar_refused"], indirect=True)
def it_adds_an_empty_row(html: str, stage: Stage) -> None:
    page = stage.show(html)
    monday = page.get_by_role("group", name="Monday")
    expect(monday.locator("[data-row]")).to_have_count(3)
    monday.get_by_role("button", name="Add a period").click()
    expect(monday.locator("[data-row]")).to_have_count(4)
    expect(monday.locator("[data-row] input").nth(6)).to_be_focused()
    assert [monday.locator("input").nth(n).input_value() for n in (0, 6, 7)] == ["08:00", "", ""]
    assert monday.locator('input[aria-invalid="true"]').count() == 2
