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


def it_slows_down_who_guesses(browser: Browser, ada: Actor) -> None:
    for _ in range(adapter.PER_EMAIL_AND_ADDRESS):
        assert browser.sign_in("ada@example.test", password="a guess").status_code == 422
    response = browser.sign_in("ada@example.test")
    assert response.status_code == 429
    assert "sid" not in browser.cookies


def it_lets_others_in_while_somebody_is_guessed_at(browser: Browser, ada: Actor, cy: Actor) -> None:
    for _ in range(adapter.PER_EMAIL_AND_ADDRESS + 1):
        browser.sign_in("ada@example.test", password="a guess")
    assert browser.sign_in("cy@example.test").status_code == 302


@pytest.mark.parametrize(
    "path", ["signup/", "password/reset/", "password/change/", "email/", "confirm-email/", "inactive/", ""]
)
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
