"""Somebody who may take agents off the floor does: a forgotten one, one who called in sick."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound
from core.refusals import refusals
from desk.console.access import console_page
from desk.console.sign_out_forms import SignOutForm
from routing.access import may_sign_out
from routing.actions import sign_out_agent
from routing.models import SignOut
from routing.states import on_the_floor


@console_page(Permission.AGENTS_SIGN_OUT, Permission.TEAM_SIGN_OUT)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: SignedInRequest, agent_id: int) -> HttpResponse:
    """Show what the agent has open; a POST signs them out and gives it back to the line."""
    if not may_sign_out(request.actor, agent_id):
        raise NotFound
    form = SignOutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            row = sign_out_agent(agent_id, by=request.actor, now=clock.now(), **form.cleaned_data)
            _say(request, row)
            return HttpResponseRedirect(reverse("console:agent-sign-out", args=(agent_id,)), status=303)
    context = {"floor": on_the_floor(agent_id), "form": form, "now": clock.now()}
    return render(request, "console/sign_out.html", context, status=422 if form.errors else 200)


def _say(request: HttpRequest, row: SignOut) -> None:
    if row.done_at is None:
        messages.warning(
            request,
            _("They are offline. Something is left to give back: it is tried again every few seconds."),
        )
        return
    words = ngettext(
        "They are offline. %(count)d conversation of theirs was given back.",
        "They are offline. %(count)d conversations of theirs were given back.",
        row.returned,
    )
    messages.success(request, words % {"count": row.returned})
