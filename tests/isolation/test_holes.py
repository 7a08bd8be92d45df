"""The walk can fail: in each room one check is taken away, and the walk must see it.

Where several checks stand one behind the other, all of them have to go before anything shows; a hole lists
them. The last one, PostgreSQL's roles, is not taken away: it is the trap that the walk listens to.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from accounts import access as accounts
from accounts.actor import Actor
from core.errors import NotFound
from interactions.access import get_interaction
from interactions.values import InteractionView
from portal import rows as portal_rows
from routing.actions import offers
from routing.models import Offer
from tenants import hosts
from tenants.cards import card_by_slug
from tenants.scope import labour_scope, tenant_scope
from tests.factories import TESTS
from tests.isolation.conftest import Neighbourhood
from tests.isolation.walk import TALKS, walk

Patch = Callable[[pytest.MonkeyPatch, Neighbourhood], None]


@dataclass(frozen=True)
class Hole:
    """`layers` are taken away one after the other; only without all of them `role` sees more at `where`."""

    name: str
    role: str
    where: str
    layers: tuple[Patch, ...]


def any_client(monkeypatch: pytest.MonkeyPatch, place: Neighbourhood) -> None:
    """desk: whatever client the address names."""
    for module in ("pages", "writing", "finishing"):
        monkeypatch.setattr(f"desk.views.{module}.client_for", lambda actor, slug: card_by_slug(slug))


def any_grant(monkeypatch: pytest.MonkeyPatch, place: Neighbourhood) -> None:
    """accounts: leave to enter, without a seat."""
    monkeypatch.setattr(Actor, "grant_for", lambda self, brand, role=None: TESTS)
    monkeypatch.setattr(Actor, "grant", lambda self, permission, brand: TESTS)


def any_interaction(monkeypatch: pytest.MonkeyPatch, place: Neighbourhood) -> None:
    """interactions: a conversation looked for in every brand."""

    def everywhere(ref: UUID, **more: Any) -> InteractionView:
        try:
            return get_interaction(ref, **more)
        except NotFound:
            with tenant_scope(place.globex, TESTS):
                return get_interaction(ref, **more)

    monkeypatch.setattr(portal_rows, "get_interaction", everywhere)


def any_offer(monkeypatch: pytest.MonkeyPatch, place: Neighbourhood) -> None:
    """routing: an offer, whosever it is."""

    def whosever(ref: UUID, *, actor: Actor) -> Offer:
        with labour_scope():
            offer = Offer.objects.filter(ref=ref).select_related("work_item").first()
        if offer is None:
            raise NotFound
        return offer

    monkeypatch.setattr(offers, "get_offer", whosever)


def any_host(monkeypatch: pytest.MonkeyPatch, place: Neighbourhood) -> None:
    """tenants: every host is Globex's."""
    monkeypatch.setattr(hosts, "card_for_host", lambda host: place.globex)


def any_home(monkeypatch: pytest.MonkeyPatch, place: Neighbourhood) -> None:
    """accounts: a session is good on every host."""
    user_of = accounts.user_of

    def whatever_home(session: Any, *, home: Any, now: Any) -> Any:
        return user_of(session, home=session.get(accounts.HOME_SESSION_KEY), now=now)

    monkeypatch.setattr("accounts.middleware.user_of", whatever_home)


def any_role(monkeypatch: pytest.MonkeyPatch, place: Neighbourhood) -> None:
    """accounts.access.require, which every page asks: whatever permission it wants."""
    monkeypatch.setattr(accounts, "_may", lambda actor, wanted, request, brand_id: True)


def any_code(monkeypatch: pytest.MonkeyPatch, place: Neighbourhood) -> None:
    """accounts: a hand-off for who has no seat."""
    monkeypatch.setattr(Actor, "role_in", lambda self, brand_id: "agent")


HOLES = (
    Hole("desk", "agent", "desk/<slug", (any_role, any_client, any_grant)),
    Hole("interactions", "manager", "report/conversations", (any_interaction,)),
    Hole("routing", "agent", "offers/", (any_offer,)),
    Hole("tenants", "nobody", "w/settings", (any_host,)),
    Hole("portal", "manager", "report/", (any_home, any_role, any_grant)),
    Hole("console", "outsider", "clients/<slug", (any_role,)),
    Hole("accounts", "outsider", "handoff/", (any_code,)),
)


@pytest.mark.parametrize("hole", HOLES, ids=lambda hole: hole.name)
def it_sees_a_check_that_is_missing(
    place: Neighbourhood, hole: Hole, monkeypatch: pytest.MonkeyPatch
) -> None:
    walker = place.walker(hole.role)
    place.estate = place.estate.of(*TALKS)
    assert looked_through(place, walker, hole) == []
    for layer in hole.layers[:-1]:
        layer(monkeypatch, place)
    assert looked_through(place, walker, hole) == [], "what is left of the checks does not hold alone"
    hole.layers[-1](monkeypatch, place)
    assert looked_through(place, walker, hole), "the walk saw nothing"


def looked_through(place: Neighbourhood, walker: Any, hole: Hole) -> list[str]:
    """Return what the walk finds, and what became of the other brand's rows."""
    with place.watched as changed:
        found = walk(walker, place.estate, only=hole.where).found
    return found + changed
