"""From the provider's host to a brand's, by a code that works once and for a minute."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection

from accounts import actions, tickets
from accounts.actor import Actor
from accounts.choices import Role
from accounts.errors import HandoffRefused
from accounts.models import HandoffCode
from core.errors import NotFound
from tenants.cards import BrandCard
from tests.accounts.conftest import Browser, Person
from tests.factories import NOW

REPORT = "http://globex.localhost:8000/report/"
HANDOFF = "http://localhost:8000/handoff/globex/?next=/report/"


def ticket_for(browser: Browser, email: str = "cy@example.test") -> str:
    """Sign in and return the address of the brand's host that the hand-off leads to."""
    browser.sign_in(email)
    return str(browser.at(HANDOFF)["Location"])


def it_carries_a_manager_from_the_report_to_the_sign_in_and_back(browser: Browser, cy: Actor) -> None:
    asked = browser.at(REPORT + "?days=7")
    assert asked["Location"] == (
        "http://localhost:8000/accounts/login/?next=%2Fhandoff%2Fglobex%2F%3Fnext%3D%252Freport%252F%253Fdays%253D7"
    )
    form = browser.follow(asked)
    following = form.context["redirect_field_value"]
    page = browser.follow(browser.sign_in("cy@example.test", following=following))
    assert page.status_code == 200
    assert page.wsgi_request.get_full_path() == "/report/?days=7"
    assert page.wsgi_request.actor == cy


def it_needs_no_second_sign_in(browser: Browser, cy: Actor) -> None:
    browser.sign_in("cy@example.test")
    assert browser.follow(browser.at(REPORT)).status_code == 200


