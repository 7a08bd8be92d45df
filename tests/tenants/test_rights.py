"""What the catalog says of rights is what tenants.grants says, and PostgreSQL holds to it."""

import os
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from core.ids import new_ref
from routing.models import WorkItem
from tenants import grants, rights, roles
from tenants.cards import BrandCard
from tenants.checks import brand_models
from tenants.roles import names, owner_scope
from tenants.scope import labour_scope, tenant_scope
from tests.database import NAME, boss_url
from tests.factories import NOW, TESTS

VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE")
TABLE_RIGHTS = """
SELECT c.relname, p.verb FROM pg_class c, unnest(%s::text[]) AS p(verb)
 WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'p')
   AND has_table_privilege(%s, c.oid, p.verb)
"""
MORE = ("TRUNCATE", "REFERENCES", "TRIGGER")
COLUMN_RIGHTS = """
SELECT table_name, privilege_type, array_agg(column_name::text ORDER BY column_name::text)
  FROM information_schema.column_privileges WHERE grantee = %s AND table_schema = 'public' GROUP BY 1, 2
"""


def held(boss: Any, role: str, schema: str, verbs: tuple[str, ...] = VERBS) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table, verb in boss.execute(TABLE_RIGHTS, [list(verbs), schema, role]).fetchall():
        found.setdefault(table, set()).add(verb)
    return found


def public_tables(boss: Any) -> set[str]:
    return {row[0] for row in boss.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}


class DescribeCatalog:
    def it_gives_a_brands_role_its_own_schema_less_what_is_listed(self, boss: Any, acme: BrandCard) -> None:
        found = held(boss, acme.role_name, acme.schema_name)
        tables = {model._meta.db_table for model in brand_models()} | {"django_migrations"}
        assert found == {table: set(VERBS) - grants.BRAND_LESS.get(table, set()) for table in tables}

    def it_gives_a_brands_role_in_public_only_what_is_listed(self, boss: Any, acme: BrandCard) -> None:
        listed = {t: set(r.verbs) for t, r in grants.BRAND_PUBLIC.items() if t in public_tables(boss)}
        assert held(boss, acme.role_name, "public") == listed
        assert boss.execute(COLUMN_RIGHTS, [acme.role_name]).fetchall() == []

    def it_gives_a_brands_role_nothing_of_another_brand(
        self, boss: Any, acme: BrandCard, globex: BrandCard
    ) -> None:
        assert held(boss, acme.role_name, globex.schema_name) == {}
        row = boss.execute(
            "SELECT has_schema_privilege(%s, %s, 'USAGE')", [acme.role_name, globex.schema_name]
        )
        assert row.fetchone() == (False,)

    def it_gives_the_login_public_less_what_is_listed(self, boss: Any) -> None:
        expected = {t: set(VERBS) - grants.LOGIN_LESS.get(t, set()) for t in public_tables(boss)}
        assert held(boss, "trunkline", "public") == expected
        assert held(boss, "trunkline", "public", MORE) == {}

    def it_gives_the_login_nothing_of_a_brand_by_itself(self, boss: Any, acme: BrandCard) -> None:
        row = boss.execute("SELECT has_schema_privilege('trunkline', %s, 'USAGE')", [acme.schema_name])
        assert row.fetchone() == (False,)

    def it_gives_the_router_only_what_is_listed(self, boss: Any, acme: BrandCard) -> None:
        listed = rights.router_rights(public_tables(boss))
        whole = {t: set(r.verbs) for t, r in listed.items() if not r.columns}
        assert held(boss, "trunkline_router", "public") == whole
        columns = {(t, "SELECT"): sorted(r.columns) for t, r in listed.items() if r.columns}
        found = boss.execute(COLUMN_RIGHTS, [names().router]).fetchall()
        assert {(t, v): c for t, v, c in found if t not in whole} == columns
        assert held(boss, "trunkline_router", acme.schema_name) == {}

    def it_guards_rows_where_listed(self, boss: Any) -> None:
        listed = {t for t, r in grants.BRAND_PUBLIC.items() if r.own_rows and t in public_tables(boss)}
        found = boss.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace"
        )
        assert {row[0] for row in found.fetchall()} == listed

    def it_lists_only_tables_that_exist(self, boss: Any) -> None:
        listed = {*grants.BRAND_PUBLIC, *grants.LOGIN_LESS, *grants.ROUTER_PUBLIC}
        assert listed <= public_tables(boss)
        tables = {model._meta.db_table for model in brand_models()} | {"django_migrations"}
        assert set(grants.BRAND_LESS) <= tables

    def it_has_everything_owned_by_the_owner(self, boss: Any, acme: BrandCard) -> None:
        found = boss.execute(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname IN ('public', %s)", [acme.schema_name]
        )
        assert [row[0] for row in found.fetchall()] == [names().owner]


