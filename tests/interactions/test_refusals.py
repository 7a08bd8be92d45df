"""What is refused, in words; and what a reply must not overlook."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import translation

from interactions import actions, queries
from interactions.access import get_interaction
from interactions.actions.drafts import LONGEST
from interactions.choices import DraftKind
from interactions.errors import Ended, MovedOn, NotYours, Refused
from interactions.models import Draft, Message
from interactions.values import MessageView
from tests.factories import NOW
from tests.interactions.conftest import Opener

ADA, BEN = 77, 78
LATER = NOW + timedelta(seconds=30)


@pytest.fixture
def ref(open_chat: Opener) -> UUID:
    """A conversation that Ada has: the customer's line is 1, "joined" is 2."""
    opened = open_chat()
    actions.assign(opened, agent_id=ADA, agent_shown="Ada", now=NOW)
    return opened


def receive(ref: UUID, body: str) -> MessageView:
    return actions.receive_message(ref, client_id=uuid4(), body=body, now=LATER)


def reply(ref: UUID, body: str = "Yes", *, agent_id: int = ADA, last_seq: int = 10**6) -> MessageView:
    return actions.send_reply(
        ref, agent_id=agent_id, author_shown="Ada", client_id=uuid4(), body=body, last_seq=last_seq, now=LATER
    )


def note(ref: UUID, body: str = "VIP", *, agent_id: int = ADA) -> MessageView:
    return actions.add_note(
        ref, agent_id=agent_id, author_shown="Ada", client_id=uuid4(), body=body, now=LATER
    )


