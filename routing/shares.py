"""Fair shares: no brand with work waiting falls below its part of a pool's offers. Pure.

Counted over the last 15 minutes and over contended offers alone, those whose agent could have been given work
of at least two brands. Each credits every brand that had work with its minimum share and charges the one that
got it with a whole offer; who is a whole offer short goes first. Earliest-due-first alone would let a flood
with a tight target starve the others (ARCHITECTURE.md section 3).
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
WHOLE = 1000
Key = tuple[int | None, int]


class Shares:
    """The balance of each (pool, brand) in thousandths of an offer. Exact, so what expires cancels out.

    `owed`: those that are short by a whole offer or more.
    """

    def __init__(self, minimum: Mapping[Key, int] | None = None) -> None:
        """`minimum`: percent by (pool, brand), where it is agreed; otherwise half of an equal part."""
        self.minimum: dict[Key, int] = dict(minimum or {})
        self.owed: dict[Key, int] = {}
        self._balance: defaultdict[Key, int] = defaultdict(int)
        self._noted: deque[tuple[datetime, dict[Key, int]]] = deque()

    def note(self, at: datetime, *, pool_id: int | None, served: int, waiting: Iterable[int]) -> None:
        """Count one offer of the pool, made for brand `served` while those of `waiting` had work too."""
        brands = {*waiting, served}
        if len(brands) < 2:
            return
        equal = WHOLE // (2 * len(brands))
        change = dict.fromkeys([(pool_id, brand) for brand in brands], equal)
        if self.minimum:
            change |= {key: self.minimum[key] * WHOLE // 100 for key in change if key in self.minimum}
        change[pool_id, served] -= WHOLE
        self._noted.append((at, change))
        for key, amount in change.items():
            self._add(key, amount)

    def forget(self, now: datetime) -> None:
        """Let go of what is older than the window."""
        while self._noted and self._noted[0][0] <= now - WINDOW:
            for key, amount in self._noted.popleft()[1].items():
                self._add(key, -amount)

    def _add(self, key: Key, amount: int) -> None:
        balance = self._balance[key] + amount
        self._balance[key] = balance
        if not balance:
            del self._balance[key]
        if balance >= WHOLE:
            self.owed[key] = balance
        else:
            self.owed.pop(key, None)
