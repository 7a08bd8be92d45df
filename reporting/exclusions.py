"""What is proposed to be left out of a report, and what the numbers are with it and without. Values only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from core.shares import percent
from reporting.choices import Cause, ExclusionState
from reporting.contacts import Contact
from reporting.evidence import Reference
from reporting.issued.covered import covered_since, holds
from reporting.models import Exclusion
from reporting.numbers import hundredths


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a proposal: `shown` has answered it at `at`, and why."""

    state: str
    shown: str
    why: str
    at: datetime | None = None

    @property
    def label(self) -> str:
        return str(ExclusionState(self.state).label)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A proposal `[started_at, ended_at)`; None: the closure goes on. No `queue_ids`: every queue.

    `evidence`, `references` and `measured` as in reporting.models.Exclusion. `is_reported`: a report of that
    time was issued, so its answer stays.
    """

    ref: UUID
    label: str
    reason: str
    started_at: datetime
    ended_at: datetime | None
    queue_ids: frozenset[int]
    proposed_shown: str
    proposed_at: datetime
    answer: Answer
    cause: str = Cause.CLOSURE
    evidence: str = ""
    references: tuple[Reference, ...] = ()
    measured: Mapping[str, int] | None = None
    is_reported: bool = False

    @property
    def field(self) -> str:
        """The id of its field on a page."""
        return f"why-{self.ref}"

    @property
    def cause_words(self) -> str:
        return str(Cause(self.cause).label)

    @property
    def overrun_words(self) -> str:
        """What an overrun was found by; "" for another cause."""
        return overrun_words(self.measured) if self.measured else ""

    @property
    def is_open(self) -> bool:
        return self.answer.state == ExclusionState.PROPOSED

    @property
    def is_accepted(self) -> bool:
        return self.answer.state == ExclusionState.ACCEPTED

    @property
    def stands(self) -> bool:
        """Whether nothing else can be proposed of the same time."""
        return self.is_open or self.is_accepted

    @property
    def may_be_reversed(self) -> bool:
        return not self.is_open and not self.is_reported

    def holds(self, queue_id: int, start: datetime, end: datetime) -> bool:
        """Tell whether it is of some of that time of the queue."""
        if self.queue_ids and queue_id not in self.queue_ids:
            return False
        return self.started_at < end and (self.ended_at is None or self.ended_at > start)

    def touches(self, contact: Contact) -> bool:
        """Tell whether the contact came in, or waited, meanwhile; one that still waits does.

        Who has flowed out waits here no longer: in another queue they are another contact.
        """
        if self.queue_ids and contact.queue_id not in self.queue_ids:
            return False
        if self.ended_at is not None and contact.offered_at >= self.ended_at:
            return False
        over = contact.settled_at or contact.flowed_at
        return over is None or over > self.started_at or contact.offered_at >= self.started_at


def left_out(start: datetime, end: datetime) -> tuple[LeftOut, ...]:
    """Return what is proposed of `[start, end)`, in order; in a tenant_scope, one statement."""
    touching = Q(ended_at__isnull=True) | Q(ended_at__gt=start)
    rows = _kept().filter(touching, started_at__lt=end)
    return tuple(view_of(row) for row in rows.order_by("started_at", "pk"))


def unanswered() -> tuple[LeftOut, ...]:
    """Return what waits for an answer, of whatever time, in order; in a tenant_scope, one statement."""
    rows = _kept().filter(state=ExclusionState.PROPOSED).order_by("started_at", "pk")
    return tuple(view_of(row) for row in rows)


def all_exclusions() -> "QuerySet[Exclusion]":
    """Return every proposal, also those that were withdrawn, the newest first; in a tenant_scope."""
    found: QuerySet[Exclusion] = Exclusion.objects.order_by("-started_at", "-pk")
    return found


def without(contacts: Sequence[Contact], exclusions: Iterable[LeftOut]) -> list[Contact]:
    """Return the contacts that none of them touches."""
    found = list(exclusions)
    return [contact for contact in contacts if not any(one.touches(contact) for one in found)]


def answers_of(closure_refs: Iterable[UUID]) -> dict[UUID, Answer]:
    """Return what became of the proposals of these closures; those that proposed nothing are missing."""
    rows = Exclusion.objects.filter(closure_ref__in=list(closure_refs))
    return {row.closure_ref: _answer(row) for row in rows}


def is_reported(start: datetime, end: datetime | None) -> bool:
    """Tell whether a report of some of that time was issued, so that what it says stays; one statement."""
    return holds(covered_since(start), start, end)


def with_reported(found: Sequence[LeftOut]) -> tuple[LeftOut, ...]:
    """Return them, each answered one knowing whether it was reported; one statement if there is one."""
    since = min((one.started_at for one in found if not one.is_open), default=None)
    times = [] if since is None else covered_since(since)
    return tuple(
        replace(one, is_reported=not one.is_open and holds(times, one.started_at, one.ended_at))
        for one in found
    )


def overrun_words(measured: Mapping[str, int]) -> str:
    """Say what came in against what was agreed."""
    words = _("%(offered)d came in against %(agreed)s forecast, up to %(share)s more was agreed")
    return words % {
        **measured, "agreed": hundredths(measured["agreed"]), "share": percent(measured["share"]),
    }  # fmt: skip


def view_of(row: Exclusion) -> LeftOut:
    return LeftOut(
        row.ref, row.label, row.reason, row.started_at, row.ended_at, frozenset(row.queue_ids),
        row.proposed_shown, row.proposed_at, _answer(row), row.cause, row.evidence, tuple(row.references),
        row.measured,
    )  # fmt: skip


def _kept() -> "QuerySet[Exclusion]":
    """Without those that are no time at all, and those that were withdrawn."""
    found: QuerySet[Exclusion] = Exclusion.objects.exclude(ended_at=F("started_at"))
    return found.exclude(state=ExclusionState.WITHDRAWN)


def _answer(row: Exclusion) -> Answer:
    return Answer(row.state, row.answered_shown, row.why, row.answered_at)
