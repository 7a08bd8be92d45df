"""Limits and weights of agents, as files of people read and write them: many at once, by the same verb."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from interactions.choices import Channel
from routing.actions.profiles import Profile, lock_profiles, save_profiles
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
    with transaction.atomic():
        profiles = {key: _limited(profile, wanted[key]) for key, profile in lock_profiles(wanted).items()}
        save_profiles(profiles, actor=actor, now=now)


def _limited(profile: Profile, limits: Limits) -> Profile:
    return replace(
        profile, channels=limits.channel_limits, brands=limits.brand_limits,
        channel_weights=limits.channel_weights, brand_weights=limits.brand_weights,
    )  # fmt: skip


KEEPER = Keeper(channels=tuple(Channel.values), load=load, save=save)
