"""Facts and roll-ups follow the log: an event means "this interaction changed", and its whole log is folded.

Facts are a function of the log of their interaction, a roll-up of the facts under its key; both are written,
and the cursor moved, in one transaction. So it may be killed anywhere, and doubled, late and unordered events
change nothing.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.db import connection, transaction

from events.models import Event
from events.readers import advance, read
from reporting.contacts import Contact
from reporting.folding import ENTRY
from reporting.intervals import Key, key_of
from reporting.measures import Sums, all_of
from reporting.metrics import merged
from reporting.models import Fact, Rollup
from reporting.queries import contacts_of
from tenants.binding import current_brand

READER = "rollups.3"
"""The number is raised when a measure is added or changed: then everything is read again."""
LOCK = 7_262
DAY = timedelta(days=1)


def roll_next(*, limit: int = 500) -> int:
    """Read the next events and restate their interactions; in a tenant_scope. Returns how many were read."""
    with transaction.atomic():
        _alone()
        events = read(READER, limit=limit)
        if events:
            _restate({event.interaction_ref for event in events if event.interaction_ref})
            advance(READER, events[-1].place)
    return len(events)


def rebuild(start: datetime, end: datetime) -> Iterator[tuple[datetime, int]]:
    """Make facts and roll-ups of contacts that entered in `[start, end)` anew, a day at a time.

    Each step is a transaction of its own, to be made in a tenant_scope; gives its day and its interactions.
    """
    day = start
    while day < end:
        yield day, _rebuild_day(day, min(day + DAY, end))
        day += DAY


def _rebuild_day(start: datetime, end: datetime) -> int:
    with transaction.atomic():
        _alone()
        entered = Event.objects.filter(kind=ENTRY, occurred_at__gte=start, occurred_at__lt=end)
        facts = Fact.objects.within(start, end)
        refs = {
            *entered.values_list("interaction_ref", flat=True),
            *facts.values_list("interaction_ref", flat=True),
        }
        stale = {Key(*row) for row in Rollup.objects.within(start, end).values_list(*Key._fields)}
        _restate(refs, also=stale)
    return len(refs)


def _restate(refs: Collection[UUID], *, also: Iterable[Key] = ()) -> None:
    """Write the facts of these interactions as their logs have them, and the roll-ups that this changes."""
    old = Fact.objects.filter(interaction_ref__in=refs)
    keys = {Key(*row) for row in old.values_list(*Key._fields)} | set(also)
    old.delete()
    facts = [_fact(contact) for contact in contacts_of(refs) if contact.counts]
    Fact.objects.bulk_create(facts)
    _sum_up(keys | {fact.key for fact in facts})


def _sum_up(keys: Collection[Key]) -> None:
    """Write the roll-ups of these keys as their facts have them."""
    starts = {key.interval_start for key in keys}
    rows = [row for row in Rollup.objects.filter(interval_start__in=starts) if row.key in keys]
    Rollup.objects.filter(pk__in=[row.pk for row in rows]).delete()
    facts = [fact for fact in Fact.objects.filter(interval_start__in=starts) if fact.key in keys]
    groups = groupby(sorted(facts, key=lambda fact: fact.key), key=lambda fact: fact.key)
    Rollup.objects.bulk_create([_rollup(key, [fact.sums for fact in group]) for key, group in groups])


def _fact(contact: Contact) -> Fact:
    return Fact(
        interaction_ref=contact.interaction_ref,
        entry=contact.entry,
        target_share=contact.target_share,
        target_seconds=contact.target_seconds,
        **key_of(contact)._asdict(),
        **all_of(contact).columns,
    )


def _rollup(key: Key, sums: list[Sums]) -> Rollup:
    return Rollup(**key._asdict(), **merged(sums).columns)


def _alone() -> None:
    """One at a time in a brand: a second reader waits until the first has committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, current_brand()])
