"""A customer who says nothing: asked once, then the talk ends; never while they wait themselves."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from events.models import Event
from interactions import actions
from interactions.choices import Direction, State
from interactions.idle import idle_errors
from interactions.models import Inbox, Interaction, Message, Queue
from tests.factories import NOW
from tests.interactions.conftest import Opener

ADA = 77


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def replies(ref: UUID, seconds: float) -> None:
    actions.send_reply(
        ref, agent_id=ADA, author_shown="Ada", client_id=uuid4(), body="Which tent?", last_seq=10**6,
        now=at(seconds),
    )  # fmt: skip


def says(ref: UUID, seconds: float) -> None:
    actions.receive_message(ref, client_id=uuid4(), body="The green one", now=at(seconds))


def row(ref: UUID) -> Interaction:
    found: Interaction = Interaction.objects.get(ref=ref)
    return found


def codes(ref: UUID) -> list[str]:
    found = Message.objects.filter(interaction__ref=ref, direction=Direction.SYSTEM).order_by("seq")
    return [data["code"] for data in found.values_list("data", flat=True)]


@pytest.fixture
def talk(open_chat: Opener) -> UUID:
    """Ada has answered at second 10; it is the customer's turn."""
    ref = open_chat()
    actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=at(5))
    replies(ref, 10)
    return ref


class DescribeSilence:
    def it_asks_once_then_ends_in_wrap_up_of_its_agent(self, talk: UUID) -> None:
        assert actions.fire_idle(now=at(189)) == 0
        assert [actions.fire_idle(now=at(190)) for _ in range(2)] == [1, 0]
        assert codes(talk) == ["joined", "nudged"]
        assert actions.fire_idle(now=at(609)) == 0
        assert actions.fire_idle(now=at(610)) == 1
        seen = row(talk)
        assert (seen.state, seen.agent_id, seen.wrap_up_at) == (State.WRAP_UP, ADA, at(610))
        assert codes(talk)[-1] == "customer_silent"
        assert actions.fire_idle(now=at(99_999)) == 0

    def it_leaves_one_event_each_with_who_and_why(self, talk: UUID) -> None:
        actions.fire_idle(now=at(190))
        actions.fire_idle(now=at(610))
        told = (
            Event.objects.filter(interaction_ref=talk, actor_kind="system")
            .exclude(kind__startswith="clock.")
            .order_by("n")
        )
        kinds = [(event.kind, event.data.get("why")) for event in told]
        assert kinds[1:] == [("interaction.nudged", None), ("interaction.wrapped", "customer_silent")]

    def it_gives_the_customer_their_time_however_late_it_asked(self, talk: UUID) -> None:
        """The process was down for an hour: asked first, and not shut at once."""
        assert actions.fire_idle(now=at(3600)) == 1
        assert codes(talk)[-1] == "nudged"
        assert row(talk).idle_due_at == at(3600 + 420)

    def it_begins_anew_with_each_reply(self, talk: UUID) -> None:
        actions.fire_idle(now=at(190))
        replies(talk, 300)
        assert actions.fire_idle(now=at(479)) == 0
        actions.fire_idle(now=at(480))
        assert codes(talk).count("nudged") == 2

    def it_lets_the_agent_write_on_after_it_asked(self, talk: UUID) -> None:
        """What the system said is nothing newer that a reply would have to be read against."""
        seen = row(talk).last_seq
        actions.fire_idle(now=at(190))
        actions.send_reply(
            talk, agent_id=ADA, author_shown="Ada", client_id=uuid4(), body="Hello?", last_seq=seen,
            now=at(200),
        )  # fmt: skip


class DescribeWhoWaits:
    def it_never_hurries_a_customer_who_waits_for_an_answer(self, talk: UUID) -> None:
        says(talk, 20)
        assert actions.fire_idle(now=at(99_999)) == 0
        assert row(talk).state == State.ACTIVE

    def it_never_ends_one_who_wrote_after_being_asked(self, talk: UUID) -> None:
        actions.fire_idle(now=at(190))
        says(talk, 200)
        assert (actions.fire_idle(now=at(99_999)), row(talk).nudged_at) == (0, None)

    def it_never_hurries_one_whose_agent_has_not_written(self, open_chat: Opener) -> None:
        ref = open_chat()
        actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=at(5))
        assert actions.fire_idle(now=at(99_999)) == 0

    def it_never_hurries_one_who_was_given_back_to_the_line(self, talk: UUID) -> None:
        actions.requeue(talk, reason="agent_lost", now=at(60))
        actions.assign(talk, agent_id=ADA, agent_shown="Ada", now=at(70))
        assert actions.fire_idle(now=at(99_999)) == 0

    def it_is_nobodys_turn_while_it_is_on_hold(self, talk: UUID) -> None:
        Interaction.objects.filter(ref=talk).update(state=State.HELD)
        assert (actions.answer_silence(talk, now=at(190)), row(talk).idle_due_at) == (False, None)


class DescribeNumbers:
    @pytest.mark.parametrize(
        ("nudge", "close", "first", "second"),
        [(0, 600, "customer_silent", ""), (180, 0, "nudged", ""), (0, 0, "", "")],
    )
    def it_does_without_what_is_off(
        self, open_chat: Opener, nudge: int, close: int, first: str, second: str
    ) -> None:
        actions.save_queue(Queue.objects.get(), nudge_seconds=nudge, idle_close_seconds=close)
        ref = open_chat()
        actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=at(5))
        replies(ref, 10)
        done = [actions.fire_idle(now=at(9_000)), actions.fire_idle(now=at(90_000))]
        assert done == [int(bool(first)), int(bool(second))]
        assert codes(ref)[1:] == [code for code in (first, second) if code]

    def it_closes_nothing_when_closing_was_turned_off_meanwhile(self, talk: UUID) -> None:
        actions.fire_idle(now=at(190))
        actions.save_queue(Queue.objects.get(), idle_close_seconds=0)
        assert (actions.fire_idle(now=at(9_000)), row(talk).state) == (0, State.ACTIVE)

    def it_says_what_is_wrong_with_them(self, in_acme: object) -> None:
        assert set(idle_errors({"nudge_seconds": -1, "idle_close_seconds": 90_000})) == {
            "nudge_seconds", "idle_close_seconds",
        }  # fmt: skip
        assert set(idle_errors({"nudge_seconds": 600, "idle_close_seconds": 600})) == {"idle_close_seconds"}
        with pytest.raises(ValidationError):
            actions.save_queue(name="Returns", nudge_seconds=600, idle_close_seconds=300)
        queue = actions.save_queue(name="Returns")
        with pytest.raises(IntegrityError), transaction.atomic():
            Queue.objects.filter(pk=queue.pk).update(idle_close_seconds=100)


class DescribeWords:
    def it_asks_in_the_clients_own_words(self, talk: UUID) -> None:
        actions.change_inbox(Inbox.objects.get(), config={"nudge": {"en": "Still with us, friend?"}})
        actions.fire_idle(now=at(190))
        assert (
            Message.objects.get(interaction__ref=talk, data__code="nudged").body == "Still with us, friend?"
        )

    @pytest.mark.parametrize(
        ("language", "begins"), [("sv-SE", "Är du kvar?"), ("xx", "Are you still there?")]
    )
    def it_asks_in_the_customers_language(self, open_chat: Opener, language: str, begins: str) -> None:
        ref = open_chat(language=language)
        actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=at(5))
        replies(ref, 10)
        actions.fire_idle(now=at(190))
        assert Message.objects.get(interaction__ref=ref, data__code="nudged").body.startswith(begins)
