"""What a file would do, line by line. Pure: lines and the world in, plans and errors out."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import normalise_email
from workforce.languages import known_language
from workforce.staff.limits import COLUMNS as LIMIT_COLUMNS
from workforce.staff.limits import numbers_of
from workforce.staff.parsing import CLEAR, LONGEST_CELL, SURPLUS, Line, items_of
from workforce.staff.values import Change, Person

FIRST = "1"
"""The version somebody is certified for where nobody was before, and none is named."""
LEVEL = 3
LEVELS = range(1, 6)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
YEARS = range(1950, 2101)
NEEDED = ("name", "employee number")


@dataclass(frozen=True, slots=True)
class Known:
    """Who signs in with an address of the file. `person` None: no agent; `gone`: has left."""

    user_id: int
    name: str
    person: Person | None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """A team, and where it is."""

    id: int
    site_id: int


@dataclass(frozen=True, slots=True)
class World:
    """What a file is read against; names are in lower case, what is archived is left out.

    `numbers`: {employee number: e-mail of who has it}, for the numbers of the file.
    `versions`: {brand's id: the version that was given last}. `channels`: {code: code}.
    """

    people: Mapping[str, Known]
    numbers: Mapping[str, str]
    sites: Mapping[str, int]
    teams: Mapping[str, Sequence[Spot]]
    skills: Mapping[str, int]
    brands: Mapping[str, int]
    versions: Mapping[int, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a cell; `field` is the column."""

    field: str
    words: "str | Promise"


@dataclass(slots=True)
class Plan:
    """What becomes of one line; `change` is None where there are troubles."""

    number: int
    email: str
    troubles: list[Trouble] = field(default_factory=list)
    change: Change | None = None

    @property
    def outcome(self) -> str:
        """error, create, update or unchanged."""
        if self.change is None:
            return "error"
        if self.change.before is None:
            return "create"
        return "update" if self.change.is_change else "unchanged"


def plan(lines: Sequence[Line], world: World) -> list[Plan]:
    """Return a plan for each line. Twice the same person is an error: no line wins over another."""
    mails: dict[str, int] = {}
    numbers: dict[str, int] = {}
    plans = []
    for line in lines:
        email = normalise_email(line.cells.get("mail", ""))
        made = Plan(line.number, email)
        _check_once(made, "mail", email, mails)
        _check_once(made, "employee number", line.cells.get("employee number", ""), numbers)
        _plan_line(made, line, world)
        plans.append(made)
    return plans


def counts_of(plans: Sequence[Plan]) -> dict[str, int]:
    """Return {"create": n, "update": n, "unchanged": n, "error": n}."""
    found = dict.fromkeys(("create", "update", "unchanged", "error"), 0)
    for one in plans:
        found[one.outcome] += 1
    return found


def _check_once(made: Plan, column: str, value: str, seen: dict[str, int]) -> None:
    if value and (first := seen.setdefault(value, made.number)) != made.number:
        made.troubles.append(Trouble(column, _("Line %(number)d has it too.") % {"number": first}))


def _plan_line(made: Plan, line: Line, world: World) -> None:
    known = world.people.get(made.email)
    before = known.person if known else None
    wrong = made.troubles
    _check_cells(line, wrong)
    _check_mail(made.email, known, wrong)
    _check_needed(line, known, wrong)
    _check_number(line, made.email, world, wrong)
    start = before or Person(name=known.name if known else "", employee_no="")
    after = _after(start, line, world, wrong)
    if not wrong:
        made.change = Change(made.email, after, before, known.user_id if known else None)


def _check_cells(line: Line, wrong: list[Trouble]) -> None:
    if SURPLUS in line.cells:
        wrong.append(Trouble("", _("There are more cells than columns.")))
    for column, cell in line.cells.items():
        if len(cell) > LONGEST_CELL or not cell.isprintable():
            wrong.append(Trouble(column, _("Too long, or with signs that cannot be read.")))


def _check_mail(email: str, known: Known | None, wrong: list[Trouble]) -> None:
    try:
        validate_email(email)
    except ValidationError:
        wrong.append(Trouble("mail", _("Not an e-mail address.")))
    if len(email) > 254:
        wrong.append(Trouble("mail", _("Longer than 254 signs.")))
    if known and known.gone:
        wrong.append(Trouble("mail", _("This person has left. Take them back first.")))


def _check_needed(line: Line, known: Known | None, wrong: list[Trouble]) -> None:
    for column in NEEDED:
        is_there = bool(line.cells.get(column)) or (known and (known.person or column == "name"))
        if not is_there or line.cells.get(column) == CLEAR:
            wrong.append(Trouble(column, _("A new person needs it.")))


def _check_number(line: Line, email: str, world: World, wrong: list[Trouble]) -> None:
    holder = world.numbers.get(line.cells.get("employee number", ""), email)
    if holder != email:
        wrong.append(Trouble("employee number", _("%(email)s has this number.") % {"email": holder}))


def _after(person: Person, line: Line, world: World, wrong: list[Trouble]) -> Person:
    """Return the person as the line wants them; columns without a cell stay as they are."""
    readers: dict[str, Callable[[str, Person], dict[str, Any]]] = {
        "name": lambda cell, _one: {"name": _short(cell, 150)},
        "employee number": lambda cell, _one: {"employee_no": _short(cell, 32)},
        "site": lambda cell, _one: {"site_id": _site(cell, world)},
        "team": lambda cell, one: _team(cell, one, world),
        "languages": lambda cell, _one: {"languages": _languages(cell)},
        "skills": lambda cell, _one: {"skills": _skills(cell, world)},
        "brands": lambda cell, one: {"brands": _brands(cell, one, world)},
        "hired on": lambda cell, _one: {"hired_on": _day(cell)},
        **{column: partial(_limits, part=part, world=world) for column, part in LIMIT_COLUMNS.items()},
    }
    for column, read in readers.items():
        cell = line.cells.get(column)
        if not cell:
            continue
        try:
            person = replace(person, **read(cell, person))
        except _Wrong as error:
            wrong.append(Trouble(column, error.words))
    return person


class _Wrong(Exception):
    def __init__(self, words: "str | Promise") -> None:
        super().__init__()
        self.words = words


def _short(cell: str, most: int) -> str:
    if len(cell) > most:
        raise _Wrong(_("Longer than %(most)d signs.") % {"most": most})
    return cell


def _site(cell: str, world: World) -> int | None:
    if cell == CLEAR:
        return None
    found = world.sites.get(cell.casefold())
    if found is None:
        raise _Wrong(_("There is no site “%(name)s”.") % {"name": cell})
    return found


def _team(cell: str, person: Person, world: World) -> dict[str, Any]:
    """Return the team, of several of that name the one at the person's site; no site yet: the team's."""
    if cell == CLEAR:
        return {"team_id": None}
    found = world.teams.get(cell.casefold(), ())
    here = [spot for spot in found if spot.site_id == person.site_id] or list(found)
    if not here:
        raise _Wrong(_("There is no team “%(name)s”.") % {"name": cell})
    if len(here) > 1:
        raise _Wrong(_("Several sites have a team “%(name)s”: name the site too.") % {"name": cell})
    return {"team_id": here[0].id, "site_id": person.site_id or here[0].site_id}


def _languages(cell: str) -> tuple[str, ...]:
    codes = []
    for item in items_of(cell):
        code = known_language(item)
        if code is None:
            raise _Wrong(_("“%(code)s” is no language code, such as en or pt-br.") % {"code": item})
        codes.append(code)
    return tuple(dict.fromkeys(codes))


def _skills(cell: str, world: World) -> dict[int, int]:
    found: dict[int, int] = {}
    for item in items_of(cell):
        name, colon, level = item.partition(":")
        skill_id = world.skills.get(name.strip().casefold())
        if skill_id is None:
            raise _Wrong(_("There is no skill “%(name)s”.") % {"name": name.strip()})
        if skill_id in found:
            raise _Wrong(_("“%(name)s” is there twice.") % {"name": name.strip()})
        found[skill_id] = _level(level.strip()) if colon else LEVEL
    return found


def _level(text: str) -> int:
    if not (text.isdecimal() and len(text) == 1 and int(text) in LEVELS):
        raise _Wrong(_("“%(level)s” is no level: 1 to 5.") % {"level": text})
    return int(text)


def _brands(cell: str, person: Person, world: World) -> dict[int, str]:
    """Return the brands; without a version what the person has stays, else they get the brand's newest."""
    found: dict[int, str] = {}
    for item in items_of(cell):
        slug, _colon, version = (part.strip() for part in item.partition(":"))
        brand_id = world.brands.get(slug.casefold())
        if brand_id is None:
            raise _Wrong(_("There is no client “%(slug)s”.") % {"slug": slug})
        if brand_id in found:
            raise _Wrong(_("“%(name)s” is there twice.") % {"name": slug})
        held = _short(version, 32) or person.brands.get(brand_id)
        found[brand_id] = held or world.versions.get(brand_id, FIRST)
    return found


def _limits(cell: str, person: Person, *, part: str, world: World) -> dict[str, Any]:
    """Return the person's limits with that part as the cell has it: `webchat:2` or `northwind:50`."""
    known: Mapping[str, Any] = world.channels if part.startswith("channel_") else world.brands
    numbers, found = numbers_of(part), {}
    for item in items_of(cell):
        name, _colon, number = (one.strip() for one in item.partition(":"))
        key = known.get(name.casefold())
        if key is None:
            raise _Wrong(_("There is no channel or client “%(name)s”.") % {"name": name})
        if key in found:
            raise _Wrong(_("“%(name)s” is there twice.") % {"name": name})
        if not (number.isascii() and number.isdecimal() and len(number) < 4 and int(number) in numbers):
            words = _("“%(number)s” is no number from %(least)d to %(most)d.")
            raise _Wrong(words % {"number": number, "least": numbers[0], "most": numbers[-1]})
        found[key] = int(number)
    return {"limits": replace(person.limits, **{part: found})}


def _day(cell: str) -> date:
    """Return the day; one that no calendar has, or that is a slip of the pen, is refused."""
    try:
        day = date.fromisoformat(cell) if DAY.fullmatch(cell) else None
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise _Wrong(_("“%(day)s” is no day: write it like 2025-03-01.") % {"day": cell})
    return day
