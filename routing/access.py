"""The only way a request obtains an offer: it is its agent's, or it does not exist."""

from uuid import UUID

from accounts.actor import Actor
from core.errors import NotFound
from routing.models import Offer
from tenants.scope import labour_scope


def get_offer(ref: UUID, *, actor: Actor) -> Offer:
    """Return the actor's offer, pending or not, with its work item; raises NotFound for anybody else's."""
    with labour_scope():
        mine = Offer.objects.filter(ref=ref, agent_id=actor.agent_id)
        offer = mine.select_related("work_item").first() if actor.agent_id else None
    if offer is None:
        raise NotFound
    return offer
