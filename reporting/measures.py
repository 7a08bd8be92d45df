"""Measures: what one contact adds to each sum that metrics are made of. Whole counts, whole microseconds.

A contact that does not count (a test, spam, a duplicate) adds nothing to any of them. Sums over parts add up
to the sum over the whole, whatever the parts are; averages and shares are taken last. Facts and roll-ups keep
them by their place: a new measure or spread goes to the end of its register.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reporting.clocks import Clock, elapsed
from reporting.contacts import Asked, Contact, Reply, Stage, Stretch
from reporting.histogram import Histogram, bucket_of
from reporting.repeats import is_case

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


@dataclass(frozen=True, slots=True)
class Measure:
    """`words` is what is counted or added up, as a formula names it.

    `of`: the field without which a contact adds nothing to it. `is_time`: in microseconds, else a count.
    """

    words: "str | Promise"
    adds: Adds
    of: str
    is_time: bool = False


@dataclass(slots=True)
class Sums:
    """The state of metrics over some contacts: a sum by measure, a histogram by spread. Adding merges.

    `exact`: percentiles of a spread that were taken of the durations themselves, in microseconds; of what was
    merged there are none.
    """

    numbers: Counter[str] = field(default_factory=Counter)
    spreads: dict[str, Histogram] = field(default_factory=dict)
    exact: dict[tuple[str, int], int] = field(default_factory=dict)

    @property
    def plain(self) -> dict[str, dict[str, Any]]:
        """As it is compared: {"numbers": {measure: sum}, "spreads": {spread: {bucket: count}}}, no zeros."""
        spreads = {name: {at: n for at, n in of.items() if n} for name, of in self.spreads.items()}
        return {
            "numbers": {name: number for name, number in self.numbers.items() if number},
            "spreads": {name: of for name, of in spreads.items() if of},
        }

    def __add__(self, other: "Sums") -> "Sums":
        found = Sums(self.numbers.copy(), {name: Counter(of) for name, of in self.spreads.items()})
        found.take(other)
        return found

    def take(self, other: "Sums") -> None:
        """Add the other's to its own."""
        self.exact = {}
        self.numbers.update(other.numbers)
        for name, found in other.spreads.items():
            self.spreads.setdefault(name, Counter()).update(found)


def all_of(contact: Contact) -> Sums:
    """Return everything that a contact adds, by elapsed time."""
    return sums_of([contact], numbers=MEASURES, spreads=SPREADS, clock=elapsed)


def adds_of(contact: Contact) -> list[int]:
    """Return what a contact adds to each measure by elapsed time, in their places."""
    found = NOTHING.copy()
    for has, measures in BY_FIELD:
        if has(contact):
            for place, add in measures:
                found[place] = add(contact, elapsed)
    return found


def lengths_of(contact: Contact) -> list[tuple[int, int]]:
    """Return the durations of a contact by elapsed time, each with the place of its spread."""
    return [(place, length) for place, of in enumerate(ALL_LISTS) for length in of(contact, elapsed)]


def sums_of(
    contacts: Iterable[Contact], *, numbers: Collection[str], spreads: Collection[str] = (), clock: Clock
) -> Sums:
    """Measure these contacts: only the named sums and spreads."""
    total, adds = Sums(Counter(), {name: Counter() for name in spreads}), Counter[str]()
    wanted = [(name, MEASURES[name].adds) for name in numbers]
    for contact in contacts:
        if not contact.counts:
            continue
        for name, add in wanted:
            adds[name] += add(contact, clock)
        for name in spreads:
            total.spreads[name].update(map(bucket_of, SPREADS[name].lists(contact, clock)))
    total.numbers = adds
    return total


def adds_to(contact: Contact, names: Iterable[str]) -> bool:
    """Tell whether the contact is behind a figure that is made of these."""
    return contact.counts and any(MEASURES[name].adds(contact, elapsed) for name in names)


# ---- what is asked of one contact ----


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


def _is(test: Callable[[Contact, Clock], object]) -> Adds:
    return lambda contact, clock: 1 if test(contact, clock) else 0


def _left(contact: Contact, clock: Clock) -> bool:
    return contact.abandoned_at is not None


def _left_within(contact: Contact, clock: Clock) -> bool:
    return contact.abandoned_at is not None and _within(contact, contact.abandoned_at, clock)


def _left_short(contact: Contact, clock: Clock) -> bool:
    """By elapsed time, whatever the clock: how patient somebody was has no opening hours."""
    if contact.abandoned_at is None:
        return False
    return contact.abandoned_at - contact.offered_at <= timedelta(seconds=SHORT_SECONDS)


