"""The entrance for tests, and the words that a paused client's visitors read."""

import pytest

from interactions.connectors.webchat import adapter
from tenants.actions import move_brand, open_endpoint
from tenants.cards import BrandCard, card_by_slug, endpoint_by_key
from tenants.choices import BrandState, EndpointState
from tenants.models import Brand
from tests.connectors.webchat.test_pages import Brands, Host
from tests.connectors.webchat.wire import key_of, origin_of
from tests.factories import NOW


def move(brand: BrandCard, state: BrandState) -> BrandCard:
    move_brand(brand.id, to=state, come_from=list(BrandState), actor="test", now=NOW)
    moved = card_by_slug(brand.slug)
    assert moved is not None
    return moved


@pytest.fixture
def acme(brands: Brands) -> BrandCard:
    """A brand that is being onboarded, with a test entrance."""
    endpoint = endpoint_by_key(key_of(brands[0]))
    assert endpoint is not None
    open_endpoint(brands[0].id, key="pk_trial", inbox_ref=endpoint.inbox_ref, state=EndpointState.TEST)
    return move(brands[0], BrandState.ONBOARDING)


@pytest.fixture
def globex(brands: Brands) -> BrandCard:
    return brands[1]


@pytest.fixture(autouse=True)
def live_again(brands: Brands) -> object:
    yield
    Brand.objects.filter(pk__in=[brand.id for brand in brands]).update(state=BrandState.LIVE)


class DescribeTrial:
    def it_opens_before_the_client_is_live_for_who_has_its_key(self, acme: BrandCard) -> None:
        page = Host(acme).get("/w/trial/pk_trial/")
        assert page.status_code == 200
        assert 'data-key="pk_trial"' in page.content.decode()
        assert "http://localhost:8000" in page["Content-Security-Policy"]
        assert Host(acme).ask("pk_trial", Origin=origin_of(acme)).status_code == 200
        assert "http://localhost:8000" in Host(acme).get("/w/panel/pk_trial/")["Content-Security-Policy"]

    def it_is_no_way_in_by_the_public_key(self, acme: BrandCard) -> None:
        for path in (
            f"/w/trial/{key_of(acme)}/",
            f"/w/panel/{key_of(acme)}/",
            f"/w/settings/{key_of(acme)}/",
        ):
            assert Host(acme).get(path).status_code == 404
        assert Host(acme).ask(key_of(acme), Origin=origin_of(acme)).status_code == 404

    def it_is_not_on_another_host(self, acme: BrandCard, globex: BrandCard) -> None:
        assert Host(globex).get("/w/trial/pk_trial/").status_code == 404
        assert Host().get("/w/trial/pk_trial/").status_code == 404

    def it_takes_no_post(self, acme: BrandCard) -> None:
        assert Host(acme).post("/w/trial/pk_trial/").status_code == 405

    def it_is_not_what_the_shop_holds(self, acme: BrandCard) -> None:
        assert list(adapter.endpoints_of(move(acme, BrandState.LIVE))) == [key_of(acme)]


class DescribePaused:
    def it_tells_visitors_and_takes_nobody_in(self, globex: BrandCard) -> None:
        paused = move(globex, BrandState.PAUSED)
        assert Host(paused).get(f"/w/settings/{key_of(paused)}/").status_code == 200
        page = Host(paused).get(f"/w/panel/{key_of(paused)}/")
        assert page.status_code == 200
        assert "The chat is closed for the moment" in page.content.decode()
        assert 'id="text"' not in page.content.decode()
        assert Host(paused).ask(key_of(paused), Origin=origin_of(paused)).status_code == 404

    def it_says_so_in_the_visitors_language(self, globex: BrandCard) -> None:
        paused = move(globex, BrandState.PAUSED)
        page = Host(paused).get(f"/w/panel/{key_of(paused)}/?lang=sv").content.decode()
        assert "Chatten är stängd" in page

    def it_knows_no_other_key(self, globex: BrandCard) -> None:
        move(globex, BrandState.PAUSED)
        assert Host(globex).get("/w/panel/pk_nobody/").status_code == 404
