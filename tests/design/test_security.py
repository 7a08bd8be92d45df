"""Screens of sign-in security: accessible, within the policy, on a phone too, all translated."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache

from accounts.choices import Role
from accounts.mfa import factors
from accounts.models import User
from accounts.security.locks import account_of
from accounts.security.models import SecurityPolicy, SignInLock
from core import clock
from tenants.cards import BrandCard
from tests.accounts.conftest import Browser
from tests.accounts.test_second_step import code_of
from tests.design.conftest import Stage
from tests.design.demands import (
    assert_accessible,
    assert_axe_finds_nothing,
    assert_roomy,
    assert_translated,
)
from tests.factories import make_person

DATA = ["Globex Energy", "the office", 'aria-hidden="true">G<']
HOST = {"host": "localhost:8000"}
SECURITY = "/accounts/security/"
CLIENT = "/clients/globex/security/"
PAGES = [
    "none", "some", "must", "app", "codes", "key", "confirm", "step", "step wrong", "elsewhere", "idle",
    "client", "client wrong", "provider", "person",
]  # fmt: skip


@pytest.fixture(autouse=True)
def beside_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are made beside a running browser, in one thread: Django is told that this is meant."""
    cache.clear()
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def html(request: pytest.FixtureRequest, db: None, globex: BrandCard) -> str:
    """The page in that state."""
    browser = Browser(headers=HOST)
    operator = make_person("op@example.test", (Role.OPERATOR, None), name="Olu Park")
    browser.sign_in(operator.email)
    return text_of(browser, request.param, User.objects.get(pk=operator.user_id))


def text_of(browser: Browser, state: str, user: User) -> str:
    """The page in that state."""
    if state in {"some", "step", "step wrong", "person"}:
        set_up(user)
    if state.startswith("step"):
        Authenticator.objects.filter(type="webauthn").delete()  # a real one would be needed
        browser = Browser(headers=HOST)
        browser.sign_in(user.email)
    if state == "step wrong":
        return str(browser.post(PATHS["step"], {"code": "000000"}).content.decode())
    if state in RULES:
        SecurityPolicy.objects.create(role=Role.OPERATOR, **RULES[state]())
    if state == "person":
        SignInLock.objects.create(
            digest="0" * 64, account=account_of(user.email), failed_at=clock.now(),
            locked_until=clock.now() + timedelta(hours=1),
        )  # fmt: skip
    if state == "codes":
        secret = str(browser.get(f"{SECURITY}app/").context["secret"]).replace(" ", "")
        return str(browser.post(f"{SECURITY}app/", {"code": code_of(secret)}).content.decode())
    if state == "client wrong":
        bad = {"networks": "the office", "idle_minutes": "1", "second_factor": "on"}
        return str(browser.post(f"{CLIENT}roles/agent/", bad).content.decode())
    if state == "confirm":
        return str(browser.post(f"{SECURITY}confirm/", {"password": "no"}).content.decode())
    return str(browser.get(PATHS.get(state, SECURITY).format(user.pk)).content.decode())


def set_up(user: User) -> None:
    """An app, a key with a long name, recovery codes; this browser's session is left as it is."""
    secret = factors.new_secret()
    factors.add_app(user, secret=secret, code=code_of(secret), now=clock.now())
    data = {"name": "The blue key " * 4, "credential": {}}
    Authenticator.objects.create(user=user, type="webauthn", data=data)


RULES: dict[str, Any] = {
    "must": lambda: {"second_factor_from": clock.now()},
    "elsewhere": lambda: {"networks": ["192.0.2.0/24"]},
    "idle": lambda: {"idle_minutes": 5, "second_factor_from": clock.now() + timedelta(days=9)},
    "provider": lambda: {
        "idle_minutes": 30, "session_hours": 12, "networks": ["127.0.0.0/8"], "former": {},
        "second_factor_from": clock.now() + timedelta(days=9),
    },
}  # fmt: skip
PATHS = {
    "app": f"{SECURITY}app/",
    "key": f"{SECURITY}keys/",
    "step": "/accounts/second-step/",
    "client": CLIENT,
    "provider": "/security/",
    "person": "/security/people/{}/",
}


@pytest.mark.browser
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_is_accessible_and_keeps_the_policy(stage: Stage, html: str) -> None:
    assert_accessible(stage, html)


@pytest.mark.browser
@pytest.mark.parametrize("html", ["idle"], indirect=True)
def it_is_accessible_when_it_warns(stage: Stage, html: str) -> None:
    for look in stage.looks(html):
        look.page.evaluate("(one => one.open || one.showModal())(document.getElementById('idle'))")
        assert_axe_finds_nothing(look)


@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str) -> None:
    assert_translated(html, DATA)


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)
