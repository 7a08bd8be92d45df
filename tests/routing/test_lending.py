"""Agents are lent to a pool until an instant, and are back by themselves."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actor import Actor
from core.errors import NotFound
from routing import actions
from routing.errors import Invalid
from routing.lending import candidates, lent_by, lent_to
from routing.models import Pool, PoolMember
from routing.router import step
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.factories import NOW, make_agent
from tests.routing.conftest import asked, at, go_available, queue_of, stay, write_in
from tests.routing.test_leaving import talk
from workforce.queries import ready_agents

pytestmark = pytest.mark.usefixtures("queues")
WHO: dict[str, Any] = {"actor": "user:1", "now": NOW}


@pytest.fixture
def night(acme: BrandCard) -> Pool:
    """A pool that serves Acme's queue alone, before everybody else."""
    pool = actions.save_pool(name="Night", kind="burst", brand_id=None, **WHO)
    actions.serve(pool.pk, queue_of(acme).pk, **WHO)
    return pool


def home() -> Pool:
    return actions.shared_pool()


def lend(pool: Pool, *agents: Actor, until: float = 3600, now: float = 10) -> list[PoolMember]:
    ids = [agent.user_id for agent in agents]
    return actions.lend(pool.pk, ids, from_pool_id=home().pk, until=at(until), actor="user:1", now=at(now))


def pools_of(agent: Actor, now: datetime) -> list[str]:
    rows = PoolMember.objects.valid(now).filter(agent_id=agent.user_id).order_by("pool__name")
    return list(rows.values_list("pool__name", flat=True))


class DescribeLending:
    def it_works_for_the_other_pool_until_then_and_is_back(self, ada: Actor, night: Pool) -> None:
        (row,) = lend(night, ada)
        assert (row.valid_from, row.valid_until, row.lent_from_id) == (at(10), at(3600), home().pk)
        assert pools_of(ada, at(9)) == ["Everybody"]
        assert pools_of(ada, at(10)) == pools_of(ada, at(3599)) == ["Night"]
        assert pools_of(ada, at(3600)) == ["Everybody"]

    def it_is_asked_for_nothing_of_its_own_pool_meanwhile(
        self, ada: Actor, night: Pool, acme: BrandCard, globex: BrandCard
    ) -> None:
        go_available(ada)
        lend(night, ada)
        other = write_in(globex, now=at(20))
        stay(other)
        step(at(21))
        assert asked(other) == [None]
        mine = write_in(acme, now=at(30))
        stay(mine)
        step(at(31))
        assert asked(mine) == [ada.user_id]

    def it_is_back_now_when_somebody_says_so(self, ada: Actor, night: Pool) -> None:
        (row,) = lend(night, ada)
        for _twice in range(2):
            actions.end_loan(night.pk, row.pk, actor="user:1", now=at(600))
        assert pools_of(ada, at(599)) == ["Night"]
        assert pools_of(ada, at(600)) == pools_of(ada, at(9000)) == ["Everybody"]
        assert AuditRow.objects.filter(verb="pool.loan_ended").count() == 1

    def it_goes_back_when_taken_out_or_the_pool_ends(self, ada: Actor, bo: Actor, night: Pool) -> None:
        first, _second = lend(night, ada, bo)
        actions.end_membership(night.pk, first.pk, actor="user:1", now=at(60))
        assert pools_of(ada, at(60)) == ["Everybody"]
        actions.retire_pool(night.pk, actor="user:1", now=at(70))
        assert pools_of(bo, at(70)) == ["Everybody"]

    def it_ends_with_a_membership_that_ends_first(self, ada: Actor, night: Pool) -> None:
        PoolMember.objects.filter(agent_id=ada.user_id).update(valid_until=at(1000))
        (row,) = lend(night, ada)
        assert pools_of(ada, at(3600)) == []
        actions.end_loan(night.pk, row.pk, actor="user:1", now=at(60))
        assert pools_of(ada, at(60)) == []

    def it_is_written_into_the_trail(self, ada: Actor, bo: Actor, night: Pool) -> None:
        lend(night, bo, ada)
        row = AuditRow.objects.get(verb="pool.lent")
        assert row.object == f"pool:{night.pk} Night"
        assert row.diff["agents"] == [None, sorted([ada.user_id, bo.user_id])]
        assert row.diff["until"] == [None, at(3600).isoformat()]

    def it_is_done_once(self, ada: Actor, night: Pool) -> None:
        first, again = lend(night, ada), lend(night, ada, now=12)
        assert [row.pk for row in first] == [row.pk for row in again]
        assert AuditRow.objects.filter(verb="pool.lent").count() == 1


