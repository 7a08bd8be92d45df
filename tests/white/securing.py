"""How a client's manager opens "Your account": each step with a browser of its own, nothing left behind."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.models import Authenticator

from accounts.actor import Actor
from accounts.choices import Role
from accounts.mfa import factors, totp
from accounts.models import User
from accounts.security import policies
from accounts.security.models import SecurityPolicy, SignIn
from core import clock
from core.ids import new_ref
from tenants.cards import changed
from tests.accounts.conftest import Browser
from tests.factories import PASSWORD
from tests.white.conftest import PROVIDER, Client

Answers = Iterator[tuple[str, Any]]
SECURITY = "/accounts/security/"
HOST = {"host": PROVIDER}
OPERATOR = Actor(0, "", "")


def code_of(secret: str) -> str:
    return totp.code_at(secret, int(time.time()) // totp.PERIOD)


@contextmanager
def with_app(client: Client) -> Iterator[str]:
    """The manager has an authenticator app: yields its key."""
    user, secret = User.objects.get(email=client.email), factors.new_secret()
    factors.add_app(user, secret=secret, code=code_of(secret), now=clock.now())
    row = Authenticator.objects.get(user=user, type="totp")
    Authenticator.objects.filter(pk=row.pk).update(data=row.data | {"counter": 1})
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Blue", "credential": {}})
    yield secret
    Authenticator.objects.filter(user=user).delete()


def inside(client: Client, *, past: str = "") -> Browser:
    """The manager's browser, signed in; `past` is the key of their app."""
    browser = Browser()
    Authenticator.objects.filter(user__email=client.email, type="webauthn").update(type="none")
    browser.sign_in(client.email)
    if past:
        browser.post("/accounts/second-step/", {"code": code_of(past)}, headers=HOST)
    Authenticator.objects.filter(user__email=client.email, type="none").update(type="webauthn")
    return browser


def second_step(client: Client) -> Answers:
    with with_app(client) as secret:
        Authenticator.objects.filter(user__email=client.email, type="webauthn").delete()
        browser = Browser()
        browser.sign_in(client.email, following=client.seats)
        yield "page", browser.get("/accounts/second-step/", headers=HOST)
        yield "wrong", browser.post("/accounts/second-step/", {"code": "000000"}, headers=HOST)
        yield "right", browser.post("/accounts/second-step/", {"code": code_of(secret)}, headers=HOST)


def security(client: Client) -> Answers:
    yield "none", inside(client).get(SECURITY, headers=HOST)
    with with_app(client) as secret:
        yield "some", inside(client, past=secret).get(SECURITY, headers=HOST)
    yield from held_back(client)


def held_back(client: Client) -> Answers:
    """A page with an idle time-out, and what who is elsewhere is told, here and in the portal."""
    browser = inside(client)
    browser.follow(browser.get(client.seats, headers=HOST))
    how: dict[str, Any] = {"brand_id": client.card.id, "actor": OPERATOR, "address": "", "now": clock.now()}
    policies.set_policy(Role.MANAGER, idle_minutes=5, networks=[], **how)
    yield "idle", browser.get(SECURITY, headers=HOST)
    policies.set_policy(Role.MANAGER, networks=["192.0.2.0/24"], **how)
    yield "elsewhere", browser.get(SECURITY, headers=HOST)
    yield "elsewhere, portal", browser.get("/report/", headers={"host": client.host})
    SecurityPolicy.objects.all().delete()
    changed()


def confirm(client: Client) -> Answers:
    browser = inside(client)
    yield "page", browser.get(f"{SECURITY}confirm/", headers=HOST)
    yield "wrong", browser.post(f"{SECURITY}confirm/", {"password": "x"}, headers=HOST)
    yield "right", browser.post(f"{SECURITY}confirm/", {"password": PASSWORD}, headers=HOST)


def app(client: Client) -> Answers:
    browser = inside(client)
    page = browser.get(f"{SECURITY}app/", headers=HOST)
    yield "page", page
    yield "wrong", browser.post(f"{SECURITY}app/", {"code": "000000"}, headers=HOST)
    code = code_of(str(page.context["secret"]).replace(" ", ""))
    yield "right", browser.post(f"{SECURITY}app/", {"code": code}, headers=HOST)
    Authenticator.objects.filter(user__email=client.email).delete()


def app_removal(client: Client) -> Answers:
    with with_app(client) as secret:
        yield "gone", inside(client, past=secret).post(f"{SECURITY}app/removal/", headers=HOST)


def key(client: Client) -> Answers:
    browser = inside(client)
    yield "page", browser.get(f"{SECURITY}keys/", headers=HOST)
    yield "wrong", browser.post(f"{SECURITY}keys/", {"name": "x", "credential": "{}"}, headers=HOST)


def key_change(what: str) -> Any:
    def opened(client: Client) -> Answers:
        with with_app(client) as secret:
            pk = Authenticator.objects.get(user__email=client.email, type="webauthn").pk
            browser = inside(client, past=secret)
            yield what, browser.post(f"{SECURITY}keys/{pk}/{what}/", {"name": "Red"}, headers=HOST)

    return opened


def codes(client: Client) -> Answers:
    with with_app(client) as secret:
        yield "codes", inside(client, past=secret).post(f"{SECURITY}codes/", headers=HOST)


def reading(client: Client) -> Answers:
    browser = inside(client)
    yield "right", browser.post(f"{SECURITY}reading/", {"timezone": "Europe/Stockholm"}, headers=HOST)
    yield "wrong", browser.post(f"{SECURITY}reading/", {"timezone": "Mars"}, headers=HOST)


def end(client: Client) -> Answers:
    browser, other = inside(client), inside(client)
    ref = SignIn.objects.get(session_key=other.jars["localhost"]["sid"].value).ref
    yield "ended", browser.post(f"{SECURITY}sessions/{ref}/end/", headers=HOST)
    yield "unknown", browser.post(f"{SECURITY}sessions/{new_ref()}/end/", headers=HOST)


def end_others(client: Client) -> Answers:
    """Last of all: the manager's own browser is among the others, and is signed in again."""
    yield "ended", inside(client).post(f"{SECURITY}sessions/others/end/", headers=HOST)
    client.manager.follow(client.manager.sign_in(client.email, following=client.seats))


def session(host: str) -> Any:
    def opened(client: Client) -> Answers:
        yield "left", client.asked("/session/", host=host)
        yield "nobody", client.asked("/session/", host=host, as_visitor=True)

    return opened


BRAND = {"session/": session("")}
OPENERS = {
    "session/": session(PROVIDER),
    "accounts/second-step/": second_step,
    "accounts/security/": security,
    "accounts/security/confirm/": confirm,
    "accounts/security/app/": app,
    "accounts/security/app/removal/": app_removal,
    "accounts/security/keys/": key,
    "accounts/security/keys/<int:key_id>/name/": key_change("name"),
    "accounts/security/keys/<int:key_id>/removal/": key_change("removal"),
    "accounts/security/codes/": codes,
    "accounts/security/reading/": reading,
    "accounts/security/sessions/<uuid:ref>/end/": end,
    "accounts/security/sessions/others/end/": end_others,
}
