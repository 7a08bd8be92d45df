"""The machine of a conversation against its table: every verb in every state, and a log that rebuilds it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import RoomError
from events.choices import Kind
from events.readers import log_of
from interactions import actions
from interactions.choices import ENDED, MOVES, OPEN, PRESENT, WITH_AGENT, DraftKind, Move, PlaceState, State
from interactions.errors import Ended, NotYours, WrongState
from interactions.models import Interaction, Queue, Segment
from interactions.queries import participants_of
from tests.factories import NOW
from tests.interactions.conftest import Opener

ADA, BEN, EVE = 77, 78, 79

REBUILT: dict[str, State] = {
    Kind.INTERACTION_OPENED: State.NEW,
    Kind.INTERACTION_QUEUED: State.QUEUED,
    Kind.INTERACTION_ASSIGNED: State.ACTIVE,
    Kind.INTERACTION_ABANDONED: State.ABANDONED,
    Kind.INTERACTION_HELD: State.HELD,
    Kind.INTERACTION_AWAITED: State.WAITING_CUSTOMER,
    Kind.INTERACTION_SNOOZED: State.SNOOZED,
    Kind.INTERACTION_RESUMED: State.ACTIVE,
    Kind.INTERACTION_WRAPPED: State.WRAP_UP,
    Kind.INTERACTION_CLOSED: State.CLOSED,
}


def by(verb: Callable[..., Any], agent_id: int, **more: Any) -> Callable[[UUID, datetime], Any]:
    return lambda ref, now: verb(ref, agent_id=agent_id, now=now, **more)


def saying(verb: Callable[..., Any], **more: Any) -> Callable[[UUID, datetime], Any]:
    return lambda ref, now: verb(ref, client_id=uuid4(), body="text", now=now, **more)


def placed(verb: Callable[..., Any], agent_id: int, **more: Any) -> Callable[[UUID, datetime], Any]:
    return lambda ref, now: verb(ref, place_of(ref), agent_id=agent_id, now=now, **more)


def place_of(ref: UUID) -> UUID:
    """The place that stands beside the agent, else one that never was."""
    return next((one.ref for one in participants_of(ref)), uuid4())


SHOWN = {"author_shown": "Ada"}
VERBS: dict[str, Callable[[UUID, datetime], Any]] = {
    "assign": by(actions.assign, ADA, agent_shown="Ada"),
    "assign ben": by(actions.assign, BEN, agent_shown="Ben"),
    "abandon": lambda ref, now: actions.abandon(ref, abandoned_at=now - timedelta(minutes=5), now=now),
    "end": lambda ref, now: actions.end_by_visitor(ref, now=now),
    "requeue": lambda ref, now: actions.requeue(ref, reason="agent_lost", now=now),
    "wrap": by(actions.begin_wrap_up, ADA),
    "extend": by(actions.extend_wrap_up, ADA),
    "close": by(actions.wrap_up, ADA, reason_code="delivery", outcome_code="solved"),
    "force": lambda ref, now: actions.force_wrap_up(ref, now=now + timedelta(hours=1)),
    "hold": by(actions.hold, ADA),
    "await": by(actions.await_reply, ADA),
    "snooze": lambda ref, now: actions.snooze(ref, agent_id=ADA, until=now + timedelta(days=1), now=now),
    "resume": by(actions.resume, ADA),
    "wake": lambda ref, now: actions.wake(ref, now=now + timedelta(days=2)),
    "transfer": lambda ref, now: actions.transfer(
        ref, agent_id=ADA, author_shown="Ada", to=other_queue(), note="See above", client_id=uuid4(), now=now
    ),
    "reassign": lambda ref, now: actions.reassign(
        ref, to=other_queue(), reason="ill", actor="user:9", actor_id=9, now=now
    ),
    "ask": lambda ref, now: actions.ask_colleague(
        ref,
        agent_id=ADA,
        author_shown="Ada",
        to=actions.Target(agent_id=EVE),
        asked="Eve",
        note="?",
        client_id=uuid4(),
        now=now,
    ),
    "begin": placed(actions.begin_consult, EVE, agent_shown="Eve"),
    "bring in": placed(actions.bring_in, ADA),
    "end place": placed(actions.end_place, ADA),
    "complete": placed(actions.hand_to_participant, ADA),
    "reopen": lambda ref, now: actions.reopen(ref, by="contact", now=now),
    "say": saying(actions.receive_message),
    "reply": saying(actions.send_reply, agent_id=ADA, **SHOWN, last_seq=10**6),
    "note": saying(actions.add_note, agent_id=ADA, **SHOWN),
    "draft": lambda ref, now: actions.save_draft(
        ref, agent_id=ADA, kind=DraftKind.REPLY, body="text", now=now
    ),
}
MOVE_OF = {
    "assign": Move.ASSIGN, "assign ben": Move.ASSIGN, "abandon": Move.ABANDON, "requeue": Move.REQUEUE,
    "hold": Move.HOLD, "await": Move.AWAIT, "snooze": Move.SNOOZE, "resume": Move.RESUME,
    "transfer": Move.TRANSFER, "reassign": Move.TRANSFER,
    "wrap": Move.WRAP, "close": Move.CLOSE, "force": Move.CLOSE, "reopen": Move.REOPEN,
}  # fmt: skip


PLACES = {
    "ask": PlaceState.ASKED, "begin": PlaceState.CONSULTING, "bring in": PlaceState.JOINED, "end place": "",
    "complete": "",
}  # fmt: skip
ALONE = {Move.REQUEUE, Move.TRANSFER, Move.SNOOZE, Move.WRAP}
"""What ends every place beside the agent."""
OWN = {"wrap", "close", "hold", "await", "snooze", "resume", "transfer"}
FEWER: dict[str, Collection[State]] = {
    "resume": {State.HELD, State.WAITING_CUSTOMER}, "close": {State.WRAP_UP}, "force": {State.WRAP_UP},
}  # fmt: skip
ENDS = dict.fromkeys(WITH_AGENT, Move.WRAP) | {State.QUEUED: Move.ABANDON, State.SNOOZED: Move.CLOSE}


def other_queue() -> actions.Target:
    """The queue Returns, made by whoever asks for it first."""
    found = Queue.objects.filter(name="Returns").first()
    row = found or actions.save_queue(name="Returns", target_seconds=40, wrap_up_seconds=60)
    return actions.Target(queue_id=row.pk)


@dataclass
class Model:
    """What the table says; `agent` is who has it. No work item is theirs here: a sleeper has no way back."""

    state: State = State.QUEUED
    agent: int | None = None
    extended: bool = False
    said: int = 1
    unanswered: bool = True
    beside: str = ""
    refused: list[str] = field(default_factory=list)

    def allows(self, verb: str) -> bool:
        mine = self.agent == ADA
        if verb in MOVE_OF:
            return (mine or verb not in OWN) and self.state in self.origins(verb)
        match verb:
            case "extend":
                return mine and self.state == State.WRAP_UP and not self.extended
            case "say":
                return self.state in OPEN
            case "reply":
                return mine and self.state == State.ACTIVE
            case "note":
                return mine and self.state in WITH_AGENT | {State.WRAP_UP}
            case "wake":
                return self.state == State.SNOOZED
        if verb in PLACES:
            return self.allows_beside(verb, mine=mine)
        return mine or verb == "end"

    def allows_beside(self, verb: str, *, mine: bool) -> bool:
        match verb:
            case "ask":
                return mine and self.state in {State.ACTIVE, State.HELD} and not self.beside
            case "begin":
                return self.beside == PlaceState.ASKED
            case "end place":
                return mine and bool(self.beside)
        return mine and self.beside in PRESENT

    def origins(self, verb: str) -> Collection[State]:
        """The states the verb begins in: those of its move, less what is another verb's."""
        if verb == "await" and self.unanswered:
            return ()
        return FEWER.get(verb, MOVES[MOVE_OF[verb]][0])

    def make(self, verb: str) -> None:
        move = MOVE_OF.get(verb)
        if verb == "end":
            move = ENDS.get(self.state)
        if verb == "wake" or (verb == "say" and self.state == State.SNOOZED):
            move = Move.REQUEUE
        if verb == "say" and self.state == State.WAITING_CUSTOMER:
            move = Move.RESUME
        if move:
            self.state = MOVES[move][1]
        self.beside = "" if move in ALONE else PLACES.get(verb, self.beside)
        if verb == "complete":
            self.state, self.agent = State.ACTIVE, EVE
        self.unanswered = verb == "say" or (self.unanswered and verb != "reply")
        if move == Move.ASSIGN:
            self.agent = BEN if verb == "assign ben" else ADA
        if move in {Move.REQUEUE, Move.REOPEN, Move.TRANSFER}:
            self.agent = None
        self.extended = verb == "extend" or (self.extended and move != Move.WRAP)


