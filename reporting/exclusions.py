"""What is proposed to be left out of a report, and what the numbers are with it and without. Values only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q

from reporting.choices import ExclusionState
from reporting.contacts import Contact
from reporting.models import Exclusion


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a proposal: `shown` has answered it, and why."""

    state: str
    shown: str
    why: str

    @property
    def label(self) -> str:
        return str(ExclusionState(self.state).label)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A proposal `[started_at, ended_at)`; None: the closure goes on. No `queue_ids`: every queue."""

    ref: UUID
    label: str
    reason: str
    started_at: datetime
    ended_at: datetime | None
    queue_ids: frozenset[int]
    proposed_shown: str
    answer: Answer

    @property
    def field(self) -> str:
        """The id of its field on a page."""
        return f"why-{self.ref}"

    @property
    def is_open(self) -> bool:
        return self.answer.state == ExclusionState.PROPOSED

    @property
    def is_accepted(self) -> bool:
        return self.answer.state == ExclusionState.ACCEPTED

    def touches(self, contact: Contact) -> bool:
        """Tell whether the contact came in, or waited, meanwhile; one that still waits does."""
        if self.queue_ids and contact.queue_id not in self.queue_ids:
            return False
        settled = contact.settled_at
        began_before = self.ended_at is None or contact.offered_at < self.ended_at
        return began_before and (settled is None or settled > self.started_at)


def left_out(start: datetime, end: datetime) -> tuple[LeftOut, ...]:
    """Return what is proposed of `[start, end)`, in order; in a tenant_scope, one statement."""
    touching = Q(ended_at__isnull=True) | Q(ended_at__gt=start)
    rows = Exclusion.objects.filter(touching, started_at__lt=end).exclude(ended_at=F("started_at"))
    return tuple(_view(row) for row in rows.order_by("started_at", "pk"))


def without(contacts: Sequence[Contact], exclusions: Iterable[LeftOut]) -> list[Contact]:
    """Return the contacts that none of them touches."""
    found = list(exclusions)
    return [contact for contact in contacts if not any(one.touches(contact) for one in found)]


def answers_of(closure_refs: Iterable[UUID]) -> dict[UUID, Answer]:
    """Return what became of the proposals of these closures; those that proposed nothing are missing."""
    rows = Exclusion.objects.filter(closure_ref__in=list(closure_refs))
    return {row.closure_ref: _answer(row) for row in rows}


def _view(row: Exclusion) -> LeftOut:
    return LeftOut(
        row.ref, row.label, row.reason, row.started_at, row.ended_at, frozenset(row.queue_ids),
        row.proposed_shown, _answer(row),
    )  # fmt: skip


def _answer(row: Exclusion) -> Answer:
    return Answer(row.state, row.answered_shown, row.why)
