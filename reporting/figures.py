"""Figures: metrics as they are shown, in the reader's locale, and the list of all of them over a period."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.catalogue import grouped
from reporting.choices import Counted
from reporting.counting import Counting, counting
from reporting.labour.reading import labour_sums
from reporting.measures import Sums
from reporting.metrics import LABOUR, Metric, Value
from reporting.numbers import shown as shown
from reporting.periods import Period
from reporting.stored import of_period

REPLIES = frozenset({"first_replies", "next_replies"})


@dataclass(frozen=True)
class Figure:
    """One number as it is shown, with the definition it came from. `key` names the clock if it is not all.

    `before`: how it stands to the period before, where it is compared. `trend`: it by interval, for a line
    without scale.
    """

    metric: Metric
    key: str
    text: str
    unit: str
    detail: str
    number: Fraction | None = None
    before: str = ""
    trend: tuple[float | None, ...] = ()

    @property
    def has_rows(self) -> bool:
        """Whether some contact is behind it: 0 % has those it is 0 % of, a count of 0 has none."""
        return self.number is not None and (bool(self.metric.bottom) or self.number > 0)


@dataclass(frozen=True)
class AllFigures(Counting):
    """Every metric of the catalogue over the period, by group."""

    groups: tuple[tuple[Promise, tuple[Figure, ...]], ...]


def all_figures(*, period: Period, zone: ZoneInfo, now: datetime, counted: Counted) -> AllFigures:
    """Compute the whole catalogue over the period; in a tenant_scope."""
    of = counting(period=period, zone=zone, now=now, counted=counted)
    (sums,) = of_period(of, [of.cut[0].start]).parts
    sums.take(labour_sums(of.cut[0].start, of.cut[-1].end))
    groups = [
        (title, tuple(figure(metric, sums, counted=of.counted) for metric in metrics))
        for title, metrics in grouped()
    ]
    return AllFigures(**of.parts, groups=tuple(groups))


def definitions() -> list[tuple[Promise, list[Figure]]]:
    """Return the catalogue by group, without values."""
    return [(title, [Figure(one, one.key, "", "", "") for one in metrics]) for title, metrics in grouped()]


def figure(metric: Metric, sums: Sums, *, counted: Counted = Counted.ELAPSED) -> Figure:
    """Return the metric over these sums as shown; "–" where there is nothing to divide by."""
    value = metric.value(sums)
    text, unit = shown(metric.unit, value.number)
    by_wall = counted == Counted.ELAPSED or metric.source == LABOUR
    key = metric.key if by_wall else f"{metric.key}/{counted}"
    return Figure(metric, key, text, unit, _detail(metric, value), value.number)


def with_trends(figures: Sequence[Figure], parts: Sequence[Sequence[Figure]]) -> list[Figure]:
    """Return the figures with what they are made of: the same ones by interval."""
    columns = zip(*parts, strict=True) if parts else ((),) * len(figures)
    numbers = [[None if one.number is None else float(one.number) for one in column] for column in columns]
    return [replace(one, trend=tuple(trend)) for one, trend in zip(figures, numbers, strict=True)]


def _detail(metric: Metric, value: Value) -> str:
    if value.bottom is None:
        return ""
    if metric.source == LABOUR and metric.unit != "seconds":
        return _("%(part)s of %(whole)s") % {
            "part": _hours(value.top),
            "whole": _hours(value.bottom),
        }
    if metric.unit == "percent":
        return _("%(part)d of %(whole)d") % {"part": int(value.top), "whole": int(value.bottom)}
    count = int(value.bottom)
    if metric.bottom in REPLIES:
        return ngettext("over %(count)d reply", "over %(count)d replies", count) % {"count": count}
    return ngettext("over %(count)d contact", "over %(count)d contacts", count) % {"count": count}


def _hours(micros: int) -> str:
    return " ".join(shown("minutes", Fraction(micros, 60_000_000)))
