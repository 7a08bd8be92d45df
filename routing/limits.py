"""Limits and weights of agents, as files of people read and write them: many at once, by the same verb."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from interactions.choices import Channel
from routing.actions.profiles import profiles_of, save_profiles
from routing.models import AgentLimit
from tenants.scope import labour_scope
from workforce.staff.limits import Keeper, Limits


def load(agent_ids: Collection[int]) -> dict[int, Limits]:
    """Return the limits of who has any."""
    found: dict[int, dict[str, dict[Any, int]]] = defaultdict(lambda: defaultdict(dict))
    with labour_scope():
        for row in AgentLimit.objects.filter(agent_id__in=agent_ids).order_by("pk"):
            what, key = ("brand", row.brand_id) if row.brand_id else ("channel", row.channel)
            for name, number in (("limits", row.at_once), ("weights", row.weight)):
                if number is not None:
                    found[row.agent_id][f"{what}_{name}"][key] = number
    return {agent_id: Limits(**parts) for agent_id, parts in found.items()}


def save(wanted: Mapping[int, Limits], *, actor: str, now: datetime) -> None:
    """Replace the limits of these agents; units and ramp stay."""
    profiles = {
        agent_id: replace(
            profile, channels=wanted[agent_id].channel_limits, brands=wanted[agent_id].brand_limits,
            channel_weights=wanted[agent_id].channel_weights, brand_weights=wanted[agent_id].brand_weights,
        )
        for agent_id, profile in profiles_of(wanted).items()
    }  # fmt: skip
    save_profiles(profiles, actor=actor, now=now)


KEEPER = Keeper(channels=tuple(Channel.values), load=load, save=save)
