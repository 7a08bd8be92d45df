"""Clocks of a conversation: which have ended in time, which too late, and which run late at an instant.

What a clock had come to, the log says at each of its turns; when its target was used up is reckoned from the
hours that it goes by, whatever was noted of it. What was missed once stays so whatever is agreed later, but
for an end that turns out to lie before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.checker.hours import ALWAYS, Hours
from tests.checker.lines import Line

GOES = {"clock.activated", "clock.resumed"}
ENDS = {"clock.fulfilled", "clock.cancelled"}
NOTED = "clock.breached"


@dataclass
class Clock:
    """`since`: when it began to run, None while it stands still; `left` of its target then, None without one.
    `used_up`: when its target was, None while it is not; `decided_at`: in time, or too late.
    """

    name: str
    goes_by: Hours = ALWAYS
    since: int | None = None
    left: int | None = None
    target: int | None = None
    used_up: int | None = None
    ended_at: int | None = None
    is_fulfilled: bool = False

    @property
    def is_late(self) -> bool:
        """Whether it goes on past its target."""
        return self.ended_at is None and self.used_up is not None

    @property
    def decided_at(self) -> int | None:
        """When it was missed, or else fulfilled in time; None: it runs, had no target or was not needed."""
        if self.used_up is not None:
            return self.used_up
        return self.ended_at if self.is_fulfilled and self.target is not None else None

    def see(self, line: Line, hours: Mapping[int, Hours]) -> None:
        if self.ended_at is None:
            self._reach(line.at, line.data["consumed_us"])
            self._turn(line)
            self.target = line.data["target"]
            self.left = None if self.target is None else self.target * 10**6 - line.data["consumed_us"]
            by_hours = line.data["counted"] == "business"
            self.goes_by = hours.get(line.data["queue_id"], ALWAYS) if by_hours else ALWAYS

    def run(self, until: int) -> None:
        """Let it go on to the instant."""
        if self.used_up is None and self.since is not None and self.left is not None:
            self.used_up = self.goes_by.used_up(self.since, until, self.left)

    def _reach(self, at: int, consumed: int) -> None:
        """What had come to more than its target is missed: by now, if its hours are others today."""
        if self.target is not None and self.used_up is None and consumed > self.target * 10**6:
            self.run(at)
            self.used_up = at if self.used_up is None else self.used_up

    def _turn(self, line: Line) -> None:
        if line.kind in ENDS:
            self.ended_at, self.is_fulfilled = line.at, line.kind == "clock.fulfilled"
            if self.used_up is not None and line.at <= self.used_up:
                self.used_up = None
        elif line.kind == "clock.paused":
            self.since = None
        elif line.kind in GOES or self.since is not None:
            self.since = line.at


def clocks_of(log: Iterable[Line], hours: Mapping[int, Hours], at: int | None) -> list[Clock]:
    """Return the conversation's clocks as they stand at the instant; None: at their last turns."""
    found: dict[tuple[str, int], Clock] = {}
    for line in log:
        if line.kind.startswith("clock.") and line.kind != NOTED:
            name = line.data["clock"]
            found.setdefault((name, line.data["clock_n"]), Clock(name)).see(line, hours)
    if at is not None:
        for clock in found.values():
            if clock.ended_at is None:
                clock.run(at)
    return list(found.values())
