"""Questions to the brand's log. Asked inside a tenant_scope; plain values leave it."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from events.models import Event
from reporting.contacts import Contact
from reporting.folding import ENTRY, MUTE, OPENED, READ, LogRow, fold_logs
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
Row = tuple[Any, ...]
NOTHING: dict[str, Any] = {}
READER = json.JSONDecoder()


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
    if not repeats:
        return fold_logs(_logs(_read(ALONE, asked)))
    return [one for one in _marked(_read(LOG, asked)) if one.interaction_ref in asked]


def contacts_changed(refs: Collection[UUID]) -> tuple[list[Contact], set[UUID]]:
    """Return the contacts of these interactions and of those that theirs may repeat, and which those are.

    One statement, none for none.
    """
    rows = _read(LOG, refs, before=HORIZON)
    changed = {UUID(ref) for ref in {ref for ref, *_more, changes in rows if changes}}.union(refs)
    return [one for one in _marked(rows) if one.interaction_ref in changed], changed


def _read(statement: str, refs: Collection[UUID], *, before: timedelta = timedelta(0)) -> list[Row]:
    if not refs:
        return []
    values: dict[str, Any] = {
        "refs": list(refs), "before": before, "horizon": HORIZON, "mute": list(MUTE), "kinds": list(READ)
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[Row] = cursor.fetchall()
    return found


def _marked(rows: Iterable[Row]) -> list[Contact]:
    contacts = fold_logs(_logs(rows))
    mark_repeats(contacts)
    return contacts


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
