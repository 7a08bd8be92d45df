"""The contacts behind a commitment: of a window, or of an hour of a queue that pulled it down."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from portal.access import Visit, portal_page
from portal.rows import contact_rows
from reporting.commitments import clause_contacts

PAGE_ROWS = 50
ASKED = ("since", "until", "queue")
LATEST = 4_102_444_800  # 2100


@portal_page(Permission.CONTACTS)
@require_safe
def commitment_rows(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """Show them, the newest first; `?since=&until=` in seconds of UTC, `?queue=` its number."""
    since, until, queue = (_number(request.GET.get(name, "")) for name in ASKED)
    if since is None or until is None:
        raise Http404
    with visit.scope():
        found = clause_contacts(
            ref, since=_instant(since), until=_instant(until), queue_id=queue,
            zone=ZoneInfo(visit.brand.timezone), now=clock.now(),
        )  # fmt: skip
    if found is None:
        raise Http404
    metric, of, contacts = found
    page = Paginator(contacts[::-1], PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "of": of, "metric": metric, "page": page, "query": _query(request, "page"),
        "back": _query(request, "page", *ASKED),
        "since": _instant(since), "until": _instant(until), "open": visit.can(Permission.CONVERSATIONS),
        "rows": contact_rows(visit, list(page.object_list), of.clock),
    }  # fmt: skip
    return render(request, "portal/rows.html", context)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and int(text) < LATEST else None


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _query(request: SignedInRequest, *without: str) -> str:
    said = request.GET.copy()
    for name in without:
        said.pop(name, None)
    return said.urlencode()
