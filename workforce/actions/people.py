"""Who works here, and what they may be offered."""

from datetime import date, datetime

from django.db import transaction

from accounts.choices import Language
from tenants.audit import audit
from tenants.scope import labour_scope
from workforce.intervals import write_state
from workforce.models import Agent, AgentAlias, AgentSkill, AgentState, Certification, Skill
from workforce.signals import agent_changed


def create_agent(
    user_id: int,
    *,
    employee_no: str,
    hired_on: date,
    team_id: int | None = None,
    language: str = Language.EN,
    actor: str,
    now: datetime,
) -> Agent:
    """Give the user a worker's seat: offline, not connected, with a time ledger from `now` on."""
    with labour_scope(), transaction.atomic():
        agent = Agent.objects.create(
            user_id=user_id, employee_no=employee_no, hired_on=hired_on, team_id=team_id, language=language
        )
        write_state(AgentState.objects.create(agent=agent, since=now), at=now)
        audit("agent.created", actor=actor, object=f"user:{user_id}", now=now)
    return agent


def certify(
    agent_id: int,
    *,
    brand_id: int,
    version: str,
    valid_from: datetime,
    valid_until: datetime | None = None,
    actor: str,
    now: datetime,
) -> Certification:
    """Allow the agent to be offered the brand's work, from `valid_from` until before `valid_until`."""
    with labour_scope(), transaction.atomic():
        row = Certification.objects.create(
            agent_id=agent_id,
            brand_id=brand_id,
            version=version,
            valid_from=valid_from,
            valid_until=valid_until,
        )
        audit("agent.certified", actor=actor, brand_id=brand_id, object=f"user:{agent_id}", now=now)
        agent_changed.send(sender=Certification, agent_id=agent_id, now=now)
    return row


def forget_brand(brand_id: int) -> None:
    """Remove certifications and aliases of a brand that is taken down; worked time stays in the ledger."""
    with labour_scope(), transaction.atomic():
        Certification.objects.filter(brand_id=brand_id).delete()
        AgentAlias.objects.filter(brand_id=brand_id).delete()


def set_alias(agent_id: int, *, brand_id: int, shown_name: str) -> None:
    """Name the agent towards the brand's customers and managers."""
    with labour_scope():
        AgentAlias.objects.update_or_create(
            agent_id=agent_id, brand_id=brand_id, defaults={"shown_name": shown_name}
        )


def set_skill(agent_id: int, *, code: str, level: int, name: str | None = None) -> None:
    """Say how well, 1 to 5, the agent does what the code names; an unknown skill is added."""
    with labour_scope(), transaction.atomic():
        skill, _created = Skill.objects.get_or_create(code=code, defaults={"name": name or code})
        AgentSkill.objects.update_or_create(agent_id=agent_id, skill=skill, defaults={"level": level})
