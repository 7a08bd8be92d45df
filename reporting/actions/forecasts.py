"""Verbs on forecasts, in a tenant_scope: the client uploads and uses them, the operator writes terms down.

`actor` is how the trail names who did it (`user:7`), `shown` what the other side calls them, `zone` the
brand's. A version counts from when it is used on, and for no day whose forecast is fixed by then.
"""

from datetime import date, datetime, timedelta
from typing import Any, BinaryIO, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core.dates import dated
from core.errors import NotFound, RoomError
from events.choices import Kind
from events.log import record
from interactions.choices import Channel
from interactions.errors import Invalid
from interactions.models import Queue
from interactions.queries import queue_names
from reporting.actions.agreeing import alone
from reporting.actions.exclusions import Contradicted, Proposal, propose_exclusion
from reporting.choices import Cause
from reporting.days import day_of
from reporting.forecasts.agreed import calendar, days_forecast, lock_of, why_missing
from reporting.forecasts.comparing import cells_of, offered
from reporting.forecasts.models import Forecast, ForecastDay, ForecastTerms
from reporting.forecasts.overruns import Overrun, overruns
from reporting.forecasts.parsing import Named, Parsed, read_file
from reporting.models import Exclusion
from tenants.audit import audit
from tenants.binding import current_brand

MOST_LOCK_DAYS = 90
MOST_OVER_SHARE = 500
MOST_NAME = 120
PAGE = 500
DAY = timedelta(days=1)


class Used(RoomError):
    """It is in use already; nothing changed."""

    code = "used"


def agree_forecast(
    *, key: UUID, lock_days: int, over_share: int, from_month: date, shown: str, zone: ZoneInfo, actor: str,
    now: datetime,
) -> ForecastTerms:  # fmt: skip
    """Write down when a month's forecast is fixed and how much over it is agreed, from a month on.

    The same `key` again is the same terms. Raises Invalid, also for a month whose forecast is fixed already.
    """
    month = from_month.replace(day=1)
    with transaction.atomic():
        alone()
        if made := ForecastTerms.objects.filter(key=key).first():
            return cast(ForecastTerms, made)
        wrong = _wrong_terms(lock_days, over_share) or _wrong_month(month, lock_days, zone, now)
        if wrong:
            raise Invalid(wrong)
        row: ForecastTerms = ForecastTerms.objects.create(
            key=key, from_month=month, lock_days=lock_days, over_share=over_share, made_shown=shown,
            made_at=now,
        )  # fmt: skip
        data = {"from": str(month), "lock_days": lock_days, "over_share": over_share}
        _write("forecast.agreed", f"forecast terms:{row.pk} {month}", data, actor=actor, now=now)
        record(Kind.FORECAST_AGREED, data={"terms": str(row.ref)} | data, occurred_at=now)
    return row


def upload_forecast(
    file: BinaryIO, *, key: UUID, filename: str, shown: str, zone: ZoneInfo, actor: str, now: datetime
) -> Forecast:
    """Read a file and keep it to be looked at; it counts for nothing until it is used.

    The same `key` again is the same upload. Raises FileRefused (reporting.forecasts.parsing), for lines that
    are wrong with all of them; nothing is kept then.
    """
    parsed = read_file(file, queues=_queues(), zone=zone)
    with transaction.atomic():
        alone()
        if made := Forecast.objects.filter(key=key).first():
            return cast(Forecast, made)
        row: Forecast = Forecast.objects.create(
            key=key, filename=filename[:MOST_NAME], zone=zone.key, minutes=parsed.minutes,
            first_day=min(one.day.date for one in parsed.days),
            last_day=max(one.day.date for one in parsed.days),
            lines=parsed.lines, total=parsed.total, uploaded_shown=shown, uploaded_at=now,
        )  # fmt: skip
        ForecastDay.objects.bulk_create(_days(row, parsed), batch_size=PAGE)
        _write("forecast.uploaded", _named(row), {"lines": row.lines}, actor=actor, now=now)
    return row


def use_forecast(ref: UUID, *, shown: str, actor: str, now: datetime) -> Forecast:
    """Let it count from now on, for the days whose forecast is not fixed. Again it changes nothing.

    Raises NotFound.
    """
    with transaction.atomic():
        alone()
        row = _forecast(ref)
        if row.used_at:
            return row
        newest = Forecast.objects.aggregate(newest=Max("number"))["newest"] or 0
        row.number, row.used_at, row.used_shown = newest + 1, now, shown
        row.save(update_fields=["number", "used_at", "used_shown"])
        _write("forecast.used", _named(row), {"number": row.number}, actor=actor, now=now)
        data = {
            "forecast": str(row.ref), "number": row.number, "minutes": row.minutes, "total": row.total,
            "from": str(row.first_day), "until": str(row.last_day + DAY),
        }  # fmt: skip
        record(Kind.FORECAST_USED, data=data, occurred_at=now)
    return row


def discard_forecast(ref: UUID, *, actor: str, now: datetime) -> None:
    """Forget one that was not used. Raises Used, NotFound."""
    with transaction.atomic():
        alone()
        row = _forecast(ref)
        if row.used_at:
            raise Used(_("It is in use: upload another one to replace it."))
        _write("forecast.discarded", _named(row), {}, actor=actor, now=now)
        row.delete()


