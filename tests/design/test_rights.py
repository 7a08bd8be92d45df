"""Roles, seats, elevation, who can see what, see as: accessible, within the policy, narrow, translated."""

import pytest
from django.core.cache import cache

from accounts import elevating, invitations
from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from tenants.cards import BrandCard, changed
from tenants.choices import BrandKind
from tenants.models import Brand
from tests.accounts.conftest import Browser
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.factories import make_person

WHY = "Nadia is ill and the line has to be opened"
DATA = [
    "Globex Energy", 'aria-hidden="true">G<', "Olu Park", "Lee Fox", "Lena Sandberg", WHY,
    "A figure that looks wrong", "lena@example.test", "op@example.test", "lee@example.test",
]  # fmt: skip
OPERATORS = {
    "roles": "/roles/", "seats": "/roles/seats/", "elevations": "/elevations/",
    "access": "/clients/globex/access/", "people": "/clients/globex/people/",
}  # fmt: skip
PORTAL = {"portal": "/access/", "viewer": "/report/", "only-looking": ""}
PAGES = [*OPERATORS, "person", "step", "wrong", "no-step", "training", *PORTAL]
BRAND = {"host": "globex.localhost:8000"}


@pytest.fixture(autouse=True)
def beside_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are made beside a running browser, in one thread: Django is told that this is meant."""
    cache.clear()
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def html(request: pytest.FixtureRequest, db: None, globex: BrandCard) -> str:
    """The page of that name, as who has it gets it."""
    op = make_person("op@example.test", (Role.OPERATOR, None), name="Olu Park")
    lead = make_person("lee@example.test", (Role.LEAD, globex), name="Lee Fox")
    make_person("lena@example.test", (Role.MANAGER, globex), name="Lena Sandberg")
    if request.param not in {"step", "wrong"}:
        elevating.elevate(f"{globex.id}:supervisor", hours=1, reason=WHY, actor=lead, now=clock.now())
    invitations.invite("aud@example.test", role=Role.AUDITOR, brand=None, actor="test", now=clock.now())
    return _page(request.param, op, lead, globex)


def _page(name: str, op: Actor, lead: Actor, globex: BrandCard) -> str:
    if name in {"step", "wrong", "no-step"}:
        browser = signed(lead.email)
        if name == "wrong":
            form = {"rung": f"{globex.id}:supervisor", "hours": "1", "reason": ""}
            return str(browser.post("/elevations/", form).content.decode())
        return str(browser.get("/elevations/").content.decode())
    browser = signed(op.email)
    look = {"role": "viewer" if name == "viewer" else "manager", "reason": "A figure that looks wrong"}
    if name == "training":
        Brand.objects.filter(pk=globex.id).update(kind=BrandKind.SANDBOX)
        changed()
        manager = Browser()
        manager.enter("lena@example.test", "globex")
        return str(manager.get("/access/", headers=BRAND).content.decode())
    if name in PORTAL or name == "access":
        browser.follow(browser.post("/clients/globex/see-as/", look))
    if name == "only-looking":
        return str(browser.post("/access/export/", headers=BRAND).content.decode())
    if name in PORTAL:
        return str(browser.get(PORTAL[name], headers=BRAND).content.decode())
    address = OPERATORS.get(name, f"/roles/people/{lead.user_id}/")
    return str(browser.get(address, headers={"host": "localhost:8000"}).content.decode())


def signed(email: str) -> Browser:
    browser = Browser(headers={"host": "localhost:8000"})
    browser.sign_in(email)
    return browser


@pytest.mark.browser
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    assert_accessible(stage, html)


@pytest.mark.parametrize("html", [one for one in PAGES if one != "viewer"], indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str) -> None:
    assert_translated(html, DATA)


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)
