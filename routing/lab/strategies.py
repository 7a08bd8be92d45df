"""What is compared: the house's own order, plain first come first served, and what an operator can choose."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.lines import LEAST_OCCUPIED, LONGEST_IDLE, PROFICIENCY, Manner
from routing.scoring import score_named

DEFAULT = "default"


def due(at: datetime, target_seconds: float) -> datetime:
    return at + timedelta(seconds=target_seconds)


def arrival(at: datetime, target_seconds: float) -> datetime:
    return at


@dataclass(frozen=True, slots=True)
class Strategy:
    """A way to run the house: the key of the line, how agents are chosen, shares, order by contract."""

    name: str
    manner: Manner = Manner()
    key: Callable[[datetime, float], datetime] = due
    shares: bool = True
    by_contract: bool = False


STRATEGIES: dict[str, Strategy] = {
    strategy.name: strategy
    for strategy in (
        Strategy(DEFAULT, Manner(LONGEST_IDLE)),
        Strategy("fifo", Manner(LONGEST_IDLE), key=arrival, shares=False),
        Strategy("no_shares", Manner(LONGEST_IDLE), shares=False),
        Strategy("least_occupied", Manner(LEAST_OCCUPIED)),
        Strategy("proficiency", Manner(PROFICIENCY)),
        Strategy("same_client", Manner(LONGEST_IDLE, score_named("same_client"))),
        Strategy("penalty", Manner(LONGEST_IDLE), by_contract=True),
    )
}
