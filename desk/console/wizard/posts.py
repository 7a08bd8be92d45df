"""A form's fields as the plain data that a step reads: `lines.0.name` is a path, `agents[]` a list."""

from typing import Any

from django.http import QueryDict

OURS = frozenset({"csrfmiddlewaretoken", "version", "go", "q", "suggested"})
DEEPEST = 4
MANY = "[]"


def data_of(post: QueryDict) -> dict[str, Any]:
    """Return the nested data of what was sent, rows that were left empty taken out.

    Lists are dicts by their numbers until they are whole, so that holes and odd orders do no harm.
    """
    tree: dict[str, Any] = {}
    for name in post:
        if name not in OURS:
            many = name.endswith(MANY)
            value = post.getlist(name) if many else post[name]
            _put(tree, name.removesuffix(MANY).split(".")[:DEEPEST], value)
    return {key: _listed(value) for key, value in tree.items()}


def _put(tree: dict[str, Any], path: list[str], value: Any) -> None:
    *above, last = path
    for key in above:
        inner = tree.setdefault(key, {})
        if not isinstance(inner, dict):
            return
        tree = inner
    tree[last] = value


def _listed(value: Any) -> Any:
    """Turn {"0": row, "2": row} into a list in the order of the numbers, without the empty rows."""
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(one) for key, one in value.items()}
    if not inner or not all(key.isascii() and key.isdecimal() and len(key) < 6 for key in inner):
        return inner
    rows = [inner[key] for key in sorted(inner, key=int)]
    return [row for row in rows if not _is_empty(row)]


def _is_empty(row: Any) -> bool:
    if isinstance(row, dict):
        return all(_is_empty(one) for one in row.values())
    return not any(map(str.strip, row)) if isinstance(row, list) else not str(row).strip()
