# ruff: noqa: F811 - fixtures of the desk
"""What agents ask, on the client's own host: listed, read and answered by its managers."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from interactions.asking import queries
from interactions.asking.actions import Agent, cancel_request, open_request
from interactions.asking.values import RequestView
from interactions.models import RequestFile
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.desk.conftest import Day, day, working  # noqa: F401 - fixtures
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, make_agent, make_person
from tests.portal.test_report import page, signed_in
from tests.portal.test_seeing import entered, op  # noqa: F401 - a fixture

HOST = {"host": "acme.localhost:8000"}
PROVIDER = {"host": "localhost:8000"}
PDF = b"%PDF-1.7 offer"


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


def upload(name: str, content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def view(card: BrandCard, ref: UUID) -> RequestView:
    with tenant_scope(card, TESTS):
        return queries.get_request(ref)


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


class DescribeFiles:
    def it_keeps_what_came_with_the_answer_for_both_sides(
        self, lena: Browser, day: Day, working: Actor, acme: BrandCard
    ) -> None:
        ref = ask(day, working, acme)
        sent = {"answer": "See it", "files": [upload("../Öffer 1.pdf"), upload("b.pdf")]}
        assert lena.post(f"/requests/{ref}/answer/", sent, headers=HOST).status_code == 303
        found = view(acme, ref)
        first = found.last.files[0]
        text = html(lena, acme, f"/requests/{ref}/")
        assert "Öffer 1.pdf" in text
        path = f"/requests/{ref}/files/{first.ref}/"
        assert path in text
        given = page(lena, acme, path)
        assert (given.status_code, given.content, given["Content-Type"]) == (200, PDF, "application/pdf")
        assert given["Content-Disposition"].startswith("attachment; filename*=utf-8''%C3%96ffer")
        assert given["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert given["X-Content-Type-Options"] == "nosniff"
        desk = Browser()
        desk.sign_in(working.email)
        at = f"/desk/acme/{found.interaction_ref}/request/"
        asked = desk.get(at, headers=PROVIDER).content.decode()
        assert f"{at}{ref}/files/{first.ref}/" in asked
        assert desk.get(f"{at}{ref}/files/{first.ref}/", headers=PROVIDER).content == PDF
        assert desk.get(f"{at}{ref}/files/{uuid4()}/", headers=PROVIDER).status_code == 404

    def it_keeps_nothing_of_what_it_refuses(
        self, lena: Browser, day: Day, working: Actor, acme: BrandCard
    ) -> None:
        ref = ask(day, working, acme)
        for files in ([upload("a.exe")], [upload("a.pdf", b"MZ")], [upload("a.pdf"), upload("b.txt", b"")]):
            sent = {"answer": "See it", "files": files}
            refused = lena.post(f"/requests/{ref}/answer/", sent, headers=HOST)
            assert (refused.status_code, "See it" in refused.content.decode()) == (422, True)
        many = {"answer": "See it", "files": [upload(f"{n}.pdf") for n in range(4)]}
        assert lena.post(f"/requests/{ref}/answer/", many, headers=HOST).status_code == 422
        assert view(acme, ref).is_open
        with tenant_scope(acme, TESTS):
            assert not RequestFile.objects.exists()

    def it_opens_for_nobody_else(
        self,
        lena: Browser,
        day: Day,
        working: Actor,
        outsider: Actor,
        cy: Actor,
        acme: BrandCard,
        globex: BrandCard,
    ) -> None:
        ref = ask(day, working, acme)
        sent = {"answer": "See it", "files": [upload("a.pdf")]}
        lena.post(f"/requests/{ref}/answer/", sent, headers=HOST)
        found = view(acme, ref)
        file = f"{ref}/files/{found.last.files[0].ref}/"
        path = f"/requests/{file}"
        make_person("vic@example.test", (Role.VIEWER, acme))
        assert signed_in("vic@example.test", acme).get(path, headers=HOST).status_code == 404
        assert Browser().get(path, headers=HOST).status_code == 302
        theirs = signed_in(cy.email, globex)
        assert theirs.get(path, headers={"host": "globex.localhost:8000"}).status_code == 404
        assert lena.get(path.replace(str(ref), str(uuid4())), headers=HOST).status_code == 404
        desk = f"/desk/acme/{found.interaction_ref}/request/{file}"
        for who in (outsider, make_agent("eve@example.test", acme), make_agent("gus@example.test", globex)):
            browser = Browser()
            browser.sign_in(who.email)
            assert browser.get(desk, headers=PROVIDER).status_code == 404


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
