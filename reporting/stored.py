"""Sums of a period from its roll-ups, and from the log where the roll-ups have not come so far yet.

What the reader has read is taken from the roll-ups, added up by the database; days that are over from their
own (`reporting.models.DayRollup`). An interaction that changed since is taken out of them by its facts, and
folded from its log. So a report is never behind, and costs as much as its days and quarters of an hour.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from events.readers import place_of
from reporting.actions.rollups import READER
from reporting.choices import Counted
from reporting.contacts import Contact
from reporting.counting import Counting, Fresh, Unread
from reporting.intervals import INTERVAL, interval_of
from reporting.measures import MEASURES, REPEATED, SPREADS, Sums, all_of, lengths_of
from reporting.packing import (
    BUCKET_BITS,
    COUNT_BITS,
    LENGTH_BITS,
    LONGEST,
    PLACE,
    PLACES,
    Target,
    length_code,
    target_of,
)
from reporting.queries import contacts_changed, contacts_offered

__all__ = [
    "Stored",
    "Target",
    "by_interval",
    "by_queue",
    "exactly",
    "not_read",
    "of_period",
    "reasons",
    "stored",
]

UNREAD = """
SELECT DISTINCT interaction_ref FROM events_event
WHERE (era, txid, id) > (%s, %s, %s) AND interaction_ref IS NOT NULL
"""
MINE = "(%(queue)s::bigint IS NULL OR queue_id = %(queue)s::bigint)"
PART = "width_bucket({at}, %(starts)s::timestamptz[])"
COUNTED = f"""
WITH day AS MATERIALIZED (
  SELECT * FROM reporting_dayrollup
  WHERE start_at >= %(start)s AND end_at <= %(end)s
    AND {PART.format(at="start_at")} = {PART.format(at="end_at - interval '1 microsecond'")}
),
gap AS (
  SELECT lower(one) AS since, upper(one) AS until FROM unnest(
    tstzmultirange(tstzrange(%(start)s, %(end)s)) - coalesce(
      (SELECT range_agg(tstzrange(start_at, end_at)) FROM day WHERE queue_id = 0), tstzmultirange())
  ) one
),
kept AS (
  SELECT start_at AS at, queue_id, {{column}} FROM day WHERE queue_id <> 0 AND {MINE}
  UNION ALL
  SELECT interval_start, queue_id, {{column}} FROM gap
  JOIN reporting_rollup ON interval_start >= since AND interval_start < until WHERE {MINE}
),
taken AS (
  SELECT interval_start AS at, queue_id, numbers, buckets, reason FROM reporting_fact
  WHERE interval_start >= %(start)s AND interval_start < %(end)s AND {MINE}
    AND interaction_ref = ANY(%(unread)s::uuid[])
)
"""  # noqa: S608 - fixed names
FACTS = f"""
WITH kept AS (
  SELECT interval_start AS at, queue_id, {{column}} FROM reporting_fact
  WHERE interval_start >= %(start)s AND interval_start < %(end)s AND {MINE}
    AND interaction_ref <> ALL(%(unread)s::uuid[])
)
"""  # noqa: S608 - fixed names
GROUPED = f"SELECT {PART.format(at='at')} AS part, {{queue}}, {{sums}} FROM {{of}} GROUP BY 1, 2"  # noqa: S608
BUCKETS = f"""
SELECT part, queue, code >> {BUCKET_BITS}, array_agg((code & {(1 << BUCKET_BITS) - 1})::int), array_agg(count)
FROM (
  SELECT part, queue, code, sum(count)::bigint AS count FROM (
    SELECT {PART.format(at="at")} AS part, {{queue}} AS queue, s >> {COUNT_BITS} AS code,
      s & {(1 << COUNT_BITS) - 1} AS count FROM kept, unnest(spreads) s
    UNION ALL
    SELECT {PART.format(at="at")}, {{queue}}, code, -1 FROM taken, unnest(buckets) code
  ) every GROUP BY 1, 2, 3
) one GROUP BY 1, 2, 3
"""  # noqa: S608 - fixed names
PERCENTILES = f"""
SELECT part, length >> {LENGTH_BITS},
  percentile_disc(%(shares)s::float8[]) WITHIN GROUP (ORDER BY length & {LONGEST})
