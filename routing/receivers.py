"""Reactions to what the rooms below announce; each is one action call, in the announcer's transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from accounts.signals import seats_ended
from interactions import signals
from interactions.choices import Turn
from interactions.values import Place, QueueNumbers, WorkItemDraft
from routing import actions, queries
from routing.notices import wake
from tenants.signals import brand_dropped
from tenants.values import BrandCard, Grant
from workforce.models import Certification
from workforce.signals import agent_changed, agent_left, staff_changed


@receiver(signals.interaction_queued)
def wait(draft: WorkItemDraft, now: datetime, **kwargs: Any) -> None:
    actions.enqueue(draft, now=now)


@receiver(signals.interaction_left_queue)
def stop_waiting(brand_id: int, interaction_ref: UUID, outcome: str, now: datetime, **kwargs: Any) -> None:
    actions.leave_line(brand_id, interaction_ref, outcome=outcome, now=now)


@receiver(signals.message_left)
def need_not_stay(brand_id: int, interaction_ref: UUID, now: datetime, **kwargs: Any) -> None:
    actions.note_left_message(brand_id, interaction_ref)


@receiver(signals.wrap_up_began)
def wrap_up(brand_id: int, interaction_ref: UUID, due_at: datetime, now: datetime, **kwargs: Any) -> None:
    actions.wrap_up_item(brand_id, interaction_ref, due_at=due_at, now=now)


@receiver(signals.wrap_up_taken_back)
def go_on(brand_id: int, interaction_ref: UUID, now: datetime, **kwargs: Any) -> None:
    actions.resume_item(brand_id, interaction_ref, now=now)


@receiver(signals.interaction_closed)
def close(
    brand_id: int,
    interaction_ref: UUID,
    now: datetime,
    not_a_contact: bool = False,
    was_hard: bool | None = None,
    **kwargs: Any,
) -> None:
    actions.close_item(brand_id, interaction_ref, not_a_contact=not_a_contact, was_hard=was_hard, now=now)


@receiver(signals.work_turned)
def turn(
    brand_id: int, interaction_ref: UUID, turn: Turn, until: datetime | None, now: datetime, **kwargs: Any
) -> bool:
    return actions.turn_item(brand_id, interaction_ref, turn, until=until, now=now)


@receiver(signals.work_moved)
def move(
    draft: WorkItemDraft, to_agent_id: int | None, by_agent_id: int | None, now: datetime, **kwargs: Any
) -> None:
    actions.move_item(draft, to_agent_id=to_agent_id, by_agent_id=by_agent_id, now=now)


@receiver(signals.place_left)
def leave(brand_id: int, interaction_ref: UUID, ref: UUID, now: datetime, **kwargs: Any) -> None:
    actions.leave_place(brand_id, interaction_ref, ref, now=now)


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


@receiver(agent_changed)
def look_again(sender: type, agent_id: int, now: datetime, **kwargs: Any) -> None:
    """Wakes the leader only: the sender holds the agent's state, and nothing may be locked after it."""
    if sender is Certification:
        actions.welcome(agent_id, now=now)
    wake(agents=[agent_id])


@receiver(staff_changed)
def look_at_many(agent_ids: list[int], now: datetime, **kwargs: Any) -> None:
    actions.welcome_all(agent_ids, now=now)


@receiver(seats_ended)
def end_places(user_ids: list[int], now: datetime, **kwargs: Any) -> None:
    actions.lose_seatless(user_ids, now=now)


@receiver(agent_left)
def give_work_back(
    agent_id: int, brand: BrandCard, grant: Grant, now: datetime, **kwargs: Any
) -> dict[str, Any]:
    return actions.give_work_back(agent_id, brand=brand, grant=grant, now=now)
