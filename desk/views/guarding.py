"""An abusive visitor: warned, blocked, and the own block lifted when it was wrong."""

from uuid import UUID

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from core import clock
from core.errors import NotFound
from desk.answers import agents_only
from desk.asking import Asked, hours_of
from desk.conversations import client_for, scope
from desk.views.finishing import foot, shown
from interactions import actions
from interactions.blocking import block_of
from interactions.errors import Refused
from workforce.queries import shown_name


@agents_only
@require_POST
def warning(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Warn the customer, for a `reason`."""
    client, me, reason = client_for(request.actor, slug), request.actor, request.POST.get("reason", "")
    try:
        with scope(me, client):
            actions.warn_visitor(ref, agent_id=me.user_id, actor=me.who, reason=reason, now=clock.now())
    except Refused as error:
        return _ask(request, slug, ref).again(error, chosen=reason)
    return shown(request, client, ref)


@agents_only
@require_http_methods(["GET", "POST"])
def block(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Block the customer for a `reason`; `hours` is 1, 24, or empty for good."""
    if request.method == "GET":
        return _ask(request, slug, ref).again()
    client, me = client_for(request.actor, slug), request.actor
    hours, reason = request.POST.get("hours", "0"), request.POST.get("reason", "")
    alias = shown_name(me.user_id, client.id)
    try:
        with scope(me, client):
            actions.block_visitor(
                ref, agent_id=me.user_id, agent_shown=alias, actor=me.who, reason=reason,
                hours=hours_of(hours), now=clock.now(),
            )  # fmt: skip
    except Refused as error:
        return _ask(request, slug, ref).again(error, chosen=reason)
    return shown(request, client, ref)


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


def _ask(request: SignedInRequest, slug: str, ref: UUID) -> Asked:
    client = client_for(request.actor, slug)
    return Asked(request, client, ref, _("Warn or block"), "desk/_ask_guard.html")
