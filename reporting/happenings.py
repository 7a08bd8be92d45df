"""What happened in a period and may explain its numbers: incidents, closures, holidays. Values only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core.dates import dated
from interactions.choices import ClosureKind
from interactions.hours import ClosedDay, closed_days, closures_within
from interactions.values import ClosureView
from reporting.days import Day, day_of
from reporting.incidents import Annotation

INCIDENT, CLOSURE, HOLIDAY = "incident", "closure", "holiday"


@dataclass(frozen=True)
class Happening:
    """`[started_at, ended_at)`, None: it goes on. `text` is what the client may read.

    `when` says it in the brand's zone; `of` names queues or hours, "" is all of them. `queue_ids`,
    `queue_ref`: whose alone it is.
    """

    kind: str
    title: str
    text: str
    of: str
    when: str
    started_at: datetime
    ended_at: datetime | None
    queue_ids: frozenset[int] = frozenset()
    queue_ref: UUID | None = None

    @property
    def cause(self) -> str:
        """What it was, in the fewest words."""
        return self.text or self.title

    @property
    def words(self) -> str:
        """The whole in one line, without a full stop."""
        said = f"{self.title} ({self.of})" if self.of else self.title
        return ": ".join(filter(None, [f"{said}, {self.when}", self.text]))

    def touches(self, start: datetime, end: datetime) -> bool:
        return self.started_at < end and (self.ended_at is None or self.ended_at > start)

    def may_be_of(self, queue_id: int, queue_ref: UUID) -> bool:
        """Tell whether it is not another queue's alone."""
        return self.queue_ref in (None, queue_ref) and (not self.queue_ids or queue_id in self.queue_ids)


def happenings(cut: Sequence[Day], zone: ZoneInfo) -> tuple[Happening, ...]:
    """Return what happened on these days, what began first first; in a tenant_scope."""
    start, end = cut[0].start, cut[-1].end
    found = [
        *(_incident(row, zone) for row in Annotation.objects.within(start, end)),
        *(_closure(view, zone) for view in closures_within(start, end)),
        *(_holiday(one, zone) for one in closed_days(day.date for day in cut)),
    ]
    return tuple(sorted(found, key=lambda one: (one.started_at, one.kind, one.title)))


def _incident(row: Annotation, zone: ZoneInfo) -> Happening:
    when = between(row.started_at, row.ended_at, zone)
    return Happening(
        INCIDENT, _("Incident"), row.text, row.label, when, row.started_at, row.ended_at,
        frozenset(row.queue_ids),
    )  # fmt: skip


def _closure(view: ClosureView, zone: ZoneInfo) -> Happening:
    """Why a queue closed early is the provider's own record."""
    early = view.kind == ClosureKind.EARLY
    return Happening(
        CLOSURE, _("Closed early") if early else _("Closed"), "" if early else view.reason, view.shut,
        between(view.started_at, view.ended_at, zone), view.started_at, view.ended_at,
        queue_ref=view.queue_ref,
    )  # fmt: skip


def _holiday(one: ClosedDay, zone: ZoneInfo) -> Happening:
    day = day_of(one.day, zone)
    return Happening(
        HOLIDAY, _("Closed for a holiday"), one.name, one.hours, _day(one.day), day.start, day.end
    )


def between(start: datetime, end: datetime | None, zone: ZoneInfo) -> str:
    """Say from when to when by the zone's clock; the second day is named where it is another."""
    here = start.astimezone(zone)
    since = _("%(day)s, %(time)s") % {"day": _day(here.date()), "time": f"{here:%H:%M}"}
    if end is None:
        return _("since %(since)s") % {"since": since}
    there = end.astimezone(zone)
    until = f"{there:%H:%M}"
    if there.date() != here.date():
        until = _("%(day)s, %(time)s") % {"day": _day(there.date()), "time": until}
    return _("%(since)s to %(until)s") % {"since": since, "until": until}


def _day(day: date) -> str:
    return dated(day, "D j M")
