"""Scores: what a queue may choose agents by instead of a strategy. A registry, and a time limit around each.

A score is a function of an item and the agents who may take it: one number each, higher is better. It runs
beside the matcher and has LIMIT_SECONDS for an item. One that takes longer, fails or answers nonsense decides
nothing: the queue's strategy does, the decision says why, and the score rests for REST_SECONDS.
"""

import logging
import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from routing.lines import Seat, Waiting, brand_mark

log = logging.getLogger(__name__)

LIMIT_SECONDS = 0.05
REST_SECONDS = 60.0
LATE, FAILED, RESTING = "late", "failed", "resting"

Function = Callable[[Waiting, Seat], float]


@dataclass(frozen=True, slots=True)
class Scorer:
    """A registered score: its name is what a queue's numbers keep, its title what people choose."""

    name: str
    title: Promise | str
    function: Function


class Timed:
    """A score with its time limit; callable as the matcher wants it."""

    def __init__(self, scorer: Scorer, *, limit: float = LIMIT_SECONDS, rest: float = REST_SECONDS) -> None:
        self.scorer, self.limit, self.rest = scorer, limit, rest
        self._rests_until = 0.0
        self._pool: ThreadPoolExecutor | None = None

    def __call__(self, item: Waiting, seats: Sequence[Seat]) -> Sequence[float] | str:
        if time.monotonic() < self._rests_until:
            return RESTING
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix=f"score-{self.scorer.name}")
        try:
            return self._pool.submit(self._score, item, seats).result(self.limit)
        except Late:
            return self._give_up(LATE)
        except Exception:
            log.exception("score %s failed", self.scorer.name)
            return self._give_up(FAILED)

    def _score(self, item: Waiting, seats: Sequence[Seat]) -> list[float]:
        scores = [float(self.scorer.function(item, seat)) for seat in seats]
        if not all(map(math.isfinite, scores)):
            raise ValueError("a score is not a number")
        return scores

    def _give_up(self, word: str) -> str:
        """Rest; the thread that is late ends by itself, and nobody waits for it."""
        self._rests_until = time.monotonic() + self.rest
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None
        return word


SCORERS: dict[str, Scorer] = {}
_timed: dict[str, Timed] = {}


def register_scorer(scorer: Scorer) -> None:
    """Let queues choose by this score; called once, when the application is ready."""
    SCORERS[scorer.name] = scorer


def score_named(name: str) -> Timed | None:
    """Return the score of that name; None when it is not installed (any more)."""
    scorer = SCORERS.get(name)
    if scorer is None:
        return None
    if name not in _timed or _timed[name].scorer is not scorer:
        _timed[name] = Timed(scorer)
    return _timed[name]


def same_client(item: Waiting, seat: Seat) -> float:
    """Prefer who already works for the item's brand: fewer changes between clients in one head.

    1 for each item of the brand, less 1 for each of another one; the free part of their units breaks ties.
    """
    own = seat.held.get(brand_mark(item.brand_id), 0)
    marks = [count for mark, count in seat.held.items() if mark.startswith("b") and mark[1:].isdecimal()]
    return own - (sum(marks) - own) + seat.free / (10 * (seat.cap or 1))


register_scorer(Scorer("same_client", _("Stays with a client: fewer changes between clients"), same_client))
