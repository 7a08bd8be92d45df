"""An operator at the console, and people who are none."""

from collections.abc import Callable

import pytest
from django.core.cache import cache

from accounts.actor import Actor
from accounts.choices import Role
from tests import factories
from tests.accounts.conftest import Browser

Signed = Callable[[Actor], Browser]


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """No test inherits the sign-ins that another one counted."""
    cache.clear()


@pytest.fixture
def op(db: None) -> Actor:
    """An operator who has no other seat."""
    return factories.make_person("op@example.test", (Role.OPERATOR, None), name="Olu Park")


@pytest.fixture
def signed(db: None) -> Signed:
    """Sign somebody in on the provider's host: `signed(op).get("/clients/acme/")`."""

    def sign(actor: Actor) -> Browser:
        browser = Browser(headers={"host": "localhost:8000"})
        assert browser.sign_in(actor.email).status_code == 302
        return browser

    return sign
