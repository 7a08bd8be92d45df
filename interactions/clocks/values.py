"""A clock as a screen is given it."""

from dataclasses import dataclass
from datetime import datetime

from interactions.choices import ClockState


@dataclass(frozen=True, slots=True)
class ClockView:
    """`due_at`: when its target will be used up, while it runs and has time left."""

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
    def left_seconds(self) -> int:
        """How much of its target was left when it last stood still; below 0: over."""
        return (self.target_seconds or 0) - self.consumed_us // 1_000_000
