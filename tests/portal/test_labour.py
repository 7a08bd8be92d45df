# ruff: noqa: F811 - fixtures of the report
"""Agents' time on the client's own host: sums, their rows by alias, the file; nothing of another client's."""

import csv
from datetime import timedelta
from io import StringIO

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from core.spreadsheet import BOM
from interactions.models import Queue
from reporting.labour.copies import copy_next
from routing.actions import time_next
from routing.labour import QUARTER
from routing.models import Pool, PoolMember, TimedQuarter
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, make_person
from tests.portal.test_metrics import text_of, value
from tests.portal.test_queues import lines, take, text
from tests.portal.test_report import NOON, at_noon, contact, lena, page, signed_in  # noqa: F401
from workforce import actions
from workforce.models import AvailabilityReason, LedgerMark

PAGE = "/report/agents-time/"
ROWS = f"{PAGE}rows/"
BEGAN = NOON - timedelta(hours=3)
"""Nine o'clock in Stockholm."""


def bring(*cards: BrandCard) -> None:
    """Add up from nine on: the people of these tests are hired in spring."""
    TimedQuarter.objects.get_or_create(interval_start=BEGAN - QUARTER, defaults={"serial": 1})
    LedgerMark.objects.filter(from_at__lt=BEGAN).update(from_at=BEGAN)
    while time_next(NOON):
        pass
    for card in cards:
        while copy_next(card, TESTS):
            pass


@pytest.fixture
def worked(ada: Actor, acme: BrandCard, globex: BrandCard) -> Actor:
    """Ada is Acme's own: an hour, half of it on a contact, ten minutes of it for Globex; a break."""
    contact(acme, at=NOON - timedelta(hours=2))
    with tenant_scope(acme, TESTS):
        queue_id = Queue.objects.get().pk
    pool = Pool.objects.create(name="Acme's", kind="dedicated", brand_id=acme.id)
    PoolMember.objects.create(pool=pool, agent_id=ada.user_id, valid_from=BEGAN)

    def at(minutes: int) -> dict[str, object]:
        return {"now": BEGAN + timedelta(minutes=minutes)}

    actions.set_alias(ada.user_id, brand_id=acme.id, shown_name="Ronja", actor="test", **at(0))  # type: ignore[arg-type]
    actions.set_alias(ada.user_id, brand_id=globex.id, shown_name="Mei", actor="test", **at(0))  # type: ignore[arg-type]

    def turn(to: str, minutes: int, reason: str | None = None) -> None:
        now = BEGAN + timedelta(minutes=minutes)
        actions.set_availability(ada.user_id, to=to, reason_code=reason, actor=ada, now=now)

    def work(item: int, card: BrandCard, queue: int, start: int, end: int, pool_id: int | None) -> None:
        began, ended = (BEGAN + timedelta(minutes=n) for n in (start, end))
        spent = {"brand_id": card.id, "queue_id": queue, "work_item_id": item, "pool_id": pool_id}
        actions.engage(ada.user_id, **spent, now=began)  # type: ignore[arg-type]
        actions.disengage(ada.user_id, work_item_id=item, now=ended)

    turn("available", 0)
    work(1, acme, queue_id, 10, 40, pool.pk)
    work(2, globex, 5, 40, 50, None)
    turn("away", 60, "break")
    turn("offline", 75)
    bring(acme, globex)
    return ada


class DescribeThePage:
    def it_shows_whose_time_it_was(self, lena: str, worked: Actor, acme: BrandCard) -> None:
        html = text_of(signed_in(lena, acme), acme, f"{PAGE}?days=1")
        found = lines(html)
        assert found["Dedicated"] == ["0:30", "0:20", "0:15", "1:05", "0:50"]
        assert found["Handling"] == ["0:30", "0:30"]
        assert found["Waiting for work"] == ["0:20", "0:20"]
        assert found["Break Paid"] == ["0:15", "–"]
        assert found["Ronja"] == found["All of it"] == found["Dedicated"]
        assert "1:05 hours of agents&#x27; time were yours, 0:50 of them billable." in html
        assert "OCC.STD@1" in html
        assert "Europe/Stockholm" in html

    def it_says_nothing_of_another_client(
        self, lena: str, worked: Actor, acme: BrandCard, globex: BrandCard, cy: Actor
    ) -> None:
        browser = signed_in(lena, acme)
        for path in (f"{PAGE}?days=1", f"{ROWS}?days=1"):
            html = text_of(browser, acme, path)
            assert "Globex" not in html
            assert "Mei" not in html
            assert "Ada" not in html
        other = lines(text_of(signed_in("cy@example.test", globex), globex, f"{PAGE}?days=7"))
        assert other["Mei"] == ["0:10", "–", "–", "0:10", "0:10"]
        assert other["No pool"] == other["Mei"]

    def it_counts_by_interval_of_the_clients_day(self, lena: str, worked: Actor, acme: BrandCard) -> None:
        html = text_of(signed_in(lena, acme), acme, f"{PAGE}?days=1&step=15")
        found = lines(html)
        assert found["Wed 18 Nov, 09:00"] == ["0:05", "0:10", "–", "0:15", "0:15"]
        assert found["Wed 18 Nov, 10:00"] == ["–", "–", "0:15", "0:15", "–"]
        assert sum(1 for name in found if name.startswith("Wed 18 Nov, ")) == 96

    def it_stands_beside_the_period_before(self, lena: str, worked: Actor, acme: BrandCard) -> None:
        html = text_of(signed_in(lena, acme), acme, f"{PAGE}?days=1")
        assert "Compared with 17 November until 12:15" in html
        assert "+0:50, more than before (0:00 h)" in html

    def it_says_when_there_is_nothing(self, lena: str, acme: BrandCard) -> None:
        browser = signed_in(lena, acme)
        assert "No agent&#x27;s time was yours" in text_of(browser, acme, f"{PAGE}?days=1")
        html = text_of(browser, acme, f"{PAGE}?span=day&on=2099-01-01")
        assert "This period has not begun." in html
        assert "Download as CSV" not in html

    def it_gives_the_catalogue_its_numbers(self, lena: str, worked: Actor, acme: BrandCard) -> None:
        html = text_of(signed_in(lena, acme), acme, "/report/metrics/?days=1")
        assert value(html, "occ-std") == "60.0%"
        assert value(html, "prod") == "0:50h"
        assert value(html, "conc") == "1.00"
        assert f'href="{PAGE}?days=1"' in html

    def it_is_not_there_for_strangers(
        self, acme: BrandCard, globex: BrandCard, cy: object, outsider: object
    ) -> None:
        for path in (PAGE, ROWS):
            assert page(Browser(), acme, path).status_code == 302
            for email in ("cy@example.test", "outsider@example.test"):
                browser = Browser()
                browser.sign_in(email)
                assert page(browser, acme, path).status_code == 302
            assert page(signed_in("cy@example.test", globex), acme, path).status_code == 302

    def it_costs_the_same_with_more_agents(
        self, lena: str, worked: Actor, bo: Actor, acme: BrandCard
    ) -> None:
        browser, path = signed_in(lena, acme), f"{PAGE}?days=7"
        page(browser, acme, path)
        few = counted(lambda: page(browser, acme, path))
        actions.engage(bo.user_id, brand_id=acme.id, queue_id=1, work_item_id=9, now=BEGAN)
        bring(acme)
        assert counted(lambda: page(browser, acme, path)) == few
        check("portal: agents' time", few)


