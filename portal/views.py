"""Translate a request into one question to reporting or interactions, and its answer into a page."""

from collections.abc import Callable
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.http import Request, SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound, RoomError
from interactions.access import note_reading
from portal.access import Visit, portal_page
from portal.asked import asked
from portal.narrow import narrow_of
from portal.rows import contact_rows, transcript
from portal.strips import rows_at, strip_context
from portal.tiles import tiles
from portal.today import strip
from reporting import actions
from reporting.catalogue import BY_SLUG
from reporting.commitments import commitments
from reporting.counting import counting, query_of
from reporting.figures import all_figures
from reporting.metrics import ATTRIBUTION, EXCLUSIONS, rows_behind
from reporting.reasons import why
from reporting.report import ServiceReport, service_report

PAGE_ROWS = 50


@require_safe
def home(request: Request) -> HttpResponse:
    return redirect("portal:overview")


@portal_page(Permission.REPORT)
@require_safe
def report(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """The service report of a period in the brand's zone."""
    return _page(request, visit)


@portal_page(Permission.REPORT)
@require_safe
def metrics(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """What each number means, and what it is for the period: every metric of the catalogue."""
    with visit.scope():
        found = all_figures(**asked(request, visit), exact=request.GET.get("exact") == "1")
    context = {
        "of": found, "attribution": ATTRIBUTION, "exclusions": EXCLUSIONS,
        "open": visit.can(Permission.CONTACTS),
    }  # fmt: skip
    return render(request, "portal/metrics.html", context)


@portal_page(Permission.EXCLUSIONS)
@require_POST
def answer_exclusion(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """Accept or refuse that a time is left out; who only looks as a client answers nothing."""
    return _answered(request, visit, ref, actions.answer_exclusion)


@portal_page(Permission.EXCLUSIONS)
@require_POST
def reverse_exclusion(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """Answer otherwise than before, with the reason."""
    return _answered(request, visit, ref, actions.reverse_answer)


def _answered(request: SignedInRequest, visit: Visit, ref: UUID, verb: Callable[..., object]) -> HttpResponse:
    if visit.actor.seeing:
        raise Http404
    said, zone = request.POST, ZoneInfo(visit.brand.timezone)
    try:
        with visit.scope():
            verb(
                ref, answer=said.get("answer", ""), why=said.get("why", ""), shown=visit.shown,
                zone=zone, actor=visit.actor.who, now=clock.now(),
            )  # fmt: skip
    except NotFound:
        raise
    except RoomError as error:
        refused = {"ref": ref, "message": str(error.message), "why": said.get("why", "")}
        return _page(request, visit, refused=refused, status=error.status)
    given = asked(request, visit)
    query = query_of(given["period"], given["counted"])
    return redirect(f"{reverse('portal:report')}?{query}#exclusions")


@portal_page(Permission.CONTACTS)
@require_safe
def rows(request: SignedInRequest, visit: Visit, slug: str) -> HttpResponse:
    """The contacts behind one figure of the report."""
    metric = BY_SLUG.get(slug)
    if metric is None:
        raise Http404
    with visit.scope():
        found = counting(**asked(request, visit))
        narrow = narrow_of(request.GET, found)
        latest_first = rows_behind(metric, narrow.contacts())[::-1]
    page = Paginator(latest_first, PAGE_ROWS).get_page(request.GET.get("page"))
    asked_for = request.GET.copy()
    asked_for.pop("page", None)
    query = asked_for.urlencode()
    context = {
        "of": found, "metric": metric, "page": page, "narrow": narrow, "query": query,
        "file": f"{reverse('portal:rows-export', args=[slug])}?{query}",
        "rows": contact_rows(visit, list(page.object_list), found.clock),
        "open": visit.can(Permission.CONVERSATIONS),
    }  # fmt: skip
    return render(request, "portal/rows.html", context)


@portal_page(Permission.CONVERSATIONS)
@require_safe
def conversation(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """What the customer and the brand's agents wrote to each other; never an internal note."""
    found = transcript(visit, ref)
    note_reading(ref, actor=visit.actor.who, brand_id=visit.brand.id, now=clock.now())
    return render(
        request, "portal/conversation.html", found | {"from_list": request.GET.get("from") == "list"}
    )


def _page(
    request: SignedInRequest, visit: Visit, *, refused: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    given = asked(request, visit)
    query, days = query_of(given["period"], given["counted"]), given["period"].days
    open_rows = visit.can(Permission.CONTACTS)
    with visit.scope():
        found = service_report(**given, rows_at=rows_at(query, days) if open_rows else None)
        zone, now = ZoneInfo(visit.brand.timezone), clock.now()
        reasons = why(found)
        promised = commitments(first=found.first, last=found.last, zone=zone, now=now, unread=found.unread)
    context = {
        "report": found,
        "tiles": tiles(found.figures, promised),
        "around": strip_context(query, days, found.lines, found.targets),
        "commitments": promised,
        "reasons": reasons,
        "talks": visit.can(Permission.CONVERSATIONS),
        "trail": visit.can(Permission.OWN_AUDIT),
        "open": open_rows,
        "may_answer": visit.can(Permission.EXCLUSIONS) and not visit.actor.seeing,
        "refused": refused,
        "lost": refused["message"] if refused and not _is_asked(found, refused["ref"]) else "",
        "strip": strip(visit),
    }
    return render(request, "portal/report.html", context, status=status)


def _is_asked(found: ServiceReport, ref: UUID) -> bool:
    """Tell whether the page still has a form that asks for the answer: there the refusal stands."""
    return any(
        each.left_out.ref == ref and (each.left_out.is_open or each.left_out.may_be_reversed)
        for each in found.exclusions
    )
