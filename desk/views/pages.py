"""The desk and its conversations: pages, parts of them, and the state for who has no socket."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from core import clock
from core.http import is_part, render_part
from desk import frames
from desk.acts import all_acts
from desk.answers import agents_only
from desk.conversations import client_for, more_lines, note_look, open_conversation
from desk.inbox import clients_of, inbox_of
from desk.presence import presence_context
from desk.values import Conversation
from desk.words import words
from routing.actions import pullable

PAGE = "desk/desk.html"


@agents_only
@require_safe
def desk(request: SignedInRequest) -> HttpResponseBase:
    """The desk with nothing open."""
    return show(request, None)


@agents_only
@require_safe
def conversation(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """The desk with this conversation open; htmx gets the conversation and its customer."""
    now = clock.now()
    client = client_for(request.actor, slug)
    found = open_conversation(request.actor, client, ref, before=_number(request, "before"), now=now)
    if not (found.is_mine or found.place):
        note_look(request.actor, client, ref, now=now)
    return show(request, found, mode=request.GET.get("mode", ""))


@agents_only
@require_safe
def messages(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """The newest messages, or those `?before=` a number; X-First is the number of the first."""
    client = client_for(request.actor, slug)
    lines = more_lines(request.actor, client, ref, before=_number(request, "before"), now=clock.now())
    response = render(request, "desk/_messages.html", {"lines": lines})
    response.headers["X-First"] = str(lines[0].seq if lines else 1)
    return response


@agents_only
@require_safe
def state(request: SignedInRequest) -> HttpResponseBase:
    """What the socket would have sent: {"frames": […]}; `?stream=&brand=&seq=` adds that one's news."""
    now, actor = clock.now(), request.actor
    out = [frames.frame("poll", now=now), *frames.whole(actor, now=now)]
    stream, after = request.GET.get("stream", ""), _number(request, "seq")
    if stream.startswith("c.") and after is not None:
        client = client_for(actor, request.GET.get("brand", ""))
        out += frames.news(actor, client.id, _uuid(stream[2:]), after=after, now=now).frames
    return JsonResponse({"frames": out})


def show(
    request: SignedInRequest, found: Conversation | None, *, status: int = 200, **more: Any
) -> HttpResponse:
    """Render the page around the conversation, or for htmx the conversation and its customer alone."""
    actor, now = request.actor, clock.now()
    context: dict[str, Any] = {"conversation": found, "now": now, **more}
    if found is None or not is_part(request):
        context |= presence_context(actor, now=now)
    if not is_part(request):
        context |= _frame_of_the_page(request, found)
    response = render_part(request, PAGE, "desk/_opened.html", context, status=status)
    response.headers["X-Path"] = found.path if found else "/desk/"
    return response


def _frame_of_the_page(request: SignedInRequest, found: Conversation | None) -> dict[str, Any]:
    clients, inbox = clients_of(request.actor), inbox_of(request.actor, now=clock.now())
    return {
        "groups": inbox.groups,
        "is_empty": inbox.is_empty,
        "offers": inbox.offers,
        "capacity": inbox.capacity,
        "clients": ", ".join(client.name for client in clients),
        "hues": [client.hue for client in clients],
        "open_ref": found.ref if found else None,
        "words": words(),
        "all_acts": [act for act in all_acts() if act.needs is None or request.actor.can(act.needs)],
        "can_pull": bool(pullable(request.actor.user_id, now=clock.now())),
    }


def _number(request: HttpRequest, name: str) -> int | None:
    value = request.GET.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 10 else None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
