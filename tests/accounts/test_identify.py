"""Who a request acts for, found before any view and bound to the host."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts import actions
from accounts.access import actor_for, actor_for_session
from accounts.actor import Actor
from accounts.choices import Role
from accounts.models import User
from core import clock
from tenants.cards import BrandCard
from tests.accounts.conftest import Browser, Person
from tests.factories import NOW

HOME = "http://localhost:8000/"
REPORT = "http://globex.localhost:8000/report/"


def enter_globex(browser: Browser, email: str = "cy@example.test") -> Any:
    """Sign in on the provider's host and be carried to Globex's report."""
    return browser.follow(browser.sign_in(email, following="/handoff/globex/?next=/report/"))


def sid(browser: Browser, host: str) -> str:
    return str(browser.jars[host]["sid"].value)


@contextmanager
def counting(expected: int) -> Iterator[None]:
    """Count the statements; those for rules that a process keeps are not the request's."""
    with CaptureQueriesContext(connection) as captured:
        yield
    asked = [query["sql"] for query in captured if 'FROM "accounts_securitypolicy"' not in query["sql"]]
    assert len(asked) == expected, asked


def it_takes_two_queries(browser: Browser, ada: Actor) -> None:
    browser.sign_in("ada@example.test")
    with counting(2):
        assert browser.at(HOME)["Location"] == "/desk/"


def it_takes_none_for_who_has_no_cookie(browser: Browser) -> None:
    with counting(0):
        assert browser.at(HOME).status_code == 302


def it_sees_the_seats_that_are_valid_now(ada: Actor, acme: BrandCard, globex: BrandCard) -> None:
    soon, past = clock.now().replace(year=2999), NOW
    change: dict[str, Any] = {"role": Role.AGENT, "actor": "test", "now": NOW}
    actions.grant_membership(ada.user_id, brand_id=acme.id, valid_until=past, **change)
    actions.grant_membership(ada.user_id, brand_id=globex.id, valid_until=soon, **change)
    actor = actor_for(ada.user_id)
    assert actor
    assert actor.brand_ids() == (globex.id,)


def it_knows_nobody_who_may_not_sign_in(ada: Actor, user_of: Callable[[Actor], User]) -> None:
    user = user_of(ada)
    user.is_active = False
    user.save()
    assert actor_for(ada.user_id) is None
    assert actor_for(0) is None


class DescribeHosts:
    def it_refuses_the_providers_session_on_a_brands_host(self, browser: Browser, cy: Actor) -> None:
        browser.sign_in("cy@example.test")
        browser.jars["globex.localhost"] = browser.jars["localhost"]
        response = browser.at(REPORT)
        assert response.status_code == 302
        assert response["Location"].startswith("http://localhost:8000/accounts/login/")

    def it_refuses_a_brands_session_on_another_brands_host(
        self, browser: Browser, person: Person, acme: BrandCard, globex: BrandCard
    ) -> None:
        person("both@example.test", (Role.MANAGER, acme), (Role.MANAGER, globex))
        assert enter_globex(browser, "both@example.test").status_code == 200
        browser.jars["acme.localhost"] = browser.jars["globex.localhost"]
        assert browser.at("http://acme.localhost:8000/report/").status_code == 302

    def it_refuses_a_brands_session_on_the_providers_host(self, browser: Browser, cy: Actor) -> None:
        enter_globex(browser)
        browser.jars["localhost"] = browser.jars["globex.localhost"]
        assert browser.at(HOME)["Location"].startswith("/accounts/login/")

    def it_knows_the_session_of_a_socket_on_its_own_host_only(self, browser: Browser, cy: Actor) -> None:
        enter_globex(browser)
        here, home = sid(browser, "globex.localhost"), sid(browser, "localhost")
        globex_id = cy.memberships[0].brand_id
        assert actor_for_session(here, brand_id=globex_id) == cy
        assert actor_for_session(home) == cy
        assert actor_for_session(here) is None
        assert actor_for_session(home, brand_id=globex_id) is None
        assert actor_for_session(None) is None
        assert actor_for_session("made-up") is None


