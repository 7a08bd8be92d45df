"""What the rooms give to onboarding: steps that build a brand, checks that let it go live.

A room's `ready()` names the module; it is loaded, shapes and all, in the process where somebody onboards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from django.utils.functional import Promise

from tenants.values import BrandCard, Grant

if TYPE_CHECKING:
    from tenants.onboarding.shapes import Shape

Data = dict[str, Any]
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


_modules: list[str] = []


def register(module: str) -> None:
    """Name a module (`accounts.onboarding`) that has STEPS, CHECKS or both."""
    if module not in _modules:
        _modules.append(module)
        _registered.cache_clear()


@cache
def _registered() -> tuple[dict[str, Step], dict[str, Check]]:
    """Load the modules that were named; returns their steps and their checks by name."""
    found = [import_module(name) for name in _modules]
    steps = {step.name: step for module in found for step in getattr(module, "STEPS", ())}
    return steps, {check.name: check for module in found for check in getattr(module, "CHECKS", ())}


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
