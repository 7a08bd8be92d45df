"""What is proposed to a client to be left out of its report: every proposal, a new one, one taken back."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from desk.console.access import client_of_page, client_scope, console_page, known_as
from desk.console.answers import said, saved
from desk.console.exclusion_forms import ProposalForm
from desk.console.tabs import tab_context
from interactions.queries import queue_names
from reporting import actions
from reporting.exclusions import all_exclusions, view_of

PAGE = 20


@console_page(Permission.TARGETS)
@require_http_methods(["GET", "HEAD", "POST"])
def exclusions(request: SignedInRequest, slug: str) -> HttpResponse:
    """List the proposals with what became of them; POST proposes another one."""
    client, now, actor = client_of_page(slug), clock.now(), request.actor
    with client_scope(actor, client, to=Permission.TARGETS):
        data = request.POST if request.method == "POST" else None
        form = ProposalForm(data, queues=queue_names(), zone=client.timezone)

        def propose() -> None:
            actions.propose_exclusion(
                form.said(), key=form.cleaned_data["key"], shown=known_as(actor, client),
                zone=ZoneInfo(client.timezone), actor=actor.who, now=now,
            )  # fmt: skip

        if form.is_bound and saved(request, form, propose, _("Proposed. The client answers in the portal.")):
            return HttpResponseRedirect(reverse("console:exclusions", args=(client.slug,)))
        page = Paginator(all_exclusions(), PAGE).get_page(request.GET.get("page"))
        rows = [view_of(row) for row in page]
    context = tab_context(client, "exclusions") | {"form": form, "page": page, "rows": rows}
    return render(request, "console/exclusions.html", context, status=422 if form.errors else 200)


@console_page(Permission.TARGETS)
@require_POST
def withdraw(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Take a proposal back that the client has not answered."""
    client = client_of_page(slug)
    done = said(request, _("Withdrawn."))
    with done, client_scope(request.actor, client, to=Permission.TARGETS):
        actions.withdraw_exclusion(ref, actor=request.actor.who, now=clock.now())
    return HttpResponseRedirect(reverse("console:exclusions", args=(client.slug,)))
