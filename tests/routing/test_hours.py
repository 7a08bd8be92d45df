"""The hours that the leader goes by, and that it does: who is asked for when a queue is closed."""

from typing import Any

import pytest

from accounts.actor import Actor
from interactions import actions as interactions
from routing import actions
from routing.hours import EVER, Hours
from routing.models import QueuePlan
from routing.router import step
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS, make_agent
from tests.routing.conftest import asked, at, go_available, queue_of, write_in

SECOND = int(NOW.timestamp())
DID: dict[str, Any] = {"actor": "user:1"}


class DescribeHours:
    def it_knows_half_open_hours(self) -> None:
        assert not Hours().is_closed(NOW)
        assert Hours([]).is_closed(NOW)
        assert not Hours([[SECOND, SECOND + 1]]).is_closed(NOW)
        assert Hours([[SECOND, SECOND + 1]]).is_closed(at(1))

    def it_says_since_when_nobody_new_is_asked_for(self) -> None:
        hours = Hours([[SECOND, SECOND + 60], [SECOND + 600, SECOND + 660]], closed_since=SECOND - 90)
        assert hours.shut_since(at(59)) is None
        assert hours.shut_since(at(60)) == at(60)
        assert hours.shut_since(at(700)) == at(660)
        assert hours.shut_since(at(-1)) == at(-90), "written while it was closed"
        assert Hours([]).shut_since(NOW) == EVER

    def it_follows_closures_while_they_are_in_force(self) -> None:
        fire = Hours([[SECOND, SECOND + 60]], closures=[[SECOND + 60, SECOND + 90, 0, 0]])
        assert (fire.shut_since(at(60)), fire.may_be_helped(at(60))) == (EVER, False)
        assert (fire.shut_since(at(90)), fire.may_be_helped(at(90))) == (at(60), True)
        assert Hours([], closures=[[SECOND, None, 1, 0]]).may_be_helped(at(-1))

    def it_knows_when_that_changes(self) -> None:
        hours = Hours([[SECOND, SECOND + 60]])
        assert [hours.turns_at(at(n)) for n in (-1, 0, 60)] == [NOW, at(60), None]


@pytest.mark.usefixtures("queues")
class DescribeClosedQueue:
    def close(self, card: BrandCard, seconds: float, **more: Any) -> Any:
        with tenant_scope(card, TESTS):
            return interactions.close_now(now=at(seconds), **DID, **more)

    def it_serves_who_was_in_line_and_keeps_who_came_after(
        self, acme: BrandCard, globex: BrandCard, ada: Actor
    ) -> None:
        before = write_in(acme)
        shut = self.close(acme, 10)
        after, elsewhere = write_in(acme, now=at(11)), write_in(globex, now=at(12))
        go_available(ada)
        step(at(13))
        assert asked(before, after) == [ada.user_id, None]
        for seconds in (14, 15):
            step(at(seconds))
        assert asked(after, elsewhere) == [None, ada.user_id], "the other client's is open"
        with tenant_scope(acme, TESTS):
            interactions.reopen_hours(shut.ref, now=at(20), **DID)
        go_available(make_agent("bob@bpo.example", acme), now=at(20))
        step(at(21))
        assert asked(after) != [None]

    def it_asks_nobody_when_the_line_was_told_to_go(self, acme: BrandCard, ada: Actor) -> None:
        item = write_in(acme)
        self.close(acme, 10, line="told", until=at(60))
        go_available(ada)
        assert not step(at(11))
        assert [made.item_id for made in step(at(60))] == [item.pk], "it ends by itself"

    def it_lets_an_overflow_help_unless_the_emergency_says_no(self, acme: BrandCard, ada: Actor) -> None:
        who: dict[str, Any] = {"actor": "user:1", "now": NOW}
        pool = actions.save_pool(name="Night", kind="overflow", brand_id=None, **who)
        actions.add_member(pool.pk, ada.user_id, **who)
        own = ada_membership(ada, but=pool.pk)
        actions.end_membership(actions.shared_pool().pk, own, actor="user:1", now=at(1))
        alone = self.close(acme, 10, helps=False)
        actions.add_overflow(queue_of(acme).pk, when="closed", pool_id=pool.pk, **who)
        item = write_in(acme, now=at(11))
        go_available(ada)
        assert not step(at(12))
        with tenant_scope(acme, TESTS):
            interactions.reopen_hours(alone.ref, now=at(13), **DID)
        self.close(acme, 14)
        late = write_in(acme, now=at(15))
        step(at(16))
        assert asked(item) == [ada.user_id]
        step(at(17))
        assert asked(late) == [ada.user_id], "written while it was closed, and others help"

    def it_carries_an_early_closing_as_numbers(self, acme: BrandCard, ada: Actor) -> None:
        queue = queue_of(acme)
        with tenant_scope(acme, TESTS):
            interactions.close_early(queue.ref, at=at(60), zone="UTC", reason="Meeting", now=NOW, **DID)
        plan = QueuePlan.objects.get(queue_id=queue.pk)
        assert (plan.openings or [])[:1] == [[SECOND, SECOND + 60]]
        before, after = write_in(acme, now=at(59)), write_in(acme, now=at(60))
        go_available(ada)
        for seconds in (61, 62, 63):
            step(at(seconds))
        assert asked(before, after) == [ada.user_id, None]


def ada_membership(agent: Actor, *, but: int) -> int:
    from routing.models import PoolMember

    return (
        PoolMember.objects.filter(agent_id=agent.user_id).exclude(pool_id=but).values_list("pk", flat=True)[0]
    )
