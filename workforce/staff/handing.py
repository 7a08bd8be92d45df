"""What a leaver's work and drafts became, client by client: for the person's page, and for their lead."""

from datetime import datetime
from typing import Any

from accounts.choices import Role
from accounts.hosts import public_url
from accounts.languages import staff_language
from accounts.models import Membership
from tenants.cards import card_by_id
from tenants.mail.actions import queue_mail
from workforce.models import Agent, Departure, DepartureBrand
from workforce.staff.values import Handed


def handed_of(departure: Departure) -> list[Handed]:
    """Return what was handed on, by client; nothing for a client where nothing was open."""
    found = [_handed(row) for row in departure.brands.all()]
    return sorted(filter(None, found), key=lambda one: one.client.name if one.client else "")


def tell_lead(departure_id: int, *, now: datetime) -> None:
    """Promise the team's lead a mail that says what was handed on; none when nothing was open.

    Clients where the lead has no seat are not named. In the transaction that ends the departure.
    """
    row = Departure.objects.prefetch_related("brands").get(pk=departure_id)
    agent = Agent.objects.select_related("user", "team__lead__user").get(pk=row.agent_id)
    lead = agent.team.lead if agent.team else None
    handed = handed_of(row)
    if lead is None or lead.left_on or not handed:
        return
    row.mail = queue_mail(
        "handed_on", to=lead.user.email, brand=None, language=staff_language(lead.user.language), now=now,
        key=f"handed_on:{row.pk}",
        context={
            "name": lead.user.first_name, "who": agent.user.name, "clients": for_lead(handed, lead.pk, now),
            "link": public_url("/desk/"),
        },
    )  # fmt: skip
    row.save(update_fields=["mail"])


def for_lead(handed: list[Handed], lead_id: int, now: datetime) -> list[Handed]:
    """Return the same with the clients where the lead has no seat taken together, unnamed, at the end."""
    seats = Membership.objects.valid(now).filter(user_id=lead_id, role=Role.AGENT, brand__isnull=False)
    own = set(seats.values_list("brand_id", flat=True))
    named = [one for one in handed if one.client and one.client.id in own]
    others = [one for one in handed if one not in named]
    if not others:
        return named
    waiting = sum(one.waiting for one in others)
    rest = Handed(
        None, (("", waiting),) if waiting else (), sum(one.closed for one in others),
        sum(one.drafts for one in others), sum(one.passed_on for one in others),
    )  # fmt: skip
    return [*named, rest]


def _handed(row: DepartureBrand) -> Handed:
    said: dict[str, Any] = row.handed
    lines = tuple(sorted(said.get("lines", {}).items()))
    counts = {name: said.get(name, 0) for name in ("closed", "drafts", "passed_on")}
    return Handed(card_by_id(row.brand_id), lines, **counts)
