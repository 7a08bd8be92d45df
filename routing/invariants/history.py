"""What should have been so all along: turns, certifications, ledgers, and tests that stay apart."""

from collections.abc import Iterator
from datetime import datetime

from routing.choices import ItemState, Why
from routing.invariants.turns import Turn, overtaken
from routing.querysets import ABSENT_SECONDS
from routing.writes import run_here
from tenants.clients import served_clients
from tenants.scope import labour_scope
from workforce.ledger import Kind, Slice, wall_seconds
from workforce.models import StateInterval
from workforce.queries import ledgers_of

AGENTS_AT_ONCE = 100

TURNS = f"""
WITH decided AS (
  SELECT work_item_id, min(at) AS at, min(why) AS why FROM routing_decision
  WHERE at > %(since)s::timestamptz AND at <= %(now)s::timestamptz GROUP BY work_item_id
),
moved AS (
  SELECT i.id FROM tenants_labourevent e JOIN routing_workitem i ON i.interaction_ref = e.interaction_ref
  WHERE e.kind = 'item.prioritised' AND e.brand_id = ANY(%(brands)s::bigint[])
    AND e.occurred_at > %(since)s::timestamptz
),
asked AS (
  SELECT work_item_id FROM decided
  UNION
  SELECT id FROM routing_workitem WHERE state IN ('{ItemState.QUEUED}', '{ItemState.OFFERED}')
  UNION
  SELECT id FROM routing_workitem WHERE agent_id IS NULL AND ended_at > %(since)s::timestamptz
)
SELECT i.id, i.queue_id, i.units, i.channel, i.requirement->>'need', i.priority, i.target_seconds,
  i.order_key, i.enqueued_at, greatest(i.enqueued_at, i.requeued_at, i.back_at),
  least(
    (SELECT min(o.made_at) FROM routing_offer o WHERE o.work_item_id = i.id),
    i.ended_at,
    CASE WHEN NOT i.waits THEN i.absent_since + interval '{ABSENT_SECONDS} s' END),
  CASE WHEN d.why <> '{Why.DIRECT}' THEN d.at END,
  i.last_agent_id IS NULL AND (i.requeued_at IS NULL OR i.excluded = '{{}}')
    AND NOT EXISTS (SELECT FROM moved m WHERE m.id = i.id)
FROM asked a JOIN routing_workitem i ON i.id = a.work_item_id AND NOT i.beside
LEFT JOIN decided d ON d.work_item_id = i.id
"""  # noqa: S608

UNCERTIFIED = """
SELECT 'item ' || d.work_item_id || ', agent ' || d.agent_id || ', ' || d.at FROM routing_decision d
WHERE d.at > %(since)s::timestamptz AND d.at <= %(now)s::timestamptz AND NOT EXISTS (
  SELECT FROM workforce_certification c
  WHERE c.agent_id = d.agent_id AND c.brand_id = d.brand_id AND c.valid_from <= d.at
    AND (c.valid_until IS NULL OR c.valid_until > d.at))
ORDER BY d.at
"""

UNEVEN = """
SELECT 'agent ' || agent_id || ' has a gap or a second state at ' || ended_at
FROM (
  SELECT agent_id, ended_at, lead(started_at) OVER (PARTITION BY agent_id ORDER BY started_at, id) AS next
  FROM workforce_stateinterval
  WHERE NOT is_correction AND started_at < %(now)s::timestamptz
    AND (ended_at IS NULL OR ended_at > %(since)s::timestamptz)
) part WHERE next IS DISTINCT FROM ended_at AND next IS NOT NULL
UNION ALL
SELECT 'agent ' || agent_id || ' was twice on item ' || work_item_id || ' at ' || next
FROM (
  SELECT agent_id, work_item_id, ended_at,
    lead(started_at) OVER (PARTITION BY agent_id, work_item_id ORDER BY started_at, id) AS next
  FROM workforce_engagement
  WHERE started_at < %(now)s::timestamptz AND (ended_at IS NULL OR ended_at > %(since)s::timestamptz)
) part WHERE next < coalesce(ended_at, 'infinity')
"""

MIXED = f"""
SELECT 'item ' || i.id || ' and the time on it' FROM workforce_engagement e
JOIN routing_workitem i ON i.id = e.work_item_id
WHERE e.is_test <> i.is_test AND (e.ended_at IS NULL OR e.ended_at > %(since)s::timestamptz)
UNION
SELECT 'item ' || i.id || ' and its events' FROM tenants_labourevent e
JOIN routing_offer o ON o.ref = (e.data->>'offer')::uuid
JOIN routing_workitem i ON i.id = o.work_item_id
WHERE e.brand_id = ANY(%(brands)s::bigint[]) AND e.occurred_at > %(since)s::timestamptz
  AND e.kind LIKE 'offer.%%' AND e.is_test <> i.is_test
UNION
SELECT 'item ' || i.id || ' and that it came back as' FROM routing_workitem i
JOIN routing_workitem before ON before.brand_id = i.brand_id
  AND before.interaction_ref = i.interaction_ref AND before.id < i.id
WHERE i.requeued_at > %(since)s::timestamptz AND NOT i.state = '{ItemState.ENDED}'
  AND before.is_test <> i.is_test
"""  # noqa: S608


def out_of_turn(since: datetime, now: datetime) -> list[str]:
    """Name who was served before somebody of the same line who had come earlier and waited, too."""
    rows = run_here(TURNS, {"since": since, "now": now, "brands": _brands()})
    turns = [Turn(row[0], row[1:5], row[5:7], *row[7:]) for row in rows]
    return [f"item {late} before item {early}" for late, early in overtaken(turns)]


def uncertified(since: datetime, now: datetime) -> list[str]:
    """Name the offers whose agent had no certification in force."""
    return [row[0] for row in run_here(UNCERTIFIED, {"since": since, "now": now})]


def uneven_ledgers(since: datetime, now: datetime) -> list[str]:
    """Name agents whose ledger has gaps, counts a second twice, or does not add up to wall time."""
    found = [row[0] for row in run_here(UNEVEN, {"since": since, "now": now})]
    return [*found, *_not_adding_up(since, now)]


def _not_adding_up(since: datetime, now: datetime) -> Iterator[str]:
    with labour_scope():
        rows = StateInterval.objects.overlapping(since, now).values_list("agent_id", flat=True)
        agents = sorted(set(rows))
    wall = wall_seconds(since, now)
    for first in range(0, len(agents), AGENTS_AT_ONCE):
        ledgers = ledgers_of(agents[first : first + AGENTS_AT_ONCE], start=since, end=now)
        for agent_id, slices in ledgers.items():
            if sum(piece.seconds for piece in slices) != wall:
                yield f"agent {agent_id}: the parts are not {wall} s"
            if Kind.UNKNOWN in [piece.kind for piece in slices if piece.start >= _begun(slices)]:
                yield f"agent {agent_id}: of a stretch nothing is known"


def _begun(slices: list[Slice]) -> datetime:
    """When anything about the agent began to be known."""
    return min(piece.start for piece in slices if piece.kind != Kind.UNKNOWN)


def mixed_tests(since: datetime, now: datetime) -> list[str]:
    """Name items that are a test where their hours or events are none, or the other way round."""
    return [row[0] for row in run_here(MIXED, {"since": since, "brands": _brands()})]


def _brands() -> list[int]:
    return [card.id for card in served_clients()]
