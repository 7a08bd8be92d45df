"""Getting in the line, and out of it without an answer."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from psycopg.types.json import Jsonb

from core.ids import new_ref
from interactions.values import WorkItemDraft
from routing.actions.base import LESS, free, tell
from routing.choices import ItemState, OfferState, Outcome, WithdrawReason
from routing.lines import Waiting, order_key
from routing.live import announce_gone
from routing.models import Offer, WorkItem
from routing.notices import CHANNEL, pack, wake
from routing.querysets import WorkItemQuerySet
from tenants.scope import labour_scope
from workforce.needs import bind

MOST_CLAIMS = 50

INSERT = f"""
WITH made AS (
  INSERT INTO routing_workitem (ref, brand_id, queue_id, interaction_ref, channel, direction, state, priority,
    order_key, due_at, target_seconds, offer_seconds, units, requirement, excluded, last_agent_id, is_test,
    waits, visitor_node, enqueued_at, requeued_at, outcome, version)
  VALUES (%(ref)s, %(brand_id)s, %(queue_id)s, %(interaction_ref)s, %(channel)s, 'in', '{ItemState.QUEUED}',
    %(priority)s, %(order_key)s, %(due_at)s, %(target_seconds)s, %(offer_seconds)s, %(units)s,
    %(requirement)s, '{{}}', %(last_agent_id)s, %(is_test)s, %(waits)s, '', %(enqueued_at)s,
    %(again_at)s, '', 1)
  ON CONFLICT (brand_id, interaction_ref) WHERE NOT state = '{ItemState.ENDED}' AND NOT beside DO NOTHING
  RETURNING id
)
SELECT id, pg_notify('{CHANNEL}', %(kind)s::text || id || %(rest)s::text) FROM made
"""  # noqa: S608


LEAVE = f"""
WITH line AS (
  SELECT i.id FROM routing_workitem i
  WHERE i.brand_id = %(brand_id)s AND i.interaction_ref = %(interaction_ref)s AND NOT i.beside
    AND i.state IN ('{ItemState.QUEUED}', '{ItemState.OFFERED}')
),
rung AS (
  UPDATE routing_offer o SET state = '{OfferState.WITHDRAWN}', reason = %(why)s::text, answered_at = %(now)s
  FROM line WHERE o.work_item_id = line.id AND o.state = '{OfferState.PENDING}'
  RETURNING o.work_item_id, o.ref, o.agent_id, o.brand_id, o.queue_id, o.channel, o.units
),
ended AS (
  UPDATE routing_workitem i SET state = '{ItemState.ENDED}', outcome = %(outcome)s, ended_at = %(now)s,
    version = i.version + 1
  FROM line LEFT JOIN rung ON rung.work_item_id = line.id
  WHERE i.id = line.id AND (i.state = '{ItemState.QUEUED}' OR rung.ref IS NOT NULL)
  RETURNING i.id, i.is_test, i.enqueued_at
),
gone AS (
  SELECT rung.*, ended.is_test FROM ended JOIN rung ON rung.work_item_id = ended.id
),
freed AS (
  UPDATE routing_agentcapacity c SET used = c.used - gone.units,
    held = {LESS.format(channel="gone.channel", brand="('b' || gone.brand_id)")}
  FROM gone WHERE c.agent_id = gone.agent_id
),
told AS (
  INSERT INTO tenants_labourevent (ref, brand_id, v, occurred_at, kind, interaction_ref, actor_kind, is_test,
    data)
  SELECT %(event_ref)s::uuid, gone.brand_id, 1, %(now)s, 'offer.withdrawn', %(interaction_ref)s, 'system',
    gone.is_test, jsonb_build_object('offer', gone.ref, 'agent_id', gone.agent_id,
      'queue_id', gone.queue_id, 'reason', %(why)s::text)
  FROM gone
)
SELECT ended.id, gone.agent_id, gone.ref,
  pg_notify('{CHANNEL}', concat('e', ended.id, ',', to_json(ended.enqueued_at) #>> '{{}}')),
  CASE WHEN gone.agent_id IS NOT NULL THEN pg_notify('{CHANNEL}', 'u' || gone.agent_id) END
FROM ended LEFT JOIN gone ON gone.work_item_id = ended.id
"""  # noqa: S608


def enqueue(draft: WorkItemDraft, *, now: datetime) -> int | None:
    """Put the interaction in the line; returns the item's id, None when it waits or is worked already.

    Runs in the brand's scope, under its role, in the transaction that queues the interaction. The order key
    is fixed here: when the target is due, less BOOST_SECONDS for each point of priority.
    """
    with connection.prepared() as cursor:  # type: ignore[attr-defined]
        cursor.execute(INSERT, _columns(draft))
        row = cursor.fetchone()
    return row[0] if row else None


def leave_line(
    brand_id: int,
    interaction_ref: UUID,
    *,
    outcome: str,
    why: WithdrawReason = WithdrawReason.LEFT,
    now: datetime,
) -> int | None:
    """End the wait and return the item's id, if it waited. What rings is withdrawn, without a strike.

    One statement: the item is claimed by its offer when it rings and by itself when it does not, offer
    before item before capacity. When it began or ceased to ring in between, neither claim took, and it is
    sent again: no offer outlives the wait it was made for.
    """
    values = {
        "brand_id": brand_id,
        "interaction_ref": interaction_ref,
        "outcome": outcome if outcome in Outcome.values else str(Outcome.CLOSED),
        "why": str(why),
        "event_ref": new_ref(now),
        "now": now,
    }
    with labour_scope(), transaction.atomic(savepoint=False):
        line = WorkItem.objects.waiting().of(brand_id, interaction_ref)
        for _ in range(MOST_CLAIMS):
            with connection.prepared() as cursor:  # type: ignore[attr-defined]
                cursor.execute(LEAVE, values)
                found = cursor.fetchone()
            if found:
                item_id, agent_id, offer_ref, *_told = found
                if agent_id:
                    announce_gone(agent_id, ref=offer_ref, state=OfferState.WITHDRAWN, reason=why)
                return int(item_id)
            if not line.exists():
                return None
        raise RuntimeError("an item in the line neither rings nor waits")


def end_item(item: WorkItem, *, outcome: str, not_a_contact: bool = False, now: datetime) -> None:
    """End a locked item and wake the leader."""
    WorkItem.every.filter(pk=item.pk).update(
        state=ItemState.ENDED,
        outcome=outcome,
        not_a_contact=not_a_contact,
        ended_at=now,
        wrap_up_due_at=None,
        wake_at=None,
        version=F("version") + 1,
    )
    wake(items=[item.pk], units=[item.agent_id] if item.agent_id else [])


def note_presence(brand_id: int, interaction_ref: UUID, *, node: str | None, now: datetime) -> None:
    """Note that the customer's socket came, to that node, or went (None). A place in the line stays."""
    with labour_scope(), transaction.atomic(savepoint=False):
        live = WorkItem.objects.live().of(brand_id, interaction_ref)
        if node:
            changed = live.exclude(visitor_node=node, absent_since__isnull=True)
            values: dict[str, Any] = {"visitor_node": node[:120], "absent_since": None}
        else:
            changed, values = live.filter(absent_since__isnull=True), {"absent_since": now}
        found = dict(changed.values_list("pk", "absent_since"))
        ids = list(found)
        if node and any(found.values()):
            values["back_at"] = now
        WorkItem.objects.filter(pk__in=ids).update(**values)
        wake(items=ids)


def note_left_message(brand_id: int, interaction_ref: UUID) -> None:
    """Note that the customer need not stay for the answer; place and wait go on."""
    with labour_scope(), transaction.atomic(savepoint=False):
        line = WorkItem.objects.waiting().of(brand_id, interaction_ref)
        ids = list(line.values_list("pk", flat=True))
        WorkItem.objects.filter(pk__in=ids).update(waits=True)
        wake(items=ids)


def withdraw(line: WorkItemQuerySet[WorkItem], *, why: WithdrawReason, now: datetime) -> WorkItem | None:
    """Withdraw what rings and return its item, locked; the offer's row is claimed before the item's."""
    offer = Offer.objects.pending().filter(work_item__in=line.waiting()).first()
    if offer is None or not Offer.objects.filter(pk=offer.pk, state=OfferState.PENDING).update(
        state=OfferState.WITHDRAWN, reason=why, answered_at=now
    ):
        return None
    item: WorkItem = WorkItem.every.select_for_update(of=("self",)).get(pk=offer.work_item_id)
    free(offer.agent_id, offer)
    tell("withdrawn", offer, item, at=now, reason=why)
    wake(units=[offer.agent_id])
    announce_gone(offer.agent_id, ref=offer.ref, state=OfferState.WITHDRAWN, reason=why)
    return item


def _news(draft: WorkItemDraft, order_key: datetime) -> dict[str, str]:
    """What the leader is told: all of it, unless a last agent is preferred or something special asked for."""
    if draft.last_agent_id or draft.need or draft.again_at:
        return {"kind": "i", "rest": ""}
    item = Waiting(
        id=0,
        version=1,
        brand_id=draft.brand_id,
        queue_id=draft.queue_id,
        order_key=order_key,
        enqueued_at=draft.enqueued_at,
        units=draft.units,
        channel=draft.channel,
        interaction_ref=draft.interaction_ref,
    )
    return {"kind": "n", "rest": pack(item)}


def _columns(draft: WorkItemDraft) -> dict[str, Any]:
    due_at = draft.enqueued_at + timedelta(seconds=draft.target_seconds)
    key = order_key(due_at, draft.priority)
    return {
        **_news(draft, key),
        "ref": new_ref(draft.enqueued_at),
        "brand_id": draft.brand_id,
        "queue_id": draft.queue_id,
        "interaction_ref": draft.interaction_ref,
        "channel": draft.channel,
        "priority": draft.priority,
        "order_key": key,
        "due_at": due_at,
        "target_seconds": draft.target_seconds,
        "offer_seconds": draft.offer_seconds,
        "units": draft.units,
        "requirement": Jsonb(_requirement(draft)),
        "last_agent_id": draft.last_agent_id,
        "is_test": draft.is_test,
        "waits": draft.waits,
        "enqueued_at": draft.enqueued_at,
        "again_at": draft.again_at,
    }


def _requirement(draft: WorkItemDraft) -> dict[str, str]:
    said = {"language": draft.language, "need": bind(draft.need, draft.language)}
    return {name: value for name, value in said.items() if value}
