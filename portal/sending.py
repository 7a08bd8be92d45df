"""How issued reports reach the client's people: the plans, one report's mails and links."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from portal.access import Visit, portal_page
from reporting.sending.forms import LinkForm, SendForm
from reporting.sending.hands import Hands
from reporting.sending.plans import plans_of


@portal_page(Permission.REPORT)
@require_safe
def plans(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Show when reports are mailed, and to whom."""
    with visit.scope():
        found = plans_of(visit.brand, now=clock.now())
    return render(request, "portal/report_plans.html", {"plans": found, "zone": visit.brand.timezone})


@portal_page(Permission.REPORT)
@require_safe
def deliveries(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """Show who got the report, and what opens it."""
    return _page(request, visit, _hands(visit, ref))


@portal_page(Permission.SHARE)
@require_POST
def mail(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """Mail the report to an address."""
    hands, form = _acting(visit, ref), SendForm(request.POST)
    if not hands.send(form):
        return _page(request, visit, hands, sending=form, status=422)
    return redirect("portal:issued-deliveries", ref)


@portal_page(Permission.SHARE)
@require_POST
def again(request: SignedInRequest, visit: Visit, ref: UUID, mail_ref: UUID) -> HttpResponse:
    """Send a mail again that did not leave for certain."""
    hands = _acting(visit, ref)
    if why := hands.again(mail_ref):
        return _page(request, visit, hands, notice=why, status=409)
    return redirect("portal:issued-deliveries", ref)


@portal_page(Permission.SHARE)
@require_POST
def link(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """Make a link to the report and show it, this once."""
    hands, form = _acting(visit, ref), LinkForm(request.POST)
    made = hands.link(form)
    if made:
        return _page(request, visit, hands, made=made, status=201)
    if form.errors:
        return _page(request, visit, hands, linking=form, status=422)
    return redirect("portal:issued-deliveries", ref)


@portal_page(Permission.SHARE)
@require_POST
def unlink(request: SignedInRequest, visit: Visit, ref: UUID, link_ref: UUID) -> HttpResponse:
    """End a link."""
    _acting(visit, ref).unlink(link_ref)
    return redirect("portal:issued-deliveries", ref)


def _acting(visit: Visit, ref: UUID) -> Hands:
    """Who only looks as a client sends nothing."""
    if visit.actor.seeing:
        raise Http404
    return _hands(visit, ref)


def _hands(visit: Visit, ref: UUID) -> Hands:
    return Hands(visit.brand, ref, visit.scope, visit.actor, clock.now())


def _page(
    request: SignedInRequest, visit: Visit, hands: Hands, *, made: str = "", notice: str = "",
    status: int = 200, **more: Any,
) -> HttpResponse:  # fmt: skip
    context = hands.context(**more) | {
        "made": made, "notice": notice, "here": reverse("portal:issued-deliveries", args=(hands.report_ref,)),
        "may_act": visit.can(Permission.SHARE) and not visit.actor.seeing,
    }  # fmt: skip
    return render(request, "portal/issued_deliveries.html", context, status=status)
