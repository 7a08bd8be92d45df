"""Sums of a period by channel and by agent, from its roll-ups: for periods whose events are all read."""

from typing import Any

from django.db import connection

from reporting.counting import Counting
from reporting.measures import Sums
from reporting.packing import sums_kept

ADDED_UP = """
SELECT part, array_agg(total ORDER BY place) FROM (
  SELECT {part} AS part, place, sum(number)::bigint AS total
  FROM reporting_rollup, unnest(numbers) WITH ORDINALITY one(number, place)
  WHERE interval_start >= %s AND interval_start < %s GROUP BY 1, 2
) one GROUP BY 1
"""


def by_channel(of: Counting) -> dict[str, Sums]:
    """Return the sums of each channel that had contacts, without spreads; in a tenant_scope."""
    return _by(of, "channel")


def by_agent(of: Counting) -> dict[int, Sums]:
    """Return the sums of what each agent answered, by the agent's id, without spreads; in a tenant_scope."""
    return {agent_id: sums for agent_id, sums in _by(of, "agent_id").items() if agent_id}


def _by(of: Counting, part: str) -> dict[Any, Sums]:
    with connection.cursor() as cursor:
        cursor.execute(ADDED_UP.format(part=part), [of.cut[0].start, of.cut[-1].end])
        return {key: sums_kept(numbers, ()) for key, numbers in cursor.fetchall()}
