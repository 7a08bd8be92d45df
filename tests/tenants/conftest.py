"""Rows in both brands, and what PostgreSQL should answer in each scope."""

import pytest

from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import TESTS
from tests.tenants.rows import Rows, World, make_rows


@pytest.fixture
def a_rows(db: None, acme: BrandCard) -> Rows:
    with tenant_scope(acme, TESTS):
        return make_rows("secret of Acme", name="Acme orders")


@pytest.fixture
def b_rows(db: None, globex: BrandCard) -> Rows:
    with tenant_scope(globex, TESTS):
        return make_rows("secret of Globex", name="Globex bills")


@pytest.fixture
def world(transactional_db: None, acme: BrandCard, globex: BrandCard) -> World:
    for card in (acme, globex):
        with tenant_scope(card, TESTS):
            make_rows(f"secret of {card.slug}", name=f"queue of {card.slug}")
    return World(acme, globex)
