"""What one contact adds to a sum: one or nothing, a count, or microseconds; and its durations one by one.

Each asks a contact with a clock, by which it reckons how long something took.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

from reporting.clocks import Clock, elapsed
from reporting.contacts import Asked, Contact, Reply, Stage, Stretch

SHORT_SECONDS = 5
"""Who leaves within so many seconds had not begun to wait."""
BRIEF = 10_000_000
"""A talk below this was none."""
MISSED = frozenset({"declined", "expired"})
UNRESOLVED = frozenset(Stage) - {Stage.AWAITED, Stage.CLOSED}
"""What is put off is not resolved: only the customer's own time is taken out (KPI.md section 4)."""
CUSTOMERS = UNRESOLVED - {Stage.SNOOZED, Stage.WRAP}
AUTHORS = frozenset({"agent", "bot"})
"""Kinds of actors who write to customers."""
MOST_BESIDE = 4
WORKED = (Stage.TALK, Stage.HOLD, Stage.WRAP)

Adds = Callable[[Contact, Clock], int]
Lists = Callable[[Contact, Clock], list[int]]


def waited(contact: Contact, clock: Clock) -> int | None:
    """Return how long it waited until it was answered or left, ringing included; None while it waits."""
    end = contact.settled_at
    return None if end is None else clock(contact, contact.offered_at, end)


def handled(contact: Contact, clock: Clock) -> int | None:
    """Return answer to the end of wrap-up, less the time it rested; None until then."""
    if contact.answered_at is None or contact.handled_at is None:
        return None
    return _total(contact, contact.handling, clock)


def in_target(contact: Contact, clock: Clock = elapsed) -> bool:
    """Tell whether it was answered within the target; exactly the target counts (LTE)."""
    return contact.answered_at is not None and _within(contact, contact.answered_at, clock)


def _within(contact: Contact, end: datetime, clock: Clock) -> bool:
    return clock(contact, contact.offered_at, end) <= contact.target_seconds * 1_000_000


def _total(contact: Contact, stretches: Iterable[Stretch], clock: Clock) -> int:
    if clock is elapsed:
        return sum([one.length for one in stretches])
    return sum([clock(contact, one.start, one.end) for one in stretches])


def one_if(test: Callable[[Contact, Clock], object]) -> Adds:
    return lambda contact, clock: 1 if test(contact, clock) else 0


def left(contact: Contact, clock: Clock) -> bool:
    return contact.abandoned_at is not None


def left_within(contact: Contact, clock: Clock) -> bool:
    return contact.abandoned_at is not None and _within(contact, contact.abandoned_at, clock)


def left_short(contact: Contact, clock: Clock) -> bool:
    """By elapsed time, whatever the clock: how patient somebody was has no opening hours."""
    if contact.abandoned_at is None:
        return False
    return contact.abandoned_at - contact.offered_at <= timedelta(seconds=SHORT_SECONDS)


def replied_within(contact: Contact, clock: Clock) -> bool:
    return contact.replied_at is not None and _within(contact, contact.replied_at, clock)


def flowed(contact: Contact, clock: Clock) -> bool:
    return contact.flowed_at is not None


def wait(contact: Contact, clock: Clock) -> int:
    return waited(contact, clock) or 0 if contact.answered_at else 0


def left_wait(contact: Contact, clock: Clock) -> int:
    return waited(contact, clock) or 0 if contact.abandoned_at else 0


def all_waits(contact: Contact, clock: Clock) -> int:
    return _total(contact, contact.during((Stage.LINE, Stage.BACK)), clock) if contact.answered_at else 0


def of_handling(*stages: Stage) -> Adds:
    def adds(contact: Contact, clock: Clock) -> int:
        return _total(contact, [one for one in contact.handling if one.stage in stages], clock)

    return adds


def wraps(contact: Contact, clock: Clock) -> bool:
    return any([one.stage is Stage.WRAP for one in contact.handling])


def is_brief(contact: Contact, clock: Clock) -> bool:
    if contact.handled_at is None:
        return False
    return _total(contact, [one for one in contact.handling if one.stage is Stage.TALK], elapsed) < BRIEF


