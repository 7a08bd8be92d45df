"""Edits over several clients on the screen: chosen, compared, applied, taken back; operators' alone."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.actor import Actor
from tenants.actions import change_brand
from tenants.cards import BrandCard
from tenants.clients import card_now
from tenants.models import AuditRow
from tenants.onboarding import bulk
from tenants.onboarding.models import BulkEdit, BulkLine
from tests.accounts.conftest import Browser
from tests.console.conftest import Signed
from tests.console.test_onboarding import STRANGERS
from tests.factories import NOW, TESTS
from tests.tenants.test_bulk import Clients, clients

__all__ = ["clients"]


@pytest.fixture
def browser(signed: Signed, op: Actor) -> Browser:
    return signed(op)


def chosen(clients: Clients, *parts: str) -> dict[str, Any]:
    return {"blueprint": "utility", "part": parts or ("tone",), "client": [clients.one.id, clients.two.id]}


def begun(browser: Browser, clients: Clients, *parts: str) -> UUID:
    answer = browser.post("/edits/new/", chosen(clients, *parts))
    assert answer.status_code == 302, answer.content
    return BulkEdit.objects.latest("pk").ref


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


class DescribeBeginning:
    def it_offers_blueprints_parts_and_clients(self, browser: Browser, clients: Clients) -> None:
        page = text(browser.get("/edits/new/"))
        assert 'value="healthcare"' in page
        assert 'value="greeting"' in page
        assert "Vandelay" in page

    def it_notes_them_and_leads_to_the_comparison(self, browser: Browser, clients: Clients) -> None:
        ref = begun(browser, clients, "tone", "reasons")
        page = text(browser.get(f"/edits/{ref}/"))
        assert "Nothing was changed yet." in page
        assert "Apply to 2 clients" in page
        assert '<ins dir="auto">' in page
        assert card_now(clients.one.id).tone == "warm, first names"

    def it_takes_all_clients(self, browser: Browser, clients: Clients, acme: BrandCard) -> None:
        browser.post("/edits/new/", {"blueprint": "utility", "part": "tone", "everybody": "1"})
        ids = set(BulkLine.objects.values_list("brand_id", flat=True))
        assert ids >= {clients.one.id, clients.two.id, acme.id}

    @pytest.mark.parametrize(
        "wrong",
        [
            {"part": []}, {"client": []}, {"client": ["x"]}, {"client": ["9" * 5000]},
            {"blueprint": "circus"}, {"part": ["x"]},
        ],
    )  # fmt: skip
    def it_says_what_is_missing_and_keeps_what_was_ticked(
        self, browser: Browser, clients: Clients, wrong: dict[str, Any]
    ) -> None:
        answer = browser.post("/edits/new/", chosen(clients) | wrong)
        assert answer.status_code == 422
        assert 'role="alert"' in text(answer)
        assert not BulkEdit.objects.exists()


class DescribeComparing:
    def it_shows_what_is_a_clients_own_and_overwrites_what_is_ticked(
        self, browser: Browser, clients: Clients
    ) -> None:
        change_brand(clients.two.id, tone="our own", actor="test", now=NOW)
        ref = begun(browser, clients)
        page = text(browser.get(f"/edits/{ref}/"))
        assert "1 of its own" in page
        mark = re.search(rf'name="mark-{clients.two.id}-tone" value="(\w+)"', page)
        assert mark
        data = {"shown": [clients.one.id, clients.two.id], f"mark-{clients.two.id}-tone": mark[1]}
        browser.post(f"/edits/{ref}/", data | {"page": "1"})
        assert "checked" in text(browser.get(f"/edits/{ref}/"))
        assert browser.post(f"/edits/{ref}/", data | {"go": "apply"}).status_code == 302
        bulk.run(ref, TESTS, now=NOW)
        assert card_now(clients.two.id).tone == "plain and precise"

    @pytest.mark.parametrize(
        "junk", [{"shown": "x"}, {"shown": "999999"}, {"mark-1-tone": "x"}, {"page": "é"}, {"mark--": ""}]
    )
    def it_takes_no_harm_from_junk(self, browser: Browser, clients: Clients, junk: dict[str, str]) -> None:
        ref = begun(browser, clients)
        assert browser.post(f"/edits/{ref}/", junk).status_code == 302
        assert not BulkLine.objects.exclude(overwrite={}).exists()

    def it_is_not_offered_where_nothing_would_change(self, browser: Browser, clients: Clients) -> None:
        bulk.run(clients.edited("tone"), TESTS, now=NOW)
        page = text(browser.get(f"/edits/{begun(browser, clients)}/"))
        assert "None of them would change" in page
        assert "Apply to" not in page

    def it_is_discarded(self, browser: Browser, clients: Clients) -> None:
        ref = begun(browser, clients)
        assert browser.post(f"/edits/{ref}/removal/").status_code == 302
        assert browser.get(f"/edits/{ref}/").status_code == 404


class DescribeApplying:
    def it_reports_by_client_and_takes_back(self, browser: Browser, clients: Clients) -> None:
        ref = begun(browser, clients)
        assert browser.post(f"/edits/{ref}/", {"go": "apply"}).status_code == 302
        page = text(browser.get(f"/edits/{ref}/"))
        assert "2 of 2 left" in page
        assert f"/edits/{ref}/progress/" in page
        bulk.run(ref, TESTS, now=NOW)
        part = text(browser.get(f"/edits/{ref}/progress/"))
        assert part.count("chip good") == 2
        assert "hx-get" not in part
        assert "Take it back" in part
        change_brand(clients.one.id, tone="newer", actor="test", now=NOW)
        assert browser.post(f"/edits/{ref}/undoing/").status_code == 302
        bulk.run(ref, TESTS, now=NOW)
        page = text(browser.get(f"/edits/{ref}/"))
        assert "not taken back: it was changed since" in page
        assert card_now(clients.two.id).tone == "warm, first names"
        assert "Taken back" in text(browser.get("/edits/"))

    def it_is_applied_once(self, browser: Browser, clients: Clients) -> None:
        ref = begun(browser, clients)
        browser.post(f"/edits/{ref}/", {"go": "apply"})
        assert browser.post(f"/edits/{ref}/", {"go": "apply"}).status_code == 409
        assert browser.post(f"/edits/{ref}/retry/").status_code == 409
        assert AuditRow.objects.filter(verb="bulk.started").count() == 1

    def it_says_what_failed_and_tries_again(self, browser: Browser, clients: Clients) -> None:
        ref = begun(browser, clients)
        bulk.apply(ref, actor="test", now=NOW)
        bulk.run(ref, TESTS, now=NOW)
        BulkLine.objects.filter(brand_id=clients.one.id).update(outcome="failed", fault="Refused in words")
        page = text(browser.get(f"/edits/{ref}/"))
        assert "Refused in words" in page
        assert "Try 1 again" in page
        assert browser.post(f"/edits/{ref}/retry/").status_code == 302
        assert BulkEdit.objects.get(ref=ref).state == "running"


class DescribeDoors:
    def it_shows_that_there_is_none(self, browser: Browser) -> None:
        assert "No edits yet" in text(browser.get("/edits/"))

    def it_knows_no_other_ref(self, browser: Browser) -> None:
        for path in ("", "progress/"):
            assert browser.get(f"/edits/{uuid4()}/{path}").status_code == 404
        for path in ("", "undoing/", "retry/", "removal/"):
            assert browser.post(f"/edits/{uuid4()}/{path}").status_code == 404

    def it_changes_nothing_by_get(self, browser: Browser, clients: Clients) -> None:
        ref = begun(browser, clients)
        for path in ("undoing/", "retry/", "removal/"):
            assert browser.get(f"/edits/{ref}/{path}").status_code == 405

    @pytest.mark.parametrize("who", STRANGERS)
    def it_hides_from_others(
        self, clients: Clients, signed: Signed, request: pytest.FixtureRequest, who: str
    ) -> None:
        ref = clients.begin("tone")
        browser = signed(request.getfixturevalue(who))
        for path in ("", "new/", f"{ref}/", f"{ref}/progress/"):
            assert browser.get(f"/edits/{path}").status_code == 404
        for path in ("new/", f"{ref}/", f"{ref}/undoing/", f"{ref}/retry/", f"{ref}/removal/"):
            assert browser.post(f"/edits/{path}", {"go": "apply"}).status_code == 404
        assert BulkEdit.objects.get(ref=ref).state == "draft"
