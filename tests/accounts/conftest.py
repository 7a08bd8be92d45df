"""Sign-ins for the tests of this room: the cast, with a password, on the hosts they use."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from accounts.actor import Actor
from accounts.models import User
from tests.factories import PASSWORD, make_person

Person = Callable[..., Actor]


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """No test inherits the attempts that another one counted."""
    cache.clear()


@pytest.fixture(autouse=True, scope="module")
def own_pages() -> Iterator[None]:
    """This room's pages alone, on both kinds of hosts; addresses are compiled once for a module."""
    public = "tests.accounts.urls_public"
    own = {"ROOT_URLCONF": public, "PUBLIC_URLCONF": public, "BRAND_URLCONF": "tests.accounts.urls_brand"}
    with override_settings(**own):
        yield


@pytest.fixture
def person(db: None) -> Person:
    """Make a user with seats: `person("both@example.test", (Role.MANAGER, acme), (Role.MANAGER, globex))`."""
    return make_person


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

    def enter(self, email: str, slug: str) -> None:
        """Sign in and be carried to the brand's host, up to the page there, which is not opened."""
        there = self.follow(self.sign_in(email, following=f"/handoff/{slug}/?next=/report/"), hops=2)
        assert (there.status_code, there["Location"]) == (302, "/report/")

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
