"""The audit trail of one client, and the provider's own: filtered, page by page, and as CSV."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from desk.console.access import client_of_page, console_page
from desk.console.tabs import tab_context
from desk.console.trail import ConsoleTrailForm, csv_of, rows_of
from tenants.audit import audit as note
from tenants.scope import labour_scope
from tenants.trail.reading import mark_text, read_mark, state_of
from tenants.values import BrandCard

FILTERS = ("who", "verb", "since", "until")


@dataclass(frozen=True)
class Trail:
    """Whose trail a page is about: a client's, or the provider's own (`client` None), days in `zone`."""

    client: BrandCard | None
    zone: str

    @property
    def brand_id(self) -> int | None:
        return self.client.id if self.client else None


@console_page(Permission.AUDIT)
@require_safe
def audit(request: SignedInRequest, slug: str) -> HttpResponse:
    """What was done with a client, newest first."""
    client = client_of_page(slug)
    return _page(request, Trail(client, client.timezone), "console/audit.html", tab_context(client, "audit"))


@console_page(Permission.PROVIDER_AUDIT)
@require_safe
def audit_provider(request: SignedInRequest) -> HttpResponse:
    """What was done with none of the clients: sign-ins, people, the machinery."""
    return _page(request, Trail(None, request.actor.timezone), "console/audit_provider.html", {})


@console_page(Permission.AUDIT_EXPORT)
@require_POST
def audit_export(request: SignedInRequest, slug: str) -> HttpResponseBase:
    """The same rows as CSV; that they were taken along is written down."""
    client = client_of_page(slug)
    return _export(request, Trail(client, client.timezone))


@console_page(Permission.PROVIDER_AUDIT_EXPORT)
@require_POST
def audit_provider_export(request: SignedInRequest) -> HttpResponseBase:
    """The provider's rows as CSV."""
    return _export(request, Trail(None, request.actor.timezone))


def _page(request: SignedInRequest, trail: Trail, template: str, context: dict[str, Any]) -> HttpResponse:
    form = ConsoleTrailForm(request.GET, zone=trail.zone)
    is_valid = form.is_valid()
    before = read_mark(request.GET.get("before", ""))
    rows, following = rows_of(form.wanted(trail.brand_id), before) if is_valid else ([], None)
    with labour_scope():
        state = state_of(trail.brand_id)
    context |= {
        "form": form, "rows": rows, "zone": trail.zone, "state": state, "is_first": before is None,
        "filters": _filters(request), "following": mark_text(following), "is_valid": is_valid,
    }  # fmt: skip
    return render(request, template, context, status=200 if is_valid else 422)


def _export(request: SignedInRequest, trail: Trail) -> HttpResponseBase:
    form = ConsoleTrailForm(request.GET, zone=trail.zone)
    if not form.is_valid():
        return HttpResponse(
            _("The filters are not right."), status=422, content_type="text/plain; charset=utf-8"
        )
    now, filters = clock.now(), [name for name in FILTERS if form.cleaned_data[name]]
    note(
        "audit.exported", actor=request.actor.who, brand_id=trail.brand_id, object="csv",
        diff={"filters": filters} if filters else {}, now=now,
    )  # fmt: skip
    response = StreamingHttpResponse(
        csv_of(form.wanted(trail.brand_id)), content_type="text/csv; charset=utf-8"
    )
    name = f"audit-{trail.client.slug if trail.client else 'provider'}-{now:%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _filters(request: SignedInRequest) -> str:
    """Return the filters of this page as an address carries them."""
    chosen = request.GET.copy()
    for name in set(chosen) - set(FILTERS) | {name for name in FILTERS if not chosen.get(name)}:
        chosen.pop(name, None)
    return chosen.urlencode()
