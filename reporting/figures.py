"""Figures: metrics as they are shown, in the reader's locale, and the list of all of them over a period."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import dated
from reporting.catalogue import CATALOGUE, grouped
from reporting.choices import Counted
from reporting.counting import Counting, counting
from reporting.forecasts.accuracy import SHARES
from reporting.forecasts.comparing import errors
from reporting.labour.reading import labour_sums
from reporting.measures import Sums
from reporting.metrics import CONTACTS, FORECAST, LABOUR, Metric, Value
from reporting.numbers import hundredths, shown, written
from reporting.periods import Period
from reporting.stored import exactly, of_period

SHARES_TAKEN = sorted({metric.share for metric in CATALOGUE if metric.spread})
REPLIES = frozenset({"first_replies", "next_replies"})


@dataclass(frozen=True)
class Figure:
    """One number as it is shown, with the definition it came from. `key` names the clock if it is not all.

    `before`: how it stands to the period before, where it is compared. `trend`: it by interval, for a line
    without scale. `open_until` says until when it may change though its period is over; "" if it stands.
    """

    metric: Metric
    key: str
    text: str
    unit: str
    detail: str
    number: Fraction | None = None
    before: str = ""
    trend: tuple[float | None, ...] = ()
    open_until: str = ""

    @property
    def has_rows(self) -> bool:
        """Whether some contact is behind it: 0 % has those it is 0 % of, a count of 0 has none."""
        return self.number is not None and (bool(self.metric.bottom) or self.number > 0)


@dataclass(frozen=True)
class AllFigures(Counting):
    """Every metric of the catalogue over the period, by group. `is_exact`: percentiles are, too."""

    groups: tuple[tuple[Promise, tuple[Figure, ...]], ...]
    is_exact: bool

    @property
    def may_be_exact(self) -> bool:
        return self.counted == Counted.ELAPSED


def all_figures(
    *, period: Period, zone: ZoneInfo, now: datetime, counted: Counted, exact: bool = False
) -> AllFigures:
    """Compute the whole catalogue over the period; in a tenant_scope.

    `exact`: percentiles of the durations themselves, by the clock on the wall; it costs as much as there are
    contacts.
    """
    of = counting(period=period, zone=zone, now=now, counted=counted)
    exact = exact and of.counted == Counted.ELAPSED
    sums = _sums(of, now, exact=exact)
    groups = [
        (title, tuple(_figure(metric, sums, of, now) for metric in metrics)) for title, metrics in grouped()
    ]
    return AllFigures(**of.parts, groups=tuple(groups), is_exact=exact)


def definitions() -> list[tuple[Promise, list[Figure]]]:
    """Return the catalogue by group, without values."""
    return [(title, [Figure(one, one.key, "", "", "") for one in metrics]) for title, metrics in grouped()]


def figure(metric: Metric, sums: Sums, *, counted: Counted = Counted.ELAPSED) -> Figure:
    """Return the metric over these sums as shown; "–" where there is nothing to divide by."""
    value = metric.value(sums)
    text, unit = shown(metric.unit, value.number)
    return Figure(metric, key_by(metric, counted), text, unit, _detail(metric, value), value.number)


def key_by(metric: Metric, counted: Counted) -> str:
    """Return the key of the metric by this time; it names the time if it is not all."""
    by_wall = counted == Counted.ELAPSED or metric.source != CONTACTS
    return metric.key if by_wall else f"{metric.key}/{counted}"


def open_until(metric: Metric, end: datetime, *, zone: ZoneInfo, now: datetime) -> str:
    """Say until when the number of a time that ends then is open; "" if it stands, or stands with its end."""
    at = metric.final_at(end)
    if not metric.ripens or at <= now:
        return ""
    said = {"at": dated(at.astimezone(zone), "j F Y, H:i"), "zone": zone.key}
    return _("open until %(at)s (%(zone)s)") % said


def with_trends(figures: Sequence[Figure], parts: Sequence[Sequence[Figure]]) -> list[Figure]:
    """Return the figures with what they are made of: the same ones by interval."""
    columns = zip(*parts, strict=True) if parts else ((),) * len(figures)
    numbers = [[None if one.number is None else float(one.number) for one in column] for column in columns]
    return [replace(one, trend=tuple(trend)) for one, trend in zip(figures, numbers, strict=True)]


def _sums(of: Counting, now: datetime, *, exact: bool) -> Sums:
    start, end = of.cut[0].start, of.cut[-1].end
    sums = labour_sums(start, end) + errors(of, now=now)
    if not exact:
        return sums + of_period(of, [start]).parts[0]
    (found,) = exactly([start], end, shares=SHARES_TAKEN, unread=of.unread)
    return replace(sums + found, exact=found.exact)


def _figure(metric: Metric, sums: Sums, of: Counting, now: datetime) -> Figure:
    said = open_until(metric, of.cut[-1].end, zone=ZoneInfo(of.zone), now=now)
    return replace(figure(metric, sums, counted=of.counted), open_until=said)


def _detail(metric: Metric, value: Value) -> str:
    if value.bottom is None:
        return ""
    if metric.source == LABOUR and metric.unit != "seconds":
        return _("%(part)s of %(whole)s") % {
            "part": _hours(value.top),
            "whole": _hours(value.bottom),
        }
    if metric.source == FORECAST:
        return _of_forecast(metric, value)
    if metric.unit == "percent":
        return _("%(part)d of %(whole)d") % {"part": int(value.top), "whole": int(value.bottom)}
    count = int(value.bottom)
    if metric.bottom in REPLIES:
        return ngettext("over %(count)d reply", "over %(count)d replies", count) % {"count": count}
    return ngettext("over %(count)d contact", "over %(count)d contacts", count) % {"count": count}


def _of_forecast(metric: Metric, value: Value) -> str:
    if metric.top != SHARES:
        return _("%(part)s of %(whole)s") % {
            "part": hundredths(value.top),
            "whole": hundredths(value.bottom or 0),
        }
    words = ngettext("over %(count)d interval", "over %(count)d intervals", value.bottom or 0)
    return words % {"count": value.bottom or 0}


def _hours(micros: int) -> str:
    return written("minutes", Fraction(micros, 60_000_000))
