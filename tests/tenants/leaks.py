"""The known ways to leak, as experiments that count what went wrong; each with the guard that stops it, to
switch off.

An experiment returns how often a brand's rows, or its role, were met where another brand (or none) was
meant. A refusal is no leak. `sabotage` takes the guard away, and then the experiment must count something:
else it would prove nothing.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction
from django.db.backends.postgresql.base import Cursor
from django_tenants.models import TenantMixin

from core import executor
from interactions.models import Message, Queue
from tenants import binding, guard
from tenants.binding import Scope
from tenants.cards import BrandCard
from tenants.models import Brand
from tenants.postgresql import connections as physical
from tenants.postgresql.base import DatabaseWrapper
from tenants.roles import names
from tenants.scope import WrongScope, tenant_scope
from tests.factories import TESTS
from tests.tenants.rows import WHO, World, as_who, is_in, make_message, whoami

wrapper: Any = connection
REFUSALS = (WrongScope, ProgrammingError, RuntimeError)
PATIENCE = 60  # seconds after which a thread must hang


Experiment = Callable[[World], int]
Sabotage = Callable[[pytest.MonkeyPatch], None]


def is_of(who: tuple[str, str, str], card: BrandCard) -> bool:
    """Tell whether any of role, path, brand is that of the card."""
    return who[0] == card.role_name or card.schema_name in who[1] or who[2] == str(card.id)


def refused(job: Callable[[], int]) -> int:
    """Return what the job counted, nothing when it was refused; threads that did not meet prove nothing."""
    try:
        return job()
    except threading.BrokenBarrierError:
        raise
    except REFUSALS:
        return 0


def in_threads(jobs: list[Callable[[], int]]) -> int:
    """Run the jobs at once, each in a thread of its own; returns the sum of what they counted."""

    def run(job: Callable[[], int]) -> int:
        try:
            return refused(job)
        finally:
            with suppress(Exception):
                connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return sum(pool.map(run, jobs))


# 1 ----------------------------------------------------------------------------


def one_block_in_two_threads(world: World) -> int:
    """A scope object shared by threads, as a decorator shares it: who leaves must not stay in."""
    block = tenant_scope(world.a, TESTS)
    meet = threading.Barrier(2, timeout=PATIENCE)
    left = threading.Event()

    def enter(first: bool) -> int:
        try:
            block.__enter__()
            meet.wait()
        except (WrongScope, threading.BrokenBarrierError):
            meet.abort()
        if not first:
            left.wait(PATIENCE)
        with suppress(WrongScope):
            block.__exit__(None, None, None)
        left.set()
        return int(is_of(whoami(), world.a))

    return in_threads([lambda: enter(True), lambda: enter(False)])


def off_one_entry(patch: pytest.MonkeyPatch) -> None:
    original = binding.Bound.__enter__

    def enter(self: Any) -> Scope:
        self._binding = None
        return original(self)

    patch.setattr(binding.Bound, "__enter__", enter)


# 2 ----------------------------------------------------------------------------


def with_the_brand_itself(world: World) -> int:
    """`with brand:` inside `with brand:` in two threads, as django-tenants offers it: each must come out at
    home. The first goes in and comes out before the second.
    """
    meet = threading.Barrier(2, timeout=PATIENCE)
    entered, left = threading.Event(), threading.Event()
    a, b = Brand.objects.get(pk=world.a.id), Brand.objects.get(pk=world.b.id)

    def visit(home: Brand, away: Brand, first: bool) -> int:
        try:
            home.__enter__()
            meet.wait()
            if not first:
                entered.wait(PATIENCE)
            away.__enter__()
            entered.set()
            meet.wait()
        except REFUSALS:
            entered.set()
            meet.abort()
            return 0
        if not first:
            left.wait(PATIENCE)
        TenantMixin.__exit__(away, None, None, None)
        left.set()
        return int(whoami()[0] != home.role_name)

    return in_threads([lambda: visit(a, b, True), lambda: visit(b, a, False)])


def off_other_doors(patch: pytest.MonkeyPatch) -> None:
    """As upstream: the tenant stands on the thread's wrapper."""

    def set_tenant(self: Any, tenant: Any, include_public: bool = True) -> None:
        self.__dict__["kept"] = tenant

    def wanted() -> Scope:
        kept = connections["default"].__dict__.get("kept")
        return Scope(kept.schema_name, kept.role_name, kept.pk) if kept else binding.UNBOUND

    patch.setattr(Brand, "__enter__", TenantMixin.__enter__)
    patch.setattr(Brand, "activate", TenantMixin.activate)
    patch.setattr(DatabaseWrapper, "set_tenant", set_tenant)
    patch.setattr(
        DatabaseWrapper, "tenant", property(lambda self: self.__dict__.get("kept"), lambda s, v: None)
    )
    patch.setattr(physical, "wanted", wanted)


# 3 ----------------------------------------------------------------------------


