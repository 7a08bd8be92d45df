"""See as: across the hand-off, read only, for half an hour, written down, and visible to the client."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache

from accounts import seeing
from accounts.access import actor_for_session
from accounts.actions import revoke_membership
from accounts.actor import Actor
from accounts.choices import Role
from accounts.errors import WrongRole
from accounts.timed import SeeAs
from core import clock
from core.errors import NotFound
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.accounts.conftest import Browser
from tests.factories import NOW, make_person

WHY = "A figure that looks wrong"
ACCESS = "/clients/acme/access/"
HOST = "acme.localhost"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def op(db: None) -> Actor:
    return make_person("op@example.test", (Role.OPERATOR, None), name="Olu Park")


@pytest.fixture
def browser(op: Actor, acme: BrandCard) -> Browser:
    browser = Browser()
    assert browser.sign_in(op.email).status_code == 302
    return browser


def look(browser: Browser, role: str = "manager", slug: str = "acme", reason: str = WHY) -> Any:
    data = {"role": role, "reason": reason}
    return browser.post(f"/clients/{slug}/see-as/", data, headers={"host": "localhost"})


def entered(browser: Browser, role: str = "manager") -> Any:
    return browser.follow(look(browser, role))


def portal(browser: Browser, path: str) -> Any:
    return browser.get(path, headers={"host": HOST})


def verbs(card: BrandCard) -> list[tuple[str, str]]:
    rows = AuditRow.objects.filter(verb__startswith="seeing.", brand_id=card.id).order_by("pk")
    return [(row.verb, row.object) for row in rows]


class DescribeLooking:
    def it_opens_the_portal_with_a_banner(self, browser: Browser, acme: BrandCard) -> None:
        answer = entered(browser)
        text = answer.content.decode()
        assert (answer.status_code, answer.wsgi_request.get_host()) == (200, HOST)
        assert "as its Client manager does" in text
        assert 'action="/see-as/end/"' in text
        assert "Read only" in text

    def it_shows_what_that_role_sees_and_no_more(self, browser: Browser, acme: BrandCard) -> None:
        entered(browser, "viewer")
        assert portal(browser, "/report/").status_code == 200
        for path in ("/audit/", "/access/", "/report/rows/offered/"):
            assert portal(browser, path).status_code == 404
        entered(browser, "manager")
        for path in ("/audit/", "/access/", "/report/rows/offered/"):
            assert portal(browser, path).status_code == 200

    def it_is_written_down_page_by_page_with_who_and_why(
        self, browser: Browser, op: Actor, acme: BrandCard
    ) -> None:
        entered(browser)
        portal(browser, "/audit/")
        browser.post("/see-as/end/", headers={"host": HOST})
        assert verbs(acme) == [
            ("seeing.started", "role:manager"),
            ("seeing.looked", "/report/"),
            ("seeing.looked", "/audit/"),
            ("seeing.ended", ""),
        ]
        row = AuditRow.objects.get(verb="seeing.started")
        assert (row.actor, row.reason) == (op.who, WHY)

    def it_is_visible_to_the_client(self, browser: Browser, acme: BrandCard) -> None:
        entered(browser)
        make_person("lena@example.test", (Role.MANAGER, acme))
        lena = Browser()
        lena.enter("lena@example.test", "acme")
        trail = portal(lena, "/audit/").content.decode()
        assert WHY in trail
        assert "Olu" in trail
        assert "Park" not in trail
        assert "/report/" in trail
        assert WHY in portal(lena, "/access/").content.decode()

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    @pytest.mark.parametrize(
        "path", ["/report/", "/audit/chain/", "/access/export/", "/w/session/", "/nothing/"]
    )
    def it_refuses_whatever_could_change_something(
        self, browser: Browser, acme: BrandCard, method: str, path: str
    ) -> None:
        entered(browser)
        answer = getattr(browser, method)(path, headers={"host": HOST})
        assert answer.status_code == 403
        assert "You only look on" in answer.content.decode()

    def it_opens_no_socket(self, browser: Browser, acme: BrandCard) -> None:
        entered(browser)
        key = browser.jars[HOST][settings.SESSION_COOKIE_NAME].value
        assert actor_for_session(key, brand_id=acme.id) is None

    def it_is_for_this_brand_alone(self, browser: Browser, acme: BrandCard, globex: BrandCard) -> None:
        entered(browser)
        browser.jars["globex.localhost"] = browser.jars[HOST].copy()
        answer = browser.get("/report/", headers={"host": "globex.localhost"})
        assert answer.status_code == 302
        assert "/login/" in answer["Location"]


class DescribeEnding:
    def it_goes_back_to_the_console(self, browser: Browser, acme: BrandCard) -> None:
        entered(browser)
        answer = browser.post("/see-as/end/", headers={"host": HOST})
        assert (answer.status_code, answer["Location"]) == (302, f"http://localhost{ACCESS}")
        assert portal(browser, "/report/").status_code == 302
        assert not SeeAs.objects.open(clock.now()).exists()

    def it_ends_by_itself(self, browser: Browser, acme: BrandCard) -> None:
        entered(browser)
        SeeAs.objects.update(started_at=NOW, ends_at=NOW + timedelta(minutes=30))
        answer = portal(browser, "/report/")
        assert (answer.status_code, answer["Location"]) == (302, f"http://localhost{ACCESS}?over=1")
        there = browser.follow(browser.at(f"http://localhost{ACCESS}?over=1"))
        assert "is over" in there.content.decode()
        assert "/login/" in portal(browser, "/report/")["Location"]

    def it_ends_with_the_seat_that_gave_it(self, browser: Browser, op: Actor, acme: BrandCard) -> None:
        entered(browser)
        revoke_membership(op.user_id, role=Role.OPERATOR, brand_id=None, actor="test", now=clock.now())
        assert portal(browser, "/report/").status_code == 302

    def it_ends_with_the_sign_in_it_came_from(self, browser: Browser, acme: BrandCard) -> None:
        entered(browser)
        browser.post("/accounts/logout/", headers={"host": "localhost"})
        assert "/login/" in portal(browser, "/report/")["Location"]

    def it_is_nothing_to_who_looks_at_nothing(self, acme: BrandCard, db: None) -> None:
        make_person("lena@example.test", (Role.MANAGER, acme))
        lena = Browser()
        lena.enter("lena@example.test", "acme")
        assert lena.post("/see-as/end/", headers={"host": HOST}).status_code == 404


class DescribeRefusal:
    def it_wants_a_reason(self, browser: Browser, acme: BrandCard) -> None:
        assert look(browser, reason="").status_code == 422
        assert not SeeAs.objects.exists()

    def it_is_through_a_clients_eyes_alone(self, browser: Browser, op: Actor, acme: BrandCard) -> None:
        assert look(browser, role="supervisor").status_code == 422
        with pytest.raises(WrongRole):
            seeing.start(acme, role="supervisor", reason=WHY, actor=op, now=NOW)

    @pytest.mark.parametrize("role", [Role.AUDITOR, Role.FINANCE, Role.SUPERVISOR])
    def it_is_not_for_other_roles(self, acme: BrandCard, db: None, role: Role) -> None:
        actor = make_person("else@example.test", (role, None))
        other = Browser()
        other.sign_in(actor.email)
        assert look(other).status_code == 404
        with pytest.raises(NotFound):
            seeing.start(acme, role="manager", reason=WHY, actor=actor, now=NOW)

    def it_takes_no_code_twice(self, browser: Browser, acme: BrandCard) -> None:
        url = str(look(browser)["Location"])
        browser.at(url)
        assert Browser().at(url).status_code == 410

    def it_takes_no_code_after_its_end(self, browser: Browser, op: Actor, acme: BrandCard) -> None:
        url = str(look(browser)["Location"])
        row = SeeAs.objects.get()
        assert seeing.end(row.ref, actor=op, brand_id=acme.id, now=clock.now())
        assert browser.at(url).status_code == 410
