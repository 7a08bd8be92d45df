"""The order by contract: what a late contact costs, whose turn it makes it, and that it is off by default."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.actor import Actor
from core.errors import NotFound
from routing import actions
from routing.contracts import load_contracts
from routing.errors import Invalid
from routing.lines import House, Lines, Route, Seat, Waiting
from routing.loading import open_house
from routing.match import Pair, match
from routing.models import AgentCapacity, Decision, Pool, PoolQueue, QueuePlan, WorkItem
from routing.penalty import Sofar, Terms, bounds_of, cost_of, price_of_a_miss, urgency
from routing.router import step
from routing.shares import Shares
from routing.writes import run_here
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.factories import NOW
from tests.routing.conftest import asked, at, go_available, queue_of, why, write_in
from workforce.needs import need_of

WHO: dict[str, Any] = {"actor": "user:1", "now": NOW}
STEPS = Terms(80, "day", ((80, 500), (70, 1500)))
HOUSE = House(costly=frozenset({1}), prices={10: 1.0, 20: 9.0, 30: 9.0})


def waiting(number: int, *, queue: int, due: float, **more: Any) -> Waiting:
    return Waiting(number, 1, queue // 10, queue, at(due), at(due - 60), 34, "webchat", **more)


def seat(number: int, *queues: int, pool: int = 1) -> Seat:
    return Seat(number, 0, 100, NOW, {queue: Route(pool) for queue in queues})


def order(items: list[Waiting], seats: list[Seat], *, house: House = HOUSE, **more: Any) -> list[Pair]:
    return match(Lines(items), {one.agent_id: one for one in seats}, Shares(), now=NOW, house=house, **more)


class DescribePrice:
    def it_is_high_beside_a_step_and_low_far_from_one(self) -> None:
        prices = [price_of_a_miss(STEPS, Sofar(900, hit, 0.9)) for hit in (899, 735, 720, 500)]
        far_above, above, beside, lost = prices
        assert beside > above > far_above >= 0
        assert lost < beside / 100

    def it_counts_percent_without_a_table(self) -> None:
        plain = Terms(80, "day")
        ahead, behind = (price_of_a_miss(plain, Sofar(100, hit, 0.5)) for hit in (99, 50))
        assert behind == pytest.approx(100 / 200, rel=0.01)
        assert ahead < behind / 50

    def it_is_the_rise_of_the_expected_cost(self) -> None:
        """One contact before the end: it alone decides whether the step is reached."""
        last = Sofar(99, 79, 1.0)
        rise = cost_of(STEPS, 100, 79) - cost_of(STEPS, 100, 80)
        assert price_of_a_miss(STEPS, last) == pytest.approx(rise, rel=0.35)

    @given(st.integers(0, 500), st.floats(0, 1), st.floats(0, 1))
    def it_is_never_negative(self, decided: int, share: float, passed: float) -> None:
        sofar = Sofar(decided, int(decided * share), passed)
        assert all(price_of_a_miss(terms, sofar) >= 0 for terms in (STEPS, Terms(80, "month")))

    def it_grows_as_the_target_comes_near_and_again_long_after(self) -> None:
        near, far, just_late, long_late = (urgency(slack) for slack in (0, 60, -1, -600))
        assert near == 1.0 == long_late
        assert just_late < 0.1
        assert far < near

    def it_owes_the_lowest_step_that_was_missed(self) -> None:
        assert [cost_of(STEPS, 100, hit) for hit in (80, 79, 70, 69)] == [0, 500, 500, 1500]
        assert cost_of(Terms(80), 200, 150) == 5
        assert cost_of(STEPS, 0, 0) == 0

    def it_counts_in_the_clients_zone(self) -> None:
        adelaide = ZoneInfo("Australia/Adelaide")
        instant = datetime(2026, 3, 31, 20, 0, tzinfo=UTC)  # there it is April already
        days = [tuple(edge.date().isoformat() for edge in bounds_of(name, instant, adelaide))
                for name in ("day", "week", "month")]  # fmt: skip
        assert days == [
            ("2026-04-01", "2026-04-02"), ("2026-03-30", "2026-04-06"), ("2026-04-01", "2026-05-01"),
        ]  # fmt: skip


class DescribeTurns:
    def it_serves_whose_wait_costs_most(self) -> None:
        cheap, dear = waiting(1, queue=10, due=5), waiting(2, queue=20, due=10)
        (pair,) = order([cheap, dear], [seat(7, 10, 20)])
        assert (pair.item.id, pair.why, pair.by) == (2, "penalty", "longest_idle")
        assert pair.cost == pytest.approx(9 * urgency(10))

    def it_says_nothing_when_who_is_due_first_goes_anyway(self) -> None:
        (pair,) = order([waiting(1, queue=20, due=5), waiting(2, queue=10, due=9)], [seat(7, 10, 20)])
        assert (pair.item.id, pair.why, pair.by) == (1, "longest_idle", "")
        assert pair.cost

    def it_keeps_first_come_first_served_within_a_line(self) -> None:
        late, early = waiting(1, queue=20, due=20), waiting(2, queue=20, due=10)
        assert [pair.item.id for pair in order([late, early], [seat(7, 20), seat(8, 20)])] == [2, 1]

    def it_leaves_other_pools_to_who_is_due_first(self) -> None:
        items = [waiting(1, queue=10, due=5), waiting(2, queue=20, due=10)]
        (pair,) = order(items, [seat(7, 10, 20, pool=2)])
        assert (pair.item.id, pair.cost) == (1, None)

    def it_takes_its_turn_among_the_others(self) -> None:
        """Queues that go by contract stand in for each other alone: who is due before them all goes first."""
        items = [waiting(1, queue=10, due=5), waiting(2, queue=20, due=10), waiting(3, queue=40, due=1)]
        mixed = Seat(7, 0, 100, NOW, {10: Route(1), 20: Route(1), 40: Route(2)})
        assert [pair.item.id for pair in order(items, [mixed])] == [3]
        assert [pair.item.id for pair in order(items[:2], [mixed])] == [2]

    def it_goes_below_no_share(self) -> None:
        shares = Shares({(1, 1): 40})
        for second in range(8):
            shares.note(at(second - 60), pool_id=1, served=2, waiting={1, 2})
        assert shares.owed
        items = [waiting(1, queue=10, due=50), waiting(2, queue=20, due=1)]
        found = match(Lines(items), {7: seat(7, 10, 20)}, shares, now=NOW, house=HOUSE)
        assert [(pair.item.id, pair.fair, pair.cost) for pair in found] == [(1, True, None)]

    @given(
        st.lists(st.tuples(st.sampled_from([10, 20, 30]), st.integers(-700, 90)), max_size=14),
        st.integers(1, 6),
    )
    def it_leaves_nobody_beside_what_they_could_take(self, what: list[tuple[int, int]], people: int) -> None:
        needs = (None, need_of("swedish >= 2"))
        items = [
            waiting(number, queue=queue, due=due, need=needs[number % 2])
            for number, (queue, due) in enumerate(what)
        ]
        seats = [seat(100 + n, *((10, 20), (20, 30), (10, 20, 30))[n % 3]) for n in range(people)]
        found = order(items, seats)
        idle = [seat for seat in seats if seat.agent_id not in {pair.seat.agent_id for pair in found}]
        left = [item for item in items if item.id not in {pair.item.id for pair in found}]
        assert not [item for item in left if not item.need for seat in idle if item.queue_id in seat.queues]
        assert len({pair.seat.agent_id for pair in found}) == len(found) == len({p.item.id for p in found})


@pytest.mark.usefixtures("queues")
class DescribePools:
    def it_is_off_until_an_operator_turns_it_on(self, acme: BrandCard, ada: Actor) -> None:
        assert set(Pool.objects.values_list("order", flat=True)) == {"due"}
        house, _rules = open_house(run_here, NOW)
        assert (house.costly, dict(house.prices)) == (frozenset(), {})

    def it_serves_the_dearer_client_and_says_so(self, acme: BrandCard, globex: BrandCard, ada: Actor) -> None:
        self.turn_on()
        actions.set_terms(queue_of(globex).pk, period="day", credits=[(80, 5000)], **WHO)
        go_available(ada)
        AgentCapacity.objects.update_or_create(agent_id=ada.user_id, defaults={"cap": 34})
        first, second = write_in(acme), write_in(globex, now=at(1))
        step(at(30))
        assert asked(first, second) == [None, ada.user_id]
        decision = Decision.objects.get(work_item=second)
        assert (why(second), decision.detail["by"]) == ("penalty", "longest_idle")
        assert decision.detail["cost"] > 0

    def it_tells_the_trail(self, acme: BrandCard) -> None:
        self.turn_on()
        actions.set_terms(queue_of(acme).pk, period="week", credits=[(70, 9), (80, 4)], **WHO)
        assert QueuePlan.objects.get(queue_id=queue_of(acme).pk).credits == [[80, 4], [70, 9]]
        kept = AuditRow.objects.filter(verb__in=("pool.changed", "queue.terms_changed")).order_by("pk")
        assert [row.diff for row in kept] == [
            {"order": ["due", "penalty"]},
            {"period": ["month", "week"], "credits": [[], [[80.0, 4.0], [70.0, 9.0]]]},
        ]

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"period": "year"}, "period"), ({"credits": [(101, 5)]}, "credits"),
            ({"credits": [(80, 5), (80, 6)]}, "credits"), ({"credits": [(80, 5), (70, 4)]}, "credits"),
            ({"credits": [(n, 100 - n) for n in range(1, 14)]}, "credits"),
        ],
    )  # fmt: skip
    def it_says_what_is_wrong(self, acme: BrandCard, said: dict[str, Any], field: str) -> None:
        with pytest.raises(Invalid) as refused:
            actions.set_terms(queue_of(acme).pk, **{"period": "day", "credits": []} | said, **WHO)
        assert set(refused.value.errors) == {field}

    def it_knows_no_other_queue_and_no_other_order(self, acme: BrandCard) -> None:
        with pytest.raises(NotFound):
            actions.set_terms(987_654, period="day", credits=[], **WHO)
        with pytest.raises(Invalid, match="not saved"):
            actions.save_pool(name="Night", kind="burst", brand_id=None, order="luck", **WHO)

    def it_counts_no_test_and_nobody_twice(self, acme: BrandCard) -> None:
        plan = QueuePlan.objects.get(queue_id=queue_of(acme).pk)
        inside, late, test, again, other = (write_in(acme, now=at(n)) for n in range(5))
        over = {"state": "ended", "ended_at": at(250)}
        WorkItem.objects.filter(pk=inside.pk).update(answered_at=at(10), **over)
        WorkItem.objects.filter(pk=late.pk).update(answered_at=at(200), **over)
        WorkItem.objects.filter(pk=test.pk).update(answered_at=at(10), is_test=True)
        WorkItem.objects.filter(pk=again.pk).update(answered_at=at(10), requeued_at=at(9))
        WorkItem.objects.filter(pk=other.pk).update(due_at=at(5000))
        sofar = load_contracts(run_here, [plan], at(300))[plan.queue_id].sofar
        assert (sofar.decided, sofar.in_target) == (2, 1)

    def turn_on(self) -> None:
        pool = actions.shared_pool()
        actions.save_pool(pool.pk, name=pool.name, kind="", brand_id=None, order="penalty", **WHO)
        assert PoolQueue.objects.filter(pool=pool).count() == 2


def it_forgets_no_price_between_two_looks() -> None:
    """A queue without a price, made a moment ago, waits for no one: it goes by who is due first."""
    items = [waiting(1, queue=50, due=5), waiting(2, queue=60, due=3)]
    pairs = order(items, [seat(7, 50, 60)], house=House(costly=frozenset({1})))
    assert [pair.item.id for pair in pairs] == [2]
    assert timedelta(0) == items[0].order_key - at(5)
