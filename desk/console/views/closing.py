"""Closing a client's queues before their hours say so: early today, or at once; and reopening them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor
from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from desk.console import closing_forms as forms
from desk.console import hours_words as words
from desk.console.access import client_of_page, client_scope, console_page, known_as
from desk.console.answers import said
from desk.console.closing_forms import CloseDraft, EarlyDraft
from desk.console.tabs import tab_context
from interactions import actions
from interactions.choices import ClosureKind, Line
from interactions.errors import Invalid
from interactions.hours import calendar_names, closure_view, live_closures, past_closures, queue_hours
from interactions.values import ClosureView
from reporting import actions as reports
from reporting.exclusions import answers_of
from tenants.values import BrandCard

PAST = 10  # closures a page


@console_page(Permission.CLOSE)
@require_safe
def closing(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show what is closed or closes early, and what there is to close."""
    return _page(request, client_of_page(slug))


@console_page(Permission.CLOSE)
@require_POST
def early(request: SignedInRequest, slug: str) -> HttpResponse:
    """Close a queue for the rest of today from a time on."""
    client, now = client_of_page(slug), clock.now()
    draft = forms.posted_early(request.POST, client.locales)
    try:
        closure = _close_early(request.actor, client, draft, now)
    except Invalid as error:
        draft.errors = error.errors
        return _page(request, client, early=draft, status=422)
    text = _("%(what)s closes %(when)s. Who waits then is still answered.")
    when = words.moment_words(closure.started_at, client.timezone)
    messages.success(request, text % {"what": closure.shut, "when": when})
    return HttpResponseRedirect(_path(client, "closing"))


@console_page(Permission.CLOSE)
@require_POST
def close(request: SignedInRequest, slug: str) -> HttpResponse:
    """Close queues now, until a time or until somebody reopens them."""
    client, now = client_of_page(slug), clock.now()
    draft = forms.posted_closure(request.POST, client.locales)
    try:
        closure = _close(request.actor, client, draft, now)
    except Invalid as error:
        draft.errors = error.errors
        return _page(request, client, closing=draft, status=422)
    text = _("Closed: %(what)s. Customers are told within seconds.")
    messages.success(request, text % {"what": closure.shut or _("every queue")})
    return HttpResponseRedirect(_path(client, "closing"))


@console_page(Permission.CLOSE)
@require_POST
def reopen(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """End a closure now, also one that has not begun: the hours hold again."""
    client = client_of_page(slug)
    reopened = _("The usual hours hold again.")
    with said(request, reopened), client_scope(request.actor, client, to=Permission.CLOSE):
        reports.reopen(ref, actor=request.actor.who, now=clock.now())
    return HttpResponseRedirect(_path(client, "closing"))


def shut(closure: ClosureView, client: BrandCard, now: datetime) -> dict[str, Any]:
    """Return the closure as the screens show it, in the client's zone."""
    return {
        "view": closure,
        "is_early": closure.kind == ClosureKind.EARLY,
        "taken_back": closure.ended_at == closure.started_at,
        "is_ahead": closure.started_at > now,
        "line": Line(closure.line).label,
        "since": words.moment_words(closure.started_at, client.timezone),
        "until": words.moment_words(closure.ended_at, client.timezone) if closure.ended_at else "",
        "zone": client.timezone,
        "texts": list(closure.texts.items()),
        "reopen": _path(client, "closing-reopening", closure.ref),
    }


def _page(
    request: SignedInRequest, client: BrandCard, *, early: EarlyDraft | None = None,
    closing: CloseDraft | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    now = clock.now()
    with client_scope(request.actor, client, to=Permission.CLOSE):
        calendars, queues, closures = calendar_names(), queue_hours(), live_closures(now)
        page = Paginator(past_closures(now), PAST).get_page(request.GET.get("page"))
        past = [closure_view(row) for row in page]
        answers = answers_of(each.ref for each in [*closures, *past])
    texts = dict.fromkeys(client.locales or ("en",), "")
    context = tab_context(client, "closing") | {
        "calendars": [(f"calendar:{ref}", name) for ref, name in calendars],
        "queues": [(f"queue:{row.ref}", str(row.ref), row.name) for row in queues],
        "closures": [shut(each, client, now) | {"answer": answers.get(each.ref)} for each in closures],
        "past": [shut(each, client, now) | {"answer": answers.get(each.ref)} for each in past],
        "page": page,
        "early": early or EarlyDraft(texts=dict(texts)),
        "closing": closing or CloseDraft(scope=request.GET.get("close", "")[:50], texts=dict(texts)),
        "line_choices": Line.choices,
    }
    return render(request, "console/closing.html", context, status=status)


def _close_early(actor: Actor, client: BrandCard, draft: EarlyDraft, now: datetime) -> ClosureView:
    queue_ref, at = draft.queue_ref(), draft.instant(client.timezone, now=now)
    with client_scope(actor, client, to=Permission.CLOSE):
        return actions.close_early(
            queue_ref, at=at, zone=client.timezone, reason=draft.reason, texts=draft.texts, key=draft.ref,
            actor=actor.who, now=now,
        )  # fmt: skip


def _close(actor: Actor, client: BrandCard, draft: CloseDraft, now: datetime) -> ClosureView:
    scope, until = draft.shut(), draft.instant(client.timezone)
    with client_scope(actor, client, to=Permission.CLOSE):
        return reports.close_in_emergency(
            **scope, until=until, texts=draft.texts, reason=draft.reason, line=draft.line, helps=draft.helps,
            key=draft.ref, shown=known_as(actor, client), actor=actor.who, now=now,
        )  # fmt: skip


def _path(client: BrandCard, name: str, *more: object) -> str:
    return reverse(f"console:{name}", args=(client.slug, *more))
