"""A customer who is back within a day goes on where they were; nobody new is counted."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from events.models import Event
from interactions import actions
from interactions.access import get_interaction
from interactions.choices import DispositionKind, State
from interactions.errors import Ended, Refused
from interactions.models import Interaction, Queue, Segment
from interactions.signals import interaction_queued
from reporting.queries import contacts_offered
from tests.factories import NOW
from tests.interactions.conftest import Opener
from tests.reporting.conftest import handled_for, waited_for

ADA, BEN = 77, 78
HOUR = 3600


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def resume(ref: UUID, seconds: float, body: str = "One more thing", client_id: UUID | None = None) -> int:
    return actions.resume_conversation(ref, client_id=client_id or uuid4(), body=body, now=at(seconds)).seq


@pytest.fixture
def wrapping(open_chat: Opener) -> UUID:
    ref = open_chat()
    actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=at(10))
    actions.begin_wrap_up(ref, agent_id=ADA, now=at(100))
    return ref


@pytest.fixture
def closed(wrapping: UUID) -> UUID:
    """Closed at second 130."""
    actions.wrap_up(wrapping, agent_id=ADA, reason_code="delivery", outcome_code="solved", now=at(130))
    return wrapping


class DescribeClosed:
    def it_waits_again_as_a_new_segment_for_its_last_agent(self, closed: UUID) -> None:
        drafts = []
        hear = lambda draft, **_: drafts.append(draft)  # noqa: E731
        interaction_queued.connect(hear, weak=False)
        resume(closed, 9 * HOUR)
        interaction_queued.disconnect(hear)
        assert [(draft.interaction_ref, draft.last_agent_id) for draft in drafts] == [(closed, ADA)]
        seen = get_interaction(closed)
        assert (seen.state, seen.agent_id, seen.reason, seen.waiting_since) == (
            State.QUEUED, None, "", at(9 * HOUR),
        )  # fmt: skip
        owners = Segment.objects.filter(interaction__ref=closed).order_by("n")
        assert list(owners.values_list("owner_kind", flat=True)) == ["queue", "agent", "queue"]

    def it_is_no_new_contact_and_no_new_conversation(self, closed: UUID) -> None:
        resume(closed, 9 * HOUR)
        actions.assign(closed, agent_id=BEN, agent_shown="Ben", now=at(9 * HOUR + 50))
        (contact,) = contacts_offered(NOW, NOW + timedelta(days=2))
        assert (waited_for(contact), contact.agent_id) == (timedelta(seconds=10), BEN)
        assert Interaction.objects.count() == 1
        assert Event.objects.filter(interaction_ref=closed, kind="interaction.reopened").count() == 1

    def it_ends_exactly_when_the_hours_are_over(self, closed: UUID) -> None:
        with pytest.raises(Ended):
            resume(closed, 130 + 24 * HOUR)
        resume(closed, 129 + 24 * HOUR)

    def it_is_off_with_no_hours(self, closed: UUID) -> None:
        actions.save_queue(Queue.objects.get(), resume_hours=0)
        with pytest.raises(Ended):
            resume(closed, 131)

    def it_stores_a_repeated_message_once(self, closed: UUID) -> None:
        client_id = uuid4()
        first = resume(closed, 200, client_id=client_id)
        assert resume(closed, 201, client_id=client_id) == first
        assert Event.objects.filter(interaction_ref=closed, kind="interaction.reopened").count() == 1

    def it_reopens_nothing_for_a_text_that_is_refused(self, closed: UUID) -> None:
        with pytest.raises(Refused):
            resume(closed, 200, body="  ")
        assert get_interaction(closed).state == State.CLOSED


class DescribeWrapUp:
    def it_goes_on_at_once_with_who_is_wrapping_up(self, wrapping: UUID) -> None:
        resume(wrapping, 110)
        row = Interaction.objects.get(ref=wrapping)
        assert (row.state, row.agent_id, row.wrap_up_due_at) == (State.ACTIVE, ADA, None)
        assert actions.force_wrap_up(wrapping, now=at(9999)) is False
        assert Segment.objects.filter(interaction=row, ended_at__isnull=True).get().agent_id == ADA

    def it_is_the_same_handling_to_the_report(self, wrapping: UUID) -> None:
        resume(wrapping, 110)
        actions.begin_wrap_up(wrapping, agent_id=ADA, now=at(200))
        actions.wrap_up(wrapping, agent_id=ADA, reason_code="delivery", outcome_code="solved", now=at(210))
        (contact,) = contacts_offered(NOW, NOW + timedelta(days=1))
        assert handled_for(contact) == timedelta(seconds=200)


class DescribeWhatDoesNot:
    def it_leaves_who_left_the_line_to_a_new_conversation(self, open_chat: Opener) -> None:
        ref = open_chat()
        actions.end_by_visitor(ref, now=at(5))
        with pytest.raises(Ended):
            resume(ref, 10)

    def it_never_goes_on_with_what_was_no_contact(self, wrapping: UUID) -> None:
        actions.save_disposition(DispositionKind.OUTCOME, "spam", "Spam", not_a_contact=True)
        actions.wrap_up(wrapping, agent_id=ADA, reason_code="delivery", outcome_code="spam", now=at(130))
        with pytest.raises(Ended):
            resume(wrapping, 140)
