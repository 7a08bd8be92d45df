"""A client's page in the console: operators see it, nobody else learns that it exists."""

import re
from typing import Any

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from desk.console.tabs import first_path
from tenants.cards import BrandCard
from tests.console.conftest import Signed
from tests.factories import make_person


def rows_of(answer: Any) -> list[dict[str, str]]:
    """{words: address} of each row of tabs."""
    assert answer.status_code == 200
    navs = re.findall(r'<nav class="tabs.*?</nav>', answer.content.decode(), re.DOTALL)
    links = re.compile(r'<a href="([^"]+)"[^>]*>(?:<svg.*?</svg>)?([^<]+)</a>', re.DOTALL)
    return [{words.strip(): path for path, words in links.findall(nav)} for nav in navs]


class DescribeOverview:
    def it_shows_the_client(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        answer = signed(op).get("/clients/acme/")
        assert answer.status_code == 200
        assert acme.name in answer.content.decode()

    def it_leads_to_every_screen_by_its_group(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        browser = signed(op)
        groups = rows_of(browser.get("/clients/acme/"))[0]
        assert list(groups) == ["Overview", "Service", "Contract", "People", "Brand", "Safety"]
        screens: dict[str, str] = {}
        for path in groups.values():
            screens |= rows_of(browser.get(path))[1]
        assert {"Going live", "Routing", "Reports", "Access", "Hosts", "API keys"} < set(screens)
        assert all(browser.get(path).status_code == 200 for path in screens.values())
        assert "Practice" not in screens

    def it_marks_the_group_and_the_screen(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        page = signed(op).get("/clients/acme/hosts/").content.decode()
        assert re.findall(r'<a href="([^"]+)" aria-current="(\w+)">', page.split("<main")[1]) == [
            ("/clients/acme/brand/", "true"), ("/clients/acme/hosts/", "page"),
        ]  # fmt: skip

    def it_shows_what_is_open_to_somebody_and_no_row_of_one(
        self, signed: Signed, acme: BrandCard, db: None
    ) -> None:
        lead = make_person("lea@example.test", (Role.LEAD, acme))
        rows = rows_of(signed(lead).get(first_path(lead, acme)))
        assert "Safety" not in rows[0]
        assert all(len(row) > 1 for row in rows[1:])

    def it_knows_no_client_of_that_name(self, signed: Signed, op: Actor) -> None:
        assert signed(op).get("/clients/nobody/").status_code == 404

    def it_refuses_post(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        assert signed(op).post("/clients/acme/").status_code == 405

    @pytest.mark.parametrize("who", ["ada", "cy", "outsider"])
    def it_hides_from_others(
        self, signed: Signed, request: pytest.FixtureRequest, acme: BrandCard, who: str
    ) -> None:
        assert signed(request.getfixturevalue(who)).get("/clients/acme/").status_code == 404

    def it_asks_strangers_to_sign_in(self, acme: BrandCard, client: object) -> None:
        answer = client.get("/clients/acme/", headers={"host": "localhost:8000"})  # type: ignore[attr-defined]
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")
