"""How brands are doing now and today: the numbers that their own portals and lists over all of them show.

From public rows alone, tallies and work items, each brand's day cut in its own zone: no schema of a brand is
entered, however many are asked for. Tests are in no number.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.choices import MembershipState, Role
from routing.choices import ItemState
from routing.writes import run_here
from tenants.values import BrandCard
from workforce.actions.presence import RELOAD_SECONDS
from workforce.choices import Availability
from workforce.ledger import day_bounds

TODAY = f"""
SELECT b.brand_id, coalesce(w.waiting, 0), w.oldest, coalesce(t.offered, 0), coalesce(t.answered, 0),
  coalesce(t.in_target, 0), coalesce(t.abandoned, 0), coalesce(a.available, 0)
FROM unnest(%(brands)s::bigint[], %(starts)s::timestamptz[]) AS b (brand_id, start)
LEFT JOIN LATERAL (
  SELECT count(*) AS waiting, min(w.enqueued_at) AS oldest
  FROM routing_queueplan p JOIN routing_workitem w ON w.queue_id = p.queue_id
  WHERE p.brand_id = b.brand_id AND w.state IN ('{ItemState.QUEUED}', '{ItemState.OFFERED}')
    AND NOT w.is_test AND NOT w.beside) w ON true
LEFT JOIN LATERAL (
  SELECT sum(q.offered) AS offered, sum(q.answered) AS answered, sum(q.in_target) AS in_target,
    sum(q.abandoned) AS abandoned
  FROM routing_queueplan p JOIN routing_queuetally q ON q.queue_id = p.queue_id
  WHERE p.brand_id = b.brand_id AND q.brand_id = b.brand_id AND q.interval_start >= b.start) t ON true
LEFT JOIN LATERAL (
  SELECT count(DISTINCT s.agent_id) AS available
  FROM accounts_membership m
  JOIN workforce_agentstate s ON s.agent_id = m.user_id
  JOIN workforce_agent g ON g.user_id = m.user_id AND g.left_on IS NULL
  WHERE m.brand_id = b.brand_id AND m.role = '{Role.AGENT}' AND m.state = '{MembershipState.ACTIVE}'
    AND (m.valid_until IS NULL OR m.valid_until > %(now)s::timestamptz)
    AND s.availability = '{Availability.AVAILABLE}' AND s.connected
    AND (s.lost_at IS NULL OR s.lost_at > %(now)s::timestamptz - interval '{RELOAD_SECONDS} s')) a ON true
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class BrandNow:
    """`oldest_at`: since when the one who has waited longest waits. `available`: agents with a seat there.

    The rest is of the brand's day so far, over all its queues.
    """

    waiting: int
    oldest_at: datetime | None
    offered: int
    answered: int
    in_target: int
    abandoned: int
    available: int

    @property
    def settled(self) -> int:
        return self.answered + self.abandoned

    def seconds(self, now: datetime) -> int | None:
        """For how long the one who has waited longest waits; None when nobody does."""
        return max(0, int((now - self.oldest_at).total_seconds())) if self.oldest_at else None

    @property
    def service_level(self) -> float | None:
        """Percent answered within target, of the answered and the abandoned: SL.NEG of the report."""
        return 100 * self.in_target / self.settled if self.settled else None


def brands_now(cards: Iterable[BrandCard], *, now: datetime) -> dict[int, BrandNow]:
    """Read how each of the brands is doing, by id; one statement."""
    starts = {card.id: _day_began(card, now) for card in cards}
    if not starts:
        return {}
    asked = {"brands": list(starts), "starts": list(starts.values()), "now": now}
    return {brand_id: _brand_now(*numbers) for brand_id, *numbers in run_here(TODAY, asked)}


def _brand_now(waiting: int, oldest: datetime | None, *counts: Any) -> BrandNow:
    return BrandNow(waiting, oldest, *map(int, counts))


def _day_began(card: BrandCard, now: datetime) -> datetime:
    zone = ZoneInfo(card.timezone)
    return day_bounds(now.astimezone(zone).date(), zone)[0]
