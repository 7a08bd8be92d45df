"""What somebody may act on from the floor: an item of a client whose floor is theirs, else it is absent."""

from uuid import UUID

from accounts.actor import Actor
from accounts.permissions import Permission
from core.errors import NotFound
from routing.lines import order_key
from routing.models import WorkItem
from tenants.scope import labour_scope


def get_supervised(ref: UUID, *, actor: Actor) -> WorkItem:
    """Return the item that goes on under this ref. Raises NotFound for others, and what is over."""
    with labour_scope():
        item = WorkItem.objects.live().filter(ref=ref).first()
    if item is None or not actor.can(Permission.FLOOR_ACT, item.brand_id):
        raise NotFound
    return item


def ahead_of(item: WorkItem, *, priority: int) -> int:
    """Return how many of its queue would go before the waiting item at that priority."""
    key = order_key(item.due_at, priority)
    with labour_scope():
        line = WorkItem.objects.waiting().filter(queue_id=item.queue_id).exclude(pk=item.pk)
        return line.filter(order_key__lt=key).count() + line.filter(order_key=key, pk__lt=item.pk).count()
