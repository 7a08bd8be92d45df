"""What somebody who is not there any more was working on, given back brand by brand."""

from datetime import datetime
from uuid import UUID

from interactions import actions as interactions
from interactions.access import get_interaction, lock_interaction
from interactions.choices import State
from routing.actions.offers import withdraw_offers
from routing.actions.work import return_to_line
from routing.choices import ItemState
from routing.models import WorkItem
from tenants.scope import labour_scope, tenant_scope
from tenants.values import BrandCard, Grant


def give_work_back(
    agent_id: int, *, brand: BrandCard, grant: Grant, reason: str = "agent_left", now: datetime
) -> int:
    """Return the agent's open work in the brand to its place in the line; returns how many items.

    `reason`: why, for the brand's log. What is in wrap-up is closed, disposition not set: its customer waits
    for nothing. Offers are withdrawn.
    Part of the caller's transaction: all of the brand, or nothing. Again does no harm.
    """
    with labour_scope():
        mine = WorkItem.objects.with_agent().filter(agent_id=agent_id, brand_id=brand.id)
        items = list(mine.order_by("order_key", "pk"))
    given = sum(_give_back(item, agent_id, brand, grant=grant, reason=reason, now=now) for item in items)
    withdraw_offers(now, agent_id=agent_id)
    return given


def _give_back(
    item: WorkItem, agent_id: int, brand: BrandCard, *, grant: Grant, reason: str, now: datetime
) -> bool:
    """Look again with the interaction locked: it may have ended, or be another's by now."""
    ref = item.interaction_ref
    with tenant_scope(brand, grant):
        lock_interaction(ref)
        state, holder = _where(ref)
    with labour_scope():
        current = WorkItem.objects.with_agent().filter(pk=item.pk, agent_id=agent_id).first()
    if current is None or holder != agent_id:
        return False
    if current.state == ItemState.WRAP_UP or state == State.WRAP_UP:
        with tenant_scope(brand, grant):
            return interactions.force_wrap_up(ref, at_once=True, now=now)
    with tenant_scope(brand, grant):
        interactions.requeue(ref, reason=reason, now=now)
    return return_to_line(brand.id, ref, now=now) is not None


def _where(ref: UUID) -> tuple[str, int | None]:
    view = get_interaction(ref)
    return view.state, view.agent_id
