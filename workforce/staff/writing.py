"""The one place where people's master data is written: few statements for many, an audit row for each."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from accounts.staffing import create_people, rename_people, seat_agents, unseat_agents
from core.planning import forget_plans
from tenants.audit import audit, changes, gathered
from tenants.scope import labour_scope
from workforce.models import Agent, AgentSkill, AgentState, Certification, StateInterval
from workforce.signals import agents_changed
from workforce.staff.limits import Limits, keeper
from workforce.staff.loading import load_names
from workforce.staff.values import Change

BATCH = 1000
COLUMNS = ("employee_no", "team_id", "site_id", "languages", "hired_on")
Pair = tuple[int, int]  # agent id, brand id


def write(asked: Iterable[Change], *, actor: str, now: datetime) -> list[int]:
    """Make people what their changes say; returns the ids of who changed or is new.

    The caller has locked the staff (`loading.lock_staff`) and checked that numbers and addresses are free.
    Raises EmailTaken.
    """
    todo = [_dated(change, now) for change in asked if change.is_change]
    if not todo:
        return []
    with labour_scope(), transaction.atomic(), gathered():
        ids = _make_users(todo, actor=actor, now=now)
        pairs = [(ids[change.email], change) for change in todo]
        _make_agents([pair for pair in pairs if pair[1].before is None], now=now)
        _rename(pairs, actor=actor, now=now)
        _change_agents([pair for pair in pairs if pair[1].before is not None])
        _write_skills(pairs)
        _note(pairs, actor=actor, now=now)
        _write_brands(pairs, actor=actor, now=now)
        _write_limits(pairs, actor=actor, now=now)
        touched = sorted(ids.values())
        agents_changed.send(sender=Agent, agent_ids=touched, now=now)
        if len(touched) >= BATCH:
            forget_plans()
    return touched


def _dated(change: Change, now: datetime) -> Change:
    if change.after.hired_on:
        return change
    return replace(change, after=replace(change.after, hired_on=now.date()))


def _make_users(todo: Sequence[Change], *, actor: str, now: datetime) -> dict[str, int]:
    """Return {e-mail: user's id} of everybody, who is new included."""
    known = {change.email: change.user_id for change in todo if change.user_id is not None}
    fresh = {change.email: change.after.name for change in todo if change.user_id is None}
    return known | (create_people(fresh, actor=actor, now=now) if fresh else {})


def _make_agents(pairs: Sequence[tuple[int, Change]], *, now: datetime) -> None:
    agents = [Agent(user_id=user_id, **_columns(change)) for user_id, change in pairs]
    states = [AgentState(agent_id=user_id, since=now) for user_id, _change in pairs]
    Agent.objects.bulk_create(agents, batch_size=BATCH)
    AgentState.objects.bulk_create(states, batch_size=BATCH)
    intervals = [
        StateInterval(
            agent_id=state.agent_id,
            availability=state.availability,
            connected=state.connected,
            started_at=now,
        )
        for state in states
    ]
    StateInterval.objects.bulk_create(intervals, batch_size=BATCH)


def _rename(pairs: Sequence[tuple[int, Change]], *, actor: str, now: datetime) -> None:
    names = {
        user_id: change.after.name
        for user_id, change in pairs
        if change.user_id is not None and (change.before is None or "name" in change.fields)
    }
    if names:
        rename_people(names, actor=actor, now=now)


def _change_agents(pairs: Sequence[tuple[int, Change]]) -> None:
    """Write the columns of who is there already: all rows conflict, which is far cheaper than bulk_update."""
    rows = [
        Agent(user_id=user_id, **_columns(change))
        for user_id, change in pairs
        if set(COLUMNS) & set(change.fields)
    ]
    Agent.objects.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=["user"],
        update_fields=["employee_no", "team", "site", "languages", "hired_on"],
    )  # fmt: skip


def _columns(change: Change) -> dict[str, object]:
    return {name: getattr(change.after, name) for name in COLUMNS} | {
        "languages": list(change.after.languages)
    }


