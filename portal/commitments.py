"""The contacts behind a commitment: of a window, or of an hour of a queue that pulled it down."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from portal.access import Visit, portal_page
from portal.rows import contact_rows
from reporting.commitments import clause_contacts
from reporting.contacts import Contact
from reporting.counting import Counting
from reporting.metrics import Metric

PAGE_ROWS = 50
ASKED = ("since", "until", "queue")
LATEST = 4_102_444_800  # 2100


@portal_page(Permission.CONTACTS)
@require_safe
def commitment_rows(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """Show them, the newest first; `?since=&until=` in seconds of UTC, `?queue=` its number."""
    since, until, queue = asked_window(request)
    with visit.scope():
        metric, of, contacts = found_by(visit, ref, since, until, queue)
    page = Paginator(contacts[::-1], PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "of": of, "metric": metric, "page": page, "query": _query(request, "page"),
        "file": f"{reverse('portal:commitment-rows-export', args=[ref])}?{_query(request, 'page')}",
        "back": _query(request, "page", *ASKED),
        "since": since, "until": until, "open": visit.can(Permission.CONVERSATIONS),
        "rows": contact_rows(visit, list(page.object_list), of.clock),
    }  # fmt: skip
    return render(request, "portal/rows.html", context)


def asked_window(request: SignedInRequest) -> tuple[datetime, datetime, int | None]:
    """Read `?since=&until=` in seconds of UTC and `?queue=`, its number; 404 for what is none."""
    since, until, queue = (_number(request.GET.get(name, "")) for name in ASKED)
    if since is None or until is None:
        raise Http404
    return _instant(since), _instant(until), queue


def found_by(
    visit: Visit, ref: UUID, since: datetime, until: datetime, queue_id: int | None
) -> tuple[Metric, Counting, list[Contact]]:
    """Return the metric, its clock and the contacts; 404 for no such commitment. In a scope."""
    found = clause_contacts(
        ref, since=since, until=until, queue_id=queue_id, zone=ZoneInfo(visit.brand.timezone),
        now=clock.now(),
    )  # fmt: skip
    if found is None:
        raise Http404
    return found


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and int(text) < LATEST else None


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _query(request: SignedInRequest, *without: str) -> str:
    said = request.GET.copy()
    for name in without:
        said.pop(name, None)
    return said.urlencode()
