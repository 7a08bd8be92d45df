"""People of the pool as values: a handful of statements, however many they are."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.choices import Role
from accounts.models import Membership
from tenants.choices import BrandState
from tenants.locks import alone_soon
from tenants.models import Brand
from tenants.scope import labour_scope
from workforce.models import Agent, AgentSkill, Certification, Site, Skill, Team
from workforce.staff.limits import Limits, keeper
from workforce.staff.values import Names, Person

LOCK = 0x57AFF  # any number that nobody else locks: changes of people wait for one another


def lock_staff() -> None:
    """Let no other change of people's data happen until the transaction ends. Raises Busy (tenants.locks)."""
    alone_soon(LOCK, _("Other people's data is being changed: try again in a minute."))


def load_people(agent_ids: Collection[int], *, limits: bool = False, now: datetime) -> dict[int, Person]:
    """Return {agent's id: person}, with their limits if asked for; who is no agent is left out."""
    with labour_scope():
        rows = Agent.objects.filter(pk__in=agent_ids).select_related("user")
        agents = {row.pk: row for row in rows}
        skills = _skills(agents)
        brands = _brands(agents, now)
        held = keeper().load(agents) if limits else {}
    return {
        pk: Person(
            name=row.user.name, employee_no=row.employee_no, team_id=row.team_id, site_id=row.site_id,
            languages=tuple(row.languages), skills=skills[pk], brands=brands[pk],
            hired_on=row.hired_on, limits=held.get(pk, Limits()),
        )
        for pk, row in agents.items()
    }  # fmt: skip


def load_names() -> Names:
    """Return what ids stand for, archived ones too."""
    with labour_scope():
        return Names(
            sites=dict(Site.objects.values_list("pk", "name")),
            teams=dict(Team.objects.values_list("pk", "name")),
            skills=dict(Skill.objects.values_list("pk", "code")),
            brands=dict(Brand.objects.exclude(state=BrandState.GONE).values_list("pk", "slug")),
        )


def newest_versions() -> dict[int, str]:
    """Return {brand's id: the version that somebody was certified for last}."""
    with labour_scope():
        rows = Certification.objects.order_by("brand_id", "-valid_from", "-pk").distinct("brand_id")
        return dict(rows.values_list("brand_id", "version"))


def _skills(agent_ids: Iterable[int]) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = defaultdict(dict)
    rows = AgentSkill.objects.filter(agent_id__in=agent_ids).order_by("skill_id")
    for agent_id, skill_id, level in rows.values_list("agent_id", "skill_id", "level"):
        found[agent_id][skill_id] = level
    return found


def _brands(agent_ids: Collection[int], now: datetime) -> dict[int, dict[int, str]]:
    """Return the brands they have a seat in, each with the version of the newest certification in force."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    seats = Membership.objects.valid(now).filter(role=Role.AGENT, user_id__in=agent_ids).order_by("brand_id")
    for user_id, brand_id in seats.values_list("user_id", "brand_id"):
        found[user_id][brand_id or 0] = ""
    valid = Certification.objects.valid(now).filter(agent_id__in=agent_ids).order_by("valid_from", "pk")
    for agent_id, brand_id, version in valid.values_list("agent_id", "brand_id", "version"):
        if brand_id in found[agent_id]:
            found[agent_id][brand_id] = version
    return found
