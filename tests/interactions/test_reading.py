"""Questions: values out, a statement or two, the brand's own rows, never a note to a customer."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from core.errors import NotFound
from interactions import actions, queries
from interactions.access import get_interaction, lock_interaction
from interactions.choices import DispositionKind, DraftKind
from tenants.binding import WrongScope
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS
from tests.interactions.conftest import Opener, first_message, make_inbox

ADA, BEN = 77, 78
LATER = NOW + timedelta(seconds=30)
DONE: dict[str, Any] = {"reason_code": "delivery", "outcome_code": "solved"}

Asked = Callable[[int], Any]


def taken(open_chat: Opener, *, agent_id: int = ADA, **more: Any) -> UUID:
    ref = open_chat(**more)
    actions.assign(ref, agent_id=agent_id, agent_shown="Ada", now=NOW)
    return ref


def closed(open_chat: Opener, *, now: Any = LATER, **more: Any) -> UUID:
    ref = taken(open_chat, **more)
    actions.begin_wrap_up(ref, agent_id=ADA, now=now)
    actions.wrap_up(ref, agent_id=ADA, **DONE, now=now)
    return ref


class DescribeListRows:
    def it_asks_once_for_many(self, open_chat: Opener, django_assert_num_queries: Any) -> None:
        refs = [open_chat(f"Line {n}") for n in range(4)]
        with django_assert_num_queries(1):
            rows = queries.list_rows(refs)
        assert [rows[ref].preview for ref in refs] == [f"Line {n}" for n in range(4)]

    def it_keeps_the_list_columns_with_each_message(self, open_chat: Opener) -> None:
        ref = open_chat("First")
        actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=NOW)
        actions.receive_message(ref, client_id=uuid4(), body="Second\nline", now=LATER)
        row = queries.list_rows([ref])[ref]
        assert (row.unread, row.last_seq, row.last_in_seq) == (2, 3, 3)
        assert (row.preview, row.last_message_at) == ("Second line", LATER)
        actions.read_up_to(ref, agent_id=ADA, seq=2)
        assert get_interaction(ref).unread == 2
        actions.read_up_to(ref, agent_id=BEN, seq=3)
        assert get_interaction(ref).unread == 2
        actions.read_up_to(ref, agent_id=ADA, seq=3)
        assert get_interaction(ref).unread == 0

    def it_leaves_out_what_is_not_there(self, open_chat: Opener) -> None:
        assert queries.list_rows([uuid4()]) == {}


class DescribeTranscripts:
    @pytest.fixture
    def ref(self, open_chat: Opener) -> UUID:
        ref = taken(open_chat)
        for n in range(3, 61):
            verb = actions.add_note if n % 2 else actions.send_reply
            more = {} if n % 2 else {"last_seq": n}
            verb(ref, agent_id=ADA, author_shown="Ada", client_id=uuid4(), body=str(n), now=LATER, **more)
        return ref

    def it_shows_staff_the_last_fifty(self, ref: UUID) -> None:
        assert [message.seq for message in queries.transcript(ref)] == list(range(11, 61))

    def it_replays_what_came_after(self, ref: UUID) -> None:
        assert [message.seq for message in queries.transcript(ref, after=57)] == [58, 59, 60]

    def it_never_shows_a_customer_a_note(self, ref: UUID) -> None:
        seen = queries.public_transcript(ref)
        assert {message.direction for message in seen} == {"in", "out", "system"}
        assert [message.seq for message in seen] == [1, 2, *range(4, 61, 2)]

    def it_gives_one_by_its_number(self, ref: UUID) -> None:
        found = queries.one_message(ref, 59)
        assert found is not None
        assert (found.body, found.direction, found.author_id, found.author_shown) == (
            "59",
            "note",
            ADA,
            "Ada",
        )
        assert queries.one_message(ref, 99) is None


class DescribeHistory:
    def it_finds_what_the_contact_had_before(self, open_chat: Opener) -> None:
        digest = uuid4().hex
        first = open_chat(token_digest=digest)
        actions.end_by_visitor(first, now=LATER)
        second = open_chat(token_digest=digest)
        open_chat()
        here = get_interaction(second)
        assert [row.ref for row in queries.earlier(here.contact_id, than=second)] == [first]

    def it_finds_what_i_closed_since(self, open_chat: Opener) -> None:
        yesterday = closed(open_chat, now=NOW)
        today = [closed(open_chat, now=LATER + timedelta(minutes=n)) for n in (0, 1, 1)]
        taken(open_chat)
        found = [row.ref for row in queries.closed_by(ADA, since=LATER)]
        assert found == today[::-1]
        assert yesterday not in found
        assert queries.closed_by(BEN, since=NOW) == []

    def it_finds_whose_wrap_up_is_over(self, open_chat: Opener) -> None:
        late, later = taken(open_chat), taken(open_chat)
        taken(open_chat)
        actions.begin_wrap_up(later, agent_id=ADA, now=LATER)
        actions.begin_wrap_up(late, agent_id=ADA, now=NOW)
        due = NOW + timedelta(seconds=60)
        assert queries.due_wrap_ups(due - timedelta(seconds=1)) == []
        assert queries.due_wrap_ups(due) == [late]
        assert queries.due_wrap_ups(LATER + timedelta(seconds=60)) == [late, later]


class DescribeDispositions:
    def it_offers_the_active_ones_in_order(self, open_chat: Opener) -> None:
        actions.save_disposition(DispositionKind.REASON, "return", "Return", position=-1)
        actions.save_disposition(DispositionKind.REASON, "delivery", "Delivery", active=False)
        assert queries.dispositions(DispositionKind.REASON) == [("return", "Return"), ("spam", "Spam")]
        assert queries.dispositions(DispositionKind.OUTCOME) == [("solved", "Solved")]


class DescribeAccess:
    def it_gives_an_agent_what_is_theirs_and_nobody_else(self, open_chat: Opener) -> None:
        ref = taken(open_chat)
        assert get_interaction(ref, agent_id=ADA).ref == ref
        absent: list[str] = []
        for missing in ({"ref": ref, "agent_id": BEN}, {"ref": uuid4(), "agent_id": ADA}, {"ref": uuid4()}):
            with pytest.raises(NotFound) as refused:
                get_interaction(**missing)
            absent.append(f"{refused.value.status} {refused.value}")
        assert len(set(absent)) == 1  # forbidden looks like absent

    def it_looks_absent_from_the_other_brand(self, open_chat: Opener, globex: BrandCard) -> None:
        ref = closed(open_chat)
        with tenant_scope(globex, TESTS):
            for ask in (get_interaction, lock_interaction):
                with pytest.raises(NotFound):
                    ask(ref)
            assert queries.list_rows([ref]) == {}
            assert queries.transcript(ref) == queries.public_transcript(ref) == []
            assert queries.closed_by(ADA, since=NOW) == []

    def it_lets_no_verb_of_the_other_brand_touch_it(self, open_chat: Opener, globex: BrandCard) -> None:
        ref = taken(open_chat)
        with tenant_scope(globex, TESTS):
            for verb in (
                lambda: actions.begin_wrap_up(ref, agent_id=ADA, now=LATER),
                lambda: actions.end_by_visitor(ref, now=LATER),
                lambda: actions.requeue(ref, reason="x", now=LATER),
                lambda: actions.assign(ref, agent_id=BEN, agent_shown="Ben", now=LATER),
            ):
                with pytest.raises(NotFound):
                    verb()
        assert get_interaction(ref).state == "active"

    def it_has_no_id_in_common_between_brands(self, open_chat: Opener, globex: BrandCard) -> None:
        here = get_interaction(open_chat())
        with tenant_scope(globex, TESTS):
            there = get_interaction(first_message(make_inbox(), "Hello").interaction_ref)
        assert here.brand_id != there.brand_id
        assert not {here.id, here.queue_id, here.contact_id} & {there.id, there.queue_id, there.contact_id}

    def it_needs_a_brand(self, db: None) -> None:
        for ask in (get_interaction, queries.transcript):
            with pytest.raises(WrongScope):
                ask(uuid4())


class DescribeValues:
    def it_hands_out_values_that_hold_no_row(self, open_chat: Opener) -> None:
        ref = closed(open_chat)
        seen: list[Any] = [get_interaction(ref), *queries.transcript(ref), *queries.list_rows([ref]).values()]
        for value in seen:
            held = [getattr(value, field.name) for field in fields(value)]
            assert not [item for item in held if isinstance(item, models.Model | models.QuerySet)]
            with pytest.raises(FrozenInstanceError):
                setattr(value, fields(value)[0].name, "other")


def counted(verb: Callable[[], object]) -> list[str]:
    """Return the verbs of the statements that it ran, transaction control left out."""
    with CaptureQueriesContext(connection) as asked:
        verb()
    firsts = [query["sql"].split()[0] for query in asked]
    return [word for word in firsts if word in {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}]


class DescribeStatements:
    def it_takes_one_for_a_customers_message(self, open_chat: Opener) -> None:
        ref = taken(open_chat)
        said: dict[str, Any] = {"client_id": uuid4(), "body": "Hi", "now": LATER}
        assert counted(lambda: actions.receive_message(ref, **said)) == ["WITH"]

    def it_takes_one_more_for_a_repeat(self, open_chat: Opener) -> None:
        ref = taken(open_chat)
        said: dict[str, Any] = {"client_id": uuid4(), "body": "Hi", "now": LATER}
        actions.receive_message(ref, **said)
        assert counted(lambda: actions.receive_message(ref, **said)) == ["WITH", "SELECT"]

    def it_takes_eight_for_a_reply_with_its_draft(self, open_chat: Opener) -> None:
        ref = taken(open_chat)
        said: dict[str, Any] = {
            "agent_id": ADA,
            "author_shown": "Ada",
            "client_id": uuid4(),
            "body": "Hi",
            "now": LATER,
        }
        actions.save_draft(ref, agent_id=ADA, kind=DraftKind.REPLY, body="Hi", now=LATER)
        eight = ["WITH", "INSERT", "SELECT", "UPDATE", "INSERT", "UPDATE", "SELECT", "DELETE"]
        assert counted(lambda: actions.send_reply(ref, last_seq=2, **said)) == eight