FROM (
  SELECT {PART.format(at="at")} AS part, length FROM kept, unnest(lengths) length
  UNION ALL SELECT * FROM unnest(%(parts)s::int[], %(lengths)s::bigint[])
) one GROUP BY 1, 2
"""  # noqa: S608 - fixed names
TARGETS = f"""
WITH RECURSIVE each(target) AS (
  SELECT min(target) FROM reporting_fact
  UNION ALL
  SELECT (SELECT min(target) FROM reporting_fact f WHERE f.target > each.target) FROM each
  WHERE each.target IS NOT NULL
)
SELECT target FROM each WHERE EXISTS (
  SELECT 1 FROM reporting_fact f WHERE f.target = each.target AND interval_start >= %(start)s
    AND interval_start < %(end)s AND {MINE} AND interaction_ref <> ALL(%(unread)s::uuid[])
)
"""  # noqa: S608 - fixed names
REASONS = f"""
SELECT reason, sum(count)::bigint FROM (
  SELECT key AS reason, value::bigint AS count FROM kept, jsonb_each_text(reasons)
  UNION ALL SELECT reason, -1 FROM taken WHERE numbers[{PLACE["resolved"]}] > 0
) one GROUP BY 1
"""  # noqa: S608 - fixed names


@dataclass(frozen=True, slots=True)
class Stored:
    """The sums of each part of a period, and the targets that were in force for its contacts, ascending."""

    parts: tuple[Sums, ...]
    targets: tuple[Target, ...]


@dataclass(slots=True)
class Asked:
    """What is asked of `[starts[0], end)`: by part, and by queue as well if `by_queue`. Null is everything.

    `found` by (part from 0, queue or 0) as far as it is known.
    """

    starts: Sequence[datetime]
    end: datetime
    queue_id: int | None = None
    by_queue: bool = False
    numbers: Collection[str] = tuple(MEASURES)
    spreads: bool = True
    unread: Unread = field(default_factory=Unread)
    found: dict[tuple[int, int], Sums] = field(default_factory=dict)

    @property
    def fresh(self) -> Fresh:
        if self.unread.fresh is None:
            self.unread.fresh = not_read()
        return self.unread.fresh

    @property
    def values(self) -> dict[str, Any]:
        return {
            "start": self.starts[0], "end": self.end, "starts": list(self.starts), "queue": self.queue_id,
            "unread": list(self.fresh.refs),
        }  # fmt: skip

    @property
    def mine(self) -> list[Contact]:
        """What it is asked of of the contacts that are not read yet."""
        return [one for one in self.fresh.contacts if self.holds(one)]

    @property
    def queue(self) -> str:
        return "queue_id" if self.by_queue else "0"

    def sums(self, part: int, queue_id: int) -> Sums:
        """Return those of the part, counted as the database does: from 1."""
        return self.found.setdefault((part - 1, queue_id), Sums())

    def holds(self, contact: Contact) -> bool:
        inside = contact.counts and self.starts[0] <= contact.offered_at < self.end
        return inside and self.queue_id in (None, contact.queue_id)

    def part_of(self, contact: Contact) -> int:
        return bisect_right(self.starts, contact.offered_at)

    def take(self, contact: Contact, sums: Sums) -> None:
        self.sums(self.part_of(contact), contact.queue_id if self.by_queue else 0).take(sums)


def of_period(
    of: Counting,
    starts: Sequence[datetime],
    *,
    end: datetime | None = None,
    queue_id: int | None = None,
    numbers: Collection[str] = tuple(MEASURES),
    spreads: bool = True,
    targets: bool = False,
) -> Stored:
    """Return the sums of the parts that begin at `starts` by the period's clock; in a tenant_scope.

    The last part ends at `end`, null is with the period. `queue_id`: of one queue alone. `numbers`: which
    measures. Without `spreads` there are no percentiles; without `targets` none of them.
    """
    until = end or of.cut[-1].end
    asked = Asked(starts, until, queue_id, numbers=numbers, spreads=spreads, unread=of.unread)
    return _parted(asked, _found(of, asked, targets=targets))


def by_queue(of: Counting) -> dict[int, Sums]:
    """Return the sums of each queue that had contacts in the period, without spreads; in a tenant_scope."""
    asked = Asked([of.cut[0].start], of.cut[-1].end, by_queue=True, spreads=False, unread=of.unread)
    _found(of, asked)
    return {queue_id: sums for (_part, queue_id), sums in asked.found.items() if sums.numbers}


def by_interval(
    start: datetime, end: datetime, *, numbers: Collection[str], spreads: bool = False, unread: Unread
) -> dict[tuple[datetime, int], Sums]:
    """Return the sums of `[start, end)` by quarter of an hour and queue; in a tenant_scope."""
    starts = [start]
    while (following := interval_of(starts[-1]) + INTERVAL) < end:
        starts.append(following)
    asked = Asked(starts, end, by_queue=True, numbers=tuple(numbers), spreads=spreads, unread=unread)
    _kept(asked)
    return {
        (interval_of(starts[part]), queue_id): sums
        for (part, queue_id), sums in asked.found.items()
        if sums.numbers
    }


def stored(starts: Sequence[datetime], end: datetime) -> Stored:
    """Return the sums of the parts that begin at `starts`, quarters of an hour, up to `end`; in a scope."""
    asked = Asked(starts, end)
    return _parted(asked, _kept(asked, targets=True))


def exactly(
    starts: Sequence[datetime],
    end: datetime,
    *,
    shares: Sequence[int],
    queue_id: int | None = None,
    unread: Unread | None = None,
) -> tuple[Sums, ...]:
    """Return the sums as `stored` does, with percentiles of the durations themselves; in a tenant_scope.

    `starts` and `end` are quarters of an hour. From the facts: it costs as much as there are contacts.
    """
    asked = Asked(starts, end, queue_id, unread=unread or Unread())
    mine, values = asked.mine, asked.values
    _add_numbers(asked, FACTS, values, taken=False)
    for one in mine:
        asked.take(one, all_of(one))
    codes = [(asked.part_of(one), length_code(*length)) for one in mine for length in lengths_of(one)]
    values |= {
        "shares": [share / 100 for share in shares],
        "parts": [part for part, _code in codes],
        "lengths": [code for _part, code in codes],
    }
    for part, place, percentiles in _rows(FACTS.format(column="lengths") + PERCENTILES, values):
        exact = {(PLACES[place], share): found for share, found in zip(shares, percentiles, strict=True)}
        asked.sums(part, 0).exact |= exact
    return _parted(asked, set()).parts


def reasons(of: Counting, *, queue_id: int | None = None) -> dict[str, int]:
    """Return how many contacts of the period were closed with each reason, "" without; in a tenant_scope."""
    asked = Asked([of.cut[0].start], of.cut[-1].end, queue_id, unread=of.unread)
    found = dict(_rows(COUNTED.format(column="reasons") + REASONS, asked.values))
    for one in asked.mine:
        if one.resolved_at:
            found[one.reason] = found.get(one.reason, 0) + 1
    return {code: count for code, count in found.items() if count}


def _parted(asked: Asked, targets: Iterable[Target]) -> Stored:
    parts = [asked.found.get((n, 0)) or Sums() for n in range(len(asked.starts))]
    return Stored(tuple(parts), tuple(sorted(targets, key=_ascending)))


def _found(of: Counting, asked: Asked, *, targets: bool = False) -> set[Target]:
    """Roll-ups know the clock on the wall alone: opening hours are counted contact by contact."""
    if of.counted == Counted.ELAPSED:
        return _kept(asked, targets=targets)
    every = contacts_offered(asked.starts[0], asked.end, repeats=not REPEATED.isdisjoint(asked.numbers))
    mine = [one for one in every if asked.holds(one)]
    names = SPREADS if asked.spreads else ()
    for one in mine:
        asked.take(one, of.sums([one], numbers=asked.numbers, spreads=names))
    return {(one.target_share, one.target_seconds) for one in mine}


def _kept(asked: Asked, *, targets: bool = False) -> set[Target]:
    mine, values = asked.mine, asked.values
    _add_numbers(asked, COUNTED, values, taken=bool(asked.fresh.refs))
    if asked.spreads:
        _add_buckets(asked, values)
    if asked.fresh.refs:
        for sums in asked.found.values():
            sums.numbers = +sums.numbers
    for one in mine:
        asked.take(one, all_of(one))
    return _targets(values, mine) if targets else set()


def not_read() -> Fresh:
    """Return what the roll-ups do not hold yet; in a tenant_scope, two statements at most."""
    refs = {row[0] for row in _rows(UNREAD, list(place_of(READER)))}
    contacts, changed = contacts_changed(refs)
    return Fresh(changed, contacts)


def _add_numbers(asked: Asked, kept: str, values: dict[str, Any], *, taken: bool) -> None:
    """Add up what is kept, less what is taken out; in one statement, as the reader may commit between two."""
    statement = kept.format(column="numbers") + _grouped(asked, "kept", "")
    if taken:
        statement += " UNION ALL " + _grouped(asked, "taken", "-")
    for part, queue_id, *found in _rows(statement, values):
        numbers = asked.sums(part, queue_id).numbers
        for name, number in zip(asked.numbers, found, strict=True):
            if number:
                numbers[name] += number


def _grouped(asked: Asked, of: str, sign: str) -> str:
    sums = ", ".join(f"{sign}sum(numbers[{PLACE[name]}])::bigint" for name in asked.numbers)
    return GROUPED.format(queue=asked.queue, sums=sums, of=of)


def _add_buckets(asked: Asked, values: dict[str, Any]) -> None:
    statement = COUNTED.format(column="spreads") + BUCKETS.format(queue=asked.queue)
    for part, queue_id, place, buckets, counts in _rows(statement, values):
        spread = asked.sums(part, queue_id).spreads.setdefault(PLACES[place], Counter())
        spread.update(dict(zip(buckets, counts, strict=True)))


def _targets(values: dict[str, Any], fresh: Iterable[Contact]) -> set[Target]:
    known = {target_of(row[0]) for row in _rows(TARGETS, values)}
    return known | {(one.target_share, one.target_seconds) for one in fresh}


def _rows(statement: str, values: "dict[str, Any] | list[Any]") -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _ascending(target: Target) -> tuple[int, int]:
    return (target[1], target[0] or 0)
