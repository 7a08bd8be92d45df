"""The rows behind a number as a file: written some hours at a time, so that a month takes no more memory."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.spreadsheet import BOM, csv_pages, csv_text
from portal.access import Visit, portal_page
from portal.asked import asked
from portal.commitments import asked_window, found_by
from portal.narrow import Narrow, narrow_of
from portal.rows import ContactRow, contact_rows
from reporting.catalogue import BY_SLUG
from reporting.clocks import Clock
from reporting.commitments import LONGEST
from reporting.contacts import Contact
from reporting.counting import counting
from reporting.heat import hour_rows
from reporting.metrics import Metric, rows_behind
from tenants.audit import audit as note

DAY, HOURS = timedelta(days=1), timedelta(hours=3)
CSV = "text/csv; charset=utf-8"
Found = tuple[Sequence[Contact], Clock]
Part = Callable[[], Found]
"""The contacts of some of the rows, and the clock that counts; called in a scope."""


@portal_page(Permission.CONTACTS)
@require_POST
def rows(request: SignedInRequest, visit: Visit, slug: str) -> StreamingHttpResponse:
    """The contacts behind one figure, by the address that shows them."""
    metric = BY_SLUG.get(slug)
    if metric is None:
        raise Http404
    with visit.scope():
        of = counting(**asked(request, visit))
        narrow = narrow_of(request.GET, of)
    pieces = _pieces(of.cut[0].start, of.cut[-1].end, HOURS)
    narrowed = [one for piece in pieces if (one := narrow.within(*piece))]
    parts: list[Part] = [partial(_behind, metric, one, of.clock) for one in narrowed]
    return _file(visit, metric, f"{of.first:%Y-%m-%d}/{of.last:%Y-%m-%d}", of.zone, parts)


@portal_page(Permission.CONTACTS)
@require_POST
def commitment_rows(request: SignedInRequest, visit: Visit, ref: UUID) -> StreamingHttpResponse:
    """The contacts behind a commitment, in the same columns."""
    since, until, queue = asked_window(request)
    if not since < until <= since + LONGEST:
        raise Http404
    with visit.scope():
        metric, of, _first = found_by(visit, ref, since, since + timedelta(seconds=1), queue)
    pieces = _pieces(since, until, DAY)
    parts: list[Part] = [partial(_of_commitment, visit, ref, *piece, queue) for piece in pieces]
    return _file(visit, metric, f"{since:%Y-%m-%d}/{until:%Y-%m-%d}", of.zone, parts)


@portal_page(Permission.REPORT)
@require_POST
def hours(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """The heat maps as lines: metric, weekday, hour, number."""
    given = asked(request, visit)
    with visit.scope():
        of = counting(**given)
        queue = narrow_of(request.GET, of).queue
        found = hour_rows(of, queue_id=queue.id if queue else None)
    what = f"{of.first:%Y-%m-%d}/{of.last:%Y-%m-%d}"
    note("report.exported", actor=visit.actor.who, brand_id=visit.brand.id, object=what, now=given["now"])
    head = [_("Metric"), _("Weekday"), _("Hour (%(zone)s)") % {"zone": of.zone}, _("Number")]
    response = HttpResponse(BOM + csv_text([head, *found]), content_type=CSV)
    response.headers["Content-Disposition"] = f'attachment; filename="hours-{visit.brand.slug}.csv"'
    return response


def _pieces(start: datetime, end: datetime, length: timedelta) -> list[tuple[datetime, datetime]]:
    starts = [start + length * n for n in range(-(-(end - start) // length))]
    return [(at, min(at + length, end)) for at in starts]


def _behind(metric: Metric, narrow: Narrow, counted: Clock) -> Found:
    return rows_behind(metric, narrow.contacts()), counted


def _of_commitment(visit: Visit, ref: UUID, since: datetime, until: datetime, queue: int | None) -> Found:
    _metric, of, contacts = found_by(visit, ref, since, until, queue)
    return contacts, of.clock


def _file(visit: Visit, metric: Metric, what: str, zone: str, parts: Sequence[Part]) -> StreamingHttpResponse:
    named = f"{what}, {metric.key}"
    note("report.exported", actor=visit.actor.who, brand_id=visit.brand.id, object=named, now=clock.now())
    head = [
        _("Conversation"), _("Came in (%(zone)s)") % {"zone": zone}, _("Queue"), _("Result"),
        _("Waited, seconds"), _("Handle time, seconds"), _("Answered by"),
    ]  # fmt: skip
    pages = _pages(visit, ZoneInfo(zone), parts)
    response = StreamingHttpResponse(csv_pages(head, pages), content_type=CSV)
    name = f"rows-{visit.brand.slug}-{metric.slug}-{what.replace('/', '-to-')}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _pages(visit: Visit, zone: ZoneInfo, parts: Sequence[Part]) -> Iterator[list[list[str]]]:
    return (_page(visit, zone, part) for part in parts)


def _page(visit: Visit, zone: ZoneInfo, part: Part) -> list[list[str]]:
    """Its contacts are gone before those of the next part come."""
    with visit.scope():
        contacts, counted = part()
    return [_cells(row, zone) for row in contact_rows(visit, contacts, counted)]


def _cells(row: ContactRow, zone: ZoneInfo) -> list[str]:
    times = ["" if one is None else str(one) for one in (row.waited_seconds, row.handled_seconds)]
    came_in = row.offered_at.astimezone(zone).isoformat(timespec="seconds")
    return [str(row.ref), came_in, row.queue, row.result, *times, row.agent]
