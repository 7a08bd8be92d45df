"""Who works here, and what they may be offered."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from core.errors import NotFound
from tenants.audit import audit, changes
from tenants.scope import labour_scope
from workforce.errors import AliasTaken, BadAlias, BadCertification
from workforce.intervals import write_state
from workforce.models import Agent, AgentAlias, AgentSkill, AgentState, Certification, Skill
from workforce.models.people import alias_key
from workforce.signals import agents_changed

LONGEST_ALIAS = 80
LONGEST_VERSION = 32


def create_agent(
    user_id: int,
    *,
    employee_no: str,
    hired_on: date,
    team_id: int | None = None,
    site_id: int | None = None,
    languages: Sequence[str] = (),
    actor: str,
    now: datetime,
) -> Agent:
    """Give the user a worker's seat: offline, not connected, with a time ledger from `now` on."""
    with labour_scope(), transaction.atomic():
        agent = Agent.objects.create(
            user_id=user_id, employee_no=employee_no, hired_on=hired_on, team_id=team_id, site_id=site_id,
            languages=list(languages),
        )  # fmt: skip
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
    """Allow the agent to be offered the brand's work, from `valid_from` until before `valid_until`.

    What is in force by then ends there, so that one version holds at a time. Raises BadCertification.
    """
    version = version.strip()
    if not version or len(version) > LONGEST_VERSION or (valid_until and valid_until <= valid_from):
        raise BadCertification
    with labour_scope(), transaction.atomic():
        older = Certification.objects.valid(valid_from).filter(agent_id=agent_id, brand_id=brand_id)
        before = older.order_by("-valid_from", "-pk").values_list("version", flat=True).first()
        older.filter(valid_from=valid_from).delete()
        older.update(valid_until=valid_from)
        row = Certification.objects.create(
            agent_id=agent_id,
            brand_id=brand_id,
            version=version,
            valid_from=valid_from,
            valid_until=valid_until,
        )
        diff: dict[str, Any] = {"version": [before, version]}
        if valid_until:
            diff["valid_until"] = [None, valid_until.isoformat()]
        audit(
            "agent.certified", actor=actor, brand_id=brand_id, object=f"user:{agent_id}", diff=diff, now=now
        )
        agents_changed.send(sender=Certification, agent_ids=[agent_id], now=now)
    return row


def revoke_certification(certification_id: int, *, agent_id: int, actor: str, now: datetime) -> None:
    """End a certification; work at hand may be finished, nothing new is offered. Raises NotFound."""
    with labour_scope(), transaction.atomic():
        row = Certification.objects.select_for_update().filter(pk=certification_id, agent_id=agent_id).first()
        if row is None or (row.valid_until and row.valid_until <= now):
            raise NotFound
        if row.valid_from < now:
            row.valid_until = now
            row.save(update_fields=["valid_until"])
        else:
            row.delete()
        diff = {"version": [row.version, None]}
        audit(
            "agent.uncertified",
            actor=actor,
            brand_id=row.brand_id,
            object=f"user:{agent_id}",
            diff=diff,
            now=now,
        )
        agents_changed.send(sender=Certification, agent_ids=[agent_id], now=now)


def forget_brand(brand_id: int) -> None:
    """Remove certifications and aliases of a brand that is taken down; worked time stays in the ledger."""
    with labour_scope(), transaction.atomic():
        Certification.objects.filter(brand_id=brand_id).delete()
        AgentAlias.objects.filter(brand_id=brand_id).delete()


def set_alias(agent_id: int, *, brand_id: int, shown_name: str, actor: str, now: datetime) -> None:
    """Name the agent towards the brand's customers and managers; an empty name takes the alias away.

    What was said under the old one keeps it. Raises AliasTaken, BadAlias.
    """
    shown = " ".join(shown_name.split())
    if len(shown) > LONGEST_ALIAS or not shown.isprintable():
        raise BadAlias
    with labour_scope(), transaction.atomic():
        rows = AgentAlias.objects.filter(agent_id=agent_id, brand_id=brand_id)
        before = rows.values_list("shown_name", flat=True).first() or ""
        if before == shown:
            return
        _write_alias(agent_id, brand_id, shown)
        diff = changes({"shown_name": before}, {"shown_name": shown})
        audit("agent.renamed", actor=actor, brand_id=brand_id, object=f"user:{agent_id}", diff=diff, now=now)


def _write_alias(agent_id: int, brand_id: int, shown: str) -> None:
    if not shown:
        AgentAlias.objects.filter(agent_id=agent_id, brand_id=brand_id).delete()
        return
    values = {"shown_name": shown, "key": alias_key(shown)}
    try:
        with transaction.atomic():
            AgentAlias.objects.update_or_create(agent_id=agent_id, brand_id=brand_id, defaults=values)
    except IntegrityError as error:
        raise AliasTaken from error


def set_skill(
    agent_id: int, *, code: str, level: int, name: str | None = None, actor: str, now: datetime
) -> None:
    """Say how well, 1 to 5, the agent does what the code names; an unknown skill is added."""
    with labour_scope(), transaction.atomic():
        skill, _created = Skill.objects.get_or_create(code=code, defaults={"name": name or code})
        held = AgentSkill.objects.filter(agent_id=agent_id, skill=skill)
        before = held.values_list("level", flat=True).first()
        if before == level:
            return
        AgentSkill.objects.update_or_create(agent_id=agent_id, skill=skill, defaults={"level": level})
        diff = {f"skills.{code}": [before, level]}
        audit("agent.changed", actor=actor, object=f"user:{agent_id}", diff=diff, now=now)
