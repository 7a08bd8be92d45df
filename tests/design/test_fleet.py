"""The fleet's page: accessible, within the policy, on a phone too, all of it translated."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.core.cache import cache

from accounts.choices import Role
from tenants.cards import BrandCard
from tenants.choices import BrandState, FleetState
from tenants.models import Brand, SchemaState
from tests.accounts.conftest import Browser
from tests.design.conftest import Stage
from tests.design.pseudo import untranslated
from tests.design.test_pages import OPTIONS
from tests.design.test_pseudo import CUT
from tests.factories import make_person

ERROR = "canceling statement due to lock timeout in relation interactions_interaction"
DATA = [ERROR, "Acme Outdoor", "Globex Energy", "1111111", 'aria-hidden="true">G<']
PAGES = ["full", "behind", "nobody", "tried", "done"]


@pytest.fixture(autouse=True)
def beside_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are made beside a running browser, in one thread: Django is told that this is meant."""
    cache.clear()
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def html(request: pytest.FixtureRequest, db: None, acme: BrandCard, globex: BrandCard) -> str:
    """The page of that name, as an operator gets it."""
    make_person("op@example.test", (Role.OPERATOR, None), name="Olu Park")
    browser = Browser(headers={"host": "localhost:8000"})
    browser.sign_in("op@example.test")
    if request.param == "nobody":
        Brand.objects.update(state=BrandState.GONE)
    elif request.param == "full":
        values: dict[str, Any] = {"state": FleetState.FAILED, "error": ERROR, "digest": "1" * 64}
        SchemaState.objects.filter(brand_id=globex.id).update(**values)
    elif request.param == "tried":
        SchemaState.objects.filter(brand_id=globex.id).update(state=FleetState.FAILED, fingerprint="other")
        return str(browser.post("/fleet/globex/migration/").content.decode())
    asked = {"behind": "?only=behind", "done": "?done=acme"}.get(request.param, "")
    return str(browser.get(f"/fleet/{asked}").content.decode())


@pytest.mark.browser
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    page = stage.show(html)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert stage.violations == []
    found = Axe().run(page, options=OPTIONS).response["violations"]
    assert [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]] == []


@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str) -> None:
    assert "<h1" in html
    assert untranslated(html, data=DATA) == []


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    page = stage.show(html)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(CUT) == []