class DescribeMembership:
    def it_lets_the_login_step_into_owner_and_brands_but_inherit_nothing(
        self, boss: Any, acme: BrandCard
    ) -> None:
        for role in (names().owner, names().brand, acme.role_name):
            row = boss.execute(
                "SELECT pg_has_role('trunkline', %(r)s, 'MEMBER'), pg_has_role('trunkline', %(r)s, 'USAGE')",
                {"r": role},
            ).fetchone()
            assert row == (True, False)

    def it_lets_the_router_into_none(self, boss: Any, acme: BrandCard) -> None:
        for role in (names().owner, names().brand, acme.role_name):
            assert boss.execute(
                "SELECT pg_has_role('trunkline_router', %s, 'MEMBER')", [role]
            ).fetchone() == (False,)

    def it_lets_nobody_sign_in_as_a_brand(self, boss: Any, acme: BrandCard) -> None:
        roles_found = [names().owner, names().brand, names().router, acme.role_name]
        rows = boss.execute(
            "SELECT rolcanlogin, rolsuper FROM pg_roles WHERE rolname = ANY(%s)", [roles_found]
        )
        assert rows.fetchall() == [(False, False)] * 4


class DescribeRefusals:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE events_event SET n = 0",
            "DELETE FROM events_event",
            "TRUNCATE events_event",
            "DELETE FROM django_migrations",
            "SELECT * FROM accounts_user",
            "SELECT * FROM django_session",
            "SELECT * FROM tenants_brand",
            "SELECT * FROM tenants_labourevent",
            "SELECT * FROM workforce_agentstate",
            "SELECT * FROM routing_offer",
            "UPDATE routing_workitem SET version = 1",
            "DROP TABLE events_event",
            "CREATE TABLE mine (a int)",
            "CREATE TABLE public.mine (a int)",
        ],
    )
    def it_refuses_a_brand(self, db: None, acme: BrandCard, statement: str) -> None:
        with tenant_scope(acme, TESTS), pytest.raises(ProgrammingError), transaction.atomic():
            _run(statement)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE tenants_auditrow SET actor = ''",
            "DELETE FROM tenants_auditrow",
            "DELETE FROM tenants_labourevent",
            "CREATE TABLE mine (a int)",
            "ALTER TABLE tenants_brand ADD COLUMN a int",
        ],
    )
    def it_refuses_the_login(self, db: None, statement: str) -> None:
        with labour_scope(), pytest.raises(ProgrammingError), transaction.atomic():
            _run(statement)

    def it_refuses_the_router_every_table_of_a_brand(self, boss: Any, acme: BrandCard) -> None:
        with _router() as router:
            for model in brand_models():
                table = f'"{acme.schema_name}".{model._meta.db_table}'
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    router.execute(f"SELECT * FROM {table}")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                router.execute(f'SET ROLE "{acme.role_name}"')
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                router.execute("SELECT name FROM tenants_brand")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                router.execute("SELECT email FROM accounts_user")

    def it_lets_the_router_do_its_work(self, db: None, boss: Any) -> None:
        with _router() as router:
            router.execute("SELECT id, number FROM tenants_brand")
            router.execute("SELECT brand_id FROM accounts_membership")
            router.execute("SELECT * FROM routing_workitem")
            router.execute("DELETE FROM routing_offer")
            with router.transaction(force_rollback=True):
                router.execute(
                    "INSERT INTO tenants_labourevent (ref, v, kind, occurred_at, actor_kind, is_test, data)"
                    " VALUES (%s, 1, 'offer.made', now(), 'system', false, '{}') RETURNING id",
                    [new_ref()],
                )


