"""Two sockets, several tabs, a lost answer: each message is stored once and numbered without a gap."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection

from core.errors import RoomError
from crm.models import Contact
from events.models import Event
from events.readers import log_of
from interactions import actions
from interactions.access import get_interaction
from interactions.errors import Refused
from interactions.models import Inbox, Interaction, Message, VisitorSession
from interactions.values import MessageView
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS
from tests.interactions.conftest import first_message, make_inbox

ADA = 77
LATER = NOW + timedelta(seconds=30)
THREADS = 6

Job = Callable[[], Any]


def at_once(card: BrandCard, jobs: list[Job]) -> list[Any]:
    """Run the jobs at the same time, each on a connection of its own in the brand's scope."""
    gate = Barrier(len(jobs))

    def run(job: Job) -> Any:
        try:
            gate.wait(60)
            with tenant_scope(card, TESTS):
                return job()
        except RoomError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.fixture
def inbox(acme: BrandCard, transactional_db: None) -> Inbox:
    with tenant_scope(acme, TESTS):
        return make_inbox()


@pytest.fixture
def ref(acme: BrandCard, inbox: Inbox) -> UUID:
    with tenant_scope(acme, TESTS):
        opened = first_message(inbox, "Hello").interaction_ref
        actions.assign(opened, agent_id=ADA, agent_shown="Ada", now=NOW)
        return opened


def receive(ref: UUID, client_id: UUID, body: str = "Hi") -> MessageView:
    return actions.receive_message(ref, client_id=client_id, body=body, now=LATER)


def reply(ref: UUID, client_id: UUID) -> MessageView:
    return actions.send_reply(
        ref, agent_id=ADA, author_shown="Ada", client_id=client_id, body="Yes", last_seq=10**6, now=LATER
    )


def note(ref: UUID, client_id: UUID) -> MessageView:
    return actions.add_note(ref, agent_id=ADA, author_shown="Ada", client_id=client_id, body="VIP", now=LATER)


@pytest.mark.parametrize("verb", [receive, reply, note])
def it_stores_one_of_many_that_race(
    acme: BrandCard, ref: UUID, verb: Callable[[UUID, UUID], MessageView]
) -> None:
    client_id = uuid4()
    answers = at_once(acme, [partial(verb, ref, client_id)] * THREADS)
    assert len({answer.seq for answer in answers}) == 1
    with tenant_scope(acme, TESTS):
        assert Message.objects.filter(client_id=client_id).count() == 1
        row = Interaction.objects.get(ref=ref)
        assert row.last_seq == answers[0].seq
        assert [event.n for event in log_of([ref])[ref]] == list(range(1, row.event_n + 1))


def it_numbers_what_comes_at_once_without_a_gap(acme: BrandCard, ref: UUID) -> None:
    jobs: list[Job] = []
    for verb in (receive, reply, note):
        jobs += [partial(verb, ref, uuid4()) for _ in range(THREADS)]
    answers = at_once(acme, jobs)
    assert sorted(answer.seq for answer in answers) == list(range(3, 3 + len(jobs)))
    with tenant_scope(acme, TESTS):
        row = Interaction.objects.get(ref=ref)
        assert list(row.messages.order_by("seq").values_list("seq", flat=True)) == list(
            range(1, 3 + len(jobs))
        )
        assert [event.n for event in log_of([ref])[ref]] == list(range(1, row.event_n + 1))


def open_by(inbox: Inbox, digest: str, client_id: UUID) -> MessageView:
    return first_message(
        Inbox.objects.select_related("queue").get(pk=inbox.pk),
        "Hello",
        token_digest=digest,
        client_id=client_id,
    )


