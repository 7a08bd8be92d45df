"""Who may get a client's reports by their seat: its own people who may read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import normalise_email
from accounts.permissions import CLIENT_ROLES, Permission, gives
from accounts.seats import seats_in
from reporting.sending.models import PlanReader
from tenants.scope import labour_scope


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to whom mail can go; `user_id` None: an address alone. `may_read`: their seat gives it now."""

    user_id: int | None
    name: str
    address: str
    reader_id: int | None = None
    stopped_at: datetime | None = None
    may_read: bool = True

    @property
    def gets_it(self) -> bool:
        return self.may_read and self.stopped_at is None


def seated(brand_id: int, *, now: datetime) -> dict[int, Person]:
    """Return the client's people who may read its reports, by their user's id and in the order of names."""
    with labour_scope():
        rows = list(seats_in(brand_id, now=now).filter(role__in=CLIENT_ROLES, user__is_active=True))
    users = [row.user for row in rows if gives(row.role, brand_id, Permission.REPORT)]
    users.sort(key=lambda user: (user.name.casefold(), user.pk))
    return {user.pk: Person(user.pk, user.name, user.email) for user in users}


def people_of(readers: Iterable[PlanReader], found: dict[int, Person]) -> list[Person]:
    """Return the readers of a plan with their names; who has lost the seat is told apart."""
    return [_person(one, found) for one in readers]


def _person(reader: PlanReader, found: dict[int, Person]) -> Person:
    known = found.get(reader.user_id or 0)
    if reader.address:
        return Person(None, "", reader.address, reader.pk, reader.stopped_at)
    if known is None:
        return Person(reader.user_id, "", "", reader.pk, reader.stopped_at, may_read=False)
    return Person(known.user_id, known.name, known.address, reader.pk, reader.stopped_at)


def clean_addresses(lines: Iterable[str]) -> list[str]:
    """Return the addresses in one spelling, each once, in their order."""
    return list(dict.fromkeys(normalise_email(line.strip()) for line in lines if line.strip()))
