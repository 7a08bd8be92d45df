"""The one channel by which everybody wakes the leader: `NOTIFY enq` with `i<item>`, `a<agent>` or `plans`.

Sent when the transaction commits, at most once for the same thing. A notice says only that something changed:
the leader reads the row, so a lost or a doubled one does no harm.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

CHANNEL = "enq"
PLANS = "plans"
SEND = f"SELECT pg_notify('{CHANNEL}', word) FROM unnest(%s::text[]) word"  # noqa: S608


def wake(*, items: Iterable[int] = (), agents: Iterable[int] = (), plans: bool = False) -> None:
    """Tell the leader, on commit, what to look at again. Any role may."""
    words = [f"i{item}" for item in items] + [f"a{agent}" for agent in agents] + [PLANS] * plans
    if words:
        with connection.cursor() as cursor:
            cursor.execute(SEND, [words])


@dataclass
class Notices:
    """What was heard since the last look."""

    items: set[int] = field(default_factory=set)
    agents: set[int] = field(default_factory=set)
    plans: bool = False

    def hear(self, word: str) -> None:
        """Take a payload; what nobody here sent is ignored."""
        kind, number = word[:1], word[1:]
        if word == PLANS:
            self.plans = True
        elif kind in {"i", "a"} and number.isdecimal():
            (self.items if kind == "i" else self.agents).add(int(number))
