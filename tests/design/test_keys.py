"""API keys in the console: accessible, within the policy, on a phone too, all translated."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.core.cache import cache

from accounts.choices import Role
from accounts.keys.actions import create_key, revoke_key
from accounts.keys.models import ApiKey
from core import clock
from core.ids import new_ref
from tenants.cards import BrandCard
from tests.accounts.conftest import Browser
from tests.design.conftest import Stage
from tests.design.pseudo import untranslated
from tests.design.test_pages import OPTIONS
from tests.design.test_pseudo import CUT
from tests.factories import make_person

DATA = ["Globex Energy", 'aria-hidden="true">G<']
PAGES = ["empty", "listed", "made", "wrong", "provider"]
ADDRESS = "/clients/globex/keys/"


@pytest.fixture(autouse=True)
def beside_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are made beside a running browser, in one thread: Django is told that this is meant."""
    cache.clear()
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def html(request: pytest.FixtureRequest, db: None, globex: BrandCard) -> str:
    """The page in that state."""
    browser = Browser(headers={"host": "localhost:8000"})
    operator = make_person("op@example.test", (Role.OPERATOR, None), name="Olu Park")
    browser.sign_in(operator.email)
    if request.param in {"listed", "wrong"}:
        _plant(globex, operator.user_id)
    posts = {
        "made": {"name": "Data lake", "days": "90", "scopes": ["brand:read"], "call": str(new_ref())},
        "wrong": {"name": "", "days": "90", "call": "x"},
    }
    if request.param in posts:
        return str(browser.post(ADDRESS, posts[request.param]).content.decode())
    return str(browser.get("/keys/" if request.param == "provider" else ADDRESS).content.decode())


def _plant(globex: BrandCard, user_id: int) -> None:
    """A key in use, one that has expired and one that was revoked."""
    now, refs = clock.now(), []
    for name in ("Warehouse " * 6, "Old report", "Lost laptop"):
        made = create_key(
            name.strip(), scopes=["brand:read", "setup:read", "conversations:read"], brand_id=globex.id,
            expires_at=now + timedelta(days=30), created_by=user_id, actor="test", now=now,
        )  # fmt: skip
        refs.append(made.ref)
    ApiKey.objects.filter(ref=refs[0]).update(last_used_at=now)
    ApiKey.objects.filter(ref=refs[1]).update(created_at=now - timedelta(days=2), expires_at=now)
    revoke_key(refs[2], brand_id=globex.id, actor="test", now=now)


@pytest.mark.browser
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_is_accessible_and_keeps_the_policy(stage: Stage, html: str) -> None:
    page = stage.show(html)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
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
