"""The same among twenty-five brands: what holds for a neighbour holds for all of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.cache import cache
from pytest_django.plugin import DjangoDbBlocker

from tenants import actions, cards
from tenants.cards import BrandCard
from tests.accounts.conftest import Browser
from tests.database import TestDatabase
from tests.desk.conftest import Day
from tests.factories import NOW, make_agent
from tests.isolation import estate as estates
from tests.isolation.catalog import brand_tables, readable, steps_into
from tests.isolation.estate import Estate
from tests.isolation.walk import Walk, Walker, walk
from tests.isolation.witness import changes, digest, trapped

MANY = 25
WHERE = ("desk/<slug", "offers/", "report/conversations", "handoff/", "w/settings")


@pytest.fixture(scope="module")
def town(django_db_setup: TestDatabase, django_db_blocker: DjangoDbBlocker) -> Iterator[list[BrandCard]]:
    """Twenty-five brands from the warm pool, there for every test of this module and gone after it."""
    database = django_db_setup
    with django_db_blocker.unblock(), remembered(database):
        made = [
            actions.create_brand(slug=f"town-{n}", name=f"Town number {n}.", actor="test", now=NOW)
            for n in range(MANY)
        ]
        database.remember()
        yield [cards.card_of(brand) for brand in made]


@contextmanager
def remembered(database: TestDatabase) -> Iterator[None]:
    """Let the suite's sweep keep what is made inside, and sweep it away afterwards."""
    rows, sweep_sql = database.rows, database.sweep_sql
    try:
        yield
    finally:
        database.rows, database.sweep_sql = rows, sweep_sql
        database.sweep()
        cards.changed()


@pytest.fixture
def estates_of(transactional_db: None, town: list[BrandCard], boss: Any, settings: Any) -> list[Estate]:
    """All that the brands but the first have: a row in each of their tables."""
    settings.DEMO = False
    cache.clear()
    return [estates.settle(boss, card, tokens=set()) for card in town[1:]]


def it_keeps_all_of_them_from_a_member_of_one(
    estates_of: list[Estate], town: list[BrandCard], boss: Any
) -> None:
    """Each address is asked for with what another one of the twenty-four owns, until each had its turn."""
    walker, neighbours, seen = member(town[0]), [estate.card for estate in estates_of], Walk()
    before = {card.slug: digest(boss, card) for card in neighbours}
    with trapped(boss, *neighbours):
        for estate in estates_of:
            for where in WHERE:
                walk(walker, estate, only=where, seen=seen)
    assert "\n".join(seen.found) == ""
    changed = {card.slug: changes(before[card.slug], digest(boss, card)) for card in neighbours}
    assert changed == dict.fromkeys(changed, [])


def member(card: BrandCard) -> Walker:
    """An agent of the first brand, signed in, with a day behind them."""
    day, actor = Day(), make_agent("member@example.test", card)
    day.set_up(card)
    day.at_work(actor)
    day.has(actor, card)
    browser = Browser()
    browser.sign_in(actor.email)
    browser.follow(browser.at(f"http://localhost/handoff/{card.slug}/?next=/"), hops=1)
    return Walker(browser, "member", card.slug, "", [browser.jars["localhost"].copy()])


def it_gives_each_its_own_tables_and_the_router_none(
    transactional_db: None, town: list[BrandCard], boss: Any
) -> None:
    """In a transaction that is undone it would stand apart from the other, and the town be built twice."""
    schemas = {schema for schema, _table in brand_tables(boss)}
    assert {card.schema_name for card in town} <= schemas
    for card in town:
        assert {schema for schema, _table in readable(boss, card.role_name)} == {card.schema_name}
        assert steps_into(boss, card.role_name) == [card.role_name]
    assert readable(boss, "trunkline_router") == []
    assert steps_into(boss, "trunkline_router") == []
    assert readable(boss, "trunkline") == []
