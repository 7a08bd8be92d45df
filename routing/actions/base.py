"""What the verbs share. All of it runs in the labour scope, inside the verb's transaction.

Locks are taken in one order everywhere: interaction row, offer, work item, capacity, agent state.
"""

from datetime import datetime
from typing import Any

from django.db import connection

from routing import live
from routing.choices import ItemState, OfferState
from routing.lines import brand_mark
from routing.models import Offer, WorkItem
from routing.notices import wake
from tenants.labour import record_labour

LESS = """held || jsonb_build_object(
    {channel}, greatest(coalesce((held->>{channel})::int, 0) - 1, 0),
    {brand}, greatest(coalesce((held->>{brand})::int, 0) - 1, 0))"""
"""What an agent holds, with one item of that channel and brand less."""
FREE = f"""
UPDATE routing_agentcapacity SET used = used - %(units)s::int,
  freed_at = greatest(freed_at, %(worked_until)s::timestamptz),
  held = {LESS.format(channel="%(channel)s::text", brand="%(brand)s::text")}
WHERE agent_id = %(agent_id)s
"""  # noqa: S608


def free(agent_id: int, of: Offer | WorkItem, *, worked_until: datetime | None = None) -> None:
    """Give back what the agent had taken for an offer or an item.

    `worked_until`: when work ended; a missed offer leaves them as idle as they were.
    """
    values: dict[str, Any] = {
        "agent_id": agent_id,
        "units": of.units if isinstance(of, Offer) or of.taken is None else of.taken,
        "channel": of.channel,
        "brand": brand_mark(of.brand_id),
        "worked_until": worked_until,
    }
    with connection.cursor() as cursor:
        cursor.execute(FREE, values)


def tell(
    kind: str, offer: Offer, item: WorkItem, *, by: int | None = None, at: datetime, **data: Any
) -> None:
    """Write `offer.<kind>` into the labour log; `by` is the agent whose doing it was, None the system's.

    An offer to advise a colleague says `consult`.
    """
    asked = {"consult": True} if item.beside else {}
    record_labour(
        f"offer.{kind}",
        brand_id=offer.brand_id,
        interaction_ref=item.interaction_ref,
        actor_kind="agent" if by else "system",
        actor_id=by,
        is_test=item.is_test,
        data={
            "offer": str(offer.ref),
            "agent_id": offer.agent_id,
            "queue_id": offer.queue_id,
            **asked,
            **data,
        },
        occurred_at=at,
    )


def put_back(offer: Offer, state: OfferState, *, reason: str = "", at: datetime) -> bool:
    """End a pending offer and give its item back its place, which it never lost; False when it was answered.

    Who declined it or let it ring out is noted on the item, so that others are asked first. What was asked of
    this agent alone is missed: nobody else is.
    """
    pending = Offer.objects.filter(pk=offer.pk, state=OfferState.PENDING)
    if not pending.update(state=state, reason=reason, answered_at=at):
        return False
    item = WorkItem.every.select_for_update(of=("self",)).get(pk=offer.work_item_id)
    if item.state == ItemState.OFFERED:
        if state != OfferState.WITHDRAWN:
            item.excluded[str(offer.agent_id)] = at.isoformat()
        item.state = ItemState.MISSED if item.only_agent_id else ItemState.QUEUED
        item.version += 1
        item.save(update_fields=["state", "version", "excluded"])
    free(offer.agent_id, offer)
    by = offer.agent_id if state == OfferState.DECLINED else None
    tell(state, offer, item, by=by, at=at, reason=reason)
    wake(items=[item.pk], units=[offer.agent_id])
    live.announce_gone(offer.agent_id, ref=offer.ref, state=state, reason=reason)
    return True
