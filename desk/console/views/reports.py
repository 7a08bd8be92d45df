"""A client's issued reports: look at a period, issue it, restate it. What was issued stays as it is."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.refusals import caught
from desk.console.access import client_of_page, client_scope, console_page, known_as
from desk.console.answers import saved
from desk.console.report_forms import IssueForm, PeriodForm, RestateForm
from desk.console.tabs import tab_context
from reporting.actions.issuing import again, issue_report, restate_report
from reporting.choices import AgentNames, FileForm, Span
from reporting.issued.answers import file_answer, form_of
from reporting.issued.diff import changes
from reporting.issued.document import Asked, Stamp, build
from reporting.issued.kept import (
    Issued,
    entry_of,
    file_of,
    find_issued,
    get_issued,
    keep_files,
    newest,
    versions,
)
from reporting.issued.page import body
from reporting.issued.ready import why_not
from reporting.periods import of_calendar
from tenants.binding import Bound
from tenants.locks import snapshot
from tenants.values import BrandCard
from workforce.queries import shown_names

METHODS = ["GET", "HEAD", "POST"]
PAGE = 25


@console_page(Permission.ISSUE)
@require_safe
def reports(request: SignedInRequest, slug: str) -> HttpResponse:
    """List what was issued; the form leads to a look at what would be."""
    client = client_of_page(slug)
    return _list(request, client, PeriodForm(client=client, today=_today(client, clock.now())))


@console_page(Permission.ISSUE)
@require_http_methods(METHODS)
def preview(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show what a period's report would say, and what stands against issuing it; POST issues it."""
    client, now = client_of_page(slug), clock.now()
    period = PeriodForm(request.GET, client=client, today=_today(client, now))
    if not period.is_valid():
        return _list(request, client, period, status=422)
    issue = IssueForm(request.POST if request.method == "POST" else None)
    asked = _asked(client, period.cleaned_data, note=issue.data.get("note", "").strip())
    done: list[Issued] = []

    def verb() -> None:
        with _scope(request, client):
            done.append(issue_report(asked, **_by(request, client, issue, now)))

    if issue.is_bound and saved(request, issue, verb, _("Issued.")):
        _make(request, client, done[0], now)
        return HttpResponseRedirect(_path(client, done[0].ref))
    context = tab_context(client, "reports") | {"issue": issue, "query": request.GET.urlencode()}
    context |= _looked_at(request, client, asked, now)
    return render(request, "console/report_preview.html", context, status=422 if issue.errors else 200)


@console_page(Permission.ISSUE)
@require_safe
def report(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Show a version as it was frozen, and what it changed in the one before."""
    client = client_of_page(slug)
    with _scope(request, client):
        found = get_issued(ref)
        others = versions(found)
        before = get_issued(found.restates) if found.restates else None
    context = tab_context(client, "reports") | {
        "one": found, "versions": others, "forms": FileForm.choices, "before": before,
        "changes": changes(before.document, found.document) if before else None,
        "body": body(found.document, digest=found.digest),
    }  # fmt: skip
    return render(request, "console/report.html", context)


@console_page(Permission.ISSUE)
@require_http_methods(METHODS)
def restatement(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Show what the numbers of today would change; POST makes them the next version."""
    client, now = client_of_page(slug), clock.now()
    form = RestateForm(request.POST if request.method == "POST" else None)
    with _scope(request, client):
        old = get_issued(ref)
    asked = again(old, _asked_again(client, old, note=form.data.get("note", "").strip()))
    done: list[Issued] = []

    def verb() -> None:
        with _scope(request, client):
            done.append(restate_report(ref, asked, **_by(request, client, form, now)))

    if form.is_bound and saved(request, form, verb, _("Restated.")):
        _make(request, client, done[0], now)
        return HttpResponseRedirect(_path(client, done[0].ref))
    context = tab_context(client, "reports") | {"one": old, "form": form}
    context |= _against_today(request, client, old, asked, now)
    return render(request, "console/report_restatement.html", context, status=422 if form.errors else 200)


@console_page(Permission.ISSUE)
@require_POST
def file(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Hand out one of the report's files."""
    client, now, form = client_of_page(slug), clock.now(), form_of(request.POST.get("form", ""))
    with _scope(request, client):
        found = get_issued(ref)
    kept = file_of(found, form, enter=lambda: _scope(request, client), now=now)
    return file_answer(client, found, form, kept, actor=request.actor.who, now=now)


def _list(
    request: SignedInRequest, client: BrandCard, form: PeriodForm, *, status: int = 200
) -> HttpResponse:
    with _scope(request, client):
        page = Paginator(newest(), PAGE).get_page(request.GET.get("page"))
        found = [entry_of(row) for row in page.object_list]
    rows = [(row, _path(client, row.ref)) for row in found]
    context = tab_context(client, "reports") | {"page": page, "rows": rows, "form": form}
    return render(request, "console/reports.html", context, status=status)


def _looked_at(request: SignedInRequest, client: BrandCard, asked: Asked, now: datetime) -> dict[str, Any]:
    """Return {"why", "made", "body"}: what stands against it, what was issued already, what it would say."""
    why, made, document = "", None, {}
    with caught() as refused, _scope(request, client), snapshot():
        why = why_not(asked.counting(now), now=now)
        made = find_issued(asked.kind, asked.period.first)
        stamp = Stamp(1, known_as(request.actor, client), now)
        document = {} if why or made else build(asked, stamp)[0]
    return {"why": why or refused.message, "made": made, "body": body(document) if document else ""}


def _against_today(
    request: SignedInRequest, client: BrandCard, old: Issued, asked: Asked, now: datetime
) -> dict[str, Any]:
    """Return {"changes", "why"}: what the numbers of today would change, or why nobody knows."""
    document = old.document
    with caught() as refused, _scope(request, client), snapshot():
        stamp = Stamp(old.version + 1, known_as(request.actor, client), now, restates=old.ref)
        document, _agents = build(asked, stamp)
    return {"changes": changes(old.document, document), "why": refused.message}


def _asked(client: BrandCard, said: dict[str, Any], *, note: str) -> Asked:
    return Asked(
        client, of_calendar(Span(said["kind"]), said["on"]), ZoneInfo(client.timezone), said["language"],
        AgentNames(said["agents"]), shown_names(client.id), note,
    )  # fmt: skip


def _asked_again(client: BrandCard, old: Issued, *, note: str) -> Asked:
    said = {"kind": old.kind, "on": old.first, "language": old.language, "agents": AgentNames.ALIAS}
    return _asked(client, said, note=note)


def _by(request: SignedInRequest, client: BrandCard, form: Any, now: datetime) -> dict[str, Any]:
    key = form.cleaned_data["key"]
    return {"key": key, "shown": known_as(request.actor, client), "actor": request.actor.who, "now": now}


def _make(request: SignedInRequest, client: BrandCard, one: Issued, now: datetime) -> None:
    keep_files(one, enter=lambda: _scope(request, client), now=now)


def _scope(request: SignedInRequest, client: BrandCard) -> Bound:
    return client_scope(request.actor, client, to=Permission.ISSUE)


def _today(client: BrandCard, now: datetime) -> Any:
    return now.astimezone(ZoneInfo(client.timezone)).date()


def _path(client: BrandCard, ref: UUID) -> str:
    return reverse("console:report", args=(client.slug, ref))
