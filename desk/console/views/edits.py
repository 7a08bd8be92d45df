"""Edits from a blueprint over several clients: chosen, looked at client by client, applied, taken back."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound, RoomError
from core.lazy import LazyModule
from desk.console.access import console_grant, console_page
from desk.console.wizard.looks import Compared, compared, report_words
from tenants.cards import card_by_id
from tenants.choices import BulkOutcome, BulkState
from tenants.clients import all_clients
from tenants.onboarding import bulk
from tenants.onboarding.blueprints import blueprint, blueprints
from tenants.onboarding.bulk import EditView, LineView, edit_page, get_edit, lines_page
from tenants.onboarding.registry import parts

celery, tasks = LazyModule("tenants.tasks"), LazyModule("tenants.onboarding.tasks")
MARK = "mark-"
MOODS = {
    BulkOutcome.APPLIED: "good",
    BulkOutcome.FAILED: "bad",
    BulkOutcome.WAITING: "",
    BulkOutcome.SAME: "",
    BulkOutcome.UNDONE: "warn",
}


@console_page(Permission.CLIENTS_EDIT)
@require_safe
def edits(request: SignedInRequest) -> HttpResponse:
    """List them, the newest first."""
    context = {"page": edit_page(request.GET.get("page", 1)), "here": "clients", "hues": []}
    return render(request, "console/edits/list.html", context)


@console_page(Permission.CLIENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: SignedInRequest) -> HttpResponse:
    """Ask for blueprint, parts and clients; POST notes them and leads on. 422: what is missing."""
    refused = ""
    if request.method == "POST":
        chosen = set(map(int, filter(_is_id, request.POST.getlist("client"))))
        if request.POST.get("everybody"):
            chosen = {card.id for card in all_clients()}
        try:
            ref = bulk.begin(
                request.POST.get("blueprint", ""), request.POST.getlist("part"), chosen,
                actor=request.actor.who, now=clock.now(),
            )  # fmt: skip
            return HttpResponseRedirect(_path(ref))
        except NotFound:
            refused = _("Choose a blueprint.")
        except RoomError as error:
            refused = str(error.message)
    context = {
        "blueprints": blueprints(), "parts": parts(), "clients": all_clients(), "refused": refused,
        "picked": request.POST.getlist("client"), "names": request.POST.getlist("part"),
        "begun_with": request.POST.get("blueprint", ""), "here": "clients", "hues": [],
    }  # fmt: skip
    return render(request, "console/edits/begin.html", context, status=422 if refused else 200)


@console_page(Permission.CLIENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """Show what would change in each client, or what became of it.

    POST keeps what may be overwritten, and goes to another page of the comparison or applies the edit.
    """
    found = get_edit(ref)
    if request.method != "POST":
        return _show(request, found)
    try:
        bulk.allow(ref, _marks(request), now=clock.now())
        if request.POST.get("go") == "apply":
            bulk.apply(ref, actor=request.actor.who, now=clock.now())
            celery.enqueue(tasks.run_bulk, brand=None, ref=str(ref))
            return HttpResponseRedirect(_path(ref))
    except RoomError as error:
        return _show(request, get_edit(ref), refused=str(error.message), status=error.status)
    number = request.POST.get("page", "1")
    return HttpResponseRedirect(f"{_path(ref)}?page={number if number.isdecimal() else 1}")


@console_page(Permission.CLIENTS_EDIT)
@require_safe
def progress(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """Show how far it is: asked for again every other second while it runs."""
    return render(request, "console/edits/_report.html", _report(request, get_edit(ref)))


@console_page(Permission.CLIENTS_EDIT)
@require_POST
def undo(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """Take it back where nobody changed it since."""
    return _moved(request, ref, bulk.undo)


@console_page(Permission.CLIENTS_EDIT)
@require_POST
def retry(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """Try the clients again in which it failed."""
    return _moved(request, ref, bulk.retry)


@console_page(Permission.CLIENTS_EDIT)
@require_POST
def discard(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """Forget an edit that was only looked at."""
    try:
        bulk.discard(ref)
    except NotFound:
        raise
    except RoomError as error:
        return _show(request, get_edit(ref), refused=str(error.message), status=error.status)
    return HttpResponseRedirect(reverse("console:edits"))


def _moved(request: SignedInRequest, ref: UUID, act: Any) -> HttpResponse:
    try:
        act(ref, actor=request.actor.who, now=clock.now())
    except NotFound:
        raise
    except RoomError as error:
        return _show(request, get_edit(ref), refused=str(error.message), status=error.status)
    celery.enqueue(tasks.run_bulk, brand=None, ref=str(ref))
    return HttpResponseRedirect(_path(ref))


def _show(request: SignedInRequest, found: EditView, *, refused: str = "", status: int = 200) -> HttpResponse:
    more = _comparison(request, found) if found.state == BulkState.DRAFT else _report(request, found)
    context = {
        "edit": found,
        "refused": refused,
        "here": "clients",
        "says": blueprint(found.blueprint),
    } | more
    return render(request, "console/edits/edit.html", context, status=status)


def _comparison(request: SignedInRequest, found: EditView) -> dict[str, Any]:
    page = lines_page(found.ref, request.GET.get("page", 1))
    rows = [row for line in page if (row := _compared(found, line))]
    is_idle = not page.has_other_pages() and not any(row.changes or row.own for row in rows)
    return {"page": page, "rows": rows, "is_idle": is_idle, "hues": sorted({row.card.hue for row in rows})}


def _compared(found: EditView, line: LineView) -> Compared | None:
    card = card_by_id(line.brand_id)
    if card is None:
        return None
    return compared(card, bulk.look(found, card, console_grant(), now=clock.now()), line.overwrite)


def _report(request: SignedInRequest, found: EditView) -> dict[str, Any]:
    page = lines_page(found.ref, request.GET.get("page", 1))
    rows: list[dict[str, Any]] = [
        {
            "card": card,
            "words": BulkOutcome(line.outcome).label,
            "mood": MOODS[BulkOutcome(line.outcome)],
            "changed": report_words(line),
            "fault": line.fault,
        }
        for line in page
        if (card := card_by_id(line.brand_id))
    ]
    return {
        "edit": found, "page": page, "rows": rows, "hues": sorted({row["card"].hue for row in rows}),
        "is_going": found.state in {BulkState.RUNNING, BulkState.UNDOING},
        "can_undo": found.state == BulkState.DONE and bool(found.counts.get(BulkOutcome.APPLIED)),
        "failed": found.counts.get(BulkOutcome.FAILED, 0) if found.state == BulkState.DONE else 0,
    }  # fmt: skip


def _marks(request: SignedInRequest) -> dict[int, dict[str, str]]:
    """Return {brand id: {part: mark}} of the ticks of this page; {} for a client without one."""
    marks: dict[int, dict[str, str]] = {int(one): {} for one in filter(_is_id, request.POST.getlist("shown"))}
    for name, mark in request.POST.items():
        brand_id, _dash, part = name.removeprefix(MARK).partition("-")
        if name.startswith(MARK) and _is_id(brand_id) and int(brand_id) in marks:
            marks[int(brand_id)][part] = str(mark)[:16]
    return marks


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _path(ref: UUID) -> str:
    return reverse("console:edit", args=(ref,))
