"""One way in: what is bound, what PostgreSQL has in force, and who is let in."""

import ast
import contextvars
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction
from django_tenants import utils

from core.errors import NotFound
from interactions.models import Message, Queue
from tenants.cards import BrandCard
from tenants.models import AuditRow, Brand
from tenants.postgresql.connections import ScopedConnection, ScopedPool
from tenants.scope import (
    Grant,
    WrongScope,
    assert_unbound,
    current,
    labour_scope,
    system,
    tenant_scope,
    visitor,
)
from tenants.values import EndpointCard
from tests.architecture.test_banned import sources
from tests.database import PROJECT
from tests.factories import TESTS
from tests.tenants.rows import WHO, Rows, as_who, is_in, is_unbound, make_message, whoami


def it_binds_role_schema_and_brand(db: None, acme: BrandCard) -> None:
    with tenant_scope(acme, TESTS) as scope:
        assert (scope.schema, scope.role, scope.brand_id) == (acme.schema_name, acme.role_name, acme.id)
        assert current() is scope
        assert is_in(whoami(), acme)
    assert current() is None
    assert is_unbound(whoami())


def it_answers_for_django_tenants_from_the_same_place(db: None, acme: BrandCard) -> None:
    with tenant_scope(acme, TESTS) as scope:
        assert connection.schema_name == acme.schema_name  # type: ignore[attr-defined]
        assert connection.tenant is scope  # type: ignore[attr-defined]
    assert connection.schema_name == "public"  # type: ignore[attr-defined]


def it_sends_one_statement_only_on_change(db: None, acme: BrandCard, globex: BrandCard) -> None:
    with tenant_scope(acme, TESTS):
        whoami()
        before = connection.switches  # type: ignore[attr-defined]
        for _ in range(5):
            whoami()
        assert connection.switches == before  # type: ignore[attr-defined]
    with tenant_scope(globex, TESTS):
        whoami()
    assert connection.switches == before + 1  # type: ignore[attr-defined]


def it_has_one_transaction_over_both_planes(db: None, acme: BrandCard, a_rows: Rows) -> None:
    with transaction.atomic(), tenant_scope(acme, TESTS):
        Queue.objects.create(name="one")
        with labour_scope():
            assert is_unbound(whoami())
            assert Brand.objects.filter(pk=acme.id).exists()
        assert is_in(whoami(), acme)
        assert Queue.objects.filter(name="one").exists()


def it_raises_when_the_scope_cannot_be_put_in_force(
    transactional_db: None, acme: BrandCard, boss: Any
) -> None:
    from tenants.binding import Bound, Scope

    with pytest.raises(Exception, match="does not exist"), Bound(Scope("s_nowhere", "t1_nobody", 7)):
        whoami()
    assert is_unbound(whoami())


class DescribeGrants:
    def it_refuses_a_grant_for_another_brand_and_writes_it_down(
        self, db: None, acme: BrandCard, globex: BrandCard
    ) -> None:
        grant = Grant("member", globex.id, "user:7", "agent")
        with pytest.raises(NotFound), tenant_scope(acme, grant):
            pytest.fail("entered")
        assert current() is None

    def it_keeps_the_refusal_although_the_caller_rolls_back(
        self, transactional_db: None, acme: BrandCard, globex: BrandCard
    ) -> None:
        grant = Grant("member", globex.id, "user:7", "agent")
        with pytest.raises(NotFound), transaction.atomic(), tenant_scope(acme, grant):
            pytest.fail("entered")
        row = AuditRow.objects.get(verb="scope.refused")
        assert (row.actor, row.brand_id, row.reason) == ("user:7", acme.id, "member")

    def it_refuses_a_member_of_no_brand(self, db: None, acme: BrandCard) -> None:
        with pytest.raises(NotFound), tenant_scope(acme, Grant("member", None, "user:7", "operator")):
            pytest.fail("entered")

    def it_writes_down_why_the_system_enters(
        self, transactional_db: None, acme: BrandCard, globex: BrandCard
    ) -> None:
        grant = system("nightly copy")
        with tenant_scope(acme, grant), tenant_scope(globex, grant):
            pass
        assert AuditRow.objects.get(verb="scope.system").reason == "nightly copy"
        only = system("one brand", brand=acme)
        with pytest.raises(NotFound), tenant_scope(globex, only):
            pytest.fail("entered")

    def it_lets_a_visitor_into_the_brand_of_the_key(
        self, db: None, acme: BrandCard, globex: BrandCard
    ) -> None:
        endpoint = EndpointCard(1, "webchat", acme.id, acme.ref, (), "active")
        with tenant_scope(acme, visitor(endpoint)):
            assert is_in(whoami(), acme)
        with pytest.raises(NotFound), tenant_scope(globex, visitor(endpoint)):
            pytest.fail("entered")

    def it_lets_nobody_through_a_closed_entrance(self, acme: BrandCard) -> None:
        with pytest.raises(NotFound):
            visitor(EndpointCard(1, "webchat", acme.id, acme.ref, (), "paused"))


