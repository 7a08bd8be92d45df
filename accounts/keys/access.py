"""Who a secret stands for, on which host; and the keys of a host as a list."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.keys.actions import digest_of
from accounts.keys.models import ApiKey
from core import ratelimit
from tenants.audit import audit
from tenants.scope import labour_scope
from tenants.values import BrandCard, Grant

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that shows a good key on the host it is for; `brand_id` None: on the provider's."""

    key_id: int
    key_ref: UUID
    prefix: str
    brand_id: int | None
    scopes: frozenset[str]

    is_authenticated = True

    @property
    def who(self) -> str:
        """How audit rows, grants and idempotent calls name it."""
        return f"key:{self.prefix}"

    def grant_for(self, brand: BrandCard) -> Grant:
        """Give leave to enter the key's own brand; the scope refuses, and writes down, any other."""
        return Grant(kind="member", brand_id=self.brand_id or 0, who=self.who, role="key")


def caller_of(secret: str, *, brand_id: int | None, now: datetime) -> Caller | None:
    """Return whose secret it is, None for one that is unknown, over, or another host's: all look the same.

    One query; one more in the first use of an hour.
    """
    if not secret or len(secret) > LONGEST:
        return None
    with labour_scope():
        row = ApiKey.objects.filter(digest=digest_of(secret)).first()
        if row is None:
            return None
        if why := _fault(row, brand_id, now):
            _note_refusal(row, why, now)
            return None
        _touch(row, now)
    return Caller(row.pk, row.ref, row.prefix, row.brand_id, frozenset(row.scopes))


def keys_of(brand_id: int | None) -> "QuerySet[ApiKey]":
    """Return the brand's keys (None: the provider's), newest first, each with who made it."""
    rows = ApiKey.objects.of(brand_id).select_related("created_by").defer("digest")
    return rows.order_by("-created_at", "-pk")


def _fault(row: ApiKey, brand_id: int | None, now: datetime) -> str:
    if row.brand_id != brand_id:
        return "another host"
    if row.revoked_at is not None:
        return "revoked"
    return "expired" if row.is_expired(now) else ""


def _note_refusal(row: ApiKey, why: str, now: datetime) -> None:
    """Write down, once in five minutes, that a key was shown where it does not belong, or after its end."""
    if ratelimit.hit(f"key-refused:{row.pk}:{why}", limit=1, seconds=300):
        audit(
            "key.refused", actor=f"key:{row.prefix}", brand_id=row.brand_id,
            object=f"key:{row.pk} {row.name} ({row.prefix})", reason=why, now=now,
        )  # fmt: skip


def _touch(row: ApiKey, now: datetime) -> None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    if row.last_used_at is None or row.last_used_at < hour:
        older = Q(last_used_at__isnull=True) | Q(last_used_at__lt=hour)
        ApiKey.objects.filter(older, pk=row.pk).update(last_used_at=hour)
