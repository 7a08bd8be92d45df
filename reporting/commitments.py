"""Commitments: what each clause in force in a period came to, and what pulled it down. Values only.

Contacts are added up by quarter of an hour and queue (cells), once for all clauses that count the same time:
from the roll-ups, or contact by contact where opening hours count or something was accepted to be left out.
A window's figure is the sum of its cells; what a cell adds to a miss adds up the same way.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from operator import or_
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import dated
from events.models import Event
from interactions.queries import queue_names
from reporting.catalogue import BY_KEY
from reporting.catalogue.defining import LEVEL, QUEUE
from reporting.causes import causes
from reporting.choices import Counted, Verdict, Window
from reporting.circumstances import Circumstances, Hour, circumstances
from reporting.clauses import brief, last_day_of, sentence
from reporting.contacts import Contact
from reporting.counting import Counting, Unread, counting
from reporting.days import day_of
from reporting.exclusions import left_out, without
from reporting.figures import Figure, figure, open_until
from reporting.folding import ENTRY
from reporting.forecasts.comparing import OFFERED
from reporting.intervals import interval_of
from reporting.measures import REPEATED, Sums
from reporting.metrics import Metric, merged, rows_behind
from reporting.models import Clause
from reporting.numbers import written
from reporting.periods import Period
from reporting.promises import shortfall, verdict_on, worst
from reporting.queries import contacts_of, contacts_offered
from reporting.stored import by_interval
from reporting.windows import DAY, Span, spans

HOUR = timedelta(hours=1)
MOST_REASONS = 3
LONGEST = timedelta(days=31, hours=1)
"""A month in which the clock is put back."""
Cells = dict[tuple[datetime, int], Sums]
"""By (quarter of an hour, queue)."""


@dataclass(frozen=True)
class Reason:
    """An hour of a queue that pulled a figure down: its own figure, and why. `query`: of the rows behind."""

    label: str
    queue: str
    figure: Figure
    causes: tuple[str, ...]
    query: str


@dataclass(frozen=True)
class Measured:
    """A window: the figure of every contact, and without what was accepted to be left out.

    The latter is None where nothing was; where there is one, `verdict` is on it. `query`: of the rows behind.
    `open_until`: until when the figure may change though its days are over, "" if it stands.
    """

    label: str
    is_over: bool
    everything: Figure
    accepted: Figure | None
    verdict: Verdict
    query: str
    open_until: str = ""


@dataclass(frozen=True)
class Line:
    """A version of a clause with its windows in the period; `verdict` is the worst of theirs.

    `brief` is its target in short; `is_of_all`: every queue's contacts count.
    """

    ref: UUID
    key: str
    slug: str
    sentence: str
    brief: str
    is_of_all: bool
    first: date
    last: date | None
    weight: int
    target: Decimal
    unit: str
    verdict: Verdict
    windows: tuple[Measured, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Commitments:
    """`summary` is one sentence; `leaves_out`: something was accepted to be left out."""

    lines: tuple[Line, ...]
    summary: str
    leaves_out: bool


@dataclass(frozen=True)
class _Counted:
    """What is added up by one clock. `kept` is without what was accepted; the same where nothing was."""

    of: Counting
    everything: Cells
    kept: Cells


@dataclass(frozen=True)
class _Pull:
    """What an hour of a queue adds to a miss."""

    span: Span
    start: datetime
    queue_id: int
    sums: Sums
    short: Fraction

    @property
    def hour(self) -> Hour:
        return self.queue_id, self.start, self.start + HOUR


def commitments(
    *, first: date, last: date, zone: ZoneInfo, now: datetime, through: date | None = None, why: bool = True,
    unread: Unread | None = None,
) -> Commitments | None:  # fmt: skip
    """Measure every clause in force from `first` to `last`; None where none is. In a tenant_scope.

    `through`: as it was when that day had ended, whatever came in since; None is up to now. Without `why`
    nobody asks what pulled it down. `unread`: what the request has found already (`Counting.unread`).
    """
    rows = list(Clause.objects.within(first, last).order_by(*Clause.SAME, "from_date"))
    today = through + DAY if through else now.astimezone(zone).date()
    cut = [(row, _spans(row, first, last, zone, today)) for row in rows]
    cut = [(row, found) for row, found in cut if found]
    if not cut:
        return None
    since, unread = min(found[0].first for _row, found in cut), unread or Unread()
    asked = (since, through or today), zone, now, unread
    counted = {
        one: _counted([row for row in rows if row.counted == one], one, *asked)
        for one in {Counted(row.counted) for row in rows}
    }
    pulls = [_pulls(row, found, counted[Counted(row.counted)]) if why else [] for row, found in cut]
    every = [pull for of in pulls for pull in of]
    contacts, queues = _contacts_in(every), queue_names()
    around = circumstances([pull.hour for pull in every], zone=zone, now=now)
    lines = tuple(
        _line(row, found, counted[Counted(row.counted)], mine, contacts, queues, around, now)
        for (row, found), mine in zip(cut, pulls, strict=True)
    )
    return Commitments(
        lines, _summary(lines), any(one.kept is not one.everything for one in counted.values())
    )


def clause_contacts(
    ref: UUID, *, since: datetime, until: datetime, queue_id: int | None, zone: ZoneInfo, now: datetime
) -> tuple[Metric, Counting, list[Contact]] | None:
    """Return the contacts behind a clause that came in in `[since, until)`, its metric and its clock.

    As far as it was in force; None for no such clause, or for more than a window. In a tenant_scope.
    """
    row = Clause.objects.standing().filter(ref=ref).first()
    if row is None or not since < until <= since + LONGEST:
        return None
    since = max(since, day_of(row.from_date, zone).start)
    until = min(until, day_of(row.until_date, zone).start) if row.until_date else until
    days = (now.astimezone(zone).date() - since.astimezone(zone).date()).days + 1
    period = Period(since.astimezone(zone).date(), max(days, 1))
    of = counting(period=period, zone=zone, now=now, counted=Counted(row.counted))
    found = [
        one
        for one in contacts_offered(since, until)
        if _is_of(row, one.queue_id) and queue_id in (None, one.queue_id)
    ]
    metric = BY_KEY[row.metric]
    return metric, of, rows_behind(metric, found)


# ---- adding up ----


def _spans(row: Clause, first: date, last: date, zone: ZoneInfo, today: date) -> list[Span]:
    window, until = Window(row.window), row.until_date
    return spans(window, first, last, since=row.from_date, until=until, zone=zone, today=today)


def _counted(
    rows: Sequence[Clause], counted: Counted, days: tuple[date, date], zone: ZoneInfo, now: datetime,
    unread: Unread,
) -> _Counted:  # fmt: skip
    """Count the days from the first of `days` to the last."""
    period = Period(days[0], (days[1] - days[0]).days + 1)
    of = counting(period=period, zone=zone, now=now, counted=counted, unread=unread)
    numbers, spreads = _needed(rows)
    start, end = of.cut[0].start, of.cut[-1].end
    left = [one for one in left_out(start, end) if one.is_accepted]
    if of.counted == Counted.ELAPSED and not left:
        cells = by_interval(start, end, numbers=numbers, spreads=bool(spreads), unread=unread)
        return _Counted(of, cells, cells)
    contacts = [one for one in of.contacts(repeats=not REPEATED.isdisjoint(numbers)) if one.counts]
    everything = _cells(of, contacts, numbers, spreads)
    kept = _cells(of, without(contacts, left), numbers, spreads) if left else everything
    return _Counted(of, everything, kept)


def _needed(rows: Sequence[Clause]) -> tuple[set[str], set[str]]:
    """Return the sums and the spreads that these clauses are made of."""
    metrics = [BY_KEY[row.metric] for row in rows]
    numbers = {OFFERED, *(name for metric in metrics for name in metric.measures)}
    return numbers, {metric.spread for metric in metrics if metric.spread}


def _cells(
    of: Counting, contacts: Iterable[Contact], numbers: Collection[str], spreads: Collection[str]
) -> Cells:
    found = defaultdict[tuple[datetime, int], list[Contact]](list)
    for contact in contacts:
        found[interval_of(contact.offered_at), contact.queue_id].append(contact)
    return {key: of.sums(part, numbers=numbers, spreads=spreads) for key, part in found.items()}


def _within(row: Clause, span: Span, cells: Cells) -> list[tuple[tuple[datetime, int], Sums]]:
    return [
        (key, sums) for key, sums in cells.items() if span.start <= key[0] < span.end and _is_of(row, key[1])
    ]


def _is_of(row: Clause, queue_id: int) -> bool:
    return not row.queue_ids or queue_id in row.queue_ids


# ---- why ----


def _pulls(row: Clause, found: Sequence[Span], counted: _Counted) -> list[_Pull]:
    """Return the hours that pulled the missed windows down most."""
    pulls = [pull for span in found if _missed(row, span, counted) for pull in _hours(row, span, counted)]
    return sorted(pulls, key=lambda pull: (-pull.short, pull.start))[:MOST_REASONS]


def _missed(row: Clause, span: Span, counted: _Counted) -> bool:
    sums = merged(sums for _key, sums in _within(row, span, counted.kept))
    verdict = verdict_on(row, BY_KEY[row.metric].value(sums).number)
    return verdict in {Verdict.MISSED, Verdict.UNDER}


def _hours(row: Clause, span: Span, counted: _Counted) -> list[_Pull]:
    found = defaultdict[tuple[datetime, int], list[Sums]](list)
    for (at, queue_id), sums in _within(row, span, counted.kept):
        found[span.start + (at - span.start) // HOUR * HOUR, queue_id].append(sums)
    added = {key: merged(parts) for key, parts in found.items()}
    pulls = [_Pull(span, *key, sums, shortfall(row, sums)) for key, sums in added.items()]
    return [pull for pull in pulls if pull.short > 0]


def _contacts_in(pulls: Collection[_Pull]) -> list[Contact]:
    """Return the contacts that came in in these hours; two statements, none for none."""
    if not pulls:
        return []
    hours = (Q(occurred_at__gte=pull.start, occurred_at__lt=pull.start + HOUR) for pull in pulls)
    entered = Event.objects.filter(reduce(or_, hours), kind=ENTRY)
    return contacts_of(set(entered.values_list("interaction_ref", flat=True)))


# ---- words ----


def _line(
    row: Clause, found: Sequence[Span], counted: _Counted, pulls: Sequence[_Pull],
    contacts: Sequence[Contact], queues: dict[int, str], around: Circumstances, now: datetime,
) -> Line:  # fmt: skip
    windows = tuple(_measured(row, span, counted, now) for span in found)
    return Line(
        row.ref, windows[0].everything.key, BY_KEY[row.metric].slug, sentence(row, queues),
        brief(row), not row.queue_ids, row.from_date, last_day_of(row), row.weight, row.target,
        BY_KEY[row.metric].unit, worst([one.verdict for one in windows]), windows,
        tuple(_reason(row, pull, counted, contacts, queues, around) for pull in pulls),
    )  # fmt: skip


def _measured(row: Clause, span: Span, counted: _Counted, now: datetime) -> Measured:
    metric = BY_KEY[row.metric]
    sides = [
        merged(sums for _key, sums in _within(row, span, cells))
        for cells in (counted.everything, counted.kept)
    ]
    everything, accepted = (figure(metric, sums, counted=counted.of.counted) for sums in sides)
    later = open_until(metric, span.end, zone=ZoneInfo(counted.of.zone), now=now)
    return Measured(
        _days(span), span.is_over and not later, everything,
        None if counted.kept is counted.everything else accepted,
        verdict_on(row, metric.value(sides[1]).number), _query(span.start, span.end),
        later,
    )  # fmt: skip


def _reason(
    row: Clause, pull: _Pull, counted: _Counted, contacts: Sequence[Contact], queues: dict[int, str],
    around: Circumstances,
) -> Reason:  # fmt: skip
    metric, end, of = BY_KEY[row.metric], pull.start + HOUR, counted.of
    mine = [one for one in contacts if one.queue_id == pull.queue_id and pull.start <= one.offered_at < end]
    why = causes(mine, of.clock) if metric.group in {LEVEL, QUEUE} else ()
    why += around.of(pull.hour, {key: sums.numbers[OFFERED] for key, sums in counted.everything.items()})
    return Reason(
        _hour(pull.start, of.zone), queues.get(pull.queue_id, ""),
        figure(metric, pull.sums, counted=of.counted), why,
        _query(pull.start, end, pull.queue_id),
    )  # fmt: skip


def _hour(start: datetime, zone: str) -> str:
    local, end = start.astimezone(ZoneInfo(zone)), (start + HOUR).astimezone(ZoneInfo(zone))
    return f"{dated(local, 'D j M, H:i')}–{end:%H:%M}"


def _days(span: Span) -> str:
    if span.until - span.first == DAY:
        return dated(span.first, "D j M")
    first, last = (dated(day, "j M") for day in (span.first, span.last))
    return f"{first} – {last}"


def _query(since: datetime, until: datetime, queue_id: int | None = None) -> str:
    said = {"since": int(since.timestamp()), "until": int(until.timestamp())}
    return urlencode(said | ({} if queue_id is None else {"queue": queue_id}))


def _summary(lines: Sequence[Line]) -> str:
    judged = [line for line in lines if line.verdict != Verdict.NOTHING]
    if not judged:
        return _("Nothing to measure yet.")
    kept = [line for line in judged if line.verdict == Verdict.MET]
    said = ngettext(
        "%(kept)d of %(all)d commitment is kept.", "%(kept)d of %(all)d commitments are kept.", len(judged)
    ) % {"kept": len(kept), "all": len(judged)}
    if any(window.open_until for line in judged for window in line.windows):
        said = f"{said} " + _("Some of it may still change.")
    if len({line.weight for line in judged}) == 1:
        return said
    share = Fraction(100 * sum(line.weight for line in kept), sum(line.weight for line in judged))
    return f"{said} " + _("By weight: %(share)s.") % {"share": written("percent", share)}
