"""When customers come: volume and service level by weekday and hour."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from portal.access import Visit, portal_page
from portal.asked import asked
from portal.narrow import narrow_of, queues
from reporting.counting import counting
from reporting.heat import heat_maps


@portal_page(Permission.REPORT)
@require_safe
def hours(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Two heat maps of the period, of one queue or of all; each cell opens its rows."""
    with visit.scope():
        of = counting(**asked(request, visit))
        narrow, found = narrow_of(request.GET, of), queues()
        queue = narrow.queue
        kept = f"{of.query}&queue={queue.key}" if queue else of.query
        address = reverse("portal:rows", args=["slug"]).replace("slug", "{slug}")
        rows_at = (
            f"{address}?{kept}&weekday={{weekday}}&hour={{hour}}" if visit.can(Permission.CONTACTS) else ""
        )
        maps = heat_maps(of, queue_id=queue.id if queue else None, rows_at=rows_at)
    choices = [(one.name, f"?{of.query}&queue={one.key}", one == queue) for one in found]
    context = {
        "of": of,
        "maps": maps,
        "queue": queue,
        "queues": choices,
        "hours": [f"{n:02d}" for n in range(24)],
    }
    return render(request, "portal/hours.html", context)
