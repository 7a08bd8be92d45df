"""See as: an operator looks at a client's portal through the eyes of its people, and changes nothing.

1. `start` writes down who looks, as what and why; it lasts half an hour.
2. The hand-off carries it to the brand's host (`accounts.tickets`), whose session names it by its ref.
3. Each request of that session asks `current`: without an open look, or without the right to it, it is over.
4. Pages write `seeing.looked` (`accounts.access`), `end` ends it. The client reads all of it in its trail.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.actor import Actor, Seeing
from accounts.errors import WrongRole
from accounts.permissions import CLIENT_ROLES, SEE_AS_MINUTES, Permission
from accounts.refusals import refuse
from accounts.timed import SeeAs
from core.ids import new_ref
from tenants.audit import audit
from tenants.scope import labour_scope
from tenants.values import BrandCard


def start(brand: BrandCard, *, role: str, reason: str, actor: Actor, now: datetime) -> Seeing:
    """Begin to look at the brand as that role of it does; an earlier look of the actor's there ends.

    Raises NotFound for who may not, WrongRole for a role that is not on the client's side.
    """
    if not actor.can(Permission.SEE_AS, brand.id):
        refuse(actor.who, brand_id=brand.id, permission=Permission.SEE_AS)
    if role not in CLIENT_ROLES:
        raise WrongRole
    row = SeeAs(
        ref=new_ref(now), user_id=actor.user_id, brand_id=brand.id, role=role, reason=reason,
        started_at=now, ends_at=now + timedelta(minutes=SEE_AS_MINUTES),
    )  # fmt: skip
    with labour_scope(), transaction.atomic():
        SeeAs.objects.open(now).filter(user_id=actor.user_id, brand_id=brand.id).update(ended_at=now)
        row.save(force_insert=True)
        audit(
            "seeing.started", actor=actor.who, brand_id=brand.id, object=f"role:{role}",
            diff={"minutes": SEE_AS_MINUTES}, reason=reason, now=now,
        )  # fmt: skip
    return _value(row)


def current(ref: str | UUID, *, actor: Actor, brand_id: int, now: datetime) -> Seeing | None:
    """Return the look if it goes on and is still the actor's to take, in that brand; one query."""
    if not actor.can(Permission.SEE_AS, brand_id):
        return None
    with labour_scope():
        row = SeeAs.objects.open(now).filter(ref=ref, user_id=actor.user_id, brand_id=brand_id).first()
    return _value(row) if row else None


def end(ref: UUID, *, actor: Actor, brand_id: int, now: datetime) -> bool:
    """End the look before its time; returns whether it went on."""
    with labour_scope(), transaction.atomic():
        rows = SeeAs.objects.open(now).filter(ref=ref, user_id=actor.user_id, brand_id=brand_id)
        ended = bool(rows.update(ended_at=now))
        if ended:
            audit("seeing.ended", actor=actor.who, brand_id=brand_id, now=now)
    return ended


def _value(row: SeeAs) -> Seeing:
    return Seeing(row.ref, row.role, row.ends_at)
