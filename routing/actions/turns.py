"""The agent keeps it and does something else: on hold, at rest, asleep and awake again, in wrap-up and back.

On hold and at rest the units stay taken; asleep they are free. What wakes is put before its agent by the same
guarded write as any offer, accepted at once; if a guard says no, it waits first in line, its agent preferred.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

import workforce.actions as workforce
from interactions.choices import Turn
from routing.actions.base import free
from routing.actions.line import end_item
from routing.actions.offers import take
from routing.actions.work import engage, held_item, wait_again
from routing.choices import ItemState, Outcome
from routing.live import announce_floor, announce_work
from routing.models import WorkItem
from routing.notices import wake
from routing.writes import offer_to
from tenants.scope import labour_scope
from workforce.choices import EngagementKind


def turn_item(
    brand_id: int, interaction_ref: UUID, turn: Turn, *, until: datetime | None = None, now: datetime
) -> bool:
    """Make the turn; returns whether the agent has the item then."""
    with labour_scope(), transaction.atomic(savepoint=False):
        item = held_item(brand_id, interaction_ref)
        if item is None or item.agent_id is None:
            return False
        has_it = TURNS[turn](item, until, now)
        announce_work(item.agent_id)
        return has_it


def _hold(item: WorkItem, _until: datetime | None, now: datetime) -> bool:
    engage(item, EngagementKind.HOLD, now=now)
    return True


def _talk(item: WorkItem, _until: datetime | None, now: datetime) -> bool:
    engage(item, EngagementKind.HANDLING, now=now)
    return True


def _rest(item: WorkItem, _until: datetime | None, now: datetime) -> bool:
    workforce.disengage(item.agent_id or 0, work_item_id=item.pk, now=now)
    return True


def _sleep(item: WorkItem, until: datetime | None, now: datetime) -> bool:
    agent_id = item.agent_id or 0
    WorkItem.objects.filter(pk=item.pk).update(
        state=ItemState.SLEEPING, wake_at=until, version=F("version") + 1
    )
    if item.state != ItemState.SLEEPING:
        free(agent_id, item, worked_until=now)
        workforce.disengage(agent_id, work_item_id=item.pk, now=now)
        wake(agents=[agent_id])
    return True


def _wake(item: WorkItem, _until: datetime | None, now: datetime) -> bool:
    """One that kept its units goes on. A sleeper's item ends, as each acceptance has an item of its own."""
    if item.state != ItemState.SLEEPING:
        return _talk(item, None, now)
    agent_id = item.agent_id or 0
    end_item(item, outcome=Outcome.REQUEUED, now=now)
    again = wait_again(item, last_agent_id=agent_id, now=now)
    offer = offer_to(again.pk, agent_id, now=now)
    if offer is None:
        return False
    take(offer, now=now)
    return True


def _wrap_up(item: WorkItem, due_at: datetime | None, now: datetime) -> bool:
    """Go over to wrap-up, due then; again when it was extended. The units stay taken."""
    return _go_over(item, ItemState.WRAP_UP, EngagementKind.WRAP_UP, due_at=due_at, now=now)


def _back(item: WorkItem, _until: datetime | None, now: datetime) -> bool:
    return _go_over(item, ItemState.ACCEPTED, EngagementKind.HANDLING, due_at=None, now=now)


def _go_over(
    item: WorkItem, state: ItemState, kind: EngagementKind, *, due_at: datetime | None, now: datetime
) -> bool:
    """The engagement goes on by the same pool, so nobody looks for it."""
    WorkItem.objects.filter(pk=item.pk).update(state=state, wrap_up_due_at=due_at, version=F("version") + 1)
    workforce.engage(
        item.agent_id or 0, work_item_id=item.pk, brand_id=item.brand_id, queue_id=item.queue_id,
        is_test=item.is_test, kind=kind, now=now,
    )  # fmt: skip
    announce_floor()
    return True


TURNS: dict[Turn, Callable[[WorkItem, datetime | None, datetime], bool]] = {
    Turn.HOLD: _hold,
    Turn.TALK: _talk,
    Turn.REST: _rest,
    Turn.SLEEP: _sleep,
    Turn.WAKE: _wake,
    Turn.WRAP_UP: _wrap_up,
    Turn.BACK: _back,
}
