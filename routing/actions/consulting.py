"""Places beside the agent of a conversation: asked for, taken like any offer, let go, made the agent's own.

A question is a work item `beside` the conversation's own: the router finds the next free of a queue, an agent
alone is offered it at once, and every guard of an offer holds. It takes the units of the conversation until
it ends. When its agent takes the conversation over, the item becomes the conversation's: nothing is given
back and taken again, so that no moment is between two agents.
"""

import logging
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.db.models import Q

import workforce.actions as workforce
from accounts.actor import Actor
from accounts.permissions import Permission
from core.errors import NotFound, RoomError
from interactions import actions as interactions
from interactions.actions import Target
from interactions.choices import PRESENT, PlaceEnd
from interactions.errors import TargetGone
from interactions.queries import participants_of
from interactions.values import ConsultDraft
from routing.actions.base import free
from routing.actions.line import MOST_CLAIMS, end_item, withdraw
from routing.actions.work import close_item, engage
from routing.choices import ItemState, Outcome, Why, WithdrawReason
from routing.live import announce_floor, announce_work
from routing.models import QueuePlan, WorkItem
from routing.notices import wake
from routing.writes import offer_to
from tenants.cards import card_by_id
from tenants.scope import labour_scope, system, tenant_scope
from tenants.values import BrandCard, Grant
from workforce.choices import EngagementKind
from workforce.models import Agent, AgentState
from workforce.queries import seated, shown_name

log = logging.getLogger(__name__)

NEVER_ASKED = datetime(9000, 1, 1, tzinfo=UTC).isoformat()
KEPT = (
    "queue_id", "direction", "priority", "order_key", "due_at", "target_seconds", "offer_seconds",
    "requirement", "is_test", "waits", "visitor_node", "absent_since", "enqueued_at",
)  # fmt: skip
"""What the conversation's new item has of the old one, which had as many units."""
CAPACITIES = "SELECT FROM routing_agentcapacity WHERE agent_id = ANY(%s) ORDER BY agent_id FOR UPDATE"


def ask_consult(
    ref: UUID, *, brand: BrandCard, actor: Actor, to: Target, note: str, client_id: UUID, now: datetime
) -> None:
    """Ask a colleague, or the next free of a queue, into the actor's conversation; once per `client_id`.

    Raises TargetGone when no offer to that agent can be made, and what the interactions' verb does.
    """
    grant, shown = actor.grant(Permission.ANSWER, brand), shown_name(actor.user_id, brand.id)
    with transaction.atomic():
        with tenant_scope(brand, grant):
            draft = interactions.ask_colleague(
                ref, agent_id=actor.user_id, author_shown=shown, to=to, asked=_named(to), note=note,
                client_id=client_id, now=now,
            )  # fmt: skip
        if draft:
            with labour_scope():
                _ask(draft, now=now)


def complete_consult(ref: UUID, participant: UUID, *, brand: BrandCard, actor: Actor, now: datetime) -> None:
    """Give the actor's conversation to who is beside them. Raises NotYours, WrongState, NotFound."""
    with transaction.atomic():
        with tenant_scope(brand, actor.grant(Permission.ANSWER, brand)):
            interactions.hand_to_participant(ref, participant, agent_id=actor.user_id, now=now)
        _promote(brand.id, ref, participant, worked_until=None, now=now)


def pass_on(
    ref: UUID,
    *,
    brand: BrandCard,
    grant: Grant,
    reason: str,
    worked_until: datetime | None = None,
    now: datetime,
) -> bool:
    """Give the conversation of an agent who goes to who is there beside them: who writes first, then by time.

    False when nobody is there. Part of the caller's transaction, which holds the interaction.
    """
    with tenant_scope(brand, grant):
        places = [one for one in participants_of(ref) if one.state in PRESENT]
    there = _there({one.agent_id or 0 for one in places}, brand.id, now=now)
    heir = next((one for one in places if one.agent_id in there), None)
    if heir is None:
        return False
    with tenant_scope(brand, grant):
        interactions.pass_on(ref, heir.ref, kind=reason, now=now)
    _promote(brand.id, ref, heir.ref, worked_until=worked_until, now=now)
    return True


def leave_place(brand_id: int, interaction_ref: UUID, ref: UUID, *, now: datetime) -> WorkItem | None:
    """End a place beside the agent, whatever it is at: waiting, ringing or taken. Over already: nothing."""
    with labour_scope(), transaction.atomic(savepoint=False):
        place = WorkItem.consults.live().of(brand_id, interaction_ref).filter(ref=ref)
        for _ in range(MOST_CLAIMS):
            item = withdraw(place, why=WithdrawReason.TAKEN_BACK, now=now)
            still = place.exclude(state=ItemState.OFFERED).select_for_update(of=("self",))
            item = item or still.first()
            if item is not None:
                _end(item, now=now)
            if item is not None or not place.exists():
                return item
        raise RuntimeError("a place beside an agent neither rings nor waits nor is taken")


def lose_places(agent_id: int, *, brand: BrandCard, grant: Grant, now: datetime) -> int:
    """End all the agent's places beside others in the brand; returns how many."""
    with labour_scope():
        mine = WorkItem.consults.filter(agent_id=agent_id, brand_id=brand.id, state=ItemState.ACCEPTED)
        places = list(mine.order_by("pk").values_list("interaction_ref", "ref"))
    with tenant_scope(brand, grant):
        return sum(interactions.lose_place(ref, place, PlaceEnd.LOST, now=now) for ref, place in places)