def propose_overrun(
    *, key: UUID, queue_id: int, start: datetime, end: datetime, shown: str, zone: ZoneInfo, actor: str,
    now: datetime,
) -> Exclusion:  # fmt: skip
    """Propose to leave out a time in which more came in than agreed, as the tables say it now.

    The same `key` again is the same proposal. Raises Contradicted with the reason where nothing is agreed or
    it was no overrun; Invalid as `propose_exclusion` does.
    """
    found = overrun_at(queue_id, start, end, zone=zone, now=now)
    words = _("%(words)s. Version %(version)d of the forecast, in use since %(at)s by %(name)s.") % {
        "words": found.words, "version": found.version, "name": found.shown,
        "at": dated(found.used_at.astimezone(zone), "j F Y, H:i"),
    }  # fmt: skip
    said = Proposal(
        cause=Cause.OVERRUN, started_at=start, ended_at=end, queue_ids=[queue_id],
        reason=_("More contacts came in than agreed."), evidence=words, measured=found.measured,
    )  # fmt: skip
    try:
        return propose_exclusion(said, key=key, shown=shown, zone=zone, actor=actor, now=now)
    except Invalid as error:
        raise Contradicted(" ".join(error.errors.values())) from error


def overrun_at(queue_id: int, start: datetime, end: datetime, *, zone: ZoneInfo, now: datetime) -> Overrun:
    """Return the overrun of exactly that time. Raises Contradicted with the reason there is none."""
    queues = queue_names()
    if queue_id not in queues or not start < end <= start + 8 * DAY:
        raise NotFound
    first, last = start.astimezone(zone).date(), (end - timedelta(microseconds=1)).astimezone(zone).date()
    of = calendar(zone)
    days = days_forecast(first, last, of=of, now=now, queue_ids=[queue_id])
    missing = [day for day in _dates(first, last) if not _is_agreed(days.get((day, queue_id)))]
    if missing:
        raise Contradicted(why_missing(missing[0], queues[queue_id], of=of, now=now))
    came = offered(day_of(first, zone).start, day_of(last, zone).end)
    cells = cells_of(days.values(), came, zone, now)
    found = [one for one in overruns(cells, of=of, queues=queues) if one.start <= start and end <= one.end]
    if not found:
        raise Contradicted(_("Not more came in then than agreed: there is no overrun."))
    if (found[0].start, found[0].end) != (start, end):
        raise Contradicted(_("The overrun goes on around that time: load the page again."))
    return found[0]


# ---- what is refused ----


def _wrong_terms(lock_days: int, over_share: int) -> dict[str, str]:
    wrong = {}
    if not 0 <= lock_days <= MOST_LOCK_DAYS:
        wrong["lock_days"] = _("Give days from 0 to %(most)d.") % {"most": MOST_LOCK_DAYS}
    if not 0 <= over_share <= MOST_OVER_SHARE:
        wrong["over_share"] = _("Give a share from 0 to %(most)d per cent.") % {"most": MOST_OVER_SHARE}
    return wrong


def _wrong_month(month: date, lock_days: int, zone: ZoneInfo, now: datetime) -> dict[str, str]:
    """Why terms cannot begin with that month: its forecast is fixed by what holds, or would be."""
    before = calendar(zone).lock(month)
    for lock in filter(None, (before, lock_of(month, lock_days, zone))):
        if lock <= now:
            words = _("The forecast of %(month)s would be fixed since %(at)s: choose a later month.")
            at = dated(lock.astimezone(zone), "j F Y")
            return {"from_month": words % {"month": dated(month, "F Y"), "at": at}}
    return {}


# ---- steps ----


def _queues() -> dict[str, Named | None]:
    """Return the brand's queues by what a file may call them."""
    found: dict[str, Named | None] = {}
    for row in Queue.objects.order_by("pk"):
        channel = Channel(row.channel)
        one = Named(row.pk, frozenset({channel.value.casefold(), str(channel.label).casefold()}))
        name = row.name.strip().casefold()
        found[name] = None if name in found else one
        found[str(row.ref)] = one
    return found


def _days(row: Forecast, parsed: Parsed) -> list[ForecastDay]:
    return [
        ForecastDay(
            forecast=row, day=one.day.date, queue_id=one.queue_id, starts_at=one.day.start,
            contacts=list(one.contacts),
        )
        for one in parsed.days
    ]  # fmt: skip


def _forecast(ref: UUID) -> Forecast:
    row: Forecast | None = Forecast.objects.select_for_update().filter(ref=ref).first()
    if row is None:
        raise NotFound
    return row


def _is_agreed(one: Any) -> bool:
    return one is not None and bool(one.is_agreed)


def _dates(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


def _named(row: Forecast) -> str:
    return f"forecast:{row.pk} {row.first_day} to {row.last_day}"


def _write(verb: str, named: str, data: dict[str, Any], *, actor: str, now: datetime) -> None:
    audit(verb, actor=actor, brand_id=current_brand(), object=named, diff=data, now=now)
