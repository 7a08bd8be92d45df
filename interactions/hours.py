"""The brand's hours read from its tables, as core.hours reckons with them. Values out."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, Q

from core.errors import NotFound
from core.hours import (
    ALWAYS,
    Calendar,
    Interval,
    Span,
    day_periods,
    holiday_name,
    is_open,
    next_opening,
    opening_intervals,
)
from interactions.choices import ClosureKind, HolidayKind, Line
from interactions.models import Calendar as CalendarRow
from interactions.models import Closure, Queue
from interactions.values import CalendarView, Closed, Closing, ClosureView, OwnDay, QueueHours, Reception

PROJECTED = timedelta(days=8)
KEPT = 1024
STRICT = (Line.SERVED, Line.TOLD, Line.ENDED)


class Projected(NamedTuple):
    """What routing knows of a queue's hours, as QueueNumbers has it."""

    openings: tuple[Interval, ...] | None = None
    closed_since: datetime | None = None
    closures: tuple[tuple[datetime, datetime | None, bool, bool], ...] = ()


class ClosedDay(NamedTuple):
    """A day on which hours were closed, by their name; `name` is of the holiday, "" where it has none."""

    day: date
    name: str
    hours: str


def projected(queue: Queue, *, now: datetime) -> Projected:
    """Return when the queue is answered within the next 8 days, and what its closures say of its line."""
    return all_projected([queue], now=now)[0]


def all_projected(queues: Iterable[Queue], *, now: datetime) -> list[Projected]:
    """Return the same of each of the queues."""
    closures = list(_unended(now).order_by("started_at", "pk"))
    return [_projected(queue, [one for one in closures if _shuts(one, queue)], now=now) for queue in queues]


def _projected(queue: Queue, closures: Sequence[Closure], *, now: datetime) -> Projected:
    if queue.calendar is None and not closures:
        return Projected()
    hours = _hours(schedule_of(queue.calendar) if queue.calendar else None, closures)
    past = [] if is_open(hours, now) else opening_intervals(hours, now - PROJECTED, now)
    return Projected(
        tuple(opening_intervals(hours, now, now + PROJECTED)),
        past[-1][1] if past else None,
        tuple(_line_of(row) for row in closures if row.line != Line.SERVED or not row.helps),
    )


def _line_of(row: Closure) -> tuple[datetime, datetime | None, bool, bool]:
    return (row.started_at, row.ended_at, row.line == Line.SERVED, row.helps)


def _shuts(closure: Closure, queue: Queue) -> bool:
    if closure.queue_id:
        return closure.queue_id == queue.pk
    return closure.calendar_id in (None, queue.calendar_id)


def closed_now(queue: Queue, *, languages: Sequence[str], zone: str, now: datetime) -> Closed | None:
    """Return that nobody answers the queue now, and until when; None while it is open."""
    found = hours_now(queue, languages=languages, zone=zone, now=now)
    return found if isinstance(found, Closed) else None


def hours_now(queue: Queue, *, languages: Sequence[str], zone: str, now: datetime) -> Closed | Closing | None:
    """Return that the queue is closed, or that it closes early today; None while it is just open.

    The text is the closure's, in the first of the languages that it has. `zone`: of a queue without calendar.
    """
    closures = _closures_of(queue, now)
    row = queue.calendar
    if row is None and not closures:
        return None
    hours = _hours(_kept(row.pk, row.version) if row else None, closures)
    told_in = row.zone if row else zone
    if is_open(hours, now):
        return _closing(closures, languages=languages, zone=told_in)
    here = [closure for closure in closures if closure.started_at <= now]
    text = text_in(languages, [closure.texts for closure in here])
    strict = max(here, key=lambda closure: STRICT.index(closure.line), default=None)
    return Closed(
        next_opening(hours, now), told_in, text, how=queue.when_closed,
        line=strict.line if strict else Line.SERVED, since=strict.started_at if strict else None,
    )  # fmt: skip


def _closing(closures: Sequence[Closure], *, languages: Sequence[str], zone: str) -> Closing | None:
    early = next((closure for closure in closures if closure.kind == ClosureKind.EARLY), None)
    return Closing(early.started_at, zone, text_in(languages, [early.texts])) if early else None


