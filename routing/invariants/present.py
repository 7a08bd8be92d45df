"""What holds at any instant: offers, units and limits, and nobody idle beside work they could do."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from routing.actions.work import TRUE_USE
from routing.choices import ItemState, OfferState
from routing.lines import Lines
from routing.loading import load_house, load_seats, load_waiting
from routing.match import match
from routing.models import AgentCapacity, Offer, WorkItem
from routing.shares import Shares
from routing.writes import run_here
from tenants.scope import labour_scope

IDLE_SECONDS = 2
LATE_SECONDS = 10

OFFERS = f"""
WITH live AS (
  SELECT i.id, i.state, i.agent_id, o.state AS offer, o.agent_id AS asked, o.expires_at
  FROM routing_workitem i
  LEFT JOIN routing_offer o ON o.work_item_id = i.id
    AND o.state IN ('{OfferState.PENDING}', '{OfferState.ACCEPTED}')
  WHERE NOT i.state = '{ItemState.ENDED}'
)
SELECT 'item ' || id || ' has ' || count(*) || ' live offers' FROM live GROUP BY id HAVING count(*) > 1
UNION ALL
SELECT 'item ' || id || ' is ' || state || ', its offer ' || coalesce(offer, 'none') FROM live
WHERE coalesce(offer, '') <> CASE state WHEN '{ItemState.QUEUED}' THEN ''
  WHEN '{ItemState.OFFERED}' THEN '{OfferState.PENDING}' WHEN '{ItemState.MISSED}' THEN ''
  ELSE '{OfferState.ACCEPTED}' END
UNION ALL
SELECT 'item ' || id || ' is worked by ' || agent_id || ', accepted by ' || asked FROM live
WHERE offer = '{OfferState.ACCEPTED}' AND agent_id <> asked
UNION ALL
SELECT 'item ' || id || ' rings past its end' FROM live
WHERE offer = '{OfferState.PENDING}' AND expires_at < %(now)s::timestamptz - interval '{LATE_SECONDS} s'
UNION ALL
SELECT 'offer ' || o.id || ' rings for an item that ended' FROM routing_offer o
JOIN routing_workitem i ON i.id = o.work_item_id
WHERE o.state = '{OfferState.PENDING}' AND i.state = '{ItemState.ENDED}'
"""  # noqa: S608

OVERFULL = """
WITH live AS (
  SELECT agent_id, units, channel, brand_id FROM routing_offer WHERE state = 'pending'
  UNION ALL
  SELECT agent_id, coalesce(taken, units), channel, brand_id FROM routing_workitem
  WHERE state IN ('accepted', 'wrap_up')
),
units AS (SELECT agent_id, sum(units) AS units FROM live GROUP BY agent_id)
SELECT 'agent ' || u.agent_id || ' has ' || u.units || ' units of ' || coalesce(c.cap, 0) ||
  ', counted as ' || coalesce(c.used, 0)
FROM units u LEFT JOIN routing_agentcapacity c ON c.agent_id = u.agent_id
WHERE u.units > coalesce(c.cap, 0) OR u.units > coalesce(c.used, 0)
"""


def doubled_offers(now: datetime) -> list[str]:
    """Name items with two live offers, or with another one than their state says, and what rings too long."""
    return [row[0] for row in run_here(OFFERS, {"now": now})]


def overfull(now: datetime) -> list[str]:
    """Name agents who have more than their units, or more than is counted, so that they could get more."""
    return [row[0] for row in run_here(OVERFULL, {})]


def reserved(now: datetime) -> list[str]:
    """Name agents whose units or counts are taken without an offer or work of theirs."""
    with labour_scope(), connection.cursor() as cursor:
        cursor.execute(TRUE_USE)
        right = {agent_id: int(units) for agent_id, units, _held in cursor.fetchall()}
        counted = AgentCapacity.objects.in_bulk(list(right))
    return [
        f"agent {agent_id}: {counted[agent_id].used} units are taken, {units} are right"
        for agent_id, units in right.items()
        if agent_id in counted and counted[agent_id].used >= units
    ]


def idle(now: datetime) -> list[str]:
    """Name items that have waited for two seconds beside somebody who has been free for them as long.

    By the matcher itself, as of two seconds ago. Who only helps out in an overflow is left aside.
    """
    then = now - timedelta(seconds=IDLE_SECONDS)
    entries = [entry for entry in load_waiting(run_here) if entry.is_open(now)]
    old = [entry.item for entry in entries if entry.item.enqueued_at <= then]
    if not old:
        return []
    came = _came_back([item.id for item in old], then)
    seats = {seat.agent_id: seat for seat in load_seats(now).values() if seat.idle_since <= then}
    busy = _answered("agent_id", list(seats), then)
    quiet = {agent_id: seat for agent_id, seat in seats.items() if agent_id not in busy}
    lines = Lines([item for item in old if item.id not in came])
    pairs = match(lines, quiet, Shares(), now=then, house=load_house()[0])
    return [f"item {pair.item.id} beside agent {pair.seat.agent_id}" for pair in pairs]


def _came_back(ids: list[int], then: datetime) -> set[int]:
    """Those of the items that came back into the line, or whose customer did, after `then`."""
    with labour_scope():
        back = WorkItem.objects.filter(Q(requeued_at__gt=then) | Q(back_at__gt=then), pk__in=ids)
        return set(back.values_list("pk", flat=True)) | _answered("work_item_id", ids, then)


def _answered(column: str, ids: list[int], then: datetime) -> set[int]:
    """Those of the ids that an offer of has ended after `then`."""
    with labour_scope():
        ended = Offer.objects.filter(**{f"{column}__in": ids, "answered_at__gt": then})
        return set(ended.values_list(column, flat=True))
