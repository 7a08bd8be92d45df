"""The ten experiments of the tenancy study and the five that came after: none leaks, and each would without its
guard."""

import pytest

from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import TESTS
from tests.tenants.leaks import EXPERIMENTS, World, sabotaged
from tests.tenants.rows import make_rows


@pytest.fixture
def world(transactional_db: None, acme: BrandCard, globex: BrandCard) -> World:
    for card in (acme, globex):
        with tenant_scope(card, TESTS):
            make_rows(f"secret of {card.slug}", name=f"queue of {card.slug}")
    return World(acme, globex)


@pytest.mark.parametrize("name", EXPERIMENTS)
def it_does_not_leak(name: str, world: World) -> None:
    experiment, _ = EXPERIMENTS[name]
    assert experiment(world) == 0


@pytest.mark.parametrize("name", EXPERIMENTS)
def it_would_leak_without_the_guard(name: str, world: World) -> None:
    experiment, sabotage = EXPERIMENTS[name]
    with sabotaged(sabotage):
        assert experiment(world) > 0
