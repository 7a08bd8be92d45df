# ruff: noqa: F811 - fixtures of races
"""Requests to the client: asked, answered, called off, asked again; the waiting is evidence, not a claim."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.choices import Role
from core.errors import NotFound
from events.models import Event
from interactions import actions
from interactions.asking import queries
from interactions.asking.actions import (
    Agent,
    answer_request,
    cancel_request,
    open_request,
    reopen_request,
    set_terms,
    tell_asked,
    tell_untold,
)
from interactions.asking.files import read_file
from interactions.asking.models import RequestTurn
from interactions.errors import Ended, NotYours, Refused, WrongState
from interactions.models import Message, Queue
from tenants.cards import BrandCard
from tenants.mail.models import SystemMail
from tenants.models import AuditRow
from tenants.scope import labour_scope, tenant_scope
from tests.factories import NOW, TESTS, make_person
from tests.interactions.test_exactly_once import at_once, inbox, ref  # noqa: F401 - fixtures

Opener = Callable[..., UUID]
ADA = Agent(77, "Ada B.", "user:77")
BEA = Agent(78, "Bea", "user:78")
LENA: dict[str, Any] = {"shown": "Lena Holm", "actor": "user:9"}
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def talk(open_chat: Opener) -> UUID:
    """A conversation that Ada has."""
    ref = open_chat()
    actions.assign(ref, agent_id=ADA.id, agent_shown=ADA.shown, now=NOW)
    return ref


def ask(talk: UUID, **more: Any) -> UUID:
    given: dict[str, Any] = {
        "kind": "check",
        "question": "Was order 1234 sent?",
        "key": uuid4(),
        "agent": ADA,
    }
    return open_request(talk, **{**given, "now": NOW, **more})


def close(talk: UUID) -> None:
    actions.begin_wrap_up(talk, agent_id=ADA.id, now=LATER)
    done: dict[str, Any] = {"reason_code": "delivery", "outcome_code": "solved"}
    actions.wrap_up(talk, agent_id=ADA.id, **done, now=LATER)


def kinds(talk: UUID) -> list[str]:
    found = Event.objects.filter(interaction_ref=talk, kind__startswith="request.").order_by("n")
    return [str(kind) for kind in found.values_list("kind", flat=True)]


def notes(talk: UUID) -> list[tuple[str, str]]:
    rows = Message.objects.filter(interaction__ref=talk, direction="note").order_by("seq")
    return [(row.data["code"], row.body) for row in rows]


class DescribeAsking:
    def it_is_asked_once_and_leaves_note_event_and_trail(self, talk: UUID, acme: BrandCard) -> None:
        key = uuid4()
        ref = ask(talk, key=key)
        assert ask(talk, key=key, question="Another text") == ref
        found = queries.get_request(ref)
        assert (found.is_open, len(found.turns), found.last.question) == (True, 1, "Was order 1234 sent?")
        assert notes(talk) == [("request_asked", "Was order 1234 sent?")]
        (event,) = Event.objects.filter(interaction_ref=talk, kind="request.opened")
        assert (event.actor_kind, event.actor_id, event.data["turn"]) == ("agent", ADA.id, 1)
        assert "question" not in event.data, "ids, numbers and codes alone"
        row = AuditRow.objects.get(verb="request.opened")
        assert (row.actor, row.brand_id) == (ADA.who, acme.id)

    def it_is_for_who_has_the_conversation(self, talk: UUID, open_chat: Opener) -> None:
        with pytest.raises(NotYours):
            ask(talk, agent=BEA)
        with pytest.raises(NotFound):
            ask(uuid4())
        close(talk)
        with pytest.raises(Ended):
            ask(talk, now=LATER)

    @pytest.mark.parametrize(
        "wrong",
        [{"question": "  "}, {"question": "x" * 2001}, {"kind": "none"}, {"hours": 0}, {"hours": 241}],
    )
    def it_refuses_what_says_nothing(self, talk: UUID, wrong: dict[str, Any]) -> None:
        with pytest.raises(Refused):
            ask(talk, **wrong)
        assert queries.requests_of(talk) == []

    def it_carries_the_test_mark_and_mails_nobody_for_a_test(
        self, acme: BrandCard, open_chat: Opener
    ) -> None:
        make_person("lena@example.test", (Role.MANAGER, acme))
        ref = open_chat(is_test=True)
        actions.assign(ref, agent_id=ADA.id, agent_shown=ADA.shown, now=NOW)
        assert queries.get_request(ask(ref)).is_test
        assert Event.objects.get(kind="request.opened").is_test
        tell_untold(now=NOW)
        assert not mailed()
        assert queries.count_open() == 0

    def it_keeps_no_card_number(self, talk: UUID) -> None:
        card, hidden = "4111 1111 1111 1111", "•••• 1111"
        ref = ask(talk, question=f"Is {card} charged?")
        for _twice in range(2):
            answer_request(ref, answer=f"No, {card} is not.", **LENA, now=LATER)
        for _twice in range(2):
            reopen_request(ref, question=f"And {card}?", agent=ADA, now=LATER)
        cancel_request(ref, why=f"{card} was", agent=ADA, now=LATER)
        first, last = queries.get_request(ref).turns
        assert (first.question, first.answer) == (f"Is {hidden} charged?", f"No, {hidden} is not.")
        assert (last.question, last.answer) == (f"And {hidden}?", f"{hidden} was")
        assert card not in str(notes(talk))

    def it_refuses_what_is_no_text(self, talk: UUID) -> None:
        ref = ask(talk)
        for no_text in ("a\0b", "a\x1bb"):
            with pytest.raises(Refused):
                ask(talk, question=no_text)
            with pytest.raises(Refused):
                answer_request(ref, answer=no_text, **LENA, now=LATER)
            with pytest.raises(Refused):
                cancel_request(ref, why=no_text, agent=ADA, now=LATER)
        assert queries.get_request(ref).is_open


class DescribeTheMail:
    def it_goes_to_those_of_the_brand_who_may_answer_and_holds_no_text(
        self, talk: UUID, acme: BrandCard, globex: BrandCard
    ) -> None:
        make_person("lena@example.test", (Role.MANAGER, acme))
        make_person("vic@example.test", (Role.VIEWER, acme))
        make_person("cy@example.test", (Role.MANAGER, globex))
        ref = ask(talk)
        assert not mailed(), "it is written when the conversation is locked no more"
        assert [tell_asked(ref, now=NOW) for _twice in range(2)] == [True, False]
        assert [mail.to for mail in mailed()] == ["lena@example.test"]
        assert "1234" not in mailed()[0].text

    def it_is_promised_when_no_task_came_to_it_once_for_each_turn(self, talk: UUID, acme: BrandCard) -> None:
        make_person("lena@example.test", (Role.MANAGER, acme))
        ref = ask(talk)
        assert [tell_untold(now=NOW) for _twice in range(2)] == [1, 0]
        answer_request(ref, answer="On Monday.", **LENA, now=LATER)
        reopen_request(ref, question="Which?", agent=ADA, now=LATER)
        assert [tell_untold(now=LATER) for _twice in range(2)] == [1, 0]
        assert len(mailed()) == 2

    def it_is_not_sent_for_what_waits_no_more_or_is_long_past(self, talk: UUID, acme: BrandCard) -> None:
        make_person("lena@example.test", (Role.MANAGER, acme))
        ref, old = ask(talk), ask(talk)
        answer_request(ref, answer="On Monday.", **LENA, now=LATER)
        assert not tell_asked(ref, now=LATER)
        assert tell_untold(now=NOW + timedelta(days=1)) == 0
        assert queries.get_request(old).is_open
        assert not mailed()


def it_mails_once_however_many_tell(acme: BrandCard, ref: UUID) -> None:
    make_person("lena@example.test", (Role.MANAGER, acme))
    with tenant_scope(acme, TESTS):
        request = ask(ref)
    assert True in at_once(acme, [partial(tell_asked, request, now=NOW)] * 4)
    assert [mail.to for mail in mailed()] == ["lena@example.test"]


def mailed() -> list[SystemMail]:
    with labour_scope():
        return list(SystemMail.objects.filter(kind="client_request"))


class DescribeWhenItIsDue:
    def it_counts_the_open_hours_of_its_queue(self, talk: UUID, acme: BrandCard) -> None:
        assert queries.get_request(ask(talk)).due_at == NOW + timedelta(hours=8), "day and night"
        weekdays = [(day, 9 * 60, 17 * 60) for day in range(5)]
        queue = Queue.objects.get()
        view = actions.write_calendar(
            name="Office", zone="Europe/Stockholm", week=weekdays, actor="user:1", now=NOW
        )
        actions.use_calendars({queue.ref: view.ref}, actor="user:1", now=NOW)
        friday = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)  # 16:00 in Stockholm: an hour is left
        found = queries.get_request(ask(talk, hours=2, now=friday))
        assert found.due_at == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def it_follows_the_brands_terms_from_then_on(
        self, talk: UUID, acme: BrandCard, globex: BrandCard
    ) -> None:
        first = ask(talk)
        set_terms(hours=2, actor="user:1", now=NOW)
        set_terms(hours=2, actor="user:1", now=NOW)
        assert AuditRow.objects.get(verb="requests.due_changed").diff == {"hours": [8, 2]}
        assert queries.get_request(ask(talk)).due_at == NOW + timedelta(hours=2)
        assert queries.get_request(first).due_at == NOW + timedelta(hours=8)
        with pytest.raises(Refused):
            set_terms(hours=0, actor="user:1", now=NOW)
        with tenant_scope(globex, TESTS):
            assert queries.due_hours() == 8


class DescribeAnswering:
    def it_is_answered_once_and_comes_back_as_a_note(self, talk: UUID) -> None:
        ref = ask(talk)
        answer_request(ref, answer="On Monday.", **LENA, now=LATER)
        answer_request(ref, answer="On Monday.", **LENA, now=LATER)
        assert notes(talk)[1:] == [("request_answered", "On Monday.")]
        with pytest.raises(WrongState, match="Lena Holm has answered"):
            answer_request(ref, answer="No.", shown="Gus", actor="user:8", now=LATER)
        with pytest.raises(Refused):
            answer_request(ask(talk), answer=" ", **LENA, now=LATER)
        with pytest.raises(NotFound):
            answer_request(uuid4(), answer="Yes", **LENA, now=LATER)

    def it_is_asked_again_and_the_story_stays(self, talk: UUID) -> None:
        ref = ask(talk)
        with pytest.raises(WrongState):
            reopen_request(ref, question="And?", agent=ADA, now=LATER)
        answer_request(ref, answer="On Monday.", **LENA, now=LATER)
        with pytest.raises(NotYours):
            reopen_request(ref, question="And?", agent=BEA, now=LATER)
        for _twice in range(2):
            reopen_request(ref, question="Which Monday?", agent=ADA, now=LATER)
        found = queries.get_request(ref)
        assert [turn.question for turn in found.turns] == ["Was order 1234 sent?", "Which Monday?"]
        assert (found.turns[0].answer, found.is_open) == ("On Monday.", True)
        assert kinds(talk) == ["request.opened", "request.answered", "request.reopened"]

    def it_is_called_off_by_who_asked_or_has_it_now(self, talk: UUID) -> None:
        ref = ask(talk)
        with pytest.raises(NotYours):
            cancel_request(ref, agent=BEA, now=LATER)
        cancel_request(ref, agent=ADA, now=LATER)
        cancel_request(ref, agent=ADA, now=LATER)
        with pytest.raises(WrongState, match="no answer is needed"):
            answer_request(ref, answer="Yes", **LENA, now=LATER)
        assert kinds(talk) == ["request.opened", "request.cancelled"]
        answered = ask(talk)
        answer_request(answered, answer="Yes", **LENA, now=LATER)
        with pytest.raises(WrongState):
            cancel_request(answered, agent=ADA, now=LATER)

    def it_keeps_the_files_of_the_answer_once(self, talk: UUID, globex: BrandCard) -> None:
        ref, offer = ask(talk), read_file("offer.pdf", b"%PDF-1.7")
        for _twice in range(2):
            answer_request(ref, answer="See it", files=[offer, offer], **LENA, now=LATER)
        with pytest.raises(WrongState):
            answer_request(ref, answer="See it", **LENA, now=LATER)
        (turn,) = queries.get_request(ref).turns
        (kept,) = turn.files
        assert (kept.name, kept.size) == ("offer.pdf", 8)
        assert queries.get_file(ref, kept.ref) == offer
        assert Message.objects.latest("pk").data["files"] == 1
        assert Event.objects.get(kind="request.answered").data["files"] == 1
        with pytest.raises(NotFound):
            queries.get_file(ask(talk), kept.ref)
        with pytest.raises(Refused):
            answer_request(ask(talk), answer="See them", files=[offer] * 4, **LENA, now=LATER)
        with tenant_scope(globex, TESTS), pytest.raises(NotFound):
            queries.get_file(ref, kept.ref)

    def it_is_answered_after_the_conversation_is_closed(self, talk: UUID) -> None:
        ref = ask(talk)
        close(talk)
        answer_request(ref, answer="On Monday.", **LENA, now=LATER)
        assert notes(talk)[-1] == ("request_answered", "On Monday.")


class DescribeTheEvidence:
    def it_gives_the_spans_with_who_and_when(self, talk: UUID, open_chat: Opener) -> None:
        first = ask(talk)
        answer_request(first, answer="On Monday.", **LENA, now=LATER)
        reopen_request(first, question="Which?", agent=ADA, now=LATER)
        second = ask(talk, now=LATER)
        cancel_request(second, agent=ADA, now=LATER + timedelta(minutes=5))
        spans = [
            (one.request_ref, one.started_at, one.started_by, one.ended_at, one.ended_by, one.end)
            for one in queries.waiting_for_client(talk)
        ]
        assert spans == [
            (first, NOW, ADA.id, LATER, "user:9", "answered"),
            (first, LATER, ADA.id, None, "", ""),
            (second, LATER, ADA.id, LATER + timedelta(minutes=5), ADA.who, "cancelled"),
        ]
        assert queries.waiting_for_client(open_chat()) == ()

    def it_has_no_end_without_somebody(self, talk: UUID) -> None:
        ask(talk)
        with pytest.raises(IntegrityError), transaction.atomic():
            RequestTurn.objects.update(ended_at=LATER)
