"""What else a report says: bars of each day, where a target was missed most, what two formulas differ by."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.checker.agreed import Clause
from tests.checker.contacts import Contact
from tests.checker.figures import SECOND, SHORT, Number, reply_wait, wait
from tests.checker.lines import bounds
from tests.checker.promised import Commitment, Report, measure

HOUR = 3600 * SECOND
Test = Callable[[Contact], bool]


def _in_time(contact: Contact) -> bool:
    return wait(contact) <= contact.target * SECOND


def _answered(contact: Contact) -> bool:
    return contact.answered_at is not None


def _left(contact: Contact) -> bool:
    return contact.abandoned_at is not None


def _replied(contact: Contact) -> bool:
    return contact.replied_at is not None


def _flowed(contact: Contact) -> bool:
    return contact.flowed_at is not None


PARTS: Mapping[str, Test] = {
    "answered": _answered,
    "answered within the target": lambda one: _answered(one) and _in_time(one),
    "abandoned": _left,
    "abandoned within the target": lambda one: _left(one) and _in_time(one),
    "abandoned at once": lambda one: _left(one) and wait(one.on_wall) <= SHORT,
    "replied to": _replied,
    "replied to within the target": lambda one: _replied(one) and reply_wait(one) <= one.target * SECOND,
    "flowed out": _flowed,
    "flowed out and not replied to": lambda one: _flowed(one) and not _replied(one),
}
"""What a service level is made of, by the names that a report gives it."""
SHARED_BY: Mapping[str, Test] = {
    "SL.NEG@1": lambda one: _answered(one) or _left(one),
    "SL.POS@1": lambda one: _answered(one) or _left(one),
    "SL.ANS@1": _answered,
    "ANS.RATE@1": lambda one: True,
    "ABN.RATE@1": lambda one: True,
    "ASA.QUEUE@1": _answered,
    "ATA@1": _left,
}
"""Whom a number is divided by; those that are not here are not ranked."""


def parts(contacts: Sequence[Contact], start: int, end: int) -> dict[str, int]:
    """Return how many of `[start, end)` are each part of a service level, by the clock that they are on."""
    mine = _within(contacts, start, end)
    return {name: sum(map(test, mine)) for name, test in PARTS.items()}


@dataclass(frozen=True, slots=True)
class Bar:
    """Of who came in: in time, later, left, and of whom nothing has become yet."""

    in_target: int
    late: int
    abandoned: int
    waiting: int


def bar(contacts: Sequence[Contact], start: int, end: int) -> Bar:
    mine = _within(contacts, start, end)
    answered = [one for one in mine if _answered(one)]
    good = sum(map(_in_time, answered))
    return Bar(good, len(answered) - good, sum(map(_left, mine)), sum(one.waits for one in mine))


@dataclass(frozen=True, slots=True)
class Miss:
    """An hour of a queue: its figure, and what it adds to the shortfall; None: that is not counted."""

    start: int
    queue: int
    figure: Number
    adds: Fraction | None


def missed_most(of: Commitment, contacts: Sequence[Contact], report: Report, most: int = 3) -> list[Miss]:
    """Return the hours of a queue that add most to what was missed, of all windows that were.

    Those that add nothing to it are not among them.
    """
    missed = [one for one in of.windows if one.verdict in {"missed", "under"}]
    days = (bounds(report.zone, one.first, min(one.last, report.last)) for one in missed)
    found = [one for start, end in days for one in misses(of.clause, contacts, report, start, end)]
    adding = [one for one in found if one.adds is None or one.adds > 0]
    return sorted(adding, key=lambda one: (-(one.adds or 0), one.start, one.queue))[:most]


def misses(clause: Clause, contacts: Sequence[Contact], report: Report, start: int, end: int) -> list[Miss]:
    """Return each hour of a queue in `[start, end)` that somebody came in; they add up to the shortfall.

    Hours are counted from the start, which is a midnight.
    """
    mine = [one for one in _within(contacts, start, end) if clause.holds(one)]
    places = {(one.at - (one.at - start) % HOUR, one.queue) for one in mine}
    return [_miss(clause, mine, contacts, report, *place) for place in sorted(places)]


def _miss(
    clause: Clause, mine: Sequence[Contact], among: Sequence[Contact], report: Report, start: int, queue: int
) -> Miss:
    here = [one for one in mine if one.queue == queue and start <= one.at < start + HOUR]
    number = measure(clause, here, report, start, start + HOUR, among)[clause.key]
    shared = SHARED_BY.get(clause.metric)
    if shared is None:
        return Miss(start, queue, number, None)
    off = clause.target - (number or 0)
    return Miss(start, queue, number, (off if clause.rises else -off) * sum(map(shared, here)))


def by_channel(contacts: Sequence[Contact]) -> Iterator[tuple[str, list[Contact]]]:
    for channel in sorted({one.channel for one in contacts}):
        yield channel, [one for one in contacts if one.channel == channel]


def by_agent(contacts: Sequence[Contact]) -> Iterator[tuple[int, list[Contact]]]:
    """Give the contacts of each agent by id: a contact is of who had it last."""
    for agent in sorted({one.agent for one in contacts if one.agent is not None}):
        yield agent, [one for one in contacts if one.agent == agent]


def _within(contacts: Sequence[Contact], start: int, end: int) -> list[Contact]:
    return [one for one in contacts if one.counts and start <= one.at < end]
