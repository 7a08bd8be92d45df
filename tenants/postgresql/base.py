"""DatabaseWrapper: the scope of the ContextVar is in force at every execute of every cursor.

django-tenants sets `search_path` when a cursor is made and keeps the tenant on the wrapper. Here nothing is
kept on the wrapper: `schema_name` and `tenant` answer from the ContextVar, and the physical connection
knows what is in force on it (`tenants.postgresql.connections`).
"""

from typing import Any, NoReturn

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql.base import DatabaseWrapper as Plain
from django.db.backends.postgresql.psycopg_any import IsolationLevel
from django_tenants.postgresql_backend.base import DatabaseWrapper as Upstream
from psycopg_pool import ConnectionPool

from tenants.binding import UNBOUND, Scope, current, is_undivided
from tenants.postgresql.connections import (
    PreparedCursor,
    ScopedConnection,
    ScopedCursor,
    ScopedPool,
    ScopedServerBindingCursor,
    ScopedServerSideCursor,
)

ON_REQUEST = 2**31  # so often no statement runs; None, as Django has it, prepares none, asked for or not


class DatabaseWrapper(Upstream):  # type: ignore[misc]
    """One per thread and alias, as Django makes them."""

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        binding = self.settings_dict["OPTIONS"].get("server_side_binding") is True
        params["cursor_factory"] = ScopedServerBindingCursor if binding else ScopedCursor
        params["prepare_threshold"] = ON_REQUEST
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.isolation_level = IsolationLevel.READ_COMMITTED
        if self.pool is None:
            return ScopedConnection.connect(**conn_params)
        self.pool.open()
        return self.pool.lend()

    @property
    def pool(self) -> ScopedPool | None:
        """As upstream's, with connections that know their scope."""
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == NO_DB_ALIAS or not options:
            return None
        if self.alias not in self._connection_pools:
            if self.settings_dict.get("CONN_MAX_AGE", 0) != 0:
                raise ImproperlyConfigured("CONN_MAX_AGE must be 0 where OPTIONS has a pool")
            self._connection_pools.setdefault(self.alias, self._make_pool(options))
        return self._connection_pools[self.alias]  # type: ignore[no-any-return]

    def _make_pool(self, options: dict[str, Any] | bool) -> ScopedPool:
        params = {**self.get_connection_params(), "autocommit": True}
        checked = self.settings_dict["CONN_HEALTH_CHECKS"]
        return ScopedPool(
            connection_class=ScopedConnection,
            kwargs=params,
            open=False,
            configure=self._configure_connection,
            check=ConnectionPool.check_connection if checked else None,
            **({} if options is True else options),  # type: ignore[arg-type]
        )

    def create_cursor(self, name: str | None = None) -> Any:
        binding = self.settings_dict["OPTIONS"].get("server_side_binding") is True
        if name is None or binding:
            return super().create_cursor(name)
        held = self.connection.autocommit
        return ScopedServerSideCursor(self.connection, name=name, scrollable=False, withhold=held)  # type: ignore[call-arg]

    def prepared(self) -> Any:
        """Return a cursor for written-out statements of a hot path, used as any other.

        The server keeps their plans for the connection; planning anew costs more than most of them. A plan
        that was made for another brand's schema is made anew by the server itself.
        """
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(PreparedCursor(self.connection))  # type: ignore[call-arg]

    def _savepoint_allowed(self) -> bool:
        return not is_undivided() and bool(super()._savepoint_allowed())

    def savepoint_rollback(self, sid: str) -> None:
        try:
            Plain.savepoint_rollback(self, sid)
        finally:
            if self.connection is not None:
                self.connection.forget()

    @property
    def switches(self) -> int:
        """How many statements this thread's connection was sent to put a scope in force."""
        return self.connection.switches if self.connection is not None else 0

    # What django-tenants keeps on the wrapper.

    @property
    def schema_name(self) -> str:
        return (current() or UNBOUND).schema

    @schema_name.setter
    def schema_name(self, value: str | None) -> None:
        if value not in {None, "public"}:
            _refuse()

    @property
    def tenant(self) -> Scope:
        return current() or UNBOUND

    @tenant.setter
    def tenant(self, value: object) -> None:
        if value is not None:
            _refuse()

    def set_tenant(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse()

    def set_schema(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse()

    def set_schema_to_public(self) -> None:
        """Called by upstream's constructor; nothing is bound there, and nothing changes."""

    def _handle_search_path(self, cursor: Any = None) -> None:
        """Left to the cursors: a scope is in force when a statement runs, not when a cursor is made."""


def _refuse() -> NoReturn:
    raise RuntimeError("tenants.scope.tenant_scope is the only way into a brand")
