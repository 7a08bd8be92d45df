"""An agent asks the client about a conversation, asks again, or calls it off."""

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from core import clock
from core.errors import NotFound
from core.ids import new_ref
from desk.answers import agents_only
from desk.asking import Asked, hours_of
from desk.conversations import client_for, scope
from desk.views.finishing import shown
from desk.views.writing import client_id_of
from interactions.access import get_interaction
from interactions.asking import actions, queries
from interactions.asking.actions import Agent
from interactions.asking.choices import RequestKind
from interactions.asking.serving import file_answer
from interactions.errors import Refused
from tenants.values import BrandCard
from workforce.queries import shown_name

HOURS = (1, 2, 4, 8, 24)
"""Within how many open hours an answer can be asked for, besides the brand's own."""


@agents_only
@require_http_methods(["GET", "POST"])
def ask(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Show what was asked about the conversation; ask `question`, of a `kind`, due within `hours`."""
    client = client_for(request.actor, slug)
    if request.method == "GET":
        return _form(request, client, ref)
    typed = {name: request.POST.get(name, "") for name in ("kind", "question", "hours", "key")}
    agent = _agent(request, client)
    try:
        with scope(request.actor, client):
            actions.open_request(
                ref, kind=typed["kind"], question=typed["question"], hours=hours_of(typed["hours"]),
                key=client_id_of(typed["key"]), agent=agent, now=clock.now(),
            )  # fmt: skip
    except Refused as error:
        return _form(request, client, ref, error, **typed)
    return shown(request, client, ref)


@agents_only
@require_POST
def again(request: SignedInRequest, slug: str, ref: UUID, asked: UUID) -> HttpResponseBase:
    """Ask once more about what was settled: `question`."""
    client, agent = client_for(request.actor, slug), _agent(request, client_for(request.actor, slug))
    question = request.POST.get("question", "")
    try:
        with scope(request.actor, client):
            _check(asked, ref)
            actions.reopen_request(asked, question=question, agent=agent, now=clock.now())
    except Refused as error:
        return _form(request, client, ref, error)
    return shown(request, client, ref)


@agents_only
@require_POST
def cancel(request: SignedInRequest, slug: str, ref: UUID, asked: UUID) -> HttpResponseBase:
    """Call it off: no answer is needed any more."""
    client, agent = client_for(request.actor, slug), _agent(request, client_for(request.actor, slug))
    with scope(request.actor, client):
        _check(asked, ref)
        actions.cancel_request(asked, agent=agent, now=clock.now())
    return shown(request, client, ref)


@agents_only
@require_safe
def file(request: SignedInRequest, slug: str, ref: UUID, asked: UUID, file_ref: UUID) -> HttpResponseBase:
    """A file of the client's answer, for who has the conversation, had it, or is in it."""
    client = client_for(request.actor, slug)
    with scope(request.actor, client):
        get_interaction(ref, agent_id=request.actor.user_id)
        _check(asked, ref)
        return file_answer(queries.get_file(asked, file_ref))


def _check(asked: UUID, ref: UUID) -> None:
    """Raise NotFound unless the request is about this conversation."""
    if queries.get_request(asked).interaction_ref != ref:
        raise NotFound


def _agent(request: SignedInRequest, client: BrandCard) -> Agent:
    me = request.actor
    return Agent(me.user_id, shown_name(me.user_id, client.id), me.who)


def _form(
    request: SignedInRequest, client: BrandCard, ref: UUID, error: Refused | None = None, **typed: Any
) -> HttpResponseBase:
    with scope(request.actor, client):
        found, default = queries.requests_of(ref), queries.due_hours()
    asked = Asked(request, client, ref, _("Ask the client"), "desk/_ask_client.html")
    given = {"kind": "", "question": "", "hours": "", "key": new_ref()} | typed
    return asked.again(
        error, requests=found, default=default, offered=HOURS, kinds=RequestKind.choices, **given
    )
