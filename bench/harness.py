"""How a figure is taken: interleaved blocks, the median of their ratios, a bootstrap interval around it.

Wall times on a shared machine swing by a factor of three; the ratio of two things measured alternately in one
run does not. An A/A pair (the floor against itself, blocks next to each other) runs in every group that
interleaves: when its interval leaves [0.9, 1.1] the run is void.
"""

import random
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TypedDict

ROUNDS = 2000
AGREES = (0.9, 1.1)

Block = Callable[[], Awaitable[Sequence[float]]]


class Row(TypedDict):
    """One line of the report. `holds` is null where no target is set; `detail` is for people."""

    group: str
    name: str
    value: float
    unit: str
    floor: float | None
    ratio: float | None
    target: str
    holds: bool | None
    detail: str


@dataclass(frozen=True)
class Paired:
    """Samples of two things taken alternately, block by block; seconds, unless the row says otherwise."""

    subject: list[list[float]] = field(default_factory=list)
    floor: list[list[float]] = field(default_factory=list)

    def quantile(self, share: float) -> tuple[float, float]:
        """Return the quantile of all subject samples and of all floor samples."""
        return quantile(flat(self.subject), share), quantile(flat(self.floor), share)

    def ratio(self, share: float = 0.5) -> tuple[float, float, float]:
        """Return the median over blocks of subject/floor at that quantile, and its 95 % interval."""
        pairs = zip(self.subject, self.floor, strict=True)
        return bootstrap([quantile(a, share) / quantile(b, share) for a, b in pairs])

    def tails(self, share: float) -> tuple[float, float, float]:
        """Return subject/floor at a high quantile: of all samples, blocks drawn together for the interval.

        A short block has no tail worth the name, so the quantile is that of the whole, not of each block.
        """
        return resample(self.subject, self.floor, share)


def alternate(
    subject: Callable[[], Sequence[float]], floor: Callable[[], Sequence[float]], *, blocks: int
) -> Paired:
    """Run the two as ABBA ABBA ...; each call returns the samples of one short block."""
    taken = Paired()
    for turn in range(blocks):
        order = ((subject, taken.subject), (floor, taken.floor))
        for run, into in order if turn % 2 == 0 else order[::-1]:
            into.append(list(run()))
    return taken


async def interleave(runs: Mapping[str, Block], *, turns: int) -> dict[str, list[list[float]]]:
    """Run all of them forth and back, turn by turn: A B C, C B A, ...; returns the blocks of each."""
    taken: dict[str, list[list[float]]] = {name: [] for name in runs}
    for turn in range(turns):
        for name in list(runs)[:: 1 if turn % 2 == 0 else -1]:
            taken[name].append(list(await runs[name]()))
    return taken


def timed(action: Callable[[], object], times: int) -> list[float]:
    """Return how many seconds each of `times` calls took."""
    samples = []
    for _ in range(times):
        before = time.perf_counter()
        action()
        samples.append(time.perf_counter() - before)
    return samples


def bootstrap(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the median and its 95 % percentile-bootstrap interval (Efron 1979); seeded, so repeatable."""
    rng = random.Random(7)
    medians = sorted(statistics.median(rng.choices(values, k=len(values))) for _ in range(ROUNDS))
    return statistics.median(values), medians[int(ROUNDS * 0.025)], medians[int(ROUNDS * 0.975)]


def resample(
    subject: Sequence[Sequence[float]], floor: Sequence[Sequence[float]], share: float
) -> tuple[float, float, float]:
    """Return the ratio of the two quantiles over all samples, and the interval from drawing whole blocks."""
    rng = random.Random(7)
    places = range(len(subject))
    ratios = []
    for _ in range(ROUNDS // 10):
        drawn = rng.choices(places, k=len(places))
        ratios.append(_ratio([subject[n] for n in drawn], [floor[n] for n in drawn], share))
    ratios.sort()
    return _ratio(subject, floor, share), ratios[int(len(ratios) * 0.025)], ratios[int(len(ratios) * 0.975)]


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` of the samples lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def flat(blocks: Sequence[Sequence[float]]) -> list[float]:
    return list(chain.from_iterable(blocks))


def row(
    group: str,
    name: str,
    value: float,
    unit: str,
    *,
    floor: float | None = None,
    ratio: float | None = None,
    target: str = "",
    holds: bool | None = None,
    detail: str = "",
) -> Row:
    """Make a row, figures rounded to what the method can tell."""
    return Row(
        group=group,
        name=name,
        value=round(value, 3),
        unit=unit,
        floor=None if floor is None else round(floor, 3),
        ratio=None if ratio is None else round(ratio, 2),
        target=target,
        holds=holds,
        detail=detail,
    )


def ratio_row(
    group: str, name: str, taken: Paired, *, share: float = 0.5, limit: float | None = None, detail: str = ""
) -> Row:
    """Make the row of a pair: both quantiles in milliseconds, their ratio, its interval and its limit."""
    ratio, low, high = taken.ratio(share) if share == 0.5 else taken.tails(share)
    subject, floor = taken.quantile(share)
    words = f"95 % interval of the ratio {low:.2f} to {high:.2f}; {sizes(taken)}"
    return row(
        group,
        name,
        subject * 1000,
        "ms",
        floor=floor * 1000,
        ratio=ratio,
        target=f"ratio <= {limit:g}" if limit else "",
        holds=ratio <= limit if limit else None,
        detail=f"{words}; {detail}" if detail else words,
    )


def a_a_row(group: str, floor: Sequence[Sequence[float]]) -> Row:
    """Compare the floor with itself, block with the next one, which ABBA has put side by side."""
    pairs = zip(floor[::2], floor[1::2], strict=False)
    ratio, low, high = bootstrap([quantile(a, 0.5) / quantile(b, 0.5) for a, b in pairs])
    return row(
        group,
        "a_a",
        ratio,
        "ratio",
        ratio=ratio,
        target=f"interval within {AGREES[0]:g} and {AGREES[1]:g}, else the group is void",
        holds=low >= AGREES[0] and high <= AGREES[1],
        detail=f"95 % interval {low:.2f} to {high:.2f}",
    )


def judged(rows: Sequence[Row]) -> list[Row]:
    """Return a group's rows; where its A/A pair disagrees with itself, no time and no ratio is judged."""
    if all(row["holds"] for row in rows if row["name"] == "a_a"):
        return list(rows)
    return [_void(row) if row["unit"] == "ms" and row["holds"] is not None else row for row in rows]


def _void(row: Row) -> Row:
    return Row(**{**row, "holds": None, "detail": f"void, as the A/A row says; {row['detail']}"})


def sizes(taken: Paired) -> str:
    return f"{len(taken.subject)} blocks of {len(taken.subject[0])}"


def _ratio(subject: Sequence[Sequence[float]], floor: Sequence[Sequence[float]], share: float) -> float:
    return quantile(flat(subject), share) / quantile(flat(floor), share)
