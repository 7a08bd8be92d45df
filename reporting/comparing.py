"""A period against the one before it: how each figure stands to what it was, in words and with its sign."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import dated
from reporting.counting import Counting, counting
from reporting.days import Day
from reporting.figures import Figure
from reporting.intervals import INTERVAL, interval_of
from reporting.measures import Sums
from reporting.metrics import Metric
from reporting.numbers import shown, written
from reporting.stored import of_period

MORE: dict[str, Promise] = {
    "count": gettext_lazy("+%(by)s, more than before (%(before)s)"),
    "seconds": gettext_lazy("+%(by)s, longer than before (%(before)s)"),
    "percent": gettext_lazy("+%(by)s points, more than before (%(before)s)"),
    "ratio": gettext_lazy("+%(by)s, more than before (%(before)s)"),
    "minutes": gettext_lazy("+%(by)s, more than before (%(before)s)"),
}
LESS: dict[str, Promise] = {
    "count": gettext_lazy("−%(by)s, fewer than before (%(before)s)"),
    "seconds": gettext_lazy("−%(by)s, shorter than before (%(before)s)"),
    "percent": gettext_lazy("−%(by)s points, less than before (%(before)s)"),
    "ratio": gettext_lazy("−%(by)s, fewer than before (%(before)s)"),
    "minutes": gettext_lazy("−%(by)s, shorter than before (%(before)s)"),
}
DECIMALS = {"percent": 10, "ratio": 100}


@dataclass(frozen=True)
class Earlier:
    """The sums of the period before, and its words: which days, and until when while this one goes on."""

    sums: Sums
    words: str


def earlier(of: Counting, now: datetime, *, queue_id: int | None = None) -> Earlier | None:
    """Return what to compare a period with, None while it has not begun; in a tenant_scope."""
    if of.is_to_come:
        return None
    found, zone = before(of, now), ZoneInfo(of.zone)
    (sums,) = of_period(found, [found.cut[0].start], queue_id=queue_id, spreads=False).parts
    return Earlier(sums, words_of(found, zone))


def before(of: Counting, now: datetime) -> Counting:
    """Return the period before, cut where this one has come to; in a tenant_scope."""
    zone = ZoneInfo(of.zone)
    found = counting(period=of.period.before, zone=zone, now=now, counted=of.counted, unread=of.unread)
    return replace(found, cut=as_far(found.cut, of.cut, zone=zone, now=now))


def as_far(days: Sequence[Day], of: Sequence[Day], *, zone: ZoneInfo, now: datetime) -> tuple[Day, ...]:
    """Cut `days` where the days `of` have come to by now, by the clock on the wall and to a whole quarter."""
    gone = next((n for n, day in enumerate(of) if now in day), len(of))
    if gone >= len(days):
        return tuple(days)
    day = days[gone]
    at = datetime.combine(day.date, now.astimezone(zone).time(), tzinfo=zone).astimezone(day.end.tzinfo)
    return (*days[:gone], Day(day.date, day.start, min(interval_of(at) + INTERVAL, day.end)))


def compared(figures: Sequence[Figure], then: Earlier | None) -> tuple[Figure, ...]:
    """Return the figures with how they stand to what they were."""
    if then is None:
        return tuple(figures)
    return tuple(replace(one, before=difference(one.metric, one.number, then.sums)) for one in figures)


def difference(metric: Metric, number: Fraction | None, then: Sums) -> str:
    """Say it of what is shown, so that a reader can check the sum; never zero where there was nothing."""
    was = metric.value(then).number
    if was is None:
        return _("Nothing to compare with before")
    before = written(metric.unit, was)
    if number is None:
        return _("%(before)s before") % {"before": before}
    by = _rounded(metric.unit, number) - _rounded(metric.unit, was)
    if not by:
        return _("±0, as before (%(before)s)") % {"before": before}
    words = MORE if by > 0 else LESS
    return str(words[metric.unit]) % {"by": shown(metric.unit, abs(by))[0], "before": before}


def _rounded(unit: str, number: Fraction) -> Fraction:
    scale = DECIMALS.get(unit, 1)
    return Fraction(round(number * scale), scale)


def words_of(of: Counting, zone: ZoneInfo) -> str:
    """Say which days they are, and until when."""
    end = of.cut[-1].end.astimezone(zone)
    first, last = (dated(day, "j F") for day in (of.first, of.last))
    days = first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}
    if f"{end:%H:%M}" == "00:00":
        return _("Compared with %(days)s.") % {"days": days}
    at = {"days": days, "time": f"{end:%H:%M}"}
    return _("Compared with %(days)s until %(time)s, as this period is not over.") % at
