"""When an agent rests: over a part of the last hour on work, or after hard contacts in a row. Pure.

A rule holds for the whole house or for what comes by way of one pool; what a pool's rule does not say, the
house's does. Without numbers nobody rests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=60)
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Rule:
    """`occupancy`: percent of the last 60 minutes; `hard`: so many in a row give `minutes` of rest."""

    occupancy: int | None = None
    hard: int | None = None
    minutes: int | None = None

    def over(self, house: "Rule") -> "Rule":
        """The rule with what it does not say from the house's."""
        hard = (self.hard, self.minutes) if self.hard else (house.hard, house.minutes)
        return Rule(self.occupancy or house.occupancy, *hard)


@dataclass(frozen=True, slots=True)
class Rules:
    house: Rule = Rule()
    pools: Mapping[int, Rule] = field(default_factory=dict)

    def of(self, pool_id: int | None) -> Rule:
        """What holds for work that comes by way of the pool."""
        own = self.pools.get(pool_id or 0)
        return own.over(self.house) if own else self.house

    @property
    def percents(self) -> set[int]:
        every = {self.house.occupancy, *(rule.occupancy for rule in self.pools.values())}
        return {percent for percent in every if percent}

    @property
    def is_on(self) -> bool:
        return bool(self.percents) or any(rule.hard for rule in (self.house, *self.pools.values()))


@dataclass(frozen=True, slots=True)
class Resting:
    """Until when an agent rests: after hard contacts, and for each percent that they are over."""

    hard: datetime | None = None
    by_percent: Mapping[int, datetime] = field(default_factory=dict)

    def until(self, rule: Rule) -> datetime | None:
        """The end of the rest that the rule asks for, None for none."""
        ends = [self.hard if rule.hard else None, self.by_percent.get(rule.occupancy or 0)]
        return max((end for end in ends if end), default=None)


NOBODY_RESTS = Resting()


def below_at(spans: Sequence[Span], *, percent: int, now: datetime) -> datetime | None:
    """Return from when on the worked part of the last hour is not over `percent`, should no more be worked.

    `spans`: half-open, in order, apart from each other, none ending after `now`. None: it is not over now.
    """
    start = now - WINDOW
    inside = [(max(begin, start), end) for begin, end in spans if end > start]
    excess = sum((end - begin for begin, end in inside), timedelta()) - WINDOW * percent / 100
    if excess <= timedelta():
        return None
    for begin, end in inside:
        if excess <= end - begin:
            return begin + excess + WINDOW
        excess -= end - begin
    return None


def after_contact(in_row: int, *, was_hard: bool, rule: Rule, now: datetime) -> tuple[int, datetime | None]:
    """Return how many hard contacts there are in a row now, and until when the agent rests for them.

    A rest begins the count anew; a contact that was not hard ends the row.
    """
    if not was_hard:
        return 0, None
    if rule.hard and rule.minutes and in_row + 1 >= rule.hard:
        return 0, now + timedelta(minutes=rule.minutes)
    return in_row + 1, None
