"""How a figure is taken: interleaved blocks, the median of their ratios, a bootstrap interval around it.

Wall times on a shared machine swing by a factor of three; the ratio of two things measured alternately in one
run does not. An A/A pair (the floor against itself) runs in every report: when its interval leaves
[0.9, 1.1] the run is void.
"""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

ROUNDS = 2000


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
    """Samples of two things taken alternately, in seconds or any one unit, block by block."""

    subject: list[list[float]]
    floor: list[list[float]]

    def quantile(self, share: float) -> tuple[float, float]:
        """Return the quantile of all subject samples and of all floor samples."""
        return quantile(flat(self.subject), share), quantile(flat(self.floor), share)

    def ratio(self, share: float = 0.5) -> tuple[float, float, float]:
        """Return the median over blocks of subject/floor at that quantile, and its 95 % interval."""
        pairs = zip(self.subject, self.floor, strict=True)
        ratios = [quantile(a, share) / quantile(b, share) for a, b in pairs]
        return bootstrap(ratios)


def alternate(
    subject: Callable[[], Sequence[float]], floor: Callable[[], Sequence[float]], *, blocks: int
) -> Paired:
    """Run the two block functions as ABBA ABBA ...; each returns the samples of one short block."""
    taken = Paired([], [])
    for turn in range(blocks):
        order = ((subject, taken.subject), (floor, taken.floor))
        for run, into in order if turn % 2 == 0 else order[::-1]:
            into.append(list(run()))
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


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` of the samples lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def flat(blocks: Sequence[Sequence[float]]) -> list[float]:
    return [sample for block in blocks for sample in block]


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
        value=round(value, 4),
        unit=unit,
        floor=None if floor is None else round(floor, 4),
        ratio=None if ratio is None else round(ratio, 3),
        target=target,
        holds=holds,
        detail=detail,
    )


def cpu_seconds(pid: int) -> float:
    """Return user and system CPU time of a process so far (Linux, proc(5) stat fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def pressure() -> float:
    """Return the share of the last 10 s in which some task waited for a CPU, in percent; 0 where unknown."""
    try:
        line = Path("/proc/pressure/cpu").read_text().splitlines()[0]
    except OSError:
        return 0.0
    return float(line.split("avg10=")[1].split()[0])
