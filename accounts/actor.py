"""Who a request acts for: a frozen value, made once, so that a brand's scope need not be left to ask."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from accounts.choices import Language, Role, Theme
from accounts.permissions import CLIENT_ROLES, PORTAL, Permission, gives, permissions_of
from accounts.refusals import refuse
from tenants.cards import BrandCard
from tenants.scope import Grant


@dataclass(frozen=True, slots=True)
class Seat:
    """One role, in the brand of that id, or with the provider (`brand_id` None).

    `until` is when it ends (exclusive), None for never; two seats are the same whenever they end.
    """

    brand_id: int | None
    role: str
    until: datetime | None = field(default=None, compare=False)

    def reaches(self, brand_id: int | None) -> bool:
        """Tell whether it counts in that brand; None: in any."""
        return brand_id is None or self.brand_id in (None, brand_id)

    def there(self, brand_id: int) -> "Seat | None":
        """The seat as the brand's host knows it: one with the provider too, if its role reads there."""
        if self.brand_id == brand_id:
            return self
        reads = self.brand_id is None and permissions_of(self.role) & PORTAL
        return replace(self, brand_id=brand_id) if reads else None


@dataclass(frozen=True, slots=True)
class Seeing:
    """Somebody of the provider looks at a brand's portal as its people do, until `until` (exclusive)."""

    ref: UUID
    role: str
    until: datetime

    @property
    def role_name(self) -> str:
        return str(Role(self.role).label)


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in user and the seats that were theirs when the request came in."""

    user_id: int
    email: str
    name: str
    memberships: tuple[Seat, ...] = ()
    language: str = Language.EN
    theme: str = Theme.SYSTEM
    timezone: str = "UTC"
    seeing: Seeing | None = None
    stands_on: tuple[Seat, ...] = field(default=(), compare=False)

    @property
    def held(self) -> tuple[Seat, ...]:
        """The seats behind `memberships`, where they are held: what rules of sign-in are for."""
        return self.stands_on or self.memberships

    @property
    def who(self) -> str:
        """How audit rows and grants name this person."""
        return f"user:{self.user_id}"

    @property
    def first_name(self) -> str:
        return self.name.split(" ", 1)[0]

    @property
    def agent_id(self) -> int | None:
        """The user's id for who answers at the desk in any brand, else None."""
        return self.user_id if self.can(Permission.ANSWER) else None

    @property
    def is_operator(self) -> bool:
        """Tell whether they run the platform: set clients up, and whatever goes with it."""
        return self.can(Permission.CLIENTS_ONBOARD)

    @property
    def sees_styleguide(self) -> bool:
        return self.can(Permission.STYLEGUIDE)

    @property
    def is_client(self) -> bool:
        """Tell whether they are on a client's side and nothing else: what they see names no product."""
        return bool(self.memberships) and {seat.role for seat in self.memberships} <= CLIENT_ROLES

    @property
    def seats_end_at(self) -> datetime | None:
        """When the first of their seats ends, None when none does: a socket looks again then."""
        return min((seat.until for seat in self.memberships if seat.until), default=None)

    def can(self, permission: Permission, brand_id: int | None = None) -> bool:
        """Tell whether a seat gives them the permission in that brand; without one: anywhere."""
        return next(self._giving(permission, brand_id), None) is not None

    def brands_with(self, *permissions: Permission) -> tuple[int, ...] | None:
        """The brands in which they have one of the permissions, sorted; None for every brand there is."""
        ids = {seat.brand_id for one in permissions for seat in self._giving(one, None)}
        return None if None in ids else tuple(sorted(one for one in ids if one is not None))

    def brand_ids(self, role: str | None = None) -> tuple[int, ...]:
        """The brands this person has a seat in, in that role if one is named; sorted, each once."""
        ids = {s.brand_id for s in self.memberships if s.brand_id and role in (None, s.role)}
        return tuple(sorted(ids))

    def has(self, role: str, brand_id: int | None = None) -> bool:
        """Tell whether they hold that role in that brand, without one: with the provider."""
        return Seat(brand_id, role) in self.memberships

    def role_in(self, brand_id: int) -> str | None:
        """The role of their first seat as the brand's host knows them (sorted by brand and role), or None."""
        return next((seat.role for seat in self._there(brand_id)), None)

    def only(self, brand_id: int) -> "Actor":
        """The same person as a brand's host knows them: no seat but those that count in this brand."""
        behind = tuple(seat for seat in self.memberships if seat.there(brand_id))
        return replace(self, memberships=tuple(self._there(brand_id)), stands_on=behind)

    def as_seen_by(self, seeing: Seeing, brand_id: int) -> "Actor":
        """The same person with nothing but the seat through which they look."""
        seat = Seat(brand_id, seeing.role, seeing.until)
        behind = tuple(self._giving(Permission.SEE_AS, brand_id))
        return replace(self, memberships=(seat,), seeing=seeing, stands_on=behind)

    def grant_for(self, brand: BrandCard | int, *, role: str | None = None) -> Grant:
        """Give leave to enter the brand, as the named role or as whichever they hold there.

        Raises NotFound without such a seat, and writes it down.
        """
        brand_id = brand if isinstance(brand, int) else brand.id
        held = role if role and self.has(role, brand_id) else None if role else self.role_in(brand_id)
        if held is None:
            refuse(self.who, brand_id=brand_id, role=role or "anybody")
        return Grant(kind="member", brand_id=brand_id, who=self.who, role=held)

    def grant(self, permission: Permission, brand: BrandCard) -> Grant:
        """Give leave to enter the brand for what the permission says.

        Raises NotFound for who has it not there, and writes it down.
        """
        seat = next(self._giving(permission, brand.id), None)
        if seat is None:
            refuse(self.who, brand_id=brand.id, permission=permission)
        return Grant(kind="member", brand_id=brand.id, who=self.who, role=seat.role)

    def operator_grant(self, brand: BrandCard) -> Grant:
        """Give who runs the platform leave to enter any brand, to set it up.

        Raises NotFound for everybody else, and writes it down.
        """
        return self.grant(Permission.CLIENTS_ONBOARD, brand)

    def _giving(self, permission: Permission, brand_id: int | None) -> Iterator[Seat]:
        """Yield the seats that give the permission there."""
        where = None if permission.is_providers else brand_id
        for seat in self.memberships:
            if seat.reaches(where) and gives(seat.role, seat.brand_id, permission):
                yield seat

    def _there(self, brand_id: int) -> Iterator[Seat]:
        found = (seat.there(brand_id) for seat in self.memberships)
        return (seat for seat in found if seat is not None)
