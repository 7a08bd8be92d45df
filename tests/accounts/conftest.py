"""Sign-ins for the tests of this room: the cast, with a password, on the hosts they use."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts import actions
from accounts.access import actor_for
from accounts.actor import Actor
from accounts.choices import Role
from accounts.models import User
from tenants.cards import BrandCard

PASSWORD = "correct horse battery"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

Person = Callable[..., Actor]


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """No test inherits the attempts that another one counted."""
    cache.clear()


@pytest.fixture
def person(db: None) -> Person:
    """Make a user with seats: `person("ada@example.test", (Role.AGENT, acme))`."""

    def make(email: str, *seats: tuple[str, BrandCard | None], **fields: Any) -> Actor:
        name = fields.pop("name", email.split("@")[0].title() + " Berg")
        user = actions.create_user(email, name=name, password=PASSWORD, actor="test", now=NOW, **fields)
        for role, card in seats:
            brand_id = card.id if card else None
            actions.grant_membership(user.pk, role=role, brand_id=brand_id, actor="test", now=NOW)
        actor = actor_for(user.pk)
        assert actor
        return actor

    return make


@pytest.fixture
def ada(person: Person, acme: BrandCard, globex: BrandCard) -> Actor:
    return person("ada@example.test", (Role.AGENT, acme), (Role.AGENT, globex))


@pytest.fixture
def cy(person: Person, globex: BrandCard) -> Actor:
    """Client manager of Globex."""
    return person("cy@example.test", (Role.MANAGER, globex))


@pytest.fixture
def outsider(person: Person) -> Actor:
    return person("outsider@example.test")


class Browser(Client):
    """A test client whose cookies belong to hosts, as a browser's do (host-only, whatever the port)."""

    def __init__(self, **defaults: Any) -> None:
        super().__init__(**defaults)
        self.jars: dict[str, Any] = {}

    def request(self, **request: Any) -> Any:
        host = str(request.get("HTTP_HOST", "localhost")).split(":")[0]
        self.cookies = self.jars.setdefault(host, type(self.cookies)())
        return super().request(**request)

    def at(self, url: str, **extra: Any) -> Any:
        """GET an absolute address, as following a link does."""
        host, _, path = url.removeprefix("http://").partition("/")
        return self.get(f"/{path}", headers={"host": host}, **extra)

    def sign_in(self, email: str, *, following: str = "", password: str = PASSWORD) -> Any:
        data = {"login": email, "password": password} | ({"next": following} if following else {})
        return self.post("/accounts/login/", data, headers={"host": "localhost:8000"})

    def follow(self, response: Any, hops: int = 5) -> Any:
        """Follow redirects over the hosts."""
        while response.status_code == 302 and hops:
            target = response["Location"]
            host = response.wsgi_request.get_host()
            response = self.at(target if "://" in target else f"http://{host}{target}")
            hops -= 1
        return response


@pytest.fixture
def browser(db: None) -> Browser:
    return Browser()


@pytest.fixture
def user_of(db: None) -> Callable[[Actor], User]:
    return lambda actor: User.objects.get(pk=actor.user_id)
