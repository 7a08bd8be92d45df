"""The time ledger: where every microsecond of an agent's wall time went.

Pure: values in, exact Fractions out, no Django.

Wall time is cut at every instant at which anything begins or ends. Each elementary slice goes
1. to the agent's engagements of that slice: `equal` shares it 1/k each; `focus` gives all of it to the item
   in front (shared among that item's own engagements), and falls back to `equal` when none is in front;
2. else to the brand that the state interval is for (a dedicated wait, a training for a brand);
3. else to the state alone (its availability and reason), or to nothing known where no state was written.

Nothing is lost and nothing is counted twice: over any period the seconds add up to the period, exactly.
All intervals are half-open `[start, end)`, `end` None while open; instants are aware.
"""

from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo


class Rule(StrEnum):
    EQUAL = "equal"
    FOCUS = "focus"


class Kind(StrEnum):
    """What a share of time was; the first four are an engagement's own kinds."""

    HANDLING = "handling"
    HOLD = "hold"
    WRAP_UP = "wrap_up"
    CONSULT = "consult"
    STATE = "state"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class State:
    """A stretch in one state; `reason` is a code or "". Where two overlap, the later in the list wins."""

    start: datetime
    end: datetime | None
    availability: str
    reason: str = ""
    brand_id: int | None = None
    pool_id: int | None = None
    connected: bool = True


@dataclass(frozen=True, slots=True)
class Work:
    """A stretch of being on a work item."""

    start: datetime
    end: datetime | None
    brand_id: int
    queue_id: int
    work_item_id: int
    kind: str = Kind.HANDLING
    pool_id: int | None = None
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class Focus:
    """A stretch with a work item in front."""

    start: datetime
    end: datetime | None
    work_item_id: int


@dataclass(frozen=True, slots=True)
class Slice:
    """A piece of wall time and one of those it went to; several slices may share one stretch."""

    start: datetime
    end: datetime
    seconds: Fraction
    kind: str
    brand_id: int | None = None
    work: Work | None = None
    state: State | None = None


Spell = State | Work | Focus
Rules = list[tuple[datetime, datetime, Rule]]
"""A period cut where another rule begins to hold."""
S = TypeVar("S", State, Work, Focus)


def share_out(
    *,
    states: Sequence[State],
    works: Sequence[Work],
    focuses: Sequence[Focus] = (),
    start: datetime,
    end: datetime,
    rule: Rule = Rule.EQUAL,
) -> list[Slice]:
    """Share the wall time of `[start, end)` out; the slices' seconds add up to it exactly."""
    cuts = _cuts([*states, *works, *focuses], start, end)
    lanes = zip(pairwise(cuts), _sweep(states, cuts), _sweep(works, cuts), _sweep(focuses, cuts), strict=True)
    out: list[Slice] = []
    for (begun, done), state, work, focus in lanes:
        out += _slices(begun, done, _last(state), work, _last(focus) if rule == Rule.FOCUS else None)
    return out


@dataclass(frozen=True, slots=True)
class Spells:
    """What is written of an agent's time, and by which rules it is shared out."""

    states: list[State]
    works: list[Work]
    focuses: list[Focus]
    rules: Rules

    def slices(self) -> list[Slice]:
        """Share the whole of it out."""
        parts = (
            share_out(
                states=self.states, works=self.works, focuses=self.focuses, start=start, end=end, rule=rule
            )
            for start, end, rule in self.rules
        )
        return [piece for part in parts for piece in part]


def rules_within(terms: Sequence[tuple[datetime, Rule]], *, start: datetime, end: datetime) -> Rules:
    """Cut `[start, end)` where another rule begins to hold; `terms` in order, equal before the first."""
    rule, found = Rule.EQUAL, []
    for since, said in terms:
        if start < since < end:
            found.append((start, since, rule))
            start = since
        rule = said if since <= start else rule
    return [*found, (start, end, rule)] if start < end else []


def seconds_by_brand(slices: Iterable[Slice]) -> dict[int | None, Fraction]:
    """Add the slices up per brand; None is the time that was for no brand."""
    totals: dict[int | None, Fraction] = {}
    for piece in slices:
        totals[piece.brand_id] = totals.get(piece.brand_id, Fraction()) + piece.seconds
    return totals


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the instants in UTC at which the day begins and ends in the zone: 23, 24 or 25 hours apart."""
    begun = datetime.combine(day, time.min, tzinfo=zone)
    done = datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
    return begun.astimezone(UTC), done.astimezone(UTC)


def wall_seconds(start: datetime, end: datetime) -> Fraction:
    """Return the seconds between two instants, exact to the microsecond whatever their zones."""
    return Fraction((end.astimezone(UTC) - start.astimezone(UTC)) // timedelta(microseconds=1), 1_000_000)


def _cuts(spells: Sequence[Spell], start: datetime, end: datetime) -> list[datetime]:
    edges = {edge for spell in spells for edge in (spell.start, spell.end) if edge and start < edge < end}
    return sorted({start, *edges, end}) if start < end else []


def _sweep(spells: Sequence[S], cuts: Sequence[datetime]) -> Iterator[list[S]]:
    """Yield, for each stretch between two cuts, the spells that cover it, in the order given."""
    waiting = sorted(range(len(spells)), key=lambda n: spells[n].start, reverse=True)
    running: list[int] = []
    for begun, _done in pairwise(cuts):
        while waiting and spells[waiting[-1]].start <= begun:
            insort(running, waiting.pop())
        running = [n for n in running if _lasts(spells[n], begun)]
        yield [spells[n] for n in running]


def _lasts(spell: Spell, instant: datetime) -> bool:
    return spell.end is None or spell.end > instant


def _last(spells: Sequence[S]) -> S | None:
    return spells[-1] if spells else None


def _slices(
    begun: datetime, done: datetime, state: State | None, works: list[Work], focus: Focus | None
) -> list[Slice]:
    if works:
        ahead = [work for work in works if focus and work.work_item_id == focus.work_item_id] or works
        each = wall_seconds(begun, done) / len(ahead)
        return [Slice(begun, done, each, work.kind, work.brand_id, work, state) for work in ahead]
    kind, brand_id = (Kind.STATE, state.brand_id) if state else (Kind.UNKNOWN, None)
    return [Slice(begun, done, wall_seconds(begun, done), kind, brand_id, None, state)]
