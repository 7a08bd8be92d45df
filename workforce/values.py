"""Small frozen values that other rooms and templates get instead of rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from workforce.choices import Availability
from workforce.models import AgentState


@dataclass(frozen=True, slots=True)
class ReasonView:
    """A reason to be away, its label in the reader's language."""

    code: str
    label: str
    kind: str
    paid: bool


@dataclass(frozen=True, slots=True)
class StateView:
    """What an agent's top bar shows. `connected` stays true through the grace after a lost socket."""

    agent_id: int
    availability: str
    reason: str
    reason_label: str
    next_availability: str
    next_label: str
    strikes: int
    since: datetime
    connected: bool

    @property
    def label(self) -> str:
        """The one word for it: the reason while away, else the availability."""
        return self.reason_label or str(Availability(self.availability).label)

    @property
    def is_available(self) -> bool:
        return self.availability == Availability.AVAILABLE


@dataclass(frozen=True, slots=True)
class ReadyAgent:
    """An agent who may be offered work now, and whose: brands with a seat and a valid certification."""

    agent_id: int
    languages: tuple[str, ...]
    team_id: int | None
    since: datetime
    brand_ids: frozenset[int]
    skills: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AgentClock:
    """An agent and the zone that their days are cut in."""

    agent_id: int
    name: str
    employee_no: str
    team: str
    zone: str


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """What was corrected: `[start, end)` said `was` and says `now`, each (availability, reason code)."""

    at: datetime
    by: str
    words: str
    start: datetime
    end: datetime
    was: tuple[str, str]
    now: tuple[str, str]
    brand_id: int | None


def state_view(state: AgentState) -> StateView:
    following = state.next_availability
    planned = state.next_reason.shown_label if state.next_reason else None
    return StateView(
        agent_id=state.agent_id,
        availability=state.availability,
        reason=state.reason.code if state.reason else "",
        reason_label=state.reason.shown_label if state.reason else "",
        next_availability=following,
        next_label=planned or (str(Availability(following).label) if following else ""),
        strikes=state.strikes,
        since=state.since,
        connected=state.connected,
    )
