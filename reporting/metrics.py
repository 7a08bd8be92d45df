"""The metric engine: `metric_id@version` over sums of measures; null where there is nothing to divide by.

A metric never looks at a contact. It says which sums it divides (`terms`), so its state over any contacts is
their Sums, states of parts merge by adding, and averages are never averaged. The catalogue has the metrics.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property
from math import lcm

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.clocks import Clock, elapsed
from reporting.contacts import Contact
from reporting.forecasts.accuracy import ERRORS, SHARES
from reporting.histogram import ERROR, percentile
from reporting.labour.sums import TIMES
from reporting.measures import MEASURES, SPREADS, Sums, adds_to, sums_of

SCALE = {
    "count": Fraction(1), "percent": Fraction(100), "seconds": Fraction(1, 1_000_000), "ratio": Fraction(1),
    "minutes": Fraction(1, 60_000_000),
}  # fmt: skip
HIGHER, LOWER, NEITHER = "higher", "lower", ""
"""Which way a number is better; what grows with the work, or only says how it was, is better neither way."""
CONTACTS, LABOUR, FORECAST = "contacts", "labour", "forecast"
"""Of what sums are: contacts, agents' time, errors of forecasts."""
ATTRIBUTION = gettext_lazy("A contact belongs to the interval in which it entered the queue.")
EXCLUSIONS = gettext_lazy("Tests and what was no contact (spam, duplicates, wrong brand) are left out.")

WORDS: "dict[str, str | Promise]" = {
    **{name: one.words for name, one in MEASURES.items()},
    **{name: one.words for name, one in TIMES.items()},
    **ERRORS,
}
"""Of every sum, as a formula names it."""
Terms = tuple[tuple[str, int], ...]
"""Measures and their signs."""


def terms(text: str) -> Terms:
    """Read "answered+abandoned-abandoned_short"; "" is no terms."""
    signed = text.replace("-", "+-").split("+") if text else []
    return tuple((one.removeprefix("-"), -1 if one.startswith("-") else 1) for one in signed)


@dataclass(frozen=True)
class Value:
    """A computed figure: its number, null over nothing, and the sums it is the ratio of, as they add up."""

    number: Fraction | None
    top: int
    bottom: int | None = None


@dataclass(frozen=True)
class Metric:
    """A definition. `top` over `bottom`; a count has no bottom, a percentile has a `spread` and its `share`.

    `source`: of what its sums are.
    `iso` is the clause of ISO 18295-1 that asks for it, `copc` what operators of that family call it.
    `better`: which way it is, HIGHER, LOWER or NEITHER. `ripens`: so many days after a contact's end it may
    still change the number, as its customer may be back.
    """

    id: str
    version: int
    slug: str
    group: str
    name: Promise
    words: Promise
    unit: str  # count, percent, seconds, ratio, minutes
    top: str
    bottom: str = ""
    spread: str = ""
    share: int = 0
    iso: str = ""
    copc: str = ""
    attribution: Promise = ATTRIBUTION
    exclusions: Promise = EXCLUSIONS
    source: str = CONTACTS
    better: str = NEITHER
    ripens: int = 0

    @property
    def key(self) -> str:
        return f"{self.id}@{self.version}"

    @cached_property
    def tops(self) -> Terms:
        return terms(self.top)

    @cached_property
    def bottoms(self) -> Terms:
        return terms(self.bottom)

    @property
    def measures(self) -> frozenset[str]:
        """The names of all sums it needs."""
        return frozenset(name for name, _sign in (*self.tops, *self.bottoms))

    @property
    def numerator(self) -> str:
        """What is added up, in words: "answered + abandoned − abandoned at once"."""
        if self.spread:
            share = {"share": self.share, "error": f"{ERROR:.1%}"}
            return _("percentile %(share)d, off by at most %(error)s of itself") % share
        return _in_words(self.tops)

    @property
    def denominator(self) -> str:
        """What it is divided by, in words; of a percentile whose it is; "" for a count."""
        return str(SPREADS[self.spread].words) if self.spread else _in_words(self.bottoms)

    @property
    def formula(self) -> str:
        """The whole in words."""
        if self.spread:
            return _("%(what)s: %(share)s") % {"what": self.denominator, "share": self.numerator}
        if not self.bottom:
            of_time = self.source == LABOUR
            words = _("sum of: %(what)s") if of_time else _("number of: %(what)s")
            return words % {"what": self.numerator}
        below = f"({self.denominator})" if len(self.bottoms) > 1 else self.denominator
        above = f"({self.numerator})" if len(self.tops) > 1 else self.numerator
        return f"{above} ÷ {below}"

    def final_at(self, end: datetime) -> datetime:
        """Return from when the number of what ended before `end` stands."""
        return end + timedelta(days=self.ripens)

    def value(self, sums: Sums) -> Value:
        top, bottom = _added(self.tops, sums), _added(self.bottoms, sums) if self.bottom else None
        return Value(self._number(top, bottom, sums), top, bottom)

    def _number(self, top: int, bottom: int | None, sums: Sums) -> Fraction | None:
        times, by = SCALE[self.unit].as_integer_ratio()
        if self.spread:
            if (exact := sums.exact.get((self.spread, self.share))) is not None:
                return Fraction(exact * times, by)
            found = percentile(sums.spreads.get(self.spread, {}), self.share)
            return None if found is None else Fraction(round(found) * times, by)
        if self.top == SHARES:
            return _mean(sums.spreads.get(SHARES, {}), times, by, bottom or 0)
        if bottom is None:
            return Fraction(top * times, by)
        return Fraction(top * times, by * bottom) if bottom else None


def measured(contacts: Iterable[Contact], metrics: Sequence[Metric], *, clock: Clock = elapsed) -> Sums:
    """Return the state of these metrics over the contacts."""
    numbers = sorted({name for metric in metrics for name in metric.measures})
    spreads = sorted({metric.spread for metric in metrics if metric.spread})
    return sums_of(contacts, numbers=numbers, spreads=spreads, clock=clock)


def merged(states: Iterable[Sums]) -> Sums:
    """Return the state over all contacts of these states."""
    total = Sums()
    for one in states:
        total.take(one)
    return total


def compute(metric: Metric, contacts: Iterable[Contact], *, clock: Clock = elapsed) -> Value:
    """Return one metric over the contacts."""
    return metric.value(measured(contacts, [metric], clock=clock))


def rows_behind(metric: Metric, contacts: Iterable[Contact]) -> list[Contact]:
    """Return the contacts that the metric's figure is made of."""
    return [contact for contact in contacts if adds_to(contact, metric.measures)]


def _in_words(of: Terms) -> str:
    parts = [(" − " if sign < 0 else " + ", _words(name)) for name, sign in of]
    return "".join(f"{sign}{words}" for sign, words in parts).removeprefix(" + ")


def _words(name: str) -> str:
    return str(WORDS[name])


def _mean(shares: Mapping[int, int], times: int, by: int, count: int) -> Fraction | None:
    """Return the mean of so many shares, which are added up by their divisors."""
    whole = lcm(*shares)
    top = sum(part * (whole // divisor) for divisor, part in shares.items())
    return Fraction(top * times, whole * by * count) if count else None


def _added(of: Terms, sums: Sums) -> int:
    numbers = sums.numbers
    return sum([sign * numbers[name] for name, sign in of])