def text_in(languages: Sequence[str], texts: Iterable[dict[str, str]]) -> str:
    """Return the first text in the first of the languages that one is in, or ""."""
    written = [text for text in texts if text]
    for language in languages:
        for text in written:
            if found := text.get(language):
                return found
    return next((words for text in written for words in text.values() if words), "")


def schedule_of(row: CalendarRow) -> Calendar:
    """Return the calendar without closures."""
    return _schedule(row, own_days(row))


def own_days(row: CalendarRow) -> tuple[OwnDay, ...]:
    """Return the calendar's own dates in order."""
    return tuple(
        OwnDay(each.day, each.name, each.kind, tuple((opens, closes) for opens, closes in each.periods))
        for each in sorted(row.holidays.all(), key=lambda holiday: holiday.day)
    )


def list_calendars(now: datetime) -> list[CalendarView]:
    """Return the brand's calendars by name, with so many statements, however many there are."""
    closures = list(_unended(now).filter(queue=None))
    rows = CalendarRow.objects.order_by("name").prefetch_related("periods", "holidays", "queues")
    return [_view(row, closures) for row in rows]


def get_calendar(ref: UUID, *, now: datetime) -> CalendarView:
    """Return the calendar as a value. Raises NotFound."""
    row = CalendarRow.objects.filter(ref=ref).first()
    if row is None:
        raise NotFound
    return _view(row, list(_unended(now).filter(queue=None)))


def hours_in_force(refs: Iterable[str], *, since: datetime) -> dict[str, Calendar]:
    """Return the calendars of these refs with the closures that were in force then or later, by ref."""
    wanted = sorted(refs)
    if not wanted:
        return {}
    closures = list(_unended(since).filter(queue=None))
    rows = CalendarRow.objects.filter(ref__in=wanted).prefetch_related("periods", "holidays")
    return {
        str(row.ref): _hours(schedule_of(row), [one for one in closures if one.calendar_id in (None, row.pk)])
        for row in rows
    }


def calendar_names() -> list[tuple[UUID, str]]:
    """Return (ref, name) of the brand's calendars, by name."""
    return list(CalendarRow.objects.order_by("name").values_list("ref", "name"))


def queue_ids_of(*, calendar_ref: UUID | None, queue_ref: UUID | None) -> list[int]:
    """Return the ids of the queues that a closure is for; none is every queue's."""
    if not (calendar_ref or queue_ref):
        return []
    mine = {"ref": queue_ref} if queue_ref else {"calendar__ref": calendar_ref}
    return list(Queue.objects.filter(**mine).order_by("pk").values_list("pk", flat=True))


def queue_hours() -> list[QueueHours]:
    """Return every queue with its calendar, by name."""
    rows = Queue.objects.order_by("name", "pk").values_list(
        "ref", "name", "calendar__ref", *Reception._fields
    )
    return [QueueHours(*row) for row in rows]


def queues_have_hours() -> bool:
    """Tell whether any queue has a calendar."""
    return bool(Queue.objects.filter(calendar__isnull=False).exists())


def hours_of_queues(*, since: datetime) -> dict[int, Calendar]:
    """Return each queue's calendar as it stands, with the closures in force since then; by queue id.

    A queue without a calendar is open but for closures.
    """
    queues = Queue.objects.select_related("calendar").prefetch_related(
        "calendar__periods", "calendar__holidays"
    )
    closures = list(_unended(since))
    return {
        queue.pk: _hours(
            schedule_of(queue.calendar) if queue.calendar else None,
            [one for one in closures if _shuts(one, queue)],
        )
        for queue in queues
    }


def live_closures(now: datetime) -> list[ClosureView]:
    """Return closures that are in force or to come, what begins first first."""
    return [closure_view(row) for row in _shown(_unended(now)).order_by("started_at", "pk")]


def past_closures(now: datetime) -> Any:
    """Return the rows of closures that are over, the latest first: for a paginator inside the scope."""
    over = Q(ended_at__lte=now) | Q(ended_at=F("started_at"))
    return _shown(Closure.objects.filter(over)).order_by("-ended_at", "-pk")


