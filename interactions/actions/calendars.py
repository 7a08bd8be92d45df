"""Verbs on the brand's hours. Whatever changes them tells routing the openings of the queues concerned.

`actor` is how the trail names who did it (`user:7`). Raises Invalid with everything that is wrong at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import NotFound
from core.hours import Calendar as Hours
from core.hours import Span, day_bounds
from core.ids import new_ref
from events.choices import Kind
from events.log import record
from interactions import calendar_rules as rules
from interactions.actions.base import brand_id
from interactions.actions.settings import save_queue, tell_routing
from interactions.calendar_rules import Row
from interactions.choices import ClosureKind, HolidayKind, Line
from interactions.clocks.rehouring import hours_change
from interactions.clocks.ringing import look_again
from interactions.errors import Invalid, Refused, WrongState
from interactions.hours import closure_view, get_calendar, projected
from interactions.live import announce_hours_changed
from interactions.models import Calendar, Closure, Holiday, Period, Queue, RoutingRule
from interactions.values import CalendarView, ClosureView, Reception
from tenants.audit import audit, changes, values_of

MOST_CALENDARS = 50
NAME_TAKEN = {"name": gettext_lazy("Other hours have this name already.")}
EVERYTHING = "all queues"
FIELDS = ("name", "zone", "country", "subdivision")


def save_calendar(
    ref: UUID | None = None, *, name: str, zone: str, week: Sequence[Row], country: str = "",
    subdivision: str = "", version: int | None = None, actor: str, now: datetime,
) -> CalendarView:  # fmt: skip
    """Make a calendar, or change the one of that ref as a whole: what `week` does not hold is not open.

    `version`: what the caller has seen. Raises Invalid, NotFound; WrongState when it was changed since.
    """
    with transaction.atomic():
        row = write_calendar(
            ref, name=name, zone=zone, week=week, country=country, subdivision=subdivision, version=version,
            actor=actor, now=now,
        )  # fmt: skip
        if ref:
            announce_hours(row.queues.all(), now=now)
        return get_calendar(row.ref, now=now)


def write_calendar(
    ref: UUID | None = None, *, name: str, zone: str, week: Sequence[Row], country: str = "",
    subdivision: str = "", version: int | None = None, actor: str, now: datetime,
) -> Calendar:  # fmt: skip
    """Do as `save_calendar` does, for a caller who announces the queues later."""
    name, subdivision = name.strip(), subdivision if country else ""
    others = set(Calendar.objects.exclude(ref=ref).values_list("name", flat=True))
    wrong = rules.calendar_errors(
        name=name, zone=zone, country=country, subdivision=subdivision, week=week
    ) | (NAME_TAKEN if name in others else {})
    if wrong:
        raise Invalid(wrong)
    if ref is None and len(others) >= MOST_CALENDARS:
        raise Refused(_("There are too many calendars. Remove one that is not used."))
    with transaction.atomic():
        row, before = _to_change(ref, version)
        for field, value in zip(FIELDS, (name, zone, country, subdivision), strict=True):
            setattr(row, field, value)
        spans = rules.split_week(week)
        with hours_change(now=now) if ref else nullcontext():
            _save(row)
            _replace_week(row, spans, is_new=ref is None)
        diff = changes(before, _state(row, spans))
        verb = "calendar.changed" if ref else "calendar.created"
        _note(verb, row, diff, event=_told(row, diff), actor=actor, now=now)
    return row


def remove_calendar(ref: UUID, *, actor: str, now: datetime) -> None:
    """Remove a calendar that no queue uses. Raises NotFound; WrongState when one does."""
    with transaction.atomic():
        row = _lock(ref)
        if row.queues.exists():
            raise WrongState(_("Queues use these hours. Give them other hours first."))
        if RoutingRule.objects.filter(
            removed_at=None, conditions__contains=[{"kind": "hours", "calendar": str(ref)}]
        ).exists():
            raise WrongState(_("A routing rule asks for these hours. Change the rule first."))
        _note("calendar.deleted", row, {}, event=_told(row), actor=actor, now=now)
        row.delete()


def save_own_day(
    ref: UUID, *, day: date | None, kind: str, name: str = "", periods: Sequence[Span] = (), actor: str,
    now: datetime,
) -> CalendarView:  # fmt: skip
    """Make the date closed, open at hours of its own, or open as usual although it is a public holiday.

    Raises Invalid, NotFound.
    """
    name, periods = name.strip(), sorted(periods) if kind == HolidayKind.HOURS else []
    wrong = rules.own_day_errors(day=day, name=name, kind=kind, periods=periods)
    if wrong or day is None:
        raise Invalid(wrong)
    with transaction.atomic():
        row = _lock(ref)
        before = _own(row, day)
        if not before and row.holidays.count() >= rules.MOST_DAYS:
            raise Invalid({"day": _("There are too many dates. Remove some that are over.")})
        values = {"kind": kind, "name": name, "periods": [list(span) for span in periods]}
        with hours_change(now=now):
            Holiday.objects.update_or_create(calendar=row, day=day, defaults=values)
        return _changed_day(row, day, before, actor=actor, now=now)


def remove_own_day(ref: UUID, day: date, *, actor: str, now: datetime) -> CalendarView:
    """Forget the date: the week and the public holidays hold again. One that is not there is no error."""
    with transaction.atomic():
        row = _lock(ref)
        before = _own(row, day)
        if not before:
            return get_calendar(ref, now=now)
        with hours_change(now=now):
            Holiday.objects.filter(calendar=row, day=day).delete()
        return _changed_day(row, day, before, actor=actor, now=now)


def use_calendars(
    choices: Mapping[UUID, UUID | None], *, tell: bool = True, actor: str, now: datetime
) -> int:
    """Give queues their hours, None: day and night; all or none. Returns how many changed.

    `tell` false: the caller announces them later. Raises NotFound.
    """
    calendars = {row.ref: row for row in Calendar.objects.all()}
    if any(choice not in calendars for choice in choices.values() if choice):
        raise NotFound
    with transaction.atomic():
        every = Queue.objects.select_for_update(no_key=True).order_by("pk")  # as `hours_change` locks them
        queues = {row.ref: row for row in every if row.ref in choices}
        if len(queues) < len(choices):
            raise NotFound
        chosen = {ref: calendars[choice] if choice else None for ref, choice in choices.items()}
        moved = [row for ref, row in queues.items() if row.calendar_id != _key(chosen[ref])]
        names = {row.pk: row.name for row in calendars.values()}
        for row in moved:
            diff = {"calendar": [names.get(row.calendar_id), getattr(chosen[row.ref], "name", None)]}
            row.calendar = chosen[row.ref]
            event = {"queue": str(row.ref), "calendar": _ref(chosen[row.ref])}
            kind = Kind.QUEUE_HOURS_CHANGED
            _note("queue.changed", row, diff, event=event, kind=kind, actor=actor, now=now)
        with hours_change(now=now):
            _give(moved)
        if tell:
            announce_hours(Queue.objects.filter(pk__in=[row.pk for row in moved]), now=now)
    return len(moved)


def set_reception(choices: Mapping[UUID, Reception], *, actor: str, now: datetime) -> int:
    """Say of queues what a customer can do outside their hours, and when they wait for long; returns how many
    changed.

    Raises Invalid (`<ref>.<field of Reception>`), NotFound.
    """
    if wrong := rules.reception_errors(choices):
        raise Invalid(wrong)
    with transaction.atomic():
        found = Queue.objects.select_for_update(no_key=True).filter(ref__in=list(choices)).order_by("pk")
        if len(found) < len(choices):
            raise NotFound
        moved = [row for row in found if values_of(row, Reception._fields) != choices[row.ref]._asdict()]
        for row in moved:
            save_queue(row, actor=actor, now=now, **choices[row.ref]._asdict())
        if moved:
            announce_hours_changed(brand_id())
    return len(moved)


def close_now(
    *, calendar_ref: UUID | None = None, queue_ref: UUID | None = None, until: datetime | None = None,
    texts: Mapping[str, str] | None = None, reason: str = "", line: str = Line.SERVED, helps: bool = True,
    key: UUID | None = None, actor: str, now: datetime,
) -> ClosureView:  # fmt: skip
    """Close a calendar's queues, one queue, or with neither the whole brand from now on; None: till reopened.

    `texts` are for customers, by language; `line`: what becomes of who waits (Line); `helps`: whether
    overflows are asked meanwhile. The same `key` again is the same closure. Raises Invalid, NotFound.
    """
    said = _said(texts)
    wrong = rules.closure_errors(started_at=now, until=until, texts=said, reason=reason)
    if wrong or line not in Line.values:
        raise Invalid(wrong or {"line": _("Say what becomes of those who wait.")})
    if calendar_ref and queue_ref:
        raise Refused(_("Close one thing at a time: hours, a queue, or everything."))
    with transaction.atomic():
        calendar = _lock(calendar_ref) if calendar_ref else None
        values = {
            "calendar": calendar, "queue": _queue(queue_ref), "started_at": now, "ended_at": until,
            "texts": said, "reason": reason.strip(), "line": line, "helps": helps,
        }  # fmt: skip
        return _close(key, values, actor=actor, now=now)


def close_early(
    queue_ref: UUID, *, at: datetime, zone: str, reason: str, texts: Mapping[str, str] | None = None,
    key: UUID | None = None, actor: str, now: datetime,
) -> ClosureView:  # fmt: skip
    """Close a queue for the rest of the day from `at` on: nobody new gets in, those who wait are served.

    The day is the calendar's, or with none that of `zone`. The same `key` again is the same closure. Raises
    Invalid (`at`, `reason`, `texts.<language>`), NotFound.
    """
    said = _said(texts)
    with transaction.atomic():
        queue = _queue(queue_ref)
        if queue is None:
            raise NotFound
        ends = _end_of_day(now, queue.calendar.zone if queue.calendar else zone)
        wrong = rules.early_errors(at=at, ends=ends, texts=said, reason=reason, now=now)
        if not wrong and not _is_open(queue, at, now=now):
            wrong = {"at": _("The queue is closed then anyway.")}
        if wrong:
            raise Invalid(wrong)
        values = {
            "queue": queue, "kind": ClosureKind.EARLY, "started_at": max(at, now), "ended_at": ends,
            "texts": said, "reason": reason.strip(),
        }  # fmt: skip
        return _close(key, values, actor=actor, now=now)


def reopen_hours(ref: UUID, *, actor: str, now: datetime) -> ClosureView:
    """End the closure now, also one that has not begun. Raises NotFound; WrongState when it is over."""
    with transaction.atomic():
        row = Closure.objects.select_for_update(of=("self",)).filter(ref=ref).first()
        if row is None:
            raise NotFound
        if row.ended_at is not None and (row.ended_at <= now or row.ended_at == row.started_at):
            raise WrongState(_("This closure is over already."))
        row.ended_at = max(now, row.started_at)
        row.save(update_fields=["ended_at"])
        view = closure_view(row)
        _note("closure.ended", row.calendar or row.queue, {}, event=_closed(row), actor=actor, now=now)
        announce_hours(_shut_by(row), now=now)
    return view


def announce_hours(queues: Any = None, *, now: datetime) -> int:
    """Tell routing when the queues (None: all) are answered in the days to come; returns how many.

    The queues are locked before their hours are read, so of two changes at once the later sees the earlier.
    Every open chat of the brand is told to look again, and so is who minds the clocks.
    """
    found = Queue.objects.all() if queues is None else queues
    with transaction.atomic():
        rows = list(
            found.select_for_update(no_key=True)
            .order_by("pk")
            .prefetch_related("calendar__periods", "calendar__holidays")
        )
        if rows:
            tell_routing(rows, now=now)
            look_again([row.pk for row in rows], now=now)
        announce_hours_changed(brand_id())
        return len(rows)


# ---- steps of the verbs ----


def _said(texts: Mapping[str, str] | None) -> dict[str, str]:
    return {language: text.strip() for language, text in (texts or {}).items() if text.strip()}


def _close(key: UUID | None, values: dict[str, Any], *, actor: str, now: datetime) -> ClosureView:
    """Write the closure down once for its key, and tell whom it concerns."""
    row, made = Closure.objects.get_or_create(ref=key or new_ref(now), defaults=values | {"by": actor})
    if not made:
        return closure_view(row)
    diff = {
        "from": [None, row.started_at.isoformat()],
        "until": [None, row.ended_at.isoformat() if row.ended_at else None],
        "languages": [[], sorted(row.texts)], "line": [None, row.line], "helps": [None, row.helps],
    }  # fmt: skip
    verb = "closure.planned" if row.kind == ClosureKind.EARLY else "closure.created"
    of, event = row.calendar or row.queue, _closed(row)
    _note(verb, of, diff, event=event, actor=actor, now=now, reason=row.reason)
    announce_hours(_shut_by(row), now=now)
    return closure_view(row)


def _end_of_day(now: datetime, zone: str) -> datetime:
    """Return the first instant of tomorrow there."""
    return day_bounds(Hours(zone), now.astimezone(ZoneInfo(zone)).date())[1]


def _is_open(queue: Queue, at: datetime, *, now: datetime) -> bool:
    openings = projected(queue, now=now).openings
    return openings is None or any(start <= at < end for start, end in openings)


def _to_change(ref: UUID | None, version: int | None) -> tuple[Calendar, dict[str, Any]]:
    """Return the locked row, or a new one, and what it held."""
    if ref is None:
        return Calendar(version=0), {}
    row = _lock(ref)
    if version is not None and version != row.version:
        raise WrongState(_("Somebody changed these hours meanwhile. Look at them, then change them again."))
    periods = row.periods.order_by("weekday", "opens").values_list("weekday", "opens", "closes")
    return row, _state(row, [(weekday, (opens, closes)) for weekday, opens, closes in periods])


def _lock(ref: UUID) -> Calendar:
    row: Calendar | None = Calendar.objects.select_for_update().filter(ref=ref).first()
    if row is None:
        raise NotFound
    return row


def _queue(ref: UUID | None) -> Queue | None:
    row: Queue | None = Queue.objects.filter(ref=ref).first() if ref else None
    if ref and row is None:
        raise NotFound
    return row


def _key(row: Calendar | None) -> int | None:
    return row.pk if row else None


def _save(row: Calendar) -> None:
    """Save the row as its next version; two with one name at once are told as one after the other."""
    row.version += 1
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "calendar_name_once" not in str(error):
            raise
        raise Invalid(NAME_TAKEN) from error


def _give(queues: Iterable[Queue]) -> None:
    """Write down which calendars the queues have now."""
    for calendar_id in {row.calendar_id for row in queues}:
        pks = [row.pk for row in queues if row.calendar_id == calendar_id]
        Queue.objects.filter(pk__in=pks).update(calendar=calendar_id, version=F("version") + 1)


def _replace_week(row: Calendar, week: Sequence[tuple[int, Span]], *, is_new: bool) -> None:
    if not is_new:
        row.periods.all().delete()
    Period.objects.bulk_create(
        Period(calendar=row, weekday=weekday, opens=opens, closes=closes) for weekday, (opens, closes) in week
    )


def _state(row: Calendar, spans: Iterable[tuple[int, Span]]) -> dict[str, Any]:
    """Return the calendar as the trail compares it; a day's periods are one text."""
    week: dict[str, str] = {}
    for weekday, (opens, closes) in spans:
        span = f"{rules.told(opens)}-{rules.told(closes)}"
        week[str(weekday)] = ", ".join(filter(None, [week.get(str(weekday)), span]))
    return {**{field: getattr(row, field) for field in FIELDS}, "week": week}


