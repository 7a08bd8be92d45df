"""Contacts: what one entry of an interaction into a queue was. Values, without Django; `folding` makes them.

A contact is what a service level counts. One that was closed and goes on is no new contact: its later waits
are not offered again, the time it lay is not handled. One that is moved to another queue has left this one,
and is a new contact of that one. One that was promised a call while it waited has left the line: neither
answered nor abandoned.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class Stage(StrEnum):
    """Where a contact was for a stretch of time."""

    LINE = "line"
    TALK = "talk"
    HOLD = "hold"
    AWAITED = "awaited"  # the customer's turn
    SNOOZED = "snoozed"
    WRAP = "wrap"
    CLOSED = "closed"
    CALLBACK = "callback"  # until the promised call
    BACK = "back"  # in the line again, after it was closed or for the call


PAUSED = frozenset({Stage.AWAITED, Stage.SNOOZED})
RESTED = frozenset({Stage.CLOSED, Stage.CALLBACK, Stage.BACK})
"""Nobody had it, and it did not wait for its first answer."""


def microseconds(span: timedelta) -> int:
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


class Stretch(NamedTuple):
    """`[start, end)` of a stage, aware UTC; `length` in microseconds."""

    stage: Stage
    start: datetime
    end: datetime
    length: int


@dataclass(frozen=True, slots=True)
class Told:
    """What a waiting customer was told at `at`: P50 and P80 of seconds to come. `given`: first or last."""

    given: str
    p50: int
    p80: int
    place: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """An agent's message at `at`, and since when the customer waited for it.

    `is_first`: the first one since it came in, or since it was opened again.
    """

    asked_at: datetime
    at: datetime
    is_first: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """An offer to an agent: `end` is accepted, declined, expired, withdrawn, or "" while it rings."""

    made_at: datetime
    end: str
    reason: str = ""


@dataclass(slots=True)
class Ticked:
    """A clock with a target that was decided with the contact: fulfilled in time, or missed.

    `is_over`: it has ended; what is missed may go on.
    """

    kind: str
    is_missed: bool
    is_over: bool


@dataclass(slots=True)
class Contact:
    """One entry into a queue. Instants are aware UTC, null while they have not come.

    `target_share`: so many per cent were to be answered within the target then; null where nobody had said.
    `resolved_at` is its first end by `closed`, `handled_at` the last one, or when it left for another queue.
    `handed`: by its agents, to `queue`, `agent` or, asked first, `consult`. `reopened`: how long it had been
    closed each time. `clocks`: those that were fulfilled or missed while it was the one in hand. `came_at`:
    when the interaction was opened, by `customer_id`. `beside`: how many of the brand its agent had when it
    was answered, this one included. `authors`: kinds of those who wrote to the customer. `repeated_after`:
    how long after its end the customer came again for the same reason.
    Folding alone writes here, and `repeats`.
    """

    interaction_ref: UUID
    entry: int
    queue_id: int
    channel: str
    offered_at: datetime
    target_seconds: int
    is_test: bool
    target_share: int | None = None
    answered_at: datetime | None = None
    replied_at: datetime | None = None
    agent_id: int | None = None
    abandoned_at: datetime | None = None
    handled_at: datetime | None = None
    resolved_at: datetime | None = None
    flowed_at: datetime | None = None
    not_a_contact: bool = False
    reason: str = ""
    outcome: str = ""
    promises: int = 0
    kept: int = 0
    missed: int = 0
    left_on_hold: bool = False
    customer_id: int | None = None
    came_at: datetime | None = None
    beside: int | None = None
    repeated_after: timedelta | None = None
    authors: set[str] = field(default_factory=set)
    told: list[Told] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    handed: list[str] = field(default_factory=list)
    reopened: list[timedelta] = field(default_factory=list)
    offers: list[Asked] = field(default_factory=list)
    clocks: list[Ticked] = field(default_factory=list)
    _handling: list[Stretch] | None = field(default=None, repr=False, compare=False)

    @property
    def counts(self) -> bool:
        """Offered = entered a queue, not a test, not spam or a duplicate (KPI.md section 1)."""
        return not self.is_test and not self.not_a_contact

    @property
    def settled_at(self) -> datetime | None:
        """When its wait was over by an answer or because the customer left; null while waiting."""
        return self.answered_at or self.abandoned_at

    @property
    def handling(self) -> list[Stretch]:
        """From the answer to the end of wrap-up, less the time it rested; empty until then."""
        if self._handling is None:
            self._handling = self._worked()
        return self._handling

    def _worked(self) -> list[Stretch]:
        if self.answered_at is None or self.handled_at is None:
            return []
        answered, handled = self.answered_at, self.handled_at
        return [
            one
            for one in self.stretches
            if one.stage not in RESTED and one.start >= answered and one.end <= handled
        ]

    def during(self, stages: Iterable[Stage], *, until: datetime | None = None) -> list[Stretch]:
        """Return its stretches of these stages, those that were over by then."""
        return [one for one in self.stretches if one.stage in stages and (until is None or one.end <= until)]