class DescribeTheWayOut:
    def it_keeps_no_code_that_could_be_read(self, browser: Browser, cy: Actor) -> None:
        code = urlsplit(ticket_for(browser)).path.split("/")[2]
        row = HandoffCode.objects.get()
        assert code not in str(row.__dict__)
        assert row.digest == tickets.digest_of(code)
        assert (row.expires_at - NOW).total_seconds() > 0

    def it_tells_nobody_the_address_it_came_from(self, browser: Browser, cy: Actor) -> None:
        browser.sign_in("cy@example.test")
        response = browser.at(HANDOFF)
        assert response["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response["Cache-Control"]

    def it_asks_a_stranger_to_sign_in(self, browser: Browser, globex: BrandCard) -> None:
        assert browser.at(HANDOFF)["Location"].startswith("/accounts/login/?next=%2Fhandoff%2Fglobex%2F")

    def it_hides_a_brand_from_who_has_no_seat_there(
        self, browser: Browser, outsider: Actor, cy: Actor, acme: BrandCard
    ) -> None:
        browser.sign_in("cy@example.test")
        assert browser.at("http://localhost:8000/handoff/acme/").status_code == 404
        assert browser.at("http://localhost:8000/handoff/nobody/").status_code == 404
        assert not HandoffCode.objects.exists()

    def it_refuses_anything_but_a_visit(self, browser: Browser, cy: Actor) -> None:
        browser.sign_in("cy@example.test")
        assert browser.post("/handoff/globex/", headers={"host": "localhost"}).status_code == 405

    @pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test", "/\\evil.test"])
    def it_leads_nowhere_else(self, browser: Browser, cy: Actor, target: str) -> None:
        browser.sign_in("cy@example.test")
        url = browser.get("/handoff/globex/", {"next": target}, headers={"host": "localhost:8000"})[
            "Location"
        ]
        assert url.startswith("http://globex.localhost:8000/enter/")
        assert browser.at(url)["Location"] == "/"


class DescribeTheWayIn:
    def it_opens_a_session_of_that_host_alone(self, browser: Browser, cy: Actor) -> None:
        response = browser.at(ticket_for(browser))
        assert response["Location"] == "/report/"
        assert response.cookies["sid"]["domain"] == ""
        assert response.cookies["sid"].value != browser.jars["localhost"]["sid"].value

    def it_begins_with_a_fresh_key(self, browser: Browser, cy: Actor) -> None:
        browser.at(ticket_for(browser))
        first = browser.jars["globex.localhost"]["sid"].value
        browser.at(str(browser.at(HANDOFF)["Location"]))
        assert browser.jars["globex.localhost"]["sid"].value != first

    def it_leads_nowhere_else(self, browser: Browser, cy: Actor) -> None:
        url = ticket_for(browser).split("?")[0]
        assert browser.at(url + "?next=//evil.test")["Location"] == "/"

    def it_refuses_a_used_code(self, browser: Browser, cy: Actor) -> None:
        url = ticket_for(browser)
        assert browser.at(url).status_code == 302
        thief = Browser()
        response = thief.at(url)
        assert response.status_code == 410
        assert "sid" not in thief.cookies

    def it_refuses_an_expired_code(self, browser: Browser, cy: Actor) -> None:
        url = ticket_for(browser)
        HandoffCode.objects.update(expires_at=NOW)
        assert browser.at(url).status_code == 410
        assert "sid" not in browser.cookies

    def it_refuses_another_brands_code(self, browser: Browser, cy: Actor, acme: BrandCard) -> None:
        response = browser.at(ticket_for(browser).replace("globex", "acme", 1))
        assert response.status_code == 410
        assert "sid" not in browser.cookies
        assert "Globex" not in response.content.decode()

    def it_refuses_a_made_up_code(self, browser: Browser, globex: BrandCard) -> None:
        assert browser.at("http://globex.localhost:8000/enter/made-up/").status_code == 410

    def it_refuses_who_lost_the_seat_on_the_way(self, browser: Browser, cy: Actor, globex: BrandCard) -> None:
        url = ticket_for(browser)
        actions.revoke_membership(cy.user_id, role=Role.MANAGER, brand_id=globex.id, actor="test", now=NOW)
        assert browser.at(url).status_code == 410

    def it_is_no_page_of_the_providers_host(self, browser: Browser, cy: Actor) -> None:
        path = urlsplit(ticket_for(browser)).path
        assert browser.at(f"http://localhost:8000{path}").status_code == 404

    def it_shows_an_agent_of_the_brand_no_managers_page(self, browser: Browser, ada: Actor) -> None:
        browser.sign_in("ada@example.test")
        assert browser.follow(browser.at(HANDOFF)).status_code == 404


class DescribeCodes:
    def it_expires_at_sixty_seconds_sharp(self, cy: Actor, globex: BrandCard) -> None:
        for late, works in [(59.999, True), (60, False)]:
            code = tickets.open_handoff(globex.id, actor=cy, session_key="s", now=NOW)
            then = NOW + timedelta(seconds=late)
            if works:
                assert tickets.claim_handoff(code, brand_id=globex.id, now=then) == cy
            else:
                with pytest.raises(HandoffRefused):
                    tickets.claim_handoff(code, brand_id=globex.id, now=then)

    def it_makes_none_without_a_seat(self, outsider: Actor, globex: BrandCard) -> None:
        with pytest.raises(NotFound):
            tickets.open_handoff(globex.id, actor=outsider, session_key="s", now=NOW)

    def it_gives_the_brands_host_only_that_brands_seats(
        self, person: Person, acme: BrandCard, globex: BrandCard
    ) -> None:
        both = person("both@example.test", (Role.MANAGER, acme), (Role.MANAGER, globex))
        code = tickets.open_handoff(globex.id, actor=both, session_key="s", now=NOW)
        assert tickets.claim_handoff(code, brand_id=globex.id, now=NOW).brand_ids() == (globex.id,)

    def it_sweeps_old_codes_away(self, cy: Actor, globex: BrandCard) -> None:
        tickets.open_handoff(globex.id, actor=cy, session_key="s", now=NOW - timedelta(days=40))
        tickets.open_handoff(globex.id, actor=cy, session_key="s", now=NOW)
        assert HandoffCode.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def it_lets_one_of_ten_racing_claims_win(cy: Actor, globex: BrandCard) -> None:
    code = tickets.open_handoff(globex.id, actor=cy, session_key="s", now=NOW)

    def claim(_: int) -> Any:
        try:
            return tickets.claim_handoff(code, brand_id=globex.id, now=NOW)
        except HandoffRefused:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert [won for won in pool.map(claim, range(10)) if won] == [cy]
