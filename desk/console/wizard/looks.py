"""What the comparison of a client with a blueprint, and the report of an edit, say of each part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tenants.onboarding.bulk import LineView, Look
from tenants.onboarding.registry import part_named
from tenants.values import BrandCard


@dataclass(frozen=True, slots=True)
class Line:
    """One part: what goes, what comes. `standing`: same, clean, own, none; `ticked`: may be overwritten."""

    name: str
    title: "str | Promise"
    standing: str
    goes: tuple[str, ...]
    comes: tuple[str, ...]
    stays: int
    mark: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One client; `changes` and `own` count its parts."""

    card: BrandCard
    lines: tuple[Line, ...]

    @property
    def changes(self) -> int:
        return sum(line.standing == "clean" for line in self.lines)

    @property
    def own(self) -> int:
        return sum(line.standing == "own" for line in self.lines)


def compared(card: BrandCard, looks: Sequence[Look], overwrite: Mapping[str, str]) -> Compared:
    return Compared(card, tuple(_line(one, overwrite) for one in looks))


def _line(one: Look, overwrite: Mapping[str, str]) -> Line:
    held = one.part.words(one.held)
    coming = held if one.proposed is None else one.part.words(one.proposed)
    goes = tuple(word for word in held if word not in coming)
    comes = tuple(word for word in coming if word not in held)
    ticked = overwrite.get(one.part.name) == one.mark
    stays = len(held) - len(goes)
    return Line(one.part.name, one.part.title, one.standing, goes, comes, stays, one.mark, ticked)


def report_words(line: LineView) -> list[str]:
    """Return what became of each part, in words: those changed first, then those kept with their reason."""
    why = {
        "own": _("left: it is the client's own"),
        "moved": _("left: it was changed while the edit was looked at"),
        "changed_since": _("not taken back: it was changed since"),
    }
    done = [_title(name) for name in line.changed if name not in line.kept]
    return [*done, *(f"{_title(name)}: {why.get(reason, reason)}" for name, reason in line.kept.items())]


def _title(name: str) -> str:
    part = part_named(name)
    return str(part.title) if part else name
