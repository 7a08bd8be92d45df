"""No contact at all: it ends at once, counts in no figure, and can be taken back for ten seconds."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from events.models import Event
from interactions import actions
from interactions.choices import DispositionKind, State
from interactions.errors import NotYours, Refused, WrongState
from interactions.models import Disposition, Interaction
from reporting.catalogue import OFFERED
from reporting.metrics import compute
from reporting.queries import contacts_offered
from tests.factories import NOW
from tests.interactions.conftest import Opener

ADA, BEN = 77, 78


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def mark(ref: UUID, seconds: float, code: str = "spam", agent: int = ADA) -> None:
    actions.mark_not_a_contact(ref, agent_id=agent, code=code, now=at(seconds))


def row(ref: UUID) -> Interaction:
    found: Interaction = Interaction.objects.select_related("reason", "outcome").get(ref=ref)
    return found


def offered() -> int:
    return int(compute(OFFERED, contacts_offered(NOW, at(86_400))).top)


@pytest.fixture
def talk(open_chat: Opener) -> UUID:
    ref = open_chat()
    actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=at(10))
    return ref


@pytest.mark.parametrize("code", ["spam", "duplicate", "wrong_brand"])
def it_ends_as_no_contact_after_ten_seconds(talk: UUID, code: str) -> None:
    mark(talk, 20, code)
    assert row(talk).state == State.WRAP_UP
    assert actions.force_wrap_up(talk, now=at(29)) is False
    assert actions.force_wrap_up(talk, now=at(30)) is True
    seen = row(talk)
    assert seen.outcome is not None
    assert (seen.state, seen.reason, seen.outcome.code, seen.disposition_missing) == (
        State.CLOSED, None, code, False,
    )  # fmt: skip
    assert offered() == 0


def it_says_who_did_it_in_the_log(talk: UUID) -> None:
    mark(talk, 20)
    actions.force_wrap_up(talk, now=at(30))
    told = Event.objects.filter(interaction_ref=talk, actor_kind="agent").order_by("n")
    assert [event.kind.partition(".")[2] for event in told] == ["assigned", "wrapped", "voided", "closed"]


def it_gives_the_talk_back_as_it_was(talk: UUID) -> None:
    mark(talk, 20)
    actions.undo_not_a_contact(talk, agent_id=ADA, now=at(29))
    seen = row(talk)
    assert (seen.state, seen.agent_id, seen.outcome) == (State.ACTIVE, ADA, None)
    assert actions.force_wrap_up(talk, now=at(999)) is False
    assert offered() == 1


def it_gives_the_wrap_up_back_with_all_of_its_time(talk: UUID) -> None:
    actions.begin_wrap_up(talk, agent_id=ADA, now=at(20))
    mark(talk, 70)
    actions.undo_not_a_contact(talk, agent_id=ADA, now=at(75))
    seen = row(talk)
    assert (seen.state, seen.outcome, seen.wrap_up_due_at) == (State.WRAP_UP, None, at(135))


def it_takes_nothing_back_too_late_or_for_somebody_else(talk: UUID) -> None:
    with pytest.raises(WrongState):
        actions.undo_not_a_contact(talk, agent_id=ADA, now=at(20))
    mark(talk, 20)
    with pytest.raises(NotYours):
        actions.undo_not_a_contact(talk, agent_id=BEN, now=at(21))
    actions.force_wrap_up(talk, now=at(30))
    with pytest.raises(WrongState):
        actions.undo_not_a_contact(talk, agent_id=ADA, now=at(31))


def it_refuses_what_is_no_reason_and_whose_it_is_not(talk: UUID) -> None:
    with pytest.raises(Refused):
        mark(talk, 20, "solved")
    with pytest.raises(NotYours):
        mark(talk, 20, agent=BEN)
    assert row(talk).state == State.ACTIVE


def it_leaves_a_brands_own_word_alone_that_counts(talk: UUID) -> None:
    actions.save_disposition(DispositionKind.OUTCOME, "duplicate", "Duplicate order")
    mark(talk, 20, "duplicate")
    assert row(talk).is_void
    assert Disposition.objects.filter(code="duplicate", not_a_contact=False).exists()