def _write_skills(pairs: Sequence[tuple[int, Change]]) -> None:
    held, dropped = [], defaultdict(list)
    for agent_id, change in pairs:
        before = change.before.skills if change.before else {}
        for skill_id, level in change.after.skills.items():
            if before.get(skill_id) != level:
                held.append(AgentSkill(agent_id=agent_id, skill_id=skill_id, level=level))
        for skill_id in before.keys() - change.after.skills.keys():
            dropped[skill_id].append(agent_id)
    AgentSkill.objects.bulk_create(
        held,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["agent", "skill"],
        update_fields=["level"],
    )
    for skill_id, agent_ids in dropped.items():
        AgentSkill.objects.filter(skill_id=skill_id, agent_id__in=agent_ids).delete()


def _note(pairs: Sequence[tuple[int, Change]], *, actor: str, now: datetime) -> None:
    names = load_names()
    for agent_id, change in pairs:
        verb = "agent.created" if change.before is None else "agent.changed"
        if diff := changes(names.plain(change.before), names.plain(change.after)):
            audit(verb, actor=actor, object=f"user:{agent_id}", diff=diff, now=now)


def _write_limits(pairs: Sequence[tuple[int, Change]], *, actor: str, now: datetime) -> None:
    """Have them kept where they are kept, with rows of the trail of their own."""
    before = {agent_id: change.before.limits if change.before else Limits() for agent_id, change in pairs}
    wanted = {
        agent_id: change.after.limits for agent_id, change in pairs if change.after.limits != before[agent_id]
    }
    if wanted:
        keeper().save(wanted, actor=actor, now=now)


def _write_brands(pairs: Sequence[tuple[int, Change]], *, actor: str, now: datetime) -> None:
    seated, unseated, certified, ended = _brand_changes(pairs)
    if seated:
        seat_agents(seated, actor=actor, now=now)
    if unseated:
        unseat_agents(unseated, actor=actor, now=now)
    end_certifications([*ended, *certified], now=now)
    Certification.objects.bulk_create(
        [
            Certification(agent_id=agent_id, brand_id=brand_id, version=version, valid_from=now)
            for (agent_id, brand_id), version in certified.items()
        ],
        batch_size=BATCH,
    )
    for agent_id, brand_id in sorted(certified.keys() | ended.keys()):
        pair = (agent_id, brand_id)
        verb = "agent.certified" if pair in certified else "agent.uncertified"
        diff = {"version": [ended.get(pair), certified.get(pair)]}
        audit(verb, actor=actor, brand_id=brand_id, object=f"user:{agent_id}", diff=diff, now=now)


def _brand_changes(
    pairs: Sequence[tuple[int, Change]],
) -> tuple[list[Pair], list[Pair], dict[Pair, str], dict[Pair, str]]:
    """Return seats given and taken, certifications {pair: version} given and ended."""
    seated, unseated = [], []
    certified: dict[Pair, str] = {}
    ended: dict[Pair, str] = {}
    for agent_id, change in pairs:
        before, after = (change.before.brands if change.before else {}), change.after.brands
        for brand_id in sorted(before.keys() | after.keys()):
            pair, old, new = (agent_id, brand_id), before.get(brand_id, ""), after.get(brand_id, "")
            if brand_id not in before:
                seated.append(pair)
            if brand_id not in after:
                unseated.append(pair)
            if old and old != new:
                ended[pair] = old
            if new and old != new:
                certified[pair] = new
    return seated, unseated, certified, ended


def end_certifications(pairs: Iterable[Pair], *, now: datetime) -> None:
    """End what is in force; one that would have lasted no time goes without a trace."""
    by_brand = defaultdict(set)
    for agent_id, brand_id in pairs:
        by_brand[brand_id].add(agent_id)
    for brand_id, agent_ids in by_brand.items():
        valid = Certification.objects.valid(now).filter(brand_id=brand_id, agent_id__in=agent_ids)
        valid.filter(valid_from=now).delete()
        valid.update(valid_until=now)
