"""What agents ask the client about conversations: the list, one with all its turns, and the answer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound, RoomError
from interactions.asking import actions, queries
from interactions.asking.choices import RequestKind, RequestState
from portal.access import Visit, portal_page

PAGE_ROWS = 25
EVERY = "all"


@portal_page(Permission.OWN_REQUESTS)
@never_cache
@require_safe
def requests(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Show what waits for an answer, what is due first first; `?state=` another state or all, `?kind=`."""
    state, kind = request.GET.get("state", RequestState.OPEN), request.GET.get("kind", "")
    now = clock.now()
    with visit.scope():
        found = queries.requests_asked(state=state, kind=kind)
        page = Paginator(found, PAGE_ROWS).get_page(request.GET.get("page"))
        views = queries.request_views(page.object_list)
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "page": page, "rows": [(one, one.is_overdue(now)) for one in views], "zone": visit.brand.timezone,
        "states": [*RequestState.choices, (EVERY, _("All"))], "kinds": RequestKind.choices,
        "state": state if state in RequestState.values else EVERY, "kind": kind, "query": asked.urlencode(),
    }  # fmt: skip
    return render(request, "portal/requests.html", context)


@portal_page(Permission.OWN_REQUESTS)
@never_cache
@require_safe
def one(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """Show a request with all its turns, and where to answer."""
    return _page(request, visit, ref)


@portal_page(Permission.OWN_REQUESTS)
@require_POST
def answer(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """Give the answer; who only looks as a client answers nothing."""
    if visit.actor.seeing:
        raise Http404
    words = request.POST.get("answer", "")
    try:
        with visit.scope():
            actions.answer_request(
                ref, answer=words, shown=visit.shown, actor=visit.actor.who, now=clock.now()
            )
    except NotFound:
        raise
    except RoomError as error:
        return _page(request, visit, ref, error=str(error.message), typed=words, status=error.status)
    messages.success(request, _("Sent. The agent reads it now."))
    return HttpResponseRedirect(reverse("portal:requests"), status=303)


def _page(
    request: SignedInRequest, visit: Visit, ref: UUID, *, status: int = 200, **more: Any
) -> HttpResponse:
    now = clock.now()
    with visit.scope():
        found = queries.get_request(ref)
    context = {
        "one": found, "is_overdue": found.is_overdue(now), "zone": visit.brand.timezone,
        "may_answer": found.is_open and not visit.actor.seeing, "most": actions.MOST_TEXT,
        "open": visit.can(Permission.CONVERSATIONS),
    }  # fmt: skip
    return render(request, "portal/request.html", context | more, status=status)
