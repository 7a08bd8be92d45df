# ruff: noqa: F811 - fixtures of the exclusions
"""The figures of overview and report beside what was agreed for them; nothing where nothing was."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from interactions.models import Queue
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.factories import TESTS
from tests.portal.test_commitments import DAY, change, promise
from tests.portal.test_exclusions import (  # noqa: F401
    answer,
    at_noon,
    closed,
    hour,
    lena,
    words,
)
from tests.portal.test_metrics import close_from_noon
from tests.portal.test_report import NOON, contact, page

pytestmark = pytest.mark.django_db
PAGES = ("/overview/", "/report/?days=7")


def tile(browser: Browser, card: BrandCard, path: str = PAGES[0], name: str = "Service level") -> str:
    """The words on the tile."""
    html = page(browser, card, path).content.decode()
    parts = re.findall(r'<li class="card kpi">.*?</li>', html, re.DOTALL)
    (found,) = [words(part) for part in parts if words(part).startswith(f"{name} ")]
    return found


@pytest.mark.parametrize("path", PAGES)
def it_says_what_became_of_what_was_agreed(
    lena: Browser, acme: BrandCard, globex: BrandCard, path: str
) -> None:
    promise(acme, window="month")
    promise(globex, metric="ASA.QUEUE@1", target=Decimal(30), minimum=None)
    for late in (15, 15, 15, 15, 300):
        contact(acme, at=hour(3), answered=late)
    assert "Service level met so far 80.0 %" in tile(lena, acme, path)
    assert "agreed: at least 80.0% each month" in tile(lena, acme, path)
    assert "agreed" not in tile(lena, acme, path, "Speed of answer"), "that is another client's"
    contact(acme, at=hour(2), answered=300)
    assert "Service level missed so far" in tile(lena, acme, path)


@pytest.mark.parametrize("path", PAGES)
def it_counts_the_days_where_each_is_judged(lena: Browser, acme: BrandCard, path: str) -> None:
    promise(acme)
    for back in (0, 1, 2):
        contact(acme, at=hour(3) - back * DAY, answered=300 if back else 15)
    found = tile(lena, acme, path)
    assert "Service level 2 of 3 missed" in found, "days without a customer are none"
    assert "agreed: at least 80.0% each day" in found


def it_shows_each_of_two_targets_of_the_period(lena: Browser, acme: BrandCard) -> None:
    ref = promise(acme)
    change(acme, ref, back=1, target=90)
    contact(acme, at=hour(3))
    found = tile(lena, acme)
    assert "agreed: at least 80.0% each day agreed: at least 90.0% each day" in found


def it_goes_by_what_was_accepted_to_be_left_out(lena: Browser, acme: BrandCard) -> None:
    promise(acme, window="week")
    contact(acme, at=hour(5))
    contact(acme, at=hour(3), answered=300)
    ref = closed(acme, hour(3) - timedelta(seconds=5), hour(2.5))
    assert "missed so far" in tile(lena, acme)
    answer(lena, acme, ref, answer="accepted")
    assert "met so far" in tile(lena, acme)


def it_shows_nothing_where_nothing_is_to_be_judged(lena: Browser, acme: BrandCard) -> None:
    contact(acme, at=hour(3), answered=300)
    assert "agreed" not in tile(lena, acme)
    with tenant_scope(acme, TESTS):
        queue = Queue.objects.get()
    promise(acme, queue_ids=[queue.pk])
    found = tile(lena, acme)
    assert "agreed" not in found, "a target of one queue is not one of all"
    assert "missed" not in found
    close_from_noon(acme)
    promise(acme, metric="ASA.QUEUE@1", target=Decimal(30), minimum=None, counted="business")
    assert "agreed" not in tile(lena, acme, name="Speed of answer"), "by another clock"


def it_has_a_target_without_a_result_before_somebody_comes(lena: Browser, acme: BrandCard) -> None:
    promise(acme)
    contact(acme, at=NOON - 20 * DAY)
    found = tile(lena, acme)
    assert "agreed: at least 80.0% each day" in found
    assert "met" not in found
