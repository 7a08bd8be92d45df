"""The catalogue of metrics on both hosts: accessible, within the policy, on a phone too, all translated."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from accounts.choices import Role
from core import clock
from reporting.catalogue import CATALOGUE
from tenants.cards import BrandCard
from tests.accounts.conftest import Browser
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.factories import make_person
from tests.portal.test_metrics import close_from_noon
from tests.portal.test_report import NOON, contact, page, signed_in

DATA = [
    *(f"{metric.key}/business" for metric in CATALOGUE),
    *(metric.key for metric in CATALOGUE),
    *sorted({metric.copc for metric in CATALOGUE}, key=len, reverse=True),
    *(
        "ISO 18295-1: 4.3",
        "COPC:",
        "Acme Outdoor",
        "Globex Energy",
        "Europe/Stockholm",
        'aria-hidden="true">G<',
        'aria-hidden="true">A<',
    ),
]
PAGES = ["console", "portal", "clock", "report"]
ADDRESSES = {
    "portal": "/report/metrics/",
    "clock": "/report/metrics/?clock=business",
    "report": "/report/?clock=business",
}


@pytest.fixture
def portal(db: None, acme: BrandCard, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """Acme's manager, with contacts to count and hours to count them by."""
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: NOON)
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm")
    contact(acme, at=NOON - timedelta(hours=3))
    contact(acme, at=NOON - timedelta(hours=2), answered=None)
    close_from_noon(acme)
    return signed_in("lena@example.test", acme)


@pytest.fixture
def html(request: pytest.FixtureRequest, acme: BrandCard) -> str:
    if request.param == "console":
        return str(request.getfixturevalue("operator").get("/metrics/").content.decode())
    portal = request.getfixturevalue("portal")
    return str(page(portal, acme, ADDRESSES[request.param]).content.decode())


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
