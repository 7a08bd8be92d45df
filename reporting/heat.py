"""Heat maps of a period: hours of weekdays, by how many came in and how many were answered in time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.dates import WEEKDAYS_ABBR as SHORT
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reporting.catalogue import OFFERED, SERVICE_LEVEL
from reporting.charts import Cell, Words, heat
from reporting.counting import Counting
from reporting.intervals import INTERVAL
from reporting.measures import Sums
from reporting.metrics import Metric
from reporting.numbers import written
from reporting.stored import of_period

HOURS = range(24)
DAYS = range(7)
Hour = tuple[int, int]
"""(Weekday from Monday, hour of the day), in the zone."""


@dataclass(frozen=True)
class Map:
    """One metric by weekday and hour: its chart, what that shows in a sentence, its table by weekday."""

    metric: Metric
    chart: SafeString
    finding: str
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def heat_maps(of: Counting, *, queue_id: int | None = None, rows_at: str = "") -> list[Map]:
    """Return volume and service level by weekday and hour; in a tenant_scope.

    `rows_at`: the address of a cell's rows with {slug}, {weekday} and {hour}, "" where they are not open.
    """
    found = by_hour(of, queue_id=queue_id)
    return [_map(metric, found, rows_at) for metric in (OFFERED, SERVICE_LEVEL)]


def hour_rows(of: Counting, *, queue_id: int | None = None) -> list[list[str]]:
    """Return the lines of a file: metric, weekday, hour and number; none for an empty cell."""
    found = sorted(by_hour(of, queue_id=queue_id).items())
    return [
        [metric.key, str(WEEKDAYS[weekday]), f"{hour:02d}", f"{float(value):.1f}".removesuffix(".0")]
        for metric in (OFFERED, SERVICE_LEVEL)
        for (weekday, hour), sums in found
        if (value := metric.value(sums).number) is not None
    ]


def by_hour(of: Counting, *, queue_id: int | None = None) -> dict[Hour, Sums]:
    """Return the sums of each hour of a weekday; an hour that comes twice is one, in a tenant_scope."""
    zone = ZoneInfo(of.zone)
    starts = _quarters(of.cut[0].start, of.cut[-1].end)
    found: dict[Hour, Sums] = {}
    for start, sums in zip(
        starts, of_period(of, starts, queue_id=queue_id, spreads=False).parts, strict=True
    ):
        if sums.numbers:
            at = start.astimezone(zone)
            found.setdefault((at.weekday(), at.hour), Sums()).take(sums)
    return found


def _quarters(start: datetime, end: datetime) -> list[datetime]:
    return [start + INTERVAL * n for n in range((end - start + INTERVAL - timedelta.resolution) // INTERVAL)]


def _map(metric: Metric, found: dict[Hour, Sums], rows_at: str) -> Map:
    values = {hour: value for hour, sums in found.items() if (value := metric.value(sums).number) is not None}
    values = {hour: value for hour, value in values.items() if value or metric.bottom}
    top = 100.0 if metric.bottom else float(max(values.values(), default=1))
    lines = [
        [_cell(metric, (day, hour), values.get((day, hour)), top, rows_at) for hour in HOURS] for day in DAYS
    ]
    finding = _finding(metric, values)
    title = _("%(metric)s by weekday and hour") % {"metric": metric.name}
    chart = heat(
        lines,
        columns=[f"{hour:02d}" for hour in HOURS],
        names=[str(SHORT[day]) for day in DAYS],
        words=Words(title, finding),
        chart_id=f"heat-{metric.slug}",
    )
    return Map(metric, chart, finding, tuple((str(WEEKDAYS[day]), tuple(lines[day])) for day in DAYS))


def _cell(metric: Metric, at: Hour, value: Fraction | None, top: float, rows_at: str) -> Cell:
    if value is None:
        return Cell("", None, "", "")
    number = float(value)
    figure = _figure(metric, value)
    brief = f"{number:.0f}" if metric.bottom else figure
    tip = _("%(hour)s: %(figure)s") % {"hour": hour_name(at), "figure": figure}
    weekday, hour = at
    address = rows_at.format(slug=metric.slug, weekday=weekday, hour=hour) if rows_at else ""
    return Cell(brief, min(int(10 * number / top), 9), tip, address)


def _finding(metric: Metric, values: dict[Hour, Fraction]) -> str:
    """State the extremes, of those alike the first."""
    if not values:
        return _("There is nothing to show in this period.")
    low, high = min(sorted(values), key=values.__getitem__), max(sorted(values), key=values.__getitem__)
    names = {
        "low": _figure(metric, values[low]), "low_at": hour_name(low), "high": _figure(metric, values[high]),
        "high_at": hour_name(high),
    }  # fmt: skip
    return _("Highest: %(high)s (%(high_at)s). Lowest: %(low)s (%(low_at)s).") % names


def _figure(metric: Metric, value: Fraction) -> str:
    return written(metric.unit, value)


def hour_name(at: Hour) -> str:
    """Name an hour of a weekday."""
    weekday, hour = at
    return f"{WEEKDAYS[weekday]} {hour:02d}:00"
