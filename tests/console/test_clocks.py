"""The screen Clocks: how long each may take, by operators and by nobody else."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from interactions.choices import ClockKind
from interactions.models import Clock, ClockPolicy, Queue
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.console.conftest import Signed
from tests.console.test_hours import make_queue, text
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, make_person
from tests.interactions.conftest import first_message, make_inbox

CLOCKS = "/clients/acme/clocks/"
NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@pytest.fixture
def browser(signed: Signed, op: Actor) -> Browser:
    """Olu, an operator, signed in."""
    return signed(op)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return NOON


def sent(**more: Any) -> dict[str, Any]:
    form: dict[str, Any] = {"key": str(uuid4()), "from_date": "2026-11-27"}
    for kind in ClockKind.values:
        form |= {f"{kind}_unit": "60", f"{kind}_counted": "elapsed"}
    return form | more


def rows(card: BrandCard) -> list[ClockPolicy]:
    with tenant_scope(card, TESTS):
        return list(ClockPolicy.objects.order_by("pk"))


def said(answer: Any) -> str:
    return " ".join(text(answer).split())


def it_agrees_and_says_it_in_words(browser: Browser, acme: BrandCard, globex: BrandCard) -> None:
    make_queue(acme)
    assert "Nothing is agreed yet" in said(browser.get(CLOCKS))
    form = sent(
        first_seconds="5", first_urgent_from="5", first_urgent_seconds="1", first_pauses=["callback"],
        resolution_seconds="4", resolution_unit="3600", resolution_counted="business", resolution_total="on",
    )  # fmt: skip
    for _again in range(2):
        assert browser.post(CLOCKS, form)["Location"] == CLOCKS
    shown = said(browser.get(CLOCKS))
    for words in (
        "First response: within 5 min; 1 min from priority 5 on; all time counts; stands still: until the "
        "promised call",
        "Resolution: within 4 h 00; opening hours; goes on when it is opened again",
        "In force",
        "Olu",
    ):
        assert words in shown
    (row,) = rows(acme)
    assert row.terms == {
        "first": {
            "seconds": 300, "counted": "elapsed", "pauses": ["callback"], "urgent_from": 5,
            "urgent_seconds": 60,
        },
        "resolution": {"seconds": 14_400, "counted": "business", "pauses": [], "total": True},
    }  # fmt: skip
    assert rows(globex) == []
    assert AuditRow.objects.filter(verb="clocks.changed", brand_id=acme.id).count() == 1


def it_brings_what_goes_on_in_line_at_once(browser: Browser, acme: BrandCard) -> None:
    with tenant_scope(acme, TESTS):
        ref = first_message(make_inbox(), "Hello", now=NOON - timedelta(seconds=30)).interaction_ref
    browser.post(CLOCKS, sent(first_seconds="5"))
    with tenant_scope(acme, TESTS):
        found = Clock.objects.get(interaction__ref=ref, kind="first")
    assert found.due_at == NOON + timedelta(seconds=270)


def it_gives_a_queue_terms_of_its_own_and_takes_them_away(browser: Browser, acme: BrandCard) -> None:
    make_queue(acme)
    with tenant_scope(acme, TESTS):
        at = f"{CLOCKS}{Queue.objects.get().ref}/"
    browser.post(CLOCKS, sent(first_seconds="5"))
    assert "This queue goes by what is agreed for all queues." in said(browser.get(at))
    browser.post(at, sent(first_seconds="2"))
    assert "within 2 min" in said(browser.get(at))
    back = {"back-key": str(uuid4()), "back-from_date": "2026-11-27"}
    assert browser.post(f"{at}client/", back)["Location"] == at
    assert "As for all queues" in said(browser.get(at))
    assert [row.terms is None for row in rows(acme)] == [False, False, True]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"first_seconds": "0"}, "greater than or equal to 1"),
        ({"first_seconds": "999999", "first_unit": "3600"}, "Choose a time of one second to 90 days."),
        ({"first_seconds": "5", "first_urgent_from": "5"}, "Say both"),
        ({"from_date": "2026-11-26"}, "Choose today or a later day"),
        ({"key": "x"}, "Load this page again"),
    ],
)
def it_refuses_with_words_at_the_field(
    browser: Browser, acme: BrandCard, more: dict[str, Any], words: str
) -> None:
    answer = browser.post(CLOCKS, sent(**more))
    assert (answer.status_code, rows(acme)) == (422, [])
    assert words in said(answer)


def it_shows_what_is_to_come(browser: Browser, acme: BrandCard) -> None:
    browser.post(CLOCKS, sent(first_seconds="5", from_date="2026-12-01"))
    shown = said(browser.get(CLOCKS))
    assert "To come" in shown
    assert "Europe/Stockholm" in shown


def it_is_nobody_elses(signed: Signed, acme: BrandCard, globex: BrandCard, op: Actor) -> None:
    make_queue(globex)
    with tenant_scope(globex, TESTS):
        strange = Queue.objects.get().ref
    assert signed(op).get(f"{CLOCKS}{strange}/").status_code == 404
    other = signed(make_person("gil@example.test", (Role.SUPERVISOR, globex)))
    for answer in (other.get(CLOCKS), other.post(CLOCKS, sent(first_seconds="5"))):
        assert answer.status_code == 404
    assert rows(acme) == []


def it_costs_the_same_with_many_agreements(browser: Browser, acme: BrandCard) -> None:
    browser.post(CLOCKS, sent(first_seconds="5"))
    browser.get(CLOCKS)
    few = counted(lambda: browser.get(CLOCKS))
    for minutes in ("6", "7", "8"):
        browser.post(CLOCKS, sent(first_seconds=minutes))
    assert counted(lambda: browser.get(CLOCKS)) == few
    check("console: clocks", few)