class DescribeBlocks:
    def it_serves_once(self, db: None, acme: BrandCard) -> None:
        block = tenant_scope(acme, TESTS)
        with block:
            pass
        with pytest.raises(WrongScope), block:
            pytest.fail("entered")

    def it_is_no_decorator(self, acme: BrandCard) -> None:
        with pytest.raises(TypeError):
            tenant_scope(acme, TESTS)(lambda: None)  # type: ignore[operator]

    async def it_refuses_a_coroutine(self, acme: BrandCard) -> None:
        with pytest.raises(WrongScope, match="coroutine"), tenant_scope(acme, TESTS):
            pytest.fail("entered")

    def it_does_not_reach_another_thread(self, transactional_db: None, acme: BrandCard) -> None:
        seen: list[Any] = []

        def look() -> None:
            seen.append((current(), whoami()))
            connection.close()

        with tenant_scope(acme, TESTS):
            thread = threading.Thread(target=look)
            thread.start()
            thread.join()
        assert seen[0][0] is None
        assert is_unbound(seen[0][1])

    def it_may_be_wrapped_in_a_context_manager(self, db: None, acme: BrandCard) -> None:
        @contextmanager
        def visit() -> Iterator[None]:
            with tenant_scope(acme, TESTS):
                yield

        with visit():
            assert is_in(whoami(), acme)
        with ExitStack() as stack:
            stack.enter_context(visit())
            assert is_in(whoami(), acme)
        assert current() is None

    def it_begins_with_nothing_bound(self, acme: BrandCard) -> None:
        assert_unbound()
        with tenant_scope(acme, TESTS), pytest.raises(WrongScope):
            assert_unbound()
        with labour_scope(), pytest.raises(WrongScope):
            assert_unbound()


class DescribeGenerators:
    @staticmethod
    def rows(card: BrandCard) -> Generator[int]:
        with tenant_scope(card, TESTS):
            for row in Message.objects.all():
                yield row.pk

    def it_lets_no_one_act_in_the_scope_of_a_suspended_generator(self, acme: BrandCard, a_rows: Rows) -> None:
        suspended = self.rows(acme)
        assert next(suspended) == a_rows.message.pk
        with pytest.raises(WrongScope, match="suspended"):
            whoami()
        with pytest.raises(WrongScope, match="suspended"):
            Message.objects.count()
        suspended.close()
        assert is_unbound(whoami())

    def it_sees_through_a_context_manager_to_the_generator(self, acme: BrandCard, db: None) -> None:
        @contextmanager
        def visit() -> Iterator[None]:
            with tenant_scope(acme, TESTS):
                yield

        def rows() -> Generator[int]:
            with visit():
                yield 1

        suspended = rows()
        next(suspended)
        with pytest.raises(WrongScope, match="suspended"):
            whoami()
        suspended.close()
        assert is_unbound(whoami())

    def it_works_again_once_the_generator_runs(self, acme: BrandCard, a_rows: Rows) -> None:
        assert list(self.rows(acme)) == [a_rows.message.pk]
        assert current() is None

    def it_fails_closed_when_the_generator_ends_elsewhere(self, acme: BrandCard, a_rows: Rows) -> None:
        suspended = self.rows(acme)
        contextvars.copy_context().run(next, suspended)
        assert is_unbound(whoami())
        suspended.close()
        assert is_unbound(whoami())

    def it_keeps_scopes_apart_that_cross(
        self, acme: BrandCard, globex: BrandCard, a_rows: Rows, b_rows: Rows
    ) -> None:
        first = self.rows(acme)
        next(first)
        with tenant_scope(globex, TESTS):
            first.close()
            assert is_in(whoami(), globex)
        assert current() is None
        assert is_unbound(whoami())

    def it_says_so_when_a_scope_ends_out_of_order(self, acme: BrandCard, globex: BrandCard) -> None:
        outer, inner = tenant_scope(acme, TESTS), tenant_scope(globex, TESTS)
        with ExitStack() as stack:
            stack.enter_context(outer)
            stack.enter_context(inner)
            with pytest.raises(WrongScope, match="out of order"):
                outer.__exit__(None, None, None)
            stack.pop_all()
            inner.__exit__(None, None, None)
        assert current() is None

    def it_lets_a_page_at_a_time_through(self, acme: BrandCard, globex: BrandCard, a_rows: Rows) -> None:
        def pages() -> Iterator[int]:
            with tenant_scope(acme, TESTS):
                page = [row.pk for row in Message.objects.all()]
            yield from page

        for pk in pages():
            assert pk == a_rows.message.pk
            with tenant_scope(globex, TESTS):
                assert is_in(whoami(), globex)


