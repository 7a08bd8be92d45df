"""What a client's own people do with the seats of their side: invite a colleague, end a seat.

Only roles of the client's side are given and taken, in the brand that the actor has a seat in. Who has any
other seat besides, such as with the provider, is the provider's: their seats are its to end. Who may is
asked before.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import invitations
from accounts.actions import revoke_membership
from accounts.actor import Actor
from accounts.choices import Role
from accounts.errors import MayNotAppoint, OwnSeat, WrongRole
from accounts.models import Invitation, Membership
from accounts.permissions import CLIENT_ROLES
from accounts.sight import of_provider
from core.errors import NotFound
from tenants.scope import labour_scope
from tenants.values import BrandCard


def endable(actor: Actor, *, brand_id: int, now: datetime) -> set[int]:
    """Return the ids of the seats in the brand that the actor may end."""
    with labour_scope():
        return set(_theirs(brand_id, now).exclude(user_id=actor.user_id).values_list("pk", flat=True))


def invite_colleague(email: str, *, role: str, brand: BrandCard, actor: Actor, now: datetime) -> Invitation:
    """Invite an address to a role of the client's side, as `invitations.invite` does and raises.

    The own seat is locked: who ends it meanwhile finds the invitation. Raises MayNotAppoint besides.
    """
    if role not in CLIENT_ROLES:
        raise WrongRole
    with labour_scope(), transaction.atomic():
        mine = _own(brand.id, now).filter(user_id=actor.user_id).order_by("pk")
        if not any(map(appoints, mine.select_for_update(of=("self",)))):
            raise MayNotAppoint
        return invitations.invite(
            email, role=role, brand=brand, invited_by=actor.user_id, actor=actor.who, now=now
        )


def appoints(seat: Membership) -> bool:
    """Say whether the seat gives and takes others: a manager's that lasts, none makes itself last."""
    return seat.role == Role.MANAGER and seat.valid_until is None


def invite_again(ref: UUID, *, brand_id: int, actor: Actor, now: datetime) -> None:
    """Send an open invitation again. Raises NotFound, InvitationClosed, TooManyInvitations."""
    _check(ref, brand_id)
    invitations.resend(ref, brand_id=brand_id, actor=actor.who, now=now)


def withdraw_invitation(ref: UUID, *, brand_id: int, actor: Actor, now: datetime) -> None:
    """End an open invitation. Raises NotFound, InvitationClosed."""
    _check(ref, brand_id)
    invitations.withdraw(ref, brand_id=brand_id, actor=actor.who, now=now)


def end_seat(seat_id: int, *, brand_id: int, actor: Actor, now: datetime) -> None:
    """Take that seat away, with what leans on it. Raises OwnSeat, NotFound.

    The seats of that side are locked: of two who end each other's, the second has none any more.
    """
    with labour_scope(), transaction.atomic():
        held = list(_own(brand_id, now).order_by("pk").select_for_update(of=("self",)))
        seat = next((one for one in held if one.pk == seat_id), None)
        if seat is None or actor.user_id not in {one.user_id for one in held if appoints(one)}:
            raise NotFound
        if seat.user_id == actor.user_id:
            raise OwnSeat
        if not _theirs(brand_id, now).filter(pk=seat_id).exists():
            raise NotFound
        revoke_membership(seat.user_id, role=seat.role, brand_id=brand_id, actor=actor.who, now=now)
        invitations.withdraw_of(seat.user_id, brand_id=brand_id, actor=actor.who, now=now)


def _check(ref: UUID, brand_id: int) -> None:
    if invitations.role_of(ref, brand_id=brand_id) not in CLIENT_ROLES:
        raise NotFound


def _own(brand_id: int, now: datetime) -> Any:
    return Membership.objects.valid(now).at(brand_id).filter(role__in=sorted(CLIENT_ROLES))


def _theirs(brand_id: int, now: datetime) -> Any:
    """Return the seats of that side, but for those of the provider's people."""
    return _own(brand_id, now).exclude(of_provider(now))
