# ruff: noqa: F811 - fixtures of the report
"""Queues and intervals on the client's own host: figures, their rows, and the file."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.choices import Role
from core.spreadsheet import BOM
from interactions.actions import save_queue
from interactions.models import Queue
from reporting.actions import roll_next
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, make_person
from tests.portal.test_metrics import close_from_noon, text_of
from tests.portal.test_report import (  # noqa: F401
    NOON,
    at_noon,
    contact,
    figure,
    lena,
    page,
    signed_in,
)

QUEUES = "/report/queues/"
ROW = '<th scope="row">'


def queue_ref(card: BrandCard) -> UUID:
    with tenant_scope(card, TESTS):
        return UUID(str(Queue.objects.order_by("pk").values_list("ref", flat=True)[0]))


def lines(html: str) -> dict[str, list[str]]:
    """Return the rows of all tables: name to cells, without markup."""
    found = {}
    for part in html.split(ROW)[1:]:
        name, *cells = part.partition("</tr>")[0].split("<td")
        found[bare(f"<i>{name}")] = [bare(f"<td{cell}") for cell in cells]
    return found


def bare(html: str) -> str:
    kept = [part.partition(">")[2] for part in html.split("<")]
    return " ".join("".join(kept).split())


def take(browser: Browser, card: BrandCard, path: str) -> Any:
    return browser.post(path, headers={"host": f"{card.slug}.localhost:8000"})


def text(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


class DescribeTheQueues:
    def it_shows_each_queue_and_all_of_them(self, lena: str, acme: BrandCard, globex: BrandCard) -> None:
        contact(acme, at=NOON - timedelta(hours=3))
        contact(acme, at=NOON - timedelta(hours=2), answered=None)
        contact(acme, at=NOON - timedelta(hours=2), is_test=True)
        contact(globex, at=NOON - timedelta(hours=1))
        with tenant_scope(acme, TESTS):
            save_queue(name="Repairs")
        html = text_of(signed_in(lena, acme), acme, f"{QUEUES}?days=1")
        found = lines(html)
        assert found["All queues"] == ["2", "1", "1", "0", "50.0%", "50.0%", "0:15", "5:00"]
        assert "No contacts in this period" in found["Repairs"][0]
        assert found["Orders"] == found["All queues"]

    def it_opens_a_queue_beside_the_period_before(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=NOON - timedelta(hours=3))
        contact(acme, at=NOON - timedelta(days=1, hours=3))
        contact(acme, at=NOON - timedelta(days=1, hours=4))
        html = text_of(signed_in(lena, acme), acme, f"{QUEUES}{queue_ref(acme)}/?days=1")
        assert figure(html, "offered") == "1"
        assert "−1, fewer than before (2)" in html
        assert "Compared with 17 November until 12:15" in html

    def it_counts_a_queue_alone(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=NOON - timedelta(hours=3))
        with tenant_scope(acme, TESTS):
            other = save_queue(name="Repairs").ref
        html = text_of(signed_in(lena, acme), acme, f"{QUEUES}{other}/?days=1")
        assert "No customer has written to this queue in this period." in html
        assert lines(html)["Wed 18 Nov, 09:00"][:2] == ["0", "0"]

    def it_hides_queues_of_another_brand(self, lena: str, acme: BrandCard, globex: BrandCard) -> None:
        contact(globex, at=NOON - timedelta(hours=1))
        browser, ref = signed_in(lena, acme), queue_ref(globex)
        for path in (f"{QUEUES}{ref}/", f"/report/hours/?queue={ref}", f"/conversations/?queue={ref}",
                     f"/report/rows/offered/?queue={ref}", "/report/hours/?queue=x"):  # fmt: skip
            assert page(browser, acme, path).status_code == 404
        assert take(browser, acme, f"{QUEUES}{ref}/export/").status_code == 404


class DescribeTheIntervals:
    def it_cuts_the_day_and_opens_the_rows_of_each_number(self, lena: str, acme: BrandCard) -> None:
        at = NOON - timedelta(hours=3)
        ref = contact(acme, at=at)
        contact(acme, at=at + timedelta(minutes=20), answered=90)
        browser = signed_in(lena, acme)
        html = text_of(browser, acme, f"{QUEUES}?days=1&step=15")
        found = lines(html)
        assert found["Wed 18 Nov, 09:00"] == ["1", "1", "0", "0", "100.0%", "0.0%", "0:15", "5:00"]
        assert found["Wed 18 Nov, 09:15"][4] == "0.0%"
        assert found["Wed 18 Nov, 09:30"] == ["0", "0", "0", "0", "–", "–", "–", "–"]
        row = html.partition("Wed 18 Nov, 09:00</th>")[2].partition("</tr>")[0]
        address = row.partition('href="')[2].partition('"')[0].replace("&amp;", "&")
        rows = text_of(browser, acme, address)
        assert f"/report/conversations/{ref}/" in rows
        assert rows.count("/report/conversations/") == 1
        assert "Wed 18 Nov, 09:00" in rows
        assert "1 row behind this number" in rows

    @pytest.mark.parametrize(("step", "count"), [("15", 96), ("30", 48), ("60", 24), ("day", 1), ("7", 24)])
    def it_has_the_length_that_was_asked_for(self, lena: str, acme: BrandCard, step: str, count: int) -> None:
        contact(acme, at=NOON - timedelta(hours=3))
        html = text_of(signed_in(lena, acme), acme, f"{QUEUES}{queue_ref(acme)}/?days=1&step={step}")
        assert html.count(ROW) == count

    @pytest.mark.parametrize(("day", "count"), [("2026-03-29", 92), ("2026-10-25", 100)])
    def it_has_the_quarters_of_short_and_long_days(
        self, lena: str, acme: BrandCard, day: str, count: int
    ) -> None:
        ref = contact(acme, at=datetime(2026, 10, 25, 1, 5, tzinfo=UTC))  # the second 02:05
        browser = signed_in(lena, acme)
        html = text_of(browser, acme, f"{QUEUES}{queue_ref(acme)}/?span=day&on={day}&step=15")
        assert html.count(ROW) == count
        if count == 100:
            assert lines(html)["Sun 25 Oct, 02:00 CET"][0] == "1"
            assert lines(html)["Sun 25 Oct, 02:00 CEST"][0] == "0"
            query = f"span=day&on={day}&step=15&at=20261025T0100Z"
            assert str(ref) in text_of(browser, acme, f"/report/rows/offered/?{query}")

    def it_says_the_same_from_roll_ups_as_from_the_log(self, lena: str, acme: BrandCard) -> None:
        for minutes in (0, 7, 50):
            contact(acme, at=NOON - timedelta(hours=3, minutes=minutes))
        browser, path = signed_in(lena, acme), f"{QUEUES}?days=1&step=30"
        before = lines(text_of(browser, acme, path))
        with tenant_scope(acme, TESTS):
            roll_next()
        assert lines(text_of(browser, acme, path)) == before

    def it_pages_through_a_month_of_hours(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=datetime(2026, 10, 31, 12, tzinfo=UTC))
        address = f"{QUEUES}{queue_ref(acme)}/?span=month&on=2026-10-01&step=60"
        browser = signed_in(lena, acme)
        assert text_of(browser, acme, address).count(ROW) == 100
        last = text_of(browser, acme, f"{address}&page=8")
        assert last.count(ROW) == 31 * 24 + 1 - 700
        assert lines(last)["Sat 31 Oct, 13:00"][0] == "1"

    def it_counts_by_opening_hours_where_asked(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=NOON - timedelta(hours=1, seconds=10), answered=90)
        close_from_noon(acme)
        html = text_of(signed_in(lena, acme), acme, f"{QUEUES}?days=1&clock=business")
        assert lines(html)["All queues"][6] == "0:10"

    def it_costs_the_same_with_more_contacts(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=NOON - timedelta(hours=3))
        browser = signed_in(lena, acme)
        paths = {"queues": QUEUES, "queue": f"{QUEUES}{queue_ref(acme)}/", "hours": "/report/hours/"}
        few = {name: counted(lambda at=path: page(browser, acme, at)) for name, path in paths.items()}  # type: ignore[misc]
        for n in range(4):
            contact(acme, at=NOON - timedelta(hours=2, minutes=20 * n))
        for name, path in paths.items():
            assert counted(lambda at=path: page(browser, acme, at)) <= few[name]  # type: ignore[misc]
            check(f"portal: {name}", few[name])


class DescribeTheFile:
    def it_holds_the_table_named_by_brand_period_and_zone(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=NOON - timedelta(hours=3))
        answer = take(signed_in(lena, acme), acme, f"{QUEUES}export/?days=1&step=15")
        assert answer.headers["Content-Disposition"] == (
            'attachment; filename="intervals-acme-2026-11-18-to-2026-11-18-Europe-Stockholm.csv"'
        )
        head, *rows = csv.reader(StringIO(text(answer).removeprefix(BOM)))
        assert head[:3] == ["From (Europe/Stockholm)", "Until", "Offered (OFF@1)"]
        assert len(rows) == 96
        assert rows[36] == ["2026-11-18T09:00+01:00", "2026-11-18T09:15+01:00",
                            "1", "1", "0", "0", "100.0", "0.0", "15", "300"]  # fmt: skip
        assert rows[37][2:] == ["0", "0", "0", "0", "", "", "", ""]

    def it_is_written_down_and_shared(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=NOON - timedelta(hours=3))
        browser, ref = signed_in(lena, acme), queue_ref(acme)
        text(take(browser, acme, f"{QUEUES}{ref}/export/?span=month&on=2026-11-01"))
        (row,) = AuditRow.objects.filter(verb="report.exported")
        assert row.brand_id == acme.id
        assert row.object == "2026-11-01/2026-11-30, Orders"

    def it_holds_each_interval_once_however_many(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=datetime(2026, 10, 25, 12, tzinfo=UTC))
        answer = take(signed_in(lena, acme), acme, f"{QUEUES}export/?span=month&on=2026-10-01&step=15")
        rows = list(csv.reader(StringIO(text(answer))))[1:]
        assert len(rows) == 31 * 96 + 4
        assert [row[1] for row in rows[:-1]] == [row[0] for row in rows[1:]]
        assert sum(int(row[2]) for row in rows) == 1

    def it_is_a_post(self, lena: str, acme: BrandCard) -> None:
        assert page(signed_in(lena, acme), acme, f"{QUEUES}export/").status_code == 405


class DescribeWhoMay:
    def it_shows_figures_but_no_rows_to_a_viewer(self, db: None, acme: BrandCard) -> None:
        make_person("vera@example.test", (Role.VIEWER, acme))
        contact(acme, at=NOON - timedelta(hours=3))
        browser = signed_in("vera@example.test", acme)
        for path in (QUEUES, f"{QUEUES}{queue_ref(acme)}/", "/report/hours/"):
            html = text_of(browser, acme, path)
            assert "/report/rows/" not in html
            assert "/conversations/" not in html, "no door to what they may not see"
        assert page(browser, acme, "/conversations/").status_code == 404
        assert take(browser, acme, f"{QUEUES}export/").status_code == 200

    @pytest.mark.parametrize("path", [QUEUES, f"{QUEUES}{uuid4()}/", "/report/hours/", "/conversations/"])
    def it_is_not_there_for_strangers(
        self, path: str, acme: BrandCard, globex: BrandCard, cy: object, outsider: object
    ) -> None:
        assert page(Browser(), acme, path).status_code == 302
        for email in ("cy@example.test", "outsider@example.test"):
            browser = Browser()
            browser.sign_in(email)
            assert page(browser, acme, path).status_code == 302
        assert page(signed_in("cy@example.test", globex), acme, path).status_code == 302