class DescribeTransactions:
    """The connection forgets what is in force with everything that undoes it."""

    def it_survives_a_caught_error(self, acme: BrandCard, a_rows: Rows) -> None:
        with transaction.atomic(), tenant_scope(acme, TESTS):
            with pytest.raises(IntegrityError), transaction.atomic():
                make_message(a_rows.interaction, 1, "twice")
            make_message(a_rows.interaction, 2, "after")
            assert is_in(whoami(), acme)

    def it_survives_an_error_that_leaves_the_scope_before_its_savepoint(
        self, acme: BrandCard, a_rows: Rows
    ) -> None:
        with transaction.atomic():
            with pytest.raises(IntegrityError), transaction.atomic(), tenant_scope(acme, TESTS):
                make_message(a_rows.interaction, 1, "twice")
            assert is_unbound(whoami())
            with tenant_scope(acme, TESTS):
                make_message(a_rows.interaction, 2, "after")
                assert is_in(whoami(), acme)

    def it_forgets_with_a_savepoint(self, acme: BrandCard, db: None) -> None:
        with transaction.atomic(), tenant_scope(acme, TESTS):
            whoami()
            sid = transaction.savepoint()
            with labour_scope():
                assert is_unbound(whoami())
            transaction.savepoint_rollback(sid)
            assert is_in(whoami(), acme)

    def it_forgets_with_a_rollback(self, acme: BrandCard, transactional_db: None) -> None:
        with tenant_scope(acme, TESTS):
            with pytest.raises(AssertionError), transaction.atomic():
                assert whoami() is None
            assert is_in(whoami(), acme)

    def it_forgets_with_a_rollback_in_words(self, acme: BrandCard, transactional_db: None) -> None:
        with tenant_scope(acme, TESTS), connection.cursor() as cursor:
            cursor.execute("BEGIN")
            with labour_scope():
                cursor.execute("SELECT 1")
            cursor.execute("ROLLBACK")
            assert is_in(whoami(), acme)

    def it_only_rolls_back_in_a_failed_transaction(self, acme: BrandCard, db: None) -> None:
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM nowhere")
        with tenant_scope(acme, TESTS):
            assert is_in(whoami(), acme)

    def it_keeps_a_deferred_key_of_the_brand_at_a_commit_outside(
        self, acme: BrandCard, transactional_db: None, a_rows: Rows
    ) -> None:
        with transaction.atomic(), tenant_scope(acme, TESTS):
            make_message(a_rows.interaction, 2, "deferred")
        with tenant_scope(acme, TESTS):
            assert Message.objects.count() == 2


