"""Raised hands, for who leads: a list, the conversation to read, a note into it, or "I'm coming"."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import require
from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound, RoomError
from core.http import render_part
from core.ids import new_ref
from desk import reading
from desk.conversations import note_look
from desk.lines import lines_of
from desk.wording import channel_name, reader_of, visitor_name
from interactions.actions import whisper
from interactions.errors import Refused
from routing.actions import answer_help
from routing.help import HelpView, get_help, help_for
from tenants.cards import card_by_id
from tenants.scope import tenant_scope
from tenants.values import BrandCard
from workforce.queries import shown_name


@never_cache
@require(Permission.HELP)
@require_safe
def hands(request: SignedInRequest) -> HttpResponse:
    """Show the hands that are up, the longest first; the list asks again by itself."""
    now = clock.now()
    rows = [
        {"one": one, "client": card_by_id(one.brand_id), "age": (now - one.asked_at).total_seconds()}
        for one in help_for(request.actor)
    ]
    context = {"rows": rows, "here": "help"}
    return render_part(request, "desk/hands.html", "desk/_hands.html", context)


@never_cache
@require(Permission.HELP)
@require_safe
def hand(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """Show the conversation, to read; that it was read is written down."""
    return _page(request, ref)


@require(Permission.HELP)
@require_POST
def note(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """Answer with a note for the agent."""
    found, client = _found(request, ref)
    me, now = request.actor, clock.now()
    shown = shown_name(me.user_id, client.id)
    try:
        with tenant_scope(client, me.grant(Permission.HELP, client)):
            whisper(
                found.interaction_ref, author_id=me.user_id, author_shown=shown,
                client_id=_client_id(request), body=request.POST.get("body", ""), now=now,
            )  # fmt: skip
    except NotFound:
        raise
    except RoomError as error:
        return _page(request, ref, status=error.status, error=str(error.message))
    answer_help(ref, actor=me, coming=False, now=now)
    messages.success(request, _("Your note is with the agent."))
    return HttpResponseRedirect(reverse("desk:hands"), status=303)


@require(Permission.HELP)
@require_POST
def coming(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """Say that help is on its way."""
    answer_help(ref, actor=request.actor, coming=True, now=clock.now())
    return HttpResponseRedirect(reverse("desk:hand", args=(ref,)), status=303)


def _page(request: SignedInRequest, ref: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    found, client = _found(request, ref)
    actor, now = request.actor, clock.now()
    with tenant_scope(client, actor.grant(Permission.HELP, client)):
        facts, _contact = reading.conversation(found.interaction_ref, agent_id=actor.user_id, now=now)
        window = reading.newest(found.interaction_ref)
    note_look(actor, client, found.interaction_ref, now=now)
    view = facts.view
    context: dict[str, Any] = {
        "one": found, "client": client, "name": visitor_name(view), "alias": view.agent_shown,
        "what": f"{channel_name(view.channel)} · {view.queue_name}",
        "lines": lines_of(window.messages, reader_of(actor.user_id, view, now=now), before=window.before),
        "is_whole": window.is_whole, "fresh_id": new_ref(), "now": now, "here": "help",
        "body": request.POST.get("body", ""), "hues": [client.hue],
    }  # fmt: skip
    return render(request, "desk/hand.html", context | more, status=status)


def _found(request: SignedInRequest, ref: UUID) -> tuple[HelpView, BrandCard]:
    found = get_help(ref, actor=request.actor)
    client = card_by_id(found.brand_id)
    if client is None:
        raise NotFound
    return found, client


def _client_id(request: SignedInRequest) -> UUID:
    try:
        return UUID(request.POST.get("client_id", ""))
    except ValueError as error:
        raise Refused(_("This could not be sent as it came. Send it again."), code="bad_client_id") from error
