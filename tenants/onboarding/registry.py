"""What the rooms give to onboarding: steps that build a brand, checks for going live, parts of blueprints.

A room's `ready()` names the module; it is loaded, shapes and all, in the process where somebody onboards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

from django.utils.functional import Promise

from tenants.values import BrandCard, Grant

if TYPE_CHECKING:
    from tenants.onboarding.shapes import Shape

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
    shape: "type[Shape]"
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

_modules: list[str] = []


def register(module: str) -> None:
    """Name a module (`accounts.onboarding`) that has some of STEPS, CHECKS, FINISHES, PARTS."""
    if module not in _modules:
        _modules.append(module)
        for kept in (_loaded, _registered, _registered_parts):
            kept.cache_clear()


@cache
def _loaded() -> tuple[ModuleType, ...]:
    return tuple(import_module(name) for name in _modules)


@cache
def _registered() -> tuple[dict[str, Step], dict[str, Check]]:
    """Load the modules that were named; returns their steps and their checks by name."""
    found = _loaded()
    steps = {step.name: step for module in found for step in getattr(module, "STEPS", ())}
    return steps, {check.name: check for module in found for check in getattr(module, "CHECKS", ())}


@cache
def _registered_parts() -> dict[str, Part]:
    return {part.name: part for module in _loaded() for part in getattr(module, "PARTS", ())}


def finishes() -> list[Finish]:
    return [finish for module in _loaded() for finish in getattr(module, "FINISHES", ())]


def steps() -> list[Step]:
    """Return the steps in the order in which they are shown."""
    return sorted(_registered()[0].values(), key=lambda step: step.position)


def in_turn() -> list[Step]:
    """Return the steps in the order in which they are applied."""
    return sorted(_registered()[0].values(), key=lambda step: step.turn)


def step_named(name: str) -> Step | None:
    return _registered()[0].get(name)


def checks() -> list[Check]:
    """Return the checks in the order of the list."""
    return sorted(_registered()[1].values(), key=lambda check: check.position)


def parts() -> list[Part]:
    """Return the parts in the order in which they are offered."""
    return sorted(_registered_parts().values(), key=lambda part: part.position)


def part_named(name: str) -> Part | None:
    return _registered_parts().get(name)
