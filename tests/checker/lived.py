"""Three days of agents of two clients, made by running the verbs with past clocks: all that time goes to."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import cache, partial
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management import call_command

from accounts.actor import Actor
from accounts.choices import Role
from reporting.choices import Counted
from reporting.figures import all_figures
from reporting.labour.copies import copy_next
from reporting.labour.report import Names, agents_time
from reporting.periods import Period
from routing.actions import time_next
from routing.models import Pool, PoolMember, TimedQuarter
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.checker.figures import Number
from tests.factories import TESTS, make_agent, make_person
from workforce import actions
from workforce.models import AvailabilityReason, LedgerMark, LedgerTerm, ReasonTerm

HERE = ZoneInfo("Europe/Stockholm")
FIRST, LAST = date(2026, 10, 24), date(2026, 10, 26)
"""A day, one of 25 hours, and a day by which an hour goes to what is in front."""
START, FOCUS_SINCE = (datetime.combine(day, time(), HERE).astimezone(UTC) for day in (FIRST, LAST))
LATER = FOCUS_SINCE + timedelta(days=2)
HOUR = 3600
SPAN = 73 * HOUR
WORDS = "Was in a room"
KINDS = ("handling", "hold", "wrap_up", "consult")
STATES = (
    ("available", None), ("available", None), ("away", "break"), ("away", "meal"), ("away", "training"),
    ("away", "meeting"), ("away", "project"), ("away", "outage"), ("offline", None),
)  # fmt: skip


class Days:
    """Three days of some agents of two clients, everything at random instants."""

    def __init__(self, acme: BrandCard, globex: BrandCard) -> None:
        self.rng = random.Random(2026)
        self.brands = (acme.id, globex.id)
        self.deeds: list[tuple[float, Any]] = []
        self.boss = make_person("lead@house.test", (Role.OPERATOR, None), name="Lea Lead")
        for code, kind in (("project", "production"), ("outage", "system")):
            AvailabilityReason.objects.create(code=code, label=code, kind=kind)
        self._pools(*self.brands)
        own, others, shared = [self.own], [self.others], [self.shared]
        self.agents = {
            "Both": self._agent(acme, globex, name="Both", pools=shared),
            "Lent": self._agent(acme, globex, name="Lent", pools=own),
            "Two": self._agent(acme, globex, name="Two", pools=own + others),
            "Free": self._agent(acme, globex, name="Free", pools=[]),
            "Kept": self._agent(acme, name="Kept", pools=own + shared),
            "Else": self._agent(globex, name="Else", pools=[*others, self.burst]),
        }
        self._lend(self.agents["Lent"])
        self._agree()

    def _pools(self, acme: int, globex: int) -> None:
        make = Pool.objects.create
        self.own = make(name="Acme's", kind="dedicated", brand_id=acme)
        self.others = make(name="Globex's", kind="dedicated", brand_id=globex)
        self.shared = Pool.objects.get_or_create(kind="shared", brand_id=None, defaults={"name": "All"})[0]
        self.burst = make(name="Burst", kind="burst")

    def _agent(self, *cards: BrandCard, name: str, pools: list[Pool]) -> Actor:
        actor = make_agent(f"{name.lower()}@house.test", *cards, name=name)
        PoolMember.objects.filter(agent_id=actor.user_id).delete()
        for pool in pools:
            PoolMember.objects.create(pool=pool, agent_id=actor.user_id, valid_from=_after(-2 * HOUR))
        return actor

    def _lend(self, actor: Actor) -> None:
        """In the night in which the clocks go back, from one client to the other."""
        back = _after(27.3 * HOUR)
        PoolMember.objects.filter(agent_id=actor.user_id).update(valid_until=_after(24.6 * HOUR))
        spans = ((self.others, _after(24.6 * HOUR), back), (self.own, back, None))
        for pool, start, end in spans:
            PoolMember.objects.create(pool=pool, agent_id=actor.user_id, valid_from=start, valid_until=end)

    def _agree(self) -> None:
        LedgerTerm.objects.create(rule="focus", valid_from=FOCUS_SINCE)
        for code, brand, hour, billable in (
            ("training", 0, -50, True), ("training", 0, 31.2, False), ("break", 1, 12.7, True),
            ("meeting", 1, -50, False), ("project", 0, -50, True),
        ):  # fmt: skip
            ReasonTerm.objects.create(
                reason=AvailabilityReason.objects.get(code=code), brand_id=self.brands[brand],
                billable=billable, valid_from=_after(hour * HOUR),
            )  # fmt: skip

    def play(self) -> None:
        for n, actor in enumerate(self.agents.values(), start=1):
            self._states(actor)
            for line in range(3):
                self._works(actor, 1000 * n + 100 * line)
        for _seconds, deed in sorted(self.deeds, key=lambda one: one[0]):
            deed()
        self._correct()

    def do(self, seconds: float, verb: Any, agent: int, **said: Any) -> None:
        self.deeds.append((seconds, partial(verb, agent, now=_after(seconds), **said)))

    def some(self, least: float, most: float) -> float:
        """A number of seconds, to the microsecond."""
        return round(self.rng.uniform(least, most), 6)

    def _states(self, actor: Actor) -> None:
        agent, seconds = actor.user_id, self.some(0, 4000)
        theirs = [one for one in self.brands if actor.has("agent", one)]
        while seconds < SPAN:
            to, reason = self.rng.choice(STATES)
            whose = self.rng.choice((None, None, *theirs)) if reason in {"training", "meeting"} else None
            said = {"to": to, "reason_code": reason, "brand_id": whose}
            self.do(seconds, actions.set_availability, agent, actor=None, **said)
            if to == "available" and self.rng.random() < 0.3:
                self.do(seconds + self.some(100, 1500), actions.strike, agent, limit=1)
            seconds += self.some(600, 9000)

    def _works(self, actor: Actor, item: int) -> None:
        """One conversation after the other; the rows of an agent lie side by side."""
        agent, seconds = actor.user_id, self.some(0, 9000)
        while seconds < SPAN:
            item += 1
            brand = self.rng.choice([one for one in self.brands if actor.has("agent", one)])
            said: dict[str, Any] = {
                "work_item_id": item, "brand_id": brand, "queue_id": self.rng.choice((1, 2)) + 10 * brand,
                "is_test": self.rng.random() < 0.15,
                "pool_id": self.rng.choice((None, self.own.pk, self.shared.pk, self.burst.pk)),
            }  # fmt: skip
            for kind in self.rng.sample(KINDS, self.rng.randint(1, 3)):
                self.do(seconds, actions.engage, agent, kind=kind, **said)
                if self.rng.random() < 0.7:
                    front = self.rng.choice((item, item, None))
                    self.do(seconds + self.some(1, 60), actions.focus, agent, work_item_id=front)
                seconds += self.some(0.000001, 5000)
            self.do(seconds, actions.disengage, agent, work_item_id=item)
            seconds += self.some(0.5, 18000)

    def _correct(self) -> None:
        """Two over the same hour, the newer one in the middle of the older; one over the night."""
        acme, globex = self.brands
        for hours, hour, agent, reason, brand in (
            (3.5, 9.25, "Both", "training", acme), (1.1, 10, "Both", "meeting", globex),
            (2, 25.5, "Free", "training", globex),
        ):  # fmt: skip
            start = _after(hour * HOUR)
            actions.correct(
                self.agents[agent].user_id, start=start, end=start + timedelta(hours=hours),
                availability="away", reason_code=reason, brand_id=brand, words=WORDS, actor=self.boss,
                now=LATER + timedelta(seconds=hour),
            )  # fmt: skip


def _after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def settle(*cards: BrandCard) -> None:
    """Add up from the first day on; people of the tests are hired in spring."""
    begin = _after(-HOUR)
    TimedQuarter.objects.get_or_create(interval_start=begin - timedelta(minutes=15), defaults={"serial": 1})
    LedgerMark.objects.filter(from_at__lt=begin).update(from_at=begin)
    while time_next(LATER):
        pass
    for card in cards:
        while copy_next(card, TESTS):
            pass


@dataclass(frozen=True)
class Pages:
    """What a client's pages say: each number of agents' time by days `(first, last)`, hours by agent's id."""

    figures: Mapping[tuple[date, date], Mapping[str, Number]]
    agents: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Lived:
    """What the commands wrote of the days, the numbers of agents and clients, and what the pages said."""

    ledger: list[str]
    logs: Mapping[str, list[str]]
    agents: Mapping[str, int]
    clients: Mapping[str, int]
    pages: Mapping[str, Pages]
    words: str


