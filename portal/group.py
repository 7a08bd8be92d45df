"""Several brands of one company: from one to another, and all of them at a glance.

On a brand's host a person has the seats of that brand alone. Here, and nowhere else, their seats in its
sisters are looked up: for the way there, which leads through the provider's host and a code that is good
once, and for numbers of today out of public tallies. A sister that asks for more of a sign-in than this
session has shows none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import actor_for
from accounts.actor import Actor
from accounts.hosts import handoff_path, provider_url
from accounts.http import SignedInRequest
from accounts.permissions import Permission
from accounts.security.gate import Verdict, judge
from accounts.security.middleware import where
from accounts.security.rules import rules_of
from core import clock
from portal.access import Visit, portal_page
from portal.today import STREAM, bodies, topic_of, words
from routing.today import BrandNow, brands_now
from routing.watching import frame
from tenants.groups import Group, group_of
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
    found, cards = _brands(request, visit)
    now = clock.now()
    seen = brands_now(_open(request, cards), now=now)
    rows = [_sister(request, card, visit.brand, now=seen.get(card.id), at=now) for card in cards]
    strip = {"at": now, "words": words(), "zone": visit.brand.timezone}
    context = {"group": found, "rows": rows, "strip": strip, "hues": [card.hue for card in cards]}
    return render(request, "portal/group.html", context)


@portal_page(Permission.REPORT)
@never_cache
@require_safe
def state(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Answer the page with the newest numbers, as frames."""
    _found, cards = _brands(request, visit)
    now = clock.now()
    told = bodies([topic_of(card.id) for card in _open(request, cards)], now)
    return JsonResponse({"frames": [frame(STREAM, now=now, topic=one, **told[one]) for one in told]})


def sisters(request: HttpRequest) -> dict[str, Any]:
    """`portal_group` of who is signed in on a grouped brand's host: {"name", "here", "brands"}, else None."""
    actor, brand = getattr(request, "actor", None), getattr(request, "brand", None)
    if actor is None or brand is None or actor.seeing:
        return {"portal_group": None}
    found = group_of(brand.id)
    cards = brands_of(found, actor) if found else []
    if found is None or len(cards) < 2:
        return {"portal_group": None}
    here: Any = request
    brands = [_sister(here, card, brand) for card in cards]
    return {
        "portal_group": {"name": found.name, "brands": brands, "here": request.path == "/group/"},
        "hues": [card.hue for card in cards],
    }


def brands_of(found: Group, actor: Actor) -> list[BrandCard]:
    """Return the brands of the group whose report a seat in the brand itself opens, by name."""
    person = actor_for(actor.user_id)
    if person is None:
        return []
    seated = set(person.brand_ids())
    return [
        card
        for card in found.cards
        if card.id in seated and person.only(card.id).can(Permission.REPORT, card.id)
    ]


def _brands(request: SignedInRequest, visit: Visit) -> tuple[Group, list[BrandCard]]:
    found = group_of(visit.brand.id)
    cards = brands_of(found, visit.actor) if found and not visit.actor.seeing else []
    if found is None or len(cards) < 2:
        raise Http404
    return found, cards


def _open(request: SignedInRequest, cards: Iterable[BrandCard]) -> list[BrandCard]:
    """Return the brands whose own rules of sign-in this session would pass."""
    person, now = actor_for(request.actor.user_id), clock.now()
    if person is None:
        return []
    address = where(request).address
    return [
        card
        for card in cards
        if judge(request.session, rules_of(person.only(card.id).held), address=address, now=now)
        == Verdict.GOOD
    ]


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
