"""Agents' time by quarter of an hour: whose it was, through which kind of pool, and who pays. Pure.

The time ledger says what each slice of an agent's wall time went to. Here it is cut into quarters of an hour
and named: work is its client's; a wait, or an absence for a reason, is the client's it was written for, else
the one's to whom the agent was dedicated then, else nobody's. Dedicated is who was in dedicated pools of
one client alone: other pools, the one of everybody among them, change nothing.

Microseconds are whole. Those of one agent and quarter add up to the quarter (largest remainder).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from routing.choices import PoolKind
from workforce.choices import WORK_KINDS, Availability, TimeKind
from workforce.days import whole
from workforce.ledger import Slice, Spells, State, Work, share_out, wall_seconds

QUARTER = timedelta(minutes=15)
FIRST = datetime(2000, 1, 1, tzinfo=UTC)
MICRO = 1_000_000
BY_RANK = (PoolKind.DEDICATED, PoolKind.SHARED, PoolKind.OVERFLOW, PoolKind.BURST)


class Cell(NamedTuple):
    """What time was, as it is kept apart; `brand_id` 0 is nobody's, `queue_id` 0 no queue's."""

    brand_id: int
    queue_id: int
    pool_kind: str
    kind: str
    reason: str
    billable: bool
    paid: bool
    is_test: bool


class Member(NamedTuple):
    """An agent was in a pool, `end` None: still is."""

    start: datetime
    end: datetime | None
    kind: str
    brand_id: int | None


class Home(NamedTuple):
    """Which kind of pool an agent was in, and for whom they were kept free: a client, or nobody (0)."""

    pool_kind: str
    brand_id: int


@dataclass(frozen=True)
class Book:
    """What the house agreed: kinds of pools by id, (kind, is it paid) of reasons by code, and since when
    which client pays for which reason: {(code, brand): [(from, billable)]}, in order.
    """

    pools: Mapping[int, str]
    reasons: Mapping[str, tuple[str, bool]]
    terms: Mapping[tuple[str, int], Sequence[tuple[datetime, bool]]]

    def pays(self, code: str, brand_id: int, at: datetime) -> bool:
        """Tell whether the client pays for who is away for the reason; without a term it does not."""
        held = [billable for since, billable in self.terms.get((code, brand_id), ()) if since <= at]
        return held[-1] if held else False


@dataclass(slots=True)
class Times:
    """Microseconds of a cell."""

    share: int = 0
    session: int = 0
    busy: int = 0


Key = tuple[datetime, Cell]


def quarter_of(instant: datetime) -> datetime:
    """Return the beginning of the quarter of an hour that the instant is in."""
    return FIRST + (instant - FIRST) // QUARTER * QUARTER


def times_of(
    spells: Spells, members: Sequence[Member], book: Book, *, start: datetime, end: datetime
) -> dict[Key, Times]:
    """Return the time of one agent in `[start, end)`, whole quarters, by quarter and cell.

    Quarters in which there was nothing but being offline, or no record, are left out.
    """
    found: dict[Key, Times] = {}
    for key, share in _whole(_shares(spells.slices(), members, book)).items():
        found.setdefault(key, Times()).share += share
    for work in spells.works:
        cell = _work_cell(work, book)
        for quarter, begun, done in _quarters(max(work.start, start), min(work.end or end, end)):
            found.setdefault((quarter, cell), Times()).session += int(wall_seconds(begun, done) * MICRO)
    for key, busy in _busy(spells.works, book, start=start, end=end).items():
        found.setdefault(key, Times()).busy += busy
    alive = {quarter for quarter, cell in found if cell.kind not in {TimeKind.OFFLINE, TimeKind.UNKNOWN}}
    return {key: times for key, times in found.items() if key[0] in alive}


def home_at(members: Iterable[Member], instant: datetime) -> Home:
    """Return where the agent was at home at the instant."""
    here = [one for one in members if one.start <= instant and (one.end is None or one.end > instant)]
    brands = {one.brand_id for one in here if one.kind == PoolKind.DEDICATED}
    if len(brands) == 1:
        return Home(str(PoolKind.DEDICATED), brands.pop() or 0)
    kinds = {one.kind for one in here}
    return Home(next((str(kind) for kind in BY_RANK if kind in kinds), ""), 0)


def _shares(
    slices: Iterable[Slice], members: Sequence[Member], book: Book
) -> dict[datetime, dict[Cell, Fraction]]:
    """Add up exact seconds by quarter and cell."""
    found: dict[datetime, dict[Cell, Fraction]] = {}
    for piece in slices:
        each = piece.seconds / wall_seconds(piece.start, piece.end)
        for quarter, begun, done in _cut(piece, members):
            cell = _cell(piece, begun, members, book)
            cells = found.setdefault(quarter, {})
            cells[cell] = cells.get(cell, Fraction()) + each * wall_seconds(begun, done)
    return found


def _whole(found: Mapping[datetime, Mapping[Cell, Fraction]]) -> dict[Key, int]:
    """Round to microseconds so that those of a quarter add up to what they were; in a steady order."""
    return {
        (quarter, cell): micros
        for quarter, cells in found.items()
        for cell, micros in whole({cell: cells[cell] * MICRO for cell in sorted(cells)}).items()
    }


def _cut(piece: Slice, members: Sequence[Member]) -> Iterator[tuple[datetime, datetime, datetime]]:
    """Cut a slice at quarters; time that was no work also where the agent came to a pool or left one."""
    edges = (
        {edge for one in members for edge in (one.start, one.end) if edge} if piece.work is None else set()
    )
    cuts = sorted({piece.start, piece.end, *(edge for edge in edges if piece.start < edge < piece.end)})
    for begun, done in pairwise(cuts):
        yield from _quarters(begun, done)


def _quarters(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, datetime]]:
    """Yield (quarter, from, until) of `[start, end)`."""
    while start < end:
        quarter = quarter_of(start)
        yield quarter, start, min(quarter + QUARTER, end)
        start = quarter + QUARTER


def _cell(piece: Slice, at: datetime, members: Sequence[Member], book: Book) -> Cell:
    if piece.work:
        return _work_cell(piece.work, book)
    if piece.state is None:
        return Cell(0, 0, "", TimeKind.UNKNOWN, "", False, False, False)
    return _state_cell(piece.state, home_at(members, at), at, book)


def _work_cell(work: Work, book: Book) -> Cell:
    pool_kind = book.pools.get(work.pool_id or 0, "")
    return Cell(work.brand_id, work.queue_id, pool_kind, work.kind, "", not work.is_test, True, work.is_test)


def _state_cell(state: State, home: Home, at: datetime, book: Book) -> Cell:
    kind, paid = _named(state, book)
    if kind == TimeKind.OFFLINE:
        return Cell(0, 0, "", kind, "", False, False, False)
    brand_id = state.brand_id or home.brand_id
    pool_kind = home.pool_kind if brand_id == home.brand_id else ""
    if kind == TimeKind.WAITING:
        return Cell(brand_id, 0, pool_kind, kind, "", bool(brand_id), True, False)
    pays = bool(brand_id and state.reason) and book.pays(state.reason, brand_id, at)
    return Cell(brand_id, 0, pool_kind, kind, state.reason, pays, paid, False)


def _named(state: State, book: Book) -> tuple[str, bool]:
    """Return the kind of time that a state is, and whether it is paid."""
    if state.availability == Availability.AVAILABLE:
        return TimeKind.WAITING, True
    if state.availability == Availability.AWAY:
        return book.reasons.get(state.reason, (str(TimeKind.SYSTEM), False))
    not_there = state.availability == Availability.OFFLINE
    return (TimeKind.OFFLINE if not_there else TimeKind.NOT_RESPONDING), False


def _busy(works: Sequence[Work], book: Book, *, start: datetime, end: datetime) -> dict[Key, int]:
    """Share the time in which a client had at least one conversation out among that client's own."""
    found: dict[Key, int] = {}
    for side in sorted({(work.brand_id, work.is_test) for work in works}):
        own = [work for work in works if (work.brand_id, work.is_test) == side]
        slices = share_out(states=(), works=own, start=start, end=end)
        found |= _whole(_shares([piece for piece in slices if piece.work], (), book))
    return found


def is_work(kind: str) -> bool:
    """Tell whether it is time on conversations."""
    return kind in WORK_KINDS
