"""Sums of a period by channel and by agent, from its roll-ups: for periods whose events are all read."""

from collections.abc import Callable
from typing import TypeVar

from reporting.counting import Counting
from reporting.intervals import Key
from reporting.measures import Sums
from reporting.models import Rollup

K = TypeVar("K")


def by_channel(of: Counting) -> dict[str, Sums]:
    """Return the sums of each channel that had contacts; in a tenant_scope."""
    return _by(of, lambda key: key.channel)


def by_agent(of: Counting) -> dict[int, Sums]:
    """Return the sums of what each agent answered, by the agent's id; in a tenant_scope."""
    found = _by(of, lambda key: key.agent_id)
    return {agent_id: sums for agent_id, sums in found.items() if agent_id}


def _by(of: Counting, part: Callable[[Key], K]) -> dict[K, Sums]:
    found: dict[K, Sums] = {}
    for row in Rollup.objects.within(of.cut[0].start, of.cut[-1].end).iterator():
        found.setdefault(part(row.key), Sums()).take(row.sums)
    return found
