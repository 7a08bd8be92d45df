"""The screen of a client's clocks: accessible, roomy, translated. The desk's are in its own pages' tests."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache

from core import clock
from interactions.choices import ClockKind
from interactions.models import Queue
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.console.test_hours import make_queue
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.design.test_hours import text
from tests.factories import TESTS
from tests.portal.test_report import NOON

CLOCKS = "/clients/acme/clocks/"
PAGES = ["empty", "list", "refused", "queue", "own"]
DATA = ["Acme Outdoor", "Europe/Stockholm", "Olu Park", "Orders", "op@example.test"]


def sent(**more: str) -> dict[str, Any]:
    form: dict[str, Any] = {"key": str(uuid4()), "from_date": f"{NOON:%Y-%m-%d}"}
    for kind in ClockKind.values:
        form |= {f"{kind}_unit": "60", f"{kind}_counted": "business", f"{kind}_pauses": ["hold", "snoozed"]}
    return form | more


@pytest.fixture
def html(
    request: pytest.FixtureRequest, operator: Browser, acme: BrandCard, monkeypatch: pytest.MonkeyPatch
) -> str:
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: NOON)
    make_queue(acme)
    with tenant_scope(acme, TESTS):
        own = f"{CLOCKS}{Queue.objects.get().ref}/"
    state = request.param
    if state == "refused":
        wrong = sent(first_seconds="5", first_urgent_from="11", from_date="2026-01-01")
        return text(operator.post(CLOCKS, wrong))
    if state != "empty":
        full = sent(
            first_seconds="5", next_seconds="10", resolution_seconds="600", update_seconds="60",
            first_urgent_from="5", first_urgent_seconds="1", resolution_total="on",
        )  # fmt: skip
        operator.post(CLOCKS, full)
        operator.post(CLOCKS, sent(first_seconds="4", from_date="2027-01-01"))
        operator.get(CLOCKS)
    if state == "own":
        operator.post(own, sent(first_seconds="2"))
        operator.get(own)
    return text(operator.get(own if state in {"queue", "own"} else CLOCKS))


@pytest.mark.browser
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    assert_accessible(stage, html)


@pytest.mark.browser
@pytest.mark.parametrize("html", ["list", "refused"], indirect=True)
@pytest.mark.parametrize("theme", ["light"], indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)


@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str) -> None:
    assert_translated(html, DATA)
