"""The pool as a list, searched and filtered; the same question names who a bulk change is for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.choices import Role
from accounts.models import Membership
from workforce.models import Agent, AgentSkill, Certification, Departure
from workforce.staff.leaving import OPEN
from workforce.staff.welcome import NO_PASSWORD

ACTIVE, UNINVITED, INVITED, LEAVING, LEFT = "active", "uninvited", "invited", "leaving", "left"
STATES = (ACTIVE, UNINVITED, INVITED, LEAVING, LEFT)
SOON = timedelta(days=30)
MOST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is asked for; everything empty: all who work here. `state` "": not those who left."""

    search: str = ""
    site_id: int | None = None
    team_id: int | None = None
    brand_id: int | None = None
    skill_id: int | None = None
    language: str = ""
    state: str = ""


def agents(asked: Asked, *, now: datetime) -> "QuerySet[Agent]":
    """Return the agents asked for, by name, each with `state` (lazy: labour scope)."""
    every: QuerySet[Agent] = Agent.objects.select_related("user", "team", "site", "welcome")
    rows = _in_state(every, asked.state).annotate(is_leaving=_leaves())
    for word in asked.search.split()[:MOST_WORDS]:
        rows = rows.filter(
            Q(user__name__icontains=word) | Q(user__email__icontains=word) | Q(employee_no__icontains=word)
        )
    if asked.site_id:
        rows = rows.filter(site_id=asked.site_id)
    if asked.team_id:
        rows = rows.filter(team_id=asked.team_id)
    if asked.brand_id:
        rows = rows.filter(Exists(_seats(asked.brand_id, now)))
    if asked.skill_id:
        rows = rows.filter(Exists(AgentSkill.objects.filter(agent=OuterRef("pk"), skill_id=asked.skill_id)))
    if asked.language:
        rows = rows.filter(languages__contains=[asked.language])
    return rows.order_by("user__name", "pk")


def state_of(row: Agent) -> str:
    """Return the state of an agent that `agents` returned."""
    if row.left_on:
        return LEFT
    if row.is_leaving:  # type: ignore[attr-defined]
        return LEAVING
    if not row.user.password.startswith(NO_PASSWORD):
        return ACTIVE
    return INVITED if getattr(row, "welcome", None) else UNINVITED


def ends_soon(*, now: datetime, brand_id: int | None = None) -> "QuerySet[Certification]":
    """Return certifications of who works here that end within 30 days, and were not renewed (lazy).

    Those that ended in the last 30 days come too: whoever has a seat there is offered nothing since.
    """
    later = Certification.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=OuterRef("valid_until")),
        agent=OuterRef("agent"), brand_id=OuterRef("brand_id"), valid_from__lte=now + SOON,
    ).exclude(pk=OuterRef("pk"))  # fmt: skip
    seat = Membership.objects.valid(now).filter(
        user=OuterRef("agent_id"), brand_id=OuterRef("brand_id"), role=Role.AGENT
    )
    rows = Certification.objects.filter(
        Exists(seat), ~Exists(later), agent__left_on__isnull=True,
        valid_until__gt=now - SOON, valid_until__lte=now + SOON,
    )  # fmt: skip
    if brand_id:
        rows = rows.filter(brand_id=brand_id)
    return rows.select_related("agent__user").order_by("valid_until", "pk")


def _leaves() -> Exists:
    return Exists(Departure.objects.filter(agent=OuterRef("pk"), state__in=OPEN))


def _in_state(rows: "QuerySet[Agent]", state: str) -> "QuerySet[Agent]":
    if state == LEFT:
        return rows.filter(left_on__isnull=False)
    here = rows.filter(left_on__isnull=True)
    if state == LEAVING:
        return here.filter(_leaves())
    no_password = Q(user__password__startswith=NO_PASSWORD)
    if state == ACTIVE:
        return here.filter(~no_password, ~_leaves())
    if state == INVITED:
        return here.filter(no_password, ~_leaves(), welcome__isnull=False)
    if state == UNINVITED:
        return here.filter(no_password, ~_leaves(), welcome__isnull=True)
    return here


def _seats(brand_id: int, now: datetime) -> "QuerySet[Membership]":
    return Membership.objects.valid(now).filter(user=OuterRef("pk"), brand_id=brand_id, role=Role.AGENT)
