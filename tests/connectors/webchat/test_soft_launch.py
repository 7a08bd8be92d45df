"""A soft launch at the entrance: the hours, the room for so many, whom the launcher is for."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from core import clock
from interactions.connectors.webchat import soft, visits
from interactions.connectors.webchat.adapter import endpoint_for
from interactions.connectors.webchat.forms import Hello, Say
from interactions.errors import NotNow
from interactions.models import Interaction
from tenants import cards
from tenants.actions import move_brand
from tenants.cards import BrandCard, card_by_slug
from tenants.choices import BrandState
from tenants.models import Brand
from tenants.onboarding.models import SoftLaunch
from tenants.scope import tenant_scope
from tests.connectors.webchat.rig import KEY, Rig, until
from tests.connectors.webchat.test_pages import Brands, Host
from tests.connectors.webchat.wire import key_of, origin_of
from tests.factories import NOW, TESTS


def launched(brand: BrandCard, **plan: Any) -> BrandCard:
    numbers = {"share": 10, "opens": None, "closes": None, "most_open": 2} | plan
    SoftLaunch.objects.update_or_create(
        brand_id=brand.id, defaults=numbers | {"began_by": "test", "began_at": NOW}
    )
    move_brand(brand.id, to=BrandState.SOFT, come_from=list(BrandState), actor="test", now=NOW)
    cards._shelf.clear()
    moved = card_by_slug(brand.slug)
    assert moved is not None
    return moved


@pytest.fixture
def acme(brands: Brands) -> BrandCard:
    return brands[0]


@pytest.fixture
def globex(brands: Brands) -> BrandCard:
    return brands[1]


@pytest.fixture
def live_again(brands: Brands) -> object:
    yield
    Brand.objects.filter(pk__in=[brand.id for brand in brands]).update(state=BrandState.LIVE)


def token_for(brand: BrandCard) -> str:
    answer: Any = Host(brand).ask(key_of(brand), Origin=origin_of(brand))
    return str(answer.json()["token"])


def writes(brand: BrandCard, token: str = "", *, fresh: bool = False) -> visits.Said:
    """A visitor with that token, a new one without, says a word."""
    token = token or token_for(brand)
    said = Hello(key=key_of(brand), token=token, after=0, conversation=None, language="en", page="", zone="")
    visit, ref = visits.welcome(said, host=f"{brand.slug}.localhost", origin=origin_of(brand), address=None)
    return visits.say(visit, ref, Say(client_id=uuid4(), body="Hello?", fresh=fresh))


def settings_of(brand: BrandCard) -> dict[str, Any]:
    answer: Any = Host(brand).get(f"/w/settings/{key_of(brand)}/")
    return dict(answer.json())


def away(brand: BrandCard) -> dict[str, int]:
    """Hours that are not now."""
    minute = (clock.now().hour * 60 + clock.now().minute + 12 * 60) % 1440
    Brand.objects.filter(pk=brand.id).update(timezone="UTC")
    return {"opens": minute, "closes": (minute + 60) % 1440 or 1440}


@pytest.mark.usefixtures("live_again")
class DescribeEntrance:
    def it_takes_so_many_at_once_and_no_more(self, acme: BrandCard) -> None:
        card = launched(acme)
        for _time in range(2):
            writes(card)
        with pytest.raises(NotNow):
            writes(card)
        with tenant_scope(card, TESTS):
            assert Interaction.objects.count() == 2

    def it_lets_who_is_in_go_on(self, acme: BrandCard) -> None:
        card = launched(acme, most_open=1)
        token = token_for(card)
        first = writes(card, token)
        assert writes(card, token).ref == first.ref

    def it_counts_no_tests_and_no_other_client(self, acme: BrandCard, globex: BrandCard) -> None:
        writes(globex)
        card = launched(acme, most_open=1)
        with tenant_scope(card, TESTS):
            Interaction.objects.all().update(is_test=True)
        assert writes(card).ref
        assert writes(globex).ref

    def it_takes_nobody_out_of_its_hours(self, acme: BrandCard) -> None:
        card = launched(acme, **away(acme))
        with pytest.raises(NotNow):
            writes(card)
        with tenant_scope(card, TESTS):
            assert not Interaction.objects.exists()
        Brand.objects.filter(pk=acme.id).update(timezone=acme.timezone)

    def it_keeps_the_test_open(self, acme: BrandCard) -> None:
        endpoint = endpoint_for(launched(acme, **away(acme)), key_of(acme))
        assert endpoint is not None
        tried = type(endpoint)(1, "webchat", acme.id, endpoint.inbox_ref, (), "test", endpoint.soft)
        assert soft.room_of(tried, acme, now=datetime(2026, 1, 1, tzinfo=UTC)) is None
        Brand.objects.filter(pk=acme.id).update(timezone=acme.timezone)


@pytest.mark.usefixtures("live_again")
class DescribeSettings:
    def it_tells_the_launcher_the_share_and_is_soon_asked_again(self, acme: BrandCard) -> None:
        answer: Any = Host(launched(acme)).get(f"/w/settings/{key_of(acme)}/")
        assert answer.json()["share"] == 10
        assert answer["Cache-Control"] == "public, max-age=60"
        again = Host(acme).get(f"/w/settings/{key_of(acme)}/", headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304

    def it_says_nobody_when_it_is_full(self, acme: BrandCard) -> None:
        card = launched(acme, most_open=1)
        writes(card)
        assert settings_of(card)["share"] == 0

    def it_says_nothing_of_it_where_there_is_none(self, acme: BrandCard, globex: BrandCard) -> None:
        launched(acme)
        assert "share" not in settings_of(globex)


@pytest.mark.browser
class DescribeLauncher:
    @pytest.mark.parametrize(("lot", "shown"), [(9.9, 1), (10, 0), (99, 0)])
    def it_is_for_the_visitors_of_the_share(self, rig: Rig, lot: float, shown: int) -> None:
        rig.share = 10
        shows(rig, json.dumps({"lot": lot}), launchers=shown)

    def it_draws_one_lot_for_good(self, rig: Rig) -> None:
        rig.share = 0
        page = rig.lonely_shop()
        page.wait_for_function(f"localStorage.getItem('chat:{KEY}')")
        lot = page.evaluate(f"localStorage.getItem('chat:{KEY}')")
        page.reload()
        page.wait_for_timeout(300)
        assert page.evaluate(f"localStorage.getItem('chat:{KEY}')") == lot

    def it_stays_with_who_has_written(self, rig: Rig) -> None:
        rig.share = 0
        shows(rig, json.dumps({"token": "t"}), launchers=1)


def shows(rig: Rig, stored: str, *, launchers: int) -> None:
    """The page shows so many launchers once the settings are there."""
    page = rig.lonely_shop(stored=stored)
    until(page, lambda: any("/w/settings/" in url for url in rig.requests))
    page.wait_for_timeout(300)
    expect(page.get_by_role("button", name="Chat with Northwind Outdoors")).to_have_count(launchers)
