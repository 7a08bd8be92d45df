"""The list of clients: an operator's with state and onboarding, a client manager's with their reports."""

from typing import Any, cast

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import require_user
from accounts.hosts import brand_url, handoff_path
from accounts.http import SignedInRequest
from accounts.permissions import CONSOLE, Permission
from accounts.views import REPORT, SHOP
from accounts.views import clients as clients_of_manager
from core import clock
from desk.console.tabs import first_path
from desk.floor.clients import clients_now
from tenants.choices import BrandKind, BrandState
from tenants.clients import client_page
from tenants.onboarding.access import drafts_of, unbuilt_drafts
from tenants.onboarding.soft import soft_plans
from tenants.onboarding.values import DraftView
from tenants.values import BrandCard, SoftPlan

LONGEST_SEARCH = 80
MOODS = {
    BrandState.LIVE: "good",
    BrandState.SOFT: "brand",
    BrandState.PAUSED: "warn",
    BrandState.ONBOARDING: "brand",
}


@never_cache
@require_safe
@require_user
def clients(request: SignedInRequest) -> HttpResponse:
    """Show the clients of which somebody may open anything here, a page at a time, and what is being set up.

    Who has nothing to do in the console sees the clients whose report they read.
    """
    mine = request.actor.brands_with(*CONSOLE)
    if mine == ():
        return cast(HttpResponse, clients_of_manager(request))
    search = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    page = client_page(search, request.GET.get("page", 1), among=mine)
    onboards = request.actor.can(Permission.CLIENTS_ONBOARD)
    drafts = drafts_of([card.id for card in page]) if onboards else {}
    plans = soft_plans([card.id for card in page if card.state == BrandState.SOFT])
    now = clock.now()
    doing = clients_now(request.actor, now=now)
    unbuilt, begun = unbuilt_drafts(search) if onboards else ([], 0)
    context = {
        "rows": [
            _row(request, card, drafts.get(card.id), plans.get(card.id)) | {"now": doing.get(card.id)}
            for card in page
        ],
        "at": now,
        "has_numbers": bool(doing),
        "page": page,
        "search": search,
        "unbuilt": unbuilt,
        "unshown": begun - len(unbuilt),
        "hues": sorted({card.hue for card in page}),
        "here": "clients",
    }
    return render(request, "console/clients.html", context)


def _row(
    request: SignedInRequest, card: BrandCard, draft: DraftView | None, plan: SoftPlan | None
) -> dict[str, Any]:
    """{"card", "state", "mood", "sandbox", "share", "host", "path", "draft", "shop_url", "report_path"}.

    "" where none is; `now` is put in beside them.
    """
    live = settings.DEMO and card.state == BrandState.LIVE
    reads = request.actor.can(Permission.REPORT, card.id)
    return {
        "card": card,
        "state": BrandState(card.state).label,
        "mood": MOODS.get(BrandState(card.state), ""),
        "sandbox": card.kind == BrandKind.SANDBOX,
        "share": plan.share if plan else None,
        "host": brand_url(request, card.slug, "").partition("://")[2],
        "path": first_path(request.actor, card),
        "draft": draft if draft and draft.is_open else None,
        "shop_url": brand_url(request, card.slug, SHOP) if live else "",
        "report_path": handoff_path(card.slug, REPORT) if reads else "",
    }
