"""What a new client begins with: a file of this folder, or another client's set-up."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext_noop

from core.errors import NotFound
from tenants.onboarding.registry import Data, steps
from tenants.values import BrandCard, Grant

FOLDER = Path(__file__).parent / "blueprints"
BLANK = "blank"
WORDS = (
    gettext_noop("Retail"),
    gettext_noop("Orders, returns and product advice"),
    gettext_noop("Utility"),
    gettext_noop("Bills, moving house and outages"),
    gettext_noop("SaaS"),
    gettext_noop("Access, how-to and faults"),
    gettext_noop("Travel"),
    gettext_noop("Bookings, changes and trouble on the way"),
    gettext_noop("Healthcare"),
    gettext_noop("Appointments and practical questions"),
    gettext_noop("Blank"),
    gettext_noop("Nothing proposed: one queue, to be named"),
)


@dataclass(frozen=True)
class Blueprint:
    """A proposal: `title` and `says` are texts to translate, `data` is {step: data}."""

    name: str
    title: str
    says: str
    position: int
    data: dict[str, Data]


@cache
def blueprints() -> tuple[Blueprint, ...]:
    """Return all of them in the order in which they are offered."""
    return tuple(sorted(map(_read, FOLDER.glob("*.yaml")), key=lambda one: one.position))


def blueprint(name: str) -> Blueprint:
    """Return the one of that name. Raises NotFound."""
    found = next((one for one in blueprints() if one.name == name), None)
    if found is None:
        raise NotFound
    return found


def copy_of(brand: BrandCard, grant: Grant) -> dict[str, Data]:
    """Return {step: data} after the brand: queues, words, targets and tone; never its people or customers."""
    found = {step.name: step.copy(brand, grant) for step in steps()}
    return {name: data for name, data in found.items() if data}


def _read(path: Path) -> Blueprint:
    said: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    head = {name: said.pop(name) for name in ("title", "says", "position")}
    return Blueprint(name=path.stem, data=said, **head)
