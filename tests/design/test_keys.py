"""API keys in the console: accessible, within the policy, on a phone too, all translated."""

from datetime import timedelta

import pytest

from accounts.keys.actions import create_key, revoke_key
from accounts.keys.models import ApiKey
from accounts.models import User
from core import clock
from core.ids import new_ref
from tenants.cards import BrandCard
from tests.accounts.conftest import Browser
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated

DATA = ["Globex Energy", 'aria-hidden="true">G<']
PAGES = ["empty", "listed", "made", "wrong", "provider"]
ADDRESS = "/clients/globex/keys/"


@pytest.fixture
def html(request: pytest.FixtureRequest, operator: Browser, globex: BrandCard) -> str:
    """The page in that state."""
    if request.param in {"listed", "wrong"}:
        _plant(globex, User.objects.get(email="op@example.test").pk)
    posts = {
        "made": {"name": "Data lake", "days": "90", "scopes": ["brand:read"], "call": str(new_ref())},
        "wrong": {"name": "", "days": "90", "call": "x"},
    }
    if request.param in posts:
        return str(operator.post(ADDRESS, posts[request.param]).content.decode())
    return str(operator.get("/keys/" if request.param == "provider" else ADDRESS).content.decode())


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
    assert_accessible(stage, html)


@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str) -> None:
    assert_translated(html, DATA)


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)
