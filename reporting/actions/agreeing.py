"""Who agrees something with a client does it alone: targets, exclusions and forecasts judge each other.

A report that is issued holds what is agreed, so nothing is agreed meanwhile.
"""

from contextlib import AbstractContextManager

from tenants import locks

LOCK = 7_263


def alone() -> None:
    """One at a time in a brand until the transaction ends: nobody agrees or issues anything meanwhile."""
    locks.alone(LOCK)


def alone_in_snapshot() -> AbstractContextManager[None]:
    """The same for who adds up: in a transaction that sees what was agreed, and nothing that comes later."""
    return locks.alone_in_snapshot(LOCK)
