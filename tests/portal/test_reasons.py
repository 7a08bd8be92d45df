# ruff: noqa: F811 - fixtures of the report
"""Why customers write: the reasons in the report, the rows behind each, and the file."""

import csv
from datetime import timedelta
from io import StringIO
from uuid import UUID

from core.spreadsheet import BOM
from interactions import actions
from interactions.choices import DispositionKind
from reporting.actions import roll_next
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.factories import TESTS
from tests.portal.test_metrics import text_of
from tests.portal.test_queues import lines, take
from tests.portal.test_report import (  # noqa: F401
    NOON,
    at_noon,
    contact,
    lena,
    page,
    signed_in,
)

REPORT, EXPORT = "/report/?days=1", "/report/reasons/export/?days=1"


def closed(card: BrandCard, minutes: int, reason: str = "delivery") -> UUID:
    """A contact of today that was closed with the reason; its label is the code with a capital."""
    ref = contact(card, at=NOON - timedelta(minutes=minutes))
    if reason != "delivery":
        with tenant_scope(card, TESTS):
            actions.save_disposition(DispositionKind.REASON, reason, reason.title())
            actions.correct(
                ref, actor="user:77", actor_id=77, own=False, zone="UTC", reason_code=reason,
                outcome_code="solved", now=NOON,
            )  # fmt: skip
    return ref


def it_shows_the_most_frequent_first_with_what_they_come_to(
    lena: str, acme: BrandCard, globex: BrandCard
) -> None:
    for minutes in (100, 110, 120):
        closed(acme, minutes)
    closed(acme, 130, "billing")
    closed(globex, 100, "secret")
    contact(acme, at=NOON - timedelta(minutes=90), answered=None)
    html = text_of(signed_in(lena, acme), acme, REPORT)
    part = html.partition('id="reasons-h"')[2].partition("</section>")[0]
    found = lines(part)
    assert list(found) == ["Delivery", "Billing"]
    assert found["Delivery"] == ["3", "75.0%", "75.0%"]
    assert found["Billing"] == ["1", "25.0%", "100.0%"]
    assert "Secret" not in html


def it_says_the_same_from_roll_ups_and_after_a_correction(lena: str, acme: BrandCard) -> None:
    closed(acme, 100)
    with tenant_scope(acme, TESTS):
        while roll_next():
            pass
    browser = signed_in(lena, acme)
    assert lines(text_of(browser, acme, REPORT))["Delivery"][0] == "1"
    closed(acme, 110, "billing")
    found = lines(text_of(browser, acme, REPORT))
    assert (found["Delivery"][0], found["Billing"][0]) == ("1", "1")
    with tenant_scope(acme, TESTS):
        while roll_next():
            pass
    assert lines(text_of(browser, acme, REPORT))["Billing"][0] == "1"


def it_opens_the_rows_of_a_reason(lena: str, acme: BrandCard) -> None:
    closed(acme, 100)
    ref = closed(acme, 110, "billing")
    browser = signed_in(lena, acme)
    rows = text_of(browser, acme, "/report/rows/closed/?days=1&reason=billing")
    assert str(ref) in rows
    assert "1 row behind this number" in rows
    assert "Billing" in rows
    assert "0 rows behind" in text_of(browser, acme, "/report/rows/closed/?days=1&reason=")


def it_is_not_there_without_closed_contacts(lena: str, acme: BrandCard) -> None:
    assert "reasons-h" not in text_of(signed_in(lena, acme), acme, REPORT)


def it_is_taken_along_as_a_file_and_that_is_written_down(
    lena: str, acme: BrandCard, globex: BrandCard
) -> None:
    closed(acme, 100)
    closed(globex, 100, "secret")
    browser = signed_in(lena, acme)
    answer = take(browser, acme, EXPORT)
    head, *rows = csv.reader(StringIO(answer.content.decode().removeprefix(BOM)))
    assert head == ["Reason", "Contacts", "Share", "Together"]
    assert rows == [["Delivery", "1", "100.0", "100.0"]]
    assert AuditRow.objects.filter(verb="report.exported", brand_id=acme.id).count() == 1
    assert page(browser, acme, EXPORT).status_code == 405
