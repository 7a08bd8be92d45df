"""How a client's issued reports reach people: the plans, and what became of one report's mails and links."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from desk.console.access import client_of_page, client_scope, console_page, known_as
from desk.console.answers import saved
from desk.console.tabs import tab_context
from reporting.actions.sending import save_plan
from reporting.choices import Span
from reporting.sending.forms import LinkForm, PlanForm, SendForm
from reporting.sending.hands import Hands
from reporting.sending.people import seated
from reporting.sending.plans import late, plans_of
from tenants.binding import Bound
from tenants.values import BrandCard


@console_page(Permission.ISSUE)
@require_safe
def plans(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show how reports of each kind are sent."""
    return _plans(request, client_of_page(slug))


@console_page(Permission.ISSUE)
@require_http_methods(["POST"])
def plan(request: SignedInRequest, slug: str, kind: str) -> HttpResponse:
    """Say how reports of that kind are sent from now on."""
    if kind not in Span.values:
        raise Http404
    return _plans(request, client_of_page(slug), Span(kind))


@console_page(Permission.ISSUE)
@require_safe
def deliveries(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Show who got the report, and what opens it."""
    client = client_of_page(slug)
    return _page(request, client, _hands(request, client, ref))


@console_page(Permission.ISSUE)
@require_POST
def mail(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Mail the report to an address."""
    client, form = client_of_page(slug), SendForm(request.POST)
    hands = _hands(request, client, ref)
    if not hands.send(form):
        return _page(request, client, hands, sending=form, status=422)
    messages.success(request, _("It is on its way. The list says what becomes of it."))
    return _back(client, ref)


@console_page(Permission.ISSUE)
@require_POST
def again(request: SignedInRequest, slug: str, ref: UUID, mail_ref: UUID) -> HttpResponse:
    """Send a mail again that did not leave for certain."""
    client = client_of_page(slug)
    if why := _hands(request, client, ref).again(mail_ref):
        messages.error(request, why)
    else:
        messages.success(request, _("It is on its way again."))
    return _back(client, ref)


@console_page(Permission.ISSUE)
@require_POST
def link(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Make a link to the report and show it, this once."""
    client, form = client_of_page(slug), LinkForm(request.POST)
    hands = _hands(request, client, ref)
    made = hands.link(form)
    if made:
        return _page(request, client, hands, made=made, status=201)
    if form.errors:
        return _page(request, client, hands, linking=form, status=422)
    messages.info(request, _("This link was made already. It was shown once, in the first answer."))
    return _back(client, ref)


@console_page(Permission.ISSUE)
@require_POST
def unlink(request: SignedInRequest, slug: str, ref: UUID, link_ref: UUID) -> HttpResponse:
    """End a link."""
    client = client_of_page(slug)
    _hands(request, client, ref).unlink(link_ref)
    messages.success(request, _("Ended. The link opens nothing any more."))
    return _back(client, ref)


def _hands(request: SignedInRequest, client: BrandCard, ref: UUID) -> Hands:
    actor = request.actor

    def enter() -> Bound:
        return client_scope(actor, client, to=Permission.ISSUE)

    return Hands(client, ref, enter, actor, clock.now())


def _page(
    request: SignedInRequest,
    client: BrandCard,
    hands: Hands,
    *,
    made: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = tab_context(client, "reports") | hands.context(**more)
    context |= {"made": made, "here": _path(client, hands.report_ref), "may_act": True}
    return render(request, "console/report_deliveries.html", context, status=status)


def _plans(request: SignedInRequest, client: BrandCard, kind: Span | None = None) -> HttpResponse:
    now = clock.now()
    with client_scope(request.actor, client, to=Permission.ISSUE):
        found, people = plans_of(client, now=now), seated(client.id, now=now)
        waiting = late(client, found, now=now)
    shown = []
    for one in found:
        posted = request.POST if one.kind == kind else None
        form = PlanForm(posted, plan=one, people=people, zone=client.timezone)

        def save(form: PlanForm = form, of: Span = one.kind) -> None:
            with client_scope(request.actor, client, to=Permission.ISSUE):
                actor = request.actor
                save_plan(
                    client, of, form.wanted(), shown=known_as(request.actor, client), actor=actor.who, now=now
                )

        if posted is not None and saved(request, form, save, _("Saved.")):
            return HttpResponseRedirect(reverse("console:report-plans", args=(client.slug,)))
        shown.append((one, form, waiting.get(one.kind)))
    context = tab_context(client, "reports") | {"plans": shown, "zone": client.timezone}
    status = 422 if any(form.errors for _plan, form, _since in shown) else 200
    return render(request, "console/report_plans.html", context, status=status)


def _back(client: BrandCard, ref: UUID) -> HttpResponse:
    return HttpResponseRedirect(_path(client, ref), status=303)


def _path(client: BrandCard, ref: UUID) -> str:
    return reverse("console:report-deliveries", args=(client.slug, ref))
