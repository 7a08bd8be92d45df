"""The conversation goes to somebody else: handed over by its agent, or given by who leads them."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from accounts.refusals import refuse as note_refusal
from core import clock
from core.errors import RoomError
from core.http import is_part, with_toast
from core.ids import new_ref
from desk.answers import agents_only, back_to
from desk.asking import ask
from desk.conversations import client_for, open_conversation, scope
from desk.handing import picks_of, target_of
from desk.values import conversation_path
from desk.views.finishing import go_on
from desk.views.pages import show
from desk.views.writing import client_id_of
from interactions import actions
from interactions.access import get_interaction
from interactions.errors import NotYours
from routing.actions import ask_consult
from tenants.scope import tenant_scope
from tenants.values import BrandCard
from workforce.queries import shown_name

GET_OR_POST = ["GET", "HEAD", "POST"]
WORDS = {
    "transfer": {
        "title": gettext_lazy("Hand over"),
        "label": gettext_lazy("Note for whoever takes it"),
        "hint": gettext_lazy("Only colleagues read it. The customer reads where they are handed over to."),
        "do": gettext_lazy("Hand over"),
    },
    "consult": {
        "title": gettext_lazy("Ask a colleague"),
        "label": gettext_lazy("What you want to know"),
        "hint": gettext_lazy("They read along and talk with you. The customer is told nothing."),
        "do": gettext_lazy("Ask"),
    },
    "assign": {
        "title": gettext_lazy("Give to somebody"),
        "label": gettext_lazy("Why"),
        "hint": gettext_lazy("It stands in the audit trail, which the client can read."),
        "do": gettext_lazy("Give"),
    },
}


@agents_only
@require_http_methods(GET_OR_POST)
def transfer(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Ask where to; hand it over with a note. The next conversation that needs the agent follows."""
    client = client_for(request.actor, slug)
    if request.method != "POST":
        return _form(request, client, ref, "transfer")
    actor, now = request.actor, clock.now()
    try:
        to = target_of(request.POST.get("to", ""), client)
        shown = shown_name(actor.user_id, client.id)
        with scope(actor, client):
            actions.transfer(
                ref, agent_id=actor.user_id, author_shown=shown, to=to, note=request.POST.get("words", ""),
                client_id=client_id_of(request.POST.get("client_id", "")), now=now,
            )  # fmt: skip
    except RoomError as error:
        return _again(request, client, ref, "transfer", error)
    return go_on(request, _("Handed over"))


@agents_only
@require_http_methods(GET_OR_POST)
def consult(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Ask whom and what; the conversation stays, and the colleague is offered a place in it."""
    client, actor = client_for(request.actor, slug), request.actor
    if request.method != "POST":
        return _form(request, client, ref, "consult")
    try:
        to = target_of(request.POST.get("to", ""), client)
        ask_consult(
            ref, brand=client, actor=actor, to=to, note=request.POST.get("words", ""),
            client_id=client_id_of(request.POST.get("client_id", "")), now=clock.now(),
        )  # fmt: skip
    except RoomError as error:
        return _again(request, client, ref, "consult", error)
    if not request.htmx:
        return back_to(conversation_path(slug, ref))
    found = open_conversation(actor, client, ref, now=clock.now())
    return with_toast(show(request, found), _("Asked"), "good")


@agents_only
@require_http_methods(GET_OR_POST)
def assignment(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Ask whom to give it to and why; give it to them. For who may reassign a colleague's work."""
    client, actor = client_for(request.actor, slug), request.actor
    if not actor.can(Permission.REASSIGN, client.id):
        note_refusal(actor.who, brand_id=client.id, permission=Permission.REASSIGN, object=request.path)
    if request.method != "POST":
        return _form(request, client, ref, "assign")
    try:
        to = target_of(request.POST.get("to", ""), client)
        with tenant_scope(client, actor.grant(Permission.REASSIGN, client)):
            actions.reassign(
                ref, to=to, reason=request.POST.get("words", ""), actor=actor.who, actor_id=actor.user_id,
                now=clock.now(),
            )  # fmt: skip
    except RoomError as error:
        return _again(request, client, ref, "assign", error)
    path = conversation_path(slug, ref)
    if not request.htmx:
        return back_to(path)
    found = open_conversation(actor, client, ref, now=clock.now())
    return with_toast(show(request, found), _("Given"), "good")


def _again(
    request: SignedInRequest, client: BrandCard, ref: UUID, act: str, error: RoomError
) -> HttpResponse:
    """Ask again with what was written, where that can help; else the refusal is the answer."""
    if error.status == 404 or isinstance(error, NotYours) or error.code == "wrong_state":
        raise error
    return _form(request, client, ref, act, error=str(error.message), status=error.status)


def _form(
    request: SignedInRequest, client: BrandCard, ref: UUID, act: str, *, error: str = "", status: int = 200
) -> HttpResponse:
    actor, now = request.actor, clock.now()
    with scope(actor, client):
        view = get_interaction(ref, agent_id=None if act == "assign" else actor.user_id)
    if act != "assign" and view.agent_id != actor.user_id:
        raise NotYours
    picks = picks_of(actor, client, view, now=now)
    if is_part(request) and "waits" in request.GET:
        return render(request, "desk/_waits.html", {"picks": picks})
    found = open_conversation(actor, client, ref, now=now)
    written = {name: request.POST.get(name, "") for name in ("to", "words")}
    context: dict[str, Any] = {
        "picks": picks, "error": error, "written": written, "act": act, "words": WORDS[act],
        "client_id": request.POST.get("client_id") or new_ref(now),
    }  # fmt: skip
    title = str(WORDS[act]["title"])
    return ask(request, found, title, "desk/_hand_over.html", status=status, **context)
