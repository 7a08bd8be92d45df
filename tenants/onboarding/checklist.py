"""The way to live as computed lines: each asks its room, says what is so, and names what mends it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from tenants.onboarding.registry import checks
from tenants.values import BrandCard, Grant


@dataclass(frozen=True, slots=True)
class Line:
    """One check with what it found: good, warn (wants a reason) or bad (blocks)."""

    name: str
    room: str
    title: "str | Promise"
    mend: str
    state: str
    words: "str | Promise"


def checklist(brand: BrandCard, grant: Grant, *, now: datetime) -> list[Line]:
    """Ask every check about the brand, in the order of the list."""
    found = [(check, check.find(brand, grant, now)) for check in checks()]
    return [
        Line(check.name, check.room, check.title, check.mend, finding.state, finding.words)
        for check, finding in found
    ]


def unexcused(lines: Sequence[Line], reasons: Mapping[str, str]) -> list[str]:
    """Return the titles of what stands in the way: all that is bad, and what is amber without a reason."""
    return [
        str(line.title)
        for line in lines
        if line.state == "bad" or (line.state == "warn" and not reasons.get(line.name, "").strip())
    ]
