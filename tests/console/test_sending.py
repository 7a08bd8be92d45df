"""How a client's reports reach people, in the console: plans, mails, links; by operators alone."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from reporting.choices import Span
from reporting.sending.models import PlanReader, ReportLink, ReportPlan
from tenants.cards import BrandCard
from tenants.mail.models import SystemMail
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.console.conftest import Signed
from tests.console.test_targets import said
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, make_person
from tests.portal.test_report import contact
from tests.reporting.test_issuing import NINE, issue
from tests.reporting.test_sending import plan, run

PLANS = "/clients/acme/reports/plans/"


@pytest.fixture
def browser(signed: Signed, op: Actor) -> Browser:
    """Olu, an operator, signed in."""
    return signed(op)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    at = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: at)
    return at


def form(kind: str = "day", **more: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "is_on": "on", "hour": "8", "language": "en", "agents": "alias", "chart": "inline",
        "attached": ["pdf", "xlsx"], "addresses": "board@example.test\nceo@example.test",
    }  # fmt: skip
    return {f"{kind}-{name}": value for name, value in (values | more).items() if value is not None}


def it_plans_a_kind(browser: Browser, acme: BrandCard, globex: BrandCard) -> None:
    lena = make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm")
    page = said(browser.get(PLANS))
    assert "Lena Holm (lena@example.test)" in page
    for _again in range(2):
        answer = browser.post(f"{PLANS}day/", form(user_ids=[str(lena.user_id)]))
        assert answer.status_code == 302
    with tenant_scope(acme, TESTS):
        row = ReportPlan.objects.get()
        readers = sorted(map(str, PlanReader.objects.all()))
    assert (row.kind, row.hour, row.forms, row.is_on) == (Span.DAY, 8, ["pdf", "xlsx"], True)
    assert readers == ["board@example.test", "ceo@example.test", f"user {lena.user_id}"]
    with tenant_scope(globex, TESTS):
        assert not ReportPlan.objects.exists()
    assert AuditRow.objects.filter(verb="report.planned", brand_id=acme.id).count() == 1
    page = said(browser.get(PLANS))
    assert "08:00 (Europe/Stockholm)" in page
    assert browser.post(f"{PLANS}day/", form(is_on=None)).status_code == 302
    with tenant_scope(acme, TESTS):
        assert not ReportPlan.objects.get().is_on


def it_says_what_is_due_and_was_not_sent(browser: Browser, acme: BrandCard, noon: datetime) -> None:
    plan(acme, now=noon - timedelta(days=2))
    page = said(browser.get(PLANS))
    assert "due since 17 Nov 2026, 08:00 (Europe/Stockholm) and was not sent yet" in page
    run(acme, noon)
    assert "was not sent yet" not in said(browser.get(PLANS))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"addresses": "nobody"}, "nobody is no address"),
        ({"addresses": ""}, "Say who gets it, or leave it off."),
        ({"hour": "24"}, "Select a valid choice"),
        ({"user_ids": ["1"]}, "Somebody of them said stop, or may not read reports any more."),
    ],
)
def it_says_what_is_wrong(browser: Browser, acme: BrandCard, more: dict[str, Any], words: str) -> None:
    answer = browser.post(f"{PLANS}week/", form("week", **more))
    assert answer.status_code == 422
    assert words in said(answer)
    with tenant_scope(acme, TESTS):
        assert not ReportPlan.objects.exists()


def it_sends_and_links_one_report(browser: Browser, acme: BrandCard) -> None:
    contact(acme, at=NINE)
    one = issue(acme)
    path = f"/clients/acme/reports/{one.ref}/deliveries/"
    mail = {"mail-address": "board@example.test", "mail-key": str(uuid4())}
    for _again in range(2):
        assert browser.post(f"{path}mails/", mail).status_code == 303
    assert SystemMail.objects.get().to == "board@example.test"
    link = {"link-made_for": "Auditors", "link-days": "30", "link-key": str(uuid4())}
    answer = browser.post(f"{path}links/", link)
    assert answer.status_code == 201
    assert "http://acme.localhost:8000/r/" in said(answer)
    assert browser.post(f"{path}links/", link).status_code == 303
    with tenant_scope(acme, TESTS):
        ref = ReportLink.objects.get(made_for="Auditors").ref
    assert browser.post(f"{path}links/{ref}/end/").status_code == 303
    page = said(browser.get(path))
    assert "Auditors" in page
    assert "Ended" in page
    assert browser.post(f"{path}mails/", mail | {"mail-address": "x"}).status_code == 422
    assert browser.post(f"{path}mails/{uuid4()}/again/").status_code == 404
    check("console: mails and links", counted(lambda: browser.get(path)))
    check("console: reports by mail", counted(lambda: browser.get(PLANS)))


def it_is_for_operators(signed: Signed, acme: BrandCard, outsider: Actor) -> None:
    contact(acme, at=NINE)
    one = issue(acme)
    manager = make_person("man@example.test", (Role.MANAGER, acme))
    for who in (outsider, manager):
        browser = signed(who)
        for path in (PLANS, f"/clients/acme/reports/{one.ref}/deliveries/"):
            assert browser.get(path).status_code == 404
        assert browser.post(f"{PLANS}day/", form()).status_code == 404
    with tenant_scope(acme, TESTS):
        assert not ReportPlan.objects.exists()
