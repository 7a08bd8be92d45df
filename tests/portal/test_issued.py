# ruff: noqa: F811 - fixtures of the report
"""Issued reports on the client's own host: as they were frozen, for its people alone."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.actor import Actor
from accounts.choices import MembershipState, Role
from accounts.models import Membership, User
from crm.models import Contact
from reporting.choices import FileForm, Span
from reporting.issued.page import body
from tenants import cards
from tenants.cards import BrandCard
from tenants.models import AuditRow, Brand
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, make_person
from tests.portal.test_exclusions import at_noon, lena, words  # noqa: F401
from tests.portal.test_report import contact, page, signed_in
from tests.reporting.test_issuing import NINE, files, issue, read, restate

pytestmark = pytest.mark.django_db
REPORTS = "/reports/"


def take(browser: Browser, card: BrandCard, path: str, form: str) -> Any:
    host = f"{card.slug}.localhost:8000"
    return browser.post(f"http://{host}{path}", {"form": form}, headers={"host": host})


def it_lists_the_newest_version_of_each_period(lena: Browser, acme: BrandCard, globex: BrandCard) -> None:
    assert "No report was issued yet" in words(page(lena, acme, REPORTS).content.decode())
    contact(acme, at=NINE)
    one = issue(acme)
    week = issue(acme, span=Span.WEEK, on=date(2026, 11, 9))
    theirs = issue(globex)
    contact(acme, at=NINE + timedelta(hours=1))
    two = restate(acme, one)
    html = page(lena, acme, REPORTS).content.decode()
    said = words(html)
    assert "17 November 2026 Day Version 2, restated" in said
    assert "9 to 15 November 2026 Week Issued" in said
    for ref, is_listed in ((two.ref, True), (week.ref, True), (one.ref, False), (theirs.ref, False)):
        assert (str(ref) in html) == is_listed
    only = page(lena, acme, f"{REPORTS}?kind=week").content.decode()
    assert str(two.ref) not in only
    assert "No report of this length" in words(page(lena, acme, f"{REPORTS}?kind=month").content.decode())


def it_shows_a_report_as_it_was_frozen_and_leads_to_its_versions(lena: Browser, acme: BrandCard) -> None:
    contact(acme, at=NINE)
    one = issue(acme)
    contact(acme, at=NINE + timedelta(hours=1), answered=90)
    two = restate(acme, one, note="A file came late")
    old = page(lena, acme, f"{REPORTS}{one.ref}/").content.decode()
    assert f'href="/reports/{two.ref}/"' in old
    assert "This version was replaced by a newer one." in words(old)
    assert one.digest in old
    new = words(page(lena, acme, f"{REPORTS}{two.ref}/").content.decode())
    assert "A file came late" in new
    assert "50.0%" in new
    changed = words(page(lena, acme, f"{REPORTS}{two.ref}/changes/").content.decode())
    assert "17 November 2026: version 1 against version 2" in changed
    assert "Restated by Olu Park" in changed
    assert "Figures Service level SL.NEG@1 100.0% 50.0% −50.0 points" in changed
    assert page(lena, acme, f"{REPORTS}{one.ref}/changes/").status_code == 404


def it_hands_out_the_same_bytes_and_writes_it_down(lena: Browser, acme: BrandCard) -> None:
    contact(acme, at=NINE)
    one = issue(acme)
    kept = files(acme, one)
    for form in FileForm.values:
        answer = take(lena, acme, f"{REPORTS}{one.ref}/file/", form)
        assert answer.content == kept[form]
        assert f'filename="report-acme-day-2026-11-17-v1.{form}"' in answer.headers["Content-Disposition"]
    rows = AuditRow.objects.filter(verb="report.exported", brand_id=acme.id).order_by("pk")
    assert [row.object for row in rows] == [f"day 2026-11-17 v1 {form}" for form in FileForm.values]
    assert take(lena, acme, f"{REPORTS}{one.ref}/file/", "exe").status_code == 404
    assert page(lena, acme, f"{REPORTS}{one.ref}/file/").status_code == 405


def it_stays_to_the_byte_for_whoever_asks_for_it(lena: Browser, acme: BrandCard, ada: Actor) -> None:
    """The client is renamed, a customer erased, an agent left with another name: nothing moves."""
    contact(acme, at=NINE)
    one = issue(acme, names={77: "Ada B."})

    def taken() -> list[bytes]:
        return [take(lena, acme, f"{REPORTS}{one.ref}/file/", form).content for form in FileForm.values]

    before, shown = taken(), body(one.document, digest=one.digest)
    assert shown in page(lena, acme, f"{REPORTS}{one.ref}/").content.decode()
    Brand.objects.filter(pk=acme.id).update(name="Southwind", hue=20, logo="0a1b2c", timezone="UTC")
    cards.changed()
    User.objects.filter(pk=ada.user_id).update(name="Somebody Else")
    Membership.objects.filter(user_id=ada.user_id).update(state=MembershipState.REVOKED)
    with tenant_scope(acme, TESTS):
        Contact.objects.update(name="erased")
    contact(acme, at=NINE + timedelta(hours=1), answered=90)
    read(acme)
    assert taken() == before
    assert shown in page(lena, acme, f"{REPORTS}{one.ref}/").content.decode()


def it_is_read_by_viewers_and_by_nobody_of_another_brand(
    lena: Browser, acme: BrandCard, globex: BrandCard, cy: object, outsider: object
) -> None:
    one, theirs = issue(acme), issue(globex)
    make_person("vic@example.test", (Role.VIEWER, acme))
    vic = signed_in("vic@example.test", acme)
    assert page(vic, acme, f"{REPORTS}{one.ref}/").status_code == 200
    for ref in (theirs.ref, uuid4()):
        assert page(lena, acme, f"{REPORTS}{ref}/").status_code == 404
        assert page(lena, acme, f"{REPORTS}{ref}/changes/").status_code == 404
        assert take(lena, acme, f"{REPORTS}{ref}/file/", "pdf").status_code == 404
    stranger = Browser()
    stranger.sign_in("outsider@example.test")
    for path in (REPORTS, f"{REPORTS}{one.ref}/"):
        assert page(stranger, acme, path).status_code == 302
    other = signed_in("cy@example.test", globex)
    assert page(other, globex, f"{REPORTS}{one.ref}/").status_code == 404


def it_costs_the_same_with_more_reports(lena: Browser, acme: BrandCard) -> None:
    one = issue(acme)
    page(lena, acme, REPORTS)
    few = counted(lambda: page(lena, acme, REPORTS))
    for day in (10, 11, 12):
        issue(acme, on=date(2026, 11, day))
    assert counted(lambda: page(lena, acme, REPORTS)) == few
    check("portal: issued reports", few)
    check("portal: an issued report", counted(lambda: page(lena, acme, f"{REPORTS}{one.ref}/")))
