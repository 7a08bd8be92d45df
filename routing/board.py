"""The leader's memory: the lines, who may be asked, what rings. The tables are the truth; this is a copy.

Whatever is stale here costs a dropped pair: the guarded write says what is so, and what it dropped is taken
off the board until it has been read again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from routing.choosing import HOUSE
from routing.lines import House, Lines, Seat
from routing.loading import Entry
from routing.match import Pair, match
from routing.shares import Shares
from routing.values import Made

WRITTEN_AT_ONCE = 200
Write = Callable[[Sequence[Pair], datetime], list[Made]]
Visitor = tuple[int, UUID]


class Board:
    """Lines, seats and shares for the matcher, plus what only time changes: `rings` and `fades`.

    In doubt is what the write dropped, until it is read again: `doubted_items` by the agent they were meant
    for, `doubted_agents` as they were known.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        seats: dict[int, Seat],
        shares: Shares,
        *,
        now: datetime,
        house: House = HOUSE,
    ) -> None:
        self.lines = Lines()
        self.house = house
        self.seats = seats
        self.shares = shares
        self.rings: dict[int, datetime] = {}
        self.fades: dict[int, datetime] = {}
        self.moved: set[int] = set()
        self.doubted_items: dict[int, int] = {}
        self.doubted_agents: dict[int, Seat] = {}
        self._queues: defaultdict[int, dict[int, Visitor]] = defaultdict(dict)
        self._queue_of: dict[int, int] = {}
        for entry in entries:
            self.take(entry, now=now)
        self.moved.clear()

    def take(self, entry: Entry, *, now: datetime) -> None:
        """Note what an item is now."""
        item = entry.item
        self.doubted_items.pop(item.id, None)
        self._note_ringing(item.id, entry.rings_until if entry.waits else None)
        self._note_wait(entry)
        self.fades.pop(item.id, None)
        if not entry.is_open(now):
            self.lines.drop(item.id)
            return
        self.lines.put(item)
        if entry.absent_at:
            self.fades[item.id] = entry.absent_at

    def forget(self, item_id: int) -> None:
        """Let go of an item that is no more."""
        self.lines.drop(item_id)
        self.fades.pop(item_id, None)
        self.doubted_items.pop(item_id, None)
        self._note_ringing(item_id, None)
        self._leave(item_id)

    def seat(self, agent_id: int, seat: Seat | None) -> None:
        """Note whether the agent may be asked now, and how full they are."""
        self.doubted_agents.pop(agent_id, None)
        if seat:
            self.seats[agent_id] = seat
        else:
            self.seats.pop(agent_id, None)

    def pass_time(self, now: datetime) -> None:
        """Let time do its work: customers who have been gone for too long are not offered."""
        self.shares.forget(now)
        for item_id in [item_id for item_id, at in self.fades.items() if at <= now]:
            del self.fades[item_id]
            self.lines.drop(item_id)

    @property
    def in_doubt(self) -> bool:
        """Whether the write dropped something that was not read again yet."""
        return bool(self.doubted_items or self.doubted_agents)

    def known(self, agent_id: int) -> Seat | None:
        """Return the seat, also of who is in doubt."""
        return self.seats.get(agent_id) or self.doubted_agents.get(agent_id)

    def meant_for(self, agent_ids: set[int]) -> set[int]:
        """Return the items in doubt that one of these was to have."""
        return {item_id for item_id, agent_id in self.doubted_items.items() if agent_id in agent_ids}

    def next_ring(self) -> datetime | None:
        """When the next offer runs out."""
        return min(self.rings.values(), default=None)

    def assign(self, write: Write, *, now: datetime) -> list[Made]:
        """Match and write batch by batch until nobody can be asked for anything more."""
        self.pass_time(now)
        made: list[Made] = []
        while pairs := match(self.lines, self.seats, self.shares, now=now, house=self.house):
            for start in range(0, len(pairs), WRITTEN_AT_ONCE):
                few = pairs[start : start + WRITTEN_AT_ONCE]
                written = write(few, now)
                self._settle(few, written)
                made += written
        return made

    def visitors(self, queue_id: int) -> list[Visitor]:
        """Who waits in the queue, as (brand, interaction)."""
        return list(self._queues.get(queue_id, {}).values())

    def _settle(self, pairs: Sequence[Pair], written: Sequence[Made]) -> None:
        done = {made.item_id: made for made in written}
        for pair in pairs:
            self.lines.drop(pair.item.id)
            self.fades.pop(pair.item.id, None)
            if made := done.get(pair.item.id):
                self.seats[made.agent_id] = self.seats[made.agent_id].with_item(pair.item)
                self._note_ringing(made.item_id, made.expires_at)
            else:
                self.doubted_items[pair.item.id] = pair.seat.agent_id
                self.doubted_agents[pair.seat.agent_id] = pair.seat
                self.seats.pop(pair.seat.agent_id, None)

    def _note_ringing(self, item_id: int, until: datetime | None) -> None:
        if until:
            self.rings[item_id] = until
        else:
            self.rings.pop(item_id, None)

    def _note_wait(self, entry: Entry) -> None:
        item = entry.item
        if not entry.waits:
            self._leave(item.id)
        elif item.id not in self._queue_of and item.interaction_ref:
            self._queue_of[item.id] = item.queue_id
            self._queues[item.queue_id][item.id] = (item.brand_id, item.interaction_ref)
            self.moved.add(item.queue_id)

    def _leave(self, item_id: int) -> None:
        queue_id = self._queue_of.pop(item_id, None)
        if queue_id is not None:
            self._queues[queue_id].pop(item_id, None)
            self.moved.add(queue_id)
