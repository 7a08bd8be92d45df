"""The permission matrix as a table of Markdown, for the docs."""

from collections.abc import Iterator

from django.utils import translation

from accounts.choices import Role
from accounts.permissions import GROUPS, MATRIX


def markdown() -> str:
    """Return the table: a row for each permission, a column for each role."""
    with translation.override("en"):
        return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "| | " + " | ".join(str(role.label) for role in Role) + " |"
    yield "|---|" + "---|" * len(Role)
    for title, permissions in GROUPS:
        yield f"| **{title}** |" + " |" * len(Role)
        for one in permissions:
            marks = ("x" if one in MATRIX[role] else "" for role in Role)
            yield f"| {one.label} (`{one.value}`) | " + " | ".join(marks) + " |"
