"""The only way a request obtains an offer: it is its agent's, or it does not exist. Who may sign whom out."""

from uuid import UUID

from accounts.actor import Actor
from accounts.permissions import Permission
from core.errors import NotFound
from routing.models import Offer
from tenants.scope import labour_scope
from workforce.queries import leads


def get_offer(ref: UUID, *, actor: Actor) -> Offer:
    """Return the actor's offer, pending or not, with its work item; raises NotFound for anybody else's."""
    with labour_scope():
        mine = Offer.objects.filter(ref=ref, agent_id=actor.agent_id)
        offer = mine.select_related("work_item").first() if actor.agent_id else None
    if offer is None:
        raise NotFound
    return offer


def may_sign_out(actor: Actor, agent_id: int) -> bool:
    """Tell whether the actor may sign that agent out: any agent, or those of a team that they lead."""
    if actor.can(Permission.AGENTS_SIGN_OUT):
        return True
    return actor.can(Permission.TEAM_SIGN_OUT) and leads(actor.user_id, agent_id)
