"""How near the forecast came, and where more came in than was agreed.

For a day and a queue counts the newest version that was in use before its month was fixed, at midnight so
many days before the month; where nothing is agreed of that month, before the day began.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tests.checker.agreed import Agreed, ForecastDay, Terms
from tests.checker.contacts import Contact
from tests.checker.figures import Number, ratio
from tests.checker.lines import bounds
from tests.checker.promised import Report


@dataclass(frozen=True, slots=True)
class Cell:
    """An interval `[start, end)` of a queue: `said` hundredths by a version, `came` contacts."""

    queue: int
    start: int
    end: int
    said: int
    came: int
    number: int
    over_share: int | None

    @property
    def is_over(self) -> bool:
        """Whether more came in than forecast and agreed; without terms nothing is agreed."""
        return self.over_share is not None and 10_000 * self.came > self.said * (100 + self.over_share)


@dataclass(frozen=True, slots=True)
class Overrun:
    """Adjacent intervals of a queue with more than agreed, by one version: one time `[start, end)`."""

    queue: int
    start: int
    end: int
    came: int
    said: int
    share: int
    number: int


def cells(terms: Agreed, contacts: Sequence[Contact], of: Report) -> list[Cell]:
    """Return every interval of the report's days that has a forecast and was over at its instant."""
    came = _Came(contacts)
    days = [day for day in _that_count(terms, of.zone) if of.first <= day.day <= of.last]
    shares = {day.day: _agreed_share(terms, day.day, of.zone, of.at) for day in days}
    return [cell for day in days for cell in _cells(day, came, shares[day.day], of.at)]


def accuracy(found: Sequence[Cell]) -> dict[str, Number]:
    """Return both errors, as shares of one: of all contacts together, and the mean of each interval's."""
    off = [abs(100 * cell.came - cell.said) for cell in found]
    each = [Fraction(wrong, 100 * cell.came) for wrong, cell in zip(off, found, strict=True) if cell.came]
    return {
        "FC.WAPE@1": ratio(sum(off), 100 * sum(cell.came for cell in found)),
        "FC.MAPE@1": sum(each, Fraction()) / len(each) if each else None,
    }


def overruns(found: Sequence[Cell]) -> list[Overrun]:
    """Return where more came in than agreed."""
    runs: list[list[Cell]] = []
    for cell in sorted(found, key=lambda cell: (cell.queue, cell.start)):
        if not cell.is_over:
            continue
        if runs and _goes_on(runs[-1][-1], cell):
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return [_overrun(run) for run in runs]


def _goes_on(before: Cell, cell: Cell) -> bool:
    mine = (before.queue, before.end, before.number, before.over_share)
    return mine == (cell.queue, cell.start, cell.number, cell.over_share)


def _overrun(run: Sequence[Cell]) -> Overrun:
    one = run[0]
    came, said = sum(cell.came for cell in run), sum(cell.said for cell in run)
    return Overrun(one.queue, one.start, run[-1].end, came, said, one.over_share or 0, one.number)


def _that_count(terms: Agreed, zone: str) -> list[ForecastDay]:
    """Return the version that counts of each day and queue."""
    best: dict[tuple[date, int], ForecastDay] = {}
    for day in terms.forecast:
        if day.used_at < _fixed_at(terms, day.day, zone):
            other = best.get((day.day, day.queue))
            if other is None or other.number < day.number:
                best[day.day, day.queue] = day
    return [best[key] for key in sorted(best)]


def _terms_of(terms: Agreed, day: date) -> Terms | None:
    holding = [one for one in terms.terms if one.month <= day.replace(day=1)]
    return max(holding, key=lambda one: (one.month, one.made_at), default=None)


def _fixed_at(terms: Agreed, day: date, zone: str) -> int:
    said = _terms_of(terms, day)
    on = day if said is None else day.replace(day=1) - timedelta(days=said.lock_days)
    return bounds(zone, on, on)[0]


def _agreed_share(terms: Agreed, day: date, zone: str, at: int) -> int | None:
    said = _terms_of(terms, day)
    return None if said is None or _fixed_at(terms, day, zone) > at else said.over_share


def _cells(day: ForecastDay, came: "_Came", share: int | None, at: int) -> Iterator[Cell]:
    for n, said in enumerate(day.said):
        start = day.start + n * day.step
        if said is not None and start + day.step <= at:
            many = came.within(day.queue, start, start + day.step)
            yield Cell(day.queue, start, start + day.step, said, many, day.number, share)


class _Came:
    """Who came in, by queue."""

    def __init__(self, contacts: Sequence[Contact]) -> None:
        self.at: dict[int, list[int]] = {}
        for contact in contacts:
            if contact.counts:
                self.at.setdefault(contact.queue, []).append(contact.at)

    def within(self, queue: int, start: int, end: int) -> int:
        return sum(start <= at < end for at in self.at.get(queue, ()))
