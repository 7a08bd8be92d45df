"""The people of one client who may do something there: whom a mail about it goes to."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.models import Membership
from accounts.permissions import Permission, gives, permissions_of
from tenants.scope import labour_scope


@dataclass(frozen=True, slots=True)
class Person:
    user_id: int
    email: str
    language: str


def person_who_may(who: str, permission: Permission, *, brand_id: int, now: datetime) -> Person | None:
    """Return whom the trail calls `who`, if a seat there or with the provider lets them do that."""
    kind, _colon, number = who.partition(":")
    if kind != "user" or not number.isdecimal():
        return None
    with labour_scope():
        seats = Membership.objects.valid(now).filter(user_id=int(number), user__is_active=True)
        seats = seats.filter(Q(brand_id=brand_id) | Q(brand_id__isnull=True))
        rows = list(seats.values_list("role", "brand_id", "user_id", "user__email", "user__language"))
    return next((Person(*row[2:]) for row in rows if gives(row[0], row[1], permission)), None)


def who_may(permission: Permission, *, brand_id: int, now: datetime) -> list[Person]:
    """Return who has the permission by a seat in the client itself, each once."""
    with labour_scope():
        seats = Membership.objects.valid(now).at(brand_id).filter(user__is_active=True).order_by("user_id")
        rows = list(seats.values_list("role", "user_id", "user__email", "user__language"))
    found = {row[1]: Person(*row[1:]) for row in rows if permission in permissions_of(row[0])}
    return list(found.values())
