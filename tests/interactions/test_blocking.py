"""An abusive visitor: warned in words, blocked by session and for a while by address, let in again."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.errors import NotFound
from events.models import Event
from interactions import actions, blocking
from interactions.choices import State
from interactions.errors import NotYours, Refused, WrongState
from interactions.models import Interaction, Message, VisitorBlock
from tenants.models import AuditRow
from tenants.scope import labour_scope
from tests.factories import NOW
from tests.interactions.conftest import Opener

ADA, BEN = 77, 78
DAY = 86_400
WHO: dict[str, Any] = {"agent_id": ADA, "actor": "user:77"}


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def block(ref: UUID, hours: int | None = 1, *, seconds: float = 20, **more: Any) -> UUID:
    values = WHO | {"agent_shown": "Ada", "reason": "threats"} | more
    return actions.block_visitor(ref, hours=hours, now=at(seconds), **values)


def audited(verb: str) -> int:
    with labour_scope():
        return int(AuditRow.objects.filter(verb=verb).count())


@pytest.fixture
def token() -> str:
    return uuid4().hex


@pytest.fixture
def talk(open_chat: Opener, token: str) -> UUID:
    ref = open_chat(token_digest=token, address_digest="a" * 64)
    actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=at(10))
    return ref


class DescribeWarning:
    def it_is_read_by_the_customer_and_written_down(self, talk: UUID) -> None:
        actions.warn_visitor(talk, reason="insults", now=at(20), **WHO)
        assert Message.objects.get(data__code="warned").body.startswith("Please keep it civil.")
        assert Event.objects.get(kind="visitor.warned").data["reason"] == "insults"
        assert audited("visitor.warned") == 1
        assert Interaction.objects.get(ref=talk).state == State.ACTIVE

    def it_wants_a_reason_and_an_agent_who_has_it(self, talk: UUID) -> None:
        with pytest.raises(Refused):
            actions.warn_visitor(talk, reason="", now=at(20), **WHO)
        with pytest.raises(NotYours):
            actions.warn_visitor(talk, reason="insults", now=at(20), agent_id=BEN, actor="user:78")


class DescribeBlock:
    def it_ends_the_talk_and_holds_for_its_time(self, talk: UUID, token: str) -> None:
        block(talk)
        assert Interaction.objects.get(ref=talk).state == State.WRAP_UP
        assert blocking.is_blocked(token, "", now=at(3619))
        assert not blocking.is_blocked(token, "", now=at(3620))
        assert (audited("visitor.blocked"), Event.objects.filter(kind="visitor.blocked").count()) == (1, 1)

    def it_holds_for_a_new_session_from_the_same_address(self, talk: UUID) -> None:
        block(talk, 24)
        assert blocking.is_blocked("new", "a" * 64, now=at(DAY))
        assert not blocking.is_blocked("new", "b" * 64, now=at(DAY))
        assert not blocking.is_blocked("new", "", now=at(DAY))

    def it_holds_an_address_for_seven_days_at_most(self, talk: UUID, token: str) -> None:
        block(talk, None)
        assert blocking.is_blocked(token, "", now=at(400 * DAY))
        assert blocking.is_blocked("new", "a" * 64, now=at(7 * DAY))
        assert not blocking.is_blocked("new", "a" * 64, now=at(7 * DAY + 20))

    def it_is_asked_with_the_session(self, talk: UUID, token: str) -> None:
        assert blocking.session_of(token, "", now=at(20)) == (talk, False)
        block(talk)
        assert blocking.session_of(token, "", now=at(30)) == (talk, True)
        assert blocking.session_of("new", "a" * 64, now=at(30)) == (None, True)
        assert blocking.session_of("new", "", now=at(30)) == (None, False)

    def it_blocks_in_wrap_up_and_not_what_is_closed(self, talk: UUID) -> None:
        actions.begin_wrap_up(talk, agent_id=ADA, now=at(15))
        block(talk)
        actions.force_wrap_up(talk, at_once=True, now=at(30))
        with pytest.raises(WrongState):
            block(talk, seconds=40)

    def it_wants_a_reason_a_time_and_an_agent_who_has_it(self, talk: UUID) -> None:
        for wrong in ({"reason": "dull"}, {"hours": 5}, {"hours": 0}):
            with pytest.raises(Refused):
                block(talk, **wrong)
        with pytest.raises(NotYours):
            block(talk, agent_id=BEN)
        assert VisitorBlock.objects.count() == 0


class DescribeLifting:
    def it_lets_them_write_again_once_and_is_written_down(self, talk: UUID, token: str) -> None:
        ref = block(talk, None)
        for seconds in (30, 31):
            actions.lift_block(ref, actor="user:9", actor_id=9, now=at(seconds))
        assert not blocking.is_blocked(token, "a" * 64, now=at(40))
        assert audited("visitor.unblocked") == 1
        (seen,) = blocking.blocks(at(40))
        assert (seen.is_live, seen.lifted_at, seen.by, seen.reason) == (False, at(30), "Ada", "Threats")

    def it_is_the_agents_own_alone_at_the_desk(self, talk: UUID) -> None:
        ref = block(talk)
        with pytest.raises(NotFound):
            actions.lift_block(ref, actor="user:78", actor_id=BEN, by=BEN, now=at(30))
        actions.lift_block(ref, actor="user:77", actor_id=ADA, by=ADA, now=at(30))


def it_digests_an_address_for_one_brand_alone() -> None:
    one, other = uuid4(), uuid4()
    digest = blocking.digest_of("203.0.113.9", brand_ref=one)
    assert digest == blocking.digest_of("203.0.113.9", brand_ref=one)
    assert digest != blocking.digest_of("203.0.113.9", brand_ref=other)
    assert blocking.digest_of(None, brand_ref=one) == ""
