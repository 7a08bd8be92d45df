"""Verbs on service targets, inside a tenant_scope: add, change from a day on, end, take back.

Days are the brand's, in `zone`. No verb touches a day that is over: what was in force then stays, whatever
is agreed later. `actor` is how the trail names who did it (`user:7`), `shown` what the list calls them.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from core.dates import dated
from core.errors import NotFound, RoomError
from core.hours import YEARS
from events.choices import Kind
from events.log import record
from interactions.errors import Invalid
from interactions.queries import queue_names
from reporting.actions.agreeing import alone
from reporting.catalogue import BY_KEY
from reporting.choices import Counted, Window
from reporting.clauses import as_data
from reporting.contradictions import begins_emptied
from reporting.models import Clause
from reporting.promises import PROMISABLE, rises, stricter
from tenants.audit import audit
from tenants.binding import current_brand

HEAVIEST = 100
LONGEST = 30 * 24 * 3600  # seconds that a target may be
DAY = timedelta(days=1)
FIRST = UUID("6f6a0c0e-3d9e-5c3e-9d52-0b6c7a1f2e11")


class Settled(RoomError):
    """What it would change is over, or has changed since; nothing changed."""

    code = "settled"


def add_clause(
    *, key: UUID, metric: str, counted: str, window: str, queue_ids: Sequence[int], target: Decimal,
    minimum: Decimal | None, weight: int, from_date: date, shown: str, zone: ZoneInfo, actor: str,
    now: datetime,
) -> Clause:  # fmt: skip
    """Promise something from a day on. The same `key` again is the same clause.

    Raises Invalid: what is no promise, a day that is over, a clause that there is already.
    """
    row = Clause(
        key=key, metric=metric, counted=counted, window=window, queue_ids=sorted(set(queue_ids)),
        target=target, minimum=minimum, weight=weight, from_date=from_date, made_shown=shown, made_at=now,
    )  # fmt: skip
    with transaction.atomic():
        alone()
        if made := _made(key):
            return made
        _refuse(_wrong_terms(row) or wrong_level(row) | _wrong_start(from_date, _today(zone, now)))
        _refuse(_overlap(row) or _emptied(row, zone, now))
        row.save(force_insert=True)
        _note("clause.added", Kind.CLAUSE_ADDED, row, {}, actor=actor, now=now)
    return row


def change_clause(
    ref: UUID, *, key: UUID, target: Decimal, minimum: Decimal | None, weight: int, from_date: date,
    shown: str, zone: ZoneInfo, actor: str, now: datetime,
) -> Clause:  # fmt: skip
    """Let other levels be in force from a day on; the version `ref` ends with the day before.

    The same `key` again is the same change. Raises Invalid, NotFound; Settled when `ref` is not the newest.
    """
    with transaction.atomic():
        alone()
        old = _named(ref)
        if made := _made(key):
            return made
        _still_newest(old)
        row = _next(old, key=key, target=target, minimum=minimum, weight=weight, from_date=from_date)
        row.made_shown, row.made_at = shown, now
        _refuse(wrong_level(row) | _wrong_step(old, row) | _wrong_start(from_date, _today(zone, now)))
        _end(old, from_date)
        row.save(force_insert=True)
        diff = {name: [str(getattr(old, name)), str(getattr(row, name))] for name in _moved(old, row)}
        _note("clause.changed", Kind.CLAUSE_CHANGED, row, diff, actor=actor, now=now)
    return row


def end_clause(ref: UUID, *, last_day: date | None, zone: ZoneInfo, actor: str, now: datetime) -> Clause:
    """Say on which day the clause is in force last; None: it goes on. Said again it changes nothing.

    Raises Invalid, NotFound; Settled when the version is over or not the newest.
    """
    _refuse(
        {"last_day": _("Choose a day of these years.")} if last_day and last_day.year not in YEARS else {}
    )
    until = None if last_day is None else last_day + DAY
    with transaction.atomic():
        alone()
        row = _named(ref)
        if row.until_date == until:
            return row
        _still_newest(row)
        today = _today(zone, now)
        if row.until_date and row.until_date <= today:
            raise Settled(_("This target is over."))
        _refuse(_wrong_end(row, last_day, today))
        diff = {"until_date": [str(row.until_date), str(until)]}
        _end(row, until)
        _note("clause.ended", Kind.CLAUSE_ENDED, row, diff, actor=actor, now=now)
    return row


def withdraw_clause(ref: UUID, *, zone: ZoneInfo, actor: str, now: datetime) -> Clause:
    """Take a version back before it is in force; the one that it changed goes on as it would have.

    Again it changes nothing. Raises NotFound; Settled when it is in force or not the newest.
    """
    with transaction.atomic():
        alone()
        row = _named(ref)
        if row.withdrawn_at:
            return row
        _still_newest(row)
        if row.from_date <= _today(zone, now):
            raise Settled(_("This target is in force already: change or end it instead."))
        row.withdrawn_at = now
        row.save(update_fields=["withdrawn_at"])
        if row.follows:
            _end(Clause.objects.get(ref=row.follows), row.until_date)
        _note("clause.withdrawn", Kind.CLAUSE_WITHDRAWN, row, {}, actor=actor, now=now)
    return row


def promise_at_first(
    wanted: Sequence[Clause], *, shown: str, zone: ZoneInfo, actor: str, now: datetime
) -> None:
    """Let a client that was never live promise exactly this of what was said here before, from today on.

    `wanted`: unsaved, with `SAME` and levels. What was said elsewhere stays; what is no more wanted is taken
    back although it is in force, as no report has held it.
    """
    with transaction.atomic():
        alone()
        rows = {row.key: row for row in Clause.objects.all()}
        found = {first_key(row): row for row in wanted}
        for key, row in rows.items():
            if key == first_key(row) and key not in found and row.withdrawn_at is None:
                row.withdrawn_at = now
                row.save(update_fields=["withdrawn_at"])
                _note("clause.withdrawn", Kind.CLAUSE_WITHDRAWN, row, {}, actor=actor, now=now)
        taken = {_same(row) for row in rows.values() if row.withdrawn_at is None}
        for key, row in found.items():
            if _same(row) not in taken:
                old = rows.get(key)
                row.pk, row.ref = (old.pk, old.ref) if old else (None, row.ref)
                row.key, row.from_date, row.made_shown, row.made_at = key, _today(zone, now), shown, now
                row.save(force_insert=old is None)
                _note("clause.added", Kind.CLAUSE_ADDED, row, {}, actor=actor, now=now)


def first_key(row: Clause) -> UUID:
    """Return the key of a clause that `promise_at_first` made: of all it says, the same each time."""
    levels = [None if one is None else f"{one:.2f}" for one in (row.target, row.minimum)]
    said = [row.metric, row.counted, row.window, row.queue_ids, *levels, row.weight]
    return uuid5(FIRST, json.dumps(said))


# ---- what is refused ----


def _wrong_terms(row: Clause) -> dict[str, str]:
    """What of the clause itself nobody can promise."""
    wrong = {}
    if row.metric not in PROMISABLE:
        wrong["metric"] = _("Choose a metric of the catalogue that can be promised.")
    if row.counted not in Counted.values:
        wrong["counted"] = _("Choose which time counts.")
    if row.window not in Window.values:
        wrong["window"] = _("Choose a day, a week or a month.")
    if not set(row.queue_ids) <= set(queue_names()):
        wrong["queue_ids"] = _("Choose queues of this client.")
    return wrong


def wrong_level(row: Clause) -> dict[str, str]:
    """What of its levels contradicts itself, by field."""
    metric, wrong = BY_KEY[row.metric], {}
    most = 100 if metric.unit == "percent" else LONGEST
    for name, number in (("target", row.target), ("minimum", row.minimum)):
        if number is not None and not 0 <= number <= most:
            wrong[name] = _most(metric.unit, most)
    if not wrong and row.minimum is not None and stricter(metric, row.minimum, row.target):
        wrong["minimum"] = (
            _("More is better here: the minimum cannot be over the target.")
            if rises(metric)
            else _("Less is better here: the minimum cannot be under the target.")
        )
    if not 1 <= row.weight <= HEAVIEST:
        wrong["weight"] = _("Give a weight from 1 to %(most)d.") % {"most": HEAVIEST}
    return wrong


def _most(unit: str, most: int) -> str:
    if unit == "percent":
        return _("Give a share from 0 to 100 per cent.")
    return _("Give seconds, at most %(most)d.") % {"most": most}


def _wrong_start(from_date: date, today: date) -> dict[str, str]:
    return {"from_date": _over(today)} if from_date < today else {}


def _wrong_step(old: Clause, row: Clause) -> dict[str, str]:
    """Why the new version cannot begin then, or is none."""
    if row.from_date <= old.from_date:
        words = _("What is to change begins on %(day)s: choose a later day.")
        return {"from_date": words % {"day": _day(old.from_date)}}
    if old.until_date and row.from_date >= old.until_date:
        return {"from_date": _("It ends before that: add it anew.")}
    return {} if _moved(old, row) else {"target": _("This is what holds already.")}


def _wrong_end(row: Clause, last_day: date | None, today: date) -> dict[str, str]:
    if last_day is None:
        return {}
    if last_day < today:
        return {"last_day": _over(today)}
    if last_day < row.from_date:
        return {"last_day": _("It is not in force yet then: take it back instead.")}
    return {}


def _overlap(row: Clause) -> dict[str, str]:
    """Why a clause without end cannot begin then: the same one is in force, or will be."""
    later = [one for one in Clause.objects.of(row) if not one.until_date or one.until_date > row.from_date]
    if not later:
        return {}
    words = _("The same target is in force from %(day)s on already: change or end that one.")
    return {"from_date": words % {"day": _day(later[0].from_date)}}


def _emptied(row: Clause, zone: ZoneInfo, now: datetime) -> dict[str, str]:
    """Why it cannot begin then: what was accepted to be left out leaves nothing to measure."""
    words = begins_emptied(row, zone=zone, now=now)
    return {"from_date": words} if words else {}


def _refuse(wrong: Mapping[str, str]) -> None:
    if wrong:
        raise Invalid(wrong)


def _over(today: date) -> str:
    words = _("Reports of days that are over stay as they are: choose %(today)s or later.")
    return words % {"today": _day(today)}


# ---- steps ----


def _today(zone: ZoneInfo, now: datetime) -> date:
    return now.astimezone(zone).date()


def _day(day: date) -> str:
    return dated(day, "j F Y")


def _made(key: UUID) -> Clause | None:
    return cast(Clause | None, Clause.objects.filter(key=key).first())


def _named(ref: UUID) -> Clause:
    row: Clause | None = Clause.objects.filter(ref=ref).first()
    if row is None:
        raise NotFound
    return row


def _same(row: Clause) -> tuple[object, ...]:
    return tuple(str(getattr(row, name)) for name in Clause.SAME)


def _still_newest(row: Clause) -> None:
    newest = Clause.objects.of(row).last()
    if newest is None or newest.pk != row.pk:
        raise Settled(_("This target has changed since: see its newest version."))


def _next(old: Clause, **values: Any) -> Clause:
    same = {name: getattr(old, name) for name in Clause.SAME}
    return Clause(**same, **values, until_date=old.until_date, follows=old.ref)


def _end(row: Clause, until: date | None) -> None:
    row.until_date = until
    row.save(update_fields=["until_date"])


def _moved(old: Clause, row: Clause) -> list[str]:
    return [name for name in ("target", "minimum", "weight") if getattr(old, name) != getattr(row, name)]


def _note(verb: str, kind: Kind, row: Clause, diff: Mapping[str, Any], *, actor: str, now: datetime) -> None:
    named = f"clause:{row.pk} {row.metric}"
    audit(verb, actor=actor, brand_id=current_brand(), object=named, diff=dict(diff), now=now)
    record(kind, data=as_data(row), occurred_at=now)
