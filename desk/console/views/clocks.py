"""What is agreed for a client's clocks: of all its queues, and of those that have terms of their own."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound
from desk.console.access import client_of_page, client_scope, console_page, known_as
from desk.console.answers import saved
from desk.console.clock_forms import DayForm, TermsForm
from desk.console.clock_words import told
from desk.console.tabs import tab_context
from interactions import actions
from interactions.clocks.agreements import Scope, scopes
from tenants.values import BrandCard

METHODS = ["GET", "HEAD", "POST"]
AT_ONCE = 50
"""So many conversations are brought in line before the page answers; more by the next sweep."""


@console_page(Permission.TARGETS)
@require_http_methods(METHODS)
def clocks(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show what is agreed for the client as a whole; POST agrees on something else from a day on."""
    return _clocks(request, client_of_page(slug), None)


@console_page(Permission.TARGETS)
@require_http_methods(METHODS)
def queue_clocks(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """The same for one queue."""
    return _clocks(request, client_of_page(slug), ref)


@console_page(Permission.TARGETS)
@require_POST
def follow(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Let the queue go by the client's terms again."""
    return _clocks(request, client_of_page(slug), ref, following=True)


def _clocks(
    request: SignedInRequest, client: BrandCard, ref: UUID | None, *, following: bool = False
) -> HttpResponse:
    now, zone = clock.now(), ZoneInfo(client.timezone)
    day: dict[str, Any] = {"zone": client.timezone, "today": now.astimezone(zone).date()}
    posted = request.POST if request.method == "POST" else None
    with client_scope(request.actor, client, to=Permission.TARGETS):
        found = scopes(now=now)
        here = _named(found, ref)
        terms = found[0].in_force if here.in_force is None else here.in_force
        form = TermsForm(None if following else posted, terms=terms, **day)
        back = DayForm(posted if following else None, prefix="back", **day)
        one: DayForm = back if following else form

        def agree() -> None:
            actions.save_policy(
                key=one.cleaned_data["key"], from_date=one.cleaned_data["from_date"], queue_ref=ref,
                terms=None if following else form.terms(), zone=zone, actor=request.actor.who,
                shown=known_as(request.actor, client), now=now,
            )  # fmt: skip

        if posted is not None and saved(request, one, agree, _("Saved.")):
            actions.apply_policies(most=AT_ONCE, now=now)
            return HttpResponseRedirect(_path(client, here))
    context = tab_context(client, "clocks") | {
        "form": form, "back": back, "here": here, "ref": ref, "zone": client.timezone,
        "scopes": [{"name": one.name, "path": _path(client, one), "here": one is here} for one in found],
        "rows": [{"one": each, "told": told(each.terms)} for each in here.agreements],
        "usual": told(found[0].in_force) if ref and here.in_force is None else None,
    }  # fmt: skip
    status = 422 if form.errors or back.errors else 200
    return render(request, "console/clocks.html", context, status=status)


def _named(found: list[Scope], ref: UUID | None) -> Scope:
    here = next((one for one in found if one.ref == ref), None)
    if here is None:
        raise NotFound
    return here


def _path(client: BrandCard, one: Scope) -> str:
    args: tuple[Any, ...] = (client.slug,) if one.ref is None else (client.slug, one.ref)
    return reverse("console:clocks" if one.ref is None else "console:queue-clocks", args=args)
