"""Signing in, on the provider's host only."""

from collections.abc import Callable

import pytest

from accounts import adapter
from accounts.actor import Actor
from accounts.models import User
from tenants.cards import BrandCard
from tests.accounts.conftest import Browser, Person

LOGIN = "/accounts/login/"


def it_signs_in_whatever_the_case_of_the_address(browser: Browser, ada: Actor) -> None:
    response = browser.sign_in("  ADA@Example.Test ")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert browser.at("http://localhost:8000/")["Location"] == "/desk/"


def it_shows_the_form(browser: Browser) -> None:
    response = browser.at(f"http://localhost:8000{LOGIN}")
    assert response.status_code == 200
    assert list(response.context["form"].fields) == ["login", "password"]
    assert response.context["brand"] is None
    assert "sid" not in response.cookies


def it_says_the_same_of_a_wrong_password_and_of_nobody(
    browser: Browser, ada: Actor, person: Person, user_of: Callable[[Actor], User]
) -> None:
    former = user_of(person("former@example.test"))
    former.is_active = False
    former.save()
    answers = [
        browser.sign_in("ada@example.test", password="not the password"),
        browser.sign_in("nobody@example.test"),
        browser.sign_in("former@example.test"),
    ]
    assert [answer.status_code for answer in answers] == [422] * 3
    assert len({str(answer.context["form"].non_field_errors()) for answer in answers}) == 1
    assert "sid" not in browser.cookies


class DescribeGuessing:
    """Addresses are counted as our proxy on this machine saw them; its own is nobody's."""

    def browser_at(self, address: str) -> Browser:
        return Browser(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=f"192.0.2.1, {address}")

    def guess(self, browser: Browser, times: int) -> None:
        for _ in range(times):
            assert browser.sign_in("ada@example.test", password="a guess").status_code == 422

    def it_is_slowed_down_where_it_comes_from(self, ada: Actor) -> None:
        guesser = self.browser_at("203.0.113.7")
        self.guess(guesser, adapter.FAILURES_FROM_ADDRESS)
        response = guesser.sign_in("ada@example.test")
        assert response.status_code == 429
        assert "sid" not in guesser.cookies

    def it_leaves_the_owner_alone_who_is_elsewhere(self, ada: Actor) -> None:
        self.guess(self.browser_at("203.0.113.7"), adapter.FAILURES_FROM_ADDRESS)
        assert self.browser_at("203.0.113.8").sign_in("ada@example.test").status_code == 302

    def it_leaves_others_alone(self, ada: Actor, cy: Actor) -> None:
        guesser = self.browser_at("203.0.113.7")
        self.guess(guesser, adapter.FAILURES_FROM_ADDRESS)
        assert guesser.sign_in("cy@example.test").status_code == 302

    def it_is_slowed_down_from_anywhere_after_more(self, ada: Actor) -> None:
        for number in range(adapter.PER_EMAIL):
            self.guess(self.browser_at(f"203.0.113.{number}"), 1)
        assert self.browser_at("198.51.100.1").sign_in("ada@example.test").status_code == 429

    def it_counts_no_address_that_is_nobodys(
        self, browser: Browser, ada: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(adapter, "PER_ADDRESS", 0)
        self.guess(browser, adapter.PER_EMAIL_AND_ADDRESS)
        assert browser.sign_in("ada@example.test").status_code == 302


@pytest.mark.parametrize("path", ["signup/", "password/change/", "email/", "confirm-email/", "inactive/", ""])
def it_has_no_other_doors(browser: Browser, path: str) -> None:
    assert browser.at(f"http://localhost:8000/accounts/{path}").status_code == 404


def it_is_not_on_a_brands_host(browser: Browser, ada: Actor, acme: BrandCard) -> None:
    assert browser.at(f"http://acme.localhost:8000{LOGIN}").status_code == 404
    data = {"login": "ada@example.test", "password": "correct horse battery"}
    assert browser.post(LOGIN, data, headers={"host": "acme.localhost:8000"}).status_code == 404


@pytest.mark.parametrize(
    "target", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"]
)
def it_leads_nowhere_else(browser: Browser, ada: Actor, target: str) -> None:
    assert browser.sign_in("ada@example.test", following=target)["Location"] == "/"


def it_wears_the_brand_it_leads_to(browser: Browser, globex: BrandCard) -> None:
    response = browser.at(f"http://localhost:8000{LOGIN}?next=/handoff/globex/%3Fnext%3D/report/")
    assert response.context["brand"] == globex


@pytest.mark.parametrize("target", ["/handoff/nobody/", "/desk/", "/handoff/", "//evil.test/handoff/globex/"])
def it_wears_no_brand_otherwise(browser: Browser, globex: BrandCard, target: str) -> None:
    assert browser.get(LOGIN, {"next": target}, headers={"host": "localhost"}).context["brand"] is None


def it_keeps_wearing_the_brand_after_a_mistake(browser: Browser, cy: Actor, globex: BrandCard) -> None:
    response = browser.sign_in(
        "cy@example.test", password="wrong", following="/handoff/globex/?next=/report/"
    )
    assert response.context["brand"] == globex


def it_sends_on_who_is_signed_in_already(browser: Browser, ada: Actor) -> None:
    browser.sign_in("ada@example.test")
    assert browser.at(f"http://localhost:8000{LOGIN}?next=/desk/")["Location"] == "/desk/"


def it_opens_a_fresh_session_on_this_host_only(browser: Browser, ada: Actor) -> None:
    cookie = browser.sign_in("ada@example.test").cookies["sid"]
    assert cookie["domain"] == ""
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
