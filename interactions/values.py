"""What leaves a brand's scope: frozen values, never an instance."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from core.hours import Calendar, Span
from interactions.choices import ClosureKind, Line, WhenClosed


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
    calls_back: bool
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
    reason_code: str
    outcome_code: str
    is_void: bool
    units: int = 0
    held_at: datetime | None = None
    snoozed_until: datetime | None = None
    places: int = 0
    beside: dict[str, str] = field(default_factory=dict)

    def place_of(self, agent_id: int) -> str:
        """What the agent is beside the one who has it: a PlaceState, or "" for who is not there."""
        return self.beside.get(str(agent_id), "")


@dataclass(frozen=True, slots=True)
class ParticipantView:
    """Somebody beside the agent of a conversation, or asked to be; `asked`: whom the agent asked."""

    ref: UUID
    agent_id: int | None
    agent_shown: str
    asked: str
    state: str
    asked_by: int
    asked_at: datetime
    began_at: datetime | None


@dataclass(frozen=True, slots=True)
class CallbackView:
    """A promised call within `[start, end)`; `attempts` were made before."""

    number: str
    start: datetime
    end: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Who had it, asked after the others, and whom it is for, asked before them; None: nobody."""

    by_agent_id: int | None
    to_agent_id: int | None


@dataclass(frozen=True, slots=True)
class WorkItemDraft:
    """What routing needs to know of an interaction that waits: ids and numbers, nothing of the customer.

    `need`: what its agent must be able to do, an expression of workforce.needs. `again_at`: when it came back
    to the line, as no new contact.
    """

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
    need: str = ""
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConsultDraft:
    """What routing needs to know of a question to a colleague: one agent, or the next free of a queue.

    `but`: who is in the conversation already and is never asked.
    """

    ref: UUID
    brand_id: int
    interaction_ref: UUID
    queue_id: int
    agent_id: int | None
    asked_by: int
    but: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A reason or an outcome as it shall be; `hard` None: as it stands."""

    kind: str
    code: str
    label: str
    position: int = 0
    resolves: bool = False
    not_a_contact: bool = False
    active: bool = True
    hard: bool | None = None

    @property
    def values(self) -> dict[str, Any]:
        return {
            "label": self.label, "position": self.position, "resolves": self.resolves,
            "not_a_contact": self.not_a_contact, "active": self.active, "hard": bool(self.hard),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """Where an open conversation stands."""

    ref: UUID
    state: str
    agent_id: int | None
    is_test: bool


@dataclass(frozen=True, slots=True)
class QueueNumbers:
    """The numeric projection of a queue; `openings`: when it is answered within 8 days, None: always.

    `closed_since`: when one that is closed now did close, None: not known. `closures`: (from, until or None,
    whether those in line are answered, whether overflows may help) each, of those that say something of it.
    """

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
    target_share: int = 80
    openings: tuple[tuple[datetime, datetime], ...] | None = None
    closed_since: datetime | None = None
    closures: tuple[tuple[datetime, datetime | None, bool, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Closed:
    """Nobody answers now: until when (None: not known), told in which zone, and what customers read.

    `how`: what a customer can do (WhenClosed); `line`: what becomes of who waits already (Line).
    """

    until: datetime | None
    zone: str
    text: str = ""
    how: str = WhenClosed.TAKE
    line: str = Line.SERVED
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """Open yet, but closing early today: when, told in which zone, and what customers read."""

    at: datetime
    zone: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A date of a calendar's own; `periods` are minutes since midnight, of the kind `hours` only."""

    day: date
    name: str
    kind: str
    periods: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ClosureView:
    """A closure `[started_at, ended_at)`; `shut` names the calendar or the queue, "" is the whole brand."""

    ref: UUID
    calendar_ref: UUID | None
    queue_ref: UUID | None
    shut: str
    started_at: datetime
    ended_at: datetime | None
    texts: dict[str, str]
    reason: str
    by: str
    kind: str = ClosureKind.EMERGENCY
    line: str = Line.SERVED
    helps: bool = True


@dataclass(frozen=True, slots=True)
class CalendarView:
    """A calendar as a screen shows it; `queues` names those that use it, `hours` has the closures too."""

    ref: UUID
    name: str
    version: int
    hours: Calendar
    days: tuple[OwnDay, ...] = ()
    queues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueHours:
    """Which calendar a queue uses; None: it is answered day and night."""

    ref: UUID
    name: str
    calendar_ref: UUID | None
    when_closed: str = WhenClosed.TAKE
    leave_after: int | None = None
    callback_after: int | None = None
    callback_closed: bool = False

    @property
    def reception(self) -> "Reception":
        return Reception(self.when_closed, self.leave_after, self.callback_after, self.callback_closed)


class Reception(NamedTuple):
    """What customers can do out of a queue's hours and when they wait for long; seconds, None: never."""

    when_closed: str = WhenClosed.TAKE
    leave_after: int | None = None
    callback_after: int | None = None
    callback_closed: bool = False


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a waiting visitor was told: P50 and P80 of the seconds from `at` on, from that place."""

    p50: int
    p80: int
    place: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands in the line (1 = next; None = not waiting), and whether anybody serves it now.

    `wait`: (P50, P80) of the seconds from now on; None: nothing can be said. `may_leave`, `may_call`: the
    queue is in need and lets those who wait leave a message, or be called.
    """

    position: int | None
    staffed: bool
    wait: tuple[int, int] | None = None
    may_leave: bool = False
    may_call: bool = False
