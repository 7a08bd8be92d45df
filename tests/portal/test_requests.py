# ruff: noqa: F811 - fixtures of the desk
"""What agents ask, on the client's own host: listed, read and answered by its managers."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from interactions.asking import queries
from interactions.asking.actions import Agent, cancel_request, open_request
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.desk.conftest import Day, day, working  # noqa: F401 - fixtures
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, make_person
from tests.portal.test_report import page, signed_in
from tests.portal.test_seeing import entered, op  # noqa: F401 - a fixture

HOST = {"host": "acme.localhost:8000"}


@pytest.fixture
def lena(db: None, acme: BrandCard) -> Browser:
    cache.clear()
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm")
    return signed_in("lena@example.test", acme)


def ask(day: Day, ada: Actor, card: BrandCard, question: str = "Was order 1234 sent?", **more: Any) -> UUID:
    talk = day.has(ada, card, **more)
    agent = Agent(ada.user_id, "Ada B.", ada.who)
    with tenant_scope(card, TESTS):
        return open_request(talk, kind="check", question=question, key=uuid4(), agent=agent, now=clock.now())


def html(browser: Browser, card: BrandCard, path: str) -> str:
    answer = page(browser, card, path)
    assert answer.status_code == 200
    return str(answer.content.decode())


class DescribeTheList:
    def it_shows_what_waits_and_nothing_of_another_brand(
        self, lena: Browser, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        assert "Nothing waits for you" in html(lena, acme, "/requests/")
        ask(day, working, acme)
        ask(day, working, globex, "Is the cat alive?")
        text = html(lena, acme, "/requests/")
        assert "Was order 1234 sent?" in text
        assert "Ada B." in text
        assert "cat" not in text
        assert "Europe/Stockholm" in text
        assert "1 request of an agent" in html(lena, acme, "/overview/")

    def it_is_narrowed_and_paged(self, lena: Browser, day: Day, working: Actor, acme: BrandCard) -> None:
        ref = ask(day, working, acme)
        with tenant_scope(acme, TESTS):
            cancel_request(ref, agent=Agent(working.user_id, "Ada B.", working.who), now=clock.now())
        assert "Nothing waits for you" in html(lena, acme, "/requests/")
        assert "Was order 1234 sent?" in html(lena, acme, "/requests/?state=cancelled")
        assert "Was order 1234 sent?" in html(lena, acme, "/requests/?state=all&kind=check")
        assert "No requests" in html(lena, acme, "/requests/?state=all&kind=decide")
        assert "Was order 1234 sent?" in html(lena, acme, "/requests/?state=none&page=99")

    def it_asks_no_more_for_many(self, lena: Browser, day: Day, working: Actor, acme: BrandCard) -> None:
        ask(day, working, acme)
        html(lena, acme, "/requests/")
        one = counted(lambda: html(lena, acme, "/requests/"))
        ask(day, working, acme)
        ask(day, working, acme)
        assert counted(lambda: html(lena, acme, "/requests/")) == one
        check("portal: requests", one)


class DescribeTheAnswer:
    def it_is_given_once_and_written_down(
        self, lena: Browser, day: Day, working: Actor, acme: BrandCard
    ) -> None:
        ref = ask(day, working, acme)
        path = f"/requests/{ref}/"
        assert "Was order 1234 sent?" in html(lena, acme, path)
        empty = lena.post(f"{path}answer/", {"answer": " "}, headers=HOST)
        assert (empty.status_code, "Write an answer." in empty.content.decode()) == (422, True)
        assert lena.post(f"{path}answer/", {"answer": "On\0Monday."}, headers=HOST).status_code == 422
        done = lena.post(f"{path}answer/", {"answer": "On Monday."}, headers=HOST)
        assert (done.status_code, done["Location"]) == (303, "/requests/")
        text = html(lena, acme, path)
        assert "On Monday." in text
        assert "<textarea" not in text
        assert lena.post(f"{path}answer/", {"answer": "Or not."}, headers=HOST).status_code == 409
        row = AuditRow.objects.get(verb="request.answered")
        assert row.brand_id == acme.id

    def it_is_nobody_elses(
        self, lena: Browser, day: Day, working: Actor, outsider: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        ref, theirs = ask(day, working, acme), ask(day, working, globex)
        make_person("vic@example.test", (Role.VIEWER, acme))
        viewer = signed_in("vic@example.test", acme)
        for path in ("/requests/", f"/requests/{ref}/"):
            assert viewer.get(path, headers=HOST).status_code == 404
            assert Browser().get(path, headers=HOST).status_code == 302
        assert lena.get(f"/requests/{theirs}/", headers=HOST).status_code == 404
        for browser, one in ((lena, theirs), (viewer, ref)):
            wrong = browser.post(f"/requests/{one}/answer/", {"answer": "Yes"}, headers=HOST)
            assert wrong.status_code == 404
        for card, one in ((acme, ref), (globex, theirs)):
            with tenant_scope(card, TESTS):
                assert queries.get_request(one).is_open

    def it_is_not_given_by_who_only_looks(
        self, lena: Browser, op: Actor, day: Day, working: Actor, acme: BrandCard
    ) -> None:
        ref = ask(day, working, acme)
        browser = Browser()
        browser.sign_in(op.email)
        entered(browser)
        assert "<textarea" not in html(browser, acme, f"/requests/{ref}/")
        assert browser.post(f"/requests/{ref}/answer/", {"answer": "Yes"}, headers=HOST).status_code == 403
