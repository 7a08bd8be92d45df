"""Who can see what of a client, as a list and as CSV; and a look at its portal through its people's eyes."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import seeing, tickets
from accounts.hosts import host_url, with_next
from accounts.http import SignedInRequest
from accounts.permissions import Permission
from accounts.sight import elevations_lately, holders, looks_lately, seats_of
from accounts.sight_sheet import HEAD, sheet_rows
from accounts.views import REPORT
from core import clock
from core.spreadsheet import BOM, csv_text
from desk.console.access import client_of_page, console_page
from desk.console.role_forms import SeeAsForm
from desk.console.tabs import tab_context
from tenants.audit import audit as note
from tenants.scope import labour_scope
from tenants.values import BrandCard

PAGE = 50


@console_page(Permission.ACCESS_READ)
@require_safe
def access(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the seats, what each opens, and who looked in lately."""
    if "over" in request.GET:
        messages.info(request, _("The look as the client is over."))
        return HttpResponseRedirect(request.path)
    return _page(request, client_of_page(slug), SeeAsForm())


@console_page(Permission.ACCESS_READ)
@require_POST
def export(request: SignedInRequest, slug: str) -> HttpResponse:
    """The same as CSV; that it was taken along is written down."""
    client, now = client_of_page(slug), clock.now()
    with labour_scope():
        found = holders(seats_of(client.id, now=now))
    note("access.exported", actor=request.actor.who, brand_id=client.id, now=now)
    names = {one.user_id: (one.name, one.email) for one in found}
    text = BOM + csv_text([HEAD, *sheet_rows(found, names)])
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = f"access-{client.slug}-{now:%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@console_page(Permission.SEE_AS)
@require_POST
def see_as(request: SignedInRequest, slug: str) -> HttpResponse:
    """Begin to look, and go to the client's host."""
    client, form = client_of_page(slug), SeeAsForm(request.POST)
    if not form.is_valid():
        return _page(request, client, form, status=422)
    actor, now = request.actor, clock.now()
    look = seeing.start(client, actor=actor, now=now, **form.cleaned_data)
    key = request.session.session_key or ""
    code = tickets.open_handoff(client.id, actor=actor, session_key=key, see_as=look, now=now)
    onward = HttpResponseRedirect(host_url(request, client, "", with_next(f"/enter/{code}/", REPORT)))
    onward.headers["Referrer-Policy"] = "no-referrer"
    return onward


def _page(request: SignedInRequest, client: BrandCard, form: SeeAsForm, *, status: int = 200) -> HttpResponse:
    now = clock.now()
    with labour_scope():
        page = Paginator(seats_of(client.id, now=now), PAGE).get_page(request.GET.get("page"))
        rows = holders(page.object_list)
    context: dict[str, Any] = {
        "form": form,
        "page": page,
        "rows": [{"seat": row, "name": row.name, "email": row.email} for row in rows],
        "elevations": [{"one": one, "name": one.name} for one in elevations_lately(client.id, now=now)],
        "looks": [{"one": one, "name": one.name} for one in looks_lately(client.id, now=now)],
        "zone": request.actor.timezone,
    }
    return render(request, "console/access.html", tab_context(client, "access") | context, status=status)
