"""People by file: handed in, looked at line by line, imported as a whole."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound, RoomError
from core.spreadsheet import BOM, csv_pages, csv_text
from desk.console.access import console_page
from desk.console.staff_forms import FileForm
from desk.console.views.staff.common import back, show
from workforce.choices import ImportState
from workforce.errors import FileRefused
from workforce.models import StaffImport
from workforce.staff import importing
from workforce.staff.loading import load_names
from workforce.staff.parsing import COLUMNS, MOST_BYTES
from workforce.staff.planning import Plan, counts_of
from workforce.staff.values import Names

PAGE = 100
OUTCOMES = {
    "error": gettext_lazy("Error"), "create": gettext_lazy("New"), "update": gettext_lazy("Changes"),
    "unchanged": gettext_lazy("As it is"),
}  # fmt: skip
MOODS = {"error": "bad", "create": "good", "update": "line", "unchanged": ""}
EXAMPLE = (
    "ines@example.com", "Inês Caradec", "H-1042", "Night", "Porto", "pt;en", "billing:4;portuguese:5",
    "northwind:2026-1;lumen", "2025-03-01", "webchat:3", "lumen:1", "webchat:50", "lumen:100",
)  # fmt: skip
REPORT_HEAD = ("line", "mail", "outcome", "field", "what")


@console_page(Permission.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: SignedInRequest) -> HttpResponse:
    """Take a file, and show the last ones."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method != "POST":
        return _files(request, FileForm())
    if not form.is_valid():
        return _files(request, form, status=422)
    file = form.cleaned_data["file"]
    try:
        data = file.read(MOST_BYTES + 1)
        row = importing.hand_in(data, filename=file.name or "", actor=request.actor.who, now=clock.now())
    except FileRefused as error:
        form.add_error("file", str(error.message))
        return _files(request, form, status=error.status)
    return back("staff-file", row.ref)


@console_page(Permission.STAFF)
@require_safe
def template(request: SignedInRequest) -> HttpResponse:
    """A file with the columns and one line to replace."""
    response = HttpResponse(BOM + csv_text([COLUMNS, EXAMPLE]), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="people.csv"'
    return response


@console_page(Permission.STAFF)
@require_safe
def file(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """What the file would do, errors first; or what became of it."""
    return _file(request, ref)


@console_page(Permission.STAFF)
@require_safe
def report(request: SignedInRequest, ref: UUID) -> HttpResponseBase:
    """The same as CSV, a row for each error and each change."""
    plans = importing.look(importing.get_import(ref, with_text=True), now=clock.now())
    names = load_names()
    response = StreamingHttpResponse(
        csv_pages(REPORT_HEAD, (_report_rows(one, names) for one in plans)),
        content_type="text/csv; charset=utf-8",
    )
    response.headers["Content-Disposition"] = 'attachment; filename="report.csv"'
    return response


@console_page(Permission.STAFF)
@require_POST
def run(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """Import the file: all of it, or nothing."""
    try:
        counts = importing.import_file(ref, actor=request.actor.who, now=clock.now())
    except NotFound:
        raise
    except RoomError as error:
        messages.error(request, str(error.message))
    else:
        words = _("Imported: %(create)d new, %(update)d changed, %(unchanged)d as they were.")
        messages.success(request, words % counts)
    return back("staff-file", ref)


def _files(request: SignedInRequest, form: FileForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "files": importing.newest_imports(), "columns": COLUMNS}
    return show(request, "import", "staff-import", context, status=status)


def _file(request: SignedInRequest, ref: UUID) -> HttpResponse:
    row = importing.get_import(ref, with_text=True)
    plans = importing.look(row, now=clock.now())
    plans.sort(key=lambda one: (one.outcome == "unchanged", bool(one.change), one.number))
    page = Paginator(plans, PAGE).get_page(request.GET.get("page"))
    names = load_names()
    context = {
        "row": row,
        "page": page,
        "lines": [_line(one, names) for one in page],
        "counts": _counts(row, plans),
        "is_ready": bool(plans) and all(one.change for one in plans),
        "has_changes": any(one.change and one.change.is_change for one in plans),
        "is_imported": row.state == ImportState.IMPORTED,
    }
    return show(request, "file", "staff-import", context)


def _counts(row: StaffImport, plans: list[Plan]) -> list[dict[str, Any]]:
    counts = counts_of(plans) if plans else row.counts
    return [{"words": OUTCOMES[name], "mood": MOODS[name], "count": counts.get(name, 0)} for name in OUTCOMES]


def _line(one: Plan, names: Names) -> dict[str, Any]:
    return {
        "number": one.number, "email": one.email, "outcome": OUTCOMES[one.outcome],
        "mood": MOODS[one.outcome],
        "troubles": one.troubles, "changes": _changes(one, names),
    }  # fmt: skip


def _changes(one: Plan, names: Names) -> list[tuple[str, str, str]]:
    return names.differences(one.change) if one.change else []


def _report_rows(one: Plan, names: Names) -> list[tuple[Any, ...]]:
    troubles = [(one.number, one.email, one.outcome, t.field, str(t.words)) for t in one.troubles]
    changed = [
        (one.number, one.email, one.outcome, name, f"{old} > {new}")
        for name, old, new in _changes(one, names)
    ]
    return troubles + changed
