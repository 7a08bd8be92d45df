"""What the rooms give to onboarding: steps that build a brand, checks for going live, parts of blueprints."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.functional import Promise

from tenants.onboarding.shapes import Shape
from tenants.values import BrandCard, Grant

Data = dict[str, Any]
Value = Any
"""What a part of a blueprint holds in one client: plain JSON, equal when nothing differs."""
Apply = Callable[["Work"], None]


@dataclass(frozen=True, slots=True)
class Work:
    """One step put into force: the brand, the step's cleaned data, and who does it. Run unbound."""

    brand: BrandCard
    data: Data
    grant: Grant
    actor: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One screen of the wizard and one key of the file.

    `position` is where it is shown, `turn` when it is applied. `apply` is idempotent: it is run again when a
    brand that is not live yet is changed. `copy` reads the step's data from another brand, for a new one.
    """

    name: str
    title: Promise
    position: int
    turn: int
    shape: type[Shape]
    apply: Apply
    copy: Callable[[BrandCard, Grant], Data]
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. `words` say what is so, or what to do; `bad` blocks, `warn` wants a reason."""

    state: Literal["good", "warn", "bad"]
    words: "str | Promise"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist: `find` asks the rows of its room; `mend` names the step that mends it."""

    name: str
    room: str
    title: Promise
    position: int
    mend: str
    find: Callable[[BrandCard, Grant, datetime], Finding]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a blueprint that can be put over clients that stand already.

    `read` says what the client has; `propose` what it would have after the blueprint's {step: data}, None
    where nothing of the blueprint fits it; `write` puts `work.data["value"]` into force by verbs; `words` are
    lines for people to compare. All run unbound.
    """

    name: str
    title: Promise
    position: int
    read: Callable[[BrandCard, Grant, datetime], Value]
    propose: Callable[[dict[str, Data], Value], Value | None]
    write: Callable[[Work], None]
    words: Callable[[Value], list[str]]


Finish = Callable[[BrandCard, Grant, datetime], None]
"""What a room does once all steps are applied, run unbound."""

_steps: dict[str, Step] = {}
_finishes: list[Finish] = []
_checks: dict[str, Check] = {}
_parts: dict[str, Part] = {}


def register_step(step: Step) -> None:
    _steps[step.name] = step


def register_check(check: Check) -> None:
    _checks[check.name] = check


def register_finish(finish: Finish) -> None:
    if finish not in _finishes:
        _finishes.append(finish)


def finishes() -> list[Finish]:
    return list(_finishes)


def steps() -> list[Step]:
    """Return the steps in the order in which they are shown."""
    return sorted(_steps.values(), key=lambda step: step.position)


def in_turn() -> list[Step]:
    """Return the steps in the order in which they are applied."""
    return sorted(_steps.values(), key=lambda step: step.turn)


def step_named(name: str) -> Step | None:
    return _steps.get(name)


def checks() -> list[Check]:
    """Return the checks in the order of the list."""
    return sorted(_checks.values(), key=lambda check: check.position)


def register_part(part: Part) -> None:
    _parts[part.name] = part


def parts() -> list[Part]:
    """Return the parts in the order in which they are offered."""
    return sorted(_parts.values(), key=lambda part: part.position)


def part_named(name: str) -> Part | None:
    return _parts.get(name)
