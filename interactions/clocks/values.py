"""A clock as a screen is given it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from interactions.choices import ClockState, ClockTime
from interactions.clocks.faces import ELAPSED, Hours

LAST = 5
"""A clock warns in the last fifth of its target."""


@dataclass(frozen=True, slots=True)
class ClockView:
    """`due_at`: when its target will be used up, while it runs and has time left. `since`: up to when
    `consumed_us` is reckoned. `hours`: which time counts, where `needs_hours`; else all time, which then says
    the same.
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

    def needs_hours(self, now: datetime) -> bool:
        """Whether opening hours alone say how late it is by now, or whether it warns already.

        It warns for certain when little is left until it is due, be it closed or open; it does not while even
        all time since it was reckoned leaves enough.
        """
        if self.state != ClockState.RUNNING or self.counted != ClockTime.BUSINESS:
            return False
        return self.is_late or (self.warns(now) and self.warns_by is not None and now < self.warns_by)

    def warns(self, now: datetime) -> bool:
        """Whether it runs in the last fifth of its target, by the time that counts."""
        runs = self.state == ClockState.RUNNING and self.due_at is not None
        return runs and -self.late_us(now) * LAST <= self._target_us

    @property
    def warns_by(self) -> datetime | None:
        """By when it warns at the latest: at that instant, unless it is closed between there and its end."""
        return self.due_at - timedelta(microseconds=self._target_us // LAST) if self.due_at else None

    def late_us(self, now: datetime) -> int:
        """How much more than its target it has used up; below 0 where a longer one was agreed since."""
        runs_since = self.since if self.state == ClockState.RUNNING else None
        ran = self.hours.between(runs_since, now) if runs_since else 0
        return self.consumed_us + ran - self._target_us

    @property
    def left_seconds(self) -> int:
        """How much of its target was left when it last stood still; below 0: over."""
        return (self.target_seconds or 0) - self.consumed_us // 1_000_000

    @property
    def _target_us(self) -> int:
        return (self.target_seconds or 0) * 1_000_000
