"""The rules of banned.py, over every file of ours."""

import ast
from pathlib import Path

import pytest

from config.launch.layout import PROJECT
from tests.architecture.banned import RULES, Rule

ROOMS = (
    "config", "core", "tenants", "accounts", "workforce", "events", "crm", "interactions", "routing",
    "reporting", "desk", "portal",
)  # fmt: skip


def sources() -> list[Path]:
    return [path for room in ROOMS for path in sorted((PROJECT / room).rglob("*.py"))]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name.replace(" ", "-"))
class DescribeRule:
    def it_holds_everywhere(self, rule: Rule) -> None:
        found = []
        for path in sources():
            name = str(path.relative_to(PROJECT))
            if not name.startswith(rule.owners or ("\0",)):
                lines = [getattr(node, "lineno", 0) for node in rule.finds(ast.parse(path.read_text()))]
                found += [f"{name}:{line}" for line in lines]
        assert found == [], f"{rule.name}; use {rule.instead}"

    def it_passes_good_lines(self, rule: Rule) -> None:
        assert [text for text in rule.good if list(rule.finds(ast.parse(text)))] == []

    def it_catches_bad_lines(self, rule: Rule) -> None:
        assert [text for text in rule.bad if not list(rule.finds(ast.parse(text)))] == []
