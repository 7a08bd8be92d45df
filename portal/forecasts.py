"""The client's forecast: uploaded, looked at, put in use; and what came in beside it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, BinaryIO, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import RoomError
from core.ids import new_ref
from core.refusals import said
from core.spreadsheet import BOM, csv_text
from interactions.queries import queue_names
from portal.access import Visit, portal_page
from portal.asked import asked
from portal.narrow import QueueOf, queue_of, queues, slot_query
from reporting.actions import forecasts as actions
from reporting.choices import Step
from reporting.counting import counting
from reporting.forecasts.agreed import (
    calendar,
    effects,
    get_version,
    totals_of,
    versions,
    why_not_agreed,
)
from reporting.forecasts.comparing import Versus, interval_lines, versus
from reporting.forecasts.parsing import COLUMNS, MOST_BYTES, FileRefused, Wrong
from reporting.numbers import hundredths

PAGE_LINES = 100
PAGE_VERSIONS = 20
STEPS = {
    timedelta(minutes=15): Step.QUARTER, timedelta(minutes=30): Step.HALF, timedelta(minutes=60): Step.HOUR
}  # fmt: skip


@portal_page(Permission.REPORT)
@require_safe
def forecast(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """The forecast of a period beside what came in, and every version of it."""
    return _page(request, visit)


@portal_page(Permission.FORECASTS)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Take a file to look at; what is wrong with it is said by line, and nothing is kept.

    Links of the page that says so lead back here.
    """
    if request.method != "POST":
        return HttpResponseRedirect(f"{reverse('portal:forecast')}?{request.GET.urlencode()}")
    _not_seeing(visit)
    file = request.FILES.get("file")
    if file is None or not file.size:
        return _page(request, visit, refused=FileRefused(_("Choose a file that is not empty.")))
    if file.size > MOST_BYTES:
        return _page(request, visit, refused=FileRefused(_("The file is larger than 5 MB. Split it.")))
    try:
        with visit.scope():
            row = actions.upload_forecast(
                cast(BinaryIO, file.file), key=_key(request), filename=file.name or "",
                shown=visit.shown, zone=ZoneInfo(visit.brand.timezone),
                actor=visit.actor.who, now=clock.now(),
            )  # fmt: skip
    except RoomError as error:
        return _page(request, visit, refused=error)
    return HttpResponseRedirect(reverse("portal:forecast-version", args=(row.ref,)))


@portal_page(Permission.REPORT)
@require_safe
def template(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """A file with the columns and a line for each queue to replace."""
    day = clock.now().astimezone(ZoneInfo(visit.brand.timezone)).date()
    with visit.scope():
        names = [queue.name for queue in queues()] or [_("Queue")]
    rows = [[day.isoformat(), start, name, "", 12] for name in names for start in ("09:00", "09:15")]
    response = HttpResponse(BOM + csv_text([COLUMNS, *rows]), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="forecast.csv"'
    return response


@portal_page(Permission.REPORT)
@require_safe
def version(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """One version: what it says, and for which months it counts or would."""
    with visit.scope():
        row = get_version(ref)
        names, totals = queue_names(), totals_of(row)
        found = effects(row, of=calendar(ZoneInfo(visit.brand.timezone)), now=clock.now())
    lines = sorted((names.get(number, "?"), hundredths(total)) for number, total in totals.items())
    context = {
        "row": row, "lines": lines, "total": hundredths(row.total), "effects": found,
        "may_upload": _may_upload(visit), "zone": visit.brand.timezone,
    }  # fmt: skip
    return render(request, "portal/forecast_version.html", context)


@portal_page(Permission.FORECASTS)
@require_POST
def use(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """Put it in use."""
    _not_seeing(visit)
    with said(request, _("In use.")), visit.scope():
        actions.use_forecast(ref, shown=visit.shown, actor=visit.actor.who, now=clock.now())
    return HttpResponseRedirect(reverse("portal:forecast-version", args=(ref,)))


@portal_page(Permission.FORECASTS)
@require_POST
def discard(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """Forget one that was not used."""
    _not_seeing(visit)
    with said(request, _("Discarded.")) as refused, visit.scope():
        actions.discard_forecast(ref, actor=visit.actor.who, now=clock.now())
    if refused.error:
        return HttpResponseRedirect(reverse("portal:forecast-version", args=(ref,)))
    return HttpResponseRedirect(reverse("portal:forecast"))


def _page(request: SignedInRequest, visit: Visit, *, refused: RoomError | None = None) -> HttpResponse:
    given = asked(request, visit)
    wanted = request.GET.get("queue", "")
    with visit.scope():
        of = replace(counting(**given), has_hours=False)
        chosen, known = (queue_of(wanted) if wanted else None), queues()
        names = {queue.id: queue.name for queue in known}
        queue_id = chosen.id if chosen else None
        found = versus(of, queues=names, now=given["now"], queue_id=queue_id)
        page = Paginator(versions(), PAGE_VERSIONS).get_page(request.GET.get("version"))
        shown = list(page)
    why = why_not_agreed(of.first, of.last, of=found.calendar, now=given["now"])
    terms, refs = found.calendar.of_month(of.last), {queue.id: queue.key for queue in known}
    context = {
        "of": of, "found": found, "why": why, "terms": terms, "versions": shown, "version_page": page,
        "queue": chosen.name if chosen else "",
        "by_queue": [
            {"line": line, "query": f"{of.query}&queue={refs.get(line.queue_id, '')}"}
            for line in found.by_queue
        ],
        "by_day": [{"line": line} for line in found.by_day],
        "may_upload": _may_upload(visit), "key": new_ref(), "refused": refused,
        "troubles": refused.troubles if isinstance(refused, Wrong) else (),
        "wrong": refused.count if isinstance(refused, Wrong) else 0,
    }  # fmt: skip
    if chosen:
        context |= _intervals(request, found, chosen, of.query, is_open=visit.can(Permission.CONTACTS))
    return render(request, "portal/forecast.html", context, status=refused.status if refused else 200)


def _intervals(
    request: SignedInRequest, found: Versus, queue: QueueOf, query: str, *, is_open: bool
) -> dict[str, Any]:
    """A page of the queue's intervals, each with the address of its contacts for who may read them."""
    kept = f"{query}&queue={queue.key}"
    page = Paginator(found.cells, PAGE_LINES).get_page(request.GET.get("page"))
    lines = interval_lines(list(page), {queue.id: queue.name})
    rows = [f"{kept}&{slot_query(cell.slot, STEPS[cell.source.step])}" if is_open else "" for cell in page]
    path = reverse("portal:rows", args=("offered",))
    return {
        "page": page, "kept": kept,
        "intervals": [
            {"line": line, "rows": row and f"{path}?{row}"} for line, row in zip(lines, rows, strict=True)
        ],
    }  # fmt: skip


def _key(request: SignedInRequest) -> UUID:
    """Name the form that was shown: sent twice, it is one upload."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return new_ref()


def _may_upload(visit: Visit) -> bool:
    return visit.can(Permission.FORECASTS) and not visit.actor.seeing


def _not_seeing(visit: Visit) -> None:
    """Who only looks as a client changes nothing."""
    if visit.actor.seeing:
        raise Http404
