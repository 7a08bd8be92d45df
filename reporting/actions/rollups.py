"""Facts and roll-ups follow the log: an event means "this interaction changed", and its whole log is folded.

Facts are a function of the log of their interaction and of those that may repeat it, a roll-up of the facts
under its key; both are written, and the cursor moved, in one transaction. So it may be killed anywhere, and
doubled, late and unordered events change nothing. The database adds up (`reporting.summing`).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from events.models import Event
from events.readers import advance, changed_next
from reporting.contacts import Contact
from reporting.days import Day
from reporting.folding import ENTRY
from reporting.intervals import INTERVAL, Key, interval_of, key_of
from reporting.measures import adds_of, lengths_of
from reporting.models import Fact
from reporting.packing import bucket_code, length_code, target_code
from reporting.queries import contacts_changed
from reporting.summing import (
    FORGET_DAYS,
    FORGET_DAYS_IN,
    FORGET_KEYS,
    FORGET_RANGE,
    KEY,
    SUM_DAY,
    SUM_KEYS,
    SUM_RANGE,
    TO_SUM,
)
from tenants.binding import current_brand

READER = "rollups.5"
"""The number is raised when a measure is added or changed: then everything is read again."""
LOCK = 7_262
DAY = timedelta(days=1)
TAKE_OUT = f"DELETE FROM reporting_fact WHERE interaction_ref = ANY(%s) RETURNING {KEY}"  # noqa: S608
WRITE = f"""
COPY reporting_fact ({KEY}, interaction_ref, entry, reason, target, numbers, lengths, buckets) FROM STDIN
"""
SPECIAL = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
"""What the text of COPY writes otherwise."""


def roll_next(*, limit: int = 500, wait: bool = True) -> int:
    """Read the next events and restate their interactions; in a tenant_scope. Returns how many were read.

    Without `wait` none are while somebody else does.
    """
    with transaction.atomic():
        if not _alone(wait=wait):
            return 0
        found = changed_next(READER, limit=limit)
        if found.place:
            with connection.cursor() as cursor:
                _sum_keys(cursor, _write_facts(cursor, found.refs))
            advance(READER, found.place)
    return found.count


def keep_days(days: Sequence[Day]) -> int:
    """Add the quarters of these days up, of those that nobody has; in a tenant_scope. Returns how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        _alone()
        cursor.execute(TO_SUM, {"starts": [day.start for day in days]})
        absent = {row[0] for row in cursor.fetchall()}
        for day in days:
            if day.start in absent:
                cursor.execute(FORGET_DAYS_IN, {"start": day.start, "end": day.end})
                cursor.execute(SUM_DAY, {"start": day.start, "end": day.end})
    return len(absent)


def rebuild(start: datetime, end: datetime) -> Iterator[tuple[datetime, int]]:
    """Make facts and roll-ups of contacts that entered in `[start, end)` anew, a day at a time.

    Each step is a transaction of its own, to be made in a tenant_scope; gives its day and its interactions.
    """
    day = start
    while day < end:
        yield day, _rebuild_day(day, min(day + DAY, end))
        day += DAY


def resum(start: datetime, end: datetime) -> None:
    """Add up the facts of the quarters of an hour that `[start, end)` touches anew; in a tenant_scope."""
    with transaction.atomic(), connection.cursor() as cursor:
        _alone()
        _sum_range(cursor, *_quarters(start, end))


def _rebuild_day(start: datetime, end: datetime) -> int:
    since, until = _quarters(start, end)
    with transaction.atomic(), connection.cursor() as cursor:
        _alone()
        entered = Event.objects.filter(kind=ENTRY, occurred_at__gte=start, occurred_at__lt=end)
        facts = Fact.objects.within(start, end)
        refs = {
            *entered.values_list("interaction_ref", flat=True),
            *facts.values_list("interaction_ref", flat=True),
        }
        keys = _write_facts(cursor, refs)
        _sum_range(cursor, since, until)
        _sum_keys(cursor, {key for key in keys if not since <= key.interval_start < until})
    return len(refs)


def _quarters(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """Return the whole quarters of an hour that `[start, end)` touches."""
    return interval_of(start), interval_of(end - timedelta.resolution) + INTERVAL


def _write_facts(cursor: Any, refs: Collection[UUID]) -> set[Key]:
    """Write the facts of these interactions as the log has them; returns whose roll-ups this changes."""
    contacts, changed = contacts_changed(refs)
    new = [contact for contact in contacts if contact.counts]
    cursor.execute(TAKE_OUT, [list(changed)])
    keys = {Key(*row) for row in cursor.fetchall()}
    lines = [(key_of(contact), contact) for contact in new]
    if lines:
        with cursor.copy(WRITE) as copy:
            copy.write("".join(_line(*one) for one in lines))
    return keys.union(key for key, _contact in lines)


def _sum_keys(cursor: Any, keys: Collection[Key]) -> None:
    """Write the roll-ups of these keys as their facts have them."""
    if not keys:
        return
    names = ("starts", "queues", "channels", "agents")
    asked = dict(zip(names, map(list, zip(*keys, strict=True)), strict=True))
    for statement in (FORGET_DAYS, FORGET_KEYS, SUM_KEYS):
        cursor.execute(statement, asked)


def _sum_range(cursor: Any, start: datetime, end: datetime) -> None:
    """Write the roll-ups of `[start, end)`, whole quarters of an hour, as their facts have them."""
    for statement in (FORGET_DAYS_IN, FORGET_RANGE, SUM_RANGE):
        cursor.execute(statement, {"start": start, "end": end})


def _line(key: Key, contact: Contact) -> str:
    """Write its fact as COPY reads it."""
    start, queue_id, channel, agent_id = key
    lengths = lengths_of(contact)
    reason = contact.reason if contact.resolved_at else ""
    return (
        f"{start.isoformat()}\t{queue_id}\t{channel.translate(SPECIAL)}\t{agent_id}\t{contact.interaction_ref}"
        f"\t{contact.entry}\t{reason.translate(SPECIAL)}"
        f"\t{target_code(contact.target_share, contact.target_seconds)}\t{_array(adds_of(contact))}"
        f"\t{_array(length_code(*one) for one in lengths)}\t{_array(bucket_code(*one) for one in lengths)}\n"
    )


def _array(numbers: Iterable[int]) -> str:
    return f"{{{','.join(map(str, numbers))}}}"


def _alone(*, wait: bool = True) -> bool:
    """One at a time in a brand: a second reader waits until the first has committed, or is told."""
    way = "pg_advisory_xact_lock(%s, %s) IS NOT NULL" if wait else "pg_try_advisory_xact_lock(%s, %s)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {way}", [LOCK, current_brand()])  # noqa: S608 - fixed names
        return bool(cursor.fetchone()[0])
