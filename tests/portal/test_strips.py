# ruff: noqa: F811 - fixtures of the report
"""The strip of a report: what it shows in words, what happened meanwhile, its rows and its files."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from io import StringIO
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from accounts.choices import Role
from interactions import actions as interactions
from interactions.calendars import Calendar, Holiday
from interactions.models import Queue
from reporting import actions
from reporting.issued.chart import printed
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.factories import TESTS, make_person
from tests.interactions.conftest import first_message
from tests.portal.test_exclusions import closed
from tests.portal.test_metrics import close_from_noon
from tests.portal.test_queues import queue_ref, take, text
from tests.portal.test_report import (  # noqa: F401
    NOON,
    at_noon,
    contact,
    lena,
    make_inbox_once,
    page,
    signed_in,
)
from tests.reporting.test_issuing import NINE, found, issue, texts

REPORT = "/report/?days=1"


def html_of(browser: Browser, card: BrandCard, path: str) -> str:
    return " ".join(unescape(page(browser, card, path).content.decode()).split())


def description(html: str) -> str:
    return html.partition('<desc id="strip-d">')[2].partition("</desc>")[0]


def happened(card: BrandCard, words: str, start: datetime, end: datetime | None, *queues: int) -> UUID:
    with tenant_scope(card, TESTS):
        row = actions.write_incident(
            key=uuid4(), text=words, started_at=start, ended_at=end, queue_ids=queues, shown="Olu Park",
            actor="user:1", now=NOON,
        )  # fmt: skip
        return UUID(str(row.ref))


def hour(back: float) -> datetime:
    return NOON - timedelta(hours=back)


class DescribeWhatItShows:
    def it_states_the_finding(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=hour(3))
        contact(acme, at=hour(2), answered=90)
        html = html_of(signed_in(lena, acme), acme, REPORT)
        said = description(html)
        assert "Lowest 0% (10), highest 100% (09)." in said
        assert "Below the target of 80%: 10." in said
        assert "In progress: 12." in said
        assert "0%, 1 late" in html, "why, as far as it is known"
        assert html.count('class="ht now"') == 1
        assert "figures final through 11" in html

    def it_is_final_only_where_nobody_waits(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=hour(3))
        with tenant_scope(acme, TESTS):
            first_message(make_inbox_once(), "Still here", now=hour(2))
        assert "figures final through 09" in html_of(signed_in(lena, acme), acme, REPORT)

    def it_opens_the_rows_of_an_interval(self, lena: str, acme: BrandCard) -> None:
        ref = contact(acme, at=hour(3))
        contact(acme, at=hour(1))
        browser = signed_in(lena, acme)
        html = html_of(browser, acme, REPORT)
        address = html.partition('data-rows="')[2].partition('"')[0]
        rows = page(browser, acme, address).content.decode()
        assert str(ref) in rows
        assert "1 row behind this number" in rows
        assert html.count('<th scope="row">09</th>') == 1, "and a table with the same rows"

    def it_draws_the_trend_under_a_figure(self, lena: str, acme: BrandCard) -> None:
        for hours in (1, 2, 3):
            contact(acme, at=hour(hours))
        assert html_of(signed_in(lena, acme), acme, REPORT).count('class="spark"') >= 4


class DescribeWhatHappened:
    def it_stands_on_the_strip_in_words_and_in_the_table(
        self, lena: str, acme: BrandCard, globex: BrandCard
    ) -> None:
        contact(acme, at=hour(2), answered=90)
        happened(acme, "Carrier outage", hour(2.5), hour(1.5))
        closed(acme, hour(1), hour(0.5))
        happened(globex, "Their secret", hour(2), None)
        html = html_of(signed_in(lena, acme), acme, REPORT)
        said = description(html)
        assert "1: Incident, Wed 18 Nov, 09:30 to 10:30: Carrier outage." in said
        assert "2: Closed, Wed 18 Nov, 11:00 to 11:30: Fire alarm." in said
        assert 'class="mk incident"' in html
        assert 'class="mk closure"' in html
        assert "0%, Carrier outage" in html, "the cause of the miss"
        assert html.count("1: Incident, Wed 18 Nov, 09:30 to 10:30: Carrier outage</bdi>") == 2, "two hours"
        assert "Their secret" not in html

    def it_keeps_the_providers_own_reason(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=hour(2))
        with tenant_scope(acme, TESTS):
            interactions.close_early(
                queue_ref(acme), at=NOON + timedelta(hours=1), zone=acme.timezone, reason="Nobody came",
                texts={}, key=uuid4(), actor="user:1", now=NOON,
            )  # fmt: skip
        html = html_of(signed_in(lena, acme), acme, REPORT)
        assert "Closed early" in html
        assert "Nobody came" not in html

    def it_names_holidays_of_hours_in_use(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=datetime(2026, 12, 25, 9, 0, tzinfo=UTC))
        close_from_noon(acme)
        with tenant_scope(acme, TESTS):
            [calendar] = Calendar.objects.all()
            Holiday.objects.create(calendar=calendar, day=date(2026, 11, 18), name="Moving day")
        html = html_of(signed_in(lena, acme), acme, "/report/?days=7")
        assert "Closed for a holiday" in html
        assert "Moving day" in html

    def it_is_taken_off_again(self, lena: str, acme: BrandCard) -> None:
        ref = happened(acme, "A mistake", hour(2), hour(1))
        with tenant_scope(acme, TESTS):
            actions.withdraw_incident(ref, actor="user:1", now=NOON)
        assert "A mistake" not in html_of(signed_in(lena, acme), acme, REPORT)

    def it_is_on_the_page_of_its_queue_alone(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=hour(2))
        with tenant_scope(acme, TESTS):
            [mine] = Queue.objects.values_list("pk", flat=True)
            other = interactions.save_queue(name="Repairs")
            other_id = other.pk
        happened(acme, "Of this queue", hour(3), hour(2), mine)
        happened(acme, "Of the other", hour(3), hour(2), other_id)
        html = html_of(signed_in(lena, acme), acme, f"/report/queues/{queue_ref(acme)}/?days=1")
        assert "Of this queue" in html
        assert "Of the other" not in html
        assert 'viewBox="0 0 760' in html

    def it_is_frozen_with_a_report_that_was_issued(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=NINE, answered=90)
        ref = happened(acme, "Carrier outage", NINE - timedelta(minutes=30), NINE + timedelta(hours=1))
        one = issue(acme)
        with tenant_scope(acme, TESTS):
            actions.withdraw_incident(ref, actor="user:1", now=NOON)
        kept = found(acme, one.ref)
        assert texts(kept, "happened") == [
            ["1: Incident", "Every queue", "Tue 17 Nov, 08:30 to 10:00", "Carrier outage"]
        ]
        drawn = printed(kept.document)
        assert "0%, Carrier outage" in drawn
        assert 'class="mk incident"' in drawn
        assert "1: Incident, Tue 17 Nov, 08:30 to 10:00: Carrier outage." in drawn
        assert "var(" not in drawn


class DescribeTheFiles:
    def it_takes_the_rows_behind_a_number_along(self, lena: str, acme: BrandCard, globex: BrandCard) -> None:
        contact(acme, at=hour(26))
        ref = contact(acme, at=hour(3), answered=90)
        contact(acme, at=hour(2), answered=None)
        contact(globex, at=hour(3))
        browser = signed_in(lena, acme)
        rows = list(csv.reader(StringIO(text(take(browser, acme, "/report/rows/offered/export/?days=7")))))
        assert len(rows) == 4
        assert "Europe/Stockholm" in rows[0][1]
        assert rows[2][:4] == [str(ref), "2026-11-18T09:00:00+01:00", "Orders", "late"]
        assert rows[2][4:] == ["90", "225", "Ada B."] or rows[2][4] == "90"
        assert rows[3][3] == "abandoned"
        verbs = AuditRow.objects.filter(verb="report.exported", brand_id=acme.id)
        assert [row.object for row in verbs] == ["2026-11-12/2026-11-18, OFF@1"]
        hours = "/report/rows/offered/export/?days=1&weekday=2&hour=9"
        assert len(list(csv.reader(StringIO(text(take(browser, acme, hours)))))) == 2

    def it_takes_the_hours_along(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=hour(3))
        answer = take(signed_in(lena, acme), acme, "/report/hours/export/?days=7")
        rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[1:] == [["OFF@1", "Wednesday", "09", "1"], ["SL.NEG@1", "Wednesday", "09", "100"]]

    def it_takes_the_rows_of_a_commitment_along(self, lena: str, acme: BrandCard) -> None:
        ref = contact(acme, at=hour(3))
        clause = promised(acme)
        until = int(NOON.timestamp())
        path = f"/report/commitments/{clause}/rows/export/?since={until - 40_000}&until={until}"
        browser = signed_in(lena, acme)
        rows = list(csv.reader(StringIO(text(take(browser, acme, path)))))
        assert [row[0] for row in rows[1:]] == [str(ref)]
        assert (
            take(browser, acme, f"/report/commitments/{uuid4()}/rows/export/?since=1&until=2").status_code
            == 404
        )
        assert take(browser, acme, f"/report/commitments/{clause}/rows/export/").status_code == 404

    @pytest.mark.parametrize("path", ["/report/rows/offered/export/", "/report/hours/export/"])
    def it_is_for_nobody_else(self, lena: str, path: str, acme: BrandCard, globex: BrandCard) -> None:
        make_person("una@example.test", (Role.MANAGER, globex))
        assert take(signed_in("una@example.test", globex), acme, path).status_code == 401, "of another host"
        assert take(signed_in(lena, acme), globex, path).status_code == 401
        assert page(signed_in(lena, acme), acme, path).status_code == 405


def promised(card: BrandCard) -> UUID:
    with tenant_scope(card, TESTS):
        row: Any = actions.add_clause(
            key=uuid4(), metric="SL.NEG@1", counted="elapsed", window="day", queue_ids=[], target=Decimal(80),
            minimum=None, weight=1, from_date=date(2026, 11, 18), shown="Olu", zone=ZoneInfo(card.timezone),
            actor="user:1", now=NOON,
        )  # fmt: skip
        return UUID(str(row.ref))
