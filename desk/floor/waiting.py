"""One queue, or one agent, from the inside: which items wait, which are in hand.

Ids and needs, no customer's words.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery

from accounts.actor import Actor
from core.errors import NotFound
from desk.floor.reading import AgentRow, Asked, QueueRow, floor_page, queue_rows
from desk.wording import channel_name
from routing.choices import ItemState
from routing.models import Offer, QueuePlan, WorkItem
from tenants.scope import labour_scope
from tenants.values import BrandCard
from workforce.models import Agent

MOST = 100


@dataclass(frozen=True)
class ItemRow:
    """`agent`: whom it rings at, or who has it."""

    ref: UUID
    code: str
    since: datetime
    seconds: int
    priority: int
    need: str
    channel: str
    agent: str
    state: str
    is_test: bool
    queue: str = ""
    card: BrandCard | None = None

    @property
    def is_talk(self) -> bool:
        return self.state == ItemState.ACCEPTED


@dataclass(frozen=True)
class QueueView:
    row: QueueRow
    waiting: tuple[ItemRow, ...]
    in_hand: tuple[ItemRow, ...]
    more: int


def queue_view(queue_id: int, actor: Actor, *, now: datetime) -> QueueView:
    """Read the queue for who sees its client's floor. Raises NotFound."""
    row = next((row for row in queue_rows(actor, now=now) if row.now.queue_id == queue_id), None)
    if row is None:
        raise NotFound
    rings_at = Offer.objects.pending().filter(work_item=OuterRef("pk")).values("agent_id")[:1]
    with labour_scope():
        items = WorkItem.objects.filter(queue_id=queue_id)
        line = items.waiting()
        waiting = list(line.annotate(rings_at=Subquery(rings_at)).order_by("order_key", "pk")[:MOST])
        in_hand = list(items.in_work().order_by("answered_at", "pk")[:MOST])
        more = max(0, line.count() - MOST) if len(waiting) == MOST else 0
        ids = {item.rings_at for item in waiting} | {item.agent_id for item in in_hand}
        names = dict(Agent.objects.filter(pk__in=ids - {None}).values_list("pk", "user__name"))
    return QueueView(
        row,
        tuple(item_row(item, names.get(item.rings_at, ""), now=now) for item in waiting),
        tuple(item_row(item, names.get(item.agent_id or 0, ""), now=now) for item in in_hand),
        more,
    )


@dataclass(frozen=True)
class AgentView:
    """An agent and what is in their hands, as far as it is the reader's to see."""

    row: AgentRow
    in_hand: tuple[ItemRow, ...]


def agent_view(agent_id: int, actor: Actor, *, now: datetime) -> AgentView:
    """Read what an agent has for who sees them on the floor. Raises NotFound."""
    page = floor_page(actor, Asked(), now=now)
    row = next((row for row in page.rows if row.now.agent_id == agent_id), None)
    if row is None:
        raise NotFound
    brands = {load.card.id: load.card for load in row.loads}
    with labour_scope():
        mine = WorkItem.objects.in_work().filter(agent_id=agent_id, brand_id__in=brands)
        items = list(mine.order_by("answered_at", "pk")[:MOST])
        labels = dict(QueuePlan.objects.filter(brand_id__in=brands).values_list("queue_id", "label"))
    rows = (item_row(item, row.name, now=now) for item in items)
    return AgentView(
        row,
        tuple(
            replace(one, queue=labels.get(item.queue_id, ""), card=brands[item.brand_id])
            for one, item in zip(rows, items, strict=True)
        ),
    )


def item_row(item: WorkItem, agent: str, *, now: datetime) -> ItemRow:
    since = item.answered_at or item.enqueued_at
    return ItemRow(
        item.ref, code_of(item), since, int((now - since).total_seconds()), item.priority,
        item.requirement.get("need") or item.requirement.get("language", ""), channel_name(item.channel),
        agent, item.state, item.is_test,
    )  # fmt: skip


def code_of(item: WorkItem) -> str:
    """What people call an item to each other: it says nothing about anybody."""
    return item.ref.hex[-6:].upper()
