"""Agents' time of a period: on the page, the rows behind it, and as a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.db.models import Q, Sum
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core.spreadsheet import csv_pages
from interactions.queries import queue_names
from portal.access import Visit, portal_page
from portal.asked import asked
from portal.narrow import Narrow, narrow_of, slot_query, step_of
from reporting.choices import Step
from reporting.counting import Counting, counting
from reporting.labour.models import LabourMinutes
from reporting.labour.reading import minutes_by_quarter, rows_within
from reporting.labour.report import (
    COLUMNS,
    HEAD,
    NO_POOL,
    Names,
    agents_time,
    cells,
    hours,
    pages,
    pool_label,
    slot_times,
)
from reporting.steps import slots_of
from routing.choices import PoolKind
from tenants.audit import audit as note
from workforce.choices import TimeKind
from workforce.queries import reasons, shown_names

PAGE_ROWS = 50
PAGE_LINES = 100


@dataclass(frozen=True)
class Row:
    """One row of a quarter of an hour as the client reads it, in whole seconds."""

    at: datetime
    agent: str
    queue: str
    pool: str
    activity: str
    reason: str
    billable: bool
    paid: bool
    seconds: int
    session_seconds: int


@portal_page(Permission.REPORT)
@require_safe
def labour(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Whose time was the brand's: by kind of pool, activity, reason, agent and interval."""
    names = _names(visit)
    with visit.scope():
        given = asked(request, visit)
        found = agents_time(period=given["period"], zone=given["zone"], now=given["now"], names=names)
        step = step_of(request.GET, found)
        slots = slots_of(found.cut, step, ZoneInfo(found.zone))
        page = Paginator(slots, PAGE_LINES).get_page(request.GET.get("page"))
        shown = list(page.object_list)
        lines = [
            {"line": line, "query": f"{found.query}&{slot_query(slot, step)}"}
            for slot, line in zip(shown, slot_times(shown), strict=True)
        ]
    context = {
        "of": found, "columns": [column.label for column in COLUMNS], "page": page, "lines": lines,
        "steps": [(each, f"?{found.query}&step={each}#intervals-h", each == step) for each in Step],
        "chosen": f"{found.query}&step={step}", "open": visit.can(Permission.CONTACTS),
    }  # fmt: skip
    return render(request, "portal/labour.html", context)


@portal_page(Permission.CONTACTS)
@require_safe
def rows(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """The quarters of an hour behind a sum: of an agent by alias, a pool, an activity, an interval."""
    names = _names(visit)
    said = {name: text.replace("\x00", "") for name, text in request.GET.dict().items()}
    with visit.scope():
        of = counting(**asked(request, visit))
        narrow = narrow_of(request.GET, of)
        found = _narrowed(said, narrow, names)
        page = Paginator(found, PAGE_ROWS).get_page(request.GET.get("page"))
        whole = found.order_by().aggregate(share=Sum("share_us"))["share"] or 0
        shown = [_row(one, names) for one in page.object_list]
    asked_for = request.GET.copy()
    asked_for.pop("page", None)
    context = {
        "of": of, "page": page, "rows": shown, "query": asked_for.urlencode(), "whole": hours(int(whole)),
        "words": " · ".join(filter(None, [narrow.words, *_words(said, names, known=bool(shown))])),
    }  # fmt: skip
    return render(request, "portal/labour_rows.html", context)


@portal_page(Permission.REPORT)
@require_POST
def export(request: SignedInRequest, visit: Visit) -> StreamingHttpResponse:
    """Every quarter of an hour as a file, by agent for who may read rows; it is written down."""
    given, names = asked(request, visit), _names(visit)
    with visit.scope():
        of = counting(**given)
    days = f"{of.first:%Y-%m-%d}/{of.last:%Y-%m-%d}"
    note("report.exported", actor=visit.actor.who, brand_id=visit.brand.id, object=days, now=given["now"])
    head = [_("From (%(zone)s)") % {"zone": of.zone}, _("Until"), *map(str, HEAD)]
    response = StreamingHttpResponse(
        csv_pages(head, _pages(visit, of, names)), content_type="text/csv; charset=utf-8"
    )
    name = f"agents-time-{visit.brand.slug}-{of.first:%Y-%m-%d}-to-{of.last:%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _pages(visit: Visit, of: Counting, names: Names) -> Iterator[list[list[str]]]:
    zone, by_agent = ZoneInfo(of.zone), visit.can(Permission.CONTACTS)
    for start, end in pages(of):
        with visit.scope():
            found = minutes_by_quarter(start, end, by_agent=by_agent)
        yield list(cells(found, names, zone))


def _names(visit: Visit) -> Names:
    with visit.scope():
        queues = queue_names()
    found = {reason.code: reason for reason in reasons(archived=True)}
    return Names(agents=shown_names(visit.brand.id), queues=queues, reasons=found)


def _narrowed(given: Mapping[str, str], narrow: Narrow, names: Names) -> Any:
    """Return the rows that the address is about; in a scope. What it does not know narrows to nothing."""
    cut = narrow.of.cut
    start, end = (narrow.slot.start, narrow.slot.end) if narrow.slot else (cut[0].start, cut[-1].end)
    found = rows_within(start, end)
    if narrow.queue:
        found = found.filter(queue_id=narrow.queue.id)
    if pool := given.get("pool"):
        found = found.filter(pool_kind="" if pool == NO_POOL else pool)
    if kind := given.get("kind"):
        found = found.filter(kind=kind)
    if reason := given.get("reason"):
        found = found.filter(Q(reason=reason) | Q(reason="", kind=reason))
    if agent := given.get("agent"):
        ids = set(found.order_by().values_list("agent_id", flat=True).distinct())
        found = found.filter(agent_id__in=[pk for pk in ids if names.agent(pk) == agent])
    return found


def _words(given: Mapping[str, str], names: Names, *, known: bool) -> list[str]:
    """`known`: there are such rows; what else an absence may be called is no matter of this brand's."""
    pool, kind = given.get("pool", ""), given.get("kind", "")
    return [
        _pool_words(pool), str(TimeKind(kind).label) if kind in TimeKind.values else "",
        names.reason(given.get("reason", "")) if known else "", given.get("agent", ""),
    ]  # fmt: skip


def _pool_words(pool: str) -> str:
    known = pool == NO_POOL or pool in PoolKind.values
    return pool_label("" if pool == NO_POOL else pool) if known else ""


def _row(one: LabourMinutes, names: Names) -> Row:
    return Row(
        at=one.interval_start, agent=names.agent(one.agent_id), queue=names.queues.get(one.queue_id, ""),
        pool=pool_label(one.pool_kind), activity=str(TimeKind(one.kind).label),
        reason=names.reason(one.reason), billable=one.billable, paid=one.paid,
        seconds=round(Fraction(one.share_us, 1_000_000)),
        session_seconds=round(Fraction(one.session_us, 1_000_000)),
    )  # fmt: skip
