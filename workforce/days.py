"""A day of an agent made readable: stretches of the time ledger, their sums, and seconds that add up whole.

Pure, as the ledger is: values in, values out. A stretch is a run of wall time in which nothing changed.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import groupby
from typing import TypeVar

from workforce.ledger import Kind, Slice, wall_seconds

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class What:
    """What a share of time was. `availability` and `reason` are those of the state under it, "" unknown."""

    kind: str
    brand_id: int | None
    availability: str
    reason: str
    connected: bool = True
    is_test: bool = False

    @property
    def is_work(self) -> bool:
        return self.kind not in {Kind.STATE, Kind.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Wall time `[start, end)` in which the agent was on the same things; `whats` in a steady order."""

    start: datetime
    end: datetime
    whats: tuple[What, ...]

    @property
    def seconds(self) -> Fraction:
        return wall_seconds(self.start, self.end)

    @property
    def is_gap(self) -> bool:
        """Nothing was written: not signed in yet, or the record is broken."""
        return all(what.kind == Kind.UNKNOWN for what in self.whats)


def what_of(piece: Slice) -> What:
    """Return what a slice was, without which conversation it was."""
    state, is_test = piece.state, piece.work is not None and piece.work.is_test
    if state is None:
        return What(piece.kind, piece.brand_id, "", "", is_test=is_test)
    return What(piece.kind, piece.brand_id, state.availability, state.reason, state.connected, is_test)


def stretches(slices: Iterable[Slice]) -> list[Stretch]:
    """Join neighbouring slices of the same things, in the order of time."""
    out: list[Stretch] = []
    for (start, end), pieces in groupby(slices, key=lambda piece: (piece.start, piece.end)):
        whats = tuple(sorted({what_of(piece) for piece in pieces}, key=_order))
        last = out[-1] if out else None
        if last and last.end == start and last.whats == whats:
            out[-1] = Stretch(last.start, end, whats)
        else:
            out.append(Stretch(start, end, whats))
    return out


def sums(slices: Iterable[Slice]) -> dict[What, Fraction]:
    """Return the exact seconds of each thing; together they are the wall time of the slices."""
    totals: dict[What, Fraction] = {}
    for piece in slices:
        what = what_of(piece)
        totals[what] = totals.get(what, Fraction()) + piece.seconds
    return totals


def whole(parts: Mapping[K, Fraction]) -> dict[K, int]:
    """Round seconds so that the whole numbers add up to the rounded sum: largest remainders go up.

    Each part is off by less than a second (Hamilton's method). Equal remainders: the earlier part first.
    """
    floors = {key: int(seconds) for key, seconds in parts.items()}
    short = round(sum(parts.values())) - sum(floors.values())
    for key in sorted(parts, key=lambda key: floors[key] - parts[key])[:short]:
        floors[key] += 1
    return floors


def _order(what: What) -> tuple[bool, int, str]:
    return (what.brand_id is None, what.brand_id or 0, what.kind)
