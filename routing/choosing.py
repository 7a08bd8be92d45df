"""Whom of those who may to ask for an item: the last agent, a score, or the queue's strategy. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from routing.lines import House, Manner, Route, Seat, Waiting, brand_mark

REST_SECONDS = 5
NAMED = 3
SCORED = 20  # of the first by strategy, how many a score looks at

LAST_AGENT, ASKED_AGAIN, BEST_SCORE = "last_agent", "asked_again", "best_score"
ARM_SCORED, ARM_HELD_OUT = "scored", "holdout"
HOUSE = House()
Way = tuple[Seat, Route]


@dataclass(slots=True)
class Choice:
    """The agent to ask, by which route and why, and who would have been next."""

    way: Way
    why: str
    others: tuple[Seat, ...] = ()
    arm: str = ""
    scores: tuple[float, ...] = ()


def stage_of(item: Waiting, now: datetime) -> int:
    """Return how far the item's need has relaxed."""
    return item.need.stage((now - item.enqueued_at).total_seconds()) if item.need else 0


def is_held_out(item: Waiting, manner: Manner) -> bool:
    """Tell whether the item is decided without the score: by its id, so that it is so at each attempt."""
    return item.id * 2_654_435_761 % 2**32 % 100 < manner.holdout  # Knuth's multiplicative hash


def choose(
    item: Waiting,
    ways: list[Way],
    manner: Manner,
    taken: Collection[int],
    ready: Mapping[int, Seat],
    now: datetime,
    house: House,
) -> Choice | None:
    if house.hours and house.is_shut(item, now):
        ways = [way for way in ways if way[1].gates]
    scored = manner.score is not None and not is_held_out(item, manner)
    fit = _first_fits(item, ways, taken, now, count=SCORED if scored else NAMED + 1)
    if item.last_agent_id is not None and (last := kept_for(item, ready, now, house)):
        own = next((way for way in ways if way[0].agent_id == last), None)
        if own is None or not _fits(item, *own, taken, now):
            return None
        return Choice(own, LAST_AGENT, tuple(s for s, _r in fit[:NAMED] if s is not own[0]))
    if fit:
        return _best(item, fit, manner) if scored else _first(fit, manner)
    again = next(
        (way for way in ways if _is_rested(item, way[0], now) and _fits(item, *way, taken, now)), None
    )
    return Choice(again, ASKED_AGAIN) if again else None


def _first(fit: list[Way], manner: Manner, arm: str = "") -> Choice:
    """The first by the strategy."""
    held_out = ARM_HELD_OUT if manner.score else ""
    others = tuple([way[0] for way in fit[1 : NAMED + 1]])
    return Choice(fit[0], manner.strategy, others, arm or held_out)


def _best(item: Waiting, fit: list[Way], manner: Manner) -> Choice:
    """The best by the score among those of the lowest rank; by the strategy, should it not answer."""
    peers = [way for way in fit if way[1].rank == fit[0][1].rank]
    answer = manner.score(item, [seat for seat, _route in peers]) if manner.score else ""
    if isinstance(answer, str):
        return _first(fit, manner, arm=answer)
    order = sorted(zip(answer, peers, strict=True), key=itemgetter(0), reverse=True)[: NAMED + 1]
    others = tuple(way[0] for _score, way in order[1:])
    return Choice(order[0][1], BEST_SCORE, others, ARM_SCORED, tuple(score for score, _way in order))


def _first_fits(
    item: Waiting, ways: list[Way], taken: Collection[int], now: datetime, *, count: int
) -> list[Way]:
    """The first `count` who may take it and did not refuse it."""
    found: list[Way] = []
    refused = item.refused
    for way in ways:
        agent_id = way[0].agent_id
        if agent_id in taken or (refused and agent_id in refused):
            continue
        if way[1].delay_seconds and not _fits(item, *way, taken, now):
            continue
        found.append(way)
        if len(found) >= count:
            break
    return found


def _fits(item: Waiting, seat: Seat, route: Route, taken: Collection[int], now: datetime) -> bool:
    if seat.agent_id in taken:
        return False
    return not route.delay_seconds or now >= item.enqueued_at + timedelta(seconds=route.delay_seconds)


def kept_for(item: Waiting, ready: Mapping[int, Seat], now: datetime, house: House = HOUSE) -> int | None:
    """The last agent, while the item is kept for them: they are there, could take it but for what they
    are on, and did not refuse."""
    agent_id = item.last_agent_id
    if agent_id is None or item.prefer_until is None or now >= item.prefer_until or agent_id in item.refused:
        return None
    seat = ready.get(agent_id)
    return agent_id if seat and _could(item, seat, now, house) else None


def _could(item: Waiting, seat: Seat, now: datetime, house: House) -> bool:
    """Whether they would be asked if they had nothing else to do."""
    route = seat.queues.get(item.queue_id)
    if route is None or not route.is_open(house.gates) or route.rests(now):
        return False
    if seat.cap < seat.takes(item.units, item.channel, item.brand_id):
        return False
    if 0 in (seat.limits.get(item.channel), seat.limits.get(brand_mark(item.brand_id))):
        return False
    return item.need is None or item.need.is_met(seat.skills, stage_of(item, now))


def _is_rested(item: Waiting, seat: Seat, now: datetime) -> bool:
    refused_at = item.refused.get(seat.agent_id)
    return refused_at is not None and now >= refused_at + timedelta(seconds=REST_SECONDS)
