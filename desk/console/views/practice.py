"""Practice in a sandbox: customers are sent, what became of them, the brake."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound
from desk.console.access import client_of_page, client_scope, console_page
from desk.console.answers import said, saved
from desk.console.practice_forms import PracticeForm
from desk.console.tabs import tab_context
from interactions.practice import actions
from interactions.practice.models import MOST_CUSTOMERS, MOST_MINUTES
from interactions.practice.queries import closed_lines, practice_runs
from tenants.choices import BrandKind
from tenants.values import BrandCard


@console_page(Permission.PRACTICE)
@require_http_methods(["GET", "HEAD", "POST"])
def practice(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show who practises; send customers."""
    client = _sandbox(slug)
    if request.method != "POST":
        return _page(request, client, PracticeForm())
    form = PracticeForm(request.POST)
    if not saved(request, form, lambda: _send(request, client, form), _("They are on their way.")):
        return _page(request, client, form, status=422)
    return _back(client)


@console_page(Permission.PRACTICE)
@require_safe
def customers(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show what became of them: asked for again every other second."""
    client = _sandbox(slug)
    return render(request, "console/practice/_runs.html", {"client": client, **_runs(request, client)})


@console_page(Permission.PRACTICE)
@require_POST
def stop(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Let nobody else come, and who waits leave."""
    client = _sandbox(slug)
    stopped = _("Stopped. Who talks to an agent goes on to the end.")
    with said(request, stopped), client_scope(request.actor, client, to=Permission.PRACTICE):
        actions.stop_practice(ref, actor=request.actor.who, now=clock.now())
    return _back(client)


def _sandbox(slug: str) -> BrandCard:
    client = client_of_page(slug)
    if client.kind != BrandKind.SANDBOX:
        raise NotFound
    return client


def _send(request: SignedInRequest, client: BrandCard, form: PracticeForm) -> None:
    with client_scope(request.actor, client, to=Permission.PRACTICE):
        actions.send_practice(**form.cleaned_data, actor=request.actor.who, now=clock.now())


def _runs(request: SignedInRequest, client: BrandCard) -> dict[str, Any]:
    with client_scope(request.actor, client, to=Permission.PRACTICE):
        return {"runs": practice_runs()}


def _page(
    request: SignedInRequest, client: BrandCard, form: PracticeForm, *, status: int = 200
) -> HttpResponse:
    context = tab_context(client, "practice") | _runs(request, client)
    with client_scope(request.actor, client, to=Permission.PRACTICE):
        context["closed"] = closed_lines(clock.now())
    context |= {"form": form, "most": MOST_CUSTOMERS, "longest": MOST_MINUTES}
    return render(request, "console/practice/practice.html", context, status=status)


def _back(client: BrandCard) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("console:practice", args=(client.slug,)))
