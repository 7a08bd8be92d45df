"""Verbs on what an agent is asked for: units, limits of channels and clients, and the ramp of who is new.

`actor` is how the trail names who did it. Each raises Invalid with all that is wrong, NotFound.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from core.errors import NotFound, RoomError
from routing.errors import Invalid
from routing.models import AgentCapacity, AgentLimit, Ramp
from routing.notices import wake
from routing.ramps import RampSteps, percent_on, step_errors
from routing.writes import ensure_capacity
from tenants.audit import audit, changes, gathered
from tenants.scope import labour_scope
from workforce.models import Agent
from workforce.staff.limits import AT_ONCE, WEIGHTS

WHOLE = 100
BATCH = 1000


@dataclass(frozen=True)
class Profile:
    """What an agent is asked for. A channel or brand without a limit has none; a limit of 0 is never.

    Weights are percent of the queue's units that one takes of them; without one it is as the queue says.
    """

    full_cap: int = WHOLE
    channels: Mapping[str, int] = field(default_factory=dict)
    brands: Mapping[int, int] = field(default_factory=dict)
    ramp_id: int | None = None
    ramp_from: date | None = None
    channel_weights: Mapping[str, int] = field(default_factory=dict)
    brand_weights: Mapping[int, int] = field(default_factory=dict)


def save_profile(agent_id: int, profile: Profile, *, actor: str, now: datetime) -> None:
    """Replace what the agent is asked for; what they are on already stays theirs."""
    save_profiles({agent_id: profile}, actor=actor, now=now)


def save_profiles(profiles: Mapping[int, Profile], *, actor: str, now: datetime) -> None:
    """Replace what many agents are asked for, by their ids: all of it or nothing."""
    with labour_scope(), transaction.atomic(), gathered():
        agents = Agent.objects.select_related("user", "team__site").in_bulk(profiles)
        if len(agents) < len(profiles):
            raise NotFound
        if wrong := _errors(profiles.values()):
            raise Invalid(wrong)
        ensure_capacity(sorted(profiles))
        rows = AgentCapacity.objects.select_for_update(of=("self",)).select_related("ramp")
        loads = list(rows.filter(pk__in=profiles).order_by("pk"))
        before = _states(loads)
        _replace_limits(profiles)
        for load in loads:
            _give(load, profiles[load.pk], agents[load.pk], now)
        after = _states(loads)
        for key, agent in sorted(agents.items()):
            if diff := changes(before[key], after[key]):
                named = f"agent:{key} {agent.employee_no}"
                audit("agent.profile_changed", actor=actor, object=named, diff=diff, now=now)
        wake(agents=sorted(profiles))


def lock_profiles(agent_ids: Collection[int]) -> dict[int, Profile]:
    """Return the units and the ramp of agents, without limits and weights; nobody changes them meanwhile.

    In a transaction, which then says the whole of it.
    """
    with labour_scope():
        ensure_capacity(sorted(agent_ids))
        loads = AgentCapacity.objects.select_for_update().filter(pk__in=agent_ids).order_by("pk")
        return {one.pk: Profile(one.full_cap, ramp_id=one.ramp_id, ramp_from=one.ramp_from) for one in loads}


def save_ramp(
    ramp_id: int | None = None, *, name: str, steps: Sequence[tuple[int, int]], actor: str, now: datetime
) -> Ramp:
    """Make or change a ramp; who is on it has the new steps at once."""
    name = name.strip()
    wrong = step_errors(steps)
    if not name or len(name) > 80:
        wrong["name"] = _("Give it a name of at most 80 characters.")
    with labour_scope(), transaction.atomic():
        ramp = Ramp.objects.select_for_update().filter(pk=ramp_id).first() if ramp_id else Ramp()
        if ramp is None:
            raise NotFound
        if Ramp.objects.filter(name=name).exclude(pk=ramp_id or 0).exists():
            wrong["name"] = _("Another ramp has this name.")
        if wrong:
            raise Invalid(wrong)
        before = {"name": ramp.name, "steps": ramp.steps} if ramp_id else {}
        ramp.name, ramp.steps = name, [list(step) for step in steps]
        ramp.save()
        if diff := changes(before, {"name": name, "steps": ramp.steps}):
            verb = "ramp.changed" if ramp_id else "ramp.created"
            audit(verb, actor=actor, object=f"ramp:{ramp.pk} {name}", diff=diff, now=now)
        apply_ramps(now)
    return ramp


def remove_ramp(ramp_id: int, *, actor: str, now: datetime) -> None:
    """Remove a ramp nobody is on. Raises NotFound; RoomError when somebody is."""
    with labour_scope(), transaction.atomic():
        ramp = Ramp.objects.select_for_update().filter(pk=ramp_id).first()
        if ramp is None:
            raise NotFound
        if AgentCapacity.objects.filter(ramp=ramp).exists():
            raise RoomError(_("Agents are on this ramp. Take them off it first."))
        audit("ramp.deleted", actor=actor, object=f"ramp:{ramp.pk} {ramp.name}", now=now)
        ramp.delete()


def apply_ramps(now: datetime) -> int:
    """Give who is on a ramp the units of today, by the clock of their site or their own; returns how many."""
    with labour_scope(), transaction.atomic():
        rows = AgentCapacity.objects.filter(ramp__isnull=False).select_related(
            "ramp", "agent__user", "agent__team__site"
        )
        return sum(_set_cap(row, row.agent, now) for row in rows.order_by("pk"))


def _give(load: AgentCapacity, profile: Profile, agent: Agent, now: datetime) -> None:
    """Set the units and the ramp of the locked row, and what holds today."""
    begun = profile.ramp_from or agent.hired_on if profile.ramp_id else None
    if (load.full_cap, load.ramp_id, load.ramp_from) != (profile.full_cap, profile.ramp_id, begun):
        load.full_cap, load.ramp_id, load.ramp_from = profile.full_cap, profile.ramp_id, begun
        load.save(update_fields=["full_cap", "ramp", "ramp_from"])
    if load.cap != _cap_today(load, agent, now):
        _set_cap(load, agent, now)


def _set_cap(load: AgentCapacity, agent: Agent, now: datetime) -> bool:
    """Set what holds today, never below what is taken: what is worked on is not cut off. True if it moved."""
    wanted = _cap_today(load, agent, now)
    rows = AgentCapacity.objects.filter(pk=load.pk)
    moved = rows.exclude(cap=Greatest(wanted, F("used"))).update(cap=Greatest(wanted, F("used")))
    if moved:
        wake(agents=[load.pk])
    return bool(moved)


def _cap_today(load: AgentCapacity, agent: Agent, now: datetime) -> int:
    if load.ramp is None or load.ramp_from is None:
        return load.full_cap
    zone = ZoneInfo(agent.team.site.timezone if agent.team else agent.user.timezone)
    steps: RampSteps = [(day, percent) for day, percent in load.ramp.steps]
    day = (now.astimezone(zone).date() - load.ramp_from).days
    return max(1, load.full_cap * percent_on(steps, day) // WHOLE)


def _replace_limits(profiles: Mapping[int, Profile]) -> None:
    AgentLimit.objects.filter(agent_id__in=profiles).delete()
    rows = [row for key, profile in sorted(profiles.items()) for row in _limits(key, profile)]
    AgentLimit.objects.bulk_create(rows, batch_size=BATCH)


def _limits(agent_id: int, profile: Profile) -> list[AgentLimit]:
    limits, weights = profile.channels, profile.channel_weights
    rows = [
        AgentLimit(agent_id=agent_id, channel=name, at_once=limits.get(name), weight=weights.get(name))
        for name in sorted({*limits, *weights})
    ]
    return rows + [
        AgentLimit(
            agent_id=agent_id, brand_id=key, at_once=profile.brands.get(key),
            weight=profile.brand_weights.get(key),
        )
        for key in sorted({*profile.brands, *profile.brand_weights})
    ]  # fmt: skip


def _errors(profiles: Collection[Profile]) -> dict[str, str]:
    """Return what is wrong with any of them."""
    wrong = {path: words for one in profiles for path, words in _profile_errors(one).items()}
    ramps = {one.ramp_id for one in profiles if one.ramp_id}
    if ramps and Ramp.objects.filter(pk__in=ramps).count() < len(ramps):
        wrong["ramp"] = _("This ramp is not there any more.")
    return wrong


def _profile_errors(profile: Profile) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not 1 <= profile.full_cap <= WHOLE:
        wrong["full_cap"] = _("Say 1 to 100 units.")
    for name, count in (*profile.channels.items(), *((f"b{key}", n) for key, n in profile.brands.items())):
        if count not in AT_ONCE:
            wrong[f"limit-{name}"] = _("Say 0 to 20 at once; 0 is never.")
    brands = ((f"b{key}", n) for key, n in profile.brand_weights.items())
    for name, percent in (*profile.channel_weights.items(), *brands):
        if percent not in WEIGHTS:
            wrong[f"weight-{name}"] = _("Say 10 to 300 percent.")
    return wrong


def _states(loads: Sequence[AgentCapacity]) -> dict[int, dict[str, Any]]:
    """What the trail compares, by agent."""
    found: dict[int, dict[str, Any]] = {
        load.pk: {
            "full_cap": load.full_cap,
            "ramp": load.ramp_id,
            "ramp_from": load.ramp_from.isoformat() if load.ramp_from else None,
            "limits": {},
            "weights": {},
        }
        for load in loads
    }
    for row in AgentLimit.objects.filter(agent_id__in=found):
        mark = str(row.brand_id) if row.brand_id else row.channel
        for name, number in (("limits", row.at_once), ("weights", row.weight)):
            if number is not None:
                found[row.agent_id][name][mark] = number
    return found
