"""The verbs on how a brand looks: its logo, and the way back from the last change."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import RoomError
from tenants.actions import change_brand
from tenants.audit import LONGEST
from tenants.binding import LABOUR, Bound
from tenants.look.logos import MOST_BYTES, Logo, read_logo
from tenants.look.models import BrandLogo
from tenants.models import AuditRow, Brand

MOST_READ = MOST_BYTES + 1  # bytes of an upload that are worth reading
KEPT = 5  # logos of a brand, the one that is shown among them
RESTORABLE = frozenset(
    {"name", "legal_name", "timezone", "locales", "hue", "tone", "tone_do", "tone_dont", "logo"}
)


class NothingToRestore(RoomError):
    """There is no change to take back, or something has changed since."""

    code = "restore"


def set_logo(brand_id: int, *, data: bytes, actor: str, now: datetime) -> str:
    """Show this picture as the brand's logo; returns its digest. Raises BadLogo, NotFound."""
    logo = read_logo(data)
    show_logo(brand_id, logo, actor=actor, now=now)
    return logo.digest


def show_logo(brand_id: int, logo: Logo, *, actor: str, now: datetime) -> None:
    """Show a logo that was read before. Raises NotFound."""
    with transaction.atomic(), Bound(LABOUR):
        BrandLogo.objects.update_or_create(
            brand_id=brand_id,
            digest=logo.digest,
            defaults={"kind": logo.kind, "body": logo.body, "created_at": now},
        )
        change_brand(brand_id, actor=actor, now=now, logo=logo.digest)
        _forget_old(brand_id)


def remove_logo(brand_id: int, *, actor: str, now: datetime) -> None:
    """Show the brand's letter again; the picture is kept for the way back. Raises NotFound."""
    change_brand(brand_id, actor=actor, now=now, logo="")


def restore(brand_id: int, *, change: int, actor: str, now: datetime) -> None:
    """Set the fields of that change back to what they were before it; this is a change like any other.

    `change` is the audit row's id, as `last_change` gave it. Raises NothingToRestore, NotFound.
    """
    with transaction.atomic(), Bound(LABOUR):
        Brand.objects.select_for_update().filter(pk=brand_id).first()
        last = last_change(brand_id)
        if last is None or last["id"] != change:
            raise NothingToRestore(_("Something was changed since. Look at it again."))
        change_brand(brand_id, actor=actor, now=now, **_before(last["diff"]))


def last_change(brand_id: int) -> dict[str, Any] | None:
    """Return {"id", "at", "actor", "diff"} of the last change that can be taken back, None without one."""
    with Bound(LABOUR):
        rows = AuditRow.objects.filter(brand_id=brand_id, verb="brand.changed").order_by("-at", "-id")
        last: Any = rows.values("id", "at", "actor", "diff").first()
        return last if last and _can_restore(brand_id, last["diff"]) else None


def _can_restore(brand_id: int, diff: dict[str, Any]) -> bool:
    """Tell whether the trail holds all of what was there before, and what came then is there still."""
    if not diff or not set(diff) <= RESTORABLE:
        return False
    if any(isinstance(side, str) and len(side) > LONGEST for pair in diff.values() for side in pair):
        return False
    row = Brand.objects.values(*diff).filter(pk=brand_id).first() or {}
    if any(row.get(name) != after for name, (_old, after) in diff.items()):
        return False
    before = diff.get("logo", ("",))[0]
    return not before or BrandLogo.objects.filter(brand_id=brand_id, digest=before).exists()


def _before(diff: dict[str, Any]) -> dict[str, Any]:
    """Return the fields as change_brand takes them."""
    fields = {name: pair[0] for name, pair in diff.items()}
    return {n: v.splitlines() if n in ("tone_do", "tone_dont") else v for n, v in fields.items()}


def _forget_old(brand_id: int) -> None:
    kept = BrandLogo.objects.filter(brand_id=brand_id).order_by("-created_at", "-id").values("pk")[:KEPT]
    standing = [row["pk"] for row in kept]
    BrandLogo.objects.filter(brand_id=brand_id).exclude(pk__in=standing).delete()
