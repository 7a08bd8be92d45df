"""Getting in the line, and out of it without an answer."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from psycopg.types.json import Jsonb

from core.ids import new_ref
from interactions.values import WorkItemDraft
from routing.actions.base import free, tell
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
) -> WorkItem | None:
    """End the wait and return the item, if it waited. An offer that rings is withdrawn, without a strike.

    The item is claimed by its offer when it rings and by itself when it does not. When it began or ceased to
    ring in between, neither claim took, and both are tried again: no offer outlives the wait it was made for.
    """
    known = outcome if outcome in Outcome.values else Outcome.CLOSED
    with labour_scope(), transaction.atomic(savepoint=False):
        line = WorkItem.objects.of(brand_id, interaction_ref)
        for _ in range(MOST_CLAIMS):
            item = withdraw(line, why=why, now=now) or _queued(line)
            if item is not None:
                end_item(item, outcome=known, now=now)
            if item is not None or not line.waiting().exists():
                return item
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
    wake(items=[item.pk], agents=[item.agent_id] if item.agent_id else [])


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
    wake(agents=[offer.agent_id])
    announce_gone(offer.agent_id, ref=offer.ref)
    return item


def _queued(line: WorkItemQuerySet[WorkItem]) -> WorkItem | None:
    """Lock the item if it does not ring: asked again by the server once the lock is there."""
    return line.filter(state=ItemState.QUEUED).select_for_update(of=("self",)).first()


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
