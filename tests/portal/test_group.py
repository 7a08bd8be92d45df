# ruff: noqa: F811 - fixtures of the desk
"""Several brands of one company behind one sign-in: a way from one to another, and numbers of those alone."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache

from accounts.actions import revoke_membership
from accounts.actor import Actor
from accounts.choices import Role
from accounts.models import User
from accounts.security.models import SecurityPolicy, SignIn
from core import clock
from core.executor import run_db
from routing import live
from tenants import cards
from tenants.cards import BrandCard
from tenants.groups import group_of
from tenants.models import Brand, ClientGroup
from tenants.scope import labour_scope
from tests.accounts.conftest import Browser
from tests.desk.conftest import Day, day, working  # noqa: F401 - fixtures
from tests.desk.test_budget import check, counted
from tests.desk.test_floor_socket import greeted, only_when_told  # noqa: F401 - a fixture
from tests.factories import make_person
from tests.portal.test_report import page, signed_in
from tests.portal.test_seeing import entered, op  # noqa: F401 - a fixture
from tests.portal.test_today import SENT, knock


@pytest.fixture
def company(db: None, acme: BrandCard, globex: BrandCard) -> Iterator[ClientGroup]:
    cache.clear()
    with labour_scope():
        made = ClientGroup.objects.create(legal_name="Nordic Holding")
        Brand.objects.filter(pk__in=(acme.id, globex.id)).update(group=made)
    cards.changed()
    yield made
    with labour_scope():
        Brand.objects.filter(pk__in=(acme.id, globex.id)).update(group=None)


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
        ask_for_more(globex)
        text = html(lena, acme, "/group/")
        assert "Its rules ask for more than this sign-in has" in text
        frames = page(lena, acme, "/group/today/").json()["frames"]
        assert [frame["topic"] for frame in frames] == [f"b{acme.id}"]

    def it_shows_no_number_of_a_brand_for_which_the_session_was_idle_too_long(
        self, lena: Browser, acme: BrandCard, globex: BrandCard
    ) -> None:
        with labour_scope():
            SecurityPolicy.objects.create(brand_id=globex.id, role=Role.VIEWER, idle_minutes=15)
        cards.changed()
        assert "Its rules ask for more" not in html(lena, acme, "/group/")
        idle_for(lena, minutes=16)
        assert "Its rules ask for more" in html(lena, acme, "/group/")
        frames = page(lena, acme, "/group/today/").json()["frames"]
        assert [frame["topic"] for frame in frames] == [f"b{acme.id}"]

    def it_asks_no_more_than_its_budget(self, lena: Browser, acme: BrandCard) -> None:
        html(lena, acme, "/group/")
        check("portal: group", counted(lambda: html(lena, acme, "/group/")))


@pytest.mark.django_db(transaction=True)
class DescribeThePush:
    async def it_moves_each_brand_and_one_page_of_a_brand_that_alone(
        self, lena: Browser, day: Day, acme: BrandCard, globex: BrandCard
    ) -> None:
        async with greeted(knock(lena, asked="?of=group")) as all_of_them, greeted(knock(lena)) as one:
            for card in (acme, globex):
                await all_of_them.of("today", topic=f"b{card.id}", waiting=0)
            await run_db(day.writes, globex)
            await run_db(live.announce_floor)
            await all_of_them.of("today", topic=f"b{globex.id}", waiting=1)
            await run_db(day.writes, acme)
            await run_db(live.announce_floor)
            told = await one.frame(lambda f: f.get("waiting") == 1)
            assert told["topic"] == f"b{acme.id}", "of its sister it heard nothing"

    async def it_has_none_of_a_brand_without_a_seat_or_that_asks_for_more(
        self, company: ClientGroup, cy: Actor, lena: Browser, acme: BrandCard, globex: BrandCard
    ) -> None:
        theirs = await run_db(signed_in, cy.email, globex)
        there: dict[str, Any] = {"host": "globex.localhost:8001", "origin": "http://globex.localhost:8000"}
        async with greeted(knock(theirs, asked="?of=group", **there)) as page:
            assert (await page.frame(lambda f: "topics" in f))["topics"] == [f"b{globex.id}"]
        await run_db(ask_for_more, globex)
        async with greeted(knock(lena, asked="?of=group")) as page:
            assert (await page.frame(lambda f: "topics" in f))["topics"] == [f"b{acme.id}"]

    async def it_loses_a_brand_with_the_seat_there(
        self, lena: Browser, acme: BrandCard, globex: BrandCard
    ) -> None:
        async with greeted(knock(lena, asked="?of=group")) as page:
            await page.of("today", topic=f"b{globex.id}", waiting=0)
            await run_db(take_seat, globex)
            await page.of("today", topic=f"b{globex.id}", event="lost")


def idle_for(browser: Browser, *, minutes: int) -> None:
    """Nobody has done anything in the session on Acme's host for so long."""
    key = browser.jars["acme.localhost"][settings.SESSION_COOKIE_NAME].value
    with labour_scope():
        SignIn.objects.filter(session_key=key).update(acted_at=clock.now() - timedelta(minutes=minutes))


def ask_for_more(card: BrandCard) -> None:
    """Let the brand's viewers need a second step."""
    with labour_scope():
        SecurityPolicy.objects.create(
            brand_id=card.id, role=Role.VIEWER, second_factor_from=clock.now() - timedelta(days=1)
        )
    cards.changed()


def take_seat(card: BrandCard) -> None:
    user_id = User.objects.get(email="lena@example.test").pk
    revoke_membership(user_id, role=Role.VIEWER, brand_id=card.id, actor="test", now=clock.now())


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
