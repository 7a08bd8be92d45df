"""The first page of a client's portal: now, the last days in short, what is closed, what waits for them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from interactions.asking.queries import count_open
from interactions.hours import live_closures
from portal.access import Visit, portal_page
from portal.asked import asked
from portal.today import strip
from reporting.report import ServiceReport, service_report

MOST_CLOSURES = 5


@portal_page(Permission.REPORT)
@require_safe
def overview(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Show the live strip, verdict and tiles of the last days, closures now and to come, open questions."""
    given = asked(request, visit)
    with visit.scope():
        found = service_report(**given)
        closed = live_closures(given["now"])[:MOST_CLOSURES]
        waiting = _waiting(visit, found)
    context = {
        "report": found, "closures": closed, "waiting": waiting if any(waiting.values()) else None,
        "strip": strip(visit),
        "zone": visit.brand.timezone, "at": given["now"], "open": visit.can(Permission.CONTACTS),
    }  # fmt: skip
    return render(request, "portal/overview.html", context)


def _waiting(visit: Visit, found: ServiceReport) -> dict[str, int]:
    """Return what waits for an answer of the client's people; only what this one may answer."""
    may_answer = visit.can(Permission.EXCLUSIONS)
    proposed = sum(one.left_out.is_open for one in found.exclusions) if may_answer else 0
    asked = count_open() if visit.can(Permission.OWN_REQUESTS) else 0
    return {"exclusions": proposed, "requests": asked}
