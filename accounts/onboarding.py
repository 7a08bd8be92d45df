"""Onboarding's step and check of this room: who manages the client on the client's side."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from rest_framework import serializers

from accounts.actions import grant_membership, revoke_membership
from accounts.choices import Role
from accounts.invitations import invite, withdraw
from accounts.models import Invitation, Membership, User, normalise_email
from tenants.onboarding.registry import Check, Data, Finding, Step, Work
from tenants.onboarding.shapes import LinesField, Shape
from tenants.scope import labour_scope
from tenants.values import BrandCard, Grant


class ManagerShape(Shape):
    """`managers`: e-mail addresses. Who signs in here gets the seat at once, the others an invitation."""

    managers = LinesField(
        child=serializers.EmailField(max_length=254), max_length=20, required=False, default=list
    )

    def validate_managers(self, emails: list[str]) -> list[str]:
        return list(dict.fromkeys(normalise_email(email) for email in emails))


def apply(work: Work) -> None:
    """Seat or invite the managers who are named; take seat or invitation from those who are no more."""
    known = _ids_of(work.data["managers"])
    _invite([email for email in work.data["managers"] if email not in known], work)
    wanted = set(known.values())
    seated = seated_in(work.brand.id, Role.MANAGER, now=work.now)
    for user_id in sorted(wanted - seated):
        grant_membership(user_id, role=Role.MANAGER, brand_id=work.brand.id, actor=work.actor, now=work.now)
    for user_id in sorted(seated - wanted):
        revoke_membership(user_id, role=Role.MANAGER, brand_id=work.brand.id, actor=work.actor, now=work.now)


def _invite(emails: list[str], work: Work) -> None:
    """Have exactly these addresses invited."""
    open_ones = {row.email: row for row in _open_invitations(work.brand.id)}
    for email in sorted(set(open_ones) - set(emails)):
        withdraw(open_ones[email].ref, brand_id=work.brand.id, actor=work.actor, now=work.now)
    for email in emails:
        if email not in open_ones or open_ones[email].expires_at <= work.now:
            invite(email, role=Role.MANAGER, brand=work.brand, actor=work.actor, now=work.now)


def _open_invitations(brand_id: int) -> list[Invitation]:
    with labour_scope():
        return list(Invitation.objects.open().of_brand(brand_id).filter(role=Role.MANAGER))


def seated_in(brand_id: int, role: str, *, now: datetime) -> set[int]:
    """Return the ids of those who hold the role in the brand now."""
    with labour_scope():
        rows = Membership.objects.valid(now).with_role(role, brand_id=brand_id)
        return set(rows.filter(user__is_active=True).values_list("user_id", flat=True))


def copy(brand: BrandCard, grant: Grant) -> Data:
    """Copy nobody: people are each client's own."""
    return {}


def find_manager(brand: BrandCard, grant: Grant, now: datetime) -> Finding:
    count = len(seated_in(brand.id, Role.MANAGER, now=now))
    invited = sum(row.expires_at > now for row in _open_invitations(brand.id))
    if invited and not count:
        return Finding("good", _("The client manager is invited."))
    if not count:
        return Finding("warn", _("Nobody on the client's side can read the service report yet."))
    words = ngettext("%(count)d client manager has a seat.", "%(count)d client managers have a seat.", count)
    return Finding("good", words % {"count": count})


def _ids_of(emails: list[str]) -> dict[str, int]:
    with labour_scope():
        rows = User.objects.filter(email__in=emails, is_active=True)
        return dict(rows.values_list("email", "pk"))


STEPS = (
    Step(
        name="manager", title=_("Client manager"), position=50, turn=50,
        shape=ManagerShape, apply=apply, copy=copy, needed=False,
    ),
)  # fmt: skip
CHECKS = (Check("manager", "accounts", _("Client manager"), 60, "manager", find_manager),)
