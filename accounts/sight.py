"""Who can see what of a brand: every seat that counts there, what it opens, and who looked in lately.

Seats with the provider count in every brand. What a seat opens comes from the permission matrix; what only a
look through the client's eyes would show is told apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role
from accounts.models import Membership, User
from accounts.permissions import CLIENT_ROLES, MATRIX, Permission, permissions_of
from accounts.timed import Elevation, SeeAs
from tenants.scope import labour_scope

P = Permission
LOOKED_DAYS = 30
MOST_LOOKS = 100
YES, AS_CLIENT, NO = "yes", "as_client", "no"
WORDS = {YES: _("Yes"), AS_CLIENT: _("Looking on"), NO: _("No")}

FACETS: tuple[tuple[str, Promise, frozenset[Permission]], ...] = (
    ("texts", _("What customers wrote"), frozenset({P.CONVERSATIONS, P.ANSWER})),
    ("names", _("Customers' names"), frozenset({P.CONVERSATIONS, P.ANSWER})),
    ("report", _("Service report"), frozenset({P.REPORT})),
    ("audit", _("Audit trail"), frozenset({P.AUDIT, P.OWN_AUDIT})),
    ("settings", _("Settings"), frozenset({P.CLIENT_LAUNCH, P.HOURS, P.BRAND, P.HOSTS, P.MAIL, P.KEYS})),
)
"""What there is to see, in words, with the permissions of which each opens it."""


@dataclass(frozen=True, slots=True)
class Glance:
    """One facet for one seat: `state` is `yes`, `as_client` or `no`."""

    title: "str | Promise"
    state: str

    @property
    def words(self) -> "str | Promise":
        return WORDS[self.state]


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody's seat that counts in the brand. `is_ours`: the provider's, whatever the seat is."""

    user_id: int
    name: str
    first_name: str
    email: str
    role: str
    everywhere: bool
    since: datetime
    until: datetime | None
    last_seen: datetime | None
    glances: tuple[Glance, ...]
    is_ours: bool

    @property
    def role_name(self) -> str:
        return str(Role(self.role).label)


@dataclass(frozen=True, slots=True)
class Lately:
    """A stronger seat that was taken, or a look as the client: who, as what, why and how long."""

    user_id: int
    name: str
    first_name: str
    role: str
    reason: str
    started_at: datetime
    over_at: datetime
    everywhere: bool

    @property
    def role_name(self) -> str:
        return str(Role(self.role).label)


def of_provider(now: datetime) -> Exists:
    """Say of a seat whether its holder works for the provider: has a seat of that side, here or elsewhere."""
    theirs = Membership.objects.valid(now).filter(user=OuterRef("user"))
    return Exists(theirs.exclude(role__in=sorted(CLIENT_ROLES)))


def seats_of(brand_id: int, *, now: datetime) -> "QuerySet[Any]":
    """Return the valid seats that count in the brand: its own first, then those with the provider.

    Each says by `is_ours` whose it is: the provider's people stay so with a seat of the client's side.
    """
    rows = Membership.objects.valid(now).filter(Q(brand_id=brand_id) | Q(brand_id__isnull=True))
    rows = rows.filter(user__is_active=True).select_related("user")
    return rows.annotate(is_ours=of_provider(now)).order_by(
        F("brand_id").asc(nulls_last=True), "role", "user__name", "pk"
    )


def holders(seats: Iterable[Membership]) -> list[Holder]:
    """Say of each seat, as `seats_of` returns it, what it opens."""
    return [_holder(seat) for seat in seats]


def elevations_lately(brand_id: int, *, now: datetime) -> list[Lately]:
    """Return the stronger seats of the last 30 days that counted in the brand, newest first, up to 100."""
    rows = Elevation.objects.filter(Q(brand_id=brand_id) | Q(brand_id__isnull=True))
    return _lately(rows, now)


def looks_lately(brand_id: int, *, now: datetime) -> list[Lately]:
    """Return the looks as the client of the last 30 days, newest first, up to 100."""
    return _lately(SeeAs.objects.filter(brand_id=brand_id), now)


def glances_of(role: str) -> tuple[Glance, ...]:
    """Return what a seat of that role opens of a brand, facet by facet."""
    held = permissions_of(role)
    eyes = frozenset[Permission]().union(*(MATRIX[Role(one)] for one in CLIENT_ROLES))
    eyes = eyes if P.SEE_AS in held else frozenset()
    return tuple(Glance(title, _state(wanted, held, eyes)) for _name, title, wanted in FACETS)


def _state(wanted: frozenset[Permission], held: frozenset[Permission], eyes: frozenset[Permission]) -> str:
    if wanted & held:
        return YES
    return AS_CLIENT if wanted & eyes else NO


def _holder(seat: Any) -> Holder:
    user: User = seat.user
    return Holder(
        user.pk, user.name, user.first_name, user.email, seat.role, seat.brand_id is None, seat.since,
        seat.valid_until, user.last_login, glances_of(seat.role), seat.is_ours,
    )  # fmt: skip


def _lately(rows: "QuerySet[Any]", now: datetime) -> list[Lately]:
    since = now - timedelta(days=LOOKED_DAYS)
    with labour_scope():
        found = list(
            rows.filter(ends_at__gte=since).select_related("user").order_by("-started_at", "-pk")[:MOST_LOOKS]
        )
    return [
        Lately(
            row.user_id, row.user.name, row.user.first_name, row.role, row.reason, row.started_at,
            row.over_at, row.brand_id is None,
        )
        for row in found
    ]  # fmt: skip
