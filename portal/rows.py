"""Rows of the portal: contacts and messages joined in memory with the names a client may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from events.readers import log_of
from interactions.access import get_interaction
from interactions.queries import public_transcript, queue_names
from portal.access import Visit
from portal.clocks import results_of, stopped
from portal.lines import lines_of
from reporting.amounts import handled, in_target, waited
from reporting.clocks import Clock
from reporting.contacts import Contact
from reporting.folding import as_log_row, fold
from workforce.queries import shown_names

RESULTS = {
    "answered": _("in time"),
    "late": _("late"),
    "callback": _("Call promised"),
    "moved": _("to another queue"),
    "abandoned": _("abandoned"),
    "waiting": _("waiting"),
}


@dataclass(frozen=True)
class ContactRow:
    """One contact as the client reads it: aliases, never surnames."""

    ref: UUID
    offered_at: datetime
    queue: str
    waited_seconds: int | None
    handled_seconds: int | None
    agent: str
    state: str
    in_target: bool

    @property
    def result(self) -> str:
        """What became of it, in words."""
        late = self.state == "answered" and not self.in_target
        return str(RESULTS["late" if late else self.state])


def contact_rows(visit: Visit, contacts: Sequence[Contact], clock: Clock) -> list[ContactRow]:
    """Return the rows of a page of contacts, times by the clock; two statements whatever their number."""
    with visit.scope():
        queues = queue_names()
    names = shown_names(visit.brand.id)
    return [_row(contact, clock, queues, names) for contact in contacts]


def transcript(visit: Visit, ref: UUID) -> dict[str, Any]:
    """Return the conversation and its lines; NotFound for a ref of another brand."""
    with visit.scope():
        interaction = get_interaction(ref)
        messages = public_transcript(interaction.ref)
        events = log_of([ref]).get(ref, [])
    return {
        "interaction": interaction,
        "lines": lines_of(messages, events, zone=visit.brand.timezone),
        "may_answer": visit.can(Permission.OWN_REQUESTS),
        "clocks": (*results_of(fold(map(as_log_row, events))), *stopped(events, visit.brand.name)),
    }


def _row(contact: Contact, clock: Clock, queues: dict[int, str], names: dict[int, str]) -> ContactRow:
    return ContactRow(
        ref=contact.interaction_ref,
        offered_at=contact.offered_at,
        queue=queues.get(contact.queue_id, ""),
        waited_seconds=_seconds(waited(contact, clock)),
        handled_seconds=_seconds(handled(contact, clock)),
        agent=names.get(contact.agent_id or 0, ""),
        state=_state(contact),
        in_target=in_target(contact, clock),
    )


def _seconds(microseconds: int | None) -> int | None:
    return None if microseconds is None else microseconds // 1_000_000


def _state(contact: Contact) -> str:
    if contact.answered_at:
        return "answered"
    if contact.flowed_at:
        return "callback" if contact.promises else "moved"
    return "abandoned" if contact.abandoned_at else "waiting"
