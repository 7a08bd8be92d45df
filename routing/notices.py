"""The one channel by which everybody wakes the leader: `NOTIFY enq` with `i<item>`, `a<agent>`, `u<agent>`
(of whom nothing changed but how full they are) or `plans`.

Sent when the transaction commits, at most once for the same thing. A notice says only that something changed:
the leader reads the row, so a lost or a doubled one does no harm. Except `n<item>,...`, an item just made: it
brings what the matcher needs, which saves the reading of the row on the way from a customer to an agent; and
`e<item>,<when it entered>`, an item that left the line: that is for good, and the row says no more.
"""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection

from routing.lines import Waiting

CHANNEL = "enq"
PLANS = "plans"
MOST_DIGITS = 19
SEND = f"SELECT pg_notify('{CHANNEL}', word) FROM unnest(%s::text[]) word"  # noqa: S608


def wake(
    *, items: Iterable[int] = (), agents: Iterable[int] = (), units: Iterable[int] = (), plans: bool = False
) -> None:
    """Tell the leader, on commit, what to look at again; `units`: agents fuller or freer. Any role may."""
    told = {"i": items, "a": agents, "u": units}
    words = [f"{kind}{one}" for kind, ids in told.items() for one in ids] + [PLANS] * plans
    if words:
        with connection.cursor() as cursor:
            cursor.execute(SEND, [words])


@dataclass
class Notices:
    """What was heard since the last look."""

    items: set[int] = field(default_factory=set)
    agents: set[int] = field(default_factory=set)
    units: set[int] = field(default_factory=set)
    fresh: list[Waiting] = field(default_factory=list)
    ended: dict[int, datetime] = field(default_factory=dict)
    plans: bool = False

    def __bool__(self) -> bool:
        return bool(self.items or self.agents or self.units or self.fresh or self.ended or self.plans)

    def hear(self, word: str) -> None:
        """Take a payload; what nobody here sent is ignored."""
        kind, rest = word[:1], word[1:]
        if word == PLANS:
            self.plans = True
        elif kind == "n":
            with contextlib.suppress(ValueError):
                self.fresh.append(unpack(rest))
        elif kind == "e":
            with contextlib.suppress(ValueError, OverflowError):
                item_id, entered = rest.split(",")
                self.ended[int(item_id)] = datetime.fromisoformat(entered).astimezone(UTC)
        elif kind in {"i", "a", "u"} and rest.isdecimal() and len(rest) < MOST_DIGITS:
            {"i": self.items, "a": self.agents, "u": self.units}[kind].add(int(rest))


def pack(item: Waiting) -> str:
    """Write a new item as what follows its id in the notice."""
    instants = (item.order_key, item.enqueued_at)
    numbers = (item.brand_id, item.queue_id, item.units, item.channel, item.interaction_ref)
    return "," + ",".join([*map(str, numbers), *(instant.isoformat() for instant in instants)])


def unpack(rest: str) -> Waiting:
    """Read a new item from its notice."""
    number, brand, queue, units, channel, ref, order_key, enqueued_at = rest.split(",")
    return Waiting(
        id=int(number),
        version=1,
        brand_id=int(brand),
        queue_id=int(queue),
        order_key=datetime.fromisoformat(order_key),
        enqueued_at=datetime.fromisoformat(enqueued_at),
        units=int(units),
        channel=channel,
        interaction_ref=UUID(ref),
    )
