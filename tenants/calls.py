"""Idempotency keys of commands: the same call twice happens once.

with labour_scope(), transaction.atomic():
    call = idempotent(key, actor=actor.who, route="campaign.create", digest=digest_of(body))
    if call.ref is None:
        call.settle(create_campaign(...).ref)
return render(call.ref)                          # a replay is rendered anew, never from a stored body

Which commands need one, and which are safe without: docs/decisions/0008-exactly-once-without-keys.md.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from core.errors import RoomError
from tenants.binding import LABOUR, Bound
from tenants.models import IdempotentCall

CLAIM = """
INSERT INTO tenants_idempotentcall (key, actor, route, digest) VALUES (%s, %s, %s, %s)
ON CONFLICT (actor, route, key) DO NOTHING RETURNING id
"""
KEPT_DAYS = 7  # a queue of retries that is older has been given up


class KeyReused(RoomError):
    """The key was used for another command, or its first use is still under way."""

    status = 422
    code = "key_reused"


@dataclass
class Call:
    """A claimed key; `ref` names what its first use made, None when this is the first."""

    row_id: int
    ref: UUID | None

    def settle(self, ref: UUID, *, status: int = 201) -> None:
        """Remember what the command made."""
        with Bound(LABOUR):
            IdempotentCall.objects.filter(pk=self.row_id).update(ref=ref, status=status)
        self.ref = ref


def idempotent(key: str, *, actor: str, route: str, digest: str) -> Call:
    """Claim the key for this actor and route, inside the command's own transaction.

    A second caller waits at the unique index until the first commits, and then sees what it made.
    Raises KeyReused when the key came with another body.
    """
    with Bound(LABOUR):
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, [key, actor, route, digest])
            claimed = cursor.fetchone()
        if claimed:
            return Call(claimed[0], None)
        row = IdempotentCall.objects.get(key=key, actor=actor, route=route)
    if row.digest != digest or row.ref is None:
        raise KeyReused(_("This key was already used for something else."))
    return Call(row.pk, row.ref)


def forget_calls(now: datetime) -> int:
    """Delete the keys of calls that nobody repeats any more; returns how many."""
    with Bound(LABOUR):
        old = IdempotentCall.objects.filter(at__lt=now - timedelta(days=KEPT_DAYS))
        return old.delete()[0]


def digest_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
