"""Reports that were issued to the client: the list, one of them as it was frozen, what changed, its files."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from portal.access import Visit, portal_page
from reporting.choices import FileForm, Span
from reporting.issued.answers import file_answer, form_of
from reporting.issued.diff import changes
from reporting.issued.kept import entry_of, file_of, get_issued, newest, versions
from reporting.issued.page import body

PAGE = 25


@portal_page(Permission.REPORT)
@require_safe
def reports(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """The newest version of each period, the latest first; of one kind, when asked for."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in Span.values else ""
    with visit.scope():
        page = Paginator(newest(kind=kind), PAGE).get_page(request.GET.get("page"))
        found = [entry_of(row) for row in page.object_list]
    rows = [(row, reverse("portal:issued", args=(row.ref,))) for row in found]
    context = {"page": page, "rows": rows, "kind": kind, "kinds": Span.choices}
    return render(request, "portal/reports.html", context | {"query": f"kind={kind}" if kind else ""})


@portal_page(Permission.REPORT)
@require_safe
def one(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """A version as it was frozen, beside the others of its period."""
    with visit.scope():
        found = get_issued(ref)
        others = versions(found)
    context = {
        "one": found, "versions": others, "forms": FileForm.choices,
        "body": body(found.document, digest=found.digest),
    }  # fmt: skip
    return render(request, "portal/issued.html", context)


@portal_page(Permission.REPORT)
@require_safe
def what_changed(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """What a restated version changed in the one before, number by number."""
    with visit.scope():
        found = get_issued(ref)
        if found.restates is None:
            raise Http404
        before = get_issued(found.restates)
    context = {"one": found, "before": before, "changes": changes(before.document, found.document)}
    return render(request, "portal/issued_changes.html", context)


@portal_page(Permission.REPORT)
@require_POST
def file(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """The same bytes each time; that they were taken along is written down."""
    form = form_of(request.POST.get("form", ""))
    with visit.scope():
        found = get_issued(ref)
    now = clock.now()
    kept = file_of(found, form, enter=visit.scope, now=now)
    return file_answer(visit.brand, found, form, kept, actor=visit.actor.who, now=now)
