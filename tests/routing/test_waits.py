"""How long it will take: honest about the place, silent on too little, and read once for many."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.actor import Actor
from interactions.values import Place
from routing import queries
from routing.models import WorkItem
from routing.waits import FEW, Wait, expected, quantile, waits_of
from tenants.cards import BrandCard
from tests.factories import NOW
from tests.routing.conftest import at, go_available, queue_of, write_in

SECONDS = st.floats(0, 86_400)
WAITS = st.lists(st.builds(Wait, SECONDS, st.integers(1, 50)), max_size=60)
SPANS = st.lists(
    st.tuples(st.integers(0, 3600), st.integers(0, 3600)).map(lambda pair: (at(pair[0]), at(sum(pair)))),
    max_size=60,
)


class DescribeEstimator:
    @given(WAITS, st.integers(-1, 100))
    def it_says_nothing_of_too_little_and_else_a_range_in_order(self, waits: list[Wait], place: int) -> None:
        found = expected(waits, place)
        assert (found is None) == (len(waits) < FEW or place < 1)
        if found:
            assert 0 <= found[0] <= found[1]

    @given(WAITS, st.integers(1, 50))
    def it_never_promises_more_to_who_stands_further_back(self, waits: list[Wait], place: int) -> None:
        near, far = expected(waits, place), expected(waits, place + 1)
        if near and far:
            assert near[0] <= far[0]
            assert near[1] <= far[1]

    @given(st.lists(SECONDS, min_size=FEW, max_size=60), st.integers(1, 20))
    def it_is_the_plain_percentiles_at_the_place_the_recent_ones_began_at(
        self, seconds: list[float], place: int
    ) -> None:
        ordered = sorted(seconds)
        found = expected([Wait(each, place) for each in seconds], place)
        assert found is not None
        wanted = (quantile(ordered, 0.5), quantile(ordered, 0.8))
        assert all(abs(got - want) <= 1 for got, want in zip(found, wanted, strict=True))

    @given(WAITS, st.integers(1, 50), st.randoms())
    def it_does_not_go_by_the_order_of_the_answers(self, waits: list[Wait], place: int, random: Any) -> None:
        mixed = list(waits)
        random.shuffle(mixed)
        assert expected(waits, place) == expected(mixed, place)

    @given(SPANS)
    def it_counts_a_place_from_one(self, spans: Any) -> None:
        waits = waits_of(spans)
        assert len(waits) == len(spans)
        assert all(wait.place >= 1 and wait.seconds >= 0 for wait in waits)

    def it_takes_the_place_each_began_at_into_account(self) -> None:
        spans = [(at(0), at(60)), (at(1), at(120)), (at(2), at(180)), (at(200), at(260))]
        assert [wait.place for wait in waits_of(spans)] == [1, 2, 3, 1]

    def it_knows_a_vector(self) -> None:
        waits = [Wait(seconds, 1) for seconds in (10, 20, 30, 40, 50)]
        assert expected(waits, 1) == (30, 42)
        assert expected(waits, 3) == (90, 126)
        assert expected(waits[:4], 1) is None


def answer(item: WorkItem, seconds: float) -> None:
    """Have it answered that long after it came."""
    WorkItem.objects.filter(pk=item.pk).update(answered_at=item.enqueued_at + timedelta(seconds=seconds))
    # its state does not matter to who asks how long it took


@pytest.mark.usefixtures("queues")
class DescribePlace:
    def past(self, card: BrandCard, *seconds: float, **more: Any) -> None:
        """Customers who came one after the other, were answered after so long, and are gone."""
        for n, each in enumerate(seconds):
            item = write_in(card, now=at(-3000 + n * 100), **more)
            answer(item, each)
            WorkItem.objects.filter(pk=item.pk).update(state="ended", ended_at=NOW, outcome="closed")

    def place(self, card: BrandCard, item: WorkItem, *, now: Any = NOW) -> Place:
        return queries.place(card.id, item.queue_id, item.interaction_ref, now=now)

    def it_goes_by_recent_waits_of_this_queue_and_moves_with_the_place(
        self, acme: BrandCard, globex: BrandCard, ada: Actor
    ) -> None:
        self.past(acme, 10, 20, 30, 40, 50)
        self.past(globex, 900, 900, 900, 900, 900)
        go_available(ada)
        first, second = write_in(acme), write_in(acme, now=at(1))
        assert self.place(acme, first).wait == (30, 42)
        assert self.place(acme, second).wait == (60, 84)
        WorkItem.objects.filter(pk=first.pk).update(state="ended", ended_at=NOW, outcome="closed")
        assert self.place(acme, second) == Place(position=1, staffed=True, wait=(30, 42))

    def it_never_promises_where_nobody_serves(self, acme: BrandCard) -> None:
        self.past(acme, 10, 20, 30, 40, 50)
        assert self.place(acme, write_in(acme)) == Place(position=1, staffed=False)

    def it_leaves_out_tests_messages_and_old_waits(self, acme: BrandCard, ada: Actor) -> None:
        self.past(acme, 10, 20, 30, 40)
        self.past(acme, 10, is_test=True)
        self.past(acme, 10, waits=True)
        go_available(ada)
        waiting = write_in(acme)
        assert self.place(acme, waiting).wait is None
        assert self.place(acme, waiting, now=at(7200)).wait is None

    def it_reads_once_for_all_who_ask_within_seconds(self, acme: BrandCard, ada: Actor) -> None:
        self.past(acme, 10, 20, 30, 40, 50)
        queue = queue_of(acme).pk
        with CaptureQueriesContext(connection) as asked:
            for n in range(5):
                queries.line_now(queue, now=at(n * 0.9))
        assert sum("answered_at" in query["sql"] for query in asked.captured_queries) == 1
        with CaptureQueriesContext(connection) as asked:
            queries.line_now(queue, now=at(10))
        assert sum("answered_at" in query["sql"] for query in asked.captured_queries) == 1
