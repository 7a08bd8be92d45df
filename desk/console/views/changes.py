"""What one client asks to be changed: looked at beside what it is now, accepted, or refused with a reason."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound, RoomError
from desk.console.access import client_of_page, client_scope, console_page
from desk.console.tabs import tab_context
from interactions.changing import actions, queries
from interactions.changing.choices import ChangeState
from interactions.changing.values import ChangeView, lines_of

PAGE_ROWS = 25
PENDING = "pending"
ACCEPT = "accept"


@console_page(Permission.CHANGES)
@require_safe
def changes(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show what waits; `?state=all` what was decided too."""
    client, state = client_of_page(slug), request.GET.get("state", PENDING)
    with client_scope(request.actor, client, to=Permission.CHANGES):
        page = Paginator(queries.changes_asked(state), PAGE_ROWS).get_page(request.GET.get("page"))
        rows = queries.change_views(page.object_list)
    states = [(PENDING, _("Not settled")), ("all", _("All"))]
    context = {"page": page, "rows": rows, "states": states, "state": state if state == PENDING else "all"}
    return render(request, "console/changes.html", tab_context(client, "changes") | context)


@console_page(Permission.CHANGES)
@require_safe
def change(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Show a change beside what it is now, and the two answers."""
    return _page(request, slug, ref)


@console_page(Permission.CHANGES)
@require_POST
def decide(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """`answer=accept` carries it out, at once or on its day; anything else refuses it for a `reason`."""
    client, said, who, now = client_of_page(slug), request.POST, request.actor.who, clock.now()
    state = ChangeState.REFUSED
    try:
        with client_scope(request.actor, client, to=Permission.CHANGES):
            if said.get("answer") == ACCEPT:
                state = actions.accept_change(ref, actor=who, now=now)
            else:
                actions.refuse_change(ref, reason=said.get("reason", ""), actor=who, now=now)
    except NotFound:
        raise
    except RoomError as error:
        more = {"error": str(error.message), "reason": said.get("reason", "")}
        return _page(request, slug, ref, status=error.status, **more)
    messages.success(request, f"{state.label}.")
    return HttpResponseRedirect(reverse("console:changes", args=(slug,)), status=303)


def _page(request: SignedInRequest, slug: str, ref: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    client, now = client_of_page(slug), clock.now()
    with client_scope(request.actor, client, to=Permission.CHANGES):
        found = queries.get_change(ref)
        is_now = _current(found)
    shown = found.before if is_now is None or not found.is_pending else is_now
    context = {
        "one": found, "lines": lines_of(shown, found.proposed), "is_gone": is_now is None,
        "has_moved": found.is_pending and is_now not in (None, found.before),
        "is_later": found.from_day > now.astimezone(ZoneInfo(client.timezone)).date(),
    }  # fmt: skip
    context |= tab_context(client, "changes") | more
    return render(request, "console/change.html", context, status=status)


def _current(found: ChangeView) -> dict[str, Any] | None:
    """Return what it is now, None for a calendar that is gone."""
    try:
        return queries.current(found.topic)
    except NotFound:
        return None
