"""What agents ask one client: what waits and for how long, and within how many hours an answer is due."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from desk.console.access import client_of_page, client_scope, console_page
from desk.console.tabs import tab_context
from interactions.asking import actions, queries
from interactions.asking.choices import RequestState
from interactions.asking.models import MOST_HOURS
from interactions.errors import Refused

PAGE_ROWS = 25


@console_page(Permission.REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def requests(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show what the client was asked, what waits first; a POST says within how many hours it is due."""
    client = client_of_page(slug)
    if request.method != "POST":
        return _page(request, slug)
    typed = request.POST.get("hours", "")
    try:
        with client_scope(request.actor, client, to=Permission.REQUESTS):
            hours = int(typed) if typed.isdecimal() and len(typed) < 6 else 0
            actions.set_terms(hours=hours, actor=request.actor.who, now=clock.now())
    except Refused as error:
        return _page(request, slug, error=str(error.message), typed=typed, status=error.status)
    messages.success(request, _("Saved. It holds for what is asked from now on."))
    return HttpResponseRedirect(reverse("console:requests", args=(slug,)), status=303)


def _page(request: SignedInRequest, slug: str, *, status: int = 200, **more: Any) -> HttpResponse:
    client, now = client_of_page(slug), clock.now()
    state = request.GET.get("state", RequestState.OPEN)
    with client_scope(request.actor, client, to=Permission.REQUESTS):
        found = queries.requests_asked(state=state)
        page = Paginator(found, PAGE_ROWS).get_page(request.GET.get("page"))
        views, hours = queries.request_views(page.object_list), queries.due_hours()
    context = {
        "page": page, "rows": [(one, one.is_overdue(now)) for one in views], "hours": hours,
        "states": [*RequestState.choices, ("all", _("All"))], "most": MOST_HOURS,
        "state": state if state in RequestState.values else "all",
    }  # fmt: skip
    return render(
        request, "console/requests.html", tab_context(client, "requests") | context | more, status=status
    )
