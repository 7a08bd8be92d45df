"""An abusive visitor: warned, blocked, and the own block lifted when it was wrong."""

from uuid import UUID

from django.http import HttpResponseBase
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest
from core import clock
from core.errors import NotFound
from desk.answers import agents_only
from desk.conversations import client_for, scope
from desk.views.finishing import foot
from interactions import actions
from interactions.blocking import block_of
from workforce.queries import shown_name


@agents_only
@require_POST
def warning(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Warn the customer, for a `reason`."""
    client, me = client_for(request.actor, slug), request.actor
    with scope(me, client):
        actions.warn_visitor(
            ref, agent_id=me.user_id, actor=me.who, reason=request.POST.get("reason", ""), now=clock.now()
        )
    return foot(request, client, ref)


@agents_only
@require_POST
def block(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Block the customer for a `reason`; `hours` is 1, 24, or empty for good."""
    client, me, hours = client_for(request.actor, slug), request.actor, request.POST.get("hours", "0")
    shown = shown_name(me.user_id, client.id)
    with scope(me, client):
        actions.block_visitor(
            ref, agent_id=me.user_id, agent_shown=shown, actor=me.who, reason=request.POST.get("reason", ""),
            hours=None if hours == "" else int(hours) if hours.isdecimal() else 0, now=clock.now(),
        )  # fmt: skip
    return foot(request, client, ref)


@agents_only
@require_POST
def lift(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Lift the block that this agent has just set."""
    client, me, now = client_for(request.actor, slug), request.actor, clock.now()
    with scope(me, client):
        standing = block_of(ref, now=now)
        if standing is None:
            raise NotFound
        actions.lift_block(standing.ref, actor=me.who, actor_id=me.user_id, by=me.user_id, now=now)
    return foot(request, client, ref)
