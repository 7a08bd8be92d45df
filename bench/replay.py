"""Statements recorded from the verbs and replayed without them: the same SQL, the ORM left out.

Two messages in a row are recorded. A value that rose by one is a number that goes on rising; a uuid or an
instant that changed is made fresh each time; all else is sent as it was.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

Recorded = list[tuple[str, tuple[Any, ...]]]
Value = dict[str, Any]
TALK = 20  # so many messages to an answer, on both sides of the comparison
ANSWER = {"in": "out", "contact": "agent"}
CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK")


@dataclass
class Statement:
    """SQL with %s, and how each of its values is made: {"kind", "value"}."""

    text: str
    values: list[Value]


@dataclass
class Replay:
    """`writes` are one transaction, `reads` what follows it. Counts how often it was played."""

    schema: str
    role: str
    writes: list[Statement]
    reads: list[Statement]
    turn: int = field(default=0, repr=False)

    @classmethod
    def load(cls, path: Path) -> Self:
        raw = json.loads(path.read_text())
        writes, reads = ([Statement(**each) for each in raw[name]] for name in ("writes", "reads"))
        return cls(raw["schema"], raw["role"], writes, reads)

    def save(self, path: Path) -> None:
        parts = {name: [vars(each) for each in getattr(self, name)] for name in ("writes", "reads")}
        path.write_text(json.dumps({"schema": self.schema, "role": self.role, **parts}))

    def write(self) -> Iterator[tuple[str, list[Any]]]:
        """Return the next message's statements and their values."""
        self.turn += 1
        swap = ANSWER if self.turn % TALK == 0 else {}
        for each in self.writes:
            values = [_made(value, self.turn) for value in each.values]
            yield each.text, [swap.get(value, value) if isinstance(value, str) else value for value in values]

    def read(self) -> Iterator[tuple[str, list[Any]]]:
        """Return the statements that read it back."""
        return ((each.text, [_made(value, self.turn) for value in each.values]) for each in self.reads)


def merged(first: Recorded, second: Recorded) -> list[Statement]:
    """Make statements of two recordings of the same work. Raises ValueError when they differ in their SQL."""
    if [text for text, _values in first] != [text for text, _values in second]:
        raise ValueError("the two recordings are not of the same statements")
    pairs = zip(first, second, strict=True)
    return [
        Statement(text, [_described(a, b) for a, b in zip(before, after, strict=True)])
        for (text, before), (_text, after) in pairs
    ]


@dataclass
class Recorder:
    """A Django execute wrapper that keeps the statements: `with recorder.on(connection.execute_wrapper)`."""

    taken: Recorded = field(default_factory=list)

    def __call__(
        self,
        execute: Callable[..., Any],
        text: str,
        values: Sequence[Any],
        many: bool,
        context: Mapping[str, Any],
    ) -> Any:
        if not text.startswith(CONTROL):
            self.taken.append((text, tuple(values or ())))
        return execute(text, values, many, context)

    def on(self, wrapper: Callable[[Any], AbstractContextManager[None]]) -> AbstractContextManager[None]:
        self.taken = []
        return wrapper(self)


def _described(before: Any, after: Any) -> Value:
    match after:
        case bool() | None | str():
            return {"kind": "plain", "value": after}
        case int() if before != after:
            return {"kind": "number", "value": after, "step": after - before}
        case int():
            return {"kind": "plain", "value": after}
        case UUID():
            return {"kind": "uuid" if before == after else "fresh", "value": str(after)}
        case datetime():
            return {"kind": "now", "value": None}
        case Jsonb():
            return {"kind": "json", "value": after.obj}
        case list():
            each = [_described(*pair) for pair in zip(before, after, strict=True)]
            return {"kind": "list", "value": each}
    raise ValueError(f"cannot replay a {type(after).__name__}")


def _made(value: Value, turn: int) -> Any:
    match value["kind"]:
        case "number":
            return value["value"] + value["step"] * turn
        case "fresh":
            return uuid4()
        case "uuid":
            return UUID(value["value"])
        case "now":
            return datetime.now(UTC)
        case "json":
            return Jsonb(value["value"])
        case "list":
            return [_made(one, turn) for one in value["value"]]
    return value["value"]
