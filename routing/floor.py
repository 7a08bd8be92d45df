"""The floor as it is now: what each agent is and is on, how each queue is doing. Numbers, codes, instants.

A few statements, whatever the size of the house; who rests is asked only where somebody may. Tests are on an
agent's desk like other work, and in no number of a queue.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from accounts.choices import MembershipState, Role
from interactions.actions.resting import MOST_HOLD
from routing.choices import ItemState, OfferState
from routing.states import rests_now
from routing.writes import TAKES, run_here
from workforce.actions.presence import RELOAD_SECONDS
from workforce.choices import Availability, EngagementKind

LOST = "lost"
"""What an agent is whose connection went and who did not sign off: neither available nor offline."""

AGENTS = f"""
SELECT a.user_id, a.team_id, s.availability, coalesce(r.code, ''), s.next_availability, s.since, s.connected,
  s.lost_at, coalesce(c.used, 0), coalesce(c.cap, 100),
  ARRAY(SELECT DISTINCT m.brand_id FROM accounts_membership m
    WHERE m.user_id = a.user_id AND m.role = '{Role.AGENT}' AND m.state = '{MembershipState.ACTIVE}'
      AND m.brand_id IS NOT NULL AND (m.valid_until IS NULL OR m.valid_until > %(now)s::timestamptz))
FROM workforce_agent a
JOIN workforce_agentstate s ON s.agent_id = a.user_id
LEFT JOIN workforce_availabilityreason r ON r.id = s.reason_id
LEFT JOIN routing_agentcapacity c ON c.agent_id = a.user_id
WHERE a.left_on IS NULL
"""  # noqa: S608
WORK = f"""
SELECT agent_id, brand_id, count(*) FILTER (WHERE state = '{ItemState.ACCEPTED}'),
  count(*) FILTER (WHERE state = '{ItemState.WRAP_UP}'), 0, 0
FROM routing_workitem
WHERE state IN ('{ItemState.ACCEPTED}', '{ItemState.WRAP_UP}') AND NOT state = '{ItemState.ENDED}'
GROUP BY agent_id, brand_id
UNION ALL
SELECT agent_id, brand_id, 0, 0, count(*), 0 FROM routing_offer
WHERE state = '{OfferState.PENDING}' AND expires_at > %(now)s::timestamptz
GROUP BY agent_id, brand_id
UNION ALL
SELECT agent_id, brand_id, 0, 0, 0, count(*) FROM workforce_engagement
WHERE ended_at IS NULL AND kind = '{EngagementKind.HOLD}'
  AND started_at <= %(now)s::timestamptz - interval '{MOST_HOLD.total_seconds():.0f} s'
GROUP BY agent_id, brand_id
"""  # noqa: S608
QUEUES = f"""
SELECT p.queue_id, p.brand_id, coalesce(w.waiting, 0), w.oldest, coalesce(t.offered, 0),
  coalesce(t.answered, 0), coalesce(t.in_target, 0), coalesce(t.abandoned, 0)
FROM routing_queueplan p
LEFT JOIN (
  SELECT queue_id, count(*) AS waiting, min(enqueued_at) AS oldest FROM routing_workitem
  WHERE state IN ('{ItemState.QUEUED}', '{ItemState.OFFERED}') AND NOT is_test AND NOT beside
  GROUP BY queue_id) w ON w.queue_id = p.queue_id
LEFT JOIN (
  SELECT q.queue_id, sum(q.offered) AS offered, sum(q.answered) AS answered, sum(q.in_target) AS in_target,
    sum(q.abandoned) AS abandoned
  FROM unnest(%(brands)s::bigint[], %(starts)s::timestamptz[]) AS today (brand_id, start)
  JOIN routing_queuetally q ON q.brand_id = today.brand_id AND q.interval_start >= today.start
  GROUP BY q.queue_id) t ON t.queue_id = p.queue_id
"""  # noqa: S608
READY = f"""
SELECT p.queue_id, count(DISTINCT s.agent_id)
FROM workforce_agentstate s
JOIN routing_poolmember m ON m.agent_id = s.agent_id AND m.valid_from <= %(now)s::timestamptz
  AND (m.valid_until IS NULL OR m.valid_until > %(now)s::timestamptz)
