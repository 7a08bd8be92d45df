"""A client's service targets: what its contract promises, from which day on, and what it promised before."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
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
from desk.console.tabs import tab_context
from desk.console.target_forms import ChangeForm, ClauseForm, EndForm
from interactions.queries import queue_names
from reporting import actions
from reporting.clauses import get_history, histories
from tenants.values import BrandCard

METHODS = ["GET", "HEAD", "POST"]


@console_page(Permission.TARGETS)
@require_http_methods(METHODS)
def targets(request: SignedInRequest, slug: str) -> HttpResponse:
    """List the targets with their versions; POST adds one."""
    client, now = client_of_page(slug), clock.now()
    zone = ZoneInfo(client.timezone)
    today = now.astimezone(zone).date()
    with client_scope(request.actor, client, to=Permission.TARGETS):
        queues = queue_names()
        form = ClauseForm(_posted(request), queues=queues, zone=client.timezone, today=today)

        def add() -> None:
            actions.add_clause(
                **form.cleaned_data, **_by(request, zone, now), shown=known_as(request.actor, client)
            )

        if form.is_bound and saved(request, form, add, _("Added.")):
            return HttpResponseRedirect(_path(client))
        found = histories(today, queues)
    context = tab_context(client, "targets") | {"form": form, "found": found, "zone": client.timezone}
    return render(request, "console/targets.html", context, status=_status(form))


@console_page(Permission.TARGETS)
@require_http_methods(METHODS)
def target(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Show one target; POST changes its levels from a day on."""
    return _target(request, client_of_page(slug), ref, changing=request.method == "POST")


@console_page(Permission.TARGETS)
@require_POST
def end(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Say on which day it is in force last."""
    return _target(request, client_of_page(slug), ref, ending=True)


@console_page(Permission.TARGETS)
@require_POST
def withdraw(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Take a version back before it is in force."""
    client, now = client_of_page(slug), clock.now()
    by = _by(request, ZoneInfo(client.timezone), now)
    with said(request, _("Taken back.")), client_scope(request.actor, client, to=Permission.TARGETS):
        actions.withdraw_clause(ref, **by)
    return HttpResponseRedirect(_path(client))


def _target(
    request: SignedInRequest, client: BrandCard, ref: UUID, *, changing: bool = False, ending: bool = False
) -> HttpResponse:
    now, zone = clock.now(), ZoneInfo(client.timezone)
    today, by = now.astimezone(zone).date(), _by(request, zone, now)
    with client_scope(request.actor, client, to=Permission.TARGETS):
        one = get_history(ref, today, queue_names())
        row = one.newest.row
        change = ChangeForm(_posted(request, changing), row=row, zone=client.timezone, today=today)
        ended = EndForm(_posted(request, ending), row=row, zone=client.timezone)

        def save() -> None:
            actions.change_clause(ref, **change.cleaned_data, **by, shown=known_as(request.actor, client))

        def finish() -> None:
            actions.end_clause(ref, **ended.cleaned_data, **by)

        done = (changing and saved(request, change, save, _("Saved."))) or (
            ending and saved(request, ended, finish, _("Saved."))
        )
    if done:
        return HttpResponseRedirect(_path(client))
    context = tab_context(client, "targets") | {"one": one, "change": change, "end": ended, "ref": row.ref}
    return render(request, "console/target.html", context, status=_status(change, ended))


def _by(request: SignedInRequest, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    return {"zone": zone, "actor": request.actor.who, "now": now}


def _posted(request: SignedInRequest, wanted: bool = True) -> Any:
    return request.POST if wanted and request.method == "POST" else None


def _status(*forms_shown: forms.Form) -> int:
    return 422 if any(form.errors for form in forms_shown) else 200


def _path(client: BrandCard) -> str:
    return reverse("console:targets", args=(client.slug,))
