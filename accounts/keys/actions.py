"""The verbs on API keys: create, revoke, forget. `actor` is who does it, as audit rows name them."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.keys.models import ApiKey
from accounts.keys.scopes import scopes_for
from core.errors import NotFound, RoomError
from core.ids import new_ref
from tenants.audit import audit
from tenants.scope import labour_scope

MOST_GOOD = 50
MARK = "ak_"
SHORT = "abcdefghjkmnpqrstuvwxyz23456789"  # without what looks alike


class WrongScopes(RoomError):
    """A key needs a scope, and may have those of its host alone."""

    status = 422
    code = "wrong_scopes"

    def __init__(self) -> None:
        super().__init__(_("Choose what this key may do, out of what is on offer here."))


class TooManyKeys(RoomError):
    """So many good keys are more than anybody keeps in sight."""

    status = 422
    code = "too_many_keys"

    def __init__(self) -> None:
        super().__init__(_("There are %(most)d good keys already. Revoke one first.") % {"most": MOST_GOOD})


class KeyEnded(RoomError):
    """The key was revoked meanwhile."""

    code = "key_ended"

    def __init__(self) -> None:
        super().__init__(_("This key was revoked meanwhile."))


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made. `secret` exists here and nowhere else: show it once, keep it nowhere."""

    ref: UUID
    prefix: str
    secret: str

    def __repr__(self) -> str:
        return f"NewKey({self.prefix})"


def create_key(
    name: str,
    *,
    scopes: Sequence[str],
    brand_id: int | None,
    expires_at: datetime | None = None,
    created_by: int | None = None,
    actor: str,
    now: datetime,
) -> NewKey:
    """Make a key for the brand's host (None: the provider's), good until before `expires_at`.

    Raises WrongScopes, TooManyKeys.
    """
    wanted = [scope for scope in scopes_for(brand_id) if scope in scopes]
    if not wanted or len(wanted) != len(set(scopes)):
        raise WrongScopes
    prefix, secret = _new_secret()
    with labour_scope(), transaction.atomic():
        if ApiKey.objects.of(brand_id).good(now).count() >= MOST_GOOD:
            raise TooManyKeys
        row = ApiKey.objects.create(
            ref=new_ref(now), brand_id=brand_id, name=name, prefix=prefix, digest=digest_of(secret),
            scopes=[str(one) for one in wanted], created_by_id=created_by, created_at=now,
            expires_at=expires_at,
        )  # fmt: skip
        until = expires_at.isoformat() if expires_at else None
        _note("key.created", row, actor=actor, now=now, diff={"scopes": row.scopes, "expires_at": until})
    return NewKey(row.ref, prefix, secret)


def revoke_key(ref: UUID, *, brand_id: int | None, actor: str, now: datetime) -> None:
    """End the key at once; it opens nothing any more. Raises NotFound, KeyEnded."""
    with labour_scope(), transaction.atomic():
        row = ApiKey.objects.of(brand_id).select_for_update().filter(ref=ref).first()
        if row is None:
            raise NotFound
        if row.revoked_at is not None:
            raise KeyEnded
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        _note("key.revoked", row, actor=actor, now=now)


def forget_brand(brand_id: int) -> None:
    """Remove the keys of a brand that is taken down."""
    with labour_scope():
        ApiKey.objects.of(brand_id).delete()


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _new_secret() -> tuple[str, str]:
    """Return (prefix, whole secret); 256 bits follow the prefix."""
    prefix = MARK + "".join(secrets.choice(SHORT) for _place in range(10))
    return prefix, f"{prefix}_{secrets.token_urlsafe(32)}"


def _note(
    verb: str, row: ApiKey, *, actor: str, now: datetime, diff: dict[str, object] | None = None
) -> None:
    audit(
        verb, actor=actor, brand_id=row.brand_id, object=f"key:{row.pk} {row.name} ({row.prefix})",
        diff=diff, now=now,
    )  # fmt: skip
