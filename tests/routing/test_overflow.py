"""When others help a queue out, and that they do."""

from typing import Any

import pytest

from accounts.actor import Actor
from core.errors import NotFound, RoomError
from interactions import actions as interactions
from routing import actions
from routing.choices import OverflowWhen
from routing.errors import Invalid
from routing.models import Decision, Overflow, Pool, PoolMember, WorkItem
from routing.overflow import Load, Rule, is_open, open_gates
from routing.queries import place
from routing.router import step
from routing.writes import offer_to
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS, make_agent
from tests.routing.conftest import asked, at, go_available, queue_of, write_in

WHO: dict[str, Any] = {"actor": "user:1", "now": NOW}


def rule(when: str, threshold: int = 0) -> Rule:
    return Rule(1, 10, when, threshold)


class DescribeGates:
    def it_stays_shut_while_nobody_waits(self) -> None:
        for when in OverflowWhen:
            assert not is_open(rule(when, 1), Load(is_closed=True, oldest_seconds=900, decided=5))

    def it_opens_by_the_expected_wait(self) -> None:
        load = Load(waiting=4, oldest_seconds=10, answered=30)  # one each 30 s: 120 s for four
        assert not is_open(rule(OverflowWhen.EXPECTED_WAIT, 120), load)
        assert is_open(rule(OverflowWhen.EXPECTED_WAIT, 119), load)

    def it_goes_by_the_oldest_while_there_is_no_pace(self) -> None:
        load = Load(waiting=1, oldest_seconds=61, answered=2)
        assert is_open(rule(OverflowWhen.EXPECTED_WAIT, 60), load)
        assert not is_open(rule(OverflowWhen.EXPECTED_WAIT, 61), load)

    def it_opens_by_the_service_level(self) -> None:
        load = Load(waiting=1, decided=10, in_target=7)
        assert is_open(rule(OverflowWhen.SERVICE_LEVEL, 71), load)
        assert not is_open(rule(OverflowWhen.SERVICE_LEVEL, 70), load)
        assert not is_open(rule(OverflowWhen.SERVICE_LEVEL, 100), Load(waiting=1))

    def it_opens_outside_the_hours(self) -> None:
        assert is_open(rule(OverflowWhen.CLOSED), Load(waiting=1, is_closed=True))
        assert not is_open(rule(OverflowWhen.CLOSED), Load(waiting=1))
        assert open_gates([rule(OverflowWhen.CLOSED)], {}) == frozenset()

    def it_stays_shut_while_an_emergency_says_that_nobody_helps(self) -> None:
        load = Load(waiting=1, is_closed=True, oldest_seconds=900, alone=True)
        assert not is_open(rule(OverflowWhen.CLOSED), load)
        assert not is_open(rule(OverflowWhen.EXPECTED_WAIT, 60), load)