class DescribeText:
    @pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b", "\x7f", "\x80", "\x9f", "\ud83d"])
    @pytest.mark.parametrize("verb", [receive, reply, note])
    def it_refuses_what_is_no_text(self, ref: UUID, verb: object, sign: str) -> None:
        with pytest.raises(Refused) as refused:
            verb(ref, f"be{sign}fore")  # type: ignore[operator]
        assert (refused.value.code, refused.value.status) == ("control", 422)
        assert Message.objects.filter(interaction__ref=ref).count() == 2

    @pytest.mark.parametrize("end", ["\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
    def it_takes_every_line_end_as_one(self, ref: UUID, end: str) -> None:
        assert receive(ref, f"one{end}two").body == "one\ntwo"

    @pytest.mark.parametrize("body", ["tab\tbed", "🏕️ 👩‍🚒", "سلام", "e\u0301", "a\u200db", "\u202eabc"])
    def it_keeps_what_people_write(self, ref: UUID, body: str) -> None:
        assert receive(ref, body).body == body

    def it_counts_characters_after_trimming(self, ref: UUID) -> None:
        assert len(receive(ref, "  " + "🏕" * 10_000 + "\n").body) == 10_000
        with pytest.raises(Refused) as refused:
            receive(ref, "x" * 10_003)
        assert str(refused.value).endswith("over the limit: 3.")

    @pytest.mark.parametrize("verb", [reply, note])
    def it_holds_agents_to_the_same(self, ref: UUID, verb: object) -> None:
        for body, code in ((" ", "empty"), ("x" * 10_001, "too_long")):
            with pytest.raises(Refused) as refused:
                verb(ref, body)  # type: ignore[operator]
            assert refused.value.code == code

    def it_masks_what_agents_write_too(self, ref: UUID) -> None:
        for message in (reply(ref, "4111 1111 1111 1111?"), note(ref, "4111-1111-1111-1111")):
            assert "•••• 1111" in message.body
            (span,) = message.redactions
            assert message.body[span["start"] :][: span["len"]] == "•••• 1111"

    def it_refuses_a_customer_in_their_language(self, ref: UUID) -> None:
        said = []
        with translation.override("sv"):
            for body in ("", "\x1b", "x" * 10_001):
                with pytest.raises(Refused) as refused:
                    receive(ref, body)
                said.append(str(refused.value).split()[0])
            said.append(str(Ended()).split()[0])
        assert said == ["Skriv", "Meddelandet", "Meddelandet", "Den"]

    def it_opens_nothing_with_a_text_it_refuses(self, open_chat: Opener) -> None:
        with pytest.raises(Refused):
            open_chat("\x00")
        assert not Message.objects.exists()


class DescribeMovedOn:
    def it_hands_over_what_came_since(self, ref: UUID) -> None:
        receive(ref, "Wait")
        note(ref)
        with pytest.raises(MovedOn) as conflict:
            reply(ref, last_seq=2)
        assert (conflict.value.code, conflict.value.status, conflict.value.since) == ("moved_on", 409, 2)
        assert [message.body for message in conflict.value.messages] == ["Wait", "VIP"]

    def it_heeds_what_another_agent_wrote(self, ref: UUID) -> None:
        actions.requeue(ref, reason="agent_lost", now=LATER)
        actions.assign(ref, agent_id=BEN, agent_shown="Ben", now=LATER)
        reply(ref, "I have it now", agent_id=BEN)
        actions.requeue(ref, reason="agent_lost", now=LATER)
        actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=LATER)
        with pytest.raises(MovedOn):
            reply(ref, last_seq=2)

    def it_minds_neither_own_lines_nor_notes_nor_what_the_house_said(self, ref: UUID) -> None:
        reply(ref, "One", last_seq=1)  # "joined" was not seen
        note(ref)
        assert reply(ref, "Two", last_seq=1).body == "Two"


class DescribeOwner:
    def it_lets_nobody_else_write(self, ref: UUID) -> None:
        for verb in (reply, note):
            with pytest.raises(NotYours) as refused:
                verb(ref, agent_id=BEN)
            assert refused.value.code == "not_yours"

    def it_refuses_replies_once_wrap_up_has_begun_but_takes_notes(self, ref: UUID) -> None:
        actions.begin_wrap_up(ref, agent_id=ADA, now=LATER)
        with pytest.raises(Ended) as refused:
            reply(ref)
        assert refused.value.code == "ended"
        assert note(ref).direction == "note"

    def it_refuses_the_customer_once_wrap_up_has_begun(self, ref: UUID) -> None:
        actions.end_by_visitor(ref, now=LATER)
        with pytest.raises(Ended) as refused:
            receive(ref, "One more thing")
        assert refused.value.code == "ended"

    def it_wraps_up_for_nobody_else(self, ref: UUID) -> None:
        with pytest.raises(NotYours):
            actions.begin_wrap_up(ref, agent_id=BEN, now=LATER)
        actions.begin_wrap_up(ref, agent_id=ADA, now=LATER)
        for verb in (
            lambda: actions.extend_wrap_up(ref, agent_id=BEN, now=LATER),
            lambda: actions.wrap_up(
                ref, agent_id=BEN, reason_code="delivery", outcome_code="solved", now=LATER
            ),
        ):
            with pytest.raises(NotYours):
                verb()


class DescribeDrafts:
    def save(self, ref: UUID, body: str, kind: DraftKind = DraftKind.REPLY, agent_id: int = ADA) -> None:
        actions.save_draft(ref, agent_id=agent_id, kind=kind, body=body, now=LATER)

    def kept(self, ref: UUID, agent_id: int = ADA) -> dict[str, str]:
        return queries.drafts_of(agent_id, [ref]).get(ref, {})

    def it_keeps_one_of_each_kind(self, ref: UUID) -> None:
        self.save(ref, "Dear")
        self.save(ref, "Dear Kim")
        self.save(ref, "VIP?", DraftKind.NOTE)
        assert self.kept(ref) == {"reply": "Dear Kim", "note": "VIP?"}
        assert Draft.objects.count() == 2

    def it_survives_a_wrap_up_that_was_forced(self, ref: UUID) -> None:
        self.save(ref, "Dear Kim")
        actions.begin_wrap_up(ref, agent_id=ADA, now=LATER)
        actions.force_wrap_up(ref, now=LATER + timedelta(hours=1))
        assert self.kept(ref) == {"reply": "Dear Kim"}

    def it_goes_when_the_agent_is_done(self, ref: UUID) -> None:
        self.save(ref, "Dear Kim")
        actions.begin_wrap_up(ref, agent_id=ADA, now=LATER)
        done: dict[str, Any] = {"reason_code": "delivery", "outcome_code": "solved"}
        actions.wrap_up(ref, agent_id=ADA, **done, now=LATER)
        assert self.kept(ref) == {}

    def it_goes_when_it_was_emptied(self, ref: UUID) -> None:
        self.save(ref, "Dear")
        self.save(ref, " \n")
        assert self.kept(ref) == {}

    def it_stays_when_the_reply_was_refused(self, ref: UUID) -> None:
        self.save(ref, "Dear Kim")
        receive(ref, "Wait")
        with pytest.raises(MovedOn):
            reply(ref, "Dear Kim", last_seq=2)
        assert self.kept(ref) == {"reply": "Dear Kim"}

    def it_masks_cards_and_leaves_out_what_cannot_be_stored(self, ref: UUID) -> None:
        self.save(ref, "Card 4111 1111 1111 1111\x00")
        assert self.kept(ref) == {"reply": "Card •••• 1111"}

    def it_keeps_more_than_may_be_sent(self, ref: UUID) -> None:
        self.save(ref, "x" * 30_000)
        assert len(self.kept(ref)["reply"]) == LONGEST == 20_000

    def it_is_for_whoever_has_the_conversation(self, ref: UUID) -> None:
        with pytest.raises(NotYours):
            self.save(ref, "Mine?", agent_id=BEN)


class DescribeInstants:
    """A customer who had gone before the work came back into the line."""

    def it_abandons_at_an_instant_before_the_open_segment(self, ref: UUID) -> None:
        actions.requeue(ref, reason="agent_lost", now=LATER)
        assert actions.abandon(ref, abandoned_at=NOW, now=LATER + timedelta(minutes=10))
        assert get_interaction(ref).state == "abandoned"

    def it_forgets_who_had_it(self, ref: UUID) -> None:
        actions.requeue(ref, reason="agent_lost", now=LATER)
        seen = get_interaction(ref)
        assert (seen.agent_id, seen.agent_shown, seen.answered_at) == (None, "", NOW)

    def it_begins_a_reopened_one_without_the_old_ending(self, ref: UUID) -> None:
        actions.begin_wrap_up(ref, agent_id=ADA, now=LATER)
        actions.force_wrap_up(ref, now=LATER + timedelta(hours=1))
        actions.reopen(ref, by="agent", actor_id=ADA, now=LATER + timedelta(hours=2))
        seen = get_interaction(ref)
        assert (seen.state, seen.agent_id, seen.answered_at, seen.closed_at) == ("queued", None, None, None)
        assert (seen.reason, seen.outcome) == ("", "")

    def it_clamps_a_clock_that_went_back(self, ref: UUID) -> None:
        actions.requeue(ref, reason="agent_lost", now=NOW - timedelta(minutes=1))
        actions.assign(ref, agent_id=BEN, agent_shown="Ben", now=NOW - timedelta(minutes=2))
        assert get_interaction(ref).agent_id == BEN
