"""What is agreed, as lines beside the exported log: targets, times left out, terms of forecasts, forecasts.

Whoever counts a report again needs them, and of the log alone they could not have them: what was agreed
before the exported days still holds, and a forecast's numbers are no event. Ids, numbers and codes, no words.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from events.export import line_beside
from reporting.clauses import as_data
from reporting.forecasts.models import Forecast, ForecastDay, ForecastTerms
from reporting.models import Clause, Exclusion
from tenants.cards import BrandCard
from tenants.scope import Grant, tenant_scope

PAGE = 500
MICRO = timedelta(microseconds=1)


def agreed_lines(brand: BrandCard, grant: Grant, start: datetime, end: datetime) -> Iterator[list[str]]:
    """Give what is agreed of `[start, end)` as it stands now, in pages of lines; none holds its scope open.

    `agreed.clause`: of a version that was not taken back, `[from, until)` days. `agreed.exclusion`:
    `[from, until)` instants, whatever was answered. `agreed.terms`, `agreed.forecast` of one in use,
    `agreed.forecast_day`: hundredths of contacts of each interval of `minutes`, null where nothing is said.
    """
    zone = ZoneInfo(brand.timezone)
    first, last = start.astimezone(zone).date(), (end - MICRO).astimezone(zone).date()
    sources: list[Callable[[], Iterable[str]]] = [
        lambda: map(_clause, Clause.objects.within(first, last).order_by("pk")),
        lambda: map(_exclusion, Exclusion.objects.filter(_lasting(start), started_at__lt=end).order_by("pk")),
        lambda: map(_terms, ForecastTerms.objects.filter(from_month__lte=last).order_by("pk")),
        lambda: map(_forecast, Forecast.objects.filter(used_at__isnull=False).order_by("pk")),
    ]
    for source in sources:
        with tenant_scope(brand, grant):
            lines = list(source())
        yield lines
    yield from _forecast_days(brand, grant, first, last)


def _lasting(start: datetime) -> Q:
    return Q(ended_at__isnull=True) | Q(ended_at__gt=start)


def _forecast_days(brand: BrandCard, grant: Grant, first: date, last: date) -> Iterator[list[str]]:
    """A year of quarters is large: it goes page by page."""
    after = 0
    while True:
        with tenant_scope(brand, grant):
            rows = _days_after(after, first, last)
        if not rows:
            return
        yield [_forecast_day(row) for row in rows]
        after = rows[-1].pk


def _days_after(after: int, first: date, last: date) -> list[ForecastDay]:
    used = ForecastDay.objects.filter(forecast__used_at__isnull=False, day__gte=first, day__lte=last)
    return list(used.filter(pk__gt=after).select_related("forecast").order_by("pk")[:PAGE])


def _line(what: str, ref: object, at: datetime, data: Mapping[str, Any]) -> str:
    return line_beside(str(ref), f"agreed.{what}", data, at=at)


def _clause(row: Clause) -> str:
    return _line("clause", row.ref, row.made_at, as_data(row))


def _exclusion(row: Exclusion) -> str:
    data = {
        "exclusion": str(row.ref), "state": row.state, "cause": row.cause, "queue_ids": row.queue_ids,
        "from": row.started_at.isoformat(), "until": row.ended_at.isoformat() if row.ended_at else None,
        "answered_at": row.answered_at.isoformat() if row.answered_at else None, "measured": row.measured,
    }  # fmt: skip
    return _line("exclusion", row.ref, row.proposed_at, data)


def _terms(row: ForecastTerms) -> str:
    data = {"from": str(row.from_month), "lock_days": row.lock_days, "over_share": row.over_share}
    return _line("terms", row.ref, row.made_at, data)


def _forecast(row: Forecast) -> str:
    data = {"forecast": str(row.ref), "number": row.number, "minutes": row.minutes, "total": row.total}
    return _line("forecast", row.ref, row.used_at or row.uploaded_at, data)


def _forecast_day(row: ForecastDay) -> str:
    data = {
        "forecast": str(row.forecast.ref), "day": str(row.day), "queue_id": row.queue_id,
        "starts_at": row.starts_at.isoformat(), "minutes": row.forecast.minutes, "contacts": row.contacts,
    }  # fmt: skip
    ref = f"{row.forecast.ref}/{row.day}/{row.queue_id}"
    return _line("forecast_day", ref, row.forecast.used_at or row.forecast.uploaded_at, data)