def _replied_within(contact: Contact, clock: Clock) -> bool:
    return contact.replied_at is not None and _within(contact, contact.replied_at, clock)


def _flowed(contact: Contact, clock: Clock) -> bool:
    return contact.flowed_at is not None


def _wait(contact: Contact, clock: Clock) -> int:
    return waited(contact, clock) or 0 if contact.answered_at else 0


def _left_wait(contact: Contact, clock: Clock) -> int:
    return waited(contact, clock) or 0 if contact.abandoned_at else 0


def _all_waits(contact: Contact, clock: Clock) -> int:
    return _total(contact, contact.during((Stage.LINE, Stage.BACK)), clock) if contact.answered_at else 0


def _of_handling(*stages: Stage) -> Adds:
    def adds(contact: Contact, clock: Clock) -> int:
        return _total(contact, [one for one in contact.handling if one.stage in stages], clock)

    return adds


def _wraps(contact: Contact, clock: Clock) -> bool:
    return any([one.stage is Stage.WRAP for one in contact.handling])


def _is_brief(contact: Contact, clock: Clock) -> bool:
    if contact.handled_at is None:
        return False
    return _total(contact, [one for one in contact.handling if one.stage is Stage.TALK], elapsed) < BRIEF


def _is_handled(contact: Contact, clock: Clock) -> bool:
    return contact.answered_at is not None and contact.handled_at is not None


def _handed(*kinds: str) -> Adds:
    def adds(contact: Contact, clock: Clock) -> int:
        if not contact.handed or not _is_handled(contact, clock):
            return 0
        return sum(1 for kind in contact.handed if kind in kinds)

    return adds


def _offers(test: Callable[[Asked], bool]) -> Adds:
    def adds(contact: Contact, clock: Clock) -> int:
        return sum(1 for one in contact.offers if one.end and test(one)) if contact.offers else 0

    return adds


def _customer_left(offer: Asked) -> bool:
    return offer.end == "withdrawn" and offer.reason == "left"


def _replies(contact: Contact, *, first: bool) -> list[Reply]:
    return [reply for reply in contact.replies if reply.is_first == first]


def _count_replies(*, first: bool) -> Adds:
    return lambda contact, clock: len(_replies(contact, first=first)) if contact.replies else 0


def _reply_times(*, first: bool) -> Adds:
    def adds(contact: Contact, clock: Clock) -> int:
        if not contact.replies:
            return 0
        return sum(clock(contact, one.asked_at, one.at) for one in _replies(contact, first=first))

    return adds


def _from_answer(contact: Contact, clock: Clock) -> int:
    if contact.answered_at is None or contact.replied_at is None:
        return 0
    return clock(contact, contact.answered_at, contact.replied_at)


def _answered_and_replied(contact: Contact, clock: Clock) -> bool:
    return contact.answered_at is not None and contact.replied_at is not None


def _first_end(contact: Contact, clock: Clock) -> int:
    if contact.resolved_at is None:
        return 0
    return _total(contact, contact.during(UNRESOLVED, until=contact.resolved_at), clock)


def _open_until_closed(stages: Collection[Stage]) -> Adds:
    def adds(contact: Contact, clock: Clock) -> int:
        if contact.resolved_at is None or contact.handled_at is None:
            return 0
        return _total(contact, contact.during(stages, until=contact.handled_at), clock)

    return adds


def _reopened_within(days: int) -> Adds:
    limit = timedelta(days=days)
    return _is(lambda one, clock: one.reopened and any(rest <= limit for rest in one.reopened))


def _repeated_within(days: int) -> Adds:
    limit = timedelta(days=days)
    return _is(lambda one, clock: one.repeated_after is not None and one.repeated_after <= limit)


def _written_by(*kinds: str) -> Adds:
    """By exactly these kinds of authors; the system's own lines are nobody's."""
    wanted = frozenset(kinds)
    return lambda contact, clock: 1 if contact.authors and contact.authors & AUTHORS == wanted else 0


def _beside(adds: Callable[[Contact, Clock], int], level: int) -> Adds:
    """Of contacts whose agent had so many of the brand's at their answer; the last level is that and more."""

    def of_level(contact: Contact, clock: Clock) -> int:
        if contact.beside is None or min(contact.beside, MOST_BESIDE) != level:
            return 0
        return int(adds(contact, clock))

    return of_level


def _handle(contact: Contact, clock: Clock) -> int:
    return handled(contact, clock) or 0


def _clocks(kind: str, *, missed: bool) -> Adds:
    def adds(contact: Contact, clock: Clock) -> int:
        if not contact.clocks:
            return 0
        return sum(1 for one in contact.clocks if one.is_over and (one.kind, one.is_missed) == (kind, missed))

    return adds


