"""A promised call at the desk: promise it instead of the chat, and say what came of it."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest
from core import clock
from desk.answers import agents_only
from desk.conversations import client_for, scope
from desk.views.finishing import foot, go_on
from events.choices import ActorKind
from interactions import actions
from interactions.access import get_interaction
from interactions.choices import State
from interactions.errors import Refused


@agents_only
@require_POST
def callback(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Promise a call to `number` between `from` and `until`, local times of the client's zone."""
    client, me = client_for(request.actor, slug), request.actor.user_id
    window = tuple(_instant(request.POST.get(name, ""), client.timezone) for name in ("from", "until"))
    with scope(request.actor, client):
        actions.promise_callback(
            ref, number=request.POST.get("number", ""), window=(window[0], window[1]), by=ActorKind.AGENT,
            actor_id=me, now=clock.now(),
        )  # fmt: skip
    return go_on(request, _("A call is promised"))


@agents_only
@require_POST
def attempt(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Say what came of the call: `outcome` is reached, no_answer or declined."""
    client, me = client_for(request.actor, slug), request.actor.user_id
    outcome = request.POST.get("outcome", "")
    with scope(request.actor, client):
        actions.record_attempt(ref, agent_id=me, outcome=outcome, now=clock.now())
        later = get_interaction(ref).state == State.CALLBACK_SCHEDULED
    return go_on(request, _("It is tried again later")) if later else foot(request, client, ref)


def _instant(typed: str, zone: str) -> datetime:
    """Return the instant of a local time as the browser writes it. Raises Refused."""
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(zone))
    except ValueError as error:
        raise Refused(_("Say from when until when you call."), code="window") from error
