"""A seat in a brand, given by the person's address: to an agent of the pool, or to who manages it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions import grant_membership
from accounts.choices import Role
from accounts.models import Membership, User, normalise_email
from core.errors import RoomError
from tenants.scope import labour_scope
from workforce.actions import certify
from workforce.models import Agent, Certification

VERSION = "seated"


class Unknown(RoomError):
    """Nobody has this address who could sit there."""

    status = 422
    code = "unknown_person"


def give_seat(email: str, *, role: str, brand_id: int, actor: str, now: datetime) -> int:
    """Seat the person in the brand, an agent with a certification; returns their user's id.

    Who sits there already keeps the seat. Raises Unknown.
    """
    with transaction.atomic():
        user_id = _person(email, role)
        if not _sits(user_id, role=role, brand_id=brand_id, now=now):
            grant_membership(user_id, role=role, brand_id=brand_id, actor=actor, now=now)
        if role == Role.AGENT and not _is_certified(user_id, brand_id, now):
            certify(user_id, brand_id=brand_id, version=VERSION, valid_from=now, actor=actor, now=now)
    return user_id


def _person(email: str, role: str) -> int:
    """Return the id of who may take the role."""
    with labour_scope():
        people = User.objects.filter(email=normalise_email(email), is_active=True)
        if role == Role.AGENT:
            people = people.filter(pk__in=Agent.objects.filter(left_on__isnull=True).values("pk"))
        found = people.values_list("pk", flat=True).first()
    if found is None:
        raise Unknown(
            _("No agent of the pool has this address.")
            if role == Role.AGENT
            else _("Nobody signs in with this address: invite them first.")
        )
    return found


def _sits(user_id: int, *, role: str, brand_id: int, now: datetime) -> bool:
    with labour_scope():
        held = Membership.objects.valid(now).with_role(role, brand_id=brand_id)
        return held.filter(user_id=user_id).exists()


def _is_certified(user_id: int, brand_id: int, now: datetime) -> bool:
    with labour_scope():
        return Certification.objects.valid(now).filter(agent_id=user_id, brand_id=brand_id).exists()
