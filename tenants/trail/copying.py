"""A chain to take along, as JSON lines: it can be checked with nothing of ours at hand (docs/audit.md).

The first line says {"format": "audit-chain", "form": 1, "columns": [...]}. Each further line is one link, in
the order of the chain: {"position", "hash", "digest", "row"}, hashes in hex, `row` an object of the columns
as the texts that were hashed, or null where the row is internal to the provider and only its digest is given.
"""

import json
from collections.abc import Collection, Iterator
from typing import Any

from django.db import connection

from tenants.trail.canonical import COLUMNS, FORM, SELECTED, digest_of
from tenants.trail.reading import Scope

PAGE = 500
LINKS = f"""
SELECT s.position, s.hash, {", ".join(f"r.c_{name}" for name in COLUMNS)}
FROM tenants_auditseal s JOIN (SELECT id AS n, {SELECTED} FROM tenants_auditrow) r ON r.n = s.row_id
WHERE s.brand_id = %s AND s.position > %s ORDER BY s.position LIMIT {PAGE}
"""  # noqa: S608 - fixed names


def chain_lines(brand_id: int, *, shown: Collection[str], scope: Scope) -> Iterator[str]:
    """Return the brand's chain as text, page by page, each in a scope of its own; rows of verbs `shown`."""
    yield _line({"format": "audit-chain", "form": FORM, "columns": list(COLUMNS)})
    after = 0
    while found := _page(brand_id, after, scope):
        after = found[-1][0]
        yield "".join(_link(row, shown) for row in found)


def _page(brand_id: int, after: int, scope: Scope) -> list[tuple[Any, ...]]:
    with scope(), connection.cursor() as cursor:
        cursor.execute(LINKS, [brand_id, after])
        return list(cursor.fetchall())


def _link(found: tuple[Any, ...], shown: Collection[str]) -> str:
    position, hash_, *texts = found
    row = dict(zip(COLUMNS, texts, strict=True))
    digest = digest_of(texts).hex()
    content = row if row["verb"] in shown else None
    return _line({"position": position, "hash": bytes(hash_).hex(), "digest": digest, "row": content})


def _line(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False) + "\n"
