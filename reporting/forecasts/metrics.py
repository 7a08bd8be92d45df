"""The metrics of forecasts, after KPI.md section 5; what staffing errors need is not known yet."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reporting.forecasts.accuracy import SHARES
from reporting.metrics import FORECAST, LOWER, Metric

FORECASTS = "forecasts"
ATTRIBUTION = _("A contact belongs to the interval of the forecast in which it came in.")
EXCLUSIONS = _("Only intervals that are over and have a forecast count.")


def _error(id: str, name: Promise, words: Promise, top: str, bottom: str) -> Metric:
    return Metric(
        id, 1, id.lower().replace(".", "-"), FORECASTS, name, words, "percent", top, bottom,
        copc="Forecast Accuracy", attribution=ATTRIBUTION, exclusions=EXCLUSIONS, source=FORECAST,
        better=LOWER,
    )  # fmt: skip


WAPE = _error(
    "FC.WAPE", _("Error of all contacts together"),
    _("How far each interval's contacts were from the forecast, added up, out of all that came in."),
    "forecast_error", "forecast_came",
)  # fmt: skip
MAPE = _error(
    "FC.MAPE", _("Mean error of an interval"),
    _("How far contacts were from the forecast, out of those that came in; the average of intervals."),
    SHARES, "forecast_intervals",
)  # fmt: skip
METRICS = (WAPE, MAPE)
