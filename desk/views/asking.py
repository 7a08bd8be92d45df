"""An agent raises a hand over a conversation, and takes it down again."""

from uuid import UUID

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from core import clock
from desk.answers import agents_only
from desk.asking import Asked
from desk.conversations import client_for
from desk.views.finishing import foot, shown
from interactions.errors import Refused
from routing.actions import ask_help, withdraw_help


@agents_only
@require_http_methods(["GET", "POST"])
def ask(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Ask the lead for help, for a `reason`."""
    client, me = client_for(request.actor, slug), request.actor.user_id
    asked = Asked(request, client, ref, _("Ask for help"), "desk/_ask_help.html")
    if request.method == "GET":
        return asked.again()
    try:
        ask_help(client.id, ref, agent_id=me, reason=request.POST.get("reason", ""), now=clock.now())
    except Refused as error:
        return asked.again(error)
    return shown(request, client, ref)


@agents_only
@require_POST
def withdraw(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """It is not needed any more."""
    client = client_for(request.actor, slug)
    withdraw_help(client.id, ref, agent_id=request.actor.user_id, now=clock.now())
    return foot(request, client, ref)