def columns(ref: UUID) -> dict[str, Any]:
    found: dict[str, Any] = Interaction.objects.filter(ref=ref).values().get()
    return found


def tried(ref: UUID, verb: str, now: datetime) -> bool:
    """Tell whether the verb did anything: it refuses with words, or answers False where there is no need."""
    before = columns(ref)
    try:
        answer = VERBS[verb](ref, now)
    except RoomError:
        answer = False
    if answer is False:
        assert columns(ref) == before
    return answer is not False


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.sampled_from(sorted(VERBS)), max_size=20))
def it_does_what_its_table_says(open_chat: Opener, verbs: list[str]) -> None:
    ref, model = open_chat(), Model()
    for number, verb in enumerate(verbs, start=1):
        allowed = model.allows(verb)
        assert tried(ref, verb, NOW + timedelta(minutes=number)) == allowed, (verb, model)
        if allowed:
            model.make(verb)
        row = columns(ref)
        assert (row["state"], row["agent_id"]) == (model.state, model.agent), (verb, model)
        assert row["wrap_up_extended"] == model.extended
        assert row["places"] == bool(model.beside), (verb, model)
        assert row["beside"] == ({str(EVE): model.beside} if model.beside in PRESENT else {}), (verb, model)
    check_segments(ref, model)
    check_log(ref, model)


