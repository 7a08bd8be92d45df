"""Taking from the line, where a queue allows it."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from core import clock
from core.http import render_part
from desk.answers import agents_only, back_to
from desk.conversations import client_for, open_conversation
from desk.pulling import line_of
from desk.values import conversation_path
from desk.views.pages import show
from routing import actions


@agents_only
@require_safe
def line(request: SignedInRequest) -> HttpResponse:
    """Who waits in the lines the agent may take from."""
    context = {"rows": line_of(request.actor, now=clock.now())}
    return render_part(request, "desk/line.html", "desk/_line_dialog.html", context)


@agents_only
@require_POST
def pull(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Take this one and open it."""
    client = client_for(request.actor, slug)
    actions.pull(ref, brand=client, actor=request.actor, now=clock.now())
    if not request.htmx:
        return back_to(conversation_path(slug, ref))
    return show(request, open_conversation(request.actor, client, ref, now=clock.now()))
