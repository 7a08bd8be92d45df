"""The console's incidents: accessible, on a phone too, all translated."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from core import clock
from tenants.cards import BrandCard
from tests.accounts.conftest import Browser
from tests.console.test_hours import make_queue
from tests.console.test_incidents import INCIDENTS, sent
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.portal.test_report import NOON

PAGES = ["empty", "list", "refused"]
DATA = ["Acme Outdoor", "Europe/Stockholm", "Orders", "Olu Park", "Olu", "Carrier outage", "Storm"]


def html_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def html(
    request: pytest.FixtureRequest, operator: Browser, acme: BrandCard, monkeypatch: pytest.MonkeyPatch
) -> str:
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(minutes=30))
    if request.param == "empty":
        return html_of(operator.get(INCIDENTS))
    make_queue(acme)
    operator.post(INCIDENTS, sent())
    operator.post(INCIDENTS, sent(text="Storm", ended_at=""))
    operator.get(INCIDENTS)
    if request.param == "refused":
        return html_of(operator.post(INCIDENTS, sent(text="", ended_at="2026-11-18T08:00")))
    return html_of(operator.get(INCIDENTS))


@pytest.mark.browser
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    assert_accessible(stage, html)


@pytest.mark.browser
@pytest.mark.parametrize("html", ["list"], indirect=True)
@pytest.mark.parametrize("theme", ["light"], indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)


@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str) -> None:
    assert_translated(html, DATA)
