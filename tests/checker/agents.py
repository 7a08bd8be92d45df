"""Agents' work on a client's conversations, from its log: each in full, and the time with at least one.

An agent works on a conversation from when they have it until it is given away, closed or promised a call; not
while it waits for its customer or is put off. Who was asked for advice works on it until that is over. Tests
are left out. What the log does not say: work for other clients at the same time, and what else agents did.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from tests.checker.figures import SECOND, Number, ratio
from tests.checker.lines import Line

GOES_ON = {"interaction.held", "interaction.resumed", "interaction.wrapped"}
RESTS = {"interaction.awaited", "interaction.snoozed"}
GIVEN_AWAY = {
    "interaction.queued", "interaction.transferred", "interaction.closed", "interaction.abandoned",
    "callback.promised",
}  # fmt: skip
ADVICE_OVER = {"consult.ended", "participant.left"}


@dataclass(frozen=True, slots=True)
class Work:
    """`[start, end)` of an agent on a conversation, in microseconds."""

    agent: int
    start: int
    end: int


def agents(logs: Mapping[str, Iterable[Line]], start: int, end: int) -> dict[str, Number]:
    """Return concurrency, and of each agent by id the seconds of conversations and with at least one."""
    found: dict[int, list[Work]] = {}
    for log in logs.values():
        for work in _works(list(log), end):
            if max(work.start, start) < work.end:
                found.setdefault(work.agent, []).append(Work(work.agent, max(work.start, start), work.end))
    sessions = {agent: sum(work.end - work.start for work in works) for agent, works in found.items()}
    busy = {agent: _at_least_one(works) for agent, works in found.items()}
    return {
        "CONC@1": ratio(sum(sessions.values()), sum(busy.values())),
        **{f"LAB.SESSION/{agent}": Fraction(sessions[agent], SECOND) for agent in sorted(sessions)},
        **{f"LAB.BUSY/{agent}": Fraction(busy[agent], SECOND) for agent in sorted(busy)},
    }


def _at_least_one(works: Iterable[Work]) -> int:
    """Return how long there was some work; what is side by side counts once."""
    total = until = 0
    for work in sorted(works, key=lambda work: work.start):
        total += max(0, work.end - max(work.start, until))
        until = max(until, work.end)
    return total


def _works(log: list[Line], until: int) -> list[Work]:
    """Return who worked on the conversation when, before `until`."""
    if any(line.is_test for line in log):
        return []
    hands = _Hands()
    for line in log:
        if line.at < until:
            hands.see(line)
    hands.stop(until)
    for agent in list(hands.beside):
        hands.leave(agent, until)
    return hands.works


@dataclass
class _Hands:
    """Whose the conversation is, and since when they are on it; who is beside them for advice since when."""

    works: list[Work] = field(default_factory=list)
    agent: int | None = None
    since: int | None = None
    beside: dict[int, int] = field(default_factory=dict)

    def see(self, line: Line) -> None:
        if line.kind == "interaction.assigned":
            self.stop(line.at)
            self.agent = line.data["agent_id"]
            self.leave(self.agent, line.at)
            self.go(line.at)
        elif line.kind in GOES_ON or _goes_back(line):
            self.go(line.at)
        elif line.kind in RESTS:
            self.stop(line.at)
        elif line.kind in GIVEN_AWAY or _is_tried_again(line):
            self.stop(line.at)
            self.agent = None
        elif line.kind == "consult.began":
            self.beside[line.data["agent_id"]] = line.at
        elif line.kind in ADVICE_OVER:
            self.leave(line.data["agent_id"], line.at)

    def go(self, at: int) -> None:
        if self.agent is not None and self.since is None:
            self.since = at

    def stop(self, at: int) -> None:
        if self.agent is not None and self.since is not None:
            self.works.append(Work(self.agent, self.since, max(at, self.since)))
        self.since = None

    def leave(self, agent: int | None, at: int) -> None:
        since = self.beside.pop(agent, None) if agent is not None else None
        if agent is not None and since is not None:
            self.works.append(Work(agent, since, at))


def _goes_back(line: Line) -> bool:
    return line.kind == "interaction.reopened" and line.data.get("from") == "wrap_up"


def _is_tried_again(line: Line) -> bool:
    return line.kind == "callback.attempted" and bool(line.data["again"])
