"""Whose work somebody may look at on the floor: everybody's, a client's agents', the own team's."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from accounts.actor import Actor
from accounts.choices import Role
from accounts.models import Membership
from accounts.permissions import Permission
from core.errors import NotFound
from tenants.scope import labour_scope
from workforce.models import Agent, Team


@dataclass(frozen=True, slots=True)
class Reach:
    """`brands`: whose agents; `teams`: which they lead. With `everybody` the two say nothing more."""

    everybody: bool
    brands: frozenset[int]
    teams: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.everybody or self.brands or self.teams)

    def covers(self, brand_ids: frozenset[int], team_id: int | None) -> bool:
        """Tell whether an agent with those seats, of that team, is among them."""
        return self.everybody or bool(self.brands & brand_ids) or team_id in self.teams


def reach_of(actor: Actor) -> Reach:
    """Return whom the actor sees on the floor (one query for who leads a team)."""
    brands = actor.brands_with(Permission.FLOOR_AGENTS)
    if brands is None:
        return Reach(True, frozenset(), frozenset())
    return Reach(False, frozenset(brands), _teams_of(actor))


def get_supervised(agent_id: int, *, actor: Actor, now: datetime) -> Agent:
    """Return an agent the actor may act on from the floor. Raises NotFound for anybody else."""
    seats = Membership.objects.valid(now).filter(user=OuterRef("pk"), role=Role.AGENT, brand_id__isnull=False)
    with labour_scope():
        agents = Agent.objects.filter(pk=agent_id, left_on__isnull=True).select_related("user", "team")
        agent = agents.annotate(brand_ids=ArraySubquery(seats.values("brand_id"))).first()
    if agent is None or not actor.can(Permission.FLOOR_ACT):
        raise NotFound
    if not reach_of(actor).covers(frozenset(agent.brand_ids), agent.team_id):
        raise NotFound
    return agent


def _teams_of(actor: Actor) -> frozenset[int]:
    """The teams they lead; who has no business on the floor leads nobody there."""
    if not actor.can(Permission.FLOOR):
        return frozenset()
    with labour_scope():
        led = Team.objects.filter(lead_id=actor.user_id, archived_at__isnull=True)
        return frozenset(led.values_list("pk", flat=True))
