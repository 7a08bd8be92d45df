"""The verbs on the rules: set them for a role, take the last change back."""

from collections.abc import Mapping
from datetime import datetime
from ipaddress import ip_network
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actions import access_changed
from accounts.actor import Actor
from accounts.choices import Role
from accounts.models import Membership
from accounts.permissions import may_sit
from accounts.security.errors import BadNetwork, LocksYouOut, NothingFormer
from accounts.security.models import MOST_NETWORKS, SecurityPolicy, SignIn, values_of_policy
from accounts.security.rules import PROGRAMS, is_within
from core.errors import NotFound
from tenants.audit import audit, changes
from tenants.cards import changed
from tenants.scope import labour_scope


def roles_of(brand_id: int | None) -> dict[str, "str | Promise"]:
    """Return the roles that have rules there, with their words; the last are programs with an API key."""
    found = [role for role in Role if may_sit(role, brand_id)]
    return {**{role.value: role.label for role in found}, PROGRAMS: _("Programs with an API key")}


def policies_of(brand_id: int | None) -> dict[str, SecurityPolicy]:
    """Return the rows there, by role; a role without one has no rule."""
    with labour_scope():
        return {row.role: row for row in _at(brand_id)}


def set_policy(
    role: str,
    *,
    brand_id: int | None,
    second_factor_from: datetime | None = None,
    idle_minutes: int | None = None,
    session_hours: int | None = None,
    networks: list[str],
    actor: Actor,
    address: str,
    now: datetime,
) -> SecurityPolicy:
    """Set the rules of the role; who they are for is held to them at once, on pages and sockets.

    `networks` are CIDRs or single addresses. `address` is where the actor is: a list that leaves it out is
    refused when it would bind the actor. Programs have networks and nothing else.

    Raises NotFound for a role that is none there, BadNetwork, LocksYouOut.
    """
    values = {
        "second_factor_from": second_factor_from.isoformat() if second_factor_from else None,
        "idle_minutes": idle_minutes,
        "session_hours": session_hours,
        "networks": [clean_network(line) for line in networks],
    }
    if len(networks) > MOST_NETWORKS:
        raise BadNetwork(networks[MOST_NETWORKS], _("more networks than fit"))
    return _write(role, brand_id=brand_id, values=values, actor=actor, address=address, now=now)


def restore_policy(
    role: str, *, brand_id: int | None, actor: Actor, address: str, now: datetime
) -> SecurityPolicy:
    """Set the rules that held before the last change; done twice, it is undone.

    Raises NotFound, NothingFormer, LocksYouOut.
    """
    row = policies_of(brand_id).get(role)
    if row is None or row.former is None:
        raise NothingFormer
    return _write(role, brand_id=brand_id, values=row.former, actor=actor, address=address, now=now)


def forget_brand(brand_id: int) -> None:
    """Remove the rules of a brand that is taken down, and its sessions from their owners' lists."""
    with labour_scope(), transaction.atomic():
        SecurityPolicy.objects.filter(brand_id=brand_id).delete()
        SignIn.objects.filter(brand_id=brand_id).delete()
        changed()


def _at(brand_id: int | None) -> "QuerySet[SecurityPolicy]":
    """The rows of the brand; None: the provider's."""
    where = Q(brand__isnull=True) if brand_id is None else Q(brand_id=brand_id)
    return SecurityPolicy.objects.filter(where)


def clean_network(line: str) -> str:
    """Return the network as it is stored. Raises BadNetwork."""
    text = line.strip()
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise BadNetwork(text, _("not a network. Write it like 203.0.113.0/24 or 2001:db8::/32.")) from None
    if network.prefixlen == 0:
        raise BadNetwork(text, _("that is every address: leave the list empty instead."))
    return str(network)


def _write(
    role: str, *, brand_id: int | None, values: Mapping[str, Any], actor: Actor, address: str, now: datetime
) -> SecurityPolicy:
    if role not in roles_of(brand_id):
        raise NotFound
    _check_way_back(role, brand_id, values["networks"], actor=actor, address=address)
    with labour_scope(), transaction.atomic():
        _at(brand_id).get_or_create(role=role, defaults={"brand_id": brand_id})
        row = _at(brand_id).select_for_update().get(role=role)
        before = values_of_policy(row)
        diff = changes(before, values)
        if not diff:
            return row
        _fill(row, values)
        row.former, row.changed_at = before, now
        row.save()
        audit("policy.changed", actor=actor.who, brand_id=brand_id, object=role, diff=diff, now=now)
        changed()
        _tell(role, brand_id, now=now)
    return row


def _fill(row: SecurityPolicy, values: Mapping[str, Any]) -> None:
    since = values["second_factor_from"]
    row.second_factor_from = parse_datetime(since) if since else None
    row.idle_minutes, row.session_hours = values["idle_minutes"], values["session_hours"]
    row.networks = list(values["networks"])


def _check_way_back(
    role: str, brand_id: int | None, networks: list[str], *, actor: Actor, address: str
) -> None:
    binds = any((seat.brand_id, seat.role) == (brand_id, role) for seat in actor.memberships)
    if binds and networks and not is_within(address, tuple(networks)):
        raise LocksYouOut(address)


def _tell(role: str, brand_id: int | None, *, now: datetime) -> None:
    """Have the sockets of those concerned check again, on commit."""
    seated = Membership.objects.valid(now).with_role(role, brand_id=brand_id)
    for user_id in sorted(set(seated.values_list("user_id", flat=True))):
        access_changed(user_id)
