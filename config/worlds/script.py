"""The script of a demo day: who writes when, how long the ringing lasts, who leaves. Pure and seeded."""

import random
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from config.worlds.cast import CUSTOMERS, BrandPlan
from config.worlds.talk import LEFT, TALKS
from reporting.days import day_of

PER_DAY = 24
OPEN_HOURS = (8, 19)
TEST_DAY, REOPENED_DAY = 2, 4
PEAKS = (1, 2, 3, 3, 2, 2, 3, 3, 2, 1, 1)  # weight of each open hour


@dataclass(frozen=True)
class Talk:
    """One customer's visit. Seconds are durations; `lines` start with the customer's first message."""

    at: datetime
    customer: str
    language: str
    lines: tuple[str, ...]
    reason: str
    outcome: str
    patience: float
    ring: float
    pace: tuple[float, ...]
    wrap: float
    missed: int
    declined: bool
    is_test: bool
    reopened: bool


def day_script(plan: BrandPlan, day: date, *, index: int) -> list[Talk]:
    """Return the talks of a brand's local day in order of arrival; the same day gives the same script."""
    rng = random.Random(f"{plan.slug}:{index}")  # noqa: S311 - a script, not a secret
    start = day_of(day, ZoneInfo(plan.timezone)).start
    count = PER_DAY + rng.randint(-1, 5)
    talks = [_talk(plan, start + _arrival(rng), rng) for _ in range(count)]
    return _with_rare_ones(sorted(talks, key=lambda talk: talk.at), index)


def test_talk(plan: BrandPlan, at: datetime) -> Talk:
    """Return the brand's test: a talk that is answered at the first ring."""
    talks = day_script(plan, at.date(), index=TEST_DAY)
    talk = next(talk for talk in talks if len(talk.lines) > 1)
    return replace(talk, at=at, is_test=True, missed=0, declined=False, reopened=False)


def _arrival(rng: random.Random) -> timedelta:
    hour = rng.choices(range(*OPEN_HOURS), PEAKS)[0]
    return timedelta(hours=hour, seconds=rng.uniform(0, 3600))


def _talk(plan: BrandPlan, at: datetime, rng: random.Random) -> Talk:
    reason, outcome, lines = rng.choice(TALKS[plan.slug])
    leaves = rng.random() < 0.07
    return Talk(
        at=at,
        customer=rng.choice(CUSTOMERS),
        language="sv" if lines[0].startswith("Kan jag") else "en",
        lines=(rng.choice(LEFT),) if leaves else lines,
        reason=reason,
        outcome=outcome,
        patience=rng.uniform(15, 50) if leaves else 900.0,
        ring=120.0 if leaves else rng.uniform(2, 11),
        pace=tuple(rng.uniform(12, 55) for _ in lines),
        wrap=rng.uniform(8, 45),
        missed=int(not leaves and rng.random() < 0.06),
        declined=not leaves and rng.random() < 0.03,
        is_test=False,
        reopened=False,
    )


def _with_rare_ones(talks: list[Talk], index: int) -> list[Talk]:
    """One test and one re-opened conversation in the week, on fixed days."""
    place = next(n for n, talk in enumerate(talks) if len(talk.lines) > 1 and n > 3)
    talks[place] = replace(talks[place], is_test=index == TEST_DAY, reopened=index == REOPENED_DAY)
    return talks