def a_scope_set_once_at_connect(world: World) -> int:
    """Consumers of A and then of B enter and never leave; what those of A do later must not be done in B."""

    def connect(card: BrandCard) -> None:
        ExitStack().enter_context(tenant_scope(card, TESTS))
        time.sleep(0.005)

    async def all_of_them() -> int:
        for card in (world.a, world.b):
            await asyncio.gather(*(executor.run_db(connect, card) for _ in range(3 * executor.THREADS)))
        later = [executor.run_db(refused_who) for _ in range(3 * executor.THREADS)]
        return sum(is_of(who, world.b) for who in await asyncio.gather(*later))

    return asyncio.run(all_of_them())


def refused_who() -> tuple[str, str, str]:
    try:
        return whoami()
    except REFUSALS:
        return ("", "", "")


def off_empty_context(patch: pytest.MonkeyPatch) -> None:
    here = SimpleNamespace(run=lambda job: job())
    patch.setattr(executor, "contextvars", SimpleNamespace(Context=lambda: here))


# 4 ----------------------------------------------------------------------------


def another_thread(world: World) -> int:
    """Work handed to a thread that never entered: it must not read the brand of who handed it over."""

    def look() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM interactions_message")
            return int(cursor.fetchone()[0])

    with tenant_scope(world.a, TESTS):
        return in_threads([look])


class Everywhere:
    """A process-wide variable in the place of the ContextVar."""

    def __init__(self) -> None:
        self.value: Any = None

    def get(self) -> Any:
        return self.value

    def set(self, value: Any) -> None:
        self.value = value


