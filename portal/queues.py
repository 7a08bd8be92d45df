"""Queues of a period and their intervals: on the page, and as a file."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core.spreadsheet import csv_pages
from interactions.queries import queue_shares
from portal.access import Visit, portal_page
from portal.asked import asked
from portal.narrow import QueueOf, queue_of, queues, slot_query, step_of
from portal.strips import rows_at, strip_context
from reporting.choices import Step
from reporting.comparing import compared, earlier
from reporting.counting import Counting, counting
from reporting.queue_strip import queue_strip
from reporting.steps import Slot, slots_of
from reporting.table import COLUMNS, cells, heads, queue_lines, slot_lines
from tenants.audit import audit as note

PAGE_LINES = 100
"""As many as the longest day has quarters of an hour."""


@portal_page(Permission.REPORT)
@require_safe
def every(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Each queue in figures, and all of them by interval."""
    with visit.scope():
        of = counting(**asked(request, visit))
        lines, whole = queue_lines(of)
        found = {line.queue_id: line for line in lines}
        shares = queue_shares()
        rows = [
            {"queue": queue, "line": found.get(queue.id), "share": shares.get(queue.id)} for queue in queues()
        ]
        context = _context(request, visit, of, None)
    return render(request, "portal/queues.html", context | {"rows": rows, "whole": whole})


@portal_page(Permission.REPORT)
@require_safe
def one(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """One queue: its figures beside those of the period before, and by interval."""
    given = asked(request, visit)
    with visit.scope():
        of = counting(**given)
        queue = queue_of(ref)
        lines, _whole = queue_lines(of)
        mine = next((line.figures for line in lines if line.queue_id == queue.id), ())
        then = earlier(of, given["now"], queue_id=queue.id)
        context = _context(request, visit, of, queue)
        context |= _strip(visit, of, queue, given["now"]) if mine else {}
    context |= {"figures": compared(mine, then), "compared_with": then.words if then else ""}
    return render(request, "portal/queue.html", context)


@portal_page(Permission.REPORT)
@require_POST
def export(request: SignedInRequest, visit: Visit, ref: UUID | None = None) -> StreamingHttpResponse:
    """The interval table as a file, written as it is counted; that it was taken along is written down."""
    given = asked(request, visit)
    with visit.scope():
        of = counting(**given)
        queue = queue_of(ref) if ref else None
    step, zone = step_of(request.GET, of), ZoneInfo(of.zone)
    what = ", ".join([f"{of.first:%Y-%m-%d}/{of.last:%Y-%m-%d}", *([queue.name] if queue else [])])
    note("report.exported", actor=visit.actor.who, brand_id=visit.brand.id, object=what, now=given["now"])
    head = [_("From (%(zone)s)") % {"zone": of.zone}, _("Until"), *heads()]
    pages = _pages(visit, of, slots_of(of.cut, step, zone), queue)
    response = StreamingHttpResponse(csv_pages(head, pages), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{_name(visit, of, queue)}"'
    return response


def _pages(
    visit: Visit, of: Counting, slots: Sequence[Slot], queue: QueueOf | None
) -> Iterator[list[list[str]]]:
    zone = ZoneInfo(of.zone)
    for n in range(0, len(slots), PAGE_LINES):
        with visit.scope():
            lines = slot_lines(of, slots[n : n + PAGE_LINES], queue_id=queue.id if queue else None)
        yield list(cells(lines, zone))


def _name(visit: Visit, of: Counting, queue: QueueOf | None) -> str:
    """Name brand, period and zone; a queue by the end of its ref."""
    parts = ["intervals", visit.brand.slug, *([str(queue.ref)[-8:]] if queue else [])]
    days = f"{of.first:%Y-%m-%d}-to-{of.last:%Y-%m-%d}"
    return "-".join([*parts, days, of.zone.replace("/", "-")]) + ".csv"


def _strip(visit: Visit, of: Counting, queue: QueueOf, now: datetime) -> dict[str, Any]:
    """What the queue's chart needs; in a scope."""
    where = rows_at(f"{of.query}&queue={queue.key}", of.days) if visit.can(Permission.CONTACTS) else None
    strip, targets = queue_strip(of, queue_id=queue.id, queue_ref=queue.ref, now=now, rows_at=where)
    around = strip_context(of.query, of.days, (), targets)
    return {"found": strip, "around": around | {"chart": strip.drawn()}}


def _context(request: SignedInRequest, visit: Visit, of: Counting, queue: QueueOf | None) -> dict[str, Any]:
    """What the interval table needs; in a scope."""
    step = step_of(request.GET, of)
    slots = slots_of(of.cut, step, ZoneInfo(of.zone))
    page = Paginator(slots, PAGE_LINES).get_page(request.GET.get("page"))
    lines = slot_lines(of, list(page.object_list), queue_id=queue.id if queue else None)
    kept = f"{of.query}&queue={queue.ref}" if queue else of.query
    return {
        "of": of, "queue": queue, "page": page, "columns": COLUMNS, "step": step,
        "lines": [{"line": line, "query": f"{kept}&{slot_query(line.slot, step)}"} for line in lines],
        "steps": [(each, f"?{of.query}&step={each}", each == step) for each in Step],
        "kept": kept, "chosen": f"{of.query}&step={step}", "open": visit.can(Permission.CONTACTS),
    }  # fmt: skip
