"""What a chart is made of. Values only."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Whether an interval is over, goes on, or is to come."""

    OVER = "over"
    OPEN = "open"
    AHEAD = "ahead"


@dataclass(frozen=True)
class Words:
    """Translated words of a picture; `description` states the finding for who cannot see it."""

    title: str
    description: str


@dataclass(frozen=True)
class StripWords(Words):
    """The captions of the strips, and of the line at the target."""

    rate: str = ""
    volume: str = ""
    target: str = ""


@dataclass(frozen=True)
class Point:
    """A number at an interval, null where there is nothing to divide by.

    `tip` says it in words, `rows` is the address of its rows or "", `cause` is why it missed, if known.
    """

    label: str
    value: float | None
    tip: str = ""
    cause: str = ""
    state: State = State.OVER
    rows: str = ""


@dataclass(frozen=True)
class Stack:
    """Counts of an interval, one on the other, from below."""

    label: str
    parts: tuple[int, ...]
    tip: str = ""
    state: State = State.OVER
    rows: str = ""

    @property
    def total(self) -> int:
        return sum(self.parts)


@dataclass(frozen=True)
class Bar:
    """One day or interval: stacked counts and a rate in percent, null where nothing was settled."""

    label: str
    in_target: int
    late: int
    abandoned: int
    waiting: int
    rate: float | None
    tip: str
    cause: str = ""
    state: State = State.OVER
    rows: str = ""

    @property
    def stack(self) -> Stack:
        parts = (self.in_target, self.late, self.abandoned, self.waiting)
        return Stack(self.label, parts, self.tip, self.state, self.rows)

    @property
    def point(self) -> Point:
        return Point(self.label, self.rate, self.tip, self.cause, self.state, self.rows)


@dataclass(frozen=True)
class Mark:
    """Something that happened from `start` to `end`, counted in intervals: 2.5 is the middle of the third.

    `kind` is its class: closure or incident. Its number in the picture is its place in the list.
    """

    start: float
    end: float
    words: str
    kind: str = "incident"
