"""Signing out ends it everywhere."""

from accounts.actor import Actor
from tests.accounts.conftest import Browser

REPORT = "http://globex.localhost:8000/report/"


def enter(browser: Browser) -> None:
    browser.sign_in("cy@example.test")
    assert browser.follow(browser.at(REPORT)).status_code == 200


def it_ends_the_session(browser: Browser, ada: Actor) -> None:
    browser.sign_in("ada@example.test")
    response = browser.post("/accounts/logout/", headers={"host": "localhost:8000"})
    assert response["Location"] == "/accounts/login/"
    assert browser.at("http://localhost:8000/")["Location"].startswith("/accounts/login/")


def it_ends_the_sessions_it_was_handed_on_to(browser: Browser, cy: Actor) -> None:
    enter(browser)
    browser.post("/accounts/logout/", headers={"host": "localhost:8000"})
    assert browser.at(REPORT).status_code == 302


def it_ends_the_providers_session_from_a_brands_host(browser: Browser, cy: Actor) -> None:
    enter(browser)
    response = browser.post("/sign-out/", headers={"host": "globex.localhost:8000"})
    assert response["Location"] == "http://localhost:8000/accounts/login/?next=%2Fhandoff%2Fglobex%2F"
    assert browser.at("http://localhost:8000/")["Location"].startswith("/accounts/login/")
    assert browser.at(REPORT).status_code == 302


def it_leaves_other_devices_signed_in(browser: Browser, cy: Actor) -> None:
    enter(browser)
    elsewhere = Browser()
    enter(elsewhere)
    browser.post("/accounts/logout/", headers={"host": "localhost:8000"})
    assert elsewhere.at(REPORT).status_code == 200


def it_refuses_to_sign_out_by_a_mere_link(browser: Browser, ada: Actor) -> None:
    browser.sign_in("ada@example.test")
    assert browser.at("http://localhost:8000/accounts/logout/").status_code == 405
    assert browser.at("http://localhost:8000/")["Location"] == "/desk/"
