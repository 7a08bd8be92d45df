"""Work that changes hands: moved to another queue or agent, pulled from the line, opened again.

The place in the line is never lost: a new item has the old one's key. Whoever is asked, or takes it, passes
the guarded write of every offer.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actor import Actor
from accounts.permissions import Permission
from core.errors import NotFound
from interactions import actions as interactions
from interactions.access import lock_interaction
from interactions.errors import NoRoom, TargetGone
from interactions.values import WorkItemDraft
from routing.actions.line import leave_line
from routing.actions.offers import take
from routing.actions.work import close_item, wait_again
from routing.choices import ItemState, Outcome, Why, WithdrawReason
from routing.models import PoolMember, QueuePlan, WorkItem
from routing.writes import offer_to
from tenants.scope import labour_scope, tenant_scope
from tenants.values import BrandCard
from workforce.queries import shown_name


def move_item(
    draft: WorkItemDraft, *, to_agent_id: int | None, by_agent_id: int | None, now: datetime
) -> WorkItem | None:
    """End the wait or the work and let it wait where the draft says, with its old key.

    In another queue it is a new contact from now on (routing.tallies). `to_agent_id` is asked at once, then
    the queue. `by_agent_id`, who had it, is asked after the others.
    Raises TargetGone when no offer to them can be made.
    """
    with labour_scope(), transaction.atomic(savepoint=False):
        ended = _end(draft, now=now)
        if ended is None:
            return None
        stays = draft.queue_id == ended.queue_id
        item = wait_again(
            ended,
            queue_id=draft.queue_id,
            enqueued_at=ended.enqueued_at if stays else now,
            target_seconds=draft.target_seconds,
            offer_seconds=draft.offer_seconds,
            units=draft.units,
            requirement=ended.requirement if stays else _plain(ended),
            excluded={str(by_agent_id): now.isoformat()} if by_agent_id else {},
            now=now,
        )
        if to_agent_id and offer_to(item.pk, to_agent_id, why=Why.HANDED, now=now) is None:
            raise TargetGone
        return item


def pull(ref: UUID, *, brand: BrandCard, actor: Actor, now: datetime) -> None:
    """Take a waiting conversation of a queue that allows it, before its turn.

    Raises NotFound (not theirs to pull, or it does not wait any more), NoRoom.
    """
    grant = actor.grant(Permission.ANSWER, brand)
    with transaction.atomic():
        with tenant_scope(brand, grant):
            lock_interaction(ref)
        with labour_scope():
            item = WorkItem.objects.of(brand.id, ref).filter(state=ItemState.QUEUED).first()
            if item is None or item.queue_id not in pullable(actor.user_id, brand.id, now=now):
                raise NotFound
        if not _give(item, brand, actor, now=now):
            raise NoRoom


def reopen_mine(ref: UUID, *, brand: BrandCard, actor: Actor, since: datetime, now: datetime) -> bool:
    """Open again what the agent closed since then: theirs if they have room, else it waits for them first.

    Returns whether they have it. Raises NotYours, WrongState, NotFound.
    """
    with transaction.atomic():
        with tenant_scope(brand, actor.grant(Permission.ANSWER, brand)):
            interactions.reopen_own(ref, agent_id=actor.user_id, since=since, now=now)
        with labour_scope():
            item = WorkItem.objects.waiting().of(brand.id, ref).get()
        return _give(item, brand, actor, now=now)


def pullable(agent_id: int, brand_id: int | None = None, *, now: datetime) -> set[int]:
    """Return the queues, of the brand or of all, that the agent is asked for and may pull from."""
    with labour_scope():
        served = PoolMember.objects.valid(now).filter(agent_id=agent_id).values("pool__queues__plan_id")
        plans = QueuePlan.objects.filter(pull_allowed=True, queue_id__in=served)
        found = plans.filter(brand_id=brand_id) if brand_id else plans
        return set(found.values_list("queue_id", flat=True))


def _give(item: WorkItem, brand: BrandCard, actor: Actor, *, now: datetime) -> bool:
    """Offer the waiting item to the actor and take the offer for them; False when a guard says no."""
    shown = shown_name(actor.user_id, brand.id)
    with labour_scope():
        offer = offer_to(item.pk, actor.user_id, now=now)
        if offer is None:
            return False
        take(offer, now=now)
    with tenant_scope(brand, actor.grant(Permission.ANSWER, brand)):
        interactions.assign(item.interaction_ref, agent_id=actor.user_id, agent_shown=shown, now=now)
    return True


def _end(draft: WorkItemDraft, *, now: datetime) -> WorkItem | None:
    place = (draft.brand_id, draft.interaction_ref)
    worked = close_item(*place, outcome=Outcome.TRANSFERRED, now=now)
    if worked is not None:
        return worked
    waited = leave_line(*place, outcome=Outcome.TRANSFERRED, why=WithdrawReason.MOVED, now=now)
    return WorkItem.objects.filter(pk=waited).first() if waited else None


def _plain(item: WorkItem) -> dict[str, object]:
    """What another queue asks for: the language stays, what the old queue's rule wanted does not."""
    return {name: value for name, value in item.requirement.items() if name != "need"}
