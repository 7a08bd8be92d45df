"""A client whose tables cannot be read, and the others, who notice nothing of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from psycopg import sql

from accounts.actor import Actor
from interactions import actions as interactions
from routing import actions
from tenants.cards import BrandCard
from tests.factories import TESTS, make_agent
from tests.routing.conftest import at, go_available, set_up
from tests.routing.test_turns import agent_says, customer_says, do, row, talk


@pytest.fixture
def ada(transactional_db: None, acme: BrandCard, globex: BrandCard) -> Actor:
    """She works for both."""
    set_up(acme)
    set_up(globex)
    return make_agent("ada@house.test", acme, globex)


@contextmanager
def stricken(card: BrandCard, boss: Any) -> Iterator[None]:
    """Nothing reads the client's conversations."""

    def rename(old: str, new: str) -> None:
        names = map(sql.Identifier, (card.schema_name, old, new))
        boss.execute(sql.SQL("ALTER TABLE {}.{} RENAME TO {}").format(*names))

    here, there = "interactions_interaction", "interactions_elsewhere"
    rename(here, there)
    try:
        yield
    finally:
        rename(there, here)


def it_wakes_what_was_answered_of_the_others(
    acme: BrandCard, globex: BrandCard, ada: Actor, boss: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_available(ada)
    items = {}
    for n, card in enumerate((acme, globex)):
        items[card] = item = talk(card, ada, seconds=20 * n)
        agent_says(item, card, ada, seconds=20 * n + 5)
        do(interactions.await_reply, item, card, ada, seconds=20 * n + 10)
    with monkeypatch.context() as broken:  # nobody noticed
        broken.setattr("interactions.actions.incoming.wake", lambda *args, **kwargs: False)
        for card, item in items.items():
            customer_says(item, card, seconds=60)
    with stricken(acme, boss):
        assert actions.sweep(at(61), grant=TESTS)["woken"] == 1
    assert row(items[globex], globex).state == "active"
