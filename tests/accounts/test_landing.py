"""Where each role lands on the provider's host."""

from typing import Any

from accounts.actor import Actor
from accounts.choices import Role
from tenants.cards import BrandCard
from tests.accounts.conftest import Browser, Person

HOME = "http://localhost:8000/"


def land(browser: Browser, email: str) -> Any:
    browser.sign_in(email)
    return browser.at(HOME)


def listed(browser: Browser, email: str) -> Any:
    response = land(browser, email)
    assert response["Location"] == "/clients/"
    return browser.follow(response)


def it_asks_a_stranger_to_sign_in(browser: Browser) -> None:
    assert browser.at(HOME)["Location"] == "/accounts/login/?next=%2F"


def it_sends_an_agent_to_the_desk(browser: Browser, ada: Actor) -> None:
    assert land(browser, "ada@example.test")["Location"] == "/desk/"


def it_sends_a_manager_to_the_report_of_the_brand(browser: Browser, cy: Actor) -> None:
    assert land(browser, "cy@example.test")["Location"] == "/handoff/globex/?next=%2Freport%2F"


def it_lists_the_brands_of_a_manager_of_several(
    browser: Browser, person: Person, acme: BrandCard, globex: BrandCard
) -> None:
    person("both@example.test", (Role.MANAGER, acme), (Role.MANAGER, globex))
    rows = listed(browser, "both@example.test").context["rows"]
    assert [row["report_path"] for row in rows] == [
        "/handoff/acme/?next=%2Freport%2F",
        "/handoff/globex/?next=%2Freport%2F",
    ]


def it_sends_an_operator_with_an_agents_seat_to_the_desk(
    browser: Browser, person: Person, acme: BrandCard
) -> None:
    person("op@example.test", (Role.OPERATOR, None), (Role.AGENT, acme))
    assert land(browser, "op@example.test")["Location"] == "/desk/"


def it_shows_who_has_no_seat_an_empty_list(browser: Browser, outsider: Actor, acme: BrandCard) -> None:
    response = listed(browser, "outsider@example.test")
    assert response.status_code == 200
    assert response.context["rows"] == []


def it_refuses_anything_but_a_visit(browser: Browser, ada: Actor) -> None:
    browser.sign_in("ada@example.test")
    assert browser.post("/", headers={"host": "localhost:8000"}).status_code == 405
    assert browser.post("/clients/", headers={"host": "localhost:8000"}).status_code == 405


def it_lists_nothing_to_a_stranger(browser: Browser) -> None:
    assert browser.at(f"{HOME}clients/")["Location"] == "/accounts/login/?next=%2Fclients%2F"


def it_is_not_on_a_brands_host(browser: Browser, cy: Actor) -> None:
    browser.follow(browser.sign_in("cy@example.test", following="/handoff/globex/?next=/report/"))
    assert browser.at("http://globex.localhost:8000/clients/").status_code == 404
