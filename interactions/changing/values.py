"""What leaves the brand's scope of a change."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from interactions.changing.choices import PENDING, ChangeState, Subject
from interactions.changing.weeks import day_names, week_lines


@dataclass(frozen=True, slots=True)
class Topic:
    """What a change is about: of which calendar, or in which language. `name` is the calendar's."""

    subject: str
    calendar_ref: UUID | None = None
    language: str = ""
    name: str = ""

    @property
    def code(self) -> str:
        """It as an address carries it: `week.<ref>`, `greeting.sv`, `tone_do.`."""
        return f"{self.subject}.{self.calendar_ref or self.language}"

    @property
    def title(self) -> str:
        return str(Subject(self.subject).label)

    @property
    def is_week(self) -> bool:
        return self.subject == Subject.WEEK


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change with its topic; `current`: what it is now, None where that was not asked."""

    ref: UUID
    topic: Topic
    before: dict[str, Any]
    proposed: dict[str, Any]
    from_day: date
    why: str
    state: str
    asked_shown: str
    asked_at: datetime
    decided_at: datetime | None
    reason: str
    due_at: datetime | None
    applied_at: datetime | None

    @property
    def state_name(self) -> str:
        return str(ChangeState(self.state).label)

    @property
    def is_asked(self) -> bool:
        return self.state == ChangeState.ASKED

    @property
    def is_pending(self) -> bool:
        return self.state in PENDING

    @property
    def lines(self) -> list[tuple[str, str, str, bool]]:
        """(what, before, proposed, whether they differ): each day of a week, or the one text."""
        return lines_of(self.before, self.proposed)


def lines_of(before: dict[str, Any], proposed: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
    """Put two values side by side."""
    if "week" not in proposed:
        old, new = before.get("text", ""), proposed.get("text", "")
        return [("", old, new, old != new)]
    pairs = zip(day_names(), week_lines(before.get("week", ())), week_lines(proposed["week"]), strict=True)
    return [(day, old, new, old != new) for day, old, new in pairs]
