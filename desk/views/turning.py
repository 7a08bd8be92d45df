"""The agent keeps the conversation and turns to something else: on hold, awaited, snoozed, back; reopened."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from core import clock
from core.http import with_toast
from desk.answers import agents_only, back_to
from desk.asking import ask
from desk.conversations import client_for, open_conversation, scope
from desk.lines import midnight
from desk.snoozing import choices, instant_of, zone_of
from desk.values import conversation_path
from desk.views.finishing import go_on
from desk.views.pages import show
from interactions import actions
from interactions.access import get_interaction
from interactions.errors import Refused
from routing.actions import reopen_mine
from tenants.values import BrandCard

GET_OR_POST = ["GET", "HEAD", "POST"]


@agents_only
@require_POST
def hold(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Ask the customer for a moment."""
    return _turn(request, slug, ref, actions.hold)


@agents_only
@require_POST
def awaiting(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Wait for the customer's answer."""
    return _turn(request, slug, ref, actions.await_reply)


@agents_only
@require_POST
def resumption(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Go on with it; the composer comes back too."""
    return _turn(request, slug, ref, actions.resume, whole=True)


@agents_only
@require_http_methods(GET_OR_POST)
def snooze(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Ask until when; put it away. The next conversation that needs the agent follows."""
    client, actor, now = client_for(request.actor, slug), request.actor, clock.now()
    zone = zone_of(actor)
    if request.method != "POST":
        return _ask_when(request, client, ref, zone=zone, now=now)
    try:
        until = instant_of(request.POST, zone=zone, now=now)
        with scope(actor, client):
            actions.snooze(ref, agent_id=actor.user_id, until=until, now=now)
    except Refused as error:
        return _ask_when(request, client, ref, zone=zone, now=now, error=error)
    return go_on(request, _("Snoozed"))


@agents_only
@require_POST
def reopening(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Open again what the agent closed today; theirs if they have room, else it waits for them first."""
    client, actor, now = client_for(request.actor, slug), request.actor, clock.now()
    mine = reopen_mine(ref, brand=client, actor=actor, since=midnight(now), now=now)
    if not request.htmx:
        return back_to(conversation_path(slug, ref))
    words = _("Open again") if mine else _("Open again. It waits in the line: you have no room for it now.")
    found = open_conversation(actor, client, ref, now=now)
    return with_toast(show(request, found), words, "good" if mine else "warn")


def _turn(
    request: SignedInRequest, slug: str, ref: UUID, verb: Callable[..., None], *, whole: bool = False
) -> HttpResponseBase:
    """Do it, and answer with what stands above the composer and what can be done, or the `whole` of it."""
    client, actor = client_for(request.actor, slug), request.actor
    with scope(actor, client):
        get_interaction(ref)
        verb(ref, agent_id=actor.user_id, now=clock.now())
    if not request.htmx:
        return back_to(conversation_path(slug, ref))
    found = open_conversation(actor, client, ref, now=clock.now())
    return show(request, found) if whole else render(request, "desk/_turned.html", {"conversation": found})


def _ask_when(
    request: SignedInRequest, client: BrandCard, ref: UUID, *, zone: ZoneInfo, now: datetime,
    error: Refused | None = None,
) -> HttpResponse:  # fmt: skip
    with scope(request.actor, client):
        get_interaction(ref, agent_id=request.actor.user_id)
    found = open_conversation(request.actor, client, ref, now=now)
    context = {
        "choices": choices(zone, now), "zone": str(zone), "chosen": request.POST.get("until", ""),
        "own": request.POST.get("at", ""), "error": str(error.message) if error else "",
    }  # fmt: skip
    status = error.status if error else 200
    return ask(request, found, _("Snooze"), "desk/_snooze.html", status=status, **context)
