"""This brand's minutes of a period. One statement each; in a tenant_scope."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import DateTimeField, F, Func, IntegerField, Q, QuerySet, Sum, Value

from reporting.labour.models import LabourMinutes
from reporting.labour.sums import Minutes, sums_of_minutes
from reporting.measures import Sums

KINDS = ("agent_id", "queue_id", "pool_kind", "kind", "reason", "billable", "paid")


def minutes_within(start: datetime, end: datetime, **narrow: Any) -> list[Minutes]:
    """Return the minutes of `[start, end)`, whole quarters, added up over its quarters."""
    rows = _summed(_within(start, end, **narrow).order_by().values_list(*KINDS))
    return [Minutes(*row[:-3], *map(int, row[-3:])) for row in rows]


def minutes_by_quarter(
    start: datetime, end: datetime, *, by_agent: bool = False
) -> list[tuple[datetime, Minutes]]:
    """Return the minutes of `[start, end)` by quarter of an hour; of all agents together (0), or of each."""
    order = ("interval_start", *(KINDS if by_agent else KINDS[1:]))
    rows = _summed(_within(start, end).order_by(*order).values_list(*order))
    nobody = () if by_agent else (0,)
    return [(row[0], Minutes(*nobody, *row[1:-3], *map(int, row[-3:]))) for row in rows]


def shares_by_part(starts: Sequence[datetime], end: datetime, kept: Sequence[Q]) -> list[tuple[int, ...]]:
    """Return sums of the shares of each part, from `starts` up to `end`, quarters: one for each of `kept`."""
    place = Func(
        F("interval_start"), Value(list(starts), ArrayField(DateTimeField())), function="width_bucket",
        output_field=IntegerField(),
    )  # fmt: skip
    sums = {f"sum_{n}": Sum("share_us", filter=one) for n, one in enumerate(kept)}
    rows = _within(starts[0], end).order_by().annotate(part=place).values_list("part").annotate(**sums)
    found = {part: tuple(int(one or 0) for one in of) for part, *of in rows}
    return [found.get(n, (0,) * len(kept)) for n, _start in enumerate(starts, start=1)]


def labour_sums(start: datetime, end: datetime) -> Sums:
    """Return the sums of agents' time of `[start, end)`, to be merged with those of contacts."""
    return sums_from_minutes(minutes_within(start, end))


def sums_from_minutes(found: Iterable[Minutes]) -> Sums:
    return Sums(Counter(sums_of_minutes(found)))


def rows_within(start: datetime, end: datetime, **narrow: Any) -> QuerySet[LabourMinutes]:
    """Return the rows of `[start, end)` in a steady order (lazy)."""
    order = ("interval_start", "agent_id", "queue_id", "kind", "reason", "pool_kind", "pk")
    return _within(start, end, **narrow).order_by(*order)


def _within(start: datetime, end: datetime, **narrow: Any) -> QuerySet[LabourMinutes]:
    rows: QuerySet[LabourMinutes] = LabourMinutes.objects.filter(
        interval_start__gte=start, interval_start__lt=end, **narrow
    )
    return rows


def _summed(rows: Any) -> Any:
    return rows.annotate(share=Sum("share_us"), session=Sum("session_us"), busy=Sum("busy_us"))
