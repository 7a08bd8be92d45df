"""The service report: figures, a strip over time and the rows behind each number. Values only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting import metrics
from reporting.charts import Bar, StripWords, two_strip
from reporting.contacts import Contact
from reporting.days import Day, last_days
from reporting.exclusions import LeftOut, left_out, without
from reporting.metrics import Metric, Value
from reporting.queries import contacts_offered
from reporting.waits import FIRST, LAST, accuracy

PERIODS = (1, 7)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Interval:
    """A bar of the strip: `[start, end)` and its label in the brand's zone."""

    start: datetime
    end: datetime
    label: str

    def pick(self, contacts: Sequence[Contact]) -> list[Contact]:
        return [contact for contact in contacts if self.start <= contact.offered_at < self.end]


@dataclass(frozen=True)
class Figure:
    """One number of the report as it is shown, with the definition it came from."""

    metric: Metric
    text: str
    unit: str
    detail: str
    rows: int


@dataclass(frozen=True)
class Line:
    """One interval in figures: the table twin of the strip."""

    label: str
    figures: tuple[Figure, ...]


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
class ServiceReport:
    """Everything the page shows. `verdict` is one sentence; `targets` are those in force,
    (share in per cent or null, seconds), ascending;
    `agreed` is the share where it is one for all. `exclusions` are proposed to be left out, `sides` the
    figures with and without them, `without` says it in a sentence; all empty where nothing is. `waits`: how
    well they were told, by interval and all together last; empty where nobody was.
    """

    days: int
    first: date
    last: date
    zone: str
    figures: tuple[Figure, ...]
    lines: tuple[Line, ...]
    chart: SafeString
    verdict: str
    targets: tuple[tuple[int | None, int], ...]
    agreed: int | None
    contacts: tuple[Contact, ...]
    exclusions: tuple[Compared, ...] = ()
    sides: tuple[Sides, ...] = ()
    without: str = ""
    waits: tuple[WaitLine, ...] = ()


def service_report(*, days: int, zone: ZoneInfo, now: datetime) -> ServiceReport:
    """Compute the report over today and the `days - 1` days before it, cut in `zone`; in a tenant_scope."""
    cut = last_days(days, zone=zone, now=now)
    contacts = contacts_offered(cut[0].start, cut[-1].end)
    intervals = _hours(cut[0], zone) if days == 1 else [_whole(day) for day in cut]
    exclusions = left_out(cut[0].start, cut[-1].end)
    shown = metrics.metrics_for(contacts)
    return ServiceReport(
        days=days,
        first=cut[0].date,
        last=cut[-1].date,
        zone=zone.key,
        figures=tuple(figure(metric, contacts) for metric in shown),
        lines=tuple(_line(interval, contacts, shown) for interval in intervals),
        chart=_strip(intervals, contacts),
        verdict=_verdict(contacts),
        targets=_targets(contacts),
        agreed=_agreed(contacts),
        contacts=tuple(contacts),
        exclusions=tuple(_compared(one, contacts) for one in exclusions),
        sides=_sides(exclusions, contacts) if exclusions else (),
        without=_without_words(exclusions, contacts),
        waits=_waits(intervals, contacts),
    )


def figure(metric: Metric, contacts: Sequence[Contact]) -> Figure:
    """Return the metric over the contacts as shown; "–" where there is nothing to divide by."""
    value = metric.compute(contacts)
    text, unit = shown(metric.unit, value.number)
    rows = len(metrics.rows_behind(metric, contacts))
    return Figure(metric, text, unit, _detail(metric, value), rows)


def shown(unit: str, number: Fraction | None) -> tuple[str, str]:
    """Return the number and its unit in the reader's locale: one decimal for percent, m:ss for seconds."""
    if number is None:
        return "–", ""
    if unit == "seconds":
        minutes, seconds = divmod(round(number), 60)
        return f"{minutes}:{seconds:02d}", ""
    if unit == "percent":
        return formats.number_format(round(float(number), 1), decimal_pos=1), "%"
    return formats.number_format(int(number), force_grouping=True), ""


def _compared(one: LeftOut, contacts: Sequence[Contact]) -> Compared:
    touched = [contact for contact in contacts if contact.counts and one.touches(contact)]
    level = _level(without(contacts, [one]))
    words = ngettext(
        "%(count)d contact came in or waited meanwhile. Without it, %(level)s were answered in time.",
        "%(count)d contacts came in or waited meanwhile. Without them, %(level)s were answered in time.",
        len(touched),
    ) % {"count": len(touched), "level": level}
    nobody = _("No contact came in or waited meanwhile: it changes nothing.")
    return Compared(one, len(touched), level, words if touched else nobody)


def _sides(exclusions: Sequence[LeftOut], contacts: Sequence[Contact]) -> tuple[Sides, ...]:
    accepted = without(contacts, [one for one in exclusions if one.is_accepted])
    proposed = without(contacts, [one for one in exclusions if one.is_accepted or one.is_open])
    return tuple(
        Sides(metric.name, figure(metric, contacts), figure(metric, accepted), figure(metric, proposed))
        for metric in metrics.METRICS
    )


def _without_words(exclusions: Sequence[LeftOut], contacts: Sequence[Contact]) -> str:
    accepted = [one for one in exclusions if one.is_accepted]
    if accepted:
        words = _("The figures hold every contact. Without what was accepted, %(level)s were in time.")
        return words % {"level": _level(without(contacts, accepted))}
    return _("The figures hold every contact: no closure was accepted to be left out.") if exclusions else ""


