"""Physical connections, their cursors and their pool: each knows which scope is in force on it."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, cast

import psycopg
from django.db.backends.postgresql import base as upstream
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg_pool import ConnectionPool

from tenants.binding import UNBOUND, Scope, WrongScope, wanted

CONTROL = ("ROLLBACK", "SAVEPOINT", "RELEASE")


class ScopedConnection(psycopg.Connection[Any]):
    """Remembers what is in force; forgets it with anything that may have undone it."""

    in_force: bytes | None = None
    switches = 0
    streaming: Iterator[Any] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cursor_factory = cast("type[psycopg.Cursor[Any]]", ScopedCursor)
        self.server_cursor_factory = ScopedServerBindingServerCursor

    def enforce(self, scope: Scope) -> None:
        """Put the scope in force with one statement, unless it is.

        In a failed transaction nothing is sent: only the rollback can succeed there.
        """
        if self.streaming is not None:
            self.streaming.close()  # type: ignore[attr-defined]
        if self.in_force == scope.statement:
            return
        if self.pgconn.transaction_status == TransactionStatus.INERROR:
            return
        self.in_force = None
        self._send(scope.statement)
        self.in_force = scope.statement
        self.switches += 1

    def _send(self, statement: bytes) -> None:
        """Run the switch without a cursor, for a quarter of its CPU time; a pipeline takes only cursors."""
        if self.pgconn.pipeline_status:
            psycopg.ClientCursor(self).execute(statement)
            return
        with self.lock:
            result = self.pgconn.exec_(statement)
        if result.status != ExecStatus.TUPLES_OK:
            raise error_from_result(result, encoding=self.info.encoding)

    def forget(self) -> None:
        self.in_force = None

    def set_autocommit(self, value: bool) -> None:
        """Nothing to do where it is so, as it is for whoever takes a connection and gives it back."""
        if value != self.autocommit:
            super().set_autocommit(value)

    def commit(self) -> None:
        if self.pgconn.transaction_status == TransactionStatus.INERROR:  # the server will roll back
            self.forget()
        try:
            super().commit()
        except psycopg.Error as error:
            _without_detail(error)
            raise

    def rollback(self) -> None:
        self.forget()
        super().rollback()

    def close(self) -> None:
        self.forget()
        super().close()

    @contextmanager
    def transaction(
        self, savepoint_name: str | None = None, force_rollback: bool = False
    ) -> Iterator[psycopg.Transaction]:
        try:
            with super().transaction(savepoint_name, force_rollback) as block:
                yield block
        finally:
            self.forget()


class ScopedMixin:
    """Put what is bound in force at every way to send a statement. `callproc` goes through `execute`."""

    _conn: Any

    def _enforce(self, query: object = "") -> None:
        if not _is_control(query):
            self._conn.enforce(wanted())

    def execute(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        self._enforce(query)
        try:
            return super().execute(query, *args, **kwargs)  # type: ignore[misc]
        except psycopg.Error as error:
            _without_detail(error)
            raise
        finally:
            if _undoes(query):
                self._conn.forget()

    def executemany(self, query: Any, params_seq: Iterable[Any], *args: Any, **kwargs: Any) -> None:
        self._enforce()
        try:
            super().executemany(query, params_seq, *args, **kwargs)  # type: ignore[misc]
        except psycopg.Error as error:
            _without_detail(error)
            raise

    def copy(self, *args: Any, **kwargs: Any) -> AbstractContextManager[psycopg.Copy]:
        return self._copy_in_scope(*args, **kwargs)

    @contextmanager
    def _copy_in_scope(self, *args: Any, **kwargs: Any) -> Iterator[psycopg.Copy]:
        self._enforce()
        try:
            with super().copy(*args, **kwargs) as copy:  # type: ignore[misc]
                yield copy
        except psycopg.Error as error:
            _without_detail(error)
            raise

    def stream(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        """As psycopg's, but read only in the scope it began in; the connection's next statement ends it."""
        scope = wanted()
        self._conn.enforce(scope)
        rows = super().stream(*args, **kwargs)  # type: ignore[misc]
        self._conn.streaming = rows
        try:
            for row in rows:
                yield row
                if wanted() != scope:
                    raise WrongScope("a stream is read in the scope it began in")
            if self._conn.streaming is not rows:
                raise psycopg.InterfaceError("the stream was ended by another statement")
        finally:
            rows.close()
            if self._conn.streaming is rows:
                self._conn.streaming = None


class ServerScopedMixin(ScopedMixin):
    """A server-side cursor: each page must be fetched in the scope that declared it."""

    _declared: Scope | None = None

    def execute(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        self._declared = wanted()
        return super().execute(query, *args, **kwargs)

    def _same(self) -> None:
        if self._declared is not None and wanted() != self._declared:
            raise WrongScope("a server-side cursor is read in the scope that opened it")

    def fetchone(self) -> Any:
        self._same()
        return super().fetchone()  # type: ignore[misc]

    def fetchmany(self, size: int = 0) -> Any:
        self._same()
        return super().fetchmany(size)  # type: ignore[misc]

    def fetchall(self) -> Any:
        self._same()
        return super().fetchall()  # type: ignore[misc]

    def __next__(self) -> Any:
        self._same()
        return super().__next__()  # type: ignore[misc]


class ScopedCursor(ScopedMixin, upstream.Cursor):
    pass


class ScopedServerBindingCursor(ScopedMixin, upstream.ServerBindingCursor):
    pass


class PreparedCursor(ScopedServerBindingCursor):
    """Prepares each statement at its first use. Times come back in UTC, as everywhere inside.

    Where a column is of another type than when the plan was made, as amid a migration of the fleet, the
    server refuses the plan: from then on the connection prepares nothing, and what is in no transaction runs
    again.
    """

    def execute(self, query: Any, params: Any = None) -> Any:
        try:
            return super().execute(query, params, prepare=True)
        except psycopg.errors.FeatureNotSupported:
            self._conn.prepare_threshold = None
            if self._conn.pgconn.transaction_status != TransactionStatus.IDLE:
                raise
            return super().execute(query, params)

    def _send_query_prepared(self, name: bytes, pgq: Any, **kwargs: Any) -> None:
        """Keep what was sent, as psycopg does of all the rest: Django's log of statements asks for it."""
        self._query = pgq
        super()._send_query_prepared(name, pgq, **kwargs)  # type: ignore[misc]


