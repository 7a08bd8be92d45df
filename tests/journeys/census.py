"""What the planted week of a running stack holds, counted inside it.

Only the demo's clients count, and what was played before the stack was there, so that what other journeys do
changes nothing.
"""

import json
from datetime import datetime
from typing import TypedDict

from django.db.models import Count, Min

from accounts.choices import Role
from accounts.models import Membership, User
from config.worlds.cast import BRANDS
from core import clock
from events.choices import Kind
from events.models import Event
from interactions.models import Interaction
from tenants.cards import BrandCard, all_cards
from tenants.models import AuditRow, LabourEvent
from tenants.scope import Grant, labour_scope, system, tenant_scope
from tests.stack import RunningStack
from workforce.models import Certification

MARK = "CENSUS"
DEMO = {plan.slug for plan in BRANDS}


class BrandCensus(TypedDict):
    conversations: int
    tests: int
    reopened: int
    abandoned: int
    expired: int


class Census(TypedDict):
    """`brands` is by slug; `agents` says of each number of brands how many agents have so many."""

    brands: dict[str, BrandCensus]
    agents: dict[str, int]
    lapsed: list[str]
    people: int


def census(stack: RunningStack) -> Census:
    """Count inside the stack."""
    said = stack.manage("shell", "-v", "0", "-c", "from tests.journeys import census; census.tell()")
    found: Census = json.loads(said.partition(MARK)[2])
    return found


def tell() -> None:
    print(MARK + json.dumps(_census(system("census of the demo world"))))


def _census(grant: Grant) -> Census:
    with labour_scope():
        until = AuditRow.objects.filter(verb="history.planted").aggregate(at=Min("at"))["at"]
        lapsed = Certification.objects.filter(valid_until__lte=clock.now())
        return {
            "brands": {card.slug: _brand(card, grant, until) for card in all_cards() if card.slug in DEMO},
            "agents": _agents(),
            "lapsed": list(lapsed.values_list("agent__user__email", flat=True)),
            "people": User.objects.count(),
        }


def _agents() -> dict[str, int]:
    seats = Membership.objects.filter(role=Role.AGENT, brand__slug__in=DEMO).values("user")
    counts = list(seats.annotate(brands=Count("brand")).values_list("brands", flat=True))
    return {str(number): counts.count(number) for number in sorted(set(counts))}


def _brand(card: BrandCard, grant: Grant, until: datetime) -> BrandCensus:
    offers = LabourEvent.objects.filter(brand_id=card.id, kind="offer.expired", occurred_at__lt=until)
    expired = offers.count()
    with tenant_scope(card, grant):
        played = Interaction.objects.filter(opened_at__lt=until)
        events = Event.objects.filter(occurred_at__lt=until)
        return {
            "conversations": played.count(),
            "tests": played.filter(is_test=True).count(),
            "reopened": events.filter(kind=Kind.INTERACTION_REOPENED).count(),
            "abandoned": events.filter(kind=Kind.INTERACTION_ABANDONED).count(),
            "expired": expired,
        }
