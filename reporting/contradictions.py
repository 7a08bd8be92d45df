"""What cannot be agreed together: times that are left out twice, and targets that nothing is left of.

Times are half-open; what goes on ends at `now`. Asked inside a tenant_scope, while nobody else agrees
anything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _

from core.dates import dated
from interactions.queries import queue_names
from reporting.choices import ExclusionState, Window
from reporting.clauses import sentence
from reporting.models import Clause, Exclusion
from reporting.windows import Span, spans

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Time:
    """A time `[start, end)` of some queues; no `queue_ids`: of every queue."""

    start: datetime
    end: datetime
    queue_ids: frozenset[int]

    def meets(self, other: "Time") -> bool:
        """Tell whether both hold some instant of some queue."""
        return self.start < other.end and self.end > other.start and self._shares(other.queue_ids)

    def is_of(self, queue_id: int) -> bool:
        return not self.queue_ids or queue_id in self.queue_ids

    def _shares(self, queue_ids: frozenset[int]) -> bool:
        return not self.queue_ids or not queue_ids or bool(self.queue_ids & queue_ids)


def time_of(row: Exclusion, now: datetime) -> Time:
    return Time(row.started_at, row.ended_at or now, frozenset(row.queue_ids))


def twice(
    wanted: Time, states: Iterable[ExclusionState], *, now: datetime, beside: Exclusion | None = None
) -> str:
    """Say which other exclusion in one of these states holds some of the time already; "" for none."""
    for row in _around(wanted.start, wanted.end, states):
        if (beside is None or row.pk != beside.pk) and time_of(row, now).meets(wanted):
            return _("This time meets another one of the same queue: %(other)s.") % {"other": _named(row)}
    return ""


def refused_before(wanted: Time, cause: str, *, now: datetime) -> str:
    """Say who has refused to leave out some of the time for the same cause; "" for nobody."""
    for row in _around(wanted.start, wanted.end, [ExclusionState.REFUSED]):
        if row.cause == cause and time_of(row, now).meets(wanted):
            words = _("%(name)s has refused that already (%(other)s): the answer can be reversed there.")
            return words % {"name": row.answered_shown, "other": _named(row)}
    return ""


def emptied(wanted: Time, *, zone: ZoneInfo, now: datetime, beside: Exclusion | None = None) -> str:
    """Say of which target's window nothing would be left with this time accepted too; "" for none."""
    first = wanted.start.astimezone(zone).date()
    last = wanted.end.astimezone(zone).date()
    clauses = list(Clause.objects.within(first, last).order_by("pk"))
    if not clauses:
        return ""
    cut = [(row, span) for row in clauses for span in _touched(row, first, last, zone)]
    accepted = _accepted([span for _row, span in cut], now, beside)
    queues = queue_names()
    for row, span in cut:
        if is_emptied(row, span, [wanted, *accepted], queues):
            return _nothing_left(row, span, queues)
    return ""


def begins_emptied(row: Clause, *, zone: ZoneInfo, now: datetime) -> str:
    """Say that what was accepted leaves nothing of the first window of a target; "" where it does."""
    cut, queues = _touched(row, row.from_date, row.from_date, zone), queue_names()
    found = [span for span in cut if is_emptied(row, span, _accepted([span], now), queues)]
    return _nothing_left(row, found[0], queues) if found else ""


def is_emptied(row: Clause, span: Span, times: Sequence[Time], queues: Iterable[int]) -> bool:
    """Tell whether the times cover the whole window for each queue that counts."""
    of = list(row.queue_ids) or list(queues)
    if not of:
        return covers([one for one in times if not one.queue_ids], span.start, span.end)
    return all(covers([one for one in times if one.is_of(each)], span.start, span.end) for each in of)


def covers(times: Iterable[Time], start: datetime, end: datetime) -> bool:
    """Tell whether the times together hold every instant of `[start, end)`."""
    at = start
    for one in sorted(times, key=lambda one: one.start):
        if at >= end or one.start > at:
            break
        at = max(at, one.end)
    return at >= end


def _touched(row: Clause, first: date, last: date, zone: ZoneInfo) -> list[Span]:
    window, since, until = Window(row.window), row.from_date, row.until_date
    return spans(window, first, last, since=since, until=until, zone=zone, today=last + 31 * DAY)


def _accepted(cut: Sequence[Span], now: datetime, beside: Exclusion | None = None) -> list[Time]:
    if not cut:
        return []
    start, end = min(span.start for span in cut), max(span.end for span in cut)
    rows = _around(start, end, [ExclusionState.ACCEPTED])
    return [time_of(row, now) for row in rows if beside is None or row.pk != beside.pk]


def _around(start: datetime, end: datetime, states: Iterable[ExclusionState]) -> list[Exclusion]:
    touching = Q(ended_at__isnull=True) | Q(ended_at__gt=start)
    rows = Exclusion.objects.filter(touching, started_at__lt=end, state__in=list(states))
    return list(rows.order_by("started_at", "pk"))


def _named(row: Exclusion) -> str:
    what = row.label or _("every queue")
    return f"{row.get_cause_display()}, {what}, {row.get_state_display()}"


def _nothing_left(row: Clause, span: Span, queues: dict[int, str]) -> str:
    first, last = (dated(day, "j M Y") for day in (span.first, span.last))
    words = _("Nothing would be left to measure of %(days)s for this target: %(target)s")
    return words % {
        "days": first if first == last else f"{first} – {last}", "target": sentence(row, queues)
    }  # fmt: skip
