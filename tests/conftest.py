"""Two brands, their people, and a database that every test finds as the first one did."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.db import connections
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, expect, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from tenants import cards
from tenants.binding import _bound
from tenants.cards import BrandCard, card_by_slug
from tenants.scope import Scope, tenant_scope
from tests import factories
from tests.browser import ARGUMENTS, find_browser
from tests.database import TestDatabase, test_database

# A machine that others use too is slow at times: nothing waited for here is a measure of it.
expect.set_options(timeout=30_000)
settings.register_profile(
    "house", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")
DATABASE = pytest.StashKey[TestDatabase]()
A_DAY = 86_400
"""The clock asks the database once for all tests: each 30 s its question would count as some page's."""

PATIENT = "-c idle_in_transaction_session_timeout=10min"
"""A test is one transaction: on a busy machine it may reckon for longer than a request ever does."""
FORGET = """
DELETE FROM tenants_auditrow WHERE id IN (SELECT id FROM tenants_auditrow FOR UPDATE SKIP LOCKED)
"""


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker
) -> Iterator[TestDatabase]:
    """Stand in for pytest-django's: roles, two planes, two brands; tests that commit are swept up after."""
    connections["default"].settings_dict["OPTIONS"]["options"] = PATIENT
    with django_db_blocker.unblock(), test_database() as database:
        TransactionTestCase._fixture_teardown = lambda self: database.sweep()  # type: ignore[attr-defined]
        clock.RESYNC_SECONDS = A_DAY
        clock.now()
        request.config.stash[DATABASE] = database
        yield database
        del request.config.stash[DATABASE]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Fill the warm pool up after a test that spent it, when nothing of the test is in force any more."""
    yield
    if database := item.config.stash.get(DATABASE, None):
        database.restock()


@pytest.fixture(scope="session")
def _brands(django_db_setup: TestDatabase, django_db_blocker: DjangoDbBlocker) -> dict[str, BrandCard]:
    with django_db_blocker.unblock():
        found = {slug: card_by_slug(slug) for slug in ("acme", "globex")}
    return {slug: card for slug, card in found.items() if card}


@pytest.fixture(scope="session")
def acme(_brands: dict[str, BrandCard]) -> BrandCard:
    """A brand in Europe/Stockholm."""
    return _brands["acme"]


@pytest.fixture(scope="session")
def globex(_brands: dict[str, BrandCard]) -> BrandCard:
    """A brand in Australia/Adelaide, half an hour off."""
    return _brands["globex"]


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """No test leaves a scope bound or a card that was looked up in a transaction that is undone."""
    yield
    cards._shelf.clear()
    left = _bound.get()
    _bound.set(None)
    assert left is None, "a scope was left bound"


@pytest.fixture(autouse=True)
def _nothing_written_apart(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test finds what another one, itself undone, wrote into the trail apart: it would fill pages."""
    yield
    if "django_db_setup" in request.fixturenames:
        boss = request.getfixturevalue("django_db_setup").boss
        if boss.execute("SELECT 1 FROM tenants_auditrow LIMIT 1").fetchone():
            with boss.transaction():
                boss.execute("SET LOCAL session_replication_role = replica")
                boss.execute(FORGET)


@pytest.fixture
def in_acme(acme: BrandCard, db: None) -> Iterator[Scope]:
    """Run the whole test in Acme's scope."""
    with ExitStack() as stack:
        yield stack.enter_context(tenant_scope(acme, factories.TESTS))


@pytest.fixture
def in_globex(globex: BrandCard, db: None) -> Iterator[Scope]:
    """Run the whole test in Globex's scope."""
    with ExitStack() as stack:
        yield stack.enter_context(tenant_scope(globex, factories.TESTS))


@pytest.fixture
def ada(db: None, acme: BrandCard, globex: BrandCard) -> Actor:
    """An agent of both brands."""
    return factories.make_agent("ada@example.test", acme, globex, name="Ada Berg")


@pytest.fixture
def bo(db: None, acme: BrandCard) -> Actor:
    """An agent of Acme who is also an operator of the provider."""
    return factories.make_agent("bo@example.test", acme, name="Bo Lind", seats=((Role.OPERATOR, None),))


@pytest.fixture
def cy(db: None, globex: BrandCard) -> Actor:
    """A client manager of Globex."""
    return factories.make_person("cy@example.test", (Role.MANAGER, globex), name="Cy Marsh")


@pytest.fixture
def outsider(db: None) -> Actor:
    """Somebody who may sign in and has no seat anywhere."""
    return factories.make_person("outsider@example.test")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for one module of tests: its driver runs an event loop, which other tests must not see."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def boss(django_db_setup: TestDatabase) -> Any:
    """The superuser's connection to the test database, in autocommit."""
    return django_db_setup.boss
