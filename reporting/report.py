"""The service report: figures, a strip over time and the rows behind each number. Values only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.catalogue import REPORT_NUMBERS, REPORTED, SERVICE_LEVEL, reported
from reporting.charts import State
from reporting.choices import Counted
from reporting.comparing import compared, earlier
from reporting.contacts import Contact
from reporting.counting import Counting, Unread, counting
from reporting.exclusions import LeftOut, left_out, with_reported, without
from reporting.figures import Figure, figure, with_trends
from reporting.happenings import happenings
from reporting.measures import Sums
from reporting.metrics import Metric, merged
from reporting.numbers import written
from reporting.periods import Period
from reporting.steps import Slot, bars_of
from reporting.stored import Target, of_period
from reporting.timeline import RowsAt, Timeline, state_of, timeline
from reporting.waits import FIRST, LAST, accuracy


@dataclass(frozen=True)
class Line:
    """One interval in figures, with what is to be known beside them: the table twin of the strip."""

    slot: Slot
    figures: tuple[Figure, ...]
    note: str

    @property
    def label(self) -> str:
        return self.slot.label


@dataclass(frozen=True)
class Compared:
    """A proposal of this period and what it changes: so many contacts, and the share in time without them."""

    left_out: LeftOut
    contacts: int
    level: str
    words: str


@dataclass(frozen=True)
class Sides:
    """A figure of all contacts, without what was accepted, and without all that is not refused."""

    name: "str | Promise"
    everything: Figure
    accepted: Figure
    proposed: Figure


@dataclass(frozen=True)
class WaitLine:
    """How well waits were told in an interval: shares in per cent, median errors in minutes and seconds."""

    label: str
    told: int
    within: str
    sooner: str
    later: str
    error: str
    last_error: str


@dataclass(frozen=True)
class ServiceReport(Counting):
    """Everything the page shows. `verdict` is one sentence; `targets` are those in force,
    (share in per cent or null, seconds), ascending;
    `agreed` is the share where it is one for all. `exclusions` are proposed to be left out, `sides` the
    figures with and without them, `without` says it in a sentence; all empty where nothing is. `waits`: how
    well they were told, by interval and all together last; empty where nobody was. `compared_with`: which
    period stands beside the figures. `strip` is what `chart` was drawn from.
    """

    figures: tuple[Figure, ...]
    lines: tuple[Line, ...]
    strip: Timeline
    chart: SafeString
    verdict: str
    targets: tuple[Target, ...]
    agreed: int | None
    exclusions: tuple[Compared, ...] = ()
    sides: tuple[Sides, ...] = ()
    without: str = ""
    waits: tuple[WaitLine, ...] = ()
    compared_with: str = ""


def service_report(
    *,
    period: Period,
    zone: ZoneInfo,
    now: datetime,
    counted: Counted = Counted.ELAPSED,
    rows_at: RowsAt | None = None,
    unread: Unread | None = None,
) -> ServiceReport:
    """Compute the report over the period, cut in `zone`, against the one before it; in a tenant_scope.

    `rows_at`: where the rows of an interval are, null where they are not open. `unread`: what the request
    has found already.
    """
    of = counting(period=period, zone=zone, now=now, counted=counted, unread=unread)
    intervals = bars_of(of.cut, zone)
    found = of_period(of, [interval.start for interval in intervals], spreads=False, targets=True)
    states, whole = found.parts, merged(found.parts)
    exclusions = with_reported(left_out(of.cut[0].start, of.cut[-1].end))
    contacts = of.contacts() if exclusions or whole.numbers["told"] else []
    shown, agreed, then = reported(whole), agreed_of(found.targets), earlier(of, now)
    strip = timeline(
        intervals, states, target=agreed, happened=happenings(of.cut, zone), now=now, rows_at=rows_at
    )
    lines = tuple(_line(*line, shown) for line in zip(intervals, states, strip.notes, strict=True))
    begun = [line.figures for line in lines if state_of(line.slot, now) != State.AHEAD]
    figures = with_trends([figure(metric, whole, counted=of.counted) for metric in shown], begun)
    return ServiceReport(
        **of.parts,
        figures=compared(figures, then),
        lines=lines,
        strip=strip,
        chart=strip.drawn(),
        verdict=_("This period has not begun.") if of.is_to_come else _verdict(whole),
        targets=found.targets,
        agreed=agreed,
        exclusions=tuple(_compared(of, one, contacts) for one in exclusions),
        sides=_sides(of, exclusions, contacts, whole) if exclusions else (),
        without=_without_words(of, exclusions, contacts),
        waits=_waits(intervals, contacts),
        compared_with=then.words if then else "",
    )


def _sums(of: Counting, contacts: Sequence[Contact]) -> Sums:
    return of.sums(contacts, numbers=REPORT_NUMBERS)


def _compared(of: Counting, one: LeftOut, contacts: Sequence[Contact]) -> Compared:
    touched = [contact for contact in contacts if contact.counts and one.touches(contact)]
    level = _level(of, without(contacts, [one]))
    words = ngettext(
        "%(count)d contact came in or waited meanwhile. Without it, %(level)s were answered in time.",
        "%(count)d contacts came in or waited meanwhile. Without them, %(level)s were answered in time.",
        len(touched),
    ) % {"count": len(touched), "level": level}
    nobody = _("No contact came in or waited meanwhile: it changes nothing.")
    return Compared(one, len(touched), level, words if touched else nobody)


def _sides(
    of: Counting, exclusions: Sequence[LeftOut], contacts: Sequence[Contact], whole: Sums
) -> tuple[Sides, ...]:
    accepted = [one for one in exclusions if one.is_accepted]
    proposed = [one for one in exclusions if one.is_accepted or one.is_open]
    states = (whole, *(_sums(of, without(contacts, left)) for left in (accepted, proposed)))
    return tuple(Sides(metric.name, *(figure(metric, state) for state in states)) for metric in REPORTED)


def _without_words(of: Counting, exclusions: Sequence[LeftOut], contacts: Sequence[Contact]) -> str:
    accepted = [one for one in exclusions if one.is_accepted]
    if accepted:
        words = _("The figures hold every contact. Without what was accepted, %(level)s were in time.")
        return words % {"level": _level(of, without(contacts, accepted))}
    return _("The figures hold every contact: nothing was accepted to be left out.") if exclusions else ""


def _level(of: Counting, contacts: Sequence[Contact]) -> str:
    """Return the service level of these contacts, as shown."""
    level = SERVICE_LEVEL.value(_sums(of, contacts))
    return written("percent", level.number)


def _waits(intervals: Sequence[Slot], contacts: Sequence[Contact]) -> tuple[WaitLine, ...]:
    lines = [
        _wait_line(interval.label, [one for one in contacts if one.offered_at in interval])
        for interval in intervals
    ]
    found = [line for line in lines if line.told]
    return (*found, _wait_line(_("All of it"), contacts)) if found else ()


def _wait_line(label: str, contacts: Sequence[Contact]) -> WaitLine:
    first, last = accuracy(contacts, FIRST), accuracy(contacts, LAST)

    def share(count: int) -> str:
        return written("percent", Fraction(100 * count, first.told)) if first.told else "–"

    return WaitLine(
        label, first.told, share(first.within), share(first.sooner), share(first.later),
        written("seconds", first.median_error), written("seconds", last.median_error),
    )  # fmt: skip


def _line(interval: Slot, sums: Sums, note: str, of: Sequence[Metric]) -> Line:
    return Line(interval, tuple(figure(metric, sums) for metric in of), note)


def agreed_of(targets: Sequence[Target]) -> int | None:
    """Return the share that was agreed for all of them; null when there are several, or none."""
    shares = {share for share, _seconds in targets}
    return shares.pop() if len(shares) == 1 else None


def _verdict(sums: Sums) -> str:
    level = SERVICE_LEVEL.value(sums)
    if not sums.numbers["offered"]:
        return _("No customer has written in this period.")
    if level.number is None:
        return _("Customers have written; nobody has been answered or has left yet.")
    late = int((level.bottom or 0) - level.top)
    if not late:
        return _("Every customer was answered within the target.")
    late_words = ngettext(
        "%(late)d customer waited longer than the target or left.",
        "%(late)d customers waited longer than the target or left.",
        late,
    ) % {"late": late}
    share_words = _("%(share)s were answered in time.") % {"share": written("percent", level.number)}
    return f"{share_words} {late_words}"
