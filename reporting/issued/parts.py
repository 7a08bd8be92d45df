"""Sums of a period by channel and by agent: from its roll-ups, and from the log what they lack."""

from typing import Any

from django.db import connection

from reporting.counting import Counting
from reporting.intervals import key_of
from reporting.measures import Sums, all_of
from reporting.packing import sums_kept
from reporting.stored import not_read

ADDED_UP = """
SELECT part, array_agg(total ORDER BY place) FROM (
  SELECT part, place, sum(sign * number)::bigint AS total FROM (
    SELECT {part} AS part, 1 AS sign, numbers FROM reporting_rollup
    WHERE interval_start >= %(start)s AND interval_start < %(end)s
    UNION ALL
    SELECT {part}, -1, numbers FROM reporting_fact
    WHERE interval_start >= %(start)s AND interval_start < %(end)s
      AND interaction_ref = ANY(%(unread)s::uuid[])
  ) kept, unnest(numbers) WITH ORDINALITY one(number, place) GROUP BY 1, 2
) one GROUP BY 1
"""


def by_channel(of: Counting) -> dict[str, Sums]:
    """Return the sums of each channel that had contacts; in a tenant_scope."""
    return _by(of, "channel")


def by_agent(of: Counting) -> dict[int, Sums]:
    """Return the sums of what each agent answered, by the agent's id; in a tenant_scope."""
    return {agent_id: sums for agent_id, sums in _by(of, "agent_id").items() if agent_id}


def _by(of: Counting, part: str) -> dict[Any, Sums]:
    start, end, fresh = of.cut[0].start, of.cut[-1].end, not_read()
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"start": start, "end": end, "unread": list(fresh.refs)}
        cursor.execute(ADDED_UP.format(part=part), values)
        found = {key: sums_kept(numbers, ()) for key, numbers in cursor.fetchall()}
    for contact in fresh.contacts:
        if contact.counts and start <= contact.offered_at < end:
            found.setdefault(getattr(key_of(contact), part), Sums()).take(all_of(contact))
    return {key: sums for key, sums in found.items() if any(sums.numbers.values())}
