"""An agent raises a hand over a conversation, and takes it down again."""

from uuid import UUID

from django.http import HttpResponseBase
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest
from core import clock
from desk.answers import agents_only
from desk.conversations import client_for
from desk.views.finishing import foot
from routing.actions import ask_help, withdraw_help


@agents_only
@require_POST
def ask(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Ask the lead for help, for a `reason`."""
    client, me = client_for(request.actor, slug), request.actor.user_id
    ask_help(client.id, ref, agent_id=me, reason=request.POST.get("reason", ""), now=clock.now())
    return foot(request, client, ref)


@agents_only
@require_POST
def withdraw(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """It is not needed any more."""
    client = client_for(request.actor, slug)
    withdraw_help(client.id, ref, agent_id=request.actor.user_id, now=clock.now())
    return foot(request, client, ref)
