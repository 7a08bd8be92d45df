"""Sums of a period from its roll-ups, and from the log where the roll-ups have not come so far yet.

What the reader has read is taken from the roll-ups. An interaction that changed since is taken out of them by
its facts, and folded from its log. So a report is never behind, and costs as much as its quarters of an hour.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from events.readers import place_of
from reporting.actions.rollups import READER
from reporting.choices import Counted
from reporting.contacts import Contact
from reporting.counting import Counting
from reporting.intervals import interval_of
from reporting.measures import MEASURES, SPREADS, Sums, all_of, sums_from
from reporting.models import Fact
from reporting.queries import contacts_of, contacts_offered

Target = tuple[int | None, int]
"""So many per cent (None: nobody had said) within so many seconds."""

UNREAD = """
SELECT DISTINCT interaction_ref FROM events_event
WHERE (era, txid, id) > (%s, %s, %s) AND interaction_ref IS NOT NULL
"""
STORED = """
SELECT interval_start, queue_id, 1, numbers::text, CASE WHEN %(spreads)s THEN spreads::text ELSE '{}' END
FROM reporting_rollup
WHERE interval_start >= %(start)s::timestamptz AND interval_start < %(end)s::timestamptz
  AND (%(queue)s::bigint IS NULL OR queue_id = %(queue)s::bigint)
UNION ALL
SELECT interval_start, queue_id, -1, numbers::text, CASE WHEN %(spreads)s THEN spreads::text ELSE '{}' END
FROM reporting_fact
WHERE interval_start >= %(start)s::timestamptz AND interval_start < %(end)s::timestamptz
  AND (%(queue)s::bigint IS NULL OR queue_id = %(queue)s::bigint)
  AND interaction_ref = ANY(%(unread)s::uuid[])
"""


class Piece(NamedTuple):
    """Sums of a quarter of an hour and a queue: some of what it holds, or what it holds no more."""

    at: datetime
    queue_id: int
    sums: Sums


@dataclass(frozen=True, slots=True)
class Stored:
    """The sums of each part of a period, and the targets that were in force for its contacts, ascending."""

    parts: tuple[Sums, ...]
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a stretch of time holds: pieces in no order, and the targets."""

    pieces: list[Piece]
    targets: set[Target]


def of_period(
    of: Counting,
    starts: Sequence[datetime],
    *,
    end: datetime | None = None,
    queue_id: int | None = None,
    spreads: bool = True,
    targets: bool = False,
) -> Stored:
    """Return the sums of the parts that begin at `starts` by the period's clock; in a tenant_scope.

    The last part ends at `end`, null is with the period. `queue_id`: of one queue alone. Without `spreads`
    there are no percentiles; without `targets` none of them.
    """
    end = end or of.cut[-1].end
    found = _found(of, starts[0], end, queue_id=queue_id, spreads=spreads, targets=targets)
    return _parted(found, starts)


def by_queue(of: Counting) -> dict[int, Sums]:
    """Return the sums of each queue that had contacts in the period, without spreads; in a tenant_scope."""
    found = _found(of, of.cut[0].start, of.cut[-1].end, spreads=False)
    sums: dict[int, Sums] = {}
    for piece in found.pieces:
        sums.setdefault(piece.queue_id, Sums()).take(piece.sums)
    return sums


def by_interval(start: datetime, end: datetime) -> dict[tuple[datetime, int], Sums]:
    """Return the sums of `[start, end)` by quarter of an hour and queue; in a tenant_scope."""
    sums: dict[tuple[datetime, int], Sums] = {}
    for piece in _kept(start, end).pieces:
        sums.setdefault((interval_of(piece.at), piece.queue_id), Sums()).take(piece.sums)
    return sums


def stored(starts: Sequence[datetime], end: datetime) -> Stored:
    """Return the sums of the parts that begin at `starts`, quarters of an hour, up to `end`; in a scope."""
    return _parted(_kept(starts[0], end, targets=True), starts)


def _parted(found: Found, starts: Sequence[datetime]) -> Stored:
    parts = [Sums() for _ in starts]
    for piece in found.pieces:
        parts[bisect_right(starts, piece.at) - 1].take(piece.sums)
    return Stored(tuple(parts), tuple(sorted(found.targets, key=_ascending)))


def _found(
    of: Counting,
    start: datetime,
    end: datetime,
    *,
    queue_id: int | None = None,
    spreads: bool = True,
    targets: bool = False,
) -> Found:
    """Roll-ups know the clock on the wall alone: opening hours are counted contact by contact."""
    if of.counted == Counted.ELAPSED:
        return _kept(start, end, queue_id=queue_id, spreads=spreads, targets=targets)
    contacts = [one for one in contacts_offered(start, end) if one.counts]
    mine = [one for one in contacts if queue_id in (None, one.queue_id)]
    names = SPREADS if spreads else ()
    pieces = [
        Piece(one.offered_at, one.queue_id, of.sums([one], numbers=MEASURES, spreads=names)) for one in mine
    ]
    return Found(pieces, {(one.target_share, one.target_seconds) for one in mine})


def _kept(
    start: datetime,
    end: datetime,
    *,
    queue_id: int | None = None,
    spreads: bool = True,
    targets: bool = False,
) -> Found:
    unread = _unread()
    fresh = [
        one
        for one in contacts_of(unread)
        if one.counts and start <= one.offered_at < end and queue_id in (None, one.queue_id)
    ]
    asked = {"start": start, "end": end, "unread": unread, "queue": queue_id, "spreads": spreads}
    pieces = _rows(asked) + [Piece(one.offered_at, one.queue_id, all_of(one)) for one in fresh]
    return Found(pieces, _targets(start, end, unread, fresh, queue_id) if targets else set())


def _unread() -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(UNREAD, list(place_of(READER)))
        return [row[0] for row in cursor.fetchall()]


def _rows(asked: dict[str, Any]) -> list[Piece]:
    with connection.cursor() as cursor:
        cursor.execute(STORED, asked)
        rows = cursor.fetchall()
    return [Piece(at, queue_id, sums_from(*columns, sign=sign)) for at, queue_id, sign, *columns in rows]


def _targets(
    start: datetime, end: datetime, unread: list[UUID], fresh: Sequence[Contact], queue_id: int | None
) -> set[Target]:
    facts = Fact.objects.within(start, end).exclude(interaction_ref__in=unread)
    if queue_id is not None:
        facts = facts.filter(queue_id=queue_id)
    known = set(facts.order_by().values_list("target_share", "target_seconds").distinct())
    return known | {(contact.target_share, contact.target_seconds) for contact in fresh}


def _ascending(target: Target) -> tuple[int, int]:
    return (target[1], target[0] or 0)
