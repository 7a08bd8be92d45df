"""Elevation: a stronger seat for some hours, with a written reason, by the rules of `accounts.permissions`.

1. `rungs_of` lists what somebody may take: from a lasting seat, in the same place, what is not theirs yet.
2. `elevate` gives a membership with an end and writes down why; it ends by itself, whatever is down.
3. `end` ends it early: the person, or who gives seats with the provider.
A seat that is taken away takes along what was taken from it (`accounts.actions.revoke_membership`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.actions import grant_membership, revoke_membership
from accounts.actor import Actor
from accounts.choices import Role
from accounts.errors import CannotElevate
from accounts.models import Membership, User
from accounts.permissions import ELEVATION_HOURS, Permission, stronger
from accounts.timed import Elevation
from core.errors import NotFound
from core.ids import new_ref
from tenants.audit import audit
from tenants.scope import labour_scope


@dataclass(frozen=True, slots=True)
class Rung:
    """A step that somebody may take: from a seat of theirs to a stronger one in the same place."""

    brand_id: int | None
    from_role: str
    role: str

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.brand_id or ''}:{self.role}"

    @property
    def from_name(self) -> str:
        return str(Role(self.from_role).label)

    @property
    def role_name(self) -> str:
        return str(Role(self.role).label)


def rungs_of(user_id: int, *, now: datetime) -> list[Rung]:
    """Return what the person may take now, the provider's first; one query."""
    with labour_scope():
        rows = Membership.objects.valid(now).filter(user_id=user_id, user__is_active=True)
        seats = list(rows.order_by("brand_id", "role").values_list("brand_id", "role", "valid_until"))
    held = {(brand_id, role) for brand_id, role, _until in seats}
    lasting = [(brand_id, role) for brand_id, role, until in seats if until is None]
    rungs = {(brand_id, wanted): role for brand_id, role in lasting for wanted in stronger(role, brand_id)}
    found = [
        Rung(place, role, wanted) for (place, wanted), role in rungs.items() if (place, wanted) not in held
    ]
    return sorted(found, key=lambda rung: (rung.brand_id is not None, rung.brand_id or 0, rung.role))


def elevate(key: str, *, hours: int, reason: str, actor: Actor, now: datetime) -> Elevation:
    """Take the seat of that rung for so many hours.

    Raises CannotElevate when it is not the actor's to take, for other hours, or without a reason.
    """
    if hours not in ELEVATION_HOURS or not reason.strip():
        raise CannotElevate
    with labour_scope(), transaction.atomic():
        User.objects.select_for_update().get(pk=actor.user_id)  # of two requests one comes second
        rung = next((one for one in rungs_of(actor.user_id, now=now) if one.key == key), None)
        if rung is None:
            raise CannotElevate
        row = Elevation(
            ref=new_ref(now), user_id=actor.user_id, brand_id=rung.brand_id, role=rung.role,
            from_role=rung.from_role, reason=reason.strip(), started_at=now,
            ends_at=now + timedelta(hours=hours),
        )  # fmt: skip
        _close_expired(row, now=now)
        row.save(force_insert=True)
        audit(
            "elevation.started", actor=actor.who, brand_id=rung.brand_id, object=f"role:{rung.role}",
            diff={"from": rung.from_role, "hours": hours}, reason=row.reason, now=now,
        )  # fmt: skip
        grant_membership(
            actor.user_id, role=rung.role, brand_id=rung.brand_id, valid_until=row.ends_at,
            actor=actor.who, now=now,
        )  # fmt: skip
    return row


def end(ref: UUID, *, actor: Actor, now: datetime) -> bool:
    """End an elevation before its time; returns whether it went on. Raises NotFound for who may not."""
    with labour_scope(), transaction.atomic():
        row = Elevation.objects.filter(ref=ref).select_for_update().first()
        if row is None or not (row.user_id == actor.user_id or actor.can(Permission.SEATS_GIVE)):
            raise NotFound
        if not row.is_open(now):
            return False
        row.ended_at, row.ended_by_id = now, actor.user_id
        row.save(update_fields=["ended_at", "ended_by"])
        audit(
            "elevation.ended", actor=actor.who, brand_id=row.brand_id, object=f"user:{row.user_id}",
            diff={"role": row.role}, now=now,
        )  # fmt: skip
        if _gave(row):
            revoke_membership(row.user_id, role=row.role, brand_id=row.brand_id, actor=actor.who, now=now)
    return True


def going_on(user_ids: Iterable[int], *, now: datetime) -> list[Elevation]:
    """Return the elevations of these people that go on."""
    with labour_scope():
        return list(Elevation.objects.open(now).filter(user_id__in=list(user_ids)).newest())


def _close_expired(row: Elevation, *, now: datetime) -> None:
    """Write the end of an earlier one of the same seat down, which nobody had to."""
    same = Elevation.objects.unended(user_id=row.user_id, brand_id=row.brand_id).filter(role=row.role)
    for old in same.select_for_update():
        old.ended_at = min(old.ends_at, now)
        old.save(update_fields=["ended_at"])


def _gave(row: Elevation) -> bool:
    """Tell whether the seat is still the one that it gave, not one that was given for good meanwhile."""
    held = Membership.objects.with_role(row.role, brand_id=row.brand_id).filter(user_id=row.user_id)
    return held.filter(valid_until=row.ends_at).exists()
