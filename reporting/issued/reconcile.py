"""Two formulas of one service level side by side, and the contacts that make the difference. Values only.

Both are sums over the same measures, so the difference is those measures that only one of them adds up, or
that the two add up with another sign: counted, it leads from one formula to the other without a rest.
"""

from collections.abc import Mapping
from fractions import Fraction

from django.utils.translation import gettext as _

from reporting.catalogue import SERVICE_LEVEL
from reporting.catalogue.defining import LEVEL
from reporting.choices import Counted
from reporting.figures import key_by
from reporting.issued.values import Cell, Column, Section, number, section, words
from reporting.measures import MEASURES, Sums
from reporting.metrics import Metric, Terms
from reporting.numbers import written

HOUSE = SERVICE_LEVEL
"""The formula that the operator's own figures are made by."""


def is_other(metric: Metric) -> bool:
    """Tell whether a contract's metric is a service level by another formula than the house's."""
    return metric.group == LEVEL and (metric.tops, metric.bottoms) != (HOUSE.tops, HOUSE.bottoms)


def reconciled(metric: Metric, sums: Sums, *, counted: Counted, name: str, scope: str) -> Section:
    """Lead from the house's formula to the contract's, over the same contacts. `name` tells tables apart.

    `counted`: the time that the contract counts, of which these sums are.
    """
    head: list[Column] = [
        *words(_("Formula, or what makes the difference")),
        {"name": _("Contacts"), "unit": "count"},
        {"name": _("In time"), "unit": "count"},
        {"name": _("Out of"), "unit": "count"},
        {"name": _("Service level"), "unit": "percent"},
    ]
    keys = {"one": key_by(HOUSE, counted), "other": key_by(metric, counted)}
    house, theirs = _formula(HOUSE, sums, keys["one"]), _formula(metric, sums, keys["other"])
    rows = [house, *_steps(metric, sums), theirs]
    title = _("%(one)s and %(other)s side by side") % keys
    return section(f"reconciliation-{name}", title, head, rows, note=scope)


def _formula(metric: Metric, sums: Sums, key: str) -> list[Cell]:
    value = metric.value(sums)
    name = _("%(name)s (%(key)s)") % {"name": metric.name, "key": key}
    level = number(written(metric.unit, value.number), value.number)
    return [name, "", _count(int(value.top)), _count(int(value.bottom or 0)), level]


def _steps(metric: Metric, sums: Sums) -> list[list[Cell]]:
    """Return a line for each measure on which the two differ, by what it adds to either side."""
    tops, bottoms = _more(metric.tops, HOUSE.tops), _more(metric.bottoms, HOUSE.bottoms)
    return [
        [
            str(MEASURES[name].words), _count(sums.numbers[name]),
            _signed(tops.get(name, 0) * sums.numbers[name]),
            _signed(bottoms.get(name, 0) * sums.numbers[name]), "",
        ]
        for name in sorted(tops.keys() | bottoms.keys())
    ]  # fmt: skip


def _more(of: Terms, than: Terms) -> Mapping[str, int]:
    """Return how often `of` adds each measure more than `than` does, without those that are alike."""
    found: dict[str, int] = {}
    for terms, sign in ((of, 1), (than, -1)):
        for name, times in terms:
            found[name] = found.get(name, 0) + sign * times
    return {name: times for name, times in found.items() if times}


def _count(amount: int) -> Cell:
    return number(written("count", Fraction(amount)), amount)


def _signed(amount: int) -> Cell:
    sign = "+" if amount > 0 else "−" if amount < 0 else "±"
    return number(sign + written("count", Fraction(abs(amount))), amount)
