"""The audit trail of console and portal: accessible, within the policy, on a phone too, all translated."""

from typing import Any

import pytest

from accounts.actor import Actor
from tenants.audit import audit
from tenants.cards import BrandCard
from tests.accounts.conftest import Browser
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.factories import NOW

DATA = [
    "Globex Energy",
    "Australia/Adelaide",
    "queue.changed",
    "units",
    "config.greeting",
    'aria-hidden="true">G<',
]
PAGES = ["console", "console_wrong", "provider", "portal", "portal_empty"]


@pytest.fixture
def noted(bo: Actor, cy: Actor, globex: BrandCard) -> None:
    """Entries of each shape: a change, a fact, a reason, no person, a long word."""
    rows: list[tuple[str, str, str, dict[str, Any], str]] = [
        (
            "queue.changed",
            bo.who,
            "queue:7 Orders",
            {"units": [34, 20], "config.greeting": [None, "Hi " * 40]},
            "",
        ),
        ("membership.granted", bo.who, cy.who, {"role": "manager"}, "for the summer"),
        ("conversation.read", cy.who, "conversation:019cadc6-9a80-7a12-84dc-88fde50ce4f2", {}, ""),
        ("inbox.created", "system", f"inbox:8 {'Long' * 30}", {}, ""),
    ]
    for verb, actor, of, diff, reason in rows:
        audit(verb, actor=actor, brand_id=globex.id, object=of, diff=diff, reason=reason, now=NOW)


@pytest.fixture
def html(request: pytest.FixtureRequest, noted: None, cy: Actor, operator: Browser) -> str:
    """The page of that name, made by the client of who may open it."""
    return _portal(cy, request.param) if "portal" in request.param else _console(operator, request.param)


def _console(operator: Browser, name: str) -> str:
    wrong = "?since=yesterday" if name == "console_wrong" else ""
    path = "/audit/" if name == "provider" else f"/clients/globex/audit/{wrong}"
    return str(operator.get(path).content.decode())


def _portal(manager: Actor, name: str) -> str:
    browser = Browser()
    browser.enter(manager.email, "globex")
    asked = "?until=2020-01-01" if name == "portal_empty" else ""
    return str(browser.at(f"http://globex.localhost:8000/audit/{asked}").content.decode())


@pytest.mark.browser
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    assert_accessible(stage, html)


@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str) -> None:
    assert_translated(html, DATA)


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)