def _router() -> "psycopg.Connection[Any]":
    url = os.environ["ROUTER_DATABASE_URL"].replace("/trunkline?", f"/{NAME}?", 1)
    return psycopg.connect(url, autocommit=True)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


class DescribeBootstrap:
    def it_may_be_repeated(self, boss: Any, acme: BrandCard) -> None:
        before = held(boss, "trunkline", "public")
        roles.bootstrap(boss, database=NAME, login="trunkline", router_login="trunkline_router")
        roles.ensure_roles()
        assert held(boss, "trunkline", "public") == before

    def it_says_what_to_do_in_a_database_without_roles(
        self, db: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(roles, "names", lambda: roles.Names(1))
        with pytest.raises(roles.RolesMissing, match="make_roles"):
            roles.ensure_roles()

    def it_leaves_no_role_of_a_dropped_database(self, boss: Any) -> None:
        boss.execute("DROP DATABASE IF EXISTS test_passing WITH (FORCE)")
        boss.execute("CREATE DATABASE test_passing")
        url = boss_url().replace(f"/{NAME}?", "/test_passing?")
        with psycopg.connect(url, autocommit=True) as other:
            roles.bootstrap(
                other, database="test_passing", login="trunkline", router_login="trunkline_router"
            )
            oid = other.execute(
                "SELECT oid::bigint FROM pg_database WHERE datname = 'test_passing'"
            ).fetchone()
        assert oid
        assert boss.execute(roles.FOUND, [[roles.Names(oid[0]).owner]]).fetchone() == (1,)
        boss.execute("DROP DATABASE test_passing")
        assert roles.Names(oid[0]).owner in roles.orphans(boss)
        assert roles.drop_all(boss, oid=oid[0]) == 3
        assert not [role for role in roles.orphans(boss) if role.startswith(f"t{oid[0]}_")]

    def it_owns_what_is_made_in_its_scope_only(self, db: None) -> None:
        with owner_scope(), transaction.atomic():
            _run("CREATE TABLE passing (a int)")
            with labour_scope():
                _run("INSERT INTO passing VALUES (1)")
            transaction.set_rollback(True)


class DescribeOwnRows:
    """Row level security of the work items."""

    def it_shows_a_brand_its_own(self, db: None, acme: BrandCard, globex: BrandCard) -> None:
        for card in (acme, globex):
            with tenant_scope(card, TESTS):
                _enqueue(card.id)
        for card in (acme, globex):
            with tenant_scope(card, TESTS):
                assert [item.brand_id for item in WorkItem.objects.all()] == [card.id]
        assert WorkItem.objects.count() == 2

    def it_refuses_a_row_in_anothers_name(self, db: None, acme: BrandCard, globex: BrandCard) -> None:
        refused = pytest.raises(ProgrammingError, match="row-level security")
        with tenant_scope(acme, TESTS), refused, transaction.atomic():
            _enqueue(globex.id)


def _enqueue(brand_id: int) -> None:
    WorkItem.objects.create(
        ref=new_ref(), brand_id=brand_id, queue_id=1, interaction_ref=new_ref(), channel="webchat",
        order_key=NOW, due_at=NOW, target_seconds=40, offer_seconds=30, units=34, enqueued_at=NOW,
    )  # fmt: skip