class DescribeTheRows:
    @pytest.mark.parametrize(
        ("query", "count", "whole"),
        [
            ("", 6, "1:05"),
            ("pool=dedicated", 6, "1:05"),
            ("pool=none", 0, ""),
            ("kind=waiting", 2, "0:20"),
            ("reason=break", 1, "0:15"),
            ("agent=Ronja", 6, "1:05"),
            ("agent=Mei", 0, ""),
            ("agent=%00&kind=%00", 6, "1:05"),
            ("step=15&at=20261118T0800Z", 2, "0:15"),
        ],
    )
    def it_opens_what_a_number_is_made_of(
        self, lena: str, worked: Actor, acme: BrandCard, query: str, count: int, whole: str
    ) -> None:
        html = text_of(signed_in(lena, acme), acme, f"{ROWS}?days=1&{query}")
        assert f"{count} row" in html
        assert f"{whole} hours in all" in " ".join(html.split()) or not count
        assert html.count("<bdi>Ronja</bdi></td>") == count

    def it_names_no_reason_that_stands_in_no_row_of_the_client(
        self, lena: str, worked: Actor, acme: BrandCard
    ) -> None:
        """Reasons are the house's: one may be kept for another client, or for nobody to know."""
        AvailabilityReason.objects.create(code="strike", label="Works council", kind="meeting", position=99)
        browser = signed_in(lena, acme)
        assert "Break" in text_of(browser, acme, f"{ROWS}?days=1&reason=break")
        for code in ("strike", "meal", "nonsense"):
            html = text_of(browser, acme, f"{ROWS}?days=1&reason={code}")
            assert "0 rows" in html
            assert not [word for word in ("Works council", "Meal", "nonsense</p>") if word in html]

    def it_shows_sums_alone_to_who_may_not_read_rows(self, worked: Actor, acme: BrandCard) -> None:
        make_person("vi@example.test", (Role.VIEWER, acme))
        browser = signed_in("vi@example.test", acme)
        html = text_of(browser, acme, f"{PAGE}?days=1")
        assert ROWS not in html
        assert "Ronja" not in html
        assert page(browser, acme, ROWS).status_code == 404
        sheet = list(csv.reader(StringIO(text(take(browser, acme, f"{PAGE}export/?days=1")))))
        assert {row[3] for row in sheet[1:]} == {""}


class DescribeTheFile:
    def it_has_every_quarter_to_the_microsecond(self, lena: str, worked: Actor, acme: BrandCard) -> None:
        answer = take(signed_in(lena, acme), acme, f"{PAGE}export/?days=1")
        found = text(answer)
        assert found.startswith(BOM)
        head, *rows = csv.reader(StringIO(found.removeprefix(BOM)))
        assert head[0] == "From (Europe/Stockholm)"
        nine = ["2026-11-18T09:00+01:00", "2026-11-18T09:15+01:00"]
        assert [*nine, "", "Ronja", "Dedicated", "Waiting for work"] in [row[:6] for row in rows]
        assert [*nine, "Orders", "Ronja", "Dedicated", "Handling"] in [row[:6] for row in rows]
        assert sum(float(row[9]) for row in rows) == 65 * 60
        assert [row[9:] for row in rows if row[2]][0] == ["300.000000", "300.000000"]
        assert AuditRow.objects.filter(verb="report.exported", brand_id=acme.id).count() == 1
