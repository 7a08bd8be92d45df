# ruff: noqa: F811 - fixtures of the report
"""What each number means, on the client's own host: every definition, its figure, its rows; two clocks."""

from datetime import timedelta

import pytest

from accounts.choices import Role
from core.hours import DAY
from interactions import actions
from interactions.models import Queue
from reporting.catalogue import BY_SLUG, CATALOGUE
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, make_person
from tests.portal.test_report import (  # noqa: F401
    NOON,
    at_noon,
    contact,
    figure,
    lena,
    page,
    signed_in,
)

METRICS = "/report/metrics/"


def value(html: str, slug: str) -> str:
    """Return the figure that stands at the definition."""
    text = html.partition(f'<div id="{slug}">')[2].partition("<b>")[2].partition("</b>")[0]
    return "".join(text.replace("<small>", "").replace("</small>", "").split())


def text_of(browser: Browser, card: BrandCard, path: str = METRICS) -> str:
    return str(page(browser, card, path).content.decode())


def close_from_noon(card: BrandCard) -> None:
    """Give the brand's queue hours: from eight to ten UTC, each day."""
    with tenant_scope(card, TESTS):
        week = [(weekday, 480, 600) for weekday in range(7)]
        ref = actions.save_calendar(name="Mornings", zone="UTC", week=week, actor="test", now=NOON).ref
        actions.use_calendars({Queue.objects.get().ref: ref}, actor="test", now=NOON)


class DescribeTheCatalogue:
    def it_defines_every_metric_with_version_formula_clause_and_name(
        self,
        lena: str,
        acme: BrandCard,
    ) -> None:
        html = text_of(signed_in(lena, acme), acme)
        for metric in CATALOGUE:
            assert f'<div id="{metric.slug}">' in html
            assert f">{metric.key}</span>" in html
        assert "answered within the target ÷ (answered + abandoned)" in html
        assert "ISO 18295-1: 4.3" in html
        assert "COPC: Average Handle Time" in html
        assert "Europe/Stockholm" in html

    def it_takes_percentiles_exactly_when_asked(self, lena: str, acme: BrandCard) -> None:
        for seconds in (3_001, 3_007):
            contact(acme, at=NOON - timedelta(hours=3), answered=seconds)
        browser = signed_in(lena, acme)
        quick, exact = (text_of(browser, acme, f"{METRICS}?days=1{more}") for more in ("", "&exact=1"))
        assert value(exact, "asa-p90") == "50:07"
        assert value(exact, "offered") == value(quick, "offered") == "2"
        assert "estimated" in quick
        assert "&amp;exact=1" in quick
        assert "those of every duration" in exact
        assert 'href="?days=1"' in exact
        close_from_noon(acme)
        by_hours = text_of(browser, acme, f"{METRICS}?days=1&clock=business&exact=1")
        assert "those of every duration" not in by_hours

    def it_counts_this_brands_contacts_and_no_tests(
        self,
        lena: str,
        acme: BrandCard,
        globex: BrandCard,
    ) -> None:
        contact(acme, at=NOON - timedelta(hours=3))
        contact(acme, at=NOON - timedelta(hours=2), answered=None)
        contact(acme, at=NOON - timedelta(hours=2), is_test=True)
        contact(globex, at=NOON - timedelta(hours=1))
        html = text_of(signed_in(lena, acme), acme)
        assert value(html, "offered") == "2"
        assert value(html, "abn-rate") == "50.0%"
        assert value(html, "ata") == "0:40"
        assert value(html, "acw") == "1:55"
        assert value(html, "nrt") == "–", "nothing to divide by is never zero"

    def it_leads_to_the_rows_of_each_number(self, lena: str, acme: BrandCard) -> None:
        ref = contact(acme, at=NOON - timedelta(hours=3))
        browser = signed_in(lena, acme)
        assert 'href="/report/rows/abn-rate/?days=7"' in text_of(browser, acme)
        for slug in BY_SLUG:
            assert page(browser, acme, f"/report/rows/{slug}/").status_code == 200
        assert str(ref) in text_of(browser, acme, "/report/rows/acw/")

    def it_shows_no_rows_to_who_may_not_read_them(self, acme: BrandCard) -> None:
        make_person("vi@example.test", (Role.VIEWER, acme))
        html = text_of(signed_in("vi@example.test", acme), acme)
        assert "/report/rows/" not in html
        assert value(html, "offered") == "0"

    def it_is_reached_from_the_report(self, lena: str, acme: BrandCard) -> None:
        html = text_of(signed_in(lena, acme), acme, "/report/")
        assert f'href="{METRICS}#service-level"' in html

    def it_is_not_there_for_strangers(
        self, acme: BrandCard, globex: BrandCard, cy: object, outsider: object
    ) -> None:
        assert page(Browser(), acme, METRICS).status_code == 302
        for email in ("cy@example.test", "outsider@example.test"):
            browser = Browser()
            browser.sign_in(email)
            assert page(browser, acme, METRICS).status_code == 302
        assert page(signed_in("cy@example.test", globex), acme, METRICS).status_code == 302

    def it_costs_the_same_with_more_contacts(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=NOON - timedelta(hours=3))
        close_from_noon(acme)
        browser, path = signed_in(lena, acme), f"{METRICS}?clock=business"
        page(browser, acme, path)
        few = counted(lambda: page(browser, acme, path))
        for n in range(3):
            contact(acme, at=NOON - timedelta(hours=2, minutes=n))
        assert counted(lambda: page(browser, acme, path)) == few
        check("portal: every metric", few)


class DescribeTheClock:
    def it_is_not_offered_where_no_queue_has_hours(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=NOON - timedelta(hours=2), answered=90)
        html = text_of(signed_in(lena, acme), acme, "/report/?days=1&clock=business")
        assert "Opening hours" not in html
        assert "/business" not in html
        assert figure(html, "speed-of-answer") == "1:30"

    def it_counts_only_while_the_queue_was_open(self, lena: str, acme: BrandCard) -> None:
        contact(acme, at=NOON - timedelta(hours=1, seconds=10), answered=90)
        close_from_noon(acme)
        browser = signed_in(lena, acme)
        all_hours = text_of(browser, acme, "/report/?days=1")
        assert figure(all_hours, "speed-of-answer") == "1:30"
        assert figure(all_hours, "service-level") == "0.0%"
        html = text_of(browser, acme, "/report/?days=1&clock=business")
        assert figure(html, "speed-of-answer") == "0:10"
        assert figure(html, "service-level") == "100.0%"
        assert "SL.NEG@1/business" in html
        assert "/report/rows/answered/?days=1&amp;clock=business" in html
        rows = text_of(browser, acme, "/report/rows/answered/?days=1&clock=business")
        assert 'class="num">0:10</td>' in rows

    @pytest.mark.parametrize("clock", ["lunar", "\0", "business"])
    def it_reads_what_it_does_not_know_as_all_hours(
        self,
        lena: str,
        acme: BrandCard,
        clock: str,
    ) -> None:
        answer = page(signed_in(lena, acme), acme, f"/report/?clock={clock!r}")
        assert answer.status_code == 200
        assert DAY == 1440
