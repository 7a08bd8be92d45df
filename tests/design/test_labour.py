# ruff: noqa: F811 - fixtures of the pages' own tests
"""Agents' time in the portal, hours by client in the console: accessible, on a phone too, all translated."""

import pytest
from django.core.cache import cache

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from reporting.labour.metrics import METRICS
from tenants.cards import BrandCard
from tests.accounts.conftest import Browser
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.factories import make_person
from tests.portal.test_labour import PAGE, ROWS, worked  # noqa: F401
from tests.portal.test_report import NOON, page, signed_in

PORTAL = {
    "sums": f"{PAGE}?days=1",
    "week": f"{PAGE}?days=7",
    "empty": f"{PAGE}?span=day&on=2026-01-01",
    "rows": f"{ROWS}?days=1",
    "none": f"{ROWS}?days=1&kind=training",
}
CONSOLE = {
    "clients": "/days/clients/?days=1",
    "nobody": "/days/clients/?span=day&on=2026-01-01",
    "agents": "/days/clients/agents/?days=1&client=acme",
}
PAGES = [*PORTAL, *CONSOLE]
DATA = [
    *(metric.key for metric in METRICS),
    *("Acme Outdoor", "Globex Energy", "Europe/Stockholm", "Orders", "Ronja", "Ada Berg", "Olu Park", "UTC"),
    'aria-hidden="true">A<',
]


@pytest.fixture
def html(
    request: pytest.FixtureRequest,
    worked: Actor,
    acme: BrandCard,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """The page of that name, as the client's manager or an operator gets it."""
    cache.clear()
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    monkeypatch.setattr(clock, "now", lambda: NOON)
    if request.param in PORTAL:
        make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm")
        return str(page(signed_in("lena@example.test", acme), acme, PORTAL[request.param]).content.decode())
    make_person("op@example.test", (Role.OPERATOR, None), name="Olu Park")
    browser = Browser(headers={"host": "localhost:8000"})
    browser.sign_in("op@example.test")
    return str(browser.get(CONSOLE[request.param]).content.decode())


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
