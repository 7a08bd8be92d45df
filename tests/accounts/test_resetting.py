"""A new password by mail: the same words for everybody, a link that works once."""

import re
from typing import Any

import pytest

from accounts import resetting
from accounts.actor import Actor
from accounts.choices import Role
from accounts.models import User
from tenants import cards
from tenants.cards import BrandCard
from tenants.mail.models import SystemMail
from tenants.models import AuditRow, Brand, ClientGroup
from tests.accounts.conftest import Browser, Person
from tests.factories import PASSWORD

ASK = "/accounts/password/reset/"
NEW = "a fjord at dusk"
BOTH = {"password1": NEW, "password2": NEW}
HOST = {"host": "localhost:8000"}


def ask(browser: Browser, email: str, **more: str) -> Any:
    return browser.post(ASK, {"email": email, **more}, headers=HOST)


def link() -> str:
    found = re.search(
        r"http://localhost:8000(/accounts/password/reset/key/\S+)", SystemMail.objects.get().text
    )
    assert found
    return found[1]


def open_link(browser: Browser, path: str) -> Any:
    return browser.follow(browser.at(f"http://localhost:8000{path}"))


class DescribeAsking:
    def it_sends_a_link(self, browser: Browser, ada: Actor) -> None:
        answer = ask(browser, " ADA@example.test ")
        assert (answer.status_code, answer["Location"]) == (302, f"{ASK}done/")
        mail = SystemMail.objects.get()
        assert (mail.kind, mail.to, mail.brand_id) == ("password_reset", "ada@example.test", None)

    def it_says_the_same_of_nobody(self, browser: Browser, person: Person) -> None:
        former = person("former@example.test")
        User.objects.filter(pk=former.user_id).update(is_active=False)
        for email in ("nobody@example.test", "former@example.test"):
            assert ask(browser, email)["Location"] == f"{ASK}done/"
        assert not SystemMail.objects.exists()

    def it_refuses_what_is_no_address(self, browser: Browser) -> None:
        answer = ask(browser, "ada")
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.content.decode()

    def it_wears_the_one_brand_of_its_manager(
        self, browser: Browser, cy: Actor, globex: BrandCard, acme: BrandCard, person: Person
    ) -> None:
        ask(browser, cy.email)
        assert SystemMail.objects.get().brand_id == globex.id
        both = person("both@example.test", (Role.MANAGER, acme), (Role.MANAGER, globex))
        ask(browser, both.email)
        assert SystemMail.objects.get(to=both.email).brand_id is None

    def it_wears_the_first_of_several_brands_of_one_company(
        self, browser: Browser, acme: BrandCard, globex: BrandCard, person: Person
    ) -> None:
        company = ClientGroup.objects.create(legal_name="Nordic Holding")
        Brand.objects.filter(pk__in=[acme.id, globex.id]).update(group=company)
        cards.changed()
        both = person("both@example.test", (Role.MANAGER, globex), (Role.MANAGER, acme))
        ask(browser, both.email)
        assert SystemMail.objects.get(to=both.email).brand_id == min(acme.id, globex.id)

    def it_keeps_wearing_the_brand_it_came_from(self, browser: Browser, globex: BrandCard) -> None:
        following = "/handoff/globex/?next=/report/"
        sign_in = browser.get("/accounts/login/", {"next": following}, headers=HOST)
        assert f"{ASK}?next=" in sign_in.content.decode()
        page = browser.get(ASK, {"next": following}, headers=HOST)
        assert page.context["brand"] == globex
        done = browser.follow(ask(browser, "nobody@example.test", next=following))
        assert done.context["brand"] == globex

    def it_never_takes_the_host_from_the_request(self, browser: Browser, ada: Actor) -> None:
        browser.post(ASK, {"email": ada.email}, headers={"host": "localhost:6666"})
        assert "6666" not in SystemMail.objects.get().text

    def it_is_slowed_down_by_person(self, browser: Browser, ada: Actor) -> None:
        answers = [ask(browser, ada.email).status_code for _ in range(resetting.PER_EMAIL + 1)]
        assert answers == [*[302] * resetting.PER_EMAIL, 429]

    def it_is_slowed_down_by_address(self, ada: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(resetting, "PER_ADDRESS", 1)
        elsewhere = Browser(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.7")
        assert [ask(elsewhere, f"{n}@example.test").status_code for n in range(2)] == [302, 429]


class DescribeChoosing:
    def it_replaces_the_password(self, browser: Browser, ada: Actor) -> None:
        ask(browser, ada.email)
        page = open_link(browser, link())
        assert page.status_code == 200
        assert page["Referrer-Policy"] == "no-referrer"
        answer = browser.post(page.wsgi_request.path, BOTH, headers=HOST)
        assert answer["Location"] == f"{ASK}key/done/"
        assert browser.follow(answer).status_code == 200
        assert Browser().sign_in(ada.email, password=NEW).status_code == 302
        assert Browser().sign_in(ada.email, password=PASSWORD).status_code == 422
        assert AuditRow.objects.get(verb="user.password_changed").actor == ada.who

    def it_ends_the_sessions_of_the_old_one(self, browser: Browser, ada: Actor) -> None:
        elsewhere = Browser()
        elsewhere.sign_in(ada.email)
        ask(browser, ada.email)
        page = open_link(browser, link())
        browser.post(page.wsgi_request.path, BOTH, headers=HOST)
        assert elsewhere.at("http://localhost:8000/")["Location"].startswith("/accounts/login/")

    def it_works_once(self, browser: Browser, ada: Actor) -> None:
        ask(browser, ada.email)
        path = link()
        page = open_link(browser, path)
        browser.post(page.wsgi_request.path, BOTH, headers=HOST)
        answer = open_link(Browser(), path)
        assert answer.status_code == 410
        assert "no longer good" in answer.content.decode()

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [({"password2": "something else"}, "same password"), ({"password1": "short"}, "at least 10")],
    )
    def it_is_told_what_is_wrong(
        self, browser: Browser, ada: Actor, wrong: dict[str, str], words: str
    ) -> None:
        ask(browser, ada.email)
        page = open_link(browser, link())
        answer = browser.post(page.wsgi_request.path, BOTH | wrong, headers=HOST)
        assert answer.status_code == 422
        assert words in answer.content.decode()

    def it_knows_no_made_up_link(self, browser: Browser, ada: Actor) -> None:
        assert open_link(browser, f"{ASK}key/1-abc-def/").status_code == 410

    def it_is_not_on_a_brands_host(self, browser: Browser, acme: BrandCard) -> None:
        assert browser.at(f"http://acme.localhost:8000{ASK}").status_code == 404