class DescribeRefusals:
    def it_lends_all_of_them_or_nobody(self, ada: Actor, bo: Actor, night: Pool) -> None:
        actions.end_membership(
            home().pk, PoolMember.objects.get(agent_id=bo.user_id).pk, actor="user:1", now=at(5)
        )
        with pytest.raises(Invalid) as refused:
            lend(night, ada, bo)
        assert list(refused.value.errors) == ["agents"]
        assert pools_of(ada, at(20)) == ["Everybody"]

    @pytest.mark.parametrize("until", [5, 10, 32 * 86_400])
    def it_wants_an_end_ahead_within_a_month(self, ada: Actor, night: Pool, until: float) -> None:
        with pytest.raises(Invalid) as refused:
            lend(night, ada, until=until)
        assert list(refused.value.errors) == ["until"]

    def it_wants_somebody_and_another_pool(self, ada: Actor, night: Pool) -> None:
        with pytest.raises(Invalid) as refused:
            lend(night)
        assert list(refused.value.errors) == ["agents"]
        with pytest.raises(Invalid) as refused:
            lend(home(), ada)
        assert list(refused.value.errors) == ["from_pool"]
        with pytest.raises(NotFound):
            actions.lend(999, [ada.user_id], from_pool_id=home().pk, until=at(60), **WHO)
        with pytest.raises(NotFound):
            actions.end_loan(night.pk, 999_999, **WHO)

    def it_lends_nobody_twice(self, ada: Actor, night: Pool) -> None:
        lend(night, ada)
        late = actions.save_pool(name="Late", kind="burst", brand_id=None, **WHO)
        with pytest.raises(Invalid):
            actions.lend(
                late.pk, [ada.user_id], from_pool_id=night.pk, until=at(99), actor="user:1", now=at(20)
            )
        with pytest.raises(Invalid):
            actions.add_member(night.pk, ada.user_id, valid_until=at(99), actor="user:1", now=at(20))

    @settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.lists(
            st.tuples(st.sampled_from(["lend", "back", "out"]), st.integers(1, 90), st.integers(1, 60)),
            max_size=8,
        )
    )
    def it_is_in_one_of_the_two_at_any_time(
        self, ada: Actor, night: Pool, steps: list[tuple[str, int, int]]
    ) -> None:
        """Rows never overlap, and whatever was done in the end everybody is back."""
        PoolMember.objects.filter(agent_id=ada.user_id).delete()
        actions.welcome([ada.user_id], now=NOW)
        second = 10
        for what, wait, length in steps:
            second += wait
            row = PoolMember.objects.valid(at(second)).filter(agent_id=ada.user_id, pool=night).first()
            if what == "lend" and row is None:
                lend(night, ada, until=second + length, now=second)
            elif what == "back" and row:
                actions.end_loan(night.pk, row.pk, actor="user:1", now=at(second))
            elif row:
                actions.end_membership(night.pk, row.pk, actor="user:1", now=at(second))
        for instant in range(0, second + 70):
            assert len(pools_of(ada, at(instant))) == 1, instant
        assert pools_of(ada, at(second + 70)) == ["Everybody"]


class DescribeProposals:
    def it_is_who_is_ready_and_certified_longest_idle_first(
        self, ada: Actor, bo: Actor, night: Pool, acme: BrandCard, globex: BrandCard
    ) -> None:
        go_available(bo, now=at(5))
        go_available(ada, now=at(9))
        elsewhere = make_agent("gil@example.test", globex, name="Gil Ek")
        go_available(elsewhere, now=at(1))
        make_agent("out@example.test", acme, name="Ona Out")
        found = candidates(night.pk, home().pk, at(20))
        assert [one.agent_id for one in found] == [bo.user_id, ada.user_id]
        assert [one.clients for one in found] == [(acme.name,), (acme.name,)]
        assert len(ready_agents(at(20))) == 3

    def it_puts_who_may_serve_more_and_has_no_work_first(
        self, ada: Actor, bo: Actor, night: Pool, acme: BrandCard, globex: BrandCard
    ) -> None:
        actions.serve(night.pk, queue_of(globex).pk, **WHO)
        go_available(ada, now=at(5))
        talk(acme, ada, seconds=6)
        go_available(bo, now=at(1))
        found = candidates(night.pk, home().pk, at(20))
        assert [(one.agent_id, one.is_busy) for one in found] == [(ada.user_id, True), (bo.user_id, False)]

    def it_proposes_nobody_who_is_there_or_lent(self, ada: Actor, night: Pool) -> None:
        go_available(ada)
        lend(night, ada)
        assert candidates(night.pk, home().pk, at(20)) == []
        assert candidates(home().pk, night.pk, at(20)) == []

    def it_is_shown_at_both_ends(self, ada: Actor, night: Pool) -> None:
        lend(night, ada)
        (there,) = lent_to(night.pk, at(20))
        (here,) = lent_by(home().pk, at(20))
        assert (there.name, there.other, there.until) == (ada.name, "Everybody", at(3600))
        assert (here.other, here.member_id) == ("Night", there.member_id)
        assert lent_to(night.pk, at(3600)) == lent_by(night.pk, at(20)) == []


def it_moves_no_instant(ada: Actor, night: Pool) -> None:
    """Who lent for two hours pays for two hours: the row says from when until when, to the second."""
    lend(night, ada, until=10 + 7200)
    row = PoolMember.objects.get(pool=night)
    assert row.valid_until
    assert row.valid_until - row.valid_from == timedelta(hours=2)
