"""What somebody who is not there any more was working on, given back brand by brand."""

from collections import Counter
from datetime import datetime
from typing import Any

from interactions import actions as interactions
from interactions.access import get_interaction, lock_interaction
from interactions.choices import State
from routing.actions.consulting import lose_places, pass_on
from routing.actions.offers import withdraw_offers
from routing.actions.work import return_to_line
from routing.choices import ItemState
from routing.models import QueuePlan, WorkItem
from tenants.scope import labour_scope, tenant_scope
from tenants.values import BrandCard, Grant

BACK, CLOSED, PASSED = "back", "closed", "passed"


def give_work_back(
    agent_id: int, *, brand: BrandCard, grant: Grant, reason: str = "agent_left", now: datetime
) -> dict[str, Any]:
    """Return the agent's open work in the brand to its place in the line.

    `reason`: why, for the brand's log. What is in wrap-up is closed, disposition not set: its customer waits
    for nothing. What somebody is in beside them goes on with that one; their own places beside others end.
    Offers are withdrawn.
    Part of the caller's transaction: all of the brand, or nothing. Again does no harm.

    Returns {"lines": {the line's name: how many wait there again}, "closed": how many were closed}.
    """
    with labour_scope():
        mine = WorkItem.objects.with_agent().filter(agent_id=agent_id, brand_id=brand.id)
        items = list(mine.order_by("order_key", "pk"))
    fates = [(item, _give_back(item, agent_id, brand, grant=grant, reason=reason, now=now)) for item in items]
    lose_places(agent_id, brand=brand, grant=grant, now=now)
    withdraw_offers(now, agent_id=agent_id)
    lines = Counter(item.queue_id for item, fate in fates if fate == BACK)
    return {"lines": _by_name(lines), "closed": sum(fate == CLOSED for _item, fate in fates)}


def _by_name(lines: Counter[int]) -> dict[str, int]:
    with labour_scope():
        named = QueuePlan.objects.filter(queue_id__in=lines).values_list("queue_id", "label")
        return {label: lines[queue_id] for queue_id, label in sorted(named, key=lambda pair: pair[1])}


def _give_back(
    item: WorkItem, agent_id: int, brand: BrandCard, *, grant: Grant, reason: str, now: datetime
) -> str:
    """Look again with the interaction locked: it may have ended, or be another's by now.

    Returns BACK, CLOSED, PASSED, or "" where there was nothing to do.
    """
    ref = item.interaction_ref
    with tenant_scope(brand, grant):
        lock_interaction(ref)
        view = get_interaction(ref)
    with labour_scope():
        current = WorkItem.objects.with_agent().filter(pk=item.pk, agent_id=agent_id).first()
    if current is None or view.agent_id != agent_id:
        return ""
    if current.state == ItemState.WRAP_UP or view.state == State.WRAP_UP:
        with tenant_scope(brand, grant):
            return CLOSED if interactions.force_wrap_up(ref, at_once=True, now=now) else ""
    if view.beside and pass_on(ref, brand=brand, grant=grant, reason=reason, now=now):
        return PASSED
    with tenant_scope(brand, grant):
        interactions.requeue(ref, reason=reason, now=now)
    return BACK if return_to_line(brand.id, ref, now=now) is not None else ""
