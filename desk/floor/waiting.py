"""One queue from the inside: which items wait, which are in hand. Ids and needs, no customer's words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery

from accounts.actor import Actor
from core.errors import NotFound
from desk.floor.reading import QueueRow, queue_rows
from desk.wording import channel_name
from routing.choices import ItemState
from routing.models import Offer, WorkItem
from tenants.scope import labour_scope
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
