"""What must hold of routing, each promise under a name: `manage.py routing_check` and the tests ask them.

What is so at this instant is read from the tables as they are; what should have been so all along (the order
of the line, certifications, ledgers, tests apart) of the hours before. Nothing is changed by asking.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from routing.invariants import history, places, present
from tenants.scope import Grant

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise: its name, what it says, and the function that names each break of it."""

    name: str
    title: Promise
    find: Callable[["Asked"], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """When it is asked, from when on the past counts, and the grant that opens any brand."""

    since: datetime
    now: datetime
    grant: Grant


@dataclass(frozen=True, slots=True)
class Finding:
    """How often a promise is broken, the first few by name, and how long it took to look."""

    name: str
    title: Promise
    count: int
    examples: tuple[str, ...]
    seconds: float


def _present(find: Callable[[datetime], Sequence[str]], asked: Asked) -> Sequence[str]:
    return find(asked.now)


def _past(find: Callable[[datetime, datetime], Sequence[str]], asked: Asked) -> Sequence[str]:
    return find(asked.since, asked.now)


def _placed(asked: Asked) -> Sequence[str]:
    return places.misplaced(asked.grant)


def _beside(asked: Asked) -> Sequence[str]:
    return places.astray(asked.grant)


def _apart(asked: Asked) -> Sequence[str]:
    return [*history.mixed_tests(asked.since, asked.now), *places.mixed_tests(asked.grant)]


PROMISES: tuple[Promised, ...] = (
    Promised("one_place", _("Every conversation is in one place, the same in both planes"), _placed),
    Promised("beside", _("Who is beside an agent is so in both planes"), _beside),
    Promised("one_live_offer", _("One live offer for an item"), partial(_present, present.doubled_offers)),
    Promised("capacity", _("Nobody has more than their units"), partial(_present, present.overfull)),
    Promised("no_reserve", _("No capacity is taken without work"), partial(_present, present.reserved)),
    Promised("nobody_idle", _("Nothing waits 2 s beside who is free"), partial(_present, present.idle)),
    Promised("fifo", _("First come, first served at equal key"), partial(_past, history.out_of_turn)),
    Promised("ledger", _("An agent's seconds add up to wall time"), partial(_past, history.uneven_ledgers)),
    Promised("certified", _("Nobody was asked without certification"), partial(_past, history.uncertified)),
    Promised("tests_apart", _("Tests are in no number"), _apart),
)


def check(*, grant: Grant, now: datetime, hours: float = 24, names: Sequence[str] = ()) -> list[Finding]:
    """Ask all promises, or those named; `grant` opens any brand."""
    asked = Asked(now - timedelta(hours=hours), now, grant)
    return [_find(promised, asked) for promised in PROMISES if not names or promised.name in names]


def _find(promised: Promised, asked: Asked) -> Finding:
    began = time.perf_counter()
    found = list(promised.find(asked))
    seconds = time.perf_counter() - began
    return Finding(promised.name, promised.title, len(found), tuple(found[:EXAMPLES]), seconds)
