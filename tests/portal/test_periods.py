# ruff: noqa: F811 - fixtures of the report
"""The report of today, of the last days, of any day, week or month; each beside the one before it."""

from datetime import UTC, datetime, timedelta

from tenants.cards import BrandCard
from tests.desk.test_budget import check, counted
from tests.portal.test_report import (  # noqa: F401
    NOON,
    at_noon,
    contact,
    figure,
    lena,
    page,
    signed_in,
)


def words(html: str) -> str:
    return " ".join(html.split())


def report(card: BrandCard, query: str) -> str:
    return words(page(signed_in("lena@example.test", card), card, f"/report/?{query}").content.decode())


class DescribeThePeriod:
    def it_is_any_day_week_or_month_of_the_clients_zone(self, lena: str, acme: BrandCard) -> None:
        for at in (datetime(2026, 10, 31, 22, 59, tzinfo=UTC), datetime(2026, 10, 31, 23, tzinfo=UTC)):
            contact(acme, at=at)
        contact(acme, at=datetime(2026, 11, 4, 12, tzinfo=UTC))
        assert figure(report(acme, "span=day&on=2026-11-01"), "offered") == "1"
        assert figure(report(acme, "span=week&on=2026-11-01"), "offered") == "2"
        assert figure(report(acme, "span=month&on=2026-11-30"), "offered") == "2"
        html = report(acme, "span=month&on=2026-10-07")
        assert "Service report, 1 October to 31 October 2026 · Europe/Stockholm time" in html
        assert figure(html, "offered") == "1"

    def it_has_25_bars_on_the_day_when_clocks_go_back(self, lena: str, acme: BrandCard) -> None:
        html = report(acme, "span=day&on=2026-10-25")
        assert html.count('<tr><th scope="row">') == 25
        assert html.count('class="at"') == 25

    def it_leads_to_the_ones_beside_it(self, lena: str, acme: BrandCard) -> None:
        html = report(acme, "span=week&on=2026-11-11")
        assert 'href="?span=week&amp;on=2026-11-02"' in html
        assert 'href="?span=week&amp;on=2026-11-16"' in html
        assert 'rel="next"' not in report(acme, "span=week&on=2026-11-18")
        assert 'href="?span=day&amp;on=2026-11-17"' in report(acme, "days=1")

    def it_says_that_there_is_nothing_or_that_it_has_not_begun(self, lena: str, acme: BrandCard) -> None:
        assert "No customer has written in this period." in report(acme, "span=day&on=2026-11-01")
        html = report(acme, "span=month&on=2027-01-01")
        assert "This period has not begun." in html
        assert "Compared with" not in html

    def it_carries_the_period_to_the_rows(self, lena: str, acme: BrandCard) -> None:
        ref = contact(acme, at=NOON - timedelta(days=30))
        browser = signed_in(lena, acme)
        address = "/report/rows/offered/?span=month&on=2026-10-01"
        assert address.replace("&", "&amp;") in report(acme, "span=month&on=2026-10-19")
        assert str(ref) in page(browser, acme, address).content.decode()


class DescribeTheComparison:
    def it_stands_at_each_tile_with_its_sign(self, lena: str, acme: BrandCard, globex: BrandCard) -> None:
        for days in (2, 2, 9):
            contact(acme, at=NOON - timedelta(days=days))
        contact(acme, at=NOON - timedelta(days=1), answered=90)
        contact(globex, at=NOON - timedelta(days=9))
        html = report(acme, "days=7")
        assert "+2, more than before (1)" in html
        assert "−33.3 points, less than before (100.0%)" in html
        assert "+0:25, longer than before (0:15)" in html
        assert "±0, as before (0)" in html, "nobody left, then as now"
        assert "Compared with 5 November to 11 November until 12:15, as this period is not over." in html

    def it_never_draws_nothing_as_zero(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=NOON - timedelta(hours=1))
        html = report(acme, "days=1")
        assert "Nothing to compare with before" in html
        html = report(acme, "span=day&on=2026-11-19")
        assert "This period has not begun." in html
        html = report(acme, "span=week&on=2026-11-25")
        assert "before" not in html.partition('<ul class="kpis">')[2].partition("</ul>")[0]

    def it_says_what_was_where_there_is_nothing_now(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=NOON - timedelta(days=3))
        html = report(acme, "span=day&on=2026-11-16")
        assert "100.0% before" in html
        assert "−1, fewer than before (1)" in html

    def it_stops_where_today_has_come_to(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=NOON - timedelta(hours=1))
        contact(acme, at=NOON - timedelta(days=1, hours=1))
        contact(acme, at=NOON - timedelta(days=1) + timedelta(hours=1))
        assert "±0, as before (1)" in report(acme, "days=1")

    def it_costs_the_same_with_more_contacts(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=NOON - timedelta(days=9))
        browser, path = signed_in(lena, acme), "/report/?span=month&on=2026-11-18"
        page(browser, acme, path)
        few = counted(lambda: page(browser, acme, path))
        for days in range(1, 5):
            contact(acme, at=NOON - timedelta(days=days))
        assert counted(lambda: page(browser, acme, path)) == few
        check("portal: report of a month", few)
