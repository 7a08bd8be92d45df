"""The end of a conversation: wrap-up, one more minute, reason and outcome."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from core import clock
from core.errors import RoomError
from core.http import with_toast
from desk.answers import agents_only, back_to
from desk.asking import Asked
from desk.conversations import client_for, open_conversation, scope
from desk.inbox import inbox_of
from desk.values import CLOSED, Conversation, conversation_path
from desk.views.pages import show
from interactions import actions
from interactions.errors import Refused
from tenants.values import BrandCard


@agents_only
@require_POST
def wrap_up(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """End the talk."""
    client = client_for(request.actor, slug)
    with scope(request.actor, client):
        actions.begin_wrap_up(ref, agent_id=request.actor.user_id, now=clock.now())
    return foot(request, client, ref)


@agents_only
@require_POST
def extension(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """One more minute, once."""
    client = client_for(request.actor, slug)
    with scope(request.actor, client):
        actions.extend_wrap_up(ref, agent_id=request.actor.user_id, now=clock.now())
    return foot(request, client, ref)


@agents_only
@require_http_methods(["GET", "POST"])
def not_a_contact(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """End it as spam, a duplicate or meant for another brand (`code`)."""
    client, code = client_for(request.actor, slug), request.POST.get("code", "")
    asked = Asked(request, client, ref, _("Not a contact"), "desk/_ask_void.html")
    if request.method == "GET":
        return asked.again()
    try:
        with scope(request.actor, client):
            actions.mark_not_a_contact(ref, agent_id=request.actor.user_id, code=code, now=clock.now())
    except Refused as error:
        return asked.again(error)
    return shown(request, client, ref)


@agents_only
@require_POST
def contact_after_all(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Take that back, while it is not closed."""
    client = client_for(request.actor, slug)
    with scope(request.actor, client):
        actions.undo_not_a_contact(ref, agent_id=request.actor.user_id, now=clock.now())
    return shown(request, client, ref)


@agents_only
@require_POST
def correction(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Give a conversation that the agent closed another reason and outcome, until its day is closed."""
    client = client_for(request.actor, slug)
    chosen = {name: request.POST.get(name, "") for name in ("reason", "outcome")}
    try:
        with scope(request.actor, client):
            actions.correct(
                ref, actor=request.actor.who, actor_id=request.actor.user_id, own=True, zone=client.timezone,
                reason_code=chosen["reason"], outcome_code=chosen["outcome"], now=clock.now(),
            )  # fmt: skip
    except Refused as error:
        return _ask_again(request, client, ref, error, chosen)
    return foot(request, client, ref)


@agents_only
@require_POST
def disposition(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Finish with reason and outcome; the next conversation that needs the agent follows."""
    client = client_for(request.actor, slug)
    chosen = {name: request.POST.get(name, "") for name in ("reason", "outcome", "hard")}
    try:
        with scope(request.actor, client):
            actions.wrap_up(
                ref, agent_id=request.actor.user_id, reason_code=chosen["reason"],
                outcome_code=chosen["outcome"], hard=bool(chosen["hard"]), now=clock.now(),
            )  # fmt: skip
    except Refused as error:
        return _ask_again(request, client, ref, error, chosen)
    return go_on(request, _("Closed"))


def shown(request: SignedInRequest, client: BrandCard, ref: UUID) -> HttpResponseBase:
    """Answer with the conversation as it is now."""
    if not request.htmx:
        return back_to(conversation_path(client.slug, ref))
    return show(request, open_conversation(request.actor, client, ref, now=clock.now()))


def foot(request: SignedInRequest, client: BrandCard, ref: UUID) -> HttpResponseBase:
    """Answer with what stands above the composer now; head and messages follow by the socket."""
    path = conversation_path(client.slug, ref)
    if not request.htmx:
        return back_to(path)
    found = open_conversation(request.actor, client, ref, now=clock.now())
    return render(request, "desk/_turned.html", {"conversation": found})


def _ask_again(
    request: SignedInRequest, client: BrandCard, ref: UUID, error: RoomError, chosen: dict[str, str]
) -> HttpResponse:
    found = open_conversation(request.actor, client, ref, now=clock.now())
    context: dict[str, Any] = {"error": str(error.message), "chosen": chosen}
    if not request.htmx:
        return show(request, found, status=error.status, **context)
    response = render(request, "desk/_foot.html", context | {"conversation": found}, status=error.status)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#foot", "outerHTML"
    return response


def go_on(request: SignedInRequest, words: str) -> HttpResponseBase:
    """After the last act on a conversation: the next one that needs the agent, and what was done."""
    following = _next(request)
    if not request.htmx:
        return back_to(following.path if following else "/desk/")
    return with_toast(show(request, following), words, "good")


def _next(request: SignedInRequest) -> Conversation | None:
    """Open what the agent has waited for longest, if anything."""
    now = clock.now()
    groups = inbox_of(request.actor, now=now).groups
    row = next((row for group in groups if group.name != CLOSED for row in group.rows), None)
    if row is None:
        return None
    try:
        return open_conversation(request.actor, row.client, row.ref, now=now)
    except RoomError:
        return None
