"""Measures: what one contact adds to each sum that metrics are made of. Whole counts, whole microseconds.

A contact that does not count (a test, spam, a duplicate) adds nothing to any of them. Sums over parts add up
to the sum over the whole, whatever the parts are; averages and shares are taken last. Facts and roll-ups keep
them by their place: a new measure or spread goes to the end of its register.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reporting.amounts import (
    CUSTOMERS,
    MISSED,
    UNRESOLVED,
    WORKED,
    Adds,
    Lists,
    all_waits,
    answered_and_replied,
    beside,
    clocks_that,
    count_replies,
    customer_left,
    first_end,
    first_replies,
    flowed,
    from_answer,
    handed,
    handle,
    handlings,
    in_target,
    is_brief,
    is_handled,
    late_clocks,
    left,
    left_short,
    left_wait,
    left_waits,
    left_within,
    of_handling,
    offers_that,
    one_if,
    open_until_closed,
    reopened_within,
    repeated_within,
    replied_within,
    reply_times,
    wait,
    waits,
    wraps,
    written_by,
)
from reporting.clocks import Clock, elapsed
from reporting.contacts import Contact, Stage
from reporting.histogram import Histogram, bucket_of
from reporting.repeats import is_case


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


MEASURES: dict[str, Measure] = {
    "offered": Measure(_("offered"), one_if(lambda contact, clock: True), "entry"),
    "answered": Measure(_("answered"), one_if(lambda contact, clock: contact.answered_at), "answered_at"),
    "in_target": Measure(_("answered within the target"), one_if(in_target), "answered_at"),
    "replied": Measure(_("replied to"), one_if(lambda contact, clock: contact.replied_at), "replied_at"),
    "replied_in_target": Measure(_("replied to within the target"), one_if(replied_within), "replied_at"),
    "abandoned": Measure(_("abandoned"), one_if(left), "abandoned_at"),
    "abandoned_in_target": Measure(_("abandoned within the target"), one_if(left_within), "abandoned_at"),
    "abandoned_short": Measure(_("abandoned at once"), one_if(left_short), "abandoned_at"),
    "flowed": Measure(_("flowed out"), one_if(flowed), "flowed_at"),
    "wait": Measure(_("waits of the answered"), wait, "answered_at", is_time=True),
    "all_waits": Measure(_("all waits of the answered"), all_waits, "answered_at", is_time=True),
    "abandoned_wait": Measure(_("waits of the abandoned"), left_wait, "abandoned_at", is_time=True),
    "told": Measure(_("told how long it takes"), one_if(lambda contact, clock: contact.told), "told"),
    "offers": Measure(_("offers to agents"), offers_that(lambda offer: True), "offers"),
    "offers_missed": Measure(
        _("offers declined or not answered"), offers_that(lambda one: one.end in MISSED), "offers"
    ),
    "offers_left": Measure(_("offers whose customer left"), offers_that(customer_left), "offers"),
    "promised": Measure(_("calls promised"), lambda contact, clock: contact.promises, "promises"),
    "kept": Measure(_("calls kept"), lambda contact, clock: contact.kept, "kept"),
    "missed": Measure(_("calls missed"), lambda contact, clock: contact.missed, "missed"),
    "handled": Measure(_("handled"), one_if(is_handled), "handled_at"),
    "handle": Measure(_("answer to end of wrap-up"), handle, "handled_at", is_time=True),
    "worked": Measure(_("talk, hold and wrap-up"), of_handling(*WORKED), "handled_at", is_time=True),
    "wrapped": Measure(_("handled with wrap-up"), one_if(wraps), "handled_at"),
    "wrap": Measure(_("time in wrap-up"), of_handling(Stage.WRAP), "handled_at", is_time=True),
    "handed": Measure(_("handed over by agents"), handed("queue", "agent", "consult"), "handed"),
    "handed_queue": Measure(_("handed to a queue"), handed("queue"), "handed"),
    "handed_agent": Measure(_("handed to an agent"), handed("agent", "consult"), "handed"),
    "handed_consult": Measure(_("handed to an agent who was asked first"), handed("consult"), "handed"),
    "left_on_hold": Measure(
        _("left by customers on hold"), one_if(lambda contact, clock: contact.left_on_hold), "left_on_hold"
    ),
    "brief": Measure(_("handled with hardly a talk"), one_if(is_brief), "handled_at"),
    "first_replies": Measure(_("first replies"), count_replies(first=True), "replies"),
    "first_reply": Measure(_("waits for first replies"), reply_times(first=True), "replies", is_time=True),
    "answered_replies": Measure(_("answered and replied to"), one_if(answered_and_replied), "replied_at"),
    "answer_to_reply": Measure(_("answer to first reply"), from_answer, "replied_at", is_time=True),
    "next_replies": Measure(_("later replies"), count_replies(first=False), "replies"),
    "next_reply": Measure(_("waits for later replies"), reply_times(first=False), "replies", is_time=True),
    "resolved": Measure(_("closed"), one_if(lambda contact, clock: contact.resolved_at), "resolved_at"),
    "first_end": Measure(_("time until first closed"), first_end, "resolved_at", is_time=True),
    "last_end": Measure(
        _("time until last closed"), open_until_closed(UNRESOLVED), "resolved_at", is_time=True
    ),
    "requester": Measure(_("time that was ours"), open_until_closed(CUSTOMERS), "resolved_at", is_time=True),
    "work": Measure(
        _("time that was ours, not on hold"), open_until_closed(CUSTOMERS - {Stage.HOLD}), "resolved_at",
        is_time=True,
    ),
    "reopened_1d": Measure(_("opened again within a day"), reopened_within(1), "reopened"),
    "reopened_7d": Measure(_("opened again within 7 days"), reopened_within(7), "reopened"),
    "first_met": Measure(_("first responses in time"), clocks_that("first", missed=False), "clocks"),
    "first_missed": Measure(_("first responses too late"), clocks_that("first", missed=True), "clocks"),
    "next_met": Measure(_("next responses in time"), clocks_that("next", missed=False), "clocks"),
    "next_missed": Measure(_("next responses too late"), clocks_that("next", missed=True), "clocks"),
    "resolution_met": Measure(_("resolutions in time"), clocks_that("resolution", missed=False), "clocks"),
    "resolution_missed": Measure(_("resolutions too late"), clocks_that("resolution", missed=True), "clocks"),
    "update_met": Measure(_("updates in time"), clocks_that("update", missed=False), "clocks"),
    "update_missed": Measure(_("updates too late"), clocks_that("update", missed=True), "clocks"),
    "clocks_late": Measure(_("clocks that run on past their target"), late_clocks, "clocks"),
    "cases": Measure(
        _("closed with a reason, of a known customer"), one_if(lambda one, clock: is_case(one)), "reason"
    ),
    "repeated_1d": Measure(_("repeated within a day"), repeated_within(1), "reason"),
    "repeated_2d": Measure(_("repeated within 2 days"), repeated_within(2), "reason"),
    "repeated_7d": Measure(_("repeated within 7 days"), repeated_within(7), "reason"),
    "human": Measure(_("written to by people alone"), written_by("agent"), "authors"),
    "automatic": Measure(_("written to by automated agents alone"), written_by("bot"), "authors"),
    "mixed": Measure(_("written to by both"), written_by("agent", "bot"), "authors"),
    "handled_beside_1": Measure(_("handled alone"), beside(is_handled, 1), "beside"),
    "handle_beside_1": Measure(_("handle time of those alone"), beside(handle, 1), "beside", is_time=True),
    "handled_beside_2": Measure(_("handled as one of two"), beside(is_handled, 2), "beside"),
    "handle_beside_2": Measure(
        _("handle time of those that were one of two"), beside(handle, 2), "beside", is_time=True
    ),
    "handled_beside_3": Measure(_("handled as one of three"), beside(is_handled, 3), "beside"),
    "handle_beside_3": Measure(
        _("handle time of those that were one of three"), beside(handle, 3), "beside", is_time=True
    ),
    "handled_beside_4": Measure(_("handled as one of four or more"), beside(is_handled, 4), "beside"),
    "handle_beside_4": Measure(
        _("handle time of those that were one of four or more"), beside(handle, 4), "beside", is_time=True
    ),
    "flowed_unreplied": Measure(
        _("flowed out and not replied to"), one_if(lambda one, clock: one.flowed_at and not one.replied_at),
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


SPREADS: dict[str, Spread] = {
    "wait": Spread(_("waits of the answered"), "answered", waits),
    "handle": Spread(_("answer to end of wrap-up"), "handled", handlings),
    "first_reply": Spread(_("waits for first replies"), "first_replies", first_replies),
    "abandoned_wait": Spread(_("waits of the abandoned"), "abandoned", left_waits),
}
"""In the order of their places, as MEASURES."""
ALL_LISTS = tuple(one.lists for one in SPREADS.values())
