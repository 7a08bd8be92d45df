"""Hours by client: whose agents' time was, what of it is billable, and the paid hours that were nobody's."""

from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.spreadsheet import csv_pages
from desk.console.access import console_page
from desk.labour import HEAD, agent_lines, agents_behind, by_client, days_of, label_of, sheet_pages
from reporting.counting import Counting
from reporting.periods import read_period
from tenants.audit import audit as note
from tenants.scope import labour_scope

PAGE = 50


@console_page(Permission.DAYS)
@require_safe
def clients(request: SignedInRequest) -> HttpResponse:
    """Show the hours of a period in the reader's zone: by client and kind of pool, nobody's, unpaid."""
    found = by_client(_asked(request))
    context = {"found": found, "of": found.of, "hues": found.hues, "here": "days"}
    return render(request, "console/days_clients.html", context)


@console_page(Permission.DAYS)
@require_safe
def agents(request: SignedInRequest) -> HttpResponse:
    """Show whose time is behind one of these numbers."""
    of = _asked(request)
    given = {name: text.replace("\x00", "") for name, text in request.GET.dict().items()}
    with labour_scope():
        page = Paginator(agents_behind(of, given), PAGE).get_page(given.get("page"))
        behind = list(page.object_list)
    asked_for = request.GET.copy()
    asked_for.pop("page", None)
    context = {
        "of": of, "page": page, "lines": agent_lines(behind), "label": label_of(given),
        "query": asked_for.urlencode(), "here": "days",
    }  # fmt: skip
    return render(request, "console/days_agents.html", context)


@console_page(Permission.DAYS_EXPORT)
@require_POST
def export(request: SignedInRequest) -> StreamingHttpResponse:
    """Stream the hours of each day by client, pool and reason as CSV; it is written down."""
    of = _asked(request)
    what = f"{of.first} to {of.last}, {of.zone}, by client"
    note("ledger.exported", actor=request.actor.who, object=what, now=clock.now())
    pages = csv_pages(HEAD, sheet_pages(of))
    response = StreamingHttpResponse(pages, content_type="text/csv; charset=utf-8")
    name = f"hours-by-client-{of.first}-{of.last}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _asked(request: SignedInRequest) -> Counting:
    now, zone = clock.now(), ZoneInfo(request.actor.timezone)
    return days_of(read_period(request.GET.dict(), now.astimezone(zone).date()), zone, now)
