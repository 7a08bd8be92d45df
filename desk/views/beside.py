"""People beside the agent of a conversation: brought in, given it, thanked, taken out; and leaving it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from accounts.refusals import refuse as note_refusal
from core import clock
from core.errors import NotFound, RoomError
from core.http import with_toast
from desk.answers import agents_only, back_to
from desk.asking import ask
from desk.conversations import client_for, open_conversation, scope
from desk.values import conversation_path
from desk.views.finishing import go_on
from desk.views.pages import show
from interactions import actions
from interactions.errors import Refused
from interactions.queries import participants_of
from routing.actions import complete_consult
from tenants.scope import tenant_scope
from tenants.values import BrandCard


@agents_only
@require_POST
def completion(request: SignedInRequest, slug: str, ref: UUID, place: UUID) -> HttpResponseBase:
    """Give the conversation to who is beside the agent. The next one that needs the agent follows."""
    client = client_for(request.actor, slug)
    complete_consult(ref, place, brand=client, actor=request.actor, now=clock.now())
    return go_on(request, _("Handed over"))


@agents_only
@require_POST
def entry(request: SignedInRequest, slug: str, ref: UUID, place: UUID) -> HttpResponseBase:
    """Let them write to the customer too."""
    return _do(request, slug, ref, place, actions.bring_in)


@agents_only
@require_POST
def ending(request: SignedInRequest, slug: str, ref: UUID, place: UUID) -> HttpResponseBase:
    """Take the question back, end the consult, or take out who writes along."""
    return _do(request, slug, ref, place, actions.end_place)


@agents_only
@require_POST
def leaving(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Leave the conversation that one is beside somebody in. The next one follows."""
    client, me, now = client_for(request.actor, slug), request.actor.user_id, clock.now()
    with scope(request.actor, client):
        mine = next((one for one in participants_of(ref) if one.agent_id == me), None)
        if mine is None:
            raise NotFound
        actions.end_place(ref, mine.ref, agent_id=me, now=now)
    return go_on(request, _("You left"))


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def removal(request: SignedInRequest, slug: str, ref: UUID, place: UUID) -> HttpResponseBase:
    """Ask why, and take somebody out of a colleague's conversation. For who may reassign."""
    client, actor = client_for(request.actor, slug), request.actor
    if not actor.can(Permission.REASSIGN, client.id):
        note_refusal(actor.who, brand_id=client.id, permission=Permission.REASSIGN, object=request.path)
    if request.method != "POST":
        return _ask_why(request, client, ref, place)
    try:
        with tenant_scope(client, actor.grant(Permission.REASSIGN, client)):
            actions.remove_participant(
                ref, place, reason=request.POST.get("words", ""), actor=actor.who, actor_id=actor.user_id,
                now=clock.now(),
            )  # fmt: skip
    except Refused as error:
        return _ask_why(request, client, ref, place, error=error)
    if not request.htmx:
        return back_to(conversation_path(slug, ref))
    return with_toast(
        show(request, open_conversation(actor, client, ref, now=clock.now())), _("Taken out"), "good"
    )


def _do(
    request: SignedInRequest, slug: str, ref: UUID, place: UUID, verb: Callable[..., Any]
) -> HttpResponseBase:
    client = client_for(request.actor, slug)
    with scope(request.actor, client):
        verb(ref, place, agent_id=request.actor.user_id, now=clock.now())
    if not request.htmx:
        return back_to(conversation_path(slug, ref))
    found = open_conversation(request.actor, client, ref, now=clock.now())
    return render(request, "desk/_turned.html", {"conversation": found})


def _ask_why(
    request: SignedInRequest, client: BrandCard, ref: UUID, place: UUID, *, error: RoomError | None = None
) -> HttpResponse:
    now: datetime = clock.now()
    found = open_conversation(request.actor, client, ref, now=now)
    person = next((one for one in found.people if one.ref == place), None)
    if person is None:
        raise NotFound
    context = {"person": person, "error": str(error.message) if error else ""}
    status = error.status if error else 200
    return ask(request, found, _("Take out"), "desk/_ask_removal.html", status=status, **context)
