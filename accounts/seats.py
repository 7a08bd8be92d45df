"""The seats of a brand, or with the provider: a list, one of them taken away, and who may do that."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts import invitations
from accounts.actions import revoke_membership
from accounts.actor import Actor
from accounts.choices import Role
from accounts.errors import LastOwner, MayNotAppoint
from accounts.models import Membership
from accounts.permissions import APPOINTS, BRAND_ROLES, PROVIDER_ROLES, Permission
from core.errors import NotFound
from tenants.scope import labour_scope


def seats_in(brand_id: int | None, *, now: datetime) -> "QuerySet[Membership]":
    """Return the valid seats of the brand (None: with the provider) with their users, by role and name."""
    rows = Membership.objects.valid(now).at(brand_id).select_related("user")
    return rows.order_by("role", "user__name", "pk")


def appointable(actor: Actor, brand_id: int | None) -> tuple[Role, ...]:
    """Return the roles that the actor may give and take there, in the order of the screen.

    Seats with the provider are given from a lasting seat only: who took a stronger one for some hours cannot
    make it last.
    """
    if brand_id is not None:
        return BRAND_ROLES if actor.can(Permission.PEOPLE_GIVE, brand_id) else ()
    lasting = [seat.role for seat in actor.memberships if seat.brand_id is None and seat.until is None]
    return tuple(one for one in PROVIDER_ROLES if any(one in APPOINTS.get(Role(r), ()) for r in lasting))


def check_appoints(actor: Actor, role: str, *, brand_id: int | None) -> None:
    """Raise MayNotAppoint unless such a seat is the actor's to give and take."""
    if role not in appointable(actor, brand_id):
        raise MayNotAppoint


def revoke_seat(seat_id: int, *, brand_id: int, actor: str, now: datetime) -> None:
    """Take that seat in the brand away, with what leans on it. Raises NotFound."""
    seat = _seat(seat_id, brand_id)
    with labour_scope(), transaction.atomic():
        revoke_membership(seat.user_id, role=seat.role, brand_id=brand_id, actor=actor, now=now)
        invitations.withdraw_of(seat.user_id, brand_id=brand_id, actor=actor, now=now)


def revoke_provider_seat(seat_id: int, *, actor: Actor, now: datetime) -> None:
    """Take that seat with the provider away, with what leans on it.

    Raises NotFound, MayNotAppoint, LastOwner.
    """
    seat = _seat(seat_id, None)
    check_appoints(actor, seat.role, brand_id=None)
    with labour_scope(), transaction.atomic():
        if seat.role == Role.OWNER and seat.valid_until is None:
            _check_not_last(seat)
        revoke_membership(seat.user_id, role=seat.role, brand_id=None, actor=actor.who, now=now)
        invitations.withdraw_of(seat.user_id, brand_id=None, actor=actor.who, now=now)


def _seat(seat_id: int, brand_id: int | None) -> Membership:
    with labour_scope():
        seat = Membership.objects.at(brand_id).filter(pk=seat_id).first()
    if seat is None:
        raise NotFound
    return seat


def _check_not_last(seat: Membership) -> None:
    """Raise LastOwner unless another lasting owner who may sign in is there; two at once come in turn."""
    owners = Membership.objects.with_role(Role.OWNER, brand_id=None).filter(
        state=seat.state, valid_until__isnull=True, user__is_active=True
    )
    ids = owners.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True)
    if not set(ids) - {seat.pk}:
        raise LastOwner
