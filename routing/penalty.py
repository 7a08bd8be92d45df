"""What it costs a client's contract to let somebody wait: the order between the brands of a pool. Pure.

A queue promises `goal` percent of its contacts within their target, counted over a window (a day, a week, a
month of the client's zone). What falling short costs is its credit table, `(under percent, amount)`; without
one each percent short of the goal costs 1. One more contact that is late costs the rise of the expected
amount at the end of the window: contacts still to come hit or miss as they did so far, and whether a step of
the table is reached then is a normal tail. An amount far from any step is nearly nothing: the contract does
not mind any more, or not yet.

The cost of letting an item wait now is that price times how likely the wait makes it late: `urgency`. Who is
late already has cost what it costs; that share grows again while they wait, so that nobody waits for ever.
Fair shares (`routing.shares`) go before all of it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

Credits = Sequence[tuple[float, float]]  # (under percent, amount), in any order

STEP_SECONDS = 20.0  # how long an item waits, as a rule, until somebody else could be given it
LATE, LATE_GROWS = 0.05, 600.0  # the part of the price for who is late, and in how many seconds it is whole
PRIOR = 20  # so many contacts at the goal are counted before the window's first
FEWEST = 30  # contacts a window has at least, as far as one can tell in its first minutes


class Window(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a queue's contract says. `credits`: amounts owed when the window ends under so many percent."""

    goal: float = 80.0
    window: str = Window.MONTH
    credits: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Sofar:
    """The window until now: contacts whose wait is decided, those in time, the part of it that has passed."""

    decided: int = 0
    in_target: int = 0
    passed: float = 0.0


def price_of_a_miss(terms: Terms, sofar: Sofar) -> float:
    """Return by how much one more late contact raises what the contract is expected to cost."""
    expected = max(sofar.decided / max(sofar.passed, 0.02), sofar.decided + 1, FEWEST)
    left = expected - sofar.decided - 1
    rate = (sofar.in_target + PRIOR * terms.goal / 100) / (sofar.decided + PRIOR)
    rate = min(max(rate, 0.001), 0.999)
    mean = sofar.in_target + left * rate
    deviation = math.sqrt(left * rate * (1 - rate) + 0.05)
    if not terms.credits:
        return 100 / expected * _under((terms.goal * expected / 100 - mean) / deviation)
    return sum(
        amount * (_under((bar - mean) / deviation) - _under((bar - mean - 1) / deviation))
        for bar, amount in _steps(terms.credits, expected)
    )


def cost_of(terms: Terms, decided: int, in_target: int) -> float:
    """Return what the contract costs when the window has ended so."""
    level = 100 * in_target / decided if decided else 100.0
    if not terms.credits:
        return max(0.0, terms.goal - level)
    return max((amount for under, amount in terms.credits if level < under), default=0.0)


def urgency(slack_seconds: float) -> float:
    """Return how likely waiting for the next turn makes an item late that is due in so many seconds."""
    if slack_seconds >= 0:
        return math.exp(-slack_seconds / STEP_SECONDS)
    return min(LATE + (1 - LATE) * -slack_seconds / LATE_GROWS, 1.0)


def bounds_of(window: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the beginning and end of the day, week (from Monday) or month in the zone that `now` is in."""
    day = now.astimezone(zone).date()
    if window == Window.WEEK:
        first = day - timedelta(days=day.weekday())
        last = first + timedelta(days=7)
    elif window == Window.MONTH:
        first = day.replace(day=1)
        last = (first + timedelta(days=32)).replace(day=1)
    else:
        first, last = day, day + timedelta(days=1)
    begun, done = (datetime.combine(at, time.min, tzinfo=zone) for at in (first, last))
    return begun, done


def _steps(credits: Credits, expected: float) -> list[tuple[float, float]]:
    """Return (contacts in time below which it is owed, what it adds to the step before)."""
    steps, before = [], 0.0
    for under, amount in sorted(credits, reverse=True):
        if amount > before:
            steps.append((math.ceil(under * expected / 100) - 0.5, amount - before))
            before = amount
    return steps


def _under(deviations: float) -> float:
    """The normal distribution function (Abramowitz and Stegun 26.2.29)."""
    return 0.5 * (1 + math.erf(deviations / math.sqrt(2)))