def check_segments(ref: UUID, model: Model) -> None:
    """Ownership has no gap and no overlap; whoever has it now holds the open segment."""
    rows = list(Segment.objects.filter(interaction__ref=ref).order_by("n"))
    assert [row.n for row in rows] == list(range(1, len(rows) + 1))
    for earlier, later in zip(rows, rows[1:], strict=False):
        assert earlier.ended_at is not None
        assert earlier.started_at <= earlier.ended_at <= later.started_at
    last = rows[-1]
    assert (last.ended_at is None) == (model.state not in ENDED)
    if last.ended_at is None:
        assert last.agent_id == model.agent


def check_log(ref: UUID, model: Model) -> None:
    """The log alone, in the order of its numbers, says in which state the conversation is, and who has it."""
    log = log_of([ref])[ref]
    assert [event.n for event in log] == list(range(1, columns(ref)["event_n"] + 1))
    state, agent = None, None
    for event in log:
        state = REBUILT.get(event.kind, state)
        if event.kind == Kind.INTERACTION_ASSIGNED:
            agent = event.data["agent_id"]
        if event.kind in {Kind.INTERACTION_QUEUED, Kind.INTERACTION_REOPENED}:
            agent = None
        assert event.kind in Kind.values
        assert "text" not in str(event.data)
    assert (state, agent) == (model.state, model.agent)


class DescribeTable:
    def it_leaves_no_state_that_cannot_be_left(self) -> None:
        reached = {state for _, state in MOVES.values()}
        assert reached <= {state for origins, _ in MOVES.values() for state in origins}

    def it_parts_every_state_into_open_wrapping_and_ended(self) -> None:
        assert OPEN | ENDED | {State.WRAP_UP} == set(State)
        assert not OPEN & ENDED
        assert WITH_AGENT < OPEN


@pytest.mark.parametrize("verb", sorted(VERBS))
def it_says_no_in_words_of_the_reader(open_chat: Opener, verb: str) -> None:
    ref = open_chat()
    for each in ("assign", "wrap", "close"):
        VERBS[each](ref, NOW)
    if Model(State.CLOSED, ADA).allows(verb) or verb in {"abandon", "force", "wake", *PLACES} - {"ask"}:
        return
    with translation.override("en"), pytest.raises((WrongState, NotYours, Ended)) as refused:
        VERBS[verb](ref, NOW)
    assert refused.value.status == 409
    assert str(refused.value).endswith(".")
