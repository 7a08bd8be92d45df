"""What is bound now: role, schema and brand, in a ContextVar. The backend enforces it, the guard reads it.

Free of models, because the database backend is loaded before there are any. The rooms use `tenants.scope`.
"""

import contextlib
import inspect
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from types import FrameType, TracebackType

GENERATOR = inspect.CO_GENERATOR
MANAGER_ENTER = contextlib._GeneratorContextManager.__enter__.__code__
ASYNC = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR | inspect.CO_ITERABLE_COROUTINE


class WrongScope(RuntimeError):
    """Something of one brand was used in the scope of another, or where none is bound. A bug, never input."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A role, the schema it looks into first, and the brand it works for (None: no brand's rows in sight)."""

    schema: str
    role: str
    brand_id: int | None
    statement: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "statement", _statement(self.role, self.schema, self.brand_id))

    @property
    def schema_name(self) -> str:
        """What django-tenants calls it."""
        return self.schema


def _statement(role: str, schema: str, brand_id: int | None) -> bytes:
    """Compose the one statement that puts role, search_path and app.brand_id in force."""
    path = "public" if schema == "public" else f'"{_plain(schema)}", public'
    brand = "" if brand_id is None else str(int(brand_id))
    return (
        f"SELECT set_config('role', '{_plain(role)}', false), set_config('search_path', '{path}', false),"
        f" set_config('app.brand_id', '{brand}', false)"
    ).encode()


def _plain(name: str) -> str:
    if not name.replace("_", "").isalnum() or not name.isascii():
        raise ValueError(f"not a name of ours: {name!r}")
    return name


UNBOUND = Scope("public", "none", None)
LABOUR = Scope("public", "none", None)
brand_scope = lru_cache(maxsize=1024)(Scope)


class _Binding:
    """One entered scope; `frame` is kept when it was entered in a generator, which may be suspended."""

    __slots__ = ("ended", "frame", "outer", "scope")

    def __init__(self, scope: Scope, frame: FrameType | None, outer: "_Binding | None") -> None:
        self.scope = scope
        self.frame = frame
        self.outer = outer
        self.ended = False


_bound: ContextVar[_Binding | None] = ContextVar("trunkline_scope", default=None)


def current() -> Scope | None:
    """Return the scope that is bound here, None for nothing.

    Raises WrongScope when a generator entered it and was suspended inside: whoever runs now is not in it.
    """
    binding = _bound.get()
    if binding is None:
        return None
    if binding.frame is not None and binding.frame.f_back is None:
        raise WrongScope(
            "a generator was suspended inside a scope: fetch page by page, each in its own scope"
        )
    return binding.scope


def wanted() -> Scope:
    """Return what must be in force for the next statement."""
    return current() or UNBOUND


def current_brand() -> int | None:
    scope = current()
    return scope.brand_id if scope else None


_undivided: ContextVar[bool] = ContextVar("trunkline_undivided", default=False)


@contextlib.contextmanager
def undivided() -> Iterator[None]:
    """Set no savepoints within: for a verb of many verbs, inside its transaction.

    Whatever fails in the block undoes all of it. Who catches an error in there and goes on gets nothing
    written: Django refuses the next statement.
    """
    token = _undivided.set(True)
    try:
        yield
    finally:
        _undivided.reset(token)


def is_undivided() -> bool:
    return _undivided.get()


def _holder(frame: FrameType) -> FrameType:
    """Return who really holds the block: a context manager made of a generator is held by its caller."""
    while frame.f_code.co_flags & GENERATOR and frame.f_back and frame.f_back.f_code is MANAGER_ENTER:
        frame = frame.f_back.f_back or frame.f_back
    return frame


class Bound:
    """Binds a scope for the length of one `with` block; an instance serves once."""

    __slots__ = ("_binding", "_scope")

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._binding: _Binding | None = None

    def __enter__(self) -> Scope:
        if self._binding is not None:
            raise WrongScope("a scope is entered once: make a new one for each block and thread")
        frame = _holder(sys._getframe(1))
        if frame.f_code.co_flags & ASYNC:
            raise WrongScope("no scope in a coroutine: enter it in a function given to core.executor.run_db")
        suspendable = frame if frame.f_code.co_flags & GENERATOR else None
        self._binding = _Binding(self._scope, suspendable, _bound.get())
        _bound.set(self._binding)
        return self._scope

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Bind again what was bound around it. A scope that ends out of order leaves the inner one bound."""
        ending = self._binding
        if ending is None:
            raise WrongScope("a scope that was never entered cannot end")
        ending.ended, ending.frame = True, None
        if _bound.get() is ending:
            _bound.set(_alive(ending.outer))
        elif error is None:
            raise WrongScope("scopes ended out of order: a generator was suspended inside one")


def _alive(binding: _Binding | None) -> _Binding | None:
    while binding is not None and binding.ended:
        binding = binding.outer
    return binding
