"""Questions to the brand's log. Asked inside a tenant_scope; plain values leave it."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from events.models import Event
from reporting.contacts import Contact
from reporting.folding import ENTRY, MUTE, OPENED, READ, LogRow, fold_logs, in_order
from reporting.intervals import interval_of
from reporting.models import Rollup
from reporting.repeats import HORIZON, mark_repeats

ROWS = """
SELECT whole.ref::text, e.n, e.kind, e.occurred_at::text, e.is_test,
  CASE WHEN e.kind <> ALL(%(mute)s) THEN e.data::text END, e.actor_kind, whole.changes
FROM whole JOIN events_event e ON e.interaction_ref = whole.ref AND e.kind = ANY(%(kinds)s)
"""
ALONE = f"WITH whole AS (SELECT unnest(%(refs)s::uuid[]) AS ref, true AS changes) {ROWS}"  # noqa: S608
LOG = f"""
WITH asked AS (SELECT unnest(%(refs)s::uuid[]) AS ref),
customer AS (
  SELECT e.data->>'contact' AS contact, min(e.occurred_at) AS since, max(e.occurred_at) AS until
  FROM asked JOIN events_event e ON e.interaction_ref = asked.ref AND e.n = 1 AND e.kind = '{OPENED}'
  WHERE e.data->>'contact' IS NOT NULL GROUP BY 1
),
kin AS (
  SELECT e.interaction_ref AS ref, e.occurred_at <= customer.until AS changes
  FROM customer JOIN events_event e ON e.kind = '{OPENED}' AND e.data->>'contact' = customer.contact
    AND e.occurred_at BETWEEN customer.since - %(before)s AND customer.until + %(horizon)s
),
whole AS (
  SELECT ref, bool_or(changes) AS changes FROM (SELECT ref, true AS changes FROM asked UNION ALL
    SELECT ref, changes FROM kin) every GROUP BY ref
)
{ROWS}"""  # noqa: S608 - fixed names
"""With what their customers came with again, and with what they had come with before: so long before."""
ENTERED = f"""
SELECT interaction_ref::text FROM events_event
WHERE kind = '{ENTRY}' AND occurred_at >= %(start)s AND occurred_at < %(end)s
UNION SELECT interaction_ref::text FROM reporting_fact
WHERE interval_start >= %(since)s AND interval_start < %(end)s
ORDER BY 1
"""  # noqa: S608 - fixed names
Row = tuple[Any, ...]
NOTHING: dict[str, Any] = {}
READER = json.JSONDecoder()


def first_kept() -> datetime | None:
    """Return the first quarter of an hour that has roll-ups; None of none."""
    first = Rollup.objects.order_by("interval_start").first()
    return first.interval_start if first else None


def contacts_offered(start: datetime, end: datetime, *, repeats: bool = False) -> list[Contact]:
    """Return the contacts that entered a queue in `[start, end)`, however late they were answered.

    Two statements: which interactions queued then, and their whole folded log. `repeats`: as in contacts_of.
    """
    queued = Event.objects.filter(kind=ENTRY, occurred_at__gte=start, occurred_at__lt=end)
    refs = set(queued.values_list("interaction_ref", flat=True))
    return [contact for contact in contacts_of(refs, repeats=repeats) if start <= contact.offered_at < end]


def contacts_of(refs: Collection[UUID], *, repeats: bool = False) -> list[Contact]:
    """Return the contacts of these interactions; one statement, none for none.

    With `repeats` each knows how soon its customer came again: the logs of what they came with are read too.
    """
    asked = set(refs)
    rows = _read(LOG if repeats else ALONE, asked)
    contacts = fold_logs(_logs(rows))
    if repeats:
        mark_repeats(contacts)
    return in_order(one for one in contacts if one.interaction_ref in asked)


def refs_to_restate(start: datetime, end: datetime) -> list[str]:
    """Return the interactions that entered a queue in `[start, end)` or have facts there, by their refs.

    Refs begin with an instant, so those that follow one another stand together in the log.
    """
    with connection.cursor() as cursor:
        cursor.execute(ENTERED, {"start": start, "end": end, "since": interval_of(start)})
        return [row[0] for row in cursor.fetchall()]


def contacts_changed(refs: "Collection[UUID] | Collection[str]") -> tuple[list[Contact], set[str]]:
    """Return the contacts of these interactions and of those that theirs may repeat, and which those are.

    One statement, none for none; contacts in no order.
    """
    rows = _read(LOG, refs, before=HORIZON)
    contacts = fold_logs(_logs(rows))
    mark_repeats(contacts)
    changed = {row[0] for row in rows if row[-1]}.union(map(str, refs))
    if others := {row[0] for row in rows} - changed:
        contacts = [one for one in contacts if str(one.interaction_ref) not in others]
    return contacts, changed


def _read(
    statement: str, refs: "Collection[UUID] | Collection[str]", *, before: timedelta = timedelta(0)
) -> list[Row]:
    if not refs:
        return []
    values: dict[str, Any] = {
        "refs": list(refs), "before": before, "horizon": HORIZON, "mute": list(MUTE), "kinds": list(READ)
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[Row] = cursor.fetchall()
    return found


def _logs(rows: Iterable[Row]) -> Iterable[list[LogRow]]:
    """Sort rows into logs. Instants and refs come as text: to parse them here costs a tenth of Django's."""
    logs: dict[str, tuple[UUID, list[LogRow]]] = {}
    for text, n, kind, at, is_test, data, by, _changes in rows:
        found = logs.get(text)
        if found is None:
            found = logs[text] = (UUID(text), [])
        said = READER.raw_decode(data)[0] if data else NOTHING
        found[1].append(LogRow(found[0], n, kind, datetime.fromisoformat(at), is_test, said, by))
    return [log for _ref, log in logs.values()]
