"""How far forecasts were from what came in (KPI.md: forecast accuracy). Pure.

Pairs are (forecast, came in) of intervals that are over.
"""

from collections.abc import Collection
from fractions import Fraction

DEFINITIONS = """\

## Forecast

Of intervals of the agreed forecast that are over, not of contacts; in per cent, null over nothing.

- `FC.WAPE@1`, error of all contacts together: Σ of |came in − forecast| of each interval ÷ Σ came in.
- `FC.MAPE@1`, mean error of an interval: the mean of |came in − forecast| ÷ came in, over intervals in
  which somebody came.
"""
WAPE, MAPE = "FC.WAPE@1", "FC.MAPE@1"
Pair = tuple[Fraction, int]


def wape(pairs: Collection[Pair]) -> Fraction | None:
    """Return the errors together, in per cent of what came in together."""
    whole = sum(actual for _forecast, actual in pairs)
    missed = sum((abs(actual - forecast) for forecast, actual in pairs), Fraction(0))
    return 100 * missed / whole if whole else None


def mape(pairs: Collection[Pair]) -> Fraction | None:
    """Return the mean of each interval's error in per cent of what came in then."""
    errors = [100 * abs(actual - forecast) / actual for forecast, actual in pairs if actual]
    return sum(errors, Fraction(0)) / len(errors) if errors else None
