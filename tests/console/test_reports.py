"""The screen Reports of a client: an operator looks at a period, issues it, and restates it with a reason."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from reporting.issued.models import IssuedFile, IssuedReport
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.console.conftest import Signed
from tests.console.test_targets import said
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, make_person
from tests.portal.test_report import contact
from tests.reporting.test_issuing import NINE, issue, read

REPORTS = "/clients/acme/reports/"
LOOK = f"{REPORTS}preview/?kind=day&on=2026-11-17&language=en&agents=alias"


@pytest.fixture
def browser(signed: Signed, op: Actor) -> Browser:
    """Olu, an operator, signed in."""
    return signed(op)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    at = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: at)
    return at


def versions(card: BrandCard) -> list[tuple[int, str]]:
    with tenant_scope(card, TESTS):
        return list(IssuedReport.objects.order_by("version").values_list("version", "note"))


def it_shows_what_is_in_it_and_issues_it_once(browser: Browser, acme: BrandCard, globex: BrandCard) -> None:
    assert "Nothing was issued yet" in said(browser.get(REPORTS))
    contact(acme, at=NINE)
    contact(globex, at=NINE, answered=None)
    read(acme)
    page = said(browser.get(LOOK))
    assert "Every customer was answered within the target." in page
    assert versions(acme) == [], "looking writes nothing"
    form = {"key": str(uuid4()), "note": "October is corrected in November"}
    for _again in range(2):
        answer = browser.post(LOOK, form)
        assert answer.status_code == 302
    assert versions(acme) == [(1, "October is corrected in November")]
    assert versions(globex) == []
    with tenant_scope(acme, TESTS):
        assert sorted(IssuedFile.objects.values_list("form", flat=True)) == ["csv", "pdf", "png", "xlsx"]
    shown = said(browser.get(answer["Location"]))
    assert "17 November 2026" in shown
    assert "October is corrected in November" in shown
    assert "17 November 2026 Day Issued" in said(browser.get(REPORTS))
    assert "This period was issued already." in said(browser.get(LOOK))
    refused = browser.post(LOOK, {"key": str(uuid4())})
    assert refused.status_code == 422
    row = AuditRow.objects.get(verb="report.issued", brand_id=acme.id)
    assert row.reason == "October is corrected in November"


def it_says_so_of_an_empty_period(browser: Browser, acme: BrandCard) -> None:
    assert "No customer has written in this period." in said(browser.get(LOOK))
    answer = browser.post(LOOK, {"key": str(uuid4())}, follow=True)
    assert "No customer has written in this period." in said(answer)
    assert "0.0%" not in said(answer), "nothing is not zero"


def it_says_why_a_period_cannot_be_issued_yet(browser: Browser, acme: BrandCard) -> None:
    today = LOOK.replace("2026-11-17", "2026-11-18")
    page = said(browser.get(today))
    assert "This period is not over: it can be issued from 19 Nov 2026, 00:10 (Europe/Stockholm) on." in page
    assert "Issue the report" not in page
    assert browser.post(today, {"key": str(uuid4())}).status_code == 422
    for wrong in ("on=x", "on=1900-01-01", "kind=year&on=2026-11-17"):
        assert browser.get(f"{REPORTS}preview/?{wrong}&language=en&agents=alias").status_code == 422
    assert versions(acme) == []


def it_restates_with_a_reason_and_shows_what_changes_before(browser: Browser, acme: BrandCard) -> None:
    contact(acme, at=NINE)
    one = issue(acme)
    path = f"{REPORTS}{one.ref}/restatement/"
    assert "No number has changed since it was issued" in said(browser.get(path))
    contact(acme, at=NINE + timedelta(hours=1), answered=90)
    read(acme)
    assert "Figures Service level SL.NEG@1 100.0% 50.0% −50.0 points" in said(browser.get(path))
    bare = browser.post(path, {"key": str(uuid4()), "note": " "})
    assert bare.status_code == 422
    answer = browser.post(path, {"key": str(uuid4()), "note": "A late file"})
    assert answer.status_code == 302
    assert versions(acme) == [(1, ""), (2, "A late file")]
    shown = said(browser.get(answer["Location"]))
    assert "Number by number" in shown
    assert "This version was replaced by a newer one." in said(browser.get(f"{REPORTS}{one.ref}/"))
    again = browser.post(path, {"key": str(uuid4()), "note": "Once more"})
    assert again.status_code == 422


def it_hands_its_files_out(browser: Browser, acme: BrandCard) -> None:
    one = issue(acme)
    answer = browser.post(f"{REPORTS}{one.ref}/file/", {"form": "pdf"})
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert browser.post(f"{REPORTS}{one.ref}/file/", {"form": "x"}).status_code == 404


def it_is_for_operators_alone_and_of_this_client(
    browser: Browser, acme: BrandCard, globex: BrandCard
) -> None:
    theirs = issue(globex)
    for path in ("", "restatement/"):
        assert browser.get(f"{REPORTS}{theirs.ref}/{path}").status_code == 404
    make_person("lena@example.test", (Role.MANAGER, acme))
    make_person("sue@example.test", (Role.SUPERVISOR, acme))
    for email in ("lena@example.test", "sue@example.test"):
        other = Browser()
        other.sign_in(email)
        answers: list[Any] = [other.get(REPORTS), other.get(LOOK), other.post(LOOK, {"key": str(uuid4())})]
        assert {answer.status_code for answer in answers} == {404}
    assert versions(acme) == []


def it_costs_the_same_with_more_of_it(browser: Browser, acme: BrandCard) -> None:
    issue(acme)
    browser.get(REPORTS)
    few = counted(lambda: browser.get(REPORTS))
    contact(acme, at=NINE - timedelta(days=1))
    one = issue(acme, on=NINE.date() - timedelta(days=1))
    assert counted(lambda: browser.get(REPORTS)) == few
    check("console: reports", few)
    check("console: report", counted(lambda: browser.get(f"{REPORTS}{one.ref}/")))
