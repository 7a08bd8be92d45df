"""Strategies side by side over many days: means with intervals, where each loses, and Erlang's formula."""

import random
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from routing.lab.day import Contact, Day, Person, Queue
from routing.lab.erlang import mean_wait, service_level
from routing.lab.measures import LESS_IS_BETTER, NUMBERS, Measured, measure
from routing.lab.play import RING, play
from routing.lab.strategies import DEFAULT, STRATEGIES

DRAWS = 2000
Interval = tuple[float, float, float]
Results = dict[str, list[Measured]]
TITLES = {
    "level": "in target, %",
    "cost": "contract cost",
    "worst": "worst client, %",
    "spread": "spread of work, points",
    "idle": "idle, %",
    "wait": "mean wait, s",
    "left": "gave up, %",
}


@dataclass(frozen=True, slots=True)
class Loss:
    """A day on which a strategy did worse than the house's default, by a number of its."""

    strategy: str
    day: str
    number: str
    value: float
    default: float


def compare(days: Sequence[Day], names: Iterable[str], *, said: Callable[[str], None] = print) -> Results:
    """Play every day under each strategy; `said` is told of each day."""
    results: Results = {name: [] for name in names}
    for day in days:
        for name, found in results.items():
            found.append(measure(play(day, STRATEGIES[name])))
        said(f"{day.name}: {len(day.contacts)} contacts, {len(day.people)} people")
    return results


def losses(days: Sequence[Day], results: Results) -> Iterator[Loss]:
    """Yield where a strategy lost most against the default, one case for each number it lost by at all."""
    for name, found in results.items():
        if name == DEFAULT or DEFAULT not in results:
            continue
        for number in NUMBERS:
            pairs = zip(days, found, results[DEFAULT], strict=True)
            cases = [(_harm(number, own, base), day, own, base) for day, own, base in pairs]
            harm, day, own, base = max(cases, key=lambda case: case[0])
            if harm > 0.5:
                yield Loss(name, day.name, number, getattr(own, number), getattr(base, number))


def interval(values: Sequence[float]) -> Interval:
    """Return the mean and its 95 % percentile-bootstrap interval (Efron 1979); seeded, so repeatable."""
    rng = random.Random(7)
    means = sorted(statistics.fmean(rng.choices(values, k=len(values))) for _ in range(DRAWS))
    return statistics.fmean(values), means[int(DRAWS * 0.025)], means[int(DRAWS * 0.975)]


def table(results: Results) -> str:
    """Return the comparison as a table of Markdown."""
    head = ["strategy", *(TITLES[number] for number in NUMBERS)]
    rows = [[name, *(_cell(found, number) for number in NUMBERS)] for name, found in results.items()]
    lines = [head, ["---", *["---:"] * len(NUMBERS)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def loss_lines(found: Iterable[Loss]) -> str:
    return "\n".join(
        f"- {loss.strategy}, {loss.day}: {TITLES[loss.number]} {loss.value:.1f}, default {loss.default:.1f}"
        for loss in found
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """A number of a plain line: by the formula, and as played, with the interval of its batches' mean."""

    name: str
    formula: float
    played: Interval

    @property
    def agrees(self) -> bool:
        return self.played[1] <= self.formula <= self.played[2]


AGENTS, HANDLE, PER_HOUR, WITHIN = 32, 240.0, 400.0, 20.0
BATCHES, BATCH_HOURS = 21, 10


def cross_check(seed: int = 1, *, batches: int = BATCHES) -> list[Checked]:
    """Play equal agents with exponential work and patient customers, and set it beside Erlang's C formula.

    The interval is that of the batches' means, by Student's t: waits one after the other are no independent
    sample, and a binomial interval would be several times too narrow (Law, Simulation Modeling, ch. 9).
    """
    day = _plain(seed, batches)
    waited = play(day, STRATEGIES[DEFAULT]).waited
    split: list[list[float]] = [[] for _ in range(batches)]
    for contact in day.contacts:
        batch = int(contact.at // (BATCH_HOURS * 3600))
        if batch and contact.id in waited:  # the first warms up
            split[batch].append(waited[contact.id] - RING)
    levels = [statistics.fmean(one <= WITHIN for one in batch) for batch in split[1:]]
    means = [statistics.fmean(batch) for batch in split[1:]]
    load = PER_HOUR * (HANDLE + RING) / 3600
    return [
        Checked("service level", service_level(load, AGENTS, HANDLE + RING, WITHIN), _batch_means(levels)),
        Checked("mean wait", mean_wait(load, AGENTS, HANDLE + RING), _batch_means(means)),
    ]


def _plain(seed: int, batches: int) -> Day:
    rng, at = random.Random(seed), 0.0
    contacts: list[Contact] = []
    end = batches * BATCH_HOURS * 3600.0
    while (at := at + rng.expovariate(PER_HOUR / 3600)) < end:
        handle = rng.expovariate(1 / (HANDLE + RING)) - RING
        contacts.append(Contact(len(contacts) + 1, 11, at, handle))
    people = tuple(Person(number, ((0.0, end * 2),), {11: 1}) for number in range(1, AGENTS + 1))
    return Day("plain", end, (Queue(11, 1, WITHIN, 100, "voice"),), people, tuple(contacts))


def _batch_means(values: Sequence[float]) -> Interval:
    mean, error = statistics.fmean(values), statistics.stdev(values) / len(values) ** 0.5
    return mean, mean - _t(len(values) - 1) * error, mean + _t(len(values) - 1) * error


def _t(freedom: int) -> float:
    """Student's t at 97.5 %, by the expansion of Cornish and Fisher; good to a percent from 4 degrees on."""
    z = 1.959964
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)


def _harm(number: str, own: Measured, base: Measured) -> float:
    """Return by how much the strategy is worse, in the number's own unit; of costs in percent of the base."""
    worse = getattr(own, number) - getattr(base, number)
    if number == "cost":
        worse = 100 * worse / max(base.cost, 1.0)
    return float(worse if number in LESS_IS_BETTER else -worse)


def _cell(found: Sequence[Measured], number: str) -> str:
    mean, low, high = interval([getattr(one, number) for one in found])
    places = 0 if number in {"cost", "wait"} else 1
    return f"{mean:.{places}f} ({low:.{places}f} to {high:.{places}f})"