def lose_seatless(agent_ids: Sequence[int], *, now: datetime) -> int:
    """End the agents' places beside others in brands where they have no seat any more; returns how many.

    Part of the transaction that ended the seats, which holds whatever becomes of a place: one that fails is
    left to the sweep.
    """
    with labour_scope():
        mine = WorkItem.consults.filter(agent_id__in=agent_ids, state=ItemState.ACCEPTED).filter(~seated(now))
        gone = list(mine.order_by("pk").values_list("brand_id", "interaction_ref", "ref"))
    return sum(_lose_seatless(*one, now=now) for one in gone)


def _lose_seatless(brand_id: int, interaction_ref: UUID, ref: UUID, *, now: datetime) -> bool:
    card = card_by_id(brand_id)
    if card is None:
        return False
    try:
        with transaction.atomic(), tenant_scope(card, _grant()):
            return interactions.lose_place(interaction_ref, ref, PlaceEnd.LOST, now=now)
    except (RoomError, DatabaseError):
        log.exception("a place beside %s of brand %s stays until the sweep", interaction_ref, brand_id)
        return False


@cache
def _grant() -> Grant:
    """One grant, and one audit row, for the life of the process."""
    return system(f"places of who lost a seat, process {os.getpid()}")


def _named(to: Target) -> str:
    """What colleagues call whom is asked."""
    with labour_scope():
        if to.agent_id:
            return Agent.objects.filter(pk=to.agent_id).values_list("user__name", flat=True).first() or ""
        plans = QueuePlan.objects.filter(queue_id=to.queue_id or 0)
        return plans.values_list("label", flat=True).first() or ""


def _ask(draft: ConsultDraft, *, now: datetime) -> None:
    own = WorkItem.objects.in_work().of(draft.brand_id, draft.interaction_ref)
    work = own.filter(agent_id=draft.asked_by).first()
    plan = QueuePlan.objects.filter(queue_id=draft.queue_id).first()
    if work is None or plan is None:
        raise NotFound
    language = {name: value for name, value in work.requirement.items() if name == "language"}
    item = WorkItem.every.create(
        ref=draft.ref, brand_id=draft.brand_id, queue_id=plan.queue_id, interaction_ref=draft.interaction_ref,
        channel=work.channel, direction=work.direction, priority=work.priority, order_key=work.order_key,
        due_at=work.due_at, target_seconds=work.target_seconds, offer_seconds=plan.offer_seconds,
        units=work.units, requirement=language, excluded={str(one): NEVER_ASKED for one in draft.but},
        is_test=work.is_test, waits=True, enqueued_at=now, requeued_at=now, beside=True,
        asked_by_id=draft.asked_by, only_agent_id=draft.agent_id,
    )  # fmt: skip
    wake(items=[item.pk])
    if draft.agent_id and offer_to(item.pk, draft.agent_id, why=Why.CONSULT, now=now) is None:
        raise TargetGone


def _end(item: WorkItem, *, now: datetime) -> None:
    end_item(item, outcome=Outcome.CONSULTED, now=now)
    if item.state == ItemState.ACCEPTED and item.agent_id:
        _lock_capacities(item)
        free(item.agent_id, item, worked_until=now)
        workforce.disengage(item.agent_id, work_item_id=item.pk, now=now)
        announce_work(item.agent_id)


def _lock_capacities(item: WorkItem) -> None:
    """Of all in the conversation, in order: its agent's may be changed next, and theirs elsewhere first."""
    live = WorkItem.every.with_agent().of(item.brand_id, item.interaction_ref)
    agents = {item.agent_id, *live.values_list("agent_id", flat=True)}
    with connection.cursor() as cursor:
        cursor.execute(CAPACITIES, [sorted(filter(None, agents))])


def _promote(
    brand_id: int, interaction_ref: UUID, ref: UUID, *, worked_until: datetime | None, now: datetime
) -> None:
    """End the work of the agent who had it; the place of who has it now becomes the conversation's item."""
    with labour_scope(), transaction.atomic(savepoint=False):
        outcome = Outcome.TRANSFERRED
        ended = close_item(brand_id, interaction_ref, outcome=outcome, worked_until=worked_until, now=now)
        place = WorkItem.consults.of(brand_id, interaction_ref).filter(ref=ref, state=ItemState.ACCEPTED)
        item = place.select_for_update(of=("self",)).first()
        if ended is None or item is None or item.agent_id is None:
            raise NotFound
        for name in KEPT:
            setattr(item, name, getattr(ended, name))
        item.beside, item.asked_by_id, item.only_agent_id = False, None, None
        item.excluded, item.requeued_at, item.answered_at = {}, now, now
        item.version += 1
        item.save()
        engage(item, EngagementKind.HANDLING, now=now)
        wake(items=[item.pk], agents=[item.agent_id])
        announce_work(item.agent_id)
        announce_floor()


def _there(agents: set[int], brand_id: int, *, now: datetime) -> set[int]:
    """Those of the agents who are at their desk and have a seat in the brand."""
    with labour_scope():
        here = AgentState.objects.filter(Q(lost_at__isnull=True), connected=True, agent_id__in=agents)
        items = WorkItem.consults.filter(brand_id=brand_id, state=ItemState.ACCEPTED).filter(seated(now))
        return set(items.filter(agent_id__in=here.values("pk")).values_list("agent_id", flat=True))
