"""The fleet's page: accessible, within the policy, on a phone too, all of it translated."""

from typing import Any

import pytest

from tenants.cards import BrandCard
from tenants.choices import BrandState, FleetState
from tenants.models import Brand, SchemaState
from tests.accounts.conftest import Browser
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated

ERROR = "canceling statement due to lock timeout in relation interactions_interaction"
DATA = [ERROR, "Acme Outdoor", "Globex Energy", "1111111", 'aria-hidden="true">G<']
PAGES = ["full", "behind", "nobody", "tried", "done"]


@pytest.fixture
def html(request: pytest.FixtureRequest, operator: Browser, acme: BrandCard, globex: BrandCard) -> str:
    """The page of that name, as an operator gets it."""
    if request.param == "nobody":
        Brand.objects.update(state=BrandState.GONE)
    elif request.param == "full":
        values: dict[str, Any] = {"state": FleetState.FAILED, "error": ERROR, "digest": "1" * 64}
        SchemaState.objects.filter(brand_id=globex.id).update(**values)
    elif request.param == "tried":
        SchemaState.objects.filter(brand_id=globex.id).update(state=FleetState.FAILED, fingerprint="other")
        return str(operator.post("/fleet/globex/migration/").content.decode())
    asked = {"behind": "?only=behind", "done": "?done=acme"}.get(request.param, "")
    return str(operator.get(f"/fleet/{asked}").content.decode())


@pytest.mark.browser
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    assert_accessible(stage, html)


@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str) -> None:
    assert_translated(html, DATA)


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)
