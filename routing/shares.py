"""Fair shares: no brand with work waiting falls below its part of a pool's offers. Pure.

Counted over the last 15 minutes and over contended offers alone, those whose agent could have been given work
of at least two brands. Each credits every brand that had work with its minimum share and charges the one that
got it with a whole offer; who is a whole offer short goes first. Earliest-due-first alone would let a flood
with a tight target starve the others (ARCHITECTURE.md section 3).
"""

from collections import deque
from collections.abc import Collection, Mapping
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
        self._balances: dict[int | None, dict[int, int]] = {}
        self._noted: deque[tuple[datetime, int | None, int, Collection[int]]] = deque()

    def note(self, at: datetime, *, pool_id: int | None, served: int, waiting: Collection[int]) -> None:
        """Count one offer of the pool, made for brand `served` while those of `waiting` had work too."""
        brands = waiting if served in waiting else {*waiting, served}
        if len(brands) >= 2:
            self._noted.append((at, pool_id, served, brands))
            self._count(pool_id, served, brands, 1)

    def forget(self, now: datetime) -> None:
        """Let go of what is older than the window."""
        while self._noted and self._noted[0][0] <= now - WINDOW:
            _at, pool_id, served, brands = self._noted.popleft()
            self._count(pool_id, served, brands, -1)

    def _count(self, pool_id: int | None, served: int, brands: Collection[int], sign: int) -> None:
        """Credit each of the brands with its share and charge the one that was served, or undo it."""
        balances = self._balances.setdefault(pool_id, {})
        equal, minimum, owed = WHOLE // (2 * len(brands)), self.minimum, self.owed
        for brand in brands:
            amount = equal
            if minimum and (pool_id, brand) in minimum:
                amount = minimum[pool_id, brand] * WHOLE // 100
            if brand == served:
                amount -= WHOLE
            balances[brand] = balance = balances.get(brand, 0) + sign * amount
            if balance >= WHOLE:
                owed[pool_id, brand] = balance
            elif owed:
                owed.pop((pool_id, brand), None)
