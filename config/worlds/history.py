"""Seven days of history and this morning, made by running the machine with past clocks.

A day is one transaction: agents go Available at the start of their shift, customers write, offers ring and
are accepted, missed or declined, and everybody is offline at the end. Nothing of a day is seen before it has
ended, so the live router never offers a customer of last week. As long a transaction holds the states of its
agents; should a person want one of them meanwhile, the day is undone and begun anew without that agent.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.access import actor_for
from config.worlds.cast import AGENTS, BRANDS, BrandPlan
from config.worlds.contract import issue_yesterday
from config.worlds.people import ACTOR, CERTIFIED_DAYS
from config.worlds.player import Player
from config.worlds.script import Talk, day_script, test_talk
from config.worlds.stage import Stage
from config.worlds.way import GaveWay, give_way
from interactions.trial import is_tested
from tenants.audit import audit
from tenants.cards import BrandCard, card_by_slug
from tenants.models import AuditRow
from tenants.scope import Grant, labour_scope
from workforce.models import AgentState

DAYS = 7
RETRY = 4.0
OFFER = 30.5  # the queues' offer, just run out
BACK = 90.0
TRIES = 100
LAST_ARRIVAL = timedelta(minutes=40)
TESTED_AFTER = timedelta(hours=1)  # of the client's set-up
TESTED_WITHIN = timedelta(minutes=30)
SHIFTS = {"Nordic desk": (6.75, 18.75), "Southern desk": (-2.75, 8.9)}  # hours of the UTC day


class NobodyToPlay(Exception):
    """The people of the demo world are not planted, so no day of theirs can be played."""


def plant_history(grant: Grant, *, now: datetime, progress: Callable[[int, int], None]) -> None:
    """Play the days that nobody has worked yet, the oldest first; each stands or falls as a whole.

    Raises NobodyToPlay: an empty week would be taken for a planted one.
    """
    if not _cast_is_here():
        raise NobodyToPlay("No agent of the demo world is here. Plant its people first: seed --first.")
    days = [now.date() - timedelta(days=back) for back in range(DAYS, -1, -1)]
    for index, day in enumerate(days):
        progress(index, len(days))
        plant_day(day, grant, index=index, now=now)
    issue_yesterday(grant, actor=ACTOR, now=now)
    progress(len(days), len(days))


def plant_tests(grant: Grant, *, now: datetime) -> None:
    """Play the test that each client's set-up ended with, if none was answered; all of them or none.

    The clients were set up CERTIFIED_DAYS before `now`. A test is in no figure.
    """
    with transaction.atomic():
        for turn, plan in enumerate(BRANDS, start=1):
            card = card_by_slug(plan.slug)
            if card and not is_tested(card, grant):
                at = now - timedelta(days=CERTIFIED_DAYS) + turn * TESTED_AFTER
                _play_test(plan, card, grant, at=at)


def plant_day(
    day: date, grant: Grant, *, index: int, now: datetime, between: Callable[[], None] = give_way
) -> None:
    """Play the day as a whole, if it was not; `index` chooses its script.

    `between` is called between any two steps. When it raises GaveWay the day is begun anew, as people have
    made it meanwhile: who is signed in is left out of it. Raises GaveWay when that does not end.
    """
    for _ in range(TRIES):
        with suppress(GaveWay), transaction.atomic():
            _play_day(day, grant, index=index, now=now, between=between)
            return
    raise GaveWay(f"{day} was begun {TRIES} times")


def _cast_is_here() -> bool:
    with labour_scope():
        return AgentState.objects.filter(agent__user__email__in=[plan.email for plan in AGENTS]).exists()


def _play_day(day: date, grant: Grant, *, index: int, now: datetime, between: Callable[[], None]) -> None:
    latest = now - timedelta(minutes=2)
    shifts = {} if _is_planted(day) else _shifts(day, latest)
    if not shifts:
        return
    actors = {agent_id: actor for agent_id in shifts if (actor := actor_for(agent_id))}
    stage = Stage(grant, actors, shifts)
    player = Player(min(start for start, _end in shifts.values()))
    for agent_id, (start, end) in shifts.items():
        player.at(start, _shift(stage, agent_id, (end - start).total_seconds()))
    for card, talk in _talks(day, index, before=latest - LAST_ARRIVAL):
        player.at(talk.at, _conversation(stage, player, card, talk))
    for _instant in player.steps(latest):
        between()
    audit("history.planted", actor=ACTOR, object=_name(day), now=now)


def _play_test(plan: BrandPlan, card: BrandCard, grant: Grant, *, at: datetime) -> None:
    """One agent answers one visitor; nothing when everybody has been at work since."""
    emails = [agent.email for agent in AGENTS if plan.slug in agent.brands]
    agent_id = next(filter(None, (_resting(email, since=at) for email in emails)), None)
    actor = actor_for(agent_id) if agent_id else None
    if agent_id is None or actor is None:
        return
    stage = Stage(grant, {agent_id: actor}, {agent_id: (at, at + TESTED_WITHIN)})
    player = Player(at)
    player.at(at, _shift(stage, agent_id, TESTED_WITHIN.total_seconds()))
    player.at(at, _conversation(stage, player, card, test_talk(plan, at)))
    player.play(at + 2 * TESTED_WITHIN)


def _is_planted(day: date) -> bool:
    """Tell whether somebody has played the day, with whoever was free for it then."""
    with labour_scope():
        return AuditRow.objects.filter(verb="history.planted", object=_name(day)).exists()


def _name(day: date) -> str:
    return f"day:{day}"


def _shifts(day: date, latest: datetime) -> dict[int, tuple[datetime, datetime]]:
    """Return who works when, without whoever is signed in, or was on shift for real since."""
    midnight = datetime.combine(day, time(), tzinfo=UTC)
    found = {}
    for plan in AGENTS:
        first, last = (midnight + timedelta(hours=hours) for hours in SHIFTS[plan.team])
        end = min(last, latest - timedelta(seconds=5))
        if first < end and (agent_id := _resting(plan.email, since=first)):
            found[agent_id] = (first, end)
    return found


def _resting(email: str, *, since: datetime) -> int | None:
    """Return the agent's id if their state has not changed since, locked until the day is planted.

    None for who is signed in, and for a state that somebody changes at this very moment.
    """
    here = Q(lost_at__isnull=True) | Q(lost_at__gt=since)
    with labour_scope():
        states = AgentState.objects.select_for_update(of=("self",), skip_locked=True)
        idle = states.filter(since__lte=since, availability="offline").exclude(here, connected=True)
        mine = idle.filter(agent__user__email=email).first()
    return mine.pk if mine else None


def _talks(day: date, index: int, *, before: datetime) -> Iterator[tuple[BrandCard, Talk]]:
    for plan in BRANDS:
        card = card_by_slug(plan.slug)
        for talk in day_script(plan, day, index=index):
            if card and talk.at < before:
                yield card, talk


def _shift(stage: Stage, agent_id: int, seconds: float) -> Iterator[float]:
    stage.clock_in(agent_id)
    yield seconds
    stage.clock_out(agent_id)


def _conversation(stage: Stage, player: Player, card: BrandCard, talk: Talk) -> Iterator[float]:
    """From the first line to the end of wrap-up; once more when the customer comes back."""
    ref = stage.open(card, talk, now=player.now)
    yield 0.4
    for round_ in range(1 + talk.reopened):
        agent_id = yield from _answered(stage, player, card, talk, ref)
        if agent_id is None:
            return
        yield from _talked(stage, player, card, talk, ref, agent_id)
        if talk.reopened and not round_:
            yield 1800.0
            stage.reopen(card, ref, now=player.now)
            yield 0.4


def _answered(
    stage: Stage, player: Player, card: BrandCard, talk: Talk, ref: UUID
) -> Generator[float, None, int | None]:
    """Ring until somebody accepts or the customer leaves; the generator's value is the agent's id or None."""
    began, missed, declined = player.now, talk.missed, talk.declined
    passed: set[int] = set()
    while (player.now - began).total_seconds() < talk.patience:
        offered = None if talk.ring > 60 else stage.offer(ref, now=player.now, without=passed)
        if offered is None:
            yield RETRY
            continue
        offer, agent_id = offered
        if missed:
            missed -= 1
            yield OFFER
            if stage.miss(agent_id, now=player.now):
                player.at(player.now, _back(stage, player, agent_id))
        elif declined:
            declined = False
            yield 3.0
            stage.decline(offer, agent_id, now=player.now)
        else:
            yield talk.ring
            stage.accept(offer, agent_id, now=player.now)
            return agent_id
        passed.add(agent_id)
        yield 0.5
    stage.leave(card, ref, now=player.now)
    return None


def _back(stage: Stage, player: Player, agent_id: int) -> Iterator[float]:
    """Who was set to not responding finds out and comes back."""
    yield BACK
    stage.back_available(agent_id, now=player.now)


def _talked(
    stage: Stage, player: Player, card: BrandCard, talk: Talk, ref: UUID, agent_id: int
) -> Iterator[float]:
    for line, pace in list(zip(talk.lines, talk.pace, strict=True))[1:]:
        yield pace
        if line.startswith("> "):
            stage.agent_says(card, ref, agent_id, line[2:], now=player.now)
        else:
            stage.customer_says(card, ref, line, now=player.now)
    yield 6.0
    stage.begin_wrap_up(card, ref, agent_id, now=player.now)
    yield talk.wrap
    stage.wrap_up(card, ref, agent_id, talk, now=player.now)