class DescribeCursors:
    def it_follows_the_scope_it_is_executed_in(self, db: None, acme: BrandCard, globex: BrandCard) -> None:
        with tenant_scope(acme, TESTS):
            cursor = connection.cursor()
            cursor.execute("SELECT 1")
        with tenant_scope(globex, TESTS):
            cursor.execute(WHO)
            assert is_in(cursor.fetchone(), globex)
        cursor.execute(WHO)
        assert is_unbound(as_who(cursor.fetchone()))

    def it_keeps_the_plan_of_a_prepared_statement_and_no_other(
        self, acme: BrandCard, globex: BrandCard, a_rows: Rows, b_rows: Rows
    ) -> None:
        """In whatever brand it runs: the server makes the plan anew where the tables are others."""
        statement = "SELECT body FROM interactions_message WHERE body <> %s ORDER BY id"
        for _ in range(8):  # from the sixth on its plan may be one for all values
            for card in (acme, globex):
                with tenant_scope(card, TESTS):
                    with connection.prepared() as cursor:  # type: ignore[attr-defined]
                        cursor.execute(statement, [""])
                        seen = cursor.fetchall()
                    assert list(Message.objects.order_by("pk").values_list("body")) == seen
        kept = "SELECT statement FROM pg_prepared_statements WHERE generic_plans + custom_plans = 16"
        with connection.cursor() as cursor:
            cursor.execute(kept)
            assert cursor.fetchall() == [
                ("SELECT body FROM interactions_message WHERE body <> $1 ORDER BY id",)
            ]

    def it_runs_a_prepared_statement_whose_columns_are_others_now(self, transactional_db: None) -> None:
        def name() -> list[tuple[str]]:
            with connection.prepared() as cursor:  # type: ignore[attr-defined]
                cursor.execute("SELECT name FROM thing")
                return list(cursor.fetchall())

        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE thing AS SELECT 'one'::varchar(5) AS name")
            try:
                assert name() == [("one",)]
                cursor.execute("ALTER TABLE thing ALTER name TYPE varchar(9)")
                assert name() == name() == [("one",)]
                with pytest.raises(ProgrammingError), transaction.atomic(), connection.prepared() as nothing:  # type: ignore[attr-defined]
                    nothing.execute("SELECT name FROM nothing")
                assert name() == [("one",)]
            finally:
                cursor.execute("DROP TABLE thing")

    def it_covers_executemany(self, acme: BrandCard, globex: BrandCard, a_rows: Rows, b_rows: Rows) -> None:
        with tenant_scope(acme, TESTS):
            cursor = connection.cursor()
            cursor.execute("SELECT 1")
        with tenant_scope(globex, TESTS):
            cursor.executemany("UPDATE interactions_queue SET name = %s", [["changed"]])
        with tenant_scope(acme, TESTS):
            assert Queue.objects.get().name == "Acme orders"
        with tenant_scope(globex, TESTS):
            assert Queue.objects.get().name == "changed"

    def it_covers_copy(self, acme: BrandCard, globex: BrandCard, a_rows: Rows, b_rows: Rows) -> None:
        with tenant_scope(acme, TESTS):
            cursor = connection.cursor()
            cursor.execute("SELECT 1")
        with tenant_scope(globex, TESTS), cursor.copy("COPY interactions_queue (name) TO STDOUT") as copy:
            assert b"".join(copy) == b"Globex bills\n"

    def it_covers_callproc(self, db: None, acme: BrandCard, globex: BrandCard) -> None:
        with tenant_scope(acme, TESTS):
            cursor = connection.cursor()
            cursor.execute("SELECT 1")
        with tenant_scope(globex, TESTS):
            cursor.callproc("current_setting", ["app.brand_id"])
            assert cursor.fetchone() == (str(globex.id),)

    def it_covers_stream(self, acme: BrandCard, globex: BrandCard, a_rows: Rows, b_rows: Rows) -> None:
        with tenant_scope(acme, TESTS):
            cursor = connection.cursor()
            cursor.execute("SELECT 1")
        with tenant_scope(globex, TESTS):
            assert list(cursor.stream("SELECT name FROM interactions_queue")) == [("Globex bills",)]

    def it_refuses_to_read_a_stream_on_in_another_scope(
        self, acme: BrandCard, globex: BrandCard, db: None
    ) -> None:
        with tenant_scope(acme, TESTS):
            rows = connection.cursor().stream("SELECT * FROM generate_series(1, 1000)")
            assert next(rows) == (1,)
        with tenant_scope(globex, TESTS), pytest.raises(WrongScope):
            next(rows)
        assert is_unbound(whoami())

    def it_ends_an_abandoned_stream_at_the_next_statement(
        self, acme: BrandCard, globex: BrandCard, transactional_db: None
    ) -> None:
        with tenant_scope(acme, TESTS):
            rows = connection.cursor().stream("SELECT * FROM generate_series(1, 1000000)")
            next(rows)
        with tenant_scope(globex, TESTS):
            assert is_in(whoami(), globex)
        with pytest.raises(Exception, match="stream"):
            list(rows)

    def it_refuses_to_read_a_server_side_cursor_on_in_another_scope(
        self, acme: BrandCard, globex: BrandCard, a_rows: Rows
    ) -> None:
        with tenant_scope(acme, TESTS):
            for seq in range(2, 6):
                make_message(a_rows.interaction, seq, "more")
            rows = Message.objects.iterator(chunk_size=1)
            next(rows)
        with tenant_scope(globex, TESTS), pytest.raises(WrongScope):
            next(rows)