class DescribeOpening:
    def it_opens_one_conversation_of_two_tabs(self, acme: BrandCard, inbox: Inbox) -> None:
        answers = at_once(acme, [partial(open_by, inbox, "digest", uuid4()) for _ in range(THREADS)])
        assert len({answer.interaction_ref for answer in answers}) == 1
        assert sorted(answer.seq for answer in answers) == list(range(1, THREADS + 1))
        with tenant_scope(acme, TESTS):
            assert Interaction.objects.count() == 1
            assert Contact.objects.count() == 1

    def it_stores_the_first_message_once(self, acme: BrandCard, inbox: Inbox) -> None:
        answers = at_once(acme, [partial(open_by, inbox, "digest", UUID(int=9))] * THREADS)
        assert len({(answer.interaction_ref, answer.seq) for answer in answers}) == 1
        with tenant_scope(acme, TESTS):
            assert Message.objects.count() == 1

    def it_begins_anew_once_after_the_last_has_ended(self, acme: BrandCard, inbox: Inbox) -> None:
        with tenant_scope(acme, TESTS):
            ended = open_by(inbox, "digest", uuid4()).interaction_ref
            actions.end_by_visitor(ended, now=LATER)
        answers = at_once(acme, [partial(open_by, inbox, "digest", UUID(int=9))] * THREADS)
        assert len({(answer.interaction_ref, answer.seq) for answer in answers}) == 1
        with tenant_scope(acme, TESTS):
            assert Interaction.objects.count() == 2
            assert Contact.objects.count() == 1
            session = VisitorSession.objects.get()
            assert session.interaction is not None
            assert session.interaction.ref == answers[0].interaction_ref != ended

    def it_keeps_two_visitors_apart(self, acme: BrandCard, inbox: Inbox) -> None:
        answers = at_once(acme, [partial(open_by, inbox, f"digest {n}", UUID(int=9)) for n in range(3)])
        assert len({answer.interaction_ref for answer in answers}) == 3


def it_has_one_end_of_many_that_race(acme: BrandCard, ref: UUID) -> None:
    def wrap() -> None:
        actions.begin_wrap_up(ref, agent_id=ADA, now=LATER)

    ends: list[Job] = [
        wrap,
        partial(actions.end_by_visitor, ref, now=LATER),
        partial(receive, ref, UUID(int=3)),
    ]
    at_once(acme, ends * 2)
    with tenant_scope(acme, TESTS):
        row = Interaction.objects.get(ref=ref)
        assert row.state == "wrap_up"
        assert Event.objects.filter(kind="interaction.wrapped").count() == 1
        last = Message.objects.filter(interaction=row).order_by("-seq").first()
        assert last is not None
        assert last.direction == "system"  # nothing was said after the end


class DescribeRepeats:
    """The answer to a command was lost, and much has happened since."""

    @pytest.fixture(autouse=True)
    def _in_acme(self, in_acme: object) -> None:
        self.inbox = make_inbox()

    def opened(self) -> UUID:
        ref = first_message(self.inbox, "Hello").interaction_ref
        actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=NOW)
        return ref

    @pytest.mark.parametrize("verb", [receive, reply, note])
    def it_answers_a_repeat_after_the_end(self, verb: Callable[[UUID, UUID], MessageView]) -> None:
        ref, client_id = self.opened(), uuid4()
        stored = verb(ref, client_id)
        actions.begin_wrap_up(ref, agent_id=ADA, now=LATER)
        actions.force_wrap_up(ref, now=LATER + timedelta(hours=1))
        assert verb(ref, client_id) == stored

    @pytest.mark.parametrize("verb", [reply, note])
    def it_answers_a_repeat_when_somebody_else_has_it(
        self, verb: Callable[[UUID, UUID], MessageView]
    ) -> None:
        ref, client_id = self.opened(), uuid4()
        stored = verb(ref, client_id)
        actions.requeue(ref, reason="agent_lost", now=LATER)
        assert verb(ref, client_id) == stored

    def it_answers_a_repeat_that_the_customer_overtook(self) -> None:
        ref, client_id = self.opened(), uuid4()
        seen: dict[str, Any] = {
            "agent_id": ADA,
            "author_shown": "Ada",
            "body": "Yes",
            "last_seq": 2,
            "now": LATER,
        }
        stored = actions.send_reply(ref, client_id=client_id, **seen)
        receive(ref, uuid4())
        assert actions.send_reply(ref, client_id=client_id, **seen) == stored

    def it_gives_nobody_the_message_of_somebody_else(self) -> None:
        ref, client_id = self.opened(), uuid4()
        receive(ref, client_id, "My secret")
        with pytest.raises(IntegrityError, match="message_client_id_once"):
            reply(ref, client_id)

    def it_takes_nothing_under_the_number_of_a_reply(self) -> None:
        ref, client_id = self.opened(), uuid4()
        reply(ref, client_id)
        with pytest.raises(Refused) as refused:
            receive(ref, client_id)
        assert refused.value.code == "taken"
        assert get_interaction(ref).last_seq == 3

    def it_takes_the_same_number_in_another_conversation(self) -> None:
        first, second, client_id = self.opened(), self.opened(), uuid4()
        assert receive(first, client_id).interaction_ref == first
        assert receive(second, client_id).interaction_ref == second
