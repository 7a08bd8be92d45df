"""Which forecast counts for a day, and whether it is agreed. Values only; asked inside a tenant_scope.

The contract fixes a month's forecast some days before the month begins (terms). A version counts for a day
if it was in use before that; of several the newest one that names the day and the queue. Without terms it
counts if it was in use before the day began, and is not agreed. So nothing counts that was known afterwards.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import dated
from core.errors import NotFound
from core.shares import percent
from reporting.days import day_of
from reporting.forecasts.models import Forecast, ForecastDay, ForecastTerms

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the contract says from the first day of a month on."""

    from_month: date
    lock_days: int
    over_share: int
    made_shown: str
    made_at: datetime

    @property
    def words(self) -> str:
        days = ngettext(
            "A month's forecast is fixed %(days)d day before the month begins.",
            "A month's forecast is fixed %(days)d days before the month begins.",
            self.lock_days,
        ) % {"days": self.lock_days}
        over = _("More than %(share)s over it is more than agreed.") % {"share": percent(self.over_share)}
        return f"{days} {over}"


@dataclass(frozen=True, slots=True)
class Calendar:
    """All terms there are, by their months and in the order in which they were agreed."""

    terms: tuple[Terms, ...]
    zone: ZoneInfo

    def of_month(self, day: date) -> Terms | None:
        """Return what is agreed for the month of the day."""
        first = day.replace(day=1)
        found = [one for one in self.terms if one.from_month <= first]
        newest = max((one.from_month for one in found), default=None)
        return next((one for one in reversed(found) if one.from_month == newest), None)

    def lock(self, day: date) -> datetime | None:
        """Return when the forecast of the day's month is fixed; None where nothing is agreed."""
        terms = self.of_month(day)
        return lock_of(day, terms.lock_days, self.zone) if terms else None

    def until(self, day: date) -> datetime:
        """Return until when a version has to be in use to count for the day; exclusive."""
        return self.lock(day) or day_of(day, self.zone).start

    def is_locked(self, day: date, now: datetime) -> bool:
        """Tell whether the forecast of the day's month is fixed."""
        lock = self.lock(day)
        return lock is not None and lock <= now


@dataclass(frozen=True, slots=True)
class DayForecast:
    """What counts for a day of a queue: hundredths of contacts by interval, null where nothing is said.

    `number`, `shown` and `used_at` are those of the version.
    """

    day: date
    queue_id: int
    starts_at: datetime
    step: timedelta
    contacts: tuple[int | None, ...]
    ref: UUID
    number: int
    shown: str
    used_at: datetime
    is_agreed: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """What a version does for a month that it names."""

    words: str
    counts: bool


def lock_of(day: date, lock_days: int, zone: ZoneInfo) -> datetime:
    """Return the midnight so many days before the day's month."""
    return day_of(day.replace(day=1) - lock_days * DAY, zone).start


def calendar(zone: ZoneInfo) -> Calendar:
    """Return what the contract says; one statement."""
    rows = ForecastTerms.objects.order_by("from_month", "pk")
    found = [
        Terms(row.from_month, row.lock_days, row.over_share, row.made_shown, row.made_at) for row in rows
    ]
    return Calendar(tuple(found), zone)


def days_forecast(
    first: date, last: date, *, of: Calendar, now: datetime, queue_ids: Iterable[int] | None = None
) -> dict[tuple[date, int], DayForecast]:
    """Return what counts by day and queue; one statement."""
    rows = ForecastDay.objects.filter(day__gte=first, day__lte=last, forecast__used_at__isnull=False)
    if queue_ids is not None:
        rows = rows.filter(queue_id__in=list(queue_ids))
    found: dict[tuple[date, int], DayForecast] = {}
    for row in rows.select_related("forecast").order_by("forecast__number").iterator():
        if row.forecast.used_at < of.until(row.day):
            found[row.day, row.queue_id] = _day(row, of.is_locked(row.day, now))
    return found


def why_not_agreed(first: date, last: date, *, of: Calendar, now: datetime) -> list[str]:
    """Say of each month of these days for which nothing can be judged why; asked of terms alone."""
    return [words for month in _months(first, last) if (words := _why(month, of, now))]


def why_missing(day: date, queue: str, *, of: Calendar, now: datetime) -> str:
    """Say why a queue has no agreed forecast of a day."""
    if words := _why(day.replace(day=1), of, now):
        return words
    said = _("No forecast of %(day)s for %(queue)s was in use when it was fixed.")
    return said % {"day": dated(day, "j F Y"), "queue": queue}


def versions() -> "QuerySet[Forecast]":
    """Return what was uploaded, the newest first."""
    found: QuerySet[Forecast] = Forecast.objects.order_by("-pk")
    return found


def get_version(ref: UUID) -> Forecast:
    """Return one that was uploaded. Raises NotFound."""
    row = versions().filter(ref=ref).first()
    if row is None:
        raise NotFound
    return row


def totals_of(row: Forecast) -> dict[int, int]:
    """Return hundredths of contacts by queue; one statement."""
    found: dict[int, int] = {}
    for queue_id, contacts in row.days.values_list("queue_id", "contacts").iterator():
        found[queue_id] = found.get(queue_id, 0) + sum(filter(None, contacts))
    return found


def effects(row: Forecast, *, of: Calendar, now: datetime) -> list[Effect]:
    """Say month by month what the version counts for, or would if it were used now."""
    at = row.used_at or now
    return [_effect(month, at, of) for month in _months(row.first_day, row.last_day)]


def _why(month: date, of: Calendar, now: datetime) -> str:
    named = {"month": dated(month, "F Y")}
    lock = of.lock(month)
    if lock is None:
        words = _("%(month)s: nothing is agreed about its forecast, so no overrun can be judged.")
        return words % named
    if lock > now:
        at = dated(lock.astimezone(of.zone), "j F Y")
        words = _("%(month)s: its forecast is fixed on %(at)s and may change until then.")
        return words % (named | {"at": at})
    return ""


def _effect(month: date, at: datetime, of: Calendar) -> Effect:
    lock, named = of.lock(month), {"month": dated(month, "F Y")}
    if lock is None:
        return Effect(_("%(month)s: counts for days that begin after it is in use.") % named, True)
    named["at"] = dated(lock.astimezone(of.zone), "j F Y")
    if at < lock:
        return Effect(_("%(month)s: counts; fixed on %(at)s.") % named, True)
    return Effect(_("%(month)s: does not count, as that was fixed on %(at)s.") % named, False)


def _months(first: date, last: date) -> list[date]:
    found, month = [], first.replace(day=1)
    while month <= last:
        found.append(month)
        month = (month + 31 * DAY).replace(day=1)
    return found


def _day(row: ForecastDay, is_locked: bool) -> DayForecast:
    version = row.forecast
    number, used_at = cast(int, version.number), cast(datetime, version.used_at)
    return DayForecast(
        row.day, row.queue_id, row.starts_at, version.step, tuple(row.contacts), version.ref, number,
        version.used_shown, used_at, is_locked,
    )  # fmt: skip