class DescribePool:
    def it_takes_a_brand_off_before_a_connection_goes_back(
        self, acme: BrandCard, transactional_db: None
    ) -> None:
        with tenant_scope(acme, TESTS):
            whoami()
            connection.close()
        for _ in range(3):
            raw = connection.pool.getconn()  # type: ignore[attr-defined]
            plain = raw.cursor_factory.__mro__[2]  # psycopg's, past our guard
            assert plain.__module__.startswith("django.db")
            row = plain(raw).execute(WHO).fetchone()
            connection.pool.putconn(raw)  # type: ignore[attr-defined]
            assert is_unbound(as_who(row))

    def it_rolls_back_and_takes_off_in_mid_transaction(self, acme: BrandCard, transactional_db: None) -> None:
        raw = connection.pool.getconn()  # type: ignore[attr-defined]
        raw.autocommit = False
        with tenant_scope(acme, TESTS):
            raw.execute("SELECT 1")
        connection.pool.putconn(raw)  # type: ignore[attr-defined]
        assert raw.autocommit
        assert is_unbound(whoami())

    def it_lends_what_came_back_last(self, transactional_db: None) -> None:
        pool = connection.pool  # type: ignore[attr-defined]
        first, second = pool.getconn(), pool.getconn()
        pool.putconn(second)
        pool.putconn(first)
        assert pool.getconn() is first
        pool.putconn(first)

    def it_closes_those_that_are_not_needed_and_keeps_the_one_that_is(self, transactional_db: None) -> None:
        params = {**connection.get_connection_params(), "autocommit": True}
        few: dict[str, Any] = {"min_size": 0, "max_size": 3, "max_idle": 0.6}
        with ScopedPool(connection_class=ScopedConnection, kwargs=params, open=False, **few) as pool:
            lent = [pool.getconn() for _ in range(3)]
            for raw in lent:
                pool.putconn(raw)
            while pool.get_stats()["pool_size"] > 1:
                with pool.connection() as used:
                    assert used is lent[-1]
                time.sleep(0.01)
            assert [raw.closed for raw in lent] == [True, True, False]

    def it_loses_one_statement_to_a_restarted_server_however_many_lay_there(
        self, transactional_db: None, boss: Any
    ) -> None:
        pool = connection.pool  # type: ignore[attr-defined]
        lent = [pool.getconn() for _ in range(4)]
        for raw in lent:
            boss.execute("SELECT pg_terminate_backend(%s, 2000)", [raw.info.backend_pid])
            pool.putconn(raw)
        with pytest.raises(OperationalError):
            whoami()
        connection.close()
        taken = [pool.getconn() for _ in range(4)]
        assert not {id(raw) for raw in taken} & {id(raw) for raw in lent}
        for raw in taken:
            assert raw.execute("SELECT 1").fetchone() == (1,)
            pool.putconn(raw)

    def it_closes_a_connection_that_will_not(self, acme: BrandCard, transactional_db: None) -> None:
        raw = connection.pool.getconn()  # type: ignore[attr-defined]
        with tenant_scope(acme, TESTS):
            raw.execute("SELECT 1")
        raw.pgconn.finish()
        connection.pool.putconn(raw)  # type: ignore[attr-defined]
        assert raw.closed


class DescribeOtherDoors:
    @pytest.mark.parametrize("name", ["set_tenant", "set_schema"])
    def it_keeps_those_of_django_tenants_shut(self, db: None, acme: BrandCard, name: str) -> None:
        with pytest.raises(RuntimeError, match="only way"):
            getattr(connection, name)(acme.schema_name)

    def it_keeps_the_context_managers_shut(self, db: None, acme: BrandCard) -> None:
        with (
            pytest.raises(RuntimeError, match="only way"),
            utils.schema_context(  # noqa: TID251
                acme.schema_name
            ),
        ):
            pytest.fail("entered")
        with pytest.raises(RuntimeError, match="only way"), Brand.objects.get(pk=acme.id):
            pytest.fail("entered")


def it_covers_a_pipeline(acme: BrandCard, globex: BrandCard, transactional_db: None) -> None:
    wrapper: Any = connection
    with tenant_scope(acme, TESTS):
        whoami()
    with tenant_scope(globex, TESTS), wrapper.connection.pipeline():
        cursor = connection.cursor()
        cursor.execute(WHO)
        assert is_in(as_who(cursor.fetchone()), globex)
    assert is_unbound(whoami())


def it_has_four_makers_of_grants() -> None:
    """People and keys of the API for themselves, visitors and our machinery; whoever else made one would let
    itself in.
    """
    made = {
        str(path.relative_to(PROJECT))
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Grant"
    }
    assert made == {"accounts/actor.py", "accounts/keys/access.py", "tenants/scope.py"}
