"""What leaves a brand's scope: frozen values, never an instance."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message as a screen shows it; `redactions` are spans of `body`."""

    interaction_ref: UUID
    seq: int
    direction: str
    author_kind: str
    author_id: int | None
    author_shown: str
    body: str
    client_id: UUID | None
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)
    redactions: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class InteractionView:
    """One interaction as a list or a header shows it. Instants are aware UTC, null until they come."""

    id: int
    ref: UUID
    brand_id: int
    queue_id: int
    queue_name: str
    channel: str
    state: str
    contact_id: int
    contact_ref: UUID
    contact_name: str
    language: str
    agent_id: int | None
    agent_shown: str
    is_test: bool
    waits: bool
    last_seq: int
    last_in_seq: int
    last_message_at: datetime | None
    preview: str
    unread: int
    waiting_since: datetime | None
    opened_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    wrap_up_at: datetime | None
    wrap_up_due_at: datetime | None
    wrap_up_extended: bool
    closed_at: datetime | None
    reason: str
    outcome: str


@dataclass(frozen=True, slots=True)
class WorkItemDraft:
    """What routing needs to know of an interaction that waits: ids and numbers, nothing of the customer."""

    brand_id: int
    queue_id: int
    interaction_ref: UUID
    channel: str
    priority: int
    target_seconds: int
    offer_seconds: int
    units: int
    is_test: bool
    waits: bool
    language: str
    last_agent_id: int | None
    enqueued_at: datetime


@dataclass(frozen=True, slots=True)
class QueueNumbers:
    """The numeric projection of a queue."""

    brand_id: int
    queue_id: int
    version: int
    label: str
    channel: str
    target_seconds: int
    offer_seconds: int
    wrap_up_seconds: int
    units: int
    strikes: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands in the line (1 = next; None = not waiting), and whether anybody serves it now."""

    position: int | None
    staffed: bool
