"""What a person of the pool is, as lists, files and changes see them; frozen, without a query."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Self

from tenants.values import BrandCard
from workforce.staff.limits import COLUMNS as LIMIT_COLUMNS
from workforce.staff.limits import Limits


@dataclass(frozen=True, slots=True)
class Person:
    """`skills`: {skill's id: level}. `brands`: {brand's id: version certified for}, "" for a bare seat.

    `hired_on` None: who is new begins on the day they are added. `limits`: read and written by files alone.
    """

    name: str
    employee_no: str
    team_id: int | None = None
    site_id: int | None = None
    languages: tuple[str, ...] = ()
    skills: Mapping[int, int] = field(default_factory=dict)
    brands: Mapping[int, str] = field(default_factory=dict)
    hired_on: date | None = None
    limits: Limits = Limits()

    def as_json(self) -> dict[str, Any]:
        """Return what JSON holds, without limits; numbers as keys become text."""
        plain = {name: getattr(self, name) for name in FIELDS if name != "limits"}
        pairs = {name: {str(key): value for key, value in plain[name].items()} for name in MAPS}
        return plain | pairs | {"languages": list(self.languages), "hired_on": _written(self.hired_on)}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        pairs = {name: {int(key): value for key, value in plain[name].items()} for name in MAPS}
        said = plain.get("hired_on")
        hired_on = date.fromisoformat(said) if said else None
        return cls(**(dict(plain) | pairs | {"languages": tuple(plain["languages"]), "hired_on": hired_on}))


def _listed(pairs: Mapping[str, Any]) -> str:
    return ";".join(key if value == "" else f"{key}:{value}" for key, value in sorted(pairs.items()))


def _written(day: date | None) -> str:
    return day.isoformat() if day else ""


MAPS = ("skills", "brands")
HEADS = {"employee_no": "employee number", "hired_on": "hired on"}
"""Columns of a file that are called otherwise than the field."""
FIELDS = tuple(one.name for one in fields(Person))


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody is to become. `user_id` None: a new user; `before` None: no agent yet."""

    email: str
    after: Person
    before: Person | None = None
    user_id: int | None = None

    @property
    def is_change(self) -> bool:
        return self.before != self.after

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that differ; all of them for who is new."""
        if self.before is None:
            return FIELDS
        return tuple(name for name in FIELDS if getattr(self.before, name) != getattr(self.after, name))


@dataclass(frozen=True, slots=True)
class Names:
    """What a person's ids stand for: names of sites and teams, codes of skills, short names of brands."""

    sites: Mapping[int, str]
    teams: Mapping[int, str]
    skills: Mapping[int, str]
    brands: Mapping[int, str]

    def plain(self, person: Person | None) -> dict[str, Any]:
        """Return the person in words, fit for an audit row: {"team": name, "skills": {code: level}, ...}."""
        if person is None:
            return {}
        return {
            "name": person.name,
            "employee_no": person.employee_no,
            "team": self.teams.get(person.team_id or 0, ""),
            "site": self.sites.get(person.site_id or 0, ""),
            "languages": list(person.languages),
            "skills": {self.skills.get(key, str(key)): level for key, level in person.skills.items()},
            "brands": {self.brands.get(key, str(key)): version for key, version in person.brands.items()},
            "hired_on": _written(person.hired_on),
        }

    def cells(self, person: Person) -> dict[str, str]:
        """Return the person as a line of an import file has them."""
        plain = self.plain(person)
        pairs = {name: _listed(plain[name]) for name in MAPS}
        return plain | pairs | {"languages": ";".join(person.languages)} | self._limit_cells(person.limits)

    def _limit_cells(self, limits: Limits) -> dict[str, str]:
        return {
            column: _listed({self.brands.get(key, str(key)): n for key, n in getattr(limits, part).items()})
            for column, part in LIMIT_COLUMNS.items()
        }

    def differences(self, change: Change) -> list[tuple[str, str, str]]:
        """Return (column of a file, before, after) of what the change makes of a person."""
        before = self.cells(change.before) if change.before else {}
        found = [(name, before.get(name, ""), cell) for name, cell in self.cells(change.after).items()]
        return [(HEADS.get(name, name), old, new) for name, old, new in found if old != new]


@dataclass(frozen=True, slots=True)
class Handed:
    """One client's part. `lines`: (name of the line, conversations that wait there again).

    `client` None: clients whose name the reader is not to see, taken together; their lines have no names.
    """

    client: BrandCard | None
    lines: tuple[tuple[str, int], ...] = ()
    closed: int = 0
    drafts: int = 0
    passed_on: int = 0

    @property
    def waiting(self) -> int:
        return sum(count for _name, count in self.lines)

    @property
    def left_as_notes(self) -> int:
        """Drafts that nobody has in the composer."""
        return self.drafts - self.passed_on

    def __bool__(self) -> bool:
        return bool(self.lines or self.closed or self.drafts)
