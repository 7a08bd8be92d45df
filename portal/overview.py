"""The first page of a client's portal: now, the last days in short, what is closed, what waits for them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from interactions.asking.queries import count_open
from interactions.hours import live_closures
from portal.access import Visit, portal_page
from portal.asked import asked
from portal.tiles import tiles
from portal.today import strip
from reporting.choices import Span
from reporting.commitments import commitments
from reporting.counting import query_of
from reporting.exclusions import LeftOut, unanswered
from reporting.periods import Period, of_calendar
from reporting.report import ServiceReport, service_report

MOST_CLOSURES = 5


@dataclass(frozen=True)
class Place:
    """A report with so many proposals that wait; `month`: its first day, None for the last days."""

    count: int
    query: str
    month: date | None


@portal_page(Permission.REPORT)
@require_safe
def overview(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Show the live strip, verdict and tiles of the last days, closures now and to come, open questions."""
    given = asked(request, visit)
    with visit.scope():
        found = service_report(**given)
        closed = live_closures(given["now"])[:MOST_CLOSURES]
        waiting = _waiting(visit, found)
        promised = commitments(
            first=found.first, last=found.last, zone=given["zone"], now=given["now"], why=False
        )
    context = {
        "report": found, "tiles": tiles(found.figures, promised), "closures": closed,
        "waiting": waiting if any(waiting.values()) else None, "strip": strip(visit),
        "zone": visit.brand.timezone, "at": given["now"], "open": visit.can(Permission.CONTACTS),
    }  # fmt: skip
    return render(request, "portal/overview.html", context)


def _waiting(visit: Visit, found: ServiceReport) -> dict[str, Any]:
    """Return what waits for an answer of the client's people; only what this one may answer."""
    proposed = unanswered() if visit.can(Permission.EXCLUSIONS) else ()
    asked = count_open() if visit.can(Permission.OWN_REQUESTS) else 0
    return {"exclusions": _places(proposed, found), "requests": asked}


def _places(proposed: Iterable[LeftOut], found: ServiceReport) -> list[Place]:
    """Return where they are answered: the report of the last days, or of the month they are of."""
    counts = Counter(_period_of(one, found) for one in proposed)
    return [
        Place(n, query_of(period, found.counted), period.first if period.span else None)
        for period, n in counts.items()
    ]


def _period_of(one: LeftOut, found: ServiceReport) -> Period:
    begin, end = found.cut[0].start, found.cut[-1].end
    if one.started_at < end and (one.ended_at is None or one.ended_at > begin):
        return found.period
    return of_calendar(Span.MONTH, one.started_at.astimezone(ZoneInfo(found.zone)).date())
