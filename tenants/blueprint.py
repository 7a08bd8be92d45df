"""All brand migrations as one text of DDL: captured once while Django runs them, replayed for each schema
after.

Replaying takes a fifteenth of the time of migrating. A plan with Python in it (RunPython, and
SeparateDatabaseAndState, which may hold anything) is not captured: its schemas are migrated by Django.
"""

import hashlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations import Migration, RunPython, SeparateDatabaseAndState
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from tenants import grants
from tenants.fingerprint import FORM
from tenants.router import labels

Plan = Sequence[tuple[Migration, bool]]
PASSING = ("SELECT", "SHOW", "SET SEARCH_PATH", "SAVEPOINT", "RELEASE", "ROLLBACK")


class NotReplayable(RuntimeError):
    """What was captured cannot be used for another schema."""


@cache
def digest() -> str:
    """Name the brand migrations on disk, the rights that come with them and how results are compared."""
    rights = sorted((table, sorted(verbs)) for table, verbs in grants.BRAND_LESS.items())
    summed = hashlib.sha256(repr((FORM, rights)).encode())
    for label, file in sorted(_on_disk(), key=lambda pair: (pair[0], pair[1].stem)):
        summed.update(f"{label}.{file.stem}\n".encode())
        summed.update(file.read_bytes())
    return summed.hexdigest()


def _on_disk() -> Iterator[tuple[str, Path]]:
    """Return the files of the brand migrations with their apps; none is loaded, as every process may ask."""
    for label in labels("TENANT_APPS"):
        name, _explicit = MigrationLoader.migrations_module(label)
        package = import_module(str(name))
        yield from (
            (label, Path(package.__path__[0], f"{module.name}.py"))
            for module in pkgutil.iter_modules(package.__path__)
            if module.name[0] not in "_~"
        )


def pending(executor: MigrationExecutor) -> Plan:
    """Return the brand migrations that the bound schema has not had."""
    leaves = [node for node in executor.loader.graph.leaf_nodes() if node[0] in labels("TENANT_APPS")]
    return executor.migration_plan(leaves)


def is_replayable(plan: Plan) -> bool:
    return all(migration.atomic and not _has_python(migration.operations) for migration, _ in plan)


def migrate(
    executor: MigrationExecutor | None = None, *, after_each: Callable[[], object] = lambda: None
) -> None:
    """Let Django bring the bound schema up to date; `after_each` runs after each migration.

    `executor`: one that was made in this scope; to make one reads all migrations.
    """
    executor = executor or MigrationExecutor(connection)
    executor.recorder.ensure_schema()
    state = executor._create_project_state(with_applied_migrations=True)  # type: ignore[attr-defined]
    for migration, _ in pending(executor):
        state = executor.apply_migration(state, migration)
        after_each()


@contextmanager
def captured(schema: str) -> Iterator[list[str]]:
    """Collect every statement that changes something; raises NotReplayable when one names this schema."""
    statements: list[str] = []

    def note(
        execute: Callable[..., Any], query: Any, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        if not str(query).lstrip().upper().startswith(PASSING):
            statements.append(_literal(query, params, context))
        return execute(query, params, many, context)

    with connection.execute_wrapper(note):
        yield statements
    if any(schema in statement for statement in statements):
        raise NotReplayable("a migration writes the name of its schema into its SQL")


def as_batch(statements: Sequence[str]) -> str:
    return ";\n".join(statement.rstrip().rstrip(";") for statement in statements) + ";"


def _literal(query: Any, params: Any, context: dict[str, Any]) -> str:
    """Return the statement with its parameters written in."""
    return str(query) if params is None else str(context["cursor"].cursor.mogrify(query, params))


def _has_python(operations: Sequence[Operation]) -> bool:
    return any(isinstance(operation, (RunPython, SeparateDatabaseAndState)) for operation in operations)
