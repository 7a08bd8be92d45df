"""Rows in both brands, and what PostgreSQL should answer in each scope."""

from collections.abc import Callable
from typing import Any

import pytest

from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import TESTS
from tests.tenants.rows import Rows, make_rows


@pytest.fixture
def a_rows(db: None, acme: BrandCard) -> Rows:
    with tenant_scope(acme, TESTS):
        return make_rows("secret of Acme", name="Acme orders")


@pytest.fixture
def b_rows(db: None, globex: BrandCard) -> Rows:
    with tenant_scope(globex, TESTS):
        return make_rows("secret of Globex", name="Globex bills")


def is_in(who: tuple[str, str, str], card: BrandCard) -> bool:
    """Tell whether all three of role, search_path and app.brand_id are the brand's."""
    return who == (card.role_name, f'"{card.schema_name}", public', str(card.id))


def is_unbound(who: tuple[str, str, str]) -> bool:
    return who == ("trunkline", "public", "")


Run = Callable[..., Any]
