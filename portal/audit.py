"""The audit trail on the client's own host: read, taken along as a chain, and the script that checks it."""

from pathlib import Path

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from portal.access import Visit, portal_page
from portal.trail import chain_state, form_of, rows_of
from tenants.audit import audit as note
from tenants.trail.copying import chain_lines
from tenants.trail.reading import mark_text, read_mark
from tenants.trail.verbs import shared_codes

SCRIPT = Path(__file__).with_name("verify_chain.py")
FILTERS = ("who", "verb", "since", "until")


@portal_page(Permission.OWN_AUDIT)
@never_cache
@require_safe
def audit(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Who looked at what is the client's, and who changed what, newest first."""
    form = form_of(visit, request.GET)
    is_valid = form.is_valid()
    before = read_mark(request.GET.get("before", ""))
    rows, following = rows_of(visit, form.wanted(visit.brand.id), before) if is_valid else ([], None)
    context = {
        "form": form, "rows": rows, "zone": visit.brand.timezone, "state": chain_state(visit),
        "is_first": before is None, "is_valid": is_valid, "following": mark_text(following),
        "filters": _filters(request),
    }  # fmt: skip
    return render(request, "portal/audit.html", context, status=200 if is_valid else 422)


@portal_page(Permission.OWN_AUDIT_EXPORT)
@never_cache
@require_POST
def chain(request: SignedInRequest, visit: Visit) -> HttpResponseBase:
    """The client's chain as JSON lines, to be checked anywhere; that it was taken along is written down."""
    now = clock.now()
    note("audit.exported", actor=visit.actor.who, brand_id=visit.brand.id, object="chain", now=now)
    lines = chain_lines(visit.brand.id, shown=shared_codes(), scope=visit.scope)
    response = StreamingHttpResponse(lines, content_type="application/x-ndjson")
    name = f"audit-chain-{visit.brand.slug}-{now:%Y-%m-%d}.jsonl"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@portal_page(Permission.OWN_AUDIT_EXPORT)
@require_safe
def script(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """The text of the script that checks a copy of the chain."""
    response = HttpResponse(SCRIPT.read_text(), content_type="text/x-python; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{SCRIPT.name}"'
    return response


def _filters(request: SignedInRequest) -> str:
    """Return the filters of this page as an address carries them."""
    chosen = request.GET.copy()
    for name in list(chosen):
        if name not in FILTERS or not chosen[name]:
            del chosen[name]
    return chosen.urlencode()
