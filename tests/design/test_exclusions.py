"""The report with closures proposed to be left out, and how well waits were told: accessible, translated."""

import pytest
from django.core.cache import cache

from accounts.choices import Role
from core import clock
from interactions import actions as interactions
from interactions.values import Estimate
from reporting.catalogue import REPORTED
from reporting.models import Exclusion
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.factories import TESTS, make_person
from tests.portal.test_exclusions import answer, closed, hour
from tests.portal.test_report import NOON, contact, page, signed_in


@pytest.fixture
def html(db: None, acme: BrandCard, monkeypatch: pytest.MonkeyPatch) -> str:
    """The report of Acme's manager: one proposal to answer, one accepted."""
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: NOON)
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm")
    browser = signed_in("lena@example.test", acme)
    for back in (5, 3, 1):
        ref = contact(acme, at=hour(back), answered=90)
        with tenant_scope(acme, TESTS):
            interactions.note_estimate(ref, Estimate(60, 120, 2, hour(back)))
    closed(acme, hour(3), hour(2.5))
    done = closed(acme, hour(1), hour(0.5))
    answer(browser, acme, done, answer="accepted")
    with tenant_scope(acme, TESTS):
        assert Exclusion.objects.count() == 2
    return str(page(browser, acme, "/report/?days=1").content.decode())


@pytest.mark.browser
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    assert_accessible(stage, html)


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)


def it_leaves_nothing_untranslated(pseudo_locale: None, html: str, acme: BrandCard) -> None:
    printed = [acme.name, "Europe/Stockholm", "Fire alarm", "Olu Park", "Olu", "Lena Holm", "Delivery"]
    ids = [metric.key for metric in REPORTED]
    assert_translated(html, [*ids, *printed, 'aria-hidden="true">A<'])