@cache
def tried(acme: BrandCard, globex: BrandCard) -> Lived | Exception:
    """Live them once, also when that fails."""
    try:
        return made(acme, globex)
    except Exception as error:
        return error


def lived(acme: BrandCard, globex: BrandCard) -> Lived:
    found = tried(acme, globex)
    if isinstance(found, Exception):
        raise found
    return found


def made(acme: BrandCard, globex: BrandCard) -> Lived:
    days = Days(acme, globex)
    days.play()
    settle(acme, globex)
    cards = {card.slug: card for card in (acme, globex)}
    return Lived(
        exported("export_ledger", "--zone", HERE.key),
        {slug: exported("export_log", "--brand", slug, beside=1) for slug in cards},
        {name: actor.user_id for name, actor in days.agents.items()},
        {slug: card.id for slug, card in cards.items()},
        {slug: pages_of(card, days) for slug, card in cards.items()},
        WORDS,
    )


def exported(command: str, *more: str, beside: int = 0) -> list[str]:
    """Return what the command writes of the days, and of some beside them."""
    out, days = StringIO(), (FIRST - timedelta(days=beside), LAST + timedelta(days=beside))
    call_command(command, *more, "--from", f"{days[0]}", "--to", f"{days[1]}", stdout=out)
    return out.getvalue().splitlines()


def pages_of(card: BrandCard, played: Days) -> Pages:
    """Ask the page of all numbers and that of agents' time, in the client's days."""
    numbers = {actor.user_id: f"{actor.user_id}" for actor in played.agents.values()}
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    spans = [(FIRST, LAST), *((day, day) for day in days)]
    with tenant_scope(card, TESTS):
        zone, period = ZoneInfo(card.timezone), Period(FIRST, len(days))
        names = Names(numbers, {}, {})
        agents = agents_time(period=period, zone=zone, now=LATER, names=names).agents
        return Pages(
            {span: figures_of(span, zone) for span in spans}, {line.label: line.cells for line in agents}
        )


def figures_of(span: tuple[date, date], zone: ZoneInfo) -> dict[str, Number]:
    first, last = span
    period = Period(first, (last - first).days + 1)
    groups = all_figures(period=period, zone=zone, now=LATER, counted=Counted.ELAPSED).groups
    found = [one for _title, figures in groups for one in figures if one.metric.source == "labour"]
    return {one.key: as_counted(one.number, one.metric.unit) for one in found}


def as_counted(number: Fraction | None, unit: str) -> Number:
    """Return it as the checker has it: per cent as a share of one."""
    return None if number is None else number / (100 if unit == "percent" else 1)
