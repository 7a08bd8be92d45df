"""Sums of a period from its roll-ups, and from the log where the roll-ups have not come so far yet.

What the reader has read is taken from the roll-ups. An interaction that changed since is taken out of them by
its facts, and folded from its log. So a report is never behind, and costs as much as its quarters of an hour.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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
from reporting.queries import contacts_of

Target = tuple[int | None, int]
"""So many per cent (None: nobody had said) within so many seconds."""

UNREAD = """
SELECT DISTINCT interaction_ref FROM events_event
WHERE (era, txid, id) > (%s, %s, %s) AND interaction_ref IS NOT NULL
"""
STORED = """
SELECT interval_start, queue_id, 1, numbers::text, spreads::text FROM reporting_rollup
WHERE interval_start >= %(start)s::timestamptz AND interval_start < %(end)s::timestamptz
UNION ALL
SELECT interval_start, queue_id, -1, numbers::text, spreads::text FROM reporting_fact
WHERE interval_start >= %(start)s::timestamptz AND interval_start < %(end)s::timestamptz
  AND interaction_ref = ANY(%(unread)s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """The sums of each part of a period, and the targets that were in force for its contacts, ascending."""

    parts: tuple[Sums, ...]
    targets: tuple[Target, ...]


def of_period(of: Counting, starts: Sequence[datetime]) -> Stored:
    """Return the sums of the parts of a period by its clock; in a tenant_scope.

    Roll-ups know the clock on the wall alone: opening hours are counted contact by contact.
    """
    end = of.cut[-1].end
    if of.counted == Counted.ELAPSED:
        return stored(starts, end)
    contacts = [one for one in of.contacts() if one.counts]
    found: list[list[Contact]] = [[] for _ in starts]
    for one in contacts:
        found[bisect_right(starts, one.offered_at) - 1].append(one)
    parts = tuple(of.sums(part, numbers=MEASURES, spreads=SPREADS) for part in found)
    targets = {(one.target_share, one.target_seconds) for one in contacts}
    return Stored(parts, tuple(sorted(targets, key=_ascending)))


def stored(starts: Sequence[datetime], end: datetime) -> Stored:
    """Return the sums of the parts that begin at `starts`, quarters of an hour, up to `end`; in a scope."""
    unread = _unread()
    fresh = [one for one in contacts_of(unread) if one.counts and starts[0] <= one.offered_at < end]
    found: list[list[Sums]] = [[] for _ in starts]
    for (at, _queue), sums in _rows(starts[0], end, unread):
        found[bisect_right(starts, at) - 1].append(sums)
    for contact in fresh:
        found[bisect_right(starts, contact.offered_at) - 1].append(all_of(contact))
    parts = tuple(sum(of, Sums()) for of in found)
    return Stored(parts, _targets(starts[0], end, unread, fresh))


def by_queue(start: datetime, end: datetime) -> dict[tuple[datetime, int], Sums]:
    """Return the sums of `[start, end)` by quarter of an hour and queue; in a scope."""
    unread, found = _unread(), dict[tuple[datetime, int], Sums]()
    fresh = [one for one in contacts_of(unread) if one.counts and start <= one.offered_at < end]
    rows = [((interval_of(one.offered_at), one.queue_id), all_of(one)) for one in fresh]
    for key, sums in (*_rows(start, end, unread), *rows):
        found[key] = found[key] + sums if key in found else sums
    return found


def _unread() -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(UNREAD, list(place_of(READER)))
        return [row[0] for row in cursor.fetchall()]


def _rows(start: datetime, end: datetime, unread: list[UUID]) -> list[tuple[tuple[datetime, int], Sums]]:
    with connection.cursor() as cursor:
        cursor.execute(STORED, {"start": start, "end": end, "unread": unread})
        return [
            ((at, queue), sums_from(*columns, sign=sign)) for at, queue, sign, *columns in cursor.fetchall()
        ]


def _targets(
    start: datetime, end: datetime, unread: list[UUID], fresh: Sequence[Contact]
) -> tuple[Target, ...]:
    facts = Fact.objects.within(start, end).exclude(interaction_ref__in=unread)
    known = set(facts.order_by().values_list("target_share", "target_seconds").distinct())
    known |= {(contact.target_share, contact.target_seconds) for contact in fresh}
    return tuple(sorted(known, key=_ascending))


def _ascending(target: Target) -> tuple[int, int]:
    return (target[1], target[0] or 0)
