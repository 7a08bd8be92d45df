"""Who agrees something with a client does it alone: targets, exclusions and forecasts judge each other.

A report that is issued holds what is agreed, so nothing is agreed meanwhile.
"""

from contextlib import AbstractContextManager

from django.utils.translation import gettext_lazy as _

from tenants import locks

LOCK = 7_263
MEANWHILE = _("A report of this client is being made, or something else agreed: try again in a minute.")


def alone() -> None:
    """One at a time in a brand until the transaction ends: nobody agrees or issues anything meanwhile.

    Raises Busy (tenants.locks) when that takes long.
    """
    locks.alone_soon(LOCK, MEANWHILE)


def alone_in_snapshot() -> AbstractContextManager[None]:
    """The same for who adds up: in a transaction that sees what was agreed, and nothing that comes later."""
    return locks.alone_in_snapshot(LOCK, MEANWHILE)
