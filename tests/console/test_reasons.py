"""Reasons to be away and who pays for them, on screens, by operators alone."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.actor import Actor
from core import clock
from tenants.cards import BrandCard
from tests.accounts.conftest import Browser
from tests.console.conftest import Signed
from tests.desk.test_budget import check, counted
from workforce import actions
from workforce.models import AvailabilityReason, ReasonTerm

REASONS = "/staff/reasons/"


@pytest.fixture
def browser(signed: Signed, op: Actor) -> Browser:
    return signed(op)


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return str(answer.content.decode())


def of(code: str, what: str = "") -> str:
    return f"{REASONS}{AvailabilityReason.objects.get(code=code).pk}/{what}"


def it_makes_changes_orders_and_archives(browser: Browser) -> None:
    assert "Training" in text(browser.get(REASONS))
    made = browser.post(REASONS, {"label": "Quiet room", "kind": "break", "paid": "on"})
    assert (made.status_code, made["Location"]) == (303, REASONS)
    browser.post(of("quiet-room"), {"label": "Rest room", "kind": "system"})
    browser.post(of("quiet-room"), {"label": "Rest room", "kind": "meeting"})
    row = AvailabilityReason.objects.get(code="quiet-room")
    assert (row.label, row.kind, row.paid) == ("Rest room", "meeting", False)
    browser.post(of("quiet-room", "place/"), {"to": "up"})
    browser.post(of("quiet-room", "archive/"), {"archived": "1"})
    assert "Archived" in text(browser.get(REASONS))
    browser.post(of("quiet-room", "archive/"))
    assert AvailabilityReason.objects.get(code="quiet-room").active


def it_refuses_a_name_that_is_there(browser: Browser) -> None:
    for path in (REASONS, of("meal")):
        page = text(browser.post(path, {"label": "Break", "kind": "break"}), 422)
        assert "of this name already" in page
    assert "required" in text(browser.post(REASONS, {"label": "", "kind": "break"}), 422)


def it_says_who_pays_from_when_on(browser: Browser, acme: BrandCard, globex: BrandCard) -> None:
    day = clock.now().date() + timedelta(days=3)
    said = {"brand_id": acme.id, "billable": "yes", "since": day.isoformat()}
    assert browser.post(of("training", "terms/"), said).status_code == 303
    page = text(browser.get(of("training")))
    for words in ("to come", "pays for it", "Europe/Stockholm time", acme.name):
        assert words in page
    old = said | {"since": "2020-01-01"}
    assert "billed as it was" in text(browser.post(of("training", "terms/"), old), 422)
    term = ReasonTerm.objects.get()
    browser.post(of("training", f"terms/{term.pk}/removal/"))
    assert "No client pays for it" in text(browser.get(of("training")))


def it_keeps_the_name_in_days_that_are_past(browser: Browser, ada: Actor) -> None:
    now = clock.now()
    actions.set_availability(
        ada.user_id, to="away", reason_code="training", actor=None, now=now - timedelta(minutes=5)
    )
    actions.set_availability(ada.user_id, to="offline", actor=None, now=now)
    AvailabilityReason.objects.filter(code="training").update(active=False, label="Schooling")
    page = text(browser.get(f"/days/{ada.user_id}/?on={now.date()}"))
    assert "Schooling" in page or now.hour == 0


def it_is_absent_for_others(signed: Signed, ada: Actor, cy: Actor, outsider: Actor) -> None:
    for actor in (ada, outsider):
        browser = signed(actor)
        for path in (REASONS, of("meal")):
            assert browser.get(path).status_code == 404
            assert browser.post(path, {"label": "X", "kind": "break"}).status_code == 404
    assert not AvailabilityReason.objects.filter(label="X").exists()


def it_costs_few_statements(browser: Browser) -> None:
    browser.get(REASONS)
    check("console: reasons to be away", counted(lambda: browser.get(REASONS)))
    check("console: a reason to be away", counted(lambda: browser.get(of("meal"))))
