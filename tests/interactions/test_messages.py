"""Messages: exactly once, in order, masked, refused with words."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from core.errors import NotFound
from events.models import Event
from interactions import actions, queries
from interactions.access import get_interaction
from interactions.choices import DraftKind
from interactions.errors import Ended, MovedOn, NotYours, Refused
from interactions.models import Draft, Interaction, Message
from interactions.values import MessageView
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS
from tests.interactions.conftest import Opener

ADA = 77
LATER = NOW + timedelta(seconds=30)


def answered(open_chat: Opener) -> UUID:
    ref = open_chat()
    actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=NOW)
    return ref


def it_stores_a_message_once_however_often_it_is_sent(open_chat: Opener) -> None:
    ref, client_id = open_chat(), uuid4()
    first = actions.receive_message(ref, client_id=client_id, body="Where is it?", now=LATER)
    again = actions.receive_message(ref, client_id=client_id, body="Where is it?", now=LATER)
    assert again == first
    assert Message.objects.filter(client_id=client_id).count() == 1
    assert Event.objects.filter(kind="message.received").count() == 2


def it_masks_a_card_before_the_first_write(open_chat: Opener) -> None:
    ref = open_chat("My card is 4111 1111 1111 1111")
    (message,) = queries.transcript(ref)
    assert message.body == "My card is •••• 1111"
    assert message.redactions[0]["kind"] == "card"
    assert get_interaction(ref).preview == message.body


@pytest.mark.parametrize(("body", "code"), [("", "empty"), (" \n ", "empty"), ("x" * 10_001, "too_long")])
def it_refuses_what_cannot_be_sent(open_chat: Opener, body: str, code: str) -> None:
    ref = open_chat()
    with pytest.raises(Refused) as refused:
        actions.receive_message(ref, client_id=uuid4(), body=body, now=LATER)
    assert refused.value.code == code
    assert get_interaction(ref).last_seq == 1


def it_takes_exactly_ten_thousand_characters(open_chat: Opener) -> None:
    ref = open_chat()
    assert actions.receive_message(ref, client_id=uuid4(), body="x" * 10_000, now=LATER).seq == 2


def it_refuses_a_message_after_the_end(open_chat: Opener) -> None:
    ref = open_chat()
    actions.end_by_visitor(ref, now=LATER)
    with pytest.raises(Ended):
        actions.receive_message(ref, client_id=uuid4(), body="Still there?", now=LATER)


def it_tells_an_agent_who_missed_a_message(open_chat: Opener) -> None:
    ref = answered(open_chat)
    seen = get_interaction(ref).last_seq
    actions.receive_message(ref, client_id=uuid4(), body="Wait, one more thing", now=LATER)
    with pytest.raises(MovedOn):
        reply(ref, last_seq=seen)
    assert reply(ref, last_seq=seen + 1).body == "It is on its way"


def it_refuses_a_reply_of_somebody_else(open_chat: Opener) -> None:
    ref = answered(open_chat)
    with pytest.raises(NotYours):
        reply(ref, agent_id=78)


def it_keeps_notes_from_the_customer(open_chat: Opener) -> None:
    ref = answered(open_chat)
    actions.add_note(ref, agent_id=ADA, author_shown="Ada", client_id=uuid4(), body="VIP", now=LATER)
    assert [m.body for m in queries.public_transcript(ref) if m.direction == "note"] == []
    assert "VIP" in [m.body for m in queries.transcript(ref)]
    assert get_interaction(ref).preview == "Hello"


def it_counts_the_wait_from_the_first_message_not_answered(open_chat: Opener) -> None:
    ref = open_chat()
    actions.receive_message(ref, client_id=uuid4(), body="Hello?", now=LATER)
    assert get_interaction(ref).waiting_since == NOW
    actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=LATER)
    reply(ref)
    assert get_interaction(ref).waiting_since is None
    actions.receive_message(ref, client_id=uuid4(), body="And the pegs?", now=LATER)
    assert get_interaction(ref).waiting_since == LATER


def it_drops_the_draft_of_what_was_sent_and_keeps_the_other(open_chat: Opener) -> None:
    ref = answered(open_chat)
    for kind in DraftKind:
        actions.save_draft(ref, agent_id=ADA, kind=kind, body="unsent", now=LATER)
    reply(ref)
    assert list(Draft.objects.values_list("kind", flat=True)) == ["note"]


def it_hides_a_conversation_from_the_other_brand(open_chat: Opener, globex: BrandCard) -> None:
    ref = open_chat()
    with tenant_scope(globex, TESTS):
        assert Interaction.objects.filter(ref=ref).count() == 0
        with pytest.raises(NotFound):
            actions.receive_message(ref, client_id=uuid4(), body="Hi", now=LATER)


def reply(ref: UUID, *, agent_id: int = ADA, last_seq: int = 10**6) -> MessageView:
    return actions.send_reply(
        ref, agent_id=agent_id, author_shown="Ada", client_id=uuid4(), body="It is on its way",
        last_seq=last_seq, now=LATER,
    )  # fmt: skip
