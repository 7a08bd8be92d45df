"""Audit rows by the dozen, and hands that may do what no role of ours may."""

from typing import Any

from tenants.audit import audit
from tenants.cards import BrandCard
from tenants.models import AuditRow, AuditSeal
from tenants.trail.sealing import seal_all
from tenants.trail.verification import Break, verify

Boss = Any


def write(card: BrandCard | None, count: int = 1, *, verb: str = "queue.changed") -> list[int]:
    """Write rows of the brand's, or the provider's; returns their ids."""
    brand_id = card.id if card else None
    for n in range(count):
        diff = {"name": ["Orders", f"Örders {n}"], "share": [0.1, 1.0]}
        audit(
            verb, actor="user:1", brand_id=brand_id, object=f"queue:{n} Orders", diff=diff, reason="because"
        )
    return list(
        AuditRow.objects.filter(brand_id=brand_id).order_by("-pk").values_list("pk", flat=True)[:count]
    )[::-1]


def plant(boss: Boss, card: BrandCard | None, count: int) -> None:
    """Insert many rows at once, as verbs would have written them."""
    boss.execute(
        "INSERT INTO tenants_auditrow (actor, brand_id, verb, object, diff, reason)"
        " SELECT 'user:' || n, %s::bigint, 'queue.changed', 'queue:' || n || ' Örders',"
        " jsonb_build_object('units', jsonb_build_array(n, n + 0.10)), '' FROM generate_series(1, %s) n",
        [card.id if card else None, count],
    )


def sealed(*cards: BrandCard | None, count: int = 5) -> list[int]:
    """Write rows into each chain, turn by turn, and seal them; returns the ids of the first chain's."""
    for _ in range(count):
        for card in cards:
            write(card)
    seal_all(wait=True)
    return row_ids(cards[0])


def row_ids(card: BrandCard | None) -> list[int]:
    """Return the rows of a chain in its order."""
    seals = AuditSeal.objects.filter(brand_id=card.id if card else None).order_by("position")
    return list(seals.values_list("row_id", flat=True))


def positions(card: BrandCard | None) -> list[int]:
    seals = AuditSeal.objects.filter(brand_id=card.id if card else None).order_by("position")
    return list(seals.values_list("position", flat=True))


def broken(card: BrandCard | None) -> Break | None:
    """Verify everything and return what is wrong with this chain."""
    return verify().broken.get(card.id if card else None)