def _own(row: Calendar, day: date) -> dict[str, Any]:
    found = Holiday.objects.filter(calendar=row, day=day).first()
    return {"kind": found.kind, "name": found.name, "periods": found.periods} if found else {}


def _changed_day(
    row: Calendar, day: date, before: dict[str, Any], *, actor: str, now: datetime
) -> CalendarView:
    diff = changes({day.isoformat(): before}, {day.isoformat(): _own(row, day)})
    _save(row)
    _note("calendar.changed", row, diff, event=_told(row, diff), actor=actor, now=now)
    announce_hours(row.queues.all(), now=now)
    return get_calendar(row.ref, now=now)


def _shut_by(row: Closure) -> Any:
    queues = Queue.objects.all()
    if row.queue_id:
        return queues.filter(pk=row.queue_id)
    return queues.filter(calendar_id=row.calendar_id) if row.calendar_id else queues


def _told(row: Calendar, diff: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what the event says of a calendar: what of it changed, in no words of anybody's."""
    changed = {"changed": sorted(diff)} if diff else {}
    return {"calendar": str(row.ref), "version": row.version, "zone": row.zone} | changed


def _closed(row: Closure) -> dict[str, Any]:
    return {
        "closure": str(row.ref), "calendar": _ref(row.calendar), "queue": _ref(row.queue), "kind": row.kind,
        "line": row.line, "helps": row.helps, "from": row.started_at.isoformat(),
        "until": row.ended_at.isoformat() if row.ended_at else None,
    }  # fmt: skip


def _ref(row: Calendar | Queue | None) -> str | None:
    return str(row.ref) if row else None


def _note(
    verb: str,
    of: Calendar | Queue | None,
    diff: dict[str, Any],
    *,
    event: dict[str, Any],
    kind: Kind | None = None,
    actor: str,
    now: datetime,
    reason: str = "",
) -> None:
    """Write it down in the trail, with who and why, and as an event; `kind`: where that has another name."""
    named = f"{of._meta.model_name}:{of.pk} {of.name}" if of else EVERYTHING
    audit(verb, actor=actor, brand_id=brand_id(), object=named, diff=diff, reason=reason, now=now)
    record(kind or Kind(verb), data=event, occurred_at=now)