JOIN routing_poolqueue q ON q.pool_id = m.pool_id
JOIN routing_queueplan p ON p.queue_id = q.queue_id
LEFT JOIN routing_agentcapacity c ON c.agent_id = s.agent_id
WHERE s.availability = '{Availability.AVAILABLE}' AND s.next_availability = '' AND s.connected
  AND (s.lost_at IS NULL OR s.lost_at > %(now)s::timestamptz - interval '{RELOAD_SECONDS} s')
  AND coalesce(c.used, 0) + {TAKES.format(agent="s.agent_id", of="p")} <= coalesce(c.cap, 100)
  AND EXISTS (
    SELECT FROM accounts_membership a
    WHERE a.user_id = s.agent_id AND a.brand_id = p.brand_id AND a.role = '{Role.AGENT}'
      AND a.state = '{MembershipState.ACTIVE}'
      AND (a.valid_until IS NULL OR a.valid_until > %(now)s::timestamptz))
  AND EXISTS (
    SELECT FROM workforce_certification k
    WHERE k.agent_id = s.agent_id AND k.brand_id = p.brand_id AND k.valid_from <= %(now)s::timestamptz
      AND (k.valid_until IS NULL OR k.valid_until > %(now)s::timestamptz))
GROUP BY p.queue_id
"""  # noqa: S608

Work = tuple[int, int, int, int]
"""Of one brand: conversations in hand, in wrap-up, ringing, and of those in hand how many are on hold for too
long."""


@dataclass(frozen=True, slots=True)
class AgentNow:
    """`state` is the availability, or LOST; since when is `since`. `work` is by brand id.

    `rests_until`: nothing is offered before, although they are available.
    """

    agent_id: int
    team_id: int | None
    brands: frozenset[int]
    state: str
    reason: str
    following: str
    since: datetime
    used: int
    cap: int
    work: Mapping[int, Work]
    rests_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class QueueNow:
    """`oldest_at`: since when the one who has waited longest waits. The rest is of the brand's day so far.

    `ready`: who could be asked at once, of the queue's own pools.
    """

    queue_id: int
    brand_id: int
    waiting: int
    oldest_at: datetime | None
    offered: int
    answered: int
    in_target: int
    abandoned: int
    ready: int

    @property
    def service_level(self) -> float | None:
        """Percent answered within target, of the answered and the abandoned: SL.NEG of the report."""
        settled = self.answered + self.abandoned
        return 100 * self.in_target / settled if settled else None


def agents_now(now: datetime) -> list[AgentNow]:
    """Read every agent who has not left."""
    work: dict[int, dict[int, Work]] = defaultdict(dict)
    for agent_id, brand_id, talking, wrapping, ringing, holding in run_here(WORK, {"now": now}):
        t, w, r, h = work[agent_id].get(brand_id, (0, 0, 0, 0))
        work[agent_id][brand_id] = (t + talking, w + wrapping, r + ringing, h + holding)
    agents = (_agent(row, work.get(row[0], {}), now) for row in run_here(AGENTS, {"now": now}))
    rests = rests_now(now)
    return [
        replace(one, rests_until=rests[one.agent_id].until) if one.agent_id in rests else one
        for one in agents
    ]


def queues_now(now: datetime, *, days: Mapping[int, datetime]) -> list[QueueNow]:
    """Read every queue; `days`: when the day of each brand began."""
    ready = dict(run_here(READY, {"now": now}))
    rows = run_here(QUEUES, {"brands": list(days), "starts": list(days.values())})
    return [QueueNow(*(*row, ready.get(row[0], 0))) for row in rows]


def _agent(row: tuple, work: Mapping[int, Work], now: datetime) -> AgentNow:  # type: ignore[type-arg]
    agent_id, team_id, availability, reason, following, since, connected, lost_at, used, cap, brands = row
    is_gone = not connected or (lost_at and lost_at <= now - timedelta(seconds=RELOAD_SECONDS))
    if is_gone and availability != Availability.OFFLINE:
        availability, reason, since = LOST, "", lost_at or since
    return AgentNow(
        agent_id, team_id, frozenset(brands), availability, reason, following, since, used, cap, work
    )
