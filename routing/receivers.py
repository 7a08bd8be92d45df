"""Reactions to what the rooms below announce; each is one action call, in the announcer's transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from accounts.signals import seats_ended
from interactions import signals
from interactions.choices import Turn
from interactions.values import Moved, Place, QueueNumbers, WorkItemDraft
from routing import actions, queries
from routing.notices import wake
from tenants.signals import brand_dropped
from tenants.values import BrandCard, Grant
from workforce.models import AgentState
from workforce.signals import agent_left, agents_changed


@receiver(signals.interaction_queued)
def wait(draft: WorkItemDraft, now: datetime, moved: Moved | None = None, **kwargs: Any) -> None:
    if moved is None:
        actions.enqueue(draft, now=now)
    else:
        actions.move_item(draft, to_agent_id=moved.to_agent_id, by_agent_id=moved.by_agent_id, now=now)


@receiver(signals.message_left)
def need_not_stay(brand_id: int, interaction_ref: UUID, now: datetime, **kwargs: Any) -> None:
    actions.note_left_message(brand_id, interaction_ref)


@receiver(signals.work_turned)
def turn(
    brand_id: int, interaction_ref: UUID, turn: Turn, until: datetime | None, now: datetime, **kwargs: Any
) -> bool:
    return actions.turn_item(brand_id, interaction_ref, turn, until=until, now=now)


@receiver(signals.work_ended)
def end(
    brand_id: int,
    interaction_ref: UUID,
    now: datetime,
    outcome: str = "",
    place: UUID | None = None,
    not_a_contact: bool = False,
    was_hard: bool | None = None,
    **kwargs: Any,
) -> None:
    if place:
        actions.leave_place(brand_id, interaction_ref, place, now=now)
    elif outcome:
        actions.leave_line(brand_id, interaction_ref, outcome=outcome, now=now)
    else:
        actions.close_item(brand_id, interaction_ref, not_a_contact=not_a_contact, was_hard=was_hard, now=now)


@receiver(signals.queues_changed)
def plan(plans: list[QueueNumbers], **kwargs: Any) -> None:
    actions.save_plans(plans)


@receiver(signals.place_asked)
def answer_place(brand_id: int, queue_id: int, interaction_ref: UUID | None, **kwargs: Any) -> Place:
    return queries.place(brand_id, queue_id, interaction_ref, now=kwargs.get("now"))


@receiver(signals.visitor_presence)
def note_visitor(
    brand_id: int, interaction_ref: UUID, node: str | None, now: datetime, **kwargs: Any
) -> None:
    actions.note_presence(brand_id, interaction_ref, node=node, now=now)


@receiver(brand_dropped)
def let_go(brand: BrandCard, now: datetime, **kwargs: Any) -> None:
    actions.forget_brand(brand.id, now=now)


@receiver(agents_changed)
def look_again(sender: type, agent_ids: list[int], now: datetime, **kwargs: Any) -> None:
    """Who holds an agent's state has the leader woken alone: nothing may be locked after it."""
    if sender is AgentState:
        wake(agents=agent_ids)
    else:
        actions.welcome(agent_ids, now=now)


@receiver(seats_ended)
def end_places(user_ids: list[int], now: datetime, **kwargs: Any) -> None:
    actions.lose_seatless(user_ids, now=now)


@receiver(agent_left)
def give_work_back(
    agent_id: int, brand: BrandCard, grant: Grant, now: datetime, **kwargs: Any
) -> dict[str, Any]:
    return actions.give_work_back(agent_id, brand=brand, grant=grant, now=now)
