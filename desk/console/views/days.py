"""Hours worked: everybody's day, one agent's day with its corrections, and the file for payroll."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound, RoomError
from core.spreadsheet import csv_pages
from desk.console.access import console_page
from desk.console.answers import saved, told
from desk.console.days_forms import CorrectionForm, RuleForm, SpanForm
from desk.days import HEAD, day_view, hours_of, hours_pages, today_in
from desk.views.days import day_asked
from tenants.audit import audit as note
from tenants.choices import BrandKind
from tenants.clients import all_clients
from tenants.scope import labour_scope
from workforce import queries
from workforce.actions import correct
from workforce.staff import apportioning
from workforce.values import AgentClock

PAGE = 50
LONGEST_SEARCH = 80


@console_page(Permission.DAYS)
@require_safe
def hours(request: SignedInRequest) -> HttpResponse:
    """Show what every agent's day was, cut in the reader's zone; `?on=` a day, `?q=` a name or number."""
    return _list(request)


@console_page(Permission.DAYS_EXPORT)
@require_POST
def export(request: SignedInRequest) -> HttpResponseBase:
    """Stream the hours per agent, client, state and reason as CSV; that they were taken is written down."""
    form = SpanForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    first, last, zone, now = (
        form.cleaned_data["first"],
        form.cleaned_data["last"],
        request.actor.timezone,
        clock.now(),
    )
    note("ledger.exported", actor=request.actor.who, object=f"{first} to {last}, {zone}", now=now)
    pages = csv_pages(HEAD, hours_pages(first, last, zone, now=now))
    response = StreamingHttpResponse(pages, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="hours-{first}-{last}.csv"'
    return response


@console_page(Permission.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: SignedInRequest) -> HttpResponseBase:
    """Show by which rule work side by side is shared out; a POST says another from a day on."""
    form = RuleForm(request.POST or None)
    if request.method == "POST" and saved(
        request,
        form,
        lambda: apportioning.set_rule(**form.cleaned_data, zone=request.actor.timezone, **_by(request)),
        _("Saved. It holds from that day on."),
        at="since",
    ):
        return _to_rule()
    terms, zone = apportioning.rules(clock.now()), request.actor.timezone
    context = {"form": form, "terms": terms, "zone": zone, "here": "days"}
    return render(request, "console/days_rule.html", context, status=422 if form.errors else 200)


@console_page(Permission.STAFF)
@require_POST
def remove_rule(request: SignedInRequest, term_id: int) -> HttpResponse:
    """Take back a rule that does not hold yet."""
    told(request, lambda: apportioning.remove_rule(term_id, **_by(request)), _("Taken back."))
    return _to_rule()


@console_page(Permission.DAYS)
@require_safe
def agent_day(request: SignedInRequest, agent_id: int) -> HttpResponse:
    """Show one agent's day in their zone, and the form that corrects it."""
    return _day(request, _agent(agent_id))


@console_page(Permission.DAYS_CORRECT)
@require_POST
def correct_day(request: SignedInRequest, agent_id: int) -> HttpResponse:
    """Lay a correction over a stretch of the day."""
    who = _agent(agent_id)
    form = _form(request, who, request.POST)
    if not form.is_valid():
        return _day(request, who, form, status=422)
    try:
        done = correct(agent_id, **form.said(), actor=request.actor, now=clock.now())
    except NotFound:
        raise
    except RoomError as error:
        form.add_error(None, str(error.message))
        return _day(request, who, form, status=error.status)
    messages.success(
        request, _("Corrected. The agent sees it in their day.") if done else _("It says so already.")
    )
    address = reverse("console:agent-day", args=(agent_id,))
    return HttpResponseRedirect(f"{address}?on={form.day}", status=303)


def _list(request: SignedInRequest, form: SpanForm | None = None, *, status: int = 200) -> HttpResponse:
    now, zone = clock.now(), request.actor.timezone
    today = today_in(zone, now)
    day = day_asked(request, today)
    search = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    with labour_scope():
        page = Paginator(queries.clocks(search), PAGE).get_page(request.GET.get("page"))
        clocks = [queries.clock_view(agent) for agent in page]
    rows = hours_of(clocks, day, zone, now=now)
    context = {
        "rows": rows, "page": page, "day": day, "today": today, "zone": zone, "search": search,
        "form": form or SpanForm(initial={"first": day.replace(day=1), "last": day}),
        "hues": sorted({one.part.card.hue for row in rows for one in row.brands if one.part.card}),
        "query": urlencode({"on": day.isoformat()} | ({"q": search} if search else {})), "here": "days",
    }  # fmt: skip
    return render(request, "console/days.html", context, status=status)


def _by(request: SignedInRequest) -> dict[str, Any]:
    return {"actor": request.actor.who, "actor_id": request.actor.user_id, "now": clock.now()}


def _to_rule() -> HttpResponse:
    return HttpResponseRedirect(reverse("console:days-rule"), status=303)


def _agent(agent_id: int) -> AgentClock:
    who = queries.clock_of(agent_id)
    if who is None:
        raise NotFound
    return who


def _form(request: SignedInRequest, who: AgentClock, data: Any = None) -> CorrectionForm:
    day = day_asked(request, today_in(who.zone, clock.now()))
    cards = [card for card in all_clients() if card.kind != BrandKind.SANDBOX]
    return CorrectionForm(data, day=day, zone=who.zone, reasons=queries.reasons(), cards=cards)


def _day(
    request: SignedInRequest, who: AgentClock, form: CorrectionForm | None = None, *, status: int = 200
) -> HttpResponse:
    form = form or _form(request, who)
    view = day_view(who, form.day, now=clock.now())
    context = {"view": view, "form": form, "hues": view.hues, "here": "days"}
    return render(request, "console/agent_day.html", context, status=status)
