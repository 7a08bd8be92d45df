"""Who a request acts for: a frozen value, made once, so that a brand's scope need not be left to ask."""

from dataclasses import dataclass

from accounts.choices import Language, Role, Theme
from accounts.refusals import refuse
from tenants.cards import BrandCard
from tenants.scope import Grant


@dataclass(frozen=True, slots=True)
class Seat:
    """One role, in the brand of that id, or with the provider (`brand_id` None)."""

    brand_id: int | None
    role: str


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

    @property
    def who(self) -> str:
        """How audit rows and grants name this person."""
        return f"user:{self.user_id}"

    @property
    def first_name(self) -> str:
        return self.name.split(" ", 1)[0]

    @property
    def agent_id(self) -> int | None:
        """The user's id for who holds an agent's seat anywhere, else None."""
        return self.user_id if self.brand_ids(Role.AGENT) else None

    @property
    def is_operator(self) -> bool:
        return self.has(Role.OPERATOR)

    @property
    def is_client(self) -> bool:
        """Tell whether they are on a client's side and nothing else: what they see names no product."""
        return bool(self.memberships) and {seat.role for seat in self.memberships} == {Role.MANAGER}

    def brand_ids(self, role: str | None = None) -> tuple[int, ...]:
        """The brands this person has a seat in, in that role if one is named; sorted, each once."""
        ids = {s.brand_id for s in self.memberships if s.brand_id and role in (None, s.role)}
        return tuple(sorted(ids))

    def has(self, role: str, brand_id: int | None = None) -> bool:
        """Tell whether they hold that role in that brand, without one: with the provider."""
        return Seat(brand_id, role) in self.memberships

    def role_in(self, brand_id: int) -> str | None:
        """The role of their first seat in the brand (seats are sorted by brand and role), or None."""
        return next((s.role for s in self.memberships if s.brand_id == brand_id), None)

    def only(self, brand_id: int) -> "Actor":
        """The same person as a brand's host knows them: no seat but those in this brand."""
        seats = tuple(s for s in self.memberships if s.brand_id == brand_id)
        return Actor(self.user_id, self.email, self.name, seats, self.language, self.theme, self.timezone)

    def grant_for(self, brand: BrandCard | int, *, role: str | None = None) -> Grant:
        """Give leave to enter the brand, as the named role or as whichever they hold there.

        Raises NotFound without such a seat, and writes it down.
        """
        brand_id = brand if isinstance(brand, int) else brand.id
        held = role if role and self.has(role, brand_id) else None if role else self.role_in(brand_id)
        if held is None:
            refuse(self.who, brand_id=brand_id, role=role or "anybody")
        return Grant(kind="member", brand_id=brand_id, who=self.who, role=held)

    def operator_grant(self, brand: BrandCard) -> Grant:
        """Give an operator of the provider leave to enter any brand, to set it up.

        Raises NotFound for everybody else, and writes it down.
        """
        if not self.is_operator:
            refuse(self.who, brand_id=brand.id, role=Role.OPERATOR)
        return Grant(kind="member", brand_id=brand.id, who=self.who, role=Role.OPERATOR)
