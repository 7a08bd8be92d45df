"""Service targets as people and programs read them: a sentence, data, and the versions. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import NotFound
from reporting.catalogue import BY_KEY
from reporting.choices import Counted, Window
from reporting.metrics import Metric
from reporting.models import Clause
from reporting.numbers import written
from reporting.promises import rises


def as_data(row: Clause) -> dict[str, Any]:
    """Return what a version says, as events and the exported log have it: days `[from, until)`."""
    return {
        "clause": str(row.ref), "metric": row.metric, "counted": row.counted, "window": row.window,
        "queue_ids": row.queue_ids, "target": str(row.target),
        "minimum": None if row.minimum is None else str(row.minimum), "weight": row.weight,
        "from": str(row.from_date), "until": str(row.until_date) if row.until_date else None,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Version:
    """A version on a day: `state` is `ahead`, `now` or `over`; `last_day` None: no end.

    The `newest` alone can be changed, ended or taken back.
    """

    row: Clause
    number: int
    state: str
    target: str
    minimum: str
    newest: bool

    @property
    def last_day(self) -> date | None:
        return last_day_of(self.row)

    @property
    def may_change(self) -> bool:
        return self.newest and self.state != "over"


@dataclass(frozen=True, slots=True)
class History:
    """A clause with its versions, the newest first; `sentence` is what holds, or holds next, or held last."""

    versions: tuple[Version, ...]
    metric: Metric
    sentence: str

    @property
    def newest(self) -> Version:
        return self.versions[0]


def histories(today: date, queues: Mapping[int, str]) -> list[History]:
    """Return all clauses; those in force or to come first, then by metric; in a tenant_scope."""
    rows = Clause.objects.standing().order_by(*Clause.SAME, "from_date")
    found = [_history(list(versions), today, queues) for _same, versions in groupby(rows, key=_same)]
    return sorted(found, key=lambda one: (one.newest.state == "over", one.sentence))


def get_history(ref: UUID, today: date, queues: Mapping[int, str]) -> History:
    """Return the clause of this version. Raises NotFound, also for one that was taken back."""
    row = Clause.objects.standing().filter(ref=ref).first()
    if row is None:
        raise NotFound
    return _history(list(Clause.objects.of(row)), today, queues)


def last_day_of(row: Clause) -> date | None:
    return row.until_date - timedelta(days=1) if row.until_date else None


def _same(row: Clause) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in Clause.SAME)


def _history(rows: list[Clause], today: date, queues: Mapping[int, str]) -> History:
    metric = BY_KEY[rows[0].metric]
    shown = next((row for row in rows if row.covers(today)), rows[-1])
    versions = [_version(row, number, metric, today, rows[-1]) for number, row in enumerate(rows, start=1)]
    return History(tuple(reversed(versions)), metric, sentence(shown, queues))


def _version(row: Clause, number: int, metric: Metric, today: date, newest: Clause) -> Version:
    state = "now" if row.covers(today) else "ahead" if row.from_date > today else "over"
    minimum = "" if row.minimum is None else level(metric, row.minimum)
    return Version(row, number, state, level(metric, row.target), minimum, row is newest)


def sentence(clause: Clause, queues: Mapping[int, str]) -> str:
    """Say the clause in words."""
    metric = BY_KEY[clause.metric]
    words = {
        "name": metric.name, "target": level(metric, clause.target), "window": _window(clause.window),
        "scope": scope_words(clause, queues), "clock": _clock(clause.counted),
    }  # fmt: skip
    if rises(metric):
        said = _("%(name)s: at least %(target)s %(window)s, %(scope)s, %(clock)s.") % words
    else:
        said = _("%(name)s: at most %(target)s %(window)s, %(scope)s, %(clock)s.") % words
    return f"{said} {_minimum(metric, clause.minimum)}".strip()


def brief(clause: Clause) -> str:
    """Say the target alone, beside its figure."""
    metric = BY_KEY[clause.metric]
    words = {"target": level(metric, clause.target), "window": _window(clause.window)}
    said = _("at least %(target)s %(window)s") if rises(metric) else _("at most %(target)s %(window)s")
    return said % words


def scope_words(clause: Clause, queues: Mapping[int, str]) -> str:
    """Name whose contacts count."""
    if not clause.queue_ids:
        return _("all queues")
    names = ", ".join(sorted(queues.get(number, "?") for number in clause.queue_ids))
    return ngettext("queue %(names)s", "queues %(names)s", len(clause.queue_ids)) % {"names": names}


def level(metric: Metric, number: Decimal) -> str:
    """Write a target as the metric's figures are written."""
    return written(metric.unit, Fraction(number))


def _minimum(metric: Metric, minimum: Decimal | None) -> str:
    if minimum is None:
        return ""
    words = (
        _("Under %(level)s it is missed badly.") if rises(metric) else _("Over %(level)s it is missed badly.")
    )
    return words % {"level": level(metric, minimum)}


def _window(window: str) -> str:
    return {Window.DAY: _("each day"), Window.WEEK: _("each week"), Window.MONTH: _("each month")}[
        Window(window)
    ]


def _clock(counted: str) -> str:
    return _("in opening hours") if counted == Counted.BUSINESS else _("all hours counted")
