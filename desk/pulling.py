"""What waits in the lines an agent may take from themselves."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.actor import Actor
from desk.inbox import ask_brands
from desk.reading import Caller, callers
from desk.values import conversation_path
from desk.wording import language_name, visitor_name
from routing.actions import pullable
from routing.choices import ItemState
from routing.models import WorkItem
from tenants.scope import labour_scope
from tenants.values import BrandCard

MOST = 50


@dataclass(frozen=True)
class WaitingRow:
    """A customer in the line, first come first."""

    client: BrandCard
    ref: UUID
    name: str
    preview: str
    queue: str
    language: str
    since: datetime
    now: datetime

    @property
    def waited(self) -> float:
        return (self.now - self.since).total_seconds()

    @property
    def path(self) -> str:
        return conversation_path(self.client.slug, self.ref)


def line_of(actor: Actor, *, now: datetime) -> list[WaitingRow]:
    """Return who waits there, in the order of the line, whoever rings at somebody's left out."""
    with labour_scope():
        queues = pullable(actor.user_id, now=now)
        waiting = WorkItem.objects.filter(state=ItemState.QUEUED, queue_id__in=queues).present(now)
        items = list(waiting.order_by("order_key", "pk")[:MOST]) if queues else []
    known = ask_brands(actor, {(item.brand_id, item.interaction_ref) for item in items}, callers)
    places = ((item, known.get((item.brand_id, item.interaction_ref))) for item in items)
    return [_row(item, *place, now=now) for item, place in places if place]


def _row(item: WorkItem, client: BrandCard, caller: Caller, *, now: datetime) -> WaitingRow:
    return WaitingRow(
        client, item.interaction_ref, visitor_name(caller), caller.preview, caller.queue_name,
        language_name(caller.language), item.enqueued_at, now,
    )  # fmt: skip
