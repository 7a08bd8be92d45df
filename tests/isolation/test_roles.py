"""Who may read what in PostgreSQL, of every table of every brand, as the catalog lists them."""

import os
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql

from tenants.cards import BrandCard
from tests.database import NAME
from tests.isolation.catalog import brand_tables, readable, roles_of, steps_into

ROUTER, LOGIN = "trunkline_router", "trunkline"


class DescribeRouter:
    def it_can_read_no_table_of_any_brand(self, boss: Any, acme: BrandCard) -> None:
        assert brand_tables(boss)
        assert readable(boss, ROUTER) == []

    def it_can_step_into_no_brand(self, boss: Any, acme: BrandCard) -> None:
        assert roles_of(boss)
        assert steps_into(boss, ROUTER) == []

    def it_is_told_so_by_the_server(self, boss: Any, acme: BrandCard, globex: BrandCard) -> None:
        url = os.environ["ROUTER_DATABASE_URL"]
        tables = brand_tables(boss)
        with psycopg.connect(url, dbname=NAME, autocommit=True) as router:
            for schema, table in tables:
                query = sql.SQL("SELECT 1 FROM {}.{} LIMIT 1").format(
                    sql.Identifier(schema), sql.Identifier(table)
                )
                with pytest.raises(errors.InsufficientPrivilege):
                    router.execute(query)


class DescribeLogin:
    def it_can_read_no_table_of_any_brand_by_itself(self, boss: Any, acme: BrandCard) -> None:
        assert readable(boss, LOGIN) == []

    def it_steps_into_every_brand(self, boss: Any, acme: BrandCard) -> None:
        """The catalog's question can be answered with yes."""
        assert set(steps_into(boss, LOGIN)) == set(roles_of(boss))


class DescribeBrand:
    def it_reads_its_own_tables_and_no_others(self, boss: Any, acme: BrandCard, globex: BrandCard) -> None:
        for card in (acme, globex):
            assert {schema for schema, _table in readable(boss, card.role_name)} == {card.schema_name}

    def it_can_step_into_no_other(self, boss: Any, acme: BrandCard, globex: BrandCard) -> None:
        for card in (acme, globex):
            assert steps_into(boss, card.role_name) == [card.role_name]
