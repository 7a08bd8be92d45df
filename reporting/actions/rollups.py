"""Facts and roll-ups follow the log: an event means "this interaction changed", and its whole log is folded.

Facts are a function of the log of their interaction and of those that may repeat it, a roll-up of the facts
under its key; both are written, and the cursor moved, in one transaction. So it may be killed anywhere, and
doubled, late and unordered events change nothing. The database adds up (`reporting.summing`).
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice, starmap
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from events.readers import advance, changed_next
from reporting.contacts import Contact
from reporting.days import Day
from reporting.intervals import INTERVAL, Key, interval_of, key_of
from reporting.measures import adds_of, lengths_of
from reporting.packing import bucket_code, length_code, target_code
from reporting.queries import contacts_changed, refs_to_restate
from reporting.summing import (
    FORGET_DAYS,
    FORGET_DAYS_IN,
    FORGET_FACTS,
    FORGET_KEYS,
    FORGET_RANGE,
    IN_MEMORY,
    KEY,
    SUM_DAY,
    SUM_KEYS,
    SUM_RANGE,
    TO_SUM,
)
from tenants.locks import alone, alone_of_all, alone_soon

READER = "rollups.5"
"""The number is raised when a measure is added or changed: then everything is read again."""
LOCK = 7_262
COUNTING = _("The numbers of this client are being counted anew: try again in a minute.")
DAY = timedelta(days=1)
PART, LINES = 2000, 100
"""So many interactions are in memory at a time; so many facts go to the database while the next are made."""
TAKE_OUT = f"DELETE FROM reporting_fact WHERE interaction_ref = ANY(%s::uuid[]) RETURNING {KEY}"  # noqa: S608
WRITE = f"""
COPY reporting_fact ({KEY}, interaction_ref, entry, reason, target, numbers, lengths, buckets) FROM STDIN
"""
SPECIAL = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
"""What the text of COPY writes otherwise."""


def roll_next(*, limit: int = 500, wait: bool = True) -> int:
    """Read the next events and restate their interactions; in a tenant_scope. Returns how many were read.

    Raises Busy when somebody else is at it for long. Without `wait`, as the sweep comes, none are read while
    somebody else does, or another sweep at all.
    """
    with transaction.atomic():
        if wait:
            alone_soon(LOCK, COUNTING)
        elif not alone_of_all(LOCK):
            return 0
        found = changed_next(READER, limit=limit)
        if found.place:
            with connection.cursor() as cursor:
                _sum_keys(cursor, _write_facts(cursor, found.refs))
            advance(READER, found.place)
    return found.count


def keep_days(days: Sequence[Day], *, most: int | None = None) -> int:
    """Add the quarters of these days up, of those that nobody has; in a tenant_scope. Returns how many.

    Each in its transaction, and of many the first ones.
    """
    with connection.cursor() as cursor:
        cursor.execute(TO_SUM, {"starts": [day.start for day in days]})
        absent = {row[0] for row in cursor.fetchall()}
    taken = [day for day in days if day.start in absent][:most]
    for day in taken:
        _keep_day({"start": day.start, "end": day.end})
    return len(taken)


def _keep_day(day: dict[str, datetime]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        alone(LOCK)
        cursor.execute(FORGET_DAYS_IN, day)
        cursor.execute(SUM_DAY, day)


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
        alone(LOCK)
        _sum_range(cursor, *_quarters(start, end))


def _rebuild_day(start: datetime, end: datetime) -> int:
    since, until = _quarters(start, end)
    with transaction.atomic(), connection.cursor() as cursor:
        alone(LOCK)
        refs = refs_to_restate(start, end)
        cursor.execute(FORGET_FACTS, {"start": since, "end": until})
        keys: set[Key] = set()
        for n in range(0, len(refs), PART):
            keys |= _write_facts(cursor, refs[n : n + PART])
        _sum_range(cursor, since, until)
        _sum_keys(cursor, {key for key in keys if not since <= key.interval_start < until})
    return len(refs)


def _quarters(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """Return the whole quarters of an hour that `[start, end)` touches."""
    return interval_of(start), interval_of(end - timedelta.resolution) + INTERVAL


def _write_facts(cursor: Any, refs: "Collection[UUID] | Collection[str]") -> set[Key]:
    """Write the facts of these interactions as the log has them; returns whose roll-ups this changes."""
    contacts, changed = contacts_changed(refs)
    cursor.execute(TAKE_OUT, [list(changed)])
    keys = {Key(*row) for row in cursor.fetchall()}
    facts = [(key_of(contact), contact) for contact in contacts if contact.counts]
    lines = starmap(_line, facts)
    if facts:
        with cursor.copy(WRITE) as copy:
            while some := "".join(islice(lines, LINES)):
                copy.write(some)
    return keys.union(key for key, _contact in facts)


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
    cursor.execute(IN_MEMORY)
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
        f"\t{_array([length_code(*one) for one in lengths])}"
        f"\t{_array([bucket_code(*one) for one in lengths])}\n"
    )


def _array(numbers: list[int]) -> str:
    """Write it as PostgreSQL does, but for the brackets and blanks that Python has."""
    return f"{{{repr(numbers)[1:-1]}}}"