def _level(contacts: Sequence[Contact]) -> str:
    return " ".join(filter(None, shown("percent", metrics.SERVICE_LEVEL.compute(contacts).number)))


def _waits(intervals: Sequence[Interval], contacts: Sequence[Contact]) -> tuple[WaitLine, ...]:
    lines = [_wait_line(interval.label, interval.pick(contacts)) for interval in intervals]
    found = [line for line in lines if line.told]
    return (*found, _wait_line(_("All of it"), contacts)) if found else ()


def _wait_line(label: str, contacts: Sequence[Contact]) -> WaitLine:
    first, last = accuracy(contacts, FIRST), accuracy(contacts, LAST)

    def share(count: int) -> str:
        return " ".join(shown("percent", Fraction(100 * count, first.told))) if first.told else "–"

    return WaitLine(
        label, first.told, share(first.within), share(first.sooner), share(first.later),
        shown("seconds", first.median_error)[0], shown("seconds", last.median_error)[0],
    )  # fmt: skip


def _detail(metric: Metric, value: Value) -> str:
    if metric.unit == "percent" and value.denominator is not None:
        counts = {"part": int(value.numerator / 100), "whole": int(value.denominator)}
        return _("%(part)d of %(whole)d") % counts
    if metric.unit == "seconds" and value.denominator is not None:
        count = int(value.denominator)
        return ngettext("over %(count)d contact", "over %(count)d contacts", count) % {"count": count}
    return ""


def _whole(day: Day) -> Interval:
    return Interval(day.start, day.end, formats.date_format(day.date, "D j"))


def _hours(day: Day, zone: ZoneInfo) -> list[Interval]:
    """Cut by elapsed hours, so that a day of 23 or 25 hours has 23 or 25 bars."""
    starts = [day.start + HOUR * n for n in range((day.end - day.start) // HOUR)]
    return [Interval(start, start + HOUR, f"{start.astimezone(zone):%H}") for start in starts]


def _line(interval: Interval, contacts: Sequence[Contact], of: Sequence[Metric]) -> Line:
    inside = interval.pick(contacts)
    return Line(interval.label, tuple(figure(metric, inside) for metric in of))


def _targets(contacts: Sequence[Contact]) -> tuple[tuple[int | None, int], ...]:
    found = {(contact.target_share, contact.target_seconds) for contact in contacts if contact.counts}
    return tuple(sorted(found, key=lambda target: (target[1], target[0] or 0)))


def _agreed(contacts: Sequence[Contact]) -> int | None:
    """Return the share that was agreed for all of them; null when there are several, or none."""
    shares = {share for share, _seconds in _targets(contacts)}
    return shares.pop() if len(shares) == 1 else None


def _strip(intervals: Sequence[Interval], contacts: Sequence[Contact]) -> SafeString:
    bars = [_bar(interval, interval.pick(contacts)) for interval in intervals]
    words = StripWords(
        title=_("Service level and contacts over time"),
        description=_description(bars),
        rate=_("Service level"),
        volume=_("Contacts"),
    )
    return two_strip(bars, target=_agreed(contacts), words=words, chart_id="strip")


def _bar(interval: Interval, contacts: Sequence[Contact]) -> Bar:
    counted = [contact for contact in contacts if contact.counts]
    answered = sum(1 for contact in counted if contact.answered_at)
    in_target = sum(1 for contact in counted if contact.in_target)
    abandoned = sum(1 for contact in counted if contact.abandoned_at)
    rate = metrics.SERVICE_LEVEL.compute(counted).number
    tip = _("%(label)s: %(offered)d offered, %(answered)d answered, %(abandoned)d abandoned") % {
        "label": interval.label, "offered": len(counted), "answered": answered, "abandoned": abandoned,
    }  # fmt: skip
    return Bar(
        label=interval.label,
        in_target=in_target,
        late=answered - in_target,
        abandoned=abandoned,
        waiting=len(counted) - answered - abandoned - sum(1 for one in counted if one.flowed_at),
        rate=None if rate is None else float(rate),
        tip=tip,
    )


def _description(bars: Sequence[Bar]) -> str:
    rates = [(bar.rate, bar.label) for bar in bars if bar.rate is not None]
    if not rates:
        return _("No contacts were settled in this period.")
    (low, low_at), (high, high_at) = min(rates), max(rates)
    return _("Lowest %(low).0f %% (%(low_at)s), highest %(high).0f %% (%(high_at)s).") % {
        "low": low, "low_at": low_at, "high": high, "high_at": high_at,
    }  # fmt: skip


def _verdict(contacts: Sequence[Contact]) -> str:
    offered = metrics.OFFERED.compute(contacts).numerator
    level = metrics.SERVICE_LEVEL.compute(contacts)
    if not offered:
        return _("No customer has written in this period.")
    if level.number is None:
        return _("Customers have written; nobody has been answered or has left yet.")
    late = int((level.denominator or 0) - level.numerator / 100)
    if not late:
        return _("Every customer was answered within the target.")
    late_words = ngettext(
        "%(late)d customer waited longer than the target or left.",
        "%(late)d customers waited longer than the target or left.",
        late,
    ) % {"late": late}
    share_words = _("%(share)s %% were answered in time.") % {"share": shown("percent", level.number)[0]}
    return f"{share_words} {late_words}"
