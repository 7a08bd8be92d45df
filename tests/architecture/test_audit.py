"""Every verb of the audit trail has its words, wherever it is written.

The verbs are read out of the code: constants, constants of the module, what a function of the same file is
given for the parameter that it hands on. A verb put together of more than that stands in MADE with its file.
"""

import ast
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from string import Formatter

import pytest
from django.utils.functional import Promise

from config.launch.layout import PROJECT
from tenants.trail.verbs import VERBS, Verb, internal, shared_codes, verb_of

ROOMS = (
    "config", "desk", "portal", "reporting", "routing", "interactions", "crm", "events", "workforce",
    "accounts", "tenants",
)  # fmt: skip
MADE: dict[str, set[str]] = {
    "tenants/admin.py": {
        "brand.changed", "domain.created", "domain.changed", "domain.deleted", "endpoint.changed",
        "endpoint.deleted", "clientgroup.created", "clientgroup.changed", "clientgroup.deleted",
    },
    "interactions/actions/settings.py": {
        "queue.created", "queue.changed", "inbox.created", "inbox.changed", "disposition.created",
        "disposition.changed",
    },
    "interactions/asking/actions.py": {
        "request.opened", "request.reopened", "request.answered", "request.cancelled",
    },
    "tenants/actions.py": {"brand.soft", "brand.live", "brand.paused"},
}  # fmt: skip


class Source:
    """One file and what it writes into the trail."""

    def __init__(self, path: Path) -> None:
        self.name = str(path.relative_to(PROJECT))
        self.tree = ast.parse(path.read_text())
        self.inside = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}
        self.constants = {
            target.id: node.value.value
            for node in self.tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name) and isinstance(node.value.value, str)
        }

    def verbs(self) -> Iterator[str]:
        """Yield each verb that is written here; `?` for one that cannot be read out of the code."""
        names = self.names_of_audit()
        for call in self.calls(names):
            yield from self.values(call, 0, "verb")

    def names_of_audit(self) -> set[str]:
        return {
            alias.asname or alias.name
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom) and node.module == "tenants.audit"
            for alias in node.names
            if alias.name == "audit"
        }

    def calls(self, names: set[str]) -> Iterator[ast.Call]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if called in names:
                    yield node

    def values(self, call: ast.Call, place: int, word: str, depth: int = 0) -> Iterator[str]:
        given = [key.value for key in call.keywords if key.arg == word] or call.args[place : place + 1]
        for value in given:
            yield from self.read(value, call, depth)

    def read(self, value: ast.expr, call: ast.Call, depth: int) -> Iterator[str]:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value
        elif isinstance(value, ast.IfExp):
            yield from self.read(value.body, call, depth)
            yield from self.read(value.orelse, call, depth)
        elif isinstance(value, ast.Name) and value.id in self.constants:
            yield self.constants[value.id]
        elif isinstance(value, ast.Name) and depth < 3 and (handed := self.handed_on(value.id, call)):
            function, place = handed
            outside = list(self.calls({function.name}))
            for outer in outside:
                yield from self.values(outer, place, value.id, depth + 1)
            if not outside:
                yield "?"
        elif isinstance(value, ast.Name) and depth < 3 and (local := self.set_before(value.id, call)):
            yield from self.read(local, call, depth + 1)
        elif isinstance(value, ast.JoinedStr):
            parts = [set(self.part(part, call, depth)) for part in value.values]
            whole = {"".join(words) for words in product(*parts)}
            yield from {"?"} if any("?" in words for words in whole) else whole
        else:
            yield "?"

    def part(self, part: ast.expr, call: ast.Call, depth: int) -> Iterator[str]:
        yield from self.read(part.value if isinstance(part, ast.FormattedValue) else part, call, depth)

    def around(self, call: ast.Call) -> ast.FunctionDef | None:
        node: ast.AST | None = call
        while node is not None and not isinstance(node, ast.FunctionDef):
            node = self.inside.get(node)
        return node

    def set_before(self, name: str, call: ast.Call) -> ast.expr | None:
        """Return what the function around the call sets the name to, if it does so once."""
        node = self.around(call)
        found = [
            step.value
            for step in (ast.walk(node) if node else ())
            if isinstance(step, ast.Assign) and [getattr(one, "id", "") for one in step.targets] == [name]
        ]
        return found[0] if len(found) == 1 else None

    def handed_on(self, name: str, call: ast.Call) -> tuple[ast.FunctionDef, int] | None:
        """Return the function around the call whose parameter that is, and the parameter's place in calls."""
        node = self.around(call)
        if node is None:
            return None
        names = [argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]]
        if name not in names:
            return None
        return node, names.index(name) - (names[0] == "self")


@cache
def written() -> dict[str, set[str]]:
    """Return {file: verbs}."""
    files = [path for room in ROOMS for path in (PROJECT / room).rglob("*.py")]
    return {source.name: found for source in map(Source, files) if (found := set(source.verbs()))}


@pytest.mark.parametrize("name", sorted(written()))
def it_has_words_for_every_verb(name: str) -> None:
    verbs = (written()[name] - {"?"}) | MADE.get(name, set())
    missing = sorted(verbs - VERBS.keys())
    assert missing == [], f"write what they mean into tenants/trail/verbs.py: {missing}"


@pytest.mark.parametrize("name", sorted(written()))
def it_can_read_every_verb(name: str) -> None:
    is_made = "?" in written()[name]
    assert not is_made or name in MADE, f"{name} puts a verb together: list in MADE what comes out"


def it_lists_no_file_that_puts_none_together() -> None:
    assert [name for name in MADE if "?" not in written().get(name, set())] == []


def it_has_words_for_no_verb_that_nobody_writes() -> None:
    assert VERBS.keys() - set().union(*written().values(), *MADE.values()) == set()


@pytest.mark.parametrize("code", sorted(VERBS))
class DescribeWords:
    def it_is_a_noun_and_a_past_verb(self, code: str) -> None:
        noun, dot, verb = code.partition(".")
        assert noun.isidentifier()
        assert dot
        assert verb.isidentifier()

    def it_is_translatable_and_names_what_a_row_has(self, code: str) -> None:
        verb = VERBS[code]
        assert isinstance(verb.name, Promise)
        assert isinstance(verb.sentence, Promise)
        places = {
            place for _text, place, _spec, _conversion in Formatter().parse(str(verb.sentence)) if place
        }
        assert places <= {"who", "object"}


def it_speaks_for_a_verb_without_words() -> None:
    unknown = verb_of("ship.{sunk}")
    assert unknown == internal("ship.{sunk}", "{who}: ship.sunk {object}")
    assert not unknown.shared


def it_shares_what_is_marked_so() -> None:
    assert "conversation.read" in shared_codes()
    assert "scope.system" not in shared_codes()
    assert all(isinstance(verb, Verb) for verb in VERBS.values())
