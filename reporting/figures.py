"""Figures: metrics as they are shown, in the reader's locale, and the list of all of them over a period."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.catalogue import grouped
from reporting.choices import Counted
from reporting.counting import Counting, counting
from reporting.measures import Sums
from reporting.metrics import Metric, Value
from reporting.numbers import shown as shown
from reporting.periods import Period
from reporting.stored import of_period

REPLIES = frozenset({"first_replies", "next_replies"})


@dataclass(frozen=True)
class Figure:
    """One number as it is shown, with the definition it came from. `key` names the clock if it is not all.

    `before`: how it stands to the period before, where it is compared.
    """

    metric: Metric
    key: str
    text: str
    unit: str
    detail: str
    number: Fraction | None = None
    before: str = ""

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
    key = metric.key if counted == Counted.ELAPSED else f"{metric.key}/{counted}"
    return Figure(metric, key, text, unit, _detail(metric, value), value.number)


def _detail(metric: Metric, value: Value) -> str:
    if value.bottom is None:
        return ""
    if metric.unit == "percent":
        return _("%(part)d of %(whole)d") % {"part": int(value.top), "whole": int(value.bottom)}
    count = int(value.bottom)
    if metric.bottom in REPLIES:
        return ngettext("over %(count)d reply", "over %(count)d replies", count) % {"count": count}
    return ngettext("over %(count)d contact", "over %(count)d contacts", count) % {"count": count}
