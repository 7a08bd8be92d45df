"""A brand's seats as a list to look at, and one of them taken away."""

from datetime import datetime

from django.db.models import QuerySet

from accounts.actions import revoke_membership
from accounts.models import Membership
from core.errors import NotFound
from tenants.scope import labour_scope


def seats_in(brand_id: int, *, now: datetime) -> "QuerySet[Membership]":
    """Return the brand's valid seats with their users, by role and name."""
    rows = Membership.objects.valid(now).filter(brand_id=brand_id).select_related("user")
    return rows.order_by("role", "user__name", "pk")


def revoke_seat(seat_id: int, *, brand_id: int, actor: str, now: datetime) -> None:
    """Take that seat in the brand away, with what leans on it. Raises NotFound."""
    with labour_scope():
        seat = Membership.objects.filter(pk=seat_id, brand_id=brand_id).first()
    if seat is None:
        raise NotFound
    revoke_membership(seat.user_id, role=seat.role, brand_id=brand_id, actor=actor, now=now)
