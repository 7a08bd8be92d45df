"""What came in over the agreed forecast: times that may be proposed to be left out. Inside a tenant_scope.

An interval is over it when more came in than the forecast and the agreed share on top; adjacent ones of a
queue under one version are one time. Only agreed forecasts are judged, and only intervals that are over.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import groupby

from reporting.choices import Cause
from reporting.exclusions import LeftOut, overrun_words
from reporting.forecasts.agreed import Calendar
from reporting.forecasts.comparing import Cell


@dataclass(frozen=True, slots=True)
class Overrun:
    """A time `[start, end)` of a queue in which each interval had more than agreed; `agreed` in hundredths.

    `standing`: what is proposed of that time already.
    """

    queue_id: int
    queue: str
    start: datetime
    end: datetime
    offered: int
    agreed: int
    share: int
    version: int
    shown: str
    used_at: datetime
    standing: LeftOut | None = None

    @property
    def measured(self) -> dict[str, int]:
        return {
            "offered": self.offered, "agreed": self.agreed, "share": self.share, "version": self.version
        }  # fmt: skip

    @property
    def words(self) -> str:
        return overrun_words(self.measured)


def overruns(
    cells: Iterable[Cell], *, of: Calendar, queues: Mapping[int, str], exclusions: Sequence[LeftOut] = ()
) -> list[Overrun]:
    """Return the times that were over what was agreed, in order."""
    ordered = sorted(cells, key=lambda cell: (cell.queue_id, cell.slot.start))
    over = [cell for cell in ordered if _is_over(cell, of)]
    runs = [list(run) for _key, run in groupby(enumerate(over), key=_Runs())]
    found = [_overrun([cell for _n, cell in run], of, queues, exclusions) for run in runs]
    return sorted(found, key=lambda one: (one.start, one.queue))


class _Runs:
    """Gives each cell the number of its run: a new one where it does not go on from the one before."""

    def __init__(self) -> None:
        self.number = 0
        self.last: Cell | None = None

    def __call__(self, numbered: tuple[int, Cell]) -> int:
        cell, last = numbered[1], self.last
        goes_on = last is not None and _mark(last, last.slot.end) == _mark(cell, cell.slot.start)
        self.number += not goes_on
        self.last = cell
        return self.number


def _mark(cell: Cell, at: datetime) -> tuple[object, ...]:
    """What a run has in common: queue, version and terms, and the instant at which it goes on."""
    return cell.queue_id, cell.source.ref, cell.day.replace(day=1), at


def _is_over(cell: Cell, of: Calendar) -> bool:
    terms = of.of_month(cell.day)
    if terms is None or cell.actual is None or not cell.source.is_agreed:
        return False
    return cell.actual > Fraction(cell.forecast * (100 + terms.over_share), 10_000)


def _overrun(
    run: Sequence[Cell], of: Calendar, queues: Mapping[int, str], exclusions: Sequence[LeftOut]
) -> Overrun:
    first, last, source = run[0], run[-1], run[0].source
    terms = of.of_month(first.day)
    start, end = first.slot.start, last.slot.end
    said = [one for one in exclusions if one.holds(first.queue_id, start, end)]
    standing = next((one for one in said if one.stands or one.cause == Cause.OVERRUN), None)
    return Overrun(
        first.queue_id, queues.get(first.queue_id, "?"), start, end,
        sum(cell.actual or 0 for cell in run), sum(cell.forecast for cell in run),
        terms.over_share if terms else 0, source.number, source.shown, source.used_at, standing,
    )  # fmt: skip
