"""Reading the log without losing rows (DOMAIN.md): by (era, txid, id), below the horizon of open writers.

Ids are given before commit, so a later commit can carry a smaller id; a transaction that is still open holds
every reader back behind its own number. The order of reading is not the order of events: a reader takes a row
as "this interaction changed" and folds its whole log again (`log_of`). Everything here is at least once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from itertools import groupby
from uuid import UUID

from django.db import connection

from events.models import Cursor, Event
from events.values import EventView, Place
from tenants.settled import settled


@dataclass(frozen=True, slots=True)
class Changed:
    """The next events: how many, of which interactions, and where the last one stands, None of none."""

    count: int
    refs: set[UUID]
    place: Place | None


START: Place = (0, 0, 0)
COLUMNS = tuple(field.name for field in fields(EventView))


UNREAD = f"""
FROM events_event WHERE (era, txid, id) > (%s, %s, %s) AND {settled("events_event")}
ORDER BY era, txid, id LIMIT %s
"""
NEXT = f"SELECT id {UNREAD}"  # noqa: S608 - fixed names
CHANGED = f"SELECT era, txid, id, interaction_ref {UNREAD}"  # noqa: S608 - fixed names


def read(reader: str, *, limit: int = 500) -> list[EventView]:
    """Return the next events for the named reader; the same again until it has advanced."""
    with connection.cursor() as statement:
        statement.execute(NEXT, [*place_of(reader), limit])
        ids = [row[0] for row in statement.fetchall()]
    rows = Event.objects.filter(pk__in=ids).order_by("era", "txid", "id").values_list(*COLUMNS)
    return [EventView(*row) for row in rows]


def changed_next(reader: str, *, limit: int) -> Changed:
    """Return which interactions the reader's next events are of; the same again until it has advanced."""
    with connection.cursor() as statement:
        statement.execute(CHANGED, [*place_of(reader), limit])
        rows = statement.fetchall()
    return Changed(len(rows), {row[3] for row in rows if row[3]}, rows[-1][:3] if rows else None)


def place_of(reader: str) -> Place:
    """Return how far the reader has come."""
    row = Cursor.objects.filter(reader=reader).values_list("era", "txid", "last_id").first()
    return row or START


def advance(reader: str, place: Place) -> None:
    """Remember that the reader has dealt with everything up to `place`; best with its work, in one commit."""
    era, txid, last_id = place
    Cursor.objects.update_or_create(reader=reader, defaults={"era": era, "txid": txid, "last_id": last_id})


def log_of(refs: Iterable[UUID]) -> dict[UUID, list[EventView]]:
    """Return the whole log of each interaction, in the order of its numbers; one statement."""
    rows = Event.objects.filter(interaction_ref__in=list(refs), n__gt=0)
    ordered = rows.order_by("interaction_ref", "n", "id").values_list(*COLUMNS)
    return fold(EventView(*row) for row in ordered)


def fold(events: Iterable[EventView]) -> dict[UUID, list[EventView]]:
    """Sort events into logs: by interaction, in the order of `n`, each number once. Pure.

    However often, late or out of order they come, the result is the same.
    """
    own = [event for event in events if event.interaction_ref and event.n]
    ordered = sorted(own, key=lambda event: (event.interaction_ref, event.n, event.id))
    logs = {}
    for ref, log in groupby(ordered, key=lambda event: event.interaction_ref):
        if ref is not None:
            logs[ref] = [next(same) for _, same in groupby(log, key=lambda event: event.n)]
    return logs
