# ruff: noqa: F811 - fixtures of the desk
"""Several brands of one company behind one sign-in: a way from one to another, and numbers of those alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from accounts.actor import Actor
from accounts.choices import Role
from accounts.security.models import SecurityPolicy
from core import clock
from tenants import cards
from tenants.cards import BrandCard
from tenants.groups import group_of
from tenants.models import Brand, ClientGroup
from tenants.scope import labour_scope
from tests.accounts.conftest import Browser
from tests.desk.conftest import Day, day, working  # noqa: F401 - fixtures
from tests.desk.test_budget import check, counted
from tests.factories import make_person
from tests.portal.test_report import page, signed_in
from tests.portal.test_seeing import entered, op  # noqa: F401 - a fixture
from tests.portal.test_today import SENT


@pytest.fixture
def company(db: None, acme: BrandCard, globex: BrandCard) -> ClientGroup:
    cache.clear()
    with labour_scope():
        made = ClientGroup.objects.create(legal_name="Nordic Holding")
        Brand.objects.filter(pk__in=(acme.id, globex.id)).update(group=made)
    cards.changed()
    return made


@pytest.fixture(autouse=True)
def forgotten(db: None) -> Any:
    yield
    cards.changed()


@pytest.fixture
def lena(company: ClientGroup, acme: BrandCard, globex: BrandCard) -> Browser:
    """Who manages both."""
    seats = ((Role.MANAGER, acme), (Role.VIEWER, globex))
    make_person("lena@example.test", *seats, name="Lena Holm")
    return signed_in("lena@example.test", acme)


def html(browser: Browser, card: BrandCard, path: str) -> str:
    answer = page(browser, card, path)
    assert answer.status_code == 200
    return str(answer.content.decode())


class DescribeTheGlance:
    def it_shows_todays_numbers_of_each_brand(
        self, lena: Browser, day: Day, acme: BrandCard, globex: BrandCard
    ) -> None:
        day.writes(acme)
        for _twice in range(2):
            day.writes(globex)
        text = html(lena, acme, "/group/")
        assert "Nordic Holding" in text
        rows = {card.id: text.partition(f'data-today="b{card.id}"')[2] for card in (acme, globex)}
        assert [rows[card.id].partition("data-waiting>")[2][0] for card in (acme, globex)] == ["1", "2"]
        frames = page(lena, acme, "/group/today/").json()["frames"]
        assert {frame["topic"]: frame["waiting"] for frame in frames} == {
            f"b{acme.id}": 1,
            f"b{globex.id}": 2,
        }
        assert all(set(frame) == {"stream", "topic", "now", *SENT} for frame in frames)

    def it_is_absent_without_a_second_seat(
        self, company: ClientGroup, cy: Actor, op: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        browser = signed_in(cy.email, globex)
        for path in ("/group/", "/group/today/"):
            assert page(browser, globex, path).status_code == 404
            assert page(Browser(), globex, path).status_code == 302
        text = html(browser, globex, "/report/")
        assert "Nordic Holding" not in text
        assert acme.name not in text
        looking = Browser()
        looking.sign_in(op.email)
        entered(looking)
        assert page(looking, acme, "/group/").status_code == 404

    def it_is_absent_for_brands_that_stand_alone(self, db: None, acme: BrandCard, globex: BrandCard) -> None:
        cache.clear()
        make_person("lena@example.test", (Role.MANAGER, acme), (Role.MANAGER, globex))
        browser = signed_in("lena@example.test", acme)
        assert group_of(acme.id) is None
        assert page(browser, acme, "/group/").status_code == 404
        assert globex.name not in html(browser, acme, "/report/")

    def it_shows_no_number_of_a_brand_that_asks_for_more(
        self, lena: Browser, day: Day, acme: BrandCard, globex: BrandCard
    ) -> None:
        day.writes(globex)
        with labour_scope():
            SecurityPolicy.objects.create(
                brand_id=globex.id, role=Role.VIEWER, second_factor_from=clock.now() - timedelta(days=1)
            )
        cards.changed()
        text = html(lena, acme, "/group/")
        assert "Its rules ask for more than this sign-in has" in text
        frames = page(lena, acme, "/group/today/").json()["frames"]
        assert [frame["topic"] for frame in frames] == [f"b{acme.id}"]

    def it_asks_no_more_than_its_budget(self, lena: Browser, acme: BrandCard) -> None:
        html(lena, acme, "/group/")
        check("portal: group", counted(lambda: html(lena, acme, "/group/")))


class DescribeTheWay:
    def it_leads_to_the_sister_by_a_code_that_is_good_once(
        self, lena: Browser, acme: BrandCard, globex: BrandCard
    ) -> None:
        text = html(lena, acme, "/overview/")
        way = "http://localhost:8000/handoff/globex/?next=%2Foverview%2F"
        assert f'href="{way}"' in text
        code = lena.at(way)["Location"]
        there = lena.follow(lena.at(way))
        assert (there.status_code, there.wsgi_request.get_host()) == (200, "globex.localhost:8000")
        assert lena.at(code).status_code == 302
        assert lena.at(code).status_code == 410, "it was used"

    def it_gives_the_session_here_no_right_there(
        self, lena: Browser, acme: BrandCard, globex: BrandCard
    ) -> None:
        lena.jars["globex.localhost"] = lena.jars["acme.localhost"].copy()
        assert page(lena, globex, "/report/").status_code == 302
