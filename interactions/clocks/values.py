"""A clock as a screen is given it."""

from dataclasses import dataclass
from datetime import datetime

from interactions.choices import ClockState, ClockTime
from interactions.clocks.faces import ELAPSED, Hours


@dataclass(frozen=True, slots=True)
class ClockView:
    """`due_at`: when its target will be used up, while it runs and has time left. `since`: up to when
    `consumed_us` is reckoned. `hours`: which time counts, of one that is late; of others nobody asks.
    """

    kind: str
    state: str
    why: str
    target_seconds: int | None
    counted: str
    consumed_us: int
    due_at: datetime | None
    breached_at: datetime | None
    met: int
    missed: int
    since: datetime | None = None
    queue_id: int = 0
    hours: Hours = ELAPSED

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to say of it: it has a target, and has begun once."""
        return self.target_seconds is not None and (self.is_live or self.has_result)

    @property
    def is_live(self) -> bool:
        return self.state in {ClockState.RUNNING, ClockState.PAUSED}

    @property
    def has_result(self) -> bool:
        return bool(self.met or self.missed)

    @property
    def is_late(self) -> bool:
        """Whether its target is used up while it still goes on."""
        return self.is_live and self.breached_at is not None

    @property
    def is_late_by_hours(self) -> bool:
        """Whether opening hours say how late it is by now."""
        return self.is_late and self.state == ClockState.RUNNING and self.counted == ClockTime.BUSINESS

    def late_us(self, now: datetime) -> int:
        """How much more than its target it has used up; below 0 where a longer one was agreed since."""
        runs_since = self.since if self.state == ClockState.RUNNING else None
        ran = self.hours.between(runs_since, now) if runs_since else 0
        return self.consumed_us + ran - (self.target_seconds or 0) * 1_000_000

    @property
    def left_seconds(self) -> int:
        """How much of its target was left when it last stood still; below 0: over."""
        return (self.target_seconds or 0) - self.consumed_us // 1_000_000