class DescribeChanges:
    def it_loses_a_revoked_seat_at_the_next_request(
        self, browser: Browser, cy: Actor, globex: BrandCard
    ) -> None:
        assert enter_globex(browser).status_code == 200
        actions.revoke_membership(cy.user_id, role=Role.MANAGER, brand_id=globex.id, actor="test", now=NOW)
        assert browser.at(REPORT).status_code == 404

    def it_ends_sessions_with_the_old_password(
        self, browser: Browser, ada: Actor, user_of: Callable[[Actor], User]
    ) -> None:
        browser.sign_in("ada@example.test")
        user = user_of(ada)
        user.set_password("another password")
        user.save()
        assert browser.at(HOME)["Location"].startswith("/accounts/login/")


class DescribeLanguage:
    """A page speaks what all its texts are in: those of clients' people Swedish too, the staff's English."""

    @pytest.fixture
    def swedish(self, settings: Any) -> None:
        settings.STAFF_LANGUAGES = ["en", "sv"]

    def it_speaks_the_users_language(self, browser: Browser, person: Person, swedish: None) -> None:
        person("liv@example.test", language="sv")
        browser.sign_in("liv@example.test")
        response = browser.at(HOME, HTTP_ACCEPT_LANGUAGE="en")
        assert response["Content-Language"] == "sv"

    def it_speaks_a_managers_language_everywhere(
        self, browser: Browser, cy: Actor, user_of: Callable[[Actor], User]
    ) -> None:
        User.objects.filter(pk=cy.user_id).update(language="sv")
        pages = enter_globex(browser), browser.at(f"{HOME}clients/")
        assert [page["Content-Language"] for page in pages] == ["sv", "sv"]

    def it_speaks_the_browsers_language_before(self, browser: Browser) -> None:
        response = browser.at("http://localhost:8000/accounts/login/", HTTP_ACCEPT_LANGUAGE="sv")
        assert response["Content-Language"] == "sv"
        assert "Accept-Language" in response["Vary"]

    def it_claims_no_language_that_only_clients_pages_have(self, browser: Browser, ada: Actor) -> None:
        User.objects.filter(pk=ada.user_id).update(language="sv")
        browser.sign_in("ada@example.test")
        page = browser.at(f"{HOME}clients/", HTTP_ACCEPT_LANGUAGE="sv")
        assert page["Content-Language"] == "en"
        assert '<html lang="en"' in page.content.decode()

    @pytest.mark.parametrize("wanted", ["de", "xx", ""])
    def it_falls_back_to_english(self, browser: Browser, wanted: str) -> None:
        page = browser.at("http://localhost:8000/accounts/login/", HTTP_ACCEPT_LANGUAGE=wanted)
        assert page["Content-Language"] == "en"

    def it_looks_for_catalogues_where_there_are_some(self, settings: Any) -> None:
        assert all(Path(folder).is_dir() for folder in settings.LOCALE_PATHS)
        assert settings.LOCALE_PATHS
        known = {code for code, _name in settings.LANGUAGES}
        assert set(settings.STAFF_LANGUAGES) <= set(settings.CLIENT_LANGUAGES) <= known
        assert set(settings.MAIL_LANGUAGES) <= known

    def it_leaves_nothing_behind(
        self, browser: Browser, person: Person, rf: RequestFactory, swedish: None
    ) -> None:
        with translation.override("en"):
            browser.at("http://localhost:8000/accounts/login/", HTTP_ACCEPT_LANGUAGE="sv")
            assert translation.get_language() == "en"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "Europe", "../localtime", "x" * 64])
def it_shows_the_time_of_an_unknown_zone_as_utc(browser: Browser, person: Person, zone: str) -> None:
    assert person("liv@example.test", timezone=zone).timezone == "UTC"
    browser.sign_in("liv@example.test")
    assert browser.at(f"{HOME}clients/").status_code == 200
