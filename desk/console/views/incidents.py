"""What happened, in the provider's words: it stands on the client's report beside the numbers it explains."""

from typing import Any
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
from desk.console.incident_forms import IncidentForm
from desk.console.span_forms import OverForm
from desk.console.tabs import tab_context
from interactions.queries import queue_names
from reporting import actions
from reporting.happenings import between
from reporting.incidents import Annotation
from tenants.values import BrandCard

PAGE = 20


@console_page(Permission.INCIDENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def incidents(request: SignedInRequest, slug: str) -> HttpResponse:
    """List what was written, the latest first; POST writes one."""
    return _page(request, client_of_page(slug), writing=request.method == "POST")


@console_page(Permission.INCIDENTS)
@require_POST
def end(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Say when it was over."""
    client, now = client_of_page(slug), clock.now()
    form = OverForm(request.POST, zone=client.timezone, prefix=str(ref))
    with client_scope(request.actor, client, to=Permission.INCIDENTS):

        def over() -> None:
            actions.end_incident(
                ref, ended_at=form.cleaned_data["ended_at"], actor=request.actor.who, now=now
            )

        done = saved(request, form, over, _("Saved."))
    return HttpResponseRedirect(_path(client)) if done else _page(request, client, ending=(ref, form))


@console_page(Permission.INCIDENTS)
@require_POST
def withdraw(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Take it off every report."""
    client = client_of_page(slug)
    with (
        said(request, _("Taken back.")),
        client_scope(request.actor, client, to=Permission.INCIDENTS),
    ):
        actions.withdraw_incident(ref, actor=request.actor.who, now=clock.now())
    return HttpResponseRedirect(_path(client))


def _page(
    request: SignedInRequest,
    client: BrandCard,
    *,
    writing: bool = False,
    ending: tuple[UUID, OverForm] | None = None,
) -> HttpResponse:
    with client_scope(request.actor, client, to=Permission.INCIDENTS):
        queues = queue_names()
        form = IncidentForm(request.POST if writing else None, queues=queues, zone=client.timezone)

        def write() -> None:
            by: dict[str, Any] = {
                "shown": known_as(request.actor, client),
                "actor": request.actor.who,
                "now": clock.now(),
            }
            actions.write_incident(**form.cleaned_data, **by)

        if writing and saved(request, form, write, _("Written: the client's report shows it.")):
            return HttpResponseRedirect(_path(client))
        rows = Annotation.objects.standing().order_by("-started_at", "-pk")
        page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
        found = [_shown(row, client, ending) for row in page]
    context = tab_context(client, "incidents") | {
        "form": form, "found": found, "page": page, "zone": client.timezone,
    }  # fmt: skip
    return render(request, "console/incidents.html", context, status=422 if form.errors or ending else 200)


def _shown(row: Annotation, client: BrandCard, ending: tuple[UUID, OverForm] | None) -> dict[str, Any]:
    """{"row", "when", "over"}: the form is of one that goes on."""
    over = None
    if row.ended_at is None:
        mine = ending is not None and ending[0] == row.ref
        over = ending[1] if ending and mine else OverForm(zone=client.timezone, prefix=str(row.ref))
    return {
        "row": row,
        "over": over,
        "when": between(row.started_at, row.ended_at, ZoneInfo(client.timezone)),
    }


def _path(client: BrandCard) -> str:
    return reverse("console:incidents", args=(client.slug,))
