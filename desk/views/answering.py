"""Answers to an offer, and what the agent is: available, away, offline."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest
from core import clock
from core.errors import NotFound
from core.http import with_toast
from desk.answers import agents_only, back_to
from desk.conversations import open_conversation
from desk.inbox import client_of
from desk.presence import presence_context
from desk.values import Conversation
from desk.views.pages import show
from routing.access import get_offer
from routing.actions import accept_offer, decline_offer, explain_decline
from routing.choices import DeclineReason
from routing.errors import OfferGone
from workforce.actions import set_availability, set_next


@agents_only
@require_POST
def acceptance(request: SignedInRequest, ref: UUID) -> HttpResponseBase:
    """Take the offer and open its conversation; a second acceptance says so and opens it all the same."""
    try:
        taken = accept_offer(ref, actor=request.actor, now=clock.now())
    except OfferGone as error:
        return _too_late(request, ref, error)
    found = _open(request, taken.brand_id, taken.interaction_ref)
    return show(request, found) if request.htmx else back_to(found.path)


@agents_only
@require_POST
def refusal(request: SignedInRequest, ref: UUID) -> HttpResponseBase:
    """Decline; the reason is asked afterwards and comes with a second post."""
    reason = request.POST.get("reason", "")
    if reason:
        explain_decline(ref, actor=request.actor, reason=reason, now=clock.now())
        return HttpResponse() if request.htmx else back_to("/desk/")
    try:
        decline_offer(ref, actor=request.actor, now=clock.now())
    except OfferGone as error:
        return _too_late(request, ref, error)
    if not request.htmx:
        return back_to("/desk/")
    offer = get_offer(ref, actor=request.actor)
    context = {
        "ref": ref,
        "client": client_of(request.actor, offer.brand_id),
        "reasons": DeclineReason.choices,
    }
    return render(request, "desk/_declined.html", context)


@agents_only
@require_POST
def availability(request: SignedInRequest) -> HttpResponseBase:
    """Be available, away for a reason (`away`), or offline; with `after` once the work at hand is done."""
    away = request.POST.get("away") or None
    turn = set_next if request.POST.get("after") else set_availability
    turn(
        request.actor.user_id,
        to="away" if away else request.POST.get("to", ""),
        reason_code=away or request.POST.get("reason") or None,
        actor=request.actor,
        now=clock.now(),
    )
    if not request.htmx:
        return back_to("/desk/")
    context = presence_context(request.actor, now=clock.now())
    return render(request, "desk/_availability.html", context)


def _open(request: SignedInRequest, brand_id: int, ref: UUID) -> Conversation:
    client = client_of(request.actor, brand_id)
    if client is None:
        raise NotFound
    return open_conversation(request.actor, client, ref, now=clock.now())


def _too_late(request: SignedInRequest, ref: UUID, error: OfferGone) -> HttpResponseBase:
    """Say what became of the offer; one that this agent took in another tab opens here too."""
    offer = get_offer(ref, actor=request.actor)
    if error.code == "taken":
        found = _open(request, offer.brand_id, offer.work_item.interaction_ref)
        return with_toast(
            show(request, found, status=error.status, notice=error.message), error.message, "warn"
        )
    if not request.htmx:
        raise error
    context = {"ref": ref, "client": client_of(request.actor, offer.brand_id), "words": error.message}
    response = render(request, "desk/_too_late.html", context, status=error.status)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = f"#offer-{ref}", "outerHTML"
    return response
