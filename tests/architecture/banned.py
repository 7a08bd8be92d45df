"""What no file may say, outside the one that owns it; each rule with lines to pass and lines to catch."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Nodes = Iterator[ast.AST]
SCOPES = {"tenant_scope", "labour_scope"}


@dataclass(frozen=True)
class Rule:
    """`finds` yields the offending nodes of a module; `owners` are the files that may."""

    name: str
    instead: str
    finds: Callable[[ast.Module], Nodes]
    owners: tuple[str, ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]


def uses(*names: str) -> Callable[[ast.Module], Nodes]:
    """Find every import, call or mention of the names; defining a method of that name is no use."""

    def find(module: ast.Module) -> Nodes:
        for node in ast.walk(module):
            mentioned = {
                ast.Name: lambda n: {n.id},
                ast.Attribute: lambda n: {n.attr},
                ast.ImportFrom: lambda n: {alias.name for alias in n.names},
            }.get(type(node), lambda n: set())(node)
            if mentioned & set(names):
                yield node

    return find


def sends_tasks(module: ast.Module) -> Nodes:
    """Find whatever gives a task to Celery; `delay` only where it is called, as it is also a plain word."""
    yield from uses("apply_async", "send_task", "delay_on_commit", "apply_async_on_commit")(module)
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "delay":
            yield node


def yields_in_scope(module: ast.Module) -> Nodes:
    """Find `yield` and `await` inside `with tenant_scope(...)`, except in a context manager."""
    for function in ast.walk(module):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and not _is_context_manager(function):
            for block in _own(function):
                if isinstance(block, ast.With | ast.AsyncWith) and _opens_scope(block):
                    yield from (
                        node
                        for node in _own(block)
                        if isinstance(node, ast.Yield | ast.YieldFrom | ast.Await)
                    )


def _own(root: ast.AST) -> Nodes:
    """Walk below a node without entering functions defined in it."""
    for child in ast.iter_child_nodes(root):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _own(child)


def _opens_scope(block: ast.With | ast.AsyncWith) -> bool:
    calls = [item.context_expr for item in block.items if isinstance(item.context_expr, ast.Call)]
    return any(_name(call.func) in SCOPES for call in calls)


def _is_context_manager(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(_name(mark) in {"contextmanager", "asynccontextmanager"} for mark in function.decorator_list)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


RULES = [
    Rule(
        name="another way into a brand",
        instead="tenants.scope.tenant_scope",
        finds=uses("schema_context", "tenant_context", "set_tenant", "set_schema", "set_schema_to_public"),
        owners=("tenants/",),
        good=("with tenant_scope(brand, grant): pass", "def set_tenant(self): pass"),
        bad=(
            "from django_tenants.utils import schema_context",
            "connection.set_tenant(brand)",
            "with tenant_context(brand): pass",
        ),
    ),
    Rule(
        name="a bridge from async that keeps a connection",
        instead="core.executor.run_db",
        finds=uses("sync_to_async", "database_sync_to_async"),
        owners=("core/executor.py",),
        good=("rows = await run_db(fetch, ref)",),
        bad=("from asgiref.sync import sync_to_async", "await asgiref.sync.sync_to_async(fetch)()"),
    ),
    Rule(
        name="publishing past core.live",
        instead="core.live.publish",
        finds=uses("group_send", "async_to_sync"),
        owners=("core/live.py",),
        good=(
            "publish(group('agent', 1), {})",
            "await self.channel_layer.group_add(name, self.channel_name)",
        ),
        bad=("await channel_layer.group_send(name, {})", "from asgiref.sync import async_to_sync"),
    ),
    Rule(
        name="a date whose months are large in every language",
        instead="core.dates.dated",
        finds=uses("date_format"),
        owners=("core/dates.py",),
        good=('dated(day, "j M Y")',),
        bad=("from django.utils.formats import date_format", 'formats.date_format(day, "j M Y")'),
    ),
    Rule(
        name="a task sent without its brand, or before the commit",
        instead="tenants.tasks.enqueue",
        finds=sends_tasks,
        owners=("tenants/tasks.py",),
        good=("enqueue(fire_timers, brand=card)", "wait = run.delay", "pause(run.delay)"),
        bad=(
            "fire_timers.delay(brand_id=1)",
            "transaction.on_commit(fire_timers.apply_async)",
            "app.send_task('interactions.tasks.fire_timers')",
        ),
    ),
    Rule(
        name="a scope held across a yield",
        instead="fetch page by page, each page in its own scope",
        finds=yields_in_scope,
        owners=(),
        good=(
            "def pages():\n    with tenant_scope(b, g):\n        rows = list(q)\n    yield rows",
            "@contextmanager\ndef scope():\n    with tenant_scope(b, g):\n        yield",
            "def one():\n  with tenant_scope(b, g):\n    def inner():\n      yield 1\n    return inner()",
        ),
        bad=(
            "def stream():\n    with tenant_scope(b, g):\n        for row in q:\n            yield row",
            "async def push():\n    with labour_scope():\n        await send()",
        ),
    ),
]
