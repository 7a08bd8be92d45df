"""What the database itself refuses: the router reads no brand, a brand sees its own items only."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import transaction
from django.db.utils import ProgrammingError

from routing.models import Offer, WorkItem
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.database import NAME
from tests.factories import TESTS
from tests.routing.conftest import write_in

pytestmark = pytest.mark.usefixtures("queues")

BRAND_TABLES = """
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
WHERE schemaname NOT IN ('public', 'pg_catalog', 'information_schema')
"""


@pytest.fixture
def router() -> Iterator["psycopg.Connection[Any]"]:
    """A session with the router's own login."""
    url = os.environ["ROUTER_DATABASE_URL"].replace("/trunkline?", f"/{NAME}?", 1)
    with psycopg.connect(url, autocommit=True) as session:
        yield session


class DescribeRouterLogin:
    def it_may_read_no_table_of_any_brand(self, router: "psycopg.Connection[Any]") -> None:
        tables = [row[0] for row in router.execute(BRAND_TABLES)]
        assert len(tables) > 20
        for table in tables:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                router.execute(f"SELECT * FROM {table} LIMIT 1")

    def it_is_a_member_of_no_brands_role(self, router: "psycopg.Connection[Any]") -> None:
        mine = "SELECT rolname FROM pg_roles WHERE rolname <> current_user AND pg_has_role(oid, 'MEMBER')"
        assert [row[0] for row in router.execute(mine) if not row[0].endswith("_router")] == []

    def it_reads_names_of_nobody(self, router: "psycopg.Connection[Any]") -> None:
        for query in (
            "SELECT name FROM accounts_user",
            "SELECT name FROM tenants_brand",
            "SELECT * FROM django_session",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                router.execute(query)


class DescribeBrandRole:
    def it_sees_its_own_items_only(self, acme: BrandCard, globex: BrandCard) -> None:
        mine, other = write_in(acme), write_in(globex)
        with tenant_scope(acme, TESTS):
            assert list(WorkItem.objects.values_list("pk", flat=True)) == [mine.pk]
        with tenant_scope(globex, TESTS):
            assert list(WorkItem.objects.values_list("pk", flat=True)) == [other.pk]

    @pytest.mark.parametrize(
        "attempt", [lambda: WorkItem.objects.update(priority=9), lambda: Offer.objects.first()]
    )
    def it_may_neither_change_an_item_nor_see_an_offer(
        self, acme: BrandCard, attempt: Callable[[], Any]
    ) -> None:
        write_in(acme)
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with tenant_scope(acme, TESTS), refused, transaction.atomic():
            attempt()