def _late_clocks(contact: Contact, clock: Clock) -> int:
    return sum(1 for one in contact.clocks if one.is_missed and not one.is_over)


MEASURES: dict[str, Measure] = {
    "offered": Measure(_("offered"), _is(lambda contact, clock: True), "entry"),
    "answered": Measure(_("answered"), _is(lambda contact, clock: contact.answered_at), "answered_at"),
    "in_target": Measure(_("answered within the target"), _is(in_target), "answered_at"),
    "replied": Measure(_("replied to"), _is(lambda contact, clock: contact.replied_at), "replied_at"),
    "replied_in_target": Measure(_("replied to within the target"), _is(_replied_within), "replied_at"),
    "abandoned": Measure(_("abandoned"), _is(_left), "abandoned_at"),
    "abandoned_in_target": Measure(_("abandoned within the target"), _is(_left_within), "abandoned_at"),
    "abandoned_short": Measure(_("abandoned at once"), _is(_left_short), "abandoned_at"),
    "flowed": Measure(_("flowed out"), _is(_flowed), "flowed_at"),
    "wait": Measure(_("waits of the answered"), _wait, "answered_at", is_time=True),
    "all_waits": Measure(_("all waits of the answered"), _all_waits, "answered_at", is_time=True),
    "abandoned_wait": Measure(_("waits of the abandoned"), _left_wait, "abandoned_at", is_time=True),
    "told": Measure(_("told how long it takes"), _is(lambda contact, clock: contact.told), "told"),
    "offers": Measure(_("offers to agents"), _offers(lambda offer: True), "offers"),
    "offers_missed": Measure(
        _("offers declined or not answered"), _offers(lambda one: one.end in MISSED), "offers"
    ),
    "offers_left": Measure(_("offers whose customer left"), _offers(_customer_left), "offers"),
    "promised": Measure(_("calls promised"), lambda contact, clock: contact.promises, "promises"),
    "kept": Measure(_("calls kept"), lambda contact, clock: contact.kept, "kept"),
    "missed": Measure(_("calls missed"), lambda contact, clock: contact.missed, "missed"),
    "handled": Measure(_("handled"), _is(_is_handled), "handled_at"),
    "handle": Measure(_("answer to end of wrap-up"), _handle, "handled_at", is_time=True),
    "worked": Measure(_("talk, hold and wrap-up"), _of_handling(*WORKED), "handled_at", is_time=True),
    "wrapped": Measure(_("handled with wrap-up"), _is(_wraps), "handled_at"),
    "wrap": Measure(_("time in wrap-up"), _of_handling(Stage.WRAP), "handled_at", is_time=True),
    "handed": Measure(_("handed over by agents"), _handed("queue", "agent", "consult"), "handed"),
    "handed_queue": Measure(_("handed to a queue"), _handed("queue"), "handed"),
    "handed_agent": Measure(_("handed to an agent"), _handed("agent", "consult"), "handed"),
    "handed_consult": Measure(_("handed to an agent who was asked first"), _handed("consult"), "handed"),
    "left_on_hold": Measure(
        _("left by customers on hold"), _is(lambda contact, clock: contact.left_on_hold), "left_on_hold"
    ),
    "brief": Measure(_("handled with hardly a talk"), _is(_is_brief), "handled_at"),
    "first_replies": Measure(_("first replies"), _count_replies(first=True), "replies"),
    "first_reply": Measure(_("waits for first replies"), _reply_times(first=True), "replies", is_time=True),
    "answered_replies": Measure(_("answered and replied to"), _is(_answered_and_replied), "replied_at"),
    "answer_to_reply": Measure(_("answer to first reply"), _from_answer, "replied_at", is_time=True),
    "next_replies": Measure(_("later replies"), _count_replies(first=False), "replies"),
    "next_reply": Measure(_("waits for later replies"), _reply_times(first=False), "replies", is_time=True),
    "resolved": Measure(_("closed"), _is(lambda contact, clock: contact.resolved_at), "resolved_at"),
    "first_end": Measure(_("time until first closed"), _first_end, "resolved_at", is_time=True),
    "last_end": Measure(
        _("time until last closed"), _open_until_closed(UNRESOLVED), "resolved_at", is_time=True
    ),
    "requester": Measure(_("time that was ours"), _open_until_closed(CUSTOMERS), "resolved_at", is_time=True),
    "work": Measure(
        _("time that was ours, not on hold"), _open_until_closed(CUSTOMERS - {Stage.HOLD}), "resolved_at",
        is_time=True,
    ),
    "reopened_1d": Measure(_("opened again within a day"), _reopened_within(1), "reopened"),
    "reopened_7d": Measure(_("opened again within 7 days"), _reopened_within(7), "reopened"),
    "first_met": Measure(_("first responses in time"), _clocks("first", missed=False), "clocks"),
    "first_missed": Measure(_("first responses too late"), _clocks("first", missed=True), "clocks"),
    "next_met": Measure(_("next responses in time"), _clocks("next", missed=False), "clocks"),
    "next_missed": Measure(_("next responses too late"), _clocks("next", missed=True), "clocks"),
    "resolution_met": Measure(_("resolutions in time"), _clocks("resolution", missed=False), "clocks"),
    "resolution_missed": Measure(_("resolutions too late"), _clocks("resolution", missed=True), "clocks"),
    "update_met": Measure(_("updates in time"), _clocks("update", missed=False), "clocks"),
    "update_missed": Measure(_("updates too late"), _clocks("update", missed=True), "clocks"),
    "clocks_late": Measure(_("clocks that run on past their target"), _late_clocks, "clocks"),
    "cases": Measure(
        _("closed with a reason, of a known customer"), _is(lambda one, clock: is_case(one)), "reason"
    ),
    "repeated_1d": Measure(_("repeated within a day"), _repeated_within(1), "reason"),
    "repeated_2d": Measure(_("repeated within 2 days"), _repeated_within(2), "reason"),
    "repeated_7d": Measure(_("repeated within 7 days"), _repeated_within(7), "reason"),
    "human": Measure(_("written to by people alone"), _written_by("agent"), "authors"),
    "automatic": Measure(_("written to by automated agents alone"), _written_by("bot"), "authors"),
    "mixed": Measure(_("written to by both"), _written_by("agent", "bot"), "authors"),
    "handled_beside_1": Measure(_("handled alone"), _beside(_is_handled, 1), "beside"),
    "handle_beside_1": Measure(_("handle time of those alone"), _beside(_handle, 1), "beside", is_time=True),
    "handled_beside_2": Measure(_("handled as one of two"), _beside(_is_handled, 2), "beside"),
    "handle_beside_2": Measure(
        _("handle time of those that were one of two"), _beside(_handle, 2), "beside", is_time=True
    ),
    "handled_beside_3": Measure(_("handled as one of three"), _beside(_is_handled, 3), "beside"),
    "handle_beside_3": Measure(
        _("handle time of those that were one of three"), _beside(_handle, 3), "beside", is_time=True
    ),
    "handled_beside_4": Measure(_("handled as one of four or more"), _beside(_is_handled, 4), "beside"),
    "handle_beside_4": Measure(
        _("handle time of those that were one of four or more"), _beside(_handle, 4), "beside", is_time=True
    ),
    "flowed_unreplied": Measure(
        _("flowed out and not replied to"), _is(lambda one, clock: one.flowed_at and not one.replied_at),
        "flowed_at",
    ),
}  # fmt: skip
"""In the order of their places: what is new goes to the end, none is taken out."""
REPEATED = frozenset(name for name in MEASURES if name.startswith("repeated_"))
"""Those that ask how soon the customer came again."""
NOTHING = [0] * len(MEASURES)
BY_FIELD = [
    (attrgetter(field), [(place, one.adds) for place, one in enumerate(MEASURES.values()) if one.of == field])
    for field in dict.fromkeys(one.of for one in MEASURES.values())
]
"""Which measures may have something of a contact that has the field, with their places."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Durations of which percentiles are taken; `count` is the measure that says how many there are."""

    words: "str | Promise"
    count: str
    lists: Lists


def _waits(contact: Contact, clock: Clock) -> list[int]:
    return [_wait(contact, clock)] if contact.answered_at else []


def _left_waits(contact: Contact, clock: Clock) -> list[int]:
    return [_left_wait(contact, clock)] if contact.abandoned_at else []


def _handlings(contact: Contact, clock: Clock) -> list[int]:
    found = handled(contact, clock)
    return [] if found is None else [found]


def _first_replies(contact: Contact, clock: Clock) -> list[int]:
    return [clock(contact, one.asked_at, one.at) for one in _replies(contact, first=True)]


SPREADS: dict[str, Spread] = {
    "wait": Spread(_("waits of the answered"), "answered", _waits),
    "handle": Spread(_("answer to end of wrap-up"), "handled", _handlings),
    "first_reply": Spread(_("waits for first replies"), "first_replies", _first_replies),
    "abandoned_wait": Spread(_("waits of the abandoned"), "abandoned", _left_waits),
}
"""In the order of their places, as MEASURES."""
ALL_LISTS = tuple(one.lists for one in SPREADS.values())
