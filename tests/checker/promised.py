"""What became of each target in the days of a report.

A target is measured over each day, week from Monday, or month that the report's days touch, as far as it was
in force, up to the last day of the report. Contacts that came in or waited while it was accepted that nobody
counts are left out of a figure beside; then the result is that one's. Who that is goes by the clock on the
wall, also where a target counts opening hours.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.checker.agreed import Agreed, Clause
from tests.checker.business import business
from tests.checker.contacts import Contact
from tests.checker.figures import Number, figures, ratio
from tests.checker.hours import Hours
from tests.checker.lines import bounds

ONE = timedelta(days=1)
RIPENS = {"1D": 1, "2D": 2, "7D": 7}
"""Days after which nobody who comes back changes it any more."""
BUSINESS = "business"


@dataclass(frozen=True, slots=True)
class Window:
    """`first` to `last`: its days in force, both within.

    `is_cut`: something of the report was accepted to be left out, and `without` is the figure without it.
    `so_far`: it goes on, or may still change until `open_until` (microseconds, 0: it may not).
    """

    first: date
    last: date
    everything: Number
    without: Number
    is_cut: bool
    verdict: str
    so_far: bool
    open_until: int


@dataclass(frozen=True, slots=True)
class Commitment:
    clause: Clause
    windows: tuple[Window, ...]

    @property
    def verdict(self) -> str:
        """Tell what became of it: the worst of its windows."""
        found = {window.verdict for window in self.windows}
        return next((one for one in ("under", "missed", "met") if one in found), "nothing")


@dataclass(frozen=True, slots=True)
class Report:
    """The days of a report, both within, in the client's zone; issued `at`, in microseconds.

    `hours`: those of each queue by its id; one that is not among them is open day and night.
    """

    zone: str
    first: date
    last: date
    at: int
    hours: Mapping[int, Hours] = field(default_factory=dict)


def commitments(terms: Agreed, contacts: Sequence[Contact], report: Report) -> list[Commitment]:
    """Count every target that was in force in the report's days."""
    measured = _Measured(terms, contacts, report)
    found = [
        Commitment(clause, tuple(measured(clause, *days) for days in _windows(clause, report)))
        for clause in terms.clauses
    ]
    return [one for one in found if one.windows]


def measure(
    clause: Clause,
    contacts: Sequence[Contact],
    report: Report,
    start: int,
    end: int,
    among: Sequence[Contact],
) -> dict[str, Number]:
    """Return the numbers of `[start, end)` by the time that the target counts.

    `among`: whoever may have come back.
    """
    if clause.counted == BUSINESS:
        return business(contacts, report.hours, start, end, among=among)
    return figures(contacts, start, end, among=among)


def kept(found: Sequence[Commitment]) -> tuple[int, int, Number]:
    """Return how many were kept of how many that were measured, and the share of their weights."""
    judged = [one for one in found if one.verdict != "nothing"]
    good = [one for one in judged if one.verdict == "met"]
    weights = [sum(one.clause.weight for one in some) for some in (good, judged)]
    return len(good), len(judged), ratio(weights[0], weights[1])


def _windows(clause: Clause, report: Report) -> Iterator[tuple[date, date]]:
    """Give first and last day in force of each window that the report touches."""
    day = report.first
    while day <= report.last:
        first, last = _around(clause.window, day)
        ends = last if clause.until is None else min(last, clause.until - ONE)
        begins = max(first, clause.first)
        if begins <= min(ends, report.last) and ends >= report.first:
            yield begins, ends
        day = last + ONE


def _around(window: str, day: date) -> tuple[date, date]:
    if window == "day":
        return day, day
    if window == "week":
        monday = day - day.weekday() * ONE
        return monday, monday + 6 * ONE
    after = (day.replace(day=1) + 31 * ONE).replace(day=1)
    return day.replace(day=1), after - ONE


class _Measured:
    """Figures of the same time, days and queues are counted once."""

    def __init__(self, terms: Agreed, contacts: Sequence[Contact], report: Report) -> None:
        self.contacts, self.report = contacts, report
        self.kept = terms.without(contacts)
        self.is_cut = terms.leaves_out(*bounds(report.zone, report.first, report.last))
        self.known: dict[object, dict[str, Number]] = {}

    def __call__(self, clause: Clause, first: date, last: date) -> Window:
        start, end = bounds(self.report.zone, first, min(last, self.report.last))
        everything = self._figures(clause, start, end, cut=False)[clause.key]
        without = self._figures(clause, start, end, cut=True)[clause.key] if self.is_cut else None
        open_until = self._open_until(clause, last)
        verdict = clause.verdict(without if self.is_cut else everything)
        so_far = last > self.report.last or bool(open_until)
        return Window(first, last, everything, without, self.is_cut, verdict, so_far, open_until)

    def _open_until(self, clause: Clause, last: date) -> int:
        ripe = next((n for name, n in RIPENS.items() if f".{name}@" in clause.metric), 0)
        until = bounds(self.report.zone, last, last + ripe * ONE)[1]
        return until if ripe and until > self.report.at else 0

    def _figures(self, clause: Clause, start: int, end: int, *, cut: bool) -> dict[str, Number]:
        place = (clause.counted, clause.queues, start, end, cut)
        if place not in self.known:
            mine = _of(clause, self.kept if cut else self.contacts, start, end)
            self.known[place] = measure(clause, mine, self.report, start, end, self.contacts)
        return self.known[place]


def _of(clause: Clause, contacts: Sequence[Contact], start: int, end: int) -> list[Contact]:
    return [one for one in contacts if one.counts and start <= one.at < end and clause.holds(one)]


def said(found: Sequence[Commitment]) -> Iterator[str]:
    """Give a line of each window: TARGET/metric/first/last, both figures as fractions, the result."""
    for one in found:
        for window in one.windows:
            name = f"TARGET/{one.clause.key}/{window.first}/{window.last}/{one.clause.ref}"
            numbers = (
                "–" if number is None else str(number) for number in (window.everything, window.without)
            )
            yield "\t".join([name, *numbers, window.verdict + " so far" * window.so_far])
