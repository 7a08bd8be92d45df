"""Erlang's C formula for a line in front of equal agents, nobody of whose customers leaves. Pure.

Erlang 1917; the recursion through Erlang B is numerically stable (Cooper, Introduction to Queueing Theory).
"""

import math


def waits(load: float, agents: int) -> float:
    """Return the chance that somebody who comes has to wait; `load` in erlangs, below `agents`."""
    if load >= agents:
        return 1.0
    blocked = 1.0
    for number in range(1, agents + 1):
        blocked = load * blocked / (number + load * blocked)
    return agents * blocked / (agents - load * (1 - blocked))


def service_level(load: float, agents: int, handle_seconds: float, within_seconds: float) -> float:
    """Return the part answered within so many seconds."""
    return 1 - waits(load, agents) * math.exp(-(agents - load) * within_seconds / handle_seconds)


def mean_wait(load: float, agents: int, handle_seconds: float) -> float:
    """Return the average speed of answer in seconds."""
    return waits(load, agents) * handle_seconds / (agents - load)
