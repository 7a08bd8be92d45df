"""What people are asked for by channel and client: how files say it; a room above keeps it.

That room registers its keeper. Without one such columns are refused like any that names no channel.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

AT_ONCE = range(21)
"""So many at once of a channel or a client; 0 is never."""
WEIGHTS = range(10, 301)
"""Percent of the queue's units that one of a channel or a client takes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """By code of a channel and id of a brand; what is not named is as the queues say."""

    channel_limits: Mapping[str, int] = field(default_factory=dict)
    brand_limits: Mapping[int, int] = field(default_factory=dict)
    channel_weights: Mapping[str, int] = field(default_factory=dict)
    brand_weights: Mapping[int, int] = field(default_factory=dict)


PARTS = tuple(one.name for one in fields(Limits))
COLUMNS = {name.replace("_", " "): name for name in PARTS}
"""{column of a file: part of Limits}."""


def numbers_of(part: str) -> range:
    return AT_ONCE if part.endswith("_limits") else WEIGHTS


@dataclass(frozen=True, slots=True)
class Keeper:
    """`load(agent_ids)`: {agent's id: limits}, `save({agent's id: limits}, actor=, now=)`."""

    channels: Collection[str] = ()
    load: Callable[[Collection[int]], Mapping[int, Limits]] = lambda _ids: {}
    save: Callable[..., Any] = lambda _wanted, **_by: None


_keepers = [Keeper()]


def register(keeper: Keeper) -> None:
    _keepers[:] = [keeper]


def keeper() -> Keeper:
    return _keepers[0]
