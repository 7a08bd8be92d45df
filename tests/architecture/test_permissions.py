"""Every address asks for a permission; and who holds it is answered, and nobody else: role x action x brand.

Made of the matrix and the URL confs: a new address without a permission fails here, and one with a permission
is tried as everybody. A method that no view takes shows the door alone: 405 behind it, 404 (or the way to the
sign-in) before it. Nothing is changed by it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.urls import URLPattern

from accounts.access import actor_for
from accounts.choices import Role
from accounts.permissions import BRAND_ROLES, GROUPS, MATRIX, PORTAL, PROVIDER_ROLES, Permission
from config.launch.layout import PROJECT
from tenants.cards import BrandCard
from tests.accounts.conftest import Browser
from tests.architecture.test_urls import addresses, is_listed
from tests.factories import make_person
from tests.isolation.walk import _in, parameters

NO_METHOD = "PROPFIND"
ANYBODY: dict[str, str] = {
    "clients/": "shows what is open to whoever asks, which may be nothing",
    "handoff/<slug:slug>/": "asks for a seat that counts in the brand, whichever",
    "": "sends everybody to their first screen",
    "see-as/end/": "ends the own look: whoever looks on, and nobody else, has one",
    "leave/": "signs out",
    "accounts/security/*": "one's own second steps and sessions",
    "accounts/second-step/": "asks who typed the right password for their second step",
    "session/*": "says how long one's own session lasts",
}
"""Addresses for everybody who is signed in, each with its reason."""
BEHIND = ("api/", "admin/")
"""Keys have scopes (tests/api), and Django's admin its own door (tests/accounts/test_audit.py)."""
VALUES: dict[str, Callable[[], str]] = {
    "uuid": lambda: str(uuid4()),
    "int": lambda: "1",
    "str": lambda: "2026-03-02",
    "slug": lambda: "brand",
}


@dataclass(frozen=True)
class Door:
    host: str
    route: str
    wanted: tuple[Permission, ...]

    def path(self, card: BrandCard) -> str:
        path = self.route
        for name, kind in parameters(self.route):
            value = card.slug if (name, self.host) == ("slug", "provider") else VALUES[kind]()
            path = path.replace(f"<{kind}:{name}>", value)
        return f"/{path}"

    @property
    def names_a_brand(self) -> bool:
        return self.host == "brand" or "<slug:slug>" in self.route


def wanted_by(pattern: URLPattern) -> tuple[Any, ...] | None:
    return getattr(pattern.callback, "required", None)


def doors() -> Iterator[Door]:
    for host in ("provider", "brand"):
        for route, pattern in addresses(host):
            if wanted := wanted_by(pattern):
                yield Door(host, route, wanted)


@pytest.mark.parametrize("host", ["provider", "brand"])
def it_asks_for_a_permission(host: str) -> None:
    without = [
        route
        for route, pattern in addresses(host)
        if not wanted_by(pattern)
        and not is_listed(host, route)
        and not route.startswith(BEHIND)
        and not _in(route, ANYBODY)
        and not route.startswith("^")
    ]
    assert without == [], "give it @require(Permission.…), or a reason in ANYBODY"


def it_names_no_role() -> None:
    assert [
        door.route for door in doors() if not all(isinstance(one, Permission) for one in door.wanted)
    ] == []


def it_lists_no_address_that_is_none() -> None:
    routes = {route for host in ("provider", "brand") for route, _pattern in addresses(host)}
    assert [one for one in ANYBODY if not any(_in(route, {one: ""}) for route in routes)] == []


def it_uses_every_permission() -> None:
    """One that no page asks for is asked for elsewhere, or is dead."""
    # The frame of a page, an act of the desk, which of the floor's agents are seen.
    elsewhere = {Permission.STYLEGUIDE, Permission.REASSIGN, Permission.FLOOR_AGENTS}
    asked = {one for door in doors() for one in door.wanted}
    assert set(Permission) - asked == elsewhere


SEATS = [(role, None) for role in PROVIDER_ROLES] + [(role, "acme") for role in BRAND_ROLES]


@pytest.mark.parametrize(("role", "seat"), SEATS, ids=lambda one: str(one or "provider"))
def it_opens_what_the_matrix_says_and_nothing_else(
    db: None, role: Role, seat: str | None, acme: BrandCard, globex: BrandCard, settings: Any
) -> None:
    cache.clear()
    settings.DEMO = False
    cards = {"acme": acme, "globex": globex}
    actor = make_person("who@example.test", (role, cards[seat] if seat else None))
    browser = Browser()
    assert browser.sign_in(actor.email).status_code == 302
    for card in cards.values():
        browser.follow(browser.at(f"http://localhost/handoff/{card.slug}/?next=/audit/verify_chain.py"))
    wrong = []
    for door in doors():
        for card in cards.values() if door.names_a_brand else [acme]:
            may = any(holds(role, seat, one, card if door.names_a_brand else None) for one in door.wanted)
            status = ask(browser, door, card)
            if (status == 405) != may or not may and status not in {401, 404}:
                wrong.append(f"{door.host} {door.path(card)}: {status}, {'may' if may else 'may not'}")
    assert wrong == []


def holds(role: Role, seat: str | None, permission: Permission, card: BrandCard | None) -> bool:
    """What the matrix says, in other words than the code: by groups of the screen, and by where one sits."""
    if permission not in MATRIX[role]:
        return False
    if permission in dict(GROUPS)[GROUPS[0][0]]:
        return seat is None
    return seat is None or card is None or card.slug == seat


def ask(browser: Browser, door: Door, card: BrandCard) -> int:
    host = "localhost" if door.host == "provider" else f"{card.slug}.localhost"
    return int(browser.generic(NO_METHOD, door.path(card), headers={"host": host}).status_code)


def it_has_nothing_on_a_brands_host_but_the_portal() -> None:
    assert {one for door in doors() if door.host == "brand" for one in door.wanted} == PORTAL


def it_sees_a_door_that_is_open(
    db: None, acme: BrandCard, globex: BrandCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table can fail: with the check taken out, a viewer gets in everywhere."""
    cache.clear()
    actor = make_person("who@example.test", (Role.VIEWER, acme))
    assert actor_for(actor.user_id) is not None
    browser = Browser()
    browser.sign_in(actor.email)
    keys = next(door for door in doors() if door.route == "clients/<slug:slug>/keys/")
    assert ask(browser, keys, globex) == 404
    monkeypatch.setattr("accounts.access._may", lambda *args: True)
    assert ask(browser, keys, globex) == 405


def it_stands_in_the_docs_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("permissions")
    table = capsys.readouterr().out
    assert (PROJECT / "docs" / "permissions.md").read_text().endswith(f"## The matrix\n{table}"), (
        "manage.py permissions writes it anew"
    )