def off_context_variable(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(binding, "_bound", Everywhere())


# 5, 6 ----------------------------------------------------------------------------


def _many_clients(world: World, statement: Callable[[], tuple[str, str, str]]) -> int:
    """Six clients on two physical connections, 400 statements each."""
    connection.close()
    wrapper.pool.close()
    del wrapper._connection_pools["default"]
    options = connection.settings_dict["OPTIONS"]["pool"]
    size, options["max_size"] = options["max_size"], 2

    def client(number: int) -> int:
        wrong = 0
        for turn in range(400):
            card = (world.a, world.b)[(number + turn // 7) % 2]
            with suppress(*REFUSALS), tenant_scope(card, TESTS):
                wrong += not is_in(statement(), card)
            if turn % 5 == 0:
                connection.close()
        return wrong

    try:
        return in_threads([lambda n=n: client(n) for n in range(6)])  # type: ignore[misc]
    finally:
        options["max_size"] = size
        wrapper.close_pool()


def many_clients_on_two_connections(world: World) -> int:
    return _many_clients(world, whoami)


def many_clients_with_transactions(world: World) -> int:
    def statement() -> tuple[str, str, str]:
        with transaction.atomic():
            return whoami()

    return _many_clients(world, statement)


def off_memory_of_the_connection(patch: pytest.MonkeyPatch) -> None:
    """As upstream: what is in force is remembered beside the thread, and nothing is taken off in the pool."""
    known = threading.local()
    original = physical.ScopedConnection.enforce

    def enforce(self: Any, scope: Scope) -> None:
        if getattr(known, "statement", None) == scope.statement:
            return
        self.in_force = None
        original(self, scope)
        known.statement = scope.statement

    patch.setattr(physical.ScopedConnection, "enforce", enforce)
    patch.setattr(physical, "cleanse", lambda conn: None)


# 7, 8 ----------------------------------------------------------------------------


def a_queryset_taken_along(world: World) -> int:
    with tenant_scope(world.a, TESTS):
        rows = Message.objects.filter(seq=1)
    with tenant_scope(world.b, TESTS):
        return refused(lambda: len(rows))


def a_row_saved_elsewhere(world: World) -> int:
    with tenant_scope(world.a, TESTS):
        queue = Queue.objects.get()

    def save() -> int:
        queue.save()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM interactions_queue WHERE name = %s", [queue.name])
            return int(cursor.fetchone()[0])

    with tenant_scope(world.b, TESTS), transaction.atomic():
        found = refused(save)
        transaction.set_rollback(True)
    return found


def off_object_guard(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(guard, "_require", lambda made_in, doing: made_in or 0)


# 9 ----------------------------------------------------------------------------


def threads_at_once(world: World) -> int:
    """Eight threads, 75 calls each."""
    meet = threading.Barrier(8, timeout=PATIENCE)

    def calls(number: int) -> int:
        meet.wait()
        return sum(one_call(number, turn) for turn in range(75))

    def one_call(number: int, turn: int) -> int:
        card = (world.a, world.b)[(number + turn) % 2]
        wrong = 0
        with suppress(*REFUSALS), tenant_scope(card, TESTS):
            wrong += is_of(whoami(), world.other(card))
            wrong += Message.objects.get(seq=1).body != f"secret of {card.slug}"
            wrong += is_of(whoami(), world.other(card))
        return wrong

    return in_threads([lambda n=n: calls(n) for n in range(8)])  # type: ignore[misc]


# 10 ----------------------------------------------------------------------------


def a_qualified_name(world: World) -> int:
    """SQL that names another brand's table outright."""

    def read() -> int:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'SELECT count(*) FROM "{world.b.schema_name}".interactions_message')
            return int(cursor.fetchone()[0])

    with tenant_scope(world.a, TESTS):
        return refused(read) + refused(read)


def off_roles(patch: pytest.MonkeyPatch) -> None:
    """One role for all brands."""
    owner = names().owner
    patch.setattr("tenants.scope.brand_scope", lambda schema, role, brand_id: Scope(schema, owner, brand_id))


# the rest ----------------------------------------------------------------------------


def a_cursor_taken_along(world: World) -> int:
    with tenant_scope(world.a, TESTS):
        cursor = connection.cursor()
        cursor.execute(WHO)
    with tenant_scope(world.b, TESTS):
        cursor.execute(WHO)
        wrong = int(is_of(cursor.fetchone(), world.a))
    cursor.execute(WHO)
    who = cursor.fetchone()
    return wrong + int(is_of(who, world.a) or is_of(who, world.b))


def off_enforcing_at_execute(patch: pytest.MonkeyPatch) -> None:
    """As upstream: when the cursor is made."""
    original = DatabaseWrapper.create_cursor

    def create_cursor(self: Any, name: str | None = None) -> Any:
        self.connection.enforce(binding.wanted())
        return original(self, name)

    patch.setattr(DatabaseWrapper, "create_cursor", create_cursor)
    patch.setattr(physical.ScopedMixin, "_enforce", lambda self, query="": None)


def an_error_that_leaves_before_its_savepoint(world: World) -> int:
    """The server goes back to what was in force at the savepoint; what follows must know."""

    def play() -> int:
        with transaction.atomic():
            with tenant_scope(world.b, TESTS):
                whoami()
            with suppress(IntegrityError), transaction.atomic(), tenant_scope(world.a, TESTS):
                make_message(Message.objects.get().interaction, 1, "twice")
            with tenant_scope(world.a, TESTS):
                return int(is_of(whoami(), world.b))

    return refused(play)


def off_forgetting(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(physical.ScopedConnection, "forget", lambda self: None)


def a_suspended_generator(world: World) -> int:
    def rows() -> Generator[int]:
        with tenant_scope(world.a, TESTS):
            yield 1

    suspended = rows()
    next(suspended)
    try:
        return refused(lambda: int(is_of(whoami(), world.a)))
    finally:
        suspended.close()


def off_suspension_check(patch: pytest.MonkeyPatch) -> None:
    def current() -> Scope | None:
        found = binding._bound.get()
        return found.scope if found else None

    patch.setattr(binding, "current", current)


def a_raw_pool_connection(world: World) -> int:
    with tenant_scope(world.a, TESTS):
        whoami()
        connection.close()
    wrong = 0
    taken = [wrapper.pool.getconn() for _ in range(3)]
    for raw in taken:
        plain: Any = Cursor(raw)  # type: ignore[call-arg] # past the guard of our cursors
        wrong += is_of(as_who(plain.execute(WHO).fetchone()), world.a)
        wrapper.pool.putconn(raw)
    return wrong


def off_cleansing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(physical, "cleanse", lambda conn: None)


def an_abandoned_stream(world: World) -> int:
    """Rows of A read on while B is bound."""
    with tenant_scope(world.a, TESTS):
        whoami()
        rows = connection.cursor().stream("SELECT body FROM interactions_message, generate_series(1, 100)")
        next(rows)
    with tenant_scope(world.b, TESTS):
        wrong = refused(lambda: len([body for (body,) in rows if "acme" in body]))
    rows.close()
    return wrong


def off_stream_check(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        physical.ScopedMixin, "stream", lambda self, *args: super(physical.ScopedMixin, self).stream(*args)
    )


EXPERIMENTS: dict[str, tuple[Experiment, Sabotage]] = {
    "1 a block shared by threads": (one_block_in_two_threads, off_one_entry),
    "2 with the brand itself": (with_the_brand_itself, off_other_doors),
    "3 a scope set once at connect": (a_scope_set_once_at_connect, off_empty_context),
    "4 another thread": (another_thread, off_context_variable),
    "5 many clients, two connections": (many_clients_on_two_connections, off_memory_of_the_connection),
    "6 the same in transactions": (many_clients_with_transactions, off_memory_of_the_connection),
    "7 a queryset taken along": (a_queryset_taken_along, off_object_guard),
    "8 a row saved elsewhere": (a_row_saved_elsewhere, off_object_guard),
    "9 threads at once": (threads_at_once, off_context_variable),
    "10 a qualified name": (a_qualified_name, off_roles),
    "a cursor taken along": (a_cursor_taken_along, off_enforcing_at_execute),
    "an error before its savepoint": (an_error_that_leaves_before_its_savepoint, off_forgetting),
    "a suspended generator": (a_suspended_generator, off_suspension_check),
    "a raw pool connection": (a_raw_pool_connection, off_cleansing),
    "an abandoned stream": (an_abandoned_stream, off_stream_check),
}


@contextmanager
def sabotaged(sabotage: Sabotage) -> Iterator[None]:
    """Run with a guard switched off, on connections that nobody uses after."""
    with pytest.MonkeyPatch.context() as patch:
        sabotage(patch)
        yield
    binding._bound.set(None)
    connection.close()
    wrapper.close_pool()
