"""How far forecasts were from what came in (KPI.md: forecast accuracy), as sums that add up. Pure.

Of intervals that are over, as (forecast, came in): hundredths of contacts, and contacts; sums are hundredths.
A mean of shares adds up as well: of intervals in which as many came in, errors add up over the same divisor.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reporting.measures import Sums

SHARES = "forecast_shares"
ERRORS: Mapping[str, Promise] = {
    "forecast_error": _("each interval's difference from the forecast, without its sign"),
    "forecast_came": _("contacts of these intervals"),
    SHARES: _("each interval's difference as a share of its contacts"),
    "forecast_intervals": _("intervals with contacts"),
}
"""What is added up, as a formula names it."""


def errors_of(pairs: Iterable[tuple[int, int]]) -> Sums:
    """Add these up under the names of ERRORS; SHARES by what each error is divided by."""
    numbers, shares = Counter[str](), Counter[int]()
    for forecast, count in pairs:
        came = 100 * count
        error = abs(came - forecast)
        numbers["forecast_error"] += error
        numbers["forecast_came"] += came
        if came:
            numbers["forecast_intervals"] += 1
            shares[came] += error
    return Sums(numbers, {SHARES: shares})
