"""The screen Incidents: what happened, in the provider's words, on the client's report."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from events.models import Event
from reporting.incidents import Annotation
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.console.conftest import Signed
from tests.console.test_hours import make_queue, text
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, make_person

INCIDENTS = "/clients/acme/incidents/"
NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)  # in Stockholm


@pytest.fixture
def browser(signed: Signed, op: Actor) -> Browser:
    """Olu, an operator, signed in."""
    return signed(op)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def sent(**more: Any) -> dict[str, Any]:
    return {
        "key": str(uuid4()), "text": "Carrier outage", "started_at": "2026-11-18T09:00",
        "ended_at": "2026-11-18T10:30",
    } | more  # fmt: skip


def rows(card: BrandCard) -> list[Annotation]:
    with tenant_scope(card, TESTS):
        return list(Annotation.objects.standing().order_by("started_at"))


def said(answer: Any) -> str:
    return " ".join(text(answer).split())


def it_writes_one_by_the_clients_clock(browser: Browser, acme: BrandCard, globex: BrandCard) -> None:
    make_queue(acme)
    assert "Nothing has happened" in said(browser.get(INCIDENTS))
    form = sent()
    for _again in range(2):
        assert browser.post(INCIDENTS, form).status_code == 302
    [row] = rows(acme)
    assert row.started_at == NOON - timedelta(hours=3)
    assert row.ended_at == NOON - timedelta(minutes=90)
    assert (row.written_shown, row.label) == ("Olu", "")
    assert rows(globex) == []
    page = said(browser.get(INCIDENTS))
    assert "Wed 18 Nov, 09:00 to 10:30" in page
    assert "Europe/Stockholm" in page
    assert AuditRow.objects.filter(verb="incident.written", brand_id=acme.id).count() == 1
    with tenant_scope(acme, TESTS):
        [event] = Event.objects.filter(kind="incident.written")
    assert event.data["incident"] == str(row.ref)


def it_is_of_the_queues_that_are_ticked(browser: Browser, acme: BrandCard) -> None:
    make_queue(acme)
    page = browser.get(INCIDENTS).content.decode()
    number = page.partition('name="queue_ids" value="')[2].partition('"')[0]
    browser.post(INCIDENTS, sent(queue_ids=[number]))
    assert (rows(acme)[0].queue_ids, rows(acme)[0].label) == ([int(number)], "Orders")
    assert browser.post(INCIDENTS, sent(queue_ids=["999999"])).status_code == 422


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"text": " "}, "This field is required"),
        ({"text": "x" * 161}, "at most 160 characters"),
        ({"started_at": "2026-11-18T12:30", "ended_at": ""}, "This is still to come"),
        ({"ended_at": "2026-11-18T09:00"}, "It ends before it begins"),
        ({"ended_at": "2026-11-18T13:00"}, "Leave it empty while it goes on"),
        ({"started_at": "soon"}, "Enter a valid date"),
        ({"key": "x"}, "Load this page again"),
    ],
)
def it_says_what_is_wrong(browser: Browser, acme: BrandCard, more: dict[str, str], words: str) -> None:
    answer = browser.post(INCIDENTS, sent(**more))
    assert answer.status_code == 422
    assert words in said(answer)
    assert rows(acme) == []


def it_goes_on_until_it_is_said_to_be_over(browser: Browser, acme: BrandCard) -> None:
    browser.post(INCIDENTS, sent(ended_at=""))
    [row] = rows(acme)
    assert "Goes on" in said(browser.get(INCIDENTS))
    over = f"{INCIDENTS}{row.ref}/end/"
    early = browser.post(over, {f"{row.ref}-ended_at": "2026-11-18T08:00"})
    assert early.status_code == 422
    assert "It ends before it begins" in said(early)
    for _again in range(2):
        assert browser.post(over, {f"{row.ref}-ended_at": "2026-11-18T10:00"}).status_code == 302
    assert rows(acme)[0].ended_at == NOON - timedelta(hours=2)
    assert AuditRow.objects.filter(verb="incident.ended").count() == 1


def it_is_taken_back(browser: Browser, acme: BrandCard) -> None:
    browser.post(INCIDENTS, sent())
    [row] = rows(acme)
    for _again in range(2):
        browser.post(f"{INCIDENTS}{row.ref}/withdrawal/")
    assert rows(acme) == []
    assert AuditRow.objects.filter(verb="incident.withdrawn").count() == 1
    assert (
        browser.post(f"{INCIDENTS}{row.ref}/end/", {f"{row.ref}-ended_at": "2026-11-18T10:00"}).status_code
        == 404
    )


def it_is_there_for_who_may_write_them_alone(
    browser: Browser, signed: Signed, acme: BrandCard, globex: BrandCard
) -> None:
    browser.post(INCIDENTS, sent())
    [row] = rows(acme)
    assert browser.post(f"/clients/globex/incidents/{row.ref}/withdrawal/").status_code == 404
    for email, role, card in (
        ("sup@example.test", Role.SUPERVISOR, globex),
        ("man@example.test", Role.MANAGER, acme),
        ("agent@example.test", Role.AGENT, acme),
    ):
        stranger = signed(make_person(email, (role, card)))
        assert stranger.get(INCIDENTS).status_code == 404
        assert stranger.post(f"{INCIDENTS}{row.ref}/withdrawal/").status_code == 404
    assert len(rows(acme)) == 1
    supervisor = signed(make_person("sam@example.test", (Role.SUPERVISOR, acme)))
    assert supervisor.get(INCIDENTS).status_code == 200


def it_stays_in_its_budget(browser: Browser, acme: BrandCard) -> None:
    for _each in range(5):
        browser.post(INCIDENTS, sent())
    assert browser.get(INCIDENTS).status_code == 200
    check("console: incidents", counted(lambda: browser.get(INCIDENTS)))
