"""What a service target may promise, and what became of it. Values only.

What may be promised is a number of contacts that is better one way: at least so much where higher is better,
at most where lower is. Each metric of the catalogue says it (`Metric.better`).
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from reporting.catalogue import BY_KEY, CATALOGUE
from reporting.choices import Verdict
from reporting.histogram import middle
from reporting.measures import Sums
from reporting.metrics import HIGHER, SCALE, Metric
from reporting.models import Clause

PROMISABLE: dict[str, Metric] = {one.key: one for one in CATALOGUE if one.better}
"""By the key that clauses hold. What was agreed before may be of another one: it is read by BY_KEY."""
WORST = (Verdict.NOTHING, Verdict.MET, Verdict.MISSED, Verdict.UNDER)


def rises(metric: Metric) -> bool:
    """Tell whether a target is at least so much; else it is at most so much."""
    return metric.better == HIGHER


def stricter(metric: Metric, one: Decimal, other: Decimal) -> bool:
    """Tell whether `one` is harder to keep than `other`."""
    return one > other if rises(metric) else one < other


def verdict_on(clause: Clause, number: Fraction | None) -> Verdict:
    """Judge a number; exactly the target is met, exactly the minimum is not under it."""
    if number is None:
        return Verdict.NOTHING
    if _keeps(clause, number, clause.target):
        return Verdict.MET
    if clause.minimum is None or _keeps(clause, number, clause.minimum):
        return Verdict.MISSED
    return Verdict.UNDER


def worst(verdicts: list[Verdict]) -> Verdict:
    return max(verdicts, key=WORST.index, default=Verdict.NOTHING)


def shortfall(clause: Clause, sums: Sums) -> Fraction:
    """Return what these contacts add to the miss: over 0 they pull the number to the wrong side.

    It adds up: over all contacts it is over 0 just when the target is missed. In contacts for shares and
    percentiles, in microseconds for averages.
    """
    metric = BY_KEY[clause.metric]
    limit = Fraction(clause.target) / SCALE[metric.unit]
    if metric.spread:
        found: Mapping[int, int] = sums.spreads.get(metric.spread, {})
        over = sum(count for bucket, count in found.items() if middle(bucket) > limit)
        return over - Fraction(100 - metric.share, 100) * sum(found.values())
    value = metric.value(sums)
    gap = value.top - limit * (value.bottom or 0)
    return -gap if rises(metric) else gap


def _keeps(clause: Clause, number: Fraction, limit: Decimal) -> bool:
    wanted = Fraction(limit)
    return number >= wanted if rises(BY_KEY[clause.metric]) else number <= wanted
