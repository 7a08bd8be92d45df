"""Who a number stands for: people as audit rows name them (`user:7`), looked up by the page."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.actor import Seat
from accounts.choices import Role
from accounts.models import Membership, User
from tenants.scope import labour_scope

PREFIX = "user:"
MOST = 200
ROLES = {str(value): label for value, label in Role.choices}


@dataclass(frozen=True, slots=True)
class Known:
    """A person with every seat they hold or ever held, the provider's first."""

    user_id: int
    name: str
    first_name: str
    email: str
    seats: tuple[Seat, ...]

    def role_towards(self, brand_id: int | None) -> str:
        """Return what they are to the brand: their seat there, else the one with the provider, in words."""
        held = [seat.role for wanted in (brand_id, None) for seat in self.seats if seat.brand_id == wanted]
        return str(ROLES.get(held[0], held[0])) if held else ""


def user_id_of(who: str) -> int | None:
    """Return the id in `user:7`, None for whatever is no person."""
    number = who.removeprefix(PREFIX)
    is_person = who.startswith(PREFIX) and number.isascii() and number.isdecimal() and len(number) < 19
    return int(number) if is_person else None


def known_of(names: Iterable[str]) -> dict[str, Known]:
    """Return the people among the names (`user:7`); two statements."""
    ids = {user_id for name in names if (user_id := user_id_of(name)) is not None}
    seats: list[tuple[int, int | None, str]]
    with labour_scope():
        users = list(User.objects.filter(pk__in=ids).only("name", "email"))
        rows = Membership.objects.filter(user_id__in=ids).order_by("brand_id", "role")
        seats = list(rows.values_list("user_id", "brand_id", "role"))
    return {f"{PREFIX}{user.pk}": _known(user, seats) for user in users}


def people_like(words: str) -> list[str]:
    """Return the people whose name or address holds the words, as audit rows name them; up to 200."""
    with labour_scope():
        found = User.objects.filter(name__icontains=words) | User.objects.filter(email__icontains=words)
        return [f"{PREFIX}{pk}" for pk in found.order_by("pk").values_list("pk", flat=True)[:MOST]]


def ever_seated(brand_id: int, roles: Iterable[str]) -> list[str]:
    """Return who holds or ever held a seat of those roles in the brand, as audit rows name them."""
    with labour_scope():
        rows = Membership.objects.filter(brand_id=brand_id, role__in=list(roles)).order_by("user_id")
        return [f"{PREFIX}{user_id}" for user_id in rows.values_list("user_id", flat=True).distinct()]


def _known(user: User, seats: list[tuple[int, int | None, str]]) -> Known:
    own = [Seat(brand_id, role) for user_id, brand_id, role in seats if user_id == user.pk]
    ordered = sorted(own, key=lambda seat: (seat.brand_id is not None, seat.brand_id or 0))
    return Known(user.pk, user.name, user.first_name, user.email, tuple(ordered))