class ScopedServerSideCursor(ServerScopedMixin, upstream.ServerSideCursor):
    pass


class ScopedServerBindingServerCursor(ServerScopedMixin, psycopg.ServerCursor[Any]):  # type: ignore[misc]
    pass


class ScopedPool(ConnectionPool[ScopedConnection]):
    """Connections go back in order and keep their scope; who takes one past our cursors finds it unbound.

    The wrapper's cursors put what is bound in force before anything is sent, and know what is in force, so to
    them a scope left from the last job is either right or replaced by the same one statement as none. Done
    here and not by the pool's `reset` callback, which costs a hand-over to a worker thread at each return.

    What came back last goes out next: its plans are made, its server process is warm and often in the right
    scope, and those that are not needed are left alone until the pool, which shrinks at the other end, closes
    them.
    """

    def getconn(self, timeout: float | None = None) -> ScopedConnection:
        """Lend a connection without a brand: role, search_path and app.brand_id are reset."""
        while True:
            conn = self.lend(timeout)
            cleanse(conn)
            if not conn.closed:
                return conn
            self.putconn(conn)

    def lend(self, timeout: float | None = None) -> ScopedConnection:
        """Lend a connection as it is, to the wrapper alone."""
        return super().getconn(timeout)

    def _get_ready_connection(self, timeout: float | None) -> ScopedConnection | None:
        """Called with the pool's lock held; upstream takes the first, as it does to shrink."""
        self._pool.rotate(1)
        return super()._get_ready_connection(timeout)

    def putconn(self, conn: ScopedConnection) -> None:
        """Take it back. A lost one takes along those that lie here: the server may have been restarted."""
        is_lost = conn.broken and conn._created_at > self._drained_at
        tidy(conn)
        super().putconn(conn)
        if is_lost:
            self.drain()


def cleanse(conn: ScopedConnection) -> None:
    """Put the unbound scope in force; a connection that will not is closed."""
    try:
        if not conn.closed:
            conn.enforce(UNBOUND)
    except psycopg.Error:
        conn.close()


def tidy(conn: ScopedConnection) -> None:
    """End what was left open: a stream, a transaction; a connection that will not is closed."""
    if conn.closed:
        return
    try:
        if conn.streaming is not None:
            conn.streaming.close()  # type: ignore[attr-defined]
        if conn.pgconn.transaction_status != TransactionStatus.IDLE:
            conn.rollback()
        conn.autocommit = True
    except psycopg.Error:
        conn.close()


def _without_detail(error: psycopg.Error) -> None:
    """Keep rows out of what will be logged: DETAIL quotes the failing one. `error.diag` still has it."""
    if error.diag.message_detail and error.diag.message_primary:
        error.args = (error.diag.message_primary,)


def _is_control(query: object) -> bool:
    """Tell whether the statement only controls the transaction: it needs no role, and may follow an error."""
    return isinstance(query, str) and query.startswith(CONTROL) and ";" not in query


def _undoes(query: object) -> bool:
    if isinstance(query, bytes):
        query = query.decode("ascii", "replace")
    return isinstance(query, str) and query.lstrip()[:8].upper().startswith(("ROLLBACK", "ABORT"))
