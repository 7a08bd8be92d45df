"""The sealer: committed audit rows become links of their chains, behind the verbs and never inside one.

Rows are taken in the order of the log (era, txid, id) below the horizon of open writers, so that none can be
committed in front of a sealed one. A batch is one transaction under one lock: whoever is killed leaves either
all of it or nothing, and two sealers at once take turns. No audit row is locked.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from tenants.models import AuditSeal
from tenants.scope import labour_scope
from tenants.settled import settled
from tenants.trail.canonical import FORM, SELECTED, START, Texts, digest_of, link, marks_of

LOCK = 7_261_005
BATCH = 1000
Place = tuple[int, int, int]
Seal = tuple[int | None, int, int, int, int, int, bytes, bytes]
NOWHERE: Place = (0, 0, 0)

NEXT = f"""
SELECT brand_id, era, txid, id, {SELECTED} FROM tenants_auditrow
WHERE (era, txid, id) > (%s, %s, %s) AND {settled("tenants_auditrow")}
ORDER BY era, txid, id LIMIT %s
"""  # noqa: S608 - fixed names
INSERT = """
INSERT INTO tenants_auditseal (brand_id, position, row_id, era, txid, v, marks, hash)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::integer[], %s::bigint[], %s::smallint[],
                     %s::bytea[], %s::bytea[])
"""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest seal of a chain; position 0 of one that is not begun."""

    position: int
    hash: bytes


def seal_all(*, batch: int = BATCH, wait: bool = False) -> int:
    """Seal all that is settled, batch by batch; returns how many rows.

    Unless `wait`, it leaves the work to another sealer that is at it.
    """
    sealed = 0
    while (done := seal_next(batch, wait=wait)) is not None:
        sealed += done
        if done < batch:
            break
    return sealed


def seal_next(limit: int = BATCH, *, wait: bool = False) -> int | None:
    """Seal up to `limit` rows in one transaction; returns how many, None when another sealer is at it."""
    with labour_scope(), transaction.atomic():
        if not lock(wait=wait):
            return None
        with connection.cursor() as cursor:
            cursor.execute(NEXT, [*place(), limit])
            rows = cursor.fetchall()
        heads: dict[int | None, Head] = {}
        seals = [_sealed(heads, row[:4], row[4:]) for row in rows]
        if seals:
            _insert(seals)
    return len(seals)


def place() -> Place:
    """Return how far the log is sealed, over all chains; in the labour scope."""
    newest = AuditSeal.objects.order_by("-era", "-txid", "-row_id").values_list("era", "txid", "row_id")
    return newest.first() or NOWHERE


def head_of(brand_id: int | None) -> Head:
    """Return the end of the chain; in the labour scope or the brand's."""
    last = AuditSeal.objects.filter(brand_id=brand_id).order_by("-position").first()
    return Head(last.position, bytes(last.hash)) if last else Head(0, START)


def lock(*, wait: bool) -> bool:
    """Take the sealer's lock until the transaction ends; without `wait`, False when it is another's."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _sealed(heads: dict[int | None, Head], row: tuple[int | None, int, int, int], texts: Texts) -> Seal:
    """Put the row at the end of its chain; `heads` are the ends as this batch has moved them."""
    brand_id, era, txid, row_id = row
    before = heads.get(brand_id) or head_of(brand_id)
    position = before.position + 1
    after = Head(position, link(before.hash, position, digest_of(texts)))
    heads[brand_id] = after
    return brand_id, position, row_id, era, txid, FORM, marks_of(texts), after.hash


def _insert(seals: list[Seal]) -> None:
    """Insert them in one statement, column by column: many times faster than by the models."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [list(column) for column in zip(*seals, strict=True)])