@pytest.mark.usefixtures("queues")
class DescribeHelp:
    def pool(self, agent: Actor, name: str = "Helpers") -> int:
        pool = actions.save_pool(name=name, kind="overflow", brand_id=None, **WHO)
        actions.add_member(pool.pk, agent.user_id, **WHO)
        return pool.pk

    def it_asks_a_pool_while_the_wait_is_long(self, acme: BrandCard, ada: Actor) -> None:
        pool = self.pool(ada)
        actions.end_membership(actions.shared_pool().pk, agent_members(ada)[0], actor="user:1", now=at(1))
        queue = queue_of(acme).pk
        gate = actions.add_overflow(queue, when="expected_wait", threshold=60, pool_id=pool, **WHO)
        item = write_in(acme)
        go_available(ada)
        assert not step(at(60))
        assert [made.item_id for made in step(at(61))] == [item.pk]
        decision = Decision.objects.get(work_item=item)
        assert (decision.pool_id, decision.detail["overflow"]) == (pool, [gate.pk])

    def it_asks_who_serves_the_helper_queue(self, acme: BrandCard, ada: Actor) -> None:
        with tenant_scope(acme, TESTS):
            helper = interactions.save_queue(name="Billing", target_seconds=60, now=NOW)
        pool = actions.save_pool(name="Billing team", kind="overflow", brand_id=None, **WHO)
        actions.serve(pool.pk, helper.pk, delay_seconds=5, **WHO)
        actions.add_member(pool.pk, ada.user_id, **WHO)
        actions.end_membership(actions.shared_pool().pk, agent_members(ada)[0], actor="user:1", now=at(1))
        queue = queue_of(acme).pk
        item = write_in(acme)
        go_available(ada)
        assert not step(at(30))
        actions.add_overflow(queue, when="service_level", threshold=80, helper_id=helper.pk, **WHO)
        assert not step(at(59))
        step(at(60))
        assert asked(item) == [ada.user_id]

    def it_lets_who_waits_leave_a_message(self, acme: BrandCard, globex: BrandCard, ada: Actor) -> None:
        queue = queue_of(acme).pk
        actions.add_overflow(queue, when="expected_wait", threshold=60, message=True, **WHO)
        item, theirs = write_in(acme), write_in(globex)
        go_available(ada)

        def may_leave(item: WorkItem, seconds: float) -> bool:
            now = at(seconds)
            return place(item.brand_id, item.queue_id, item.interaction_ref, now=now).may_leave

        assert [may_leave(item, 60), may_leave(item, 66)] == [False, True]
        assert not may_leave(theirs, 66)
        with tenant_scope(acme, TESTS):
            assert interactions.leave_message(item.interaction_ref, now=at(67))
            assert not interactions.leave_message(item.interaction_ref, now=at(68))
        item.refresh_from_db()
        assert item.waits
        assert asked(item) == [None]
        step(at(69))
        assert asked(item) == [ada.user_id], "it kept its place"

    def it_lets_who_waits_be_called_and_can_be_put_back(
        self, acme: BrandCard, globex: BrandCard, ada: Actor
    ) -> None:
        queue = queue_of(acme).pk
        row = actions.add_overflow(queue, when="expected_wait", threshold=60, callback=True, **WHO)
        item, theirs = write_in(acme), write_in(globex)

        def offers(item: WorkItem, seconds: float) -> tuple[bool, bool]:
            found = place(item.brand_id, item.queue_id, item.interaction_ref, now=at(seconds))
            return found.may_leave, found.may_call

        assert [offers(item, 60), offers(item, 66)] == [(False, False), (False, True)]
        assert offers(theirs, 66) == (False, False)
        actions.remove_overflow(queue, row.pk, **WHO)
        assert offers(item, 72) == (False, False)
        actions.restore_overflow(queue, row.pk, **WHO)
        assert offers(item, 78) == (False, True)

    def it_keeps_every_guard_for_who_helps(self, acme: BrandCard, globex: BrandCard) -> None:
        """A pool may help whose members have no seat in the brand: they are not asked."""
        stranger = make_agent("nell@bpo.example", globex)
        pool = self.pool(stranger)
        actions.add_overflow(queue_of(acme).pk, when="expected_wait", threshold=1, pool_id=pool, **WHO)
        item = write_in(acme)
        go_available(stranger)
        assert not step(at(100))
        assert offer_to(item.pk, stranger.user_id, now=at(100)) is None

    def it_says_what_is_wrong(self, acme: BrandCard, globex: BrandCard) -> None:
        queue, other = queue_of(acme).pk, queue_of(globex).pk
        pool = actions.save_pool(name="Theirs", kind="dedicated", brand_id=globex.id, **WHO)
        refused_ones: tuple[tuple[dict[str, Any], str], ...] = (
            ({"when": "expected_wait", "threshold": 60}, "target"),
            ({"when": "expected_wait", "threshold": 60, "message": True, "pool_id": pool.pk}, "target"),
            ({"when": "expected_wait", "threshold": 60, "message": True, "callback": True}, "target"),
            ({"when": "expected_wait", "threshold": 60, "helper_id": other}, "target"),
            ({"when": "expected_wait", "threshold": 60, "helper_id": queue}, "target"),
            ({"when": "expected_wait", "threshold": 60, "pool_id": pool.pk}, "target"),
            ({"when": "expected_wait", "threshold": 0, "pool_id": pool.pk}, "threshold"),
            ({"when": "service_level", "threshold": 101, "pool_id": pool.pk}, "threshold"),
            ({"when": "closed", "pool_id": pool.pk}, "when"),
            ({"when": "sometimes", "pool_id": pool.pk}, "when"),
        )
        for said, field in refused_ones:
            with pytest.raises(Invalid) as refused:
                actions.add_overflow(queue, **said, **WHO)
            assert field in refused.value.errors, said
        assert not Overflow.objects.exists()

    def it_is_one_for_a_target_and_reason_and_is_written_down(self, acme: BrandCard, ada: Actor) -> None:
        pool, queue = self.pool(ada), queue_of(acme).pk
        for threshold in (60, 90):
            actions.add_overflow(queue, when="expected_wait", threshold=threshold, pool_id=pool, **WHO)
        row = Overflow.objects.get()
        assert row.threshold == 90
        for _ in range(2):
            actions.remove_overflow(queue, row.pk, **WHO)
        verbs = AuditRow.objects.filter(verb__startswith="queue.overflow").values_list("verb", "brand_id")
        assert sorted(verbs) == [
            ("queue.overflow_added", acme.id), ("queue.overflow_added", acme.id),
            ("queue.overflow_removed", acme.id),
        ]  # fmt: skip

    def it_helps_no_more_once_removed_and_again_once_put_back(self, acme: BrandCard, ada: Actor) -> None:
        pool, queue = self.pool(ada), queue_of(acme).pk
        actions.end_membership(actions.shared_pool().pk, agent_members(ada)[0], actor="user:1", now=at(1))
        row = actions.add_overflow(queue, when="expected_wait", threshold=60, pool_id=pool, **WHO)
        actions.remove_overflow(queue, row.pk, **WHO)
        item = write_in(acme)
        go_available(ada)
        assert not step(at(61))
        assert offer_to(item.pk, ada.user_id, now=at(62)) is None
        for _ in range(2):
            assert actions.restore_overflow(queue, row.pk, **WHO).pk == row.pk
        assert Overflow.objects.standing().get().threshold == 60
        assert [made.item_id for made in step(at(70))] == [item.pk]

    def it_is_put_back_by_its_own_queue_while_it_can_help(
        self, acme: BrandCard, globex: BrandCard, ada: Actor
    ) -> None:
        pool, queue, other = self.pool(ada), queue_of(acme).pk, queue_of(globex).pk
        row = actions.add_overflow(queue, when="expected_wait", threshold=60, pool_id=pool, **WHO)
        for verb in (actions.remove_overflow, actions.restore_overflow):
            with pytest.raises(NotFound):
                verb(other, row.pk, **WHO)
        actions.remove_overflow(queue, row.pk, **WHO)
        with pytest.raises(NotFound):
            actions.restore_overflow(queue, row.pk, actor="user:1", now=at(31 * 86_400))
        Pool.objects.filter(pk=pool).update(retired_at=NOW)
        with pytest.raises(RoomError, match="who helps"):
            actions.restore_overflow(queue, row.pk, **WHO)


def agent_members(agent: Actor) -> list[int]:
    """The agent's rows in the pool of everybody."""
    shared = actions.shared_pool()
    rows = PoolMember.objects.filter(agent_id=agent.user_id, pool=shared)
    return list(rows.order_by("pk").values_list("pk", flat=True))
