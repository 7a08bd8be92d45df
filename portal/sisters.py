"""The brands of a reader's company: which their seats open, and of which their session may see numbers.

On a brand's host a person has the seats of that brand alone. Here, and nowhere else, their seats in its
sisters are looked up: for the way there, and for numbers of today out of public tallies.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.access import actor_for
from accounts.actor import Actor
from accounts.permissions import Permission
from accounts.security.gate import stay_by
from accounts.security.rules import rules_of
from tenants.groups import group_of
from tenants.values import BrandCard


@dataclass(frozen=True, slots=True)
class Sisters:
    """`cards`: the group's brands whose report a seat of `person` in the brand itself opens; two at least."""

    name: str
    person: Actor
    cards: tuple[BrandCard, ...]

    def open_to(self, session: Any, *, address: str, now: datetime) -> list[BrandCard]:
        """Return those whose own rules of sign-in the session keeps."""
        return [
            card
            for card in self.cards
            if stay_by(rules_of(self.person.only(card.id).held), session, address=address, now=now)
        ]


def sisters_of(brand_id: int, actor: Actor) -> Sisters | None:
    """Return the brand and its sisters by name; None for who has no second one, or only looks on."""
    found = None if actor.seeing else group_of(brand_id)
    person = actor_for(actor.user_id) if found else None
    if found is None or person is None:
        return None
    seated = set(person.brand_ids())
    cards = tuple(
        card
        for card in found.cards
        if card.id in seated and person.only(card.id).can(Permission.REPORT, card.id)
    )
    return Sisters(found.name, person, cards) if len(cards) > 1 else None
