"""What leaves the brand's scope of a request."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from interactions.asking.choices import RequestKind, RequestState, TurnEnd


@dataclass(frozen=True, slots=True)
class WaitSpan:
    """A time `[started_at, ended_at)` that a conversation waited for its client; None: it still does.

    `started_by` is the agent who asked, `ended_by` how the trail names who ended it; `end` is a TurnEnd.
    """

    request_ref: UUID
    n: int
    started_at: datetime
    started_by: int
    ended_at: datetime | None
    ended_by: str
    end: str


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of an answer without its bytes; `size` in bytes."""

    ref: UUID
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class TurnView:
    n: int
    asked_shown: str
    asked_at: datetime
    due_at: datetime
    question: str
    ended_at: datetime | None
    end: str
    ended_shown: str
    answer: str
    files: tuple[FileView, ...] = ()

    @property
    def is_late(self) -> bool:
        """Whether the answer came after it was due."""
        return self.end == TurnEnd.ANSWERED and self.ended_at is not None and self.ended_at > self.due_at


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request with its turns, the first first."""

    ref: UUID
    interaction_ref: UUID
    kind: str
    state: str
    is_test: bool
    opened_at: datetime
    due_at: datetime
    turns: tuple[TurnView, ...]

    @property
    def number(self) -> str:
        """The end of its ref, as people quote it."""
        return str(self.ref)[-8:]

    @property
    def kind_name(self) -> str:
        return str(RequestKind(self.kind).label)

    @property
    def state_name(self) -> str:
        return str(RequestState(self.state).label)

    @property
    def is_open(self) -> bool:
        return self.state == RequestState.OPEN

    @property
    def last(self) -> TurnView:
        return self.turns[-1]

    def is_overdue(self, now: datetime) -> bool:
        return self.is_open and now > self.due_at
