"""Why nobody is asked for an item yet, agent by agent. Pure: the matcher's own rules, told one by one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.choosing import REST_SECONDS, kept_for, stage_of
from routing.lines import House, Seat, Waiting

FREE = "free"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What keeps the item from the agent. `word`: free (nothing does), pool, overflow, resting (`until`),
    closed, later, full, channel, brand, interrupted, skill, refused, kept."""

    agent_id: int
    word: str
    until: datetime | None = None


def explain(item: Waiting, seats: Mapping[int, Seat], *, now: datetime, house: House) -> list[Verdict]:
    """Say of each who is ready in the item's brand or not what stands between, in the order of their turn."""
    ordered = sorted(seats.values(), key=lambda seat: seat.turn)
    return [_verdict(item, seat, seats, now, house) for seat in ordered]


def _verdict(item: Waiting, seat: Seat, seats: Mapping[int, Seat], now: datetime, house: House) -> Verdict:
    word, route = _word(item, seat, seats, now, house), seat.queues.get(item.queue_id)
    return Verdict(seat.agent_id, word, route.rests_until if route and word == "resting" else None)


def _word(item: Waiting, seat: Seat, seats: Mapping[int, Seat], now: datetime, house: House) -> str:
    route = seat.queues.get(item.queue_id)
    if route is None:
        return "pool"
    if not route.is_open(house.gates):
        return "overflow"
    if route.rests(now):
        return "resting"
    if not route.gates and house.is_shut(item, now):
        return "closed"
    if now < item.enqueued_at + timedelta(seconds=route.delay_seconds):
        return "later"
    if not seat.has_room(item.units, item.channel, item.brand_id):
        return "full"
    if bar := seat.bar(item.channel, item.brand_id, house.bars):
        return bar
    if item.need and not item.need.is_met(seat.skills, stage_of(item, now)):
        return "skill"
    refused_at = item.refused.get(seat.agent_id)
    if refused_at is not None and now < refused_at + timedelta(seconds=REST_SECONDS):
        return "refused"
    return FREE if kept_for(item, seats, now, house) in (None, seat.agent_id) else "kept"
