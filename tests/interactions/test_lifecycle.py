"""The state machine of a conversation: legal steps only, one open segment, a log that can be replayed."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import RoomError
from events.models import Event
from interactions import actions
from interactions.access import get_interaction
from interactions.choices import State
from interactions.errors import NotYours, Refused, WrongState
from interactions.models import Interaction, Segment
from interactions.signals import interaction_queued, work_ended
from reporting.queries import contacts_offered
from tests.factories import NOW
from tests.interactions.conftest import Opener
from tests.reporting.conftest import handled_for, waited_for

ADA, BEN = 77, 78


def assign(ref: UUID, agent: int = ADA, seconds: float = 10) -> None:
    actions.assign(ref, agent_id=agent, agent_shown="Ada", now=NOW + timedelta(seconds=seconds))


def it_goes_from_the_first_line_to_the_end_of_wrap_up(open_chat: Opener) -> None:
    ref = open_chat()
    assign(ref)
    actions.begin_wrap_up(ref, agent_id=ADA, now=NOW + timedelta(seconds=100))
    done: dict[str, Any] = {"reason_code": "delivery", "outcome_code": "solved"}
    actions.wrap_up(ref, agent_id=ADA, **done, now=NOW + timedelta(seconds=130))
    seen = get_interaction(ref)
    assert (seen.state, seen.reason, seen.outcome) == (State.CLOSED, "Delivery", "Solved")
    (contact,) = contacts_offered(NOW, NOW + timedelta(days=1))
    assert (waited_for(contact), handled_for(contact)) == (timedelta(seconds=10), timedelta(seconds=120))


def it_says_how_many_its_agent_handles_beside_it_not_those_that_rest(open_chat: Opener) -> None:
    asleep, awaited, held, wrapped, last = (open_chat() for _n in range(5))
    for n, ref in enumerate((asleep, awaited, held, wrapped), 10):
        assign(ref, seconds=n)
    actions.snooze(asleep, agent_id=ADA, until=NOW + timedelta(days=1), now=NOW + timedelta(seconds=20))
    Interaction.objects.filter(ref=awaited).update(waiting_since=None)
    actions.await_reply(awaited, agent_id=ADA, now=NOW + timedelta(seconds=20))
    actions.hold(held, agent_id=ADA, now=NOW + timedelta(seconds=20))
    actions.begin_wrap_up(wrapped, agent_id=ADA, now=NOW + timedelta(seconds=20))
    assign(last, seconds=30)
    assigned = Event.objects.filter(kind="interaction.assigned").order_by("pk")
    assert [event.data["beside"] for event in assigned] == [1, 2, 3, 4, 3]


def it_wants_reason_and_outcome_of_this_brand(open_chat: Opener) -> None:
    ref = open_chat()
    assign(ref)
    actions.begin_wrap_up(ref, agent_id=ADA, now=NOW)
    for reason, outcome in (("", "solved"), ("delivery", ""), ("outage", "solved"), ("solved", "delivery")):
        with pytest.raises(Refused):
            actions.wrap_up(ref, agent_id=ADA, reason_code=reason, outcome_code=outcome, now=NOW)
    assert get_interaction(ref).state == State.WRAP_UP


def it_extends_wrap_up_once_and_forces_it_when_due(open_chat: Opener) -> None:
    ref = open_chat()
    assign(ref)
    actions.begin_wrap_up(ref, agent_id=ADA, now=NOW)
    due = actions.extend_wrap_up(ref, agent_id=ADA, now=NOW)
    assert due == NOW + timedelta(seconds=120)
    with pytest.raises(WrongState):
        actions.extend_wrap_up(ref, agent_id=ADA, now=NOW)
    assert actions.force_wrap_up(ref, now=due - timedelta(seconds=1)) is False
    assert actions.force_wrap_up(ref, now=due) is True
    row = Interaction.objects.get(ref=ref)
    assert row.state == State.CLOSED
    assert row.disposition_missing


def it_abandons_at_the_instant_the_customer_went(open_chat: Opener) -> None:
    ref, went = open_chat(), NOW + timedelta(seconds=25)
    assert actions.abandon(ref, abandoned_at=went, now=went + timedelta(minutes=10))
    (contact,) = contacts_offered(NOW, NOW + timedelta(days=1))
    assert waited_for(contact) == timedelta(seconds=25)


def it_never_abandons_a_message_that_was_left(open_chat: Opener) -> None:
    ref = open_chat(waits=True)
    assert actions.abandon(ref, abandoned_at=NOW, now=NOW + timedelta(hours=9)) is False
    assert get_interaction(ref).state == State.QUEUED


def it_keeps_a_contact_one_when_a_closed_conversation_goes_on(open_chat: Opener) -> None:
    ref = open_chat()
    assign(ref)
    actions.begin_wrap_up(ref, agent_id=ADA, now=NOW + timedelta(seconds=20))
    actions.force_wrap_up(ref, now=NOW + timedelta(hours=1))
    actions.reopen(ref, by="contact", now=NOW + timedelta(hours=2))
    assign(ref, BEN, 7300)
    actions.begin_wrap_up(ref, agent_id=BEN, now=NOW + timedelta(seconds=7400))
    actions.force_wrap_up(ref, now=NOW + timedelta(seconds=7500))
    (contact,) = contacts_offered(NOW, NOW + timedelta(days=1))
    assert (waited_for(contact), contact.agent_id) == (timedelta(seconds=10), BEN)
    assert handled_for(contact) == timedelta(seconds=3590) + timedelta(seconds=200), (
        "the hour it lay is nobody's"
    )


def it_makes_a_second_contact_of_one_that_left_and_comes_again(open_chat: Opener) -> None:
    ref = open_chat()
    actions.end_by_visitor(ref, now=NOW + timedelta(seconds=5))
    actions.reopen(ref, by="contact", now=NOW + timedelta(seconds=60))
    assign(ref, BEN, 70)
    first, second = contacts_offered(NOW, NOW + timedelta(days=1))
    assert (first.abandoned_at is None, waited_for(second)) == (False, timedelta(seconds=10))


def it_keeps_a_contact_one_when_work_is_requeued(open_chat: Opener) -> None:
    ref = open_chat()
    assign(ref)
    actions.requeue(ref, reason="agent_lost", now=NOW + timedelta(seconds=60))
    assign(ref, BEN, 90)
    (contact,) = contacts_offered(NOW, NOW + timedelta(days=1))
    assert waited_for(contact) == timedelta(seconds=10)
    with pytest.raises(NotYours):
        actions.begin_wrap_up(ref, agent_id=ADA, now=NOW + timedelta(seconds=100))


def it_starts_a_second_conversation_only_after_the_first_has_ended(open_chat: Opener) -> None:
    digest = uuid4().hex
    first = open_chat(token_digest=digest)
    assert open_chat("And another thing", token_digest=digest) == first
    actions.end_by_visitor(first, now=NOW)
    second = open_chat("Again me", token_digest=digest)
    assert second != first
    assert get_interaction(second).contact_id == get_interaction(first).contact_id


@pytest.fixture
def announced() -> Iterator[list[str]]:
    heard: list[str] = []
    wires = [
        (interaction_queued, lambda **_k: heard.append("queued")),
        (work_ended, lambda outcome="closed", **_k: heard.append(outcome)),
    ]
    for signal, receiver in wires:
        signal.connect(receiver, weak=False)
    yield heard
    for signal, receiver in wires:
        signal.disconnect(receiver)


def it_announces_each_fact_once(open_chat: Opener, announced: list[str]) -> None:
    ref = open_chat()
    actions.end_by_visitor(ref, now=NOW)
    actions.end_by_visitor(ref, now=NOW)
    assert announced == ["queued", "abandoned"]


STEPS = ["assign", "say", "reply", "wrap", "close", "force", "end", "abandon", "requeue", "reopen", "note"]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.sampled_from(STEPS), max_size=14))
def it_holds_its_invariants_whatever_is_tried(open_chat: Opener, steps: list[str]) -> None:
    ref = open_chat()
    for number, step in enumerate(steps, start=1):
        try_step(ref, step, seconds=10.0 * number)
    row = Interaction.objects.get(ref=ref)
    open_segments = Segment.objects.filter(interaction=row, ended_at__isnull=True).count()
    assert open_segments == (0 if row.state in {State.CLOSED, State.ABANDONED} else 1)
    assert (row.agent_id is not None) or row.state not in {State.ACTIVE, State.WRAP_UP}
    numbers = list(Event.objects.filter(interaction_ref=ref).order_by("n").values_list("n", flat=True))
    assert numbers == list(range(1, row.event_n + 1))
    seqs = list(row.messages.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, row.last_seq + 1))
    settled = [c for c in contacts_offered(NOW, NOW + timedelta(days=1)) if c.interaction_ref == ref]
    assert not any(contact.answered_at and contact.abandoned_at for contact in settled)


def try_step(ref: UUID, step: str, *, seconds: float) -> None:
    now = NOW + timedelta(seconds=seconds)
    say: dict[str, Any] = {"client_id": uuid4(), "body": "x", "now": now}
    me: dict[str, Any] = {"agent_id": ADA, "author_shown": "Ada"}
    verbs: dict[str, Callable[[], object]] = {
        "assign": lambda: assign(ref, ADA, seconds),
        "say": lambda: actions.receive_message(ref, **say),
        "reply": lambda: actions.send_reply(ref, **me, **say, last_seq=10**6),
        "note": lambda: actions.add_note(ref, **me, **say),
        "wrap": lambda: actions.begin_wrap_up(ref, agent_id=ADA, now=now),
        "close": lambda: actions.wrap_up(
            ref, agent_id=ADA, reason_code="delivery", outcome_code="solved", now=now
        ),
        "force": lambda: actions.force_wrap_up(ref, now=now + timedelta(hours=1)),
        "end": lambda: actions.end_by_visitor(ref, now=now),
        "abandon": lambda: actions.abandon(ref, abandoned_at=now, now=now),
        "requeue": lambda: actions.requeue(ref, reason="lost", now=now),
        "reopen": lambda: actions.reopen(ref, by="contact", now=now),
    }
    try:
        verbs[step]()
    except RoomError:
        return