def is_handled(contact: Contact, clock: Clock) -> bool:
    return contact.answered_at is not None and contact.handled_at is not None


def handed(*kinds: str) -> Adds:
    def adds(contact: Contact, clock: Clock) -> int:
        if not contact.handed or not is_handled(contact, clock):
            return 0
        return sum(1 for kind in contact.handed if kind in kinds)

    return adds


def offers_that(test: Callable[[Asked], bool]) -> Adds:
    def adds(contact: Contact, clock: Clock) -> int:
        return sum(1 for one in contact.offers if one.end and test(one)) if contact.offers else 0

    return adds


def customer_left(offer: Asked) -> bool:
    return offer.end == "withdrawn" and offer.reason == "left"


def _replies(contact: Contact, *, first: bool) -> list[Reply]:
    return [reply for reply in contact.replies if reply.is_first == first]


def count_replies(*, first: bool) -> Adds:
    return lambda contact, clock: len(_replies(contact, first=first)) if contact.replies else 0


def reply_times(*, first: bool) -> Adds:
    def adds(contact: Contact, clock: Clock) -> int:
        if not contact.replies:
            return 0
        return sum(clock(contact, one.asked_at, one.at) for one in _replies(contact, first=first))

    return adds


def from_answer(contact: Contact, clock: Clock) -> int:
    if contact.answered_at is None or contact.replied_at is None:
        return 0
    return clock(contact, contact.answered_at, contact.replied_at)


def answered_and_replied(contact: Contact, clock: Clock) -> bool:
    return contact.answered_at is not None and contact.replied_at is not None


def first_end(contact: Contact, clock: Clock) -> int:
    if contact.resolved_at is None:
        return 0
    return _total(contact, contact.during(UNRESOLVED, until=contact.resolved_at), clock)


def open_until_closed(stages: Collection[Stage]) -> Adds:
    def adds(contact: Contact, clock: Clock) -> int:
        if contact.resolved_at is None or contact.handled_at is None:
            return 0
        return _total(contact, contact.during(stages, until=contact.handled_at), clock)

    return adds


def reopened_within(days: int) -> Adds:
    limit = timedelta(days=days)
    return one_if(lambda one, clock: one.reopened and any(rest <= limit for rest in one.reopened))


def repeated_within(days: int) -> Adds:
    limit = timedelta(days=days)
    return one_if(lambda one, clock: one.repeated_after is not None and one.repeated_after <= limit)


def written_by(*kinds: str) -> Adds:
    """By exactly these kinds of authors; the system's own lines are nobody's."""
    wanted = frozenset(kinds)
    return lambda contact, clock: 1 if contact.authors and contact.authors & AUTHORS == wanted else 0


def beside(adds: Callable[[Contact, Clock], int], level: int) -> Adds:
    """Of contacts whose agent had so many of the brand's at their answer; the last level is that and more."""

    def of_level(contact: Contact, clock: Clock) -> int:
        if contact.beside is None or min(contact.beside, MOST_BESIDE) != level:
            return 0
        return int(adds(contact, clock))

    return of_level


def handle(contact: Contact, clock: Clock) -> int:
    return handled(contact, clock) or 0


def clocks_that(kind: str, *, missed: bool) -> Adds:
    def adds(contact: Contact, clock: Clock) -> int:
        if not contact.clocks:
            return 0
        return sum(1 for one in contact.clocks if one.is_over and (one.kind, one.is_missed) == (kind, missed))

    return adds


def late_clocks(contact: Contact, clock: Clock) -> int:
    return sum(1 for one in contact.clocks if one.is_missed and not one.is_over)


# ---- durations one by one ----


def waits(contact: Contact, clock: Clock) -> list[int]:
    return [wait(contact, clock)] if contact.answered_at else []


def left_waits(contact: Contact, clock: Clock) -> list[int]:
    return [left_wait(contact, clock)] if contact.abandoned_at else []


def handlings(contact: Contact, clock: Clock) -> list[int]:
    found = handled(contact, clock)
    return [] if found is None else [found]


def first_replies(contact: Contact, clock: Clock) -> list[int]:
    return [clock(contact, one.asked_at, one.at) for one in _replies(contact, first=True)]