def closures_within(start: datetime, end: datetime) -> list[ClosureView]:
    """Return closures that were in force in some of `[start, end)`, what began first first; one statement."""
    rows = _shown(_unended(start).filter(started_at__lt=end))
    return [closure_view(row) for row in rows.order_by("started_at", "pk")]


def closed_days(days: Iterable[date]) -> list[ClosedDay]:
    """Return the days on which hours in use were closed for a holiday or an own date, in order."""
    rows = CalendarRow.objects.filter(queues__isnull=False).order_by("name").distinct()
    calendars = [(row, schedule_of(row)) for row in rows.prefetch_related("periods", "holidays")]
    return [
        ClosedDay(day, name, row.name)
        for day in days
        for row, calendar in calendars
        if (name := _closed_for(row, calendar, day)) is not None
    ]


def _closed_for(row: CalendarRow, calendar: Calendar, day: date) -> str | None:
    """Return what the day is that the week would have been open on, None for a day like any other."""
    if day_periods(calendar, day) or not calendar.week.get(day.weekday()):
        return None
    own = next((each.name for each in row.holidays.all() if each.day == day), "")
    return own or holiday_name(calendar, day)


def closure_view(row: Closure) -> ClosureView:
    """Make the value of a row whose calendar and queue were selected with it."""
    of = row.calendar or row.queue
    return ClosureView(
        ref=row.ref, calendar_ref=row.calendar.ref if row.calendar else None,
        queue_ref=row.queue.ref if row.queue else None, shut=of.name if of else "",
        started_at=row.started_at, ended_at=row.ended_at, texts=row.texts, reason=row.reason, by=row.by,
        kind=row.kind, line=row.line, helps=row.helps,
    )  # fmt: skip


def _shown(rows: Any) -> Any:
    return rows.select_related("calendar", "queue")


def _view(row: CalendarRow, closures: Iterable[Closure]) -> CalendarView:
    days = own_days(row)
    mine = [closure for closure in closures if closure.calendar_id in (None, row.pk)]
    return CalendarView(
        ref=row.ref, name=row.name, version=row.version, hours=_hours(_schedule(row, days), mine), days=days,
        queues=tuple(sorted(queue.name for queue in row.queues.all())),
    )  # fmt: skip


def _schedule(row: CalendarRow, days: Iterable[OwnDay]) -> Calendar:
    week: dict[int, tuple[Span, ...]] = {}
    for period in sorted(row.periods.all(), key=lambda each: (each.weekday, each.opens)):
        week[period.weekday] = (*week.get(period.weekday, ()), (period.opens, period.closes))
    own = {each.day: None if each.kind == HolidayKind.WORKS else each.periods for each in days}
    return Calendar(row.zone, week=week, country=row.country, subdivision=row.subdivision, days=own)


def _unended(now: datetime) -> Any:
    """Return closures in force or to come, without those that were taken back before they began."""
    return Closure.objects.filter(Q(ended_at=None) | Q(ended_at__gt=now)).exclude(ended_at=F("started_at"))


def _closures_of(queue: Queue, now: datetime) -> list[Closure]:
    concerned = Q(queue=queue) | Q(queue=None, calendar=None)
    if queue.calendar_id:
        concerned |= Q(calendar_id=queue.calendar_id)
    return list(_unended(now).filter(concerned).order_by("started_at", "pk"))


def _hours(schedule: Calendar | None, closures: Iterable[Closure]) -> Calendar:
    base = schedule or Calendar("UTC", week=ALWAYS)
    spans = tuple((closure.started_at, closure.ended_at) for closure in closures)
    return Calendar(base.zone, base.week, base.country, base.subdivision, base.days, spans)


@lru_cache(maxsize=KEPT)
def _kept(calendar_id: int, version: int) -> Calendar:
    """Return the calendar as of that version: ids are unique over brands, each change makes a new version.

    For readers outside of a verb only: what a verb has written may yet be undone.
    """
    return schedule_of(CalendarRow.objects.get(pk=calendar_id))
