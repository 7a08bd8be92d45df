"""Contacts: the log of one interaction folded into its entries into a queue. Pure, without Django.

A contact is what a service level counts: one entry of an interaction into one queue. One that was closed and
goes on is no new contact: its later waits are not offered again, the time it lay is not handled. One that was
promised a call while it waited has left the line: neither answered nor abandoned. The order inside one
interaction is `n`, never the order of arrival, so doubled and late events cost nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class LogRow:
    """The part of an Event that the fold reads; `data` holds ids, numbers and codes."""

    interaction_ref: UUID
    n: int
    kind: str
    occurred_at: datetime
    is_test: bool
    actor_id: int | None
    data: dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What a waiting customer was told at `at`: P50 and P80 of seconds to come. `given`: first or last."""

    given: str
    p50: int
    p80: int
    place: int
    at: datetime


@dataclass(frozen=True)
class Contact:
    """One entry into a queue. Instants are aware UTC, null while they have not come.

    `target_share`: so many per cent were to be answered within the target then; null where nobody had said.
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
    agent_id: int | None = None
    abandoned_at: datetime | None = None
    wrap_up_at: datetime | None = None
    handled_at: datetime | None = None
    not_a_contact: bool = False
    reason: str = ""
    outcome: str = ""
    told: tuple[Told, ...] = ()
    flowed_at: datetime | None = None
    promises: int = 0
    kept: int = 0
    missed: int = 0
    rest: timedelta = timedelta()
    rests_since: datetime | None = None

    @property
    def counts(self) -> bool:
        """Offered = entered a queue, not a test, not spam or a duplicate (KPI.md section 1)."""
        return not self.is_test and not self.not_a_contact

    @property
    def waited(self) -> timedelta | None:
        """Seconds in the queue until answer or abandon, ringing included; null while waiting."""
        end = self.answered_at or self.abandoned_at
        return end - self.offered_at if end else None

    @property
    def handled(self) -> timedelta | None:
        """Answer to the end of wrap-up, less the time it lay closed; null until then."""
        if self.answered_at is None or self.handled_at is None:
            return None
        return self.handled_at - self.answered_at - self.rest

    @property
    def in_target(self) -> bool:
        """Answered within the target; exactly the target counts (LTE)."""
        return self.answered_at is not None and self.waited <= timedelta(seconds=self.target_seconds)  # type: ignore[operator]


def fold(rows: Iterable[LogRow]) -> list[Contact]:
    """Return the contacts of all interactions in `rows`, ordered by the instant they were offered."""
    ordered = sorted(rows, key=lambda row: (row.interaction_ref, row.n))
    groups = groupby(ordered, key=lambda row: row.interaction_ref)
    contacts = [contact for _, log in groups for contact in _fold_one(log)]
    return sorted(contacts, key=lambda contact: (contact.offered_at, contact.interaction_ref, contact.entry))


def _fold_one(log: Iterable[LogRow]) -> list[Contact]:
    contacts: list[Contact] = []
    seen = 0
    for row in log:
        if row.n == seen:
            continue  # the same event twice
        seen = row.n
        if row.kind == "interaction.queued" and not row.data.get("again"):
            contacts.append(_entered(row, len(contacts) + 1))
        elif contacts and (step := STEPS.get(row.kind)):
            contacts[-1] = step(contacts[-1], row)
    return contacts


def _entered(row: LogRow, entry: int) -> Contact:
    return Contact(
        interaction_ref=row.interaction_ref,
        entry=entry,
        queue_id=int(row.data["queue_id"]),
        channel=str(row.data["channel"]),
        offered_at=row.occurred_at,
        target_seconds=int(row.data["target_seconds"]),
        is_test=row.is_test,
        target_share=int(share) if (share := row.data.get("target_share")) else None,
    )


def _answered(contact: Contact, row: LogRow) -> Contact:
    """The first answer is the answer: work that returns to the queue was answered all the same.

    Who was promised a call has left the line for it, and is answered in no line.
    """
    if contact.flowed_at:
        return replace(contact, agent_id=row.data.get("agent_id"))
    if contact.answered_at:
        rested = row.occurred_at - contact.rests_since if contact.rests_since else timedelta()
        return replace(
            contact, agent_id=row.data.get("agent_id"), rest=contact.rest + rested, rests_since=None
        )
    return replace(contact, answered_at=row.occurred_at, agent_id=row.data.get("agent_id"))


def _abandoned(contact: Contact, row: LogRow) -> Contact:
    if contact.answered_at or contact.flowed_at:
        return contact
    return replace(contact, abandoned_at=row.occurred_at)


def _wrapping(contact: Contact, row: LogRow) -> Contact:
    return replace(contact, wrap_up_at=row.occurred_at)


def _reopened(contact: Contact, row: LogRow) -> Contact:
    """From wrap-up the handling just goes on; from closed it rests until somebody takes it."""
    if row.data.get("from") == "wrap_up":
        return replace(contact, wrap_up_at=None)
    return replace(contact, rests_since=contact.handled_at)


def _closed(contact: Contact, row: LogRow) -> Contact:
    return replace(
        contact,
        handled_at=row.occurred_at if contact.answered_at else None,
        not_a_contact=bool(row.data.get("not_a_contact")),
        reason=str(row.data.get("reason") or ""),
        outcome=str(row.data.get("outcome") or ""),
    )


def _told(contact: Contact, row: LogRow) -> Contact:
    said = Told(
        str(row.data.get("given")), int(row.data["p50"]), int(row.data["p80"]), int(row.data["place"]),
        row.occurred_at,
    )  # fmt: skip
    return replace(contact, told=(*contact.told, said))


def _promised(contact: Contact, row: LogRow) -> Contact:
    """Out of the line before an answer; after one, the agent's work rests until the call."""
    promised = replace(contact, promises=contact.promises + 1)
    if contact.answered_at is None:
        return replace(promised, flowed_at=contact.flowed_at or row.occurred_at)
    return replace(promised, handled_at=row.occurred_at, rests_since=row.occurred_at)


def _attempted(contact: Contact, row: LogRow) -> Contact:
    """Nobody answered, and it is tried again: until then the work rests."""
    if not row.data.get("again") or contact.answered_at is None:
        return contact
    return replace(contact, handled_at=row.occurred_at, rests_since=row.occurred_at)


def _kept(contact: Contact, row: LogRow) -> Contact:
    return replace(contact, kept=contact.kept + 1)


def _missed(contact: Contact, row: LogRow) -> Contact:
    return replace(contact, missed=contact.missed + 1)


def _corrected(contact: Contact, row: LogRow) -> Contact:
    """What it was about and how it ended as it stands now; each pair is what stood before, and after."""
    return replace(
        contact,
        not_a_contact=bool(row.data.get("not_a_contact")),
        reason=str(row.data["reason"][1] or ""),
        outcome=str(row.data["outcome"][1] or ""),
    )


STEPS = {
    "interaction.wait_estimated": _told,
    "interaction.assigned": _answered,
    "interaction.abandoned": _abandoned,
    "interaction.wrapped": _wrapping,
    "interaction.closed": _closed,
    "interaction.reopened": _reopened,
    "interaction.corrected": _corrected,
    "callback.promised": _promised,
    "callback.attempted": _attempted,
    "callback.kept": _kept,
    "callback.missed": _missed,
}
