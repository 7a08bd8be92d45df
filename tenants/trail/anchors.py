"""Anchors: once an hour the newest hash of each client's chain is written into the provider's chain.

A chain whose tail was cut, seals and all, is whole in itself; its anchor still says how long it was. Nothing
anchors the provider's own chain: its head goes to the process' log, and `manage.py audit heads` prints all
heads, to be kept where nobody who can write this database can write.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from tenants.audit import audit
from tenants.models import AuditRow, AuditSeal
from tenants.scope import labour_scope
from tenants.trail.sealing import head_of, lock

log = logging.getLogger(__name__)

VERB = "audit.anchored"
ACTOR = "system:audit"
EVERY = timedelta(hours=1)
CHAINS = """
WITH RECURSIVE chain AS (
  SELECT min(brand_id) AS brand_id FROM tenants_auditseal
  UNION ALL
  SELECT (SELECT min(s.brand_id) FROM tenants_auditseal s WHERE s.brand_id > chain.brand_id)
  FROM chain WHERE chain.brand_id IS NOT NULL
) SELECT brand_id FROM chain WHERE brand_id IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Noted:
    """What somebody noted of a chain: its hash at a position. `by` says where it was noted."""

    brand_id: int | None
    position: int
    hash: str
    by: str


def anchor_if_due(now: datetime) -> int:
    """Anchor the chains unless it was done within the hour; returns how many anchors were written."""
    with labour_scope():
        last = _last_anchor()
    return anchor_chains() if last is None or last <= now - EVERY else 0


def anchor_chains() -> int:
    """Write the head of each client's chain that has grown since the last anchors; returns how many.

    The instants compared are the database's, as seals carry them: no other clock has a say.
    """
    with labour_scope(), transaction.atomic():
        lock(wait=True)
        last = _last_anchor()
        grown = [brand_id for brand_id in brand_chains() if _has_grown(brand_id, last)]
        for brand_id in grown:
            _anchor(brand_id)
        head = head_of(None)
    if grown and head.position:
        log.info("audit chain of the provider: %d %s", head.position, head.hash.hex())
    return len(grown)


def brand_chains() -> list[int]:
    """Return whose chains there are besides the provider's; in the labour scope."""
    with connection.cursor() as cursor:
        cursor.execute(CHAINS)
        return [row[0] for row in cursor.fetchall()]


def heads() -> Iterator[Noted]:
    """Return the end of each chain that is begun, the provider's first."""
    with labour_scope():
        found = [(brand_id, head_of(brand_id)) for brand_id in (None, *brand_chains())]
    return (Noted(brand_id, head.position, head.hash.hex(), "") for brand_id, head in found if head.position)


def _last_anchor() -> datetime | None:
    rows = AuditRow.objects.filter(brand_id=None, verb=VERB).order_by("-at")
    return rows.values_list("at", flat=True).first()


def _has_grown(brand_id: int, since: datetime | None) -> bool:
    newest = (
        AuditSeal.objects.filter(brand_id=brand_id).order_by("-position").values_list("sealed_at", flat=True)
    )
    sealed_at = newest.first()
    return sealed_at is not None and (since is None or sealed_at > since)


def _anchor(brand_id: int) -> None:
    head = head_of(brand_id)
    diff = {"chain": brand_id, "position": head.position, "hash": head.hash.hex()}
    audit(VERB, actor=ACTOR, object=f"brand:{brand_id}", diff=diff)
