"""What follows an acceptance: wrap-up, the end, or back into the line."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

import workforce.actions as workforce
from core.ids import new_ref
from routing.actions.base import free
from routing.actions.line import end_item
from routing.actions.resting import count_hard
from routing.choices import ItemState, OfferState, Outcome
from routing.live import announce_work
from routing.models import Offer, WorkItem
from routing.notices import wake
from tenants.scope import labour_scope
from workforce.choices import EngagementKind

COPIED = (
    "brand_id",
    "queue_id",
    "interaction_ref",
    "channel",
    "direction",
    "priority",
    "order_key",
    "due_at",
    "target_seconds",
    "offer_seconds",
    "units",
    "requirement",
    "is_test",
    "waits",
    "visitor_node",
    "absent_since",
    "enqueued_at",
)

TRUE_USE = """
WITH live AS (
  SELECT agent_id, units, channel, brand_id FROM routing_offer WHERE state = 'pending'
  UNION ALL
  SELECT agent_id, coalesce(taken, units), channel, brand_id FROM routing_workitem
  WHERE state IN ('accepted', 'wrap_up')
),
marks AS (
  SELECT agent_id, mark, count(*) AS items
  FROM live CROSS JOIN LATERAL (VALUES (channel), ('b' || brand_id)) AS of (mark)
  GROUP BY agent_id, mark
),
units AS (SELECT agent_id, sum(units) AS units FROM live GROUP BY agent_id),
held AS (SELECT agent_id, jsonb_object_agg(mark, items) AS held FROM marks GROUP BY agent_id)
SELECT c.agent_id, coalesce(u.units, 0), coalesce(h.held, '{}')::text
FROM routing_agentcapacity c
LEFT JOIN units u ON u.agent_id = c.agent_id
LEFT JOIN held h ON h.agent_id = c.agent_id
WHERE c.used <> coalesce(u.units, 0) OR coalesce(h.held, '{}') <> (
  SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(c.held) WHERE value <> '0')
"""
MEND = "UPDATE routing_agentcapacity SET used = %s, held = %s::jsonb WHERE agent_id = %s"


def bring_to_front(brand_id: int, interaction_ref: UUID, *, agent_id: int, now: datetime) -> None:
    """Note that the agent has the conversation in front; one that they do not work on changes nothing."""
    with labour_scope(), transaction.atomic(savepoint=False):
        mine = WorkItem.every.in_work().of(brand_id, interaction_ref).filter(agent_id=agent_id)
        item_id = mine.values_list("pk", flat=True).first()
        if item_id is not None:
            workforce.focus(agent_id, work_item_id=item_id, now=now)


def close_item(
    brand_id: int,
    interaction_ref: UUID,
    *,
    outcome: str = Outcome.CLOSED,
    not_a_contact: bool = False,
    worked_until: datetime | None = None,
    was_hard: bool | None = None,
    now: datetime,
) -> WorkItem | None:
    """End the work: the agent's units are free again and their time counts for it no more.

    `not_a_contact`: it was spam or a duplicate, and counts in no service level.
    `worked_until`: when the agent's time for it ended, if that was before; never before they accepted it.
    `was_hard`: whether the contact was; None: nobody said.
    """
    with labour_scope(), transaction.atomic(savepoint=False):
        item = held_item(brand_id, interaction_ref)
        if item is None or item.agent_id is None:
            return None
        end_item(item, outcome=outcome, not_a_contact=not_a_contact, now=now)
        if item.state == ItemState.SLEEPING:
            announce_work(item.agent_id)
            return item
        ended_at = max(worked_until, item.answered_at or now) if worked_until else now
        free(item.agent_id, item, worked_until=ended_at)
        if was_hard is not None and not item.is_test:
            count_hard(item, item.agent_id, was_hard=was_hard, now=now)
        workforce.disengage(item.agent_id, work_item_id=item.pk, worked_until=ended_at, now=now)
        announce_work(item.agent_id)
        return item


def return_to_line(
    brand_id: int,
    interaction_ref: UUID,
    *,
    to_others: bool = False,
    worked_until: datetime | None = None,
    now: datetime,
) -> WorkItem | None:
    """End the agent's work and let the interaction wait again, with its old key: first in line as a rule.

    The agent it had is asked first, if they come back in time; `to_others`: after everybody else.
    `worked_until` as in close_item.
    """
    with labour_scope(), transaction.atomic(savepoint=False):
        ended = close_item(
            brand_id, interaction_ref, outcome=Outcome.REQUEUED, worked_until=worked_until, now=now
        )
        if ended is None:
            return None
        had: dict[str, Any] = (
            {"excluded": {str(ended.agent_id): now.isoformat()}}
            if to_others
            else {"last_agent_id": ended.agent_id}
        )
        return wait_again(ended, now=now, **had)


def wait_again(ended: WorkItem, *, now: datetime, **other: Any) -> WorkItem:
    """Make the item that waits in the ended one's place; `other` columns are what differs.

    What slept waits as a message does: nobody need sit there for it.
    """
    kept = {name: getattr(ended, name) for name in COPIED} | other
    kept["waits"] = ended.waits or ended.state == ItemState.SLEEPING
    item = WorkItem.objects.create(ref=new_ref(now), requeued_at=now, **kept)
    wake(items=[item.pk])
    return item


def recount() -> dict[int, int]:
    """Compute from the rows what each agent has taken; mend and return {agent id: units} that differed.

    The capacity rows are locked before the rows are read a second time, so work in flight is counted once.
    """
    with labour_scope(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TRUE_USE)
        suspects = [row[0] for row in cursor.fetchall()]
        if not suspects:
            return {}
        cursor.execute(
            "SELECT FROM routing_agentcapacity WHERE agent_id = ANY(%s) ORDER BY agent_id FOR UPDATE",
            [suspects],
        )
        cursor.execute(TRUE_USE)
        wrong = [row for row in cursor.fetchall() if row[0] in suspects]
        for agent_id, units, held in wrong:
            cursor.execute(MEND, [units, held, agent_id])
        wake(agents=[row[0] for row in wrong])
    return {agent_id: int(units) for agent_id, units, _held in wrong}


def engage(item: WorkItem, kind: EngagementKind, *, now: datetime) -> None:
    """Count the agent's time for the item, for the pool it was taken by."""
    accepted = Offer.objects.filter(work_item=item, state=OfferState.ACCEPTED)
    workforce.engage(
        item.agent_id or 0,
        work_item_id=item.pk,
        brand_id=item.brand_id,
        queue_id=item.queue_id,
        pool_id=accepted.values_list("pool_id", flat=True).first(),
        is_test=item.is_test,
        kind=kind,
        now=now,
    )


def held_item(brand_id: int, interaction_ref: UUID) -> WorkItem | None:
    """Lock what an agent has, asleep or not."""
    found = WorkItem.objects.with_agent().of(brand_id, interaction_ref)
    return found.select_for_update(of=("self",)).first()
