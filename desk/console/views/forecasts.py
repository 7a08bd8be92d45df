"""A client's forecast in the console: what is agreed of it, what came in beside it, and what was more."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.ids import new_ref
from desk.console.access import client_of_page, client_scope, console_page, known_as
from desk.console.answers import said, saved
from desk.console.forecast_forms import OverrunForm, TermsForm
from desk.console.tabs import tab_context
from interactions.queries import queue_names, queue_refs
from reporting.actions import forecasts as actions
from reporting.counting import counting
from reporting.exclusions import left_out
from reporting.forecasts.agreed import versions, why_not_agreed
from reporting.forecasts.comparing import interval_lines, versus
from reporting.forecasts.overruns import overruns
from reporting.periods import read_period
from tenants.values import BrandCard

PAGE_LINES = 100
PAGE_VERSIONS = 20
PAGE_OVERRUNS = 20


@console_page(Permission.TARGETS)
@require_http_methods(["GET", "HEAD", "POST"])
def forecast(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show a period; POST writes down what is agreed from a month on."""
    client, now = client_of_page(slug), clock.now()
    zone = ZoneInfo(client.timezone)
    data = request.POST if request.method == "POST" else None
    form = TermsForm(data, today=now.astimezone(zone).date())
    with client_scope(request.actor, client, to=Permission.TARGETS):

        def agree() -> None:
            actions.agree_forecast(
                **form.cleaned_data,
                shown=known_as(request.actor, client),
                zone=zone,
                actor=request.actor.who,
                now=now,
            )

        if form.is_bound and saved(request, form, agree, _("Saved.")):
            return HttpResponseRedirect(reverse("console:forecast", args=(client.slug,)))
        context = _context(request, client, now)
    context |= tab_context(client, "forecast") | {"form": form}
    return render(request, "console/forecast.html", context, status=422 if form.errors else 200)


@console_page(Permission.TARGETS)
@require_POST
def propose(request: SignedInRequest, slug: str) -> HttpResponse:
    """Propose to leave out a time in which more came in than agreed; counted again before."""
    client, form = client_of_page(slug), OverrunForm(request.POST)
    if not form.is_valid():
        raise Http404
    by: dict[str, Any] = {
        "shown": known_as(request.actor, client),
        "actor": request.actor.who,
        "now": clock.now(),
    }
    done = said(request, _("Proposed. The client answers in the portal."))
    with done, client_scope(request.actor, client, to=Permission.TARGETS):
        actions.propose_overrun(**form.said(), zone=ZoneInfo(client.timezone), **by)
    back = request.GET.urlencode()
    return HttpResponseRedirect(f"{reverse('console:forecast', args=(client.slug,))}?{back}#overruns")


def _context(request: SignedInRequest, client: BrandCard, now: datetime) -> dict[str, Any]:
    """What the page shows; in the client's scope."""
    zone = ZoneInfo(client.timezone)
    period = read_period(request.GET.dict(), now.astimezone(zone).date())
    of = replace(counting(period=period, zone=zone, now=now), has_hours=False)
    names, refs = queue_names(), {number: str(ref) for number, ref in queue_refs().items()}
    wanted = request.GET.get("queue", "")
    chosen = next((number for number, ref in refs.items() if ref == wanted), None)
    if wanted and chosen is None:
        raise Http404
    found = versus(of, queues=names, now=now, queue_id=chosen)
    proposed = left_out(of.cut[0].start, of.cut[-1].end)
    over = overruns(found.cells, of=found.calendar, queues=names, exclusions=proposed)
    page = Paginator(over, PAGE_OVERRUNS).get_page(request.GET.get("overrun"))
    shown = Paginator(versions(), PAGE_VERSIONS).get_page(request.GET.get("version"))
    context = {
        "of": of, "found": found, "queue": names.get(chosen or 0, ""),
        "why": why_not_agreed(of.first, of.last, of=found.calendar, now=now),
        "terms": found.calendar.of_month(of.last), "history": found.calendar.terms[::-1],
        "by_queue": [
            {"line": line, "query": f"{of.query}&queue={refs.get(line.queue_id, '')}"}
            for line in found.by_queue
        ],
        "by_day": [{"line": line} for line in found.by_day],
        "overruns": [{"of": one, "key": new_ref(now)} for one in page], "overrun_page": page,
        "versions": list(shown), "version_page": shown, "zone": client.timezone,
    }  # fmt: skip
    if chosen is None:
        return context
    cells = Paginator(found.cells, PAGE_LINES).get_page(request.GET.get("page"))
    lines = [{"line": line} for line in interval_lines(list(cells), names)]
    return context | {"intervals": lines, "page": cells, "kept": f"{of.query}&queue={wanted}"}
