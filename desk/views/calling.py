"""A promised call at the desk: promise it instead of the chat, and say what came of it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from core import clock
from core.hours import wall_time
from desk.answers import agents_only
from desk.asking import Asked
from desk.conversations import client_for, scope
from desk.views.finishing import go_on, shown
from events.choices import ActorKind
from interactions import actions
from interactions.access import get_interaction
from interactions.choices import State
from interactions.errors import Refused
from tenants.values import BrandCard


@agents_only
@require_http_methods(["GET", "POST"])
def callback(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Promise a call to `number` between `from` and `until`, local times of the client's zone."""
    client, me, now = client_for(request.actor, slug), request.actor.user_id, clock.now()
    asked = Asked(request, client, ref, _("Promise a call"), "desk/_ask_call.html")
    if request.method == "GET":
        return asked.again(None, key=uuid4(), **_proposed(client, now))
    typed = {name: request.POST.get(name, "") for name in ("number", "from", "until", "key")}
    try:
        window = _instant(typed["from"], client.timezone), _instant(typed["until"], client.timezone)
        with scope(request.actor, client):
            actions.promise_callback(
                ref, number=typed["number"], window=window, by=ActorKind.AGENT, actor_id=me,
                key=_key(typed["key"]), now=now,
            )  # fmt: skip
    except Refused as error:
        return asked.again(
            error, key=typed["key"], number=typed["number"], starts=typed["from"], ends=typed["until"]
        )
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
    return go_on(request, _("It is tried again later")) if later else shown(request, client, ref)


def _proposed(client: BrandCard, now: datetime) -> dict[str, Any]:
    """The two hours from the next half hour on, as the client's clocks have them."""
    local = now.astimezone(ZoneInfo(client.timezone)).replace(tzinfo=None)
    half_hour = local.replace(minute=local.minute // 30 * 30, second=0, microsecond=0)
    starts = half_hour + timedelta(minutes=30)
    return {"starts": f"{starts:%Y-%m-%dT%H:%M}", "ends": f"{starts + timedelta(hours=2):%Y-%m-%dT%H:%M}"}


def _key(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _instant(typed: str, zone: str) -> datetime:
    """Return the instant of a local time as the browser writes it. Raises Refused."""
    try:
        return wall_time(typed).replace(tzinfo=ZoneInfo(zone))
    except ValueError as error:
        raise Refused(_("Say from when until when you call."), code="window") from error
