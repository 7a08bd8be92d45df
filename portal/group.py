"""Several brands of one company: from one to another, and all of them at a glance.

The way leads through the provider's host and a code that is good once. A sister that asks for more of a
sign-in than this session has shows no number.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.hosts import handoff_path, provider_url
from accounts.http import SignedInRequest
from accounts.permissions import Permission
from accounts.security.middleware import where
from core import clock
from portal.access import Visit, portal_page
from portal.sisters import Sisters, sisters_of
from portal.today import STREAM, bodies, topic_of, words
from routing.today import BrandNow, brands_now
from routing.watching import frame
from tenants.values import BrandCard

OVERVIEW = "/overview/"


@dataclass(frozen=True)
class Sister:
    """A brand of the group as the reader finds it: `path` leads there; `now` is None behind a closed door."""

    card: BrandCard
    topic: str
    path: str
    is_here: bool
    now: BrandNow | None
    seconds: int | None


@portal_page(Permission.REPORT)
@never_cache
@require_safe
def group(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Show how the brands of the group are doing in which the reader has a seat; 404 without another."""
    found, now = _found(request), clock.now()
    seen = brands_now(_open(request, found, now), now=now)
    rows = [_sister(request, card, visit.brand, now=seen.get(card.id), at=now) for card in found.cards]
    strip = {"at": now, "words": words(), "zone": visit.brand.timezone}
    context = {"group": found, "rows": rows, "strip": strip, "hues": [card.hue for card in found.cards]}
    return render(request, "portal/group.html", context)


@portal_page(Permission.REPORT)
@never_cache
@require_safe
def state(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Answer a page whose socket is down with the frames that it missed."""
    found, now = _found(request), clock.now()
    told = bodies([topic_of(card.id) for card in _open(request, found, now)], now)
    return JsonResponse({"frames": [frame(STREAM, now=now, topic=one, **told[one]) for one in told]})


def sisters(request: HttpRequest) -> dict[str, Any]:
    """`portal_group` of who is signed in on a grouped brand's host: {"name", "here", "brands"}, else None."""
    here: Any = request
    signed_in = getattr(request, "actor", None) and getattr(request, "brand", None)
    found = _looked_up(here) if signed_in else None
    if found is None:
        return {"portal_group": None}
    brands = [_sister(here, card, here.brand) for card in found.cards]
    return {
        "portal_group": {"name": found.name, "brands": brands, "here": request.path == "/group/"},
        "hues": [card.hue for card in found.cards],
    }


def _found(request: SignedInRequest) -> Sisters:
    found = _looked_up(request)
    if found is None:
        raise Http404
    return found


def _looked_up(request: SignedInRequest) -> Sisters | None:
    """Return the sisters, looked up once for the page and what is around it."""
    kept = vars(request)
    if "sisters" not in kept:
        kept["sisters"] = sisters_of(request.brand.id, request.actor) if request.brand else None
    found: Sisters | None = kept["sisters"]
    return found


def _open(request: SignedInRequest, found: Sisters, now: datetime) -> list[BrandCard]:
    return found.open_to(request.session, address=where(request).address, now=now)


def _sister(
    request: SignedInRequest,
    card: BrandCard,
    brand: BrandCard,
    *,
    now: BrandNow | None = None,
    at: datetime | None = None,
) -> Sister:
    is_here = card.id == brand.id
    path = OVERVIEW if is_here else provider_url(request, handoff_path(card.slug, OVERVIEW))
    return Sister(card, topic_of(card.id), path, is_here, now, now.seconds(at) if now and at else None)
