"""No row is lost to a reader, whatever the order of commits."""

import random
from collections.abc import Iterator
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from events import readers
from events.readers import START, advance, fold, log_of, place_of, read
from events.values import EventView
from tenants.cards import BrandCard
from tenants.scope import Scope, tenant_scope
from tests.events.conftest import REF, Writer, at, write
from tests.factories import TESTS


def take(card: BrandCard, reader: str = "test", *, limit: int = 500) -> list[int]:
    """Read and advance, as a reader does; returns the ids."""
    with tenant_scope(card, TESTS):
        events = read(reader, limit=limit)
        if events:
            advance(reader, events[-1].place)
    return [event.id for event in events]


class DescribeRead:
    def it_goes_on_where_it_was(self, acme: BrandCard, writers: list[Writer]) -> None:
        ids = [writers[0].write(n) for n in (1, 2, 3)]
        writers[0].commit()
        assert take(acme, limit=2) == ids[:2]
        assert take(acme, limit=2) == ids[2:]
        assert take(acme) == []

    def it_gives_the_same_again_until_it_has_advanced(self, acme: BrandCard, writers: list[Writer]) -> None:
        writers[0].write()
        writers[0].commit()
        with tenant_scope(acme, TESTS):
            assert read("test") == read("test") != []
            assert place_of("test") == START

    def it_keeps_a_place_for_each_reader(self, acme: BrandCard, writers: list[Writer]) -> None:
        own = [writers[0].write()]
        writers[0].commit()
        assert take(acme, "webhooks") == own
        assert take(acme, "usage") == own
        assert take(acme, "usage") == []

    def it_waits_for_a_smaller_id_that_commits_later(self, acme: BrandCard, writers: list[Writer]) -> None:
        early, late, _ = writers
        first, second = early.write(1), late.write(2)
        late.commit()
        assert first < second
        assert take(acme) == []  # a reader by id would take the second now, and never the first
        early.commit()
        assert take(acme) == [first, second]

    def it_waits_for_any_open_transaction_that_began_before(
        self, acme: BrandCard, writers: list[Writer]
    ) -> None:
        idle, busy, _ = writers
        idle.session.execute("SELECT txid_current()")
        own = busy.write()
        busy.commit()
        assert take(acme) == []
        idle.commit()
        assert take(acme) == [own]

    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def it_loses_none_in_any_order_of_commits(
        self, acme: BrandCard, writers: list[Writer], order: tuple[int, ...]
    ) -> None:
        written = [writer.write(n) for n in range(1, 4) for writer in writers]
        seen: list[int] = []
        for turn in order:
            seen += take(acme, limit=2)
            writers[turn].commit()
        while page := take(acme, limit=2):
            seen += page
        assert sorted(seen) == sorted(written)

    def it_loses_none_of_many_interleaved(self, acme: BrandCard, writers: list[Writer]) -> None:
        dice, written, seen = random.Random(7), [], []
        for _ in range(150):
            writer = dice.choice(writers)
            written.append(writer.write())
            if dice.random() < 0.4:
                writer.commit()
            if dice.random() < 0.5:
                seen += take(acme, limit=5)
        for writer in writers:
            writer.commit()
        while page := take(acme):
            seen += page
        assert sorted(seen) == sorted(written)
        assert len(seen) == len(set(seen))

    def it_sees_nothing_of_the_other_brand(
        self, acme: BrandCard, globex: BrandCard, writers: list[Writer]
    ) -> None:
        writers[0].write()
        writers[0].commit()
        assert take(globex) == []
        assert len(take(acme)) == 1


@pytest.fixture
def new_era(acme: BrandCard, boss: "psycopg.Connection[Any]", writers: list[Writer]) -> Iterator[None]:
    """As after a restore into a fresh cluster, whose transactions have not reached our rows' numbers."""
    writers[0].write()
    writers[0].commit()
    table = f'"{acme.schema_name}".events_event'
    boss.execute(f"UPDATE {table} SET txid = txid + 1000000000")
    boss.execute(f"ALTER TABLE {table} ALTER era SET DEFAULT 2")
    yield
    boss.execute(f"ALTER TABLE {table} ALTER era SET DEFAULT 1")


class DescribeEras:
    def it_reads_what_came_from_another_cluster(self, acme: BrandCard, new_era: None) -> None:
        assert len(take(acme)) == 1

    def it_reads_the_new_rows_after_the_old(
        self, acme: BrandCard, new_era: None, writers: list[Writer]
    ) -> None:
        newer = writers[1].write()
        assert len(take(acme)) == 1
        assert take(acme) == []
        writers[1].commit()
        assert take(acme) == [newer]


def event(n: int, *, id: int = 0, ref: UUID | None = REF) -> EventView:
    return EventView(
        id=id or n, era=1, txid=1, ref=uuid4(), v=1, n=n, kind="message.received", occurred_at=at(n),
        recorded_at=at(n), interaction_ref=ref, actor_kind="contact", actor_id=None, is_test=False, data={},
    )  # fmt: skip


class DescribeFold:
    def it_orders_by_number_whatever_the_arrival(self) -> None:
        log = [event(n) for n in (1, 2, 3)]
        for arrived in permutations(log):
            assert fold(arrived) == {REF: log}

    def it_takes_each_number_once(self) -> None:
        first, again, second = event(1, id=10), event(1, id=12), event(2, id=11)
        assert fold([again, second, first]) == {REF: [first, second]}

    def it_keeps_interactions_apart(self) -> None:
        other = event(1, ref=UUID(int=8))
        assert fold([other, event(1)]).keys() == {REF, UUID(int=8)}

    def it_leaves_out_what_no_interaction_numbered(self) -> None:
        assert fold([event(0), event(1, ref=None)]) == {}


class DescribeLogOf:
    def it_returns_whole_logs_in_order(self, in_acme: Scope) -> None:
        for n in (2, 1, 3):
            write(n)
        write(1, ref=UUID(int=8))
        assert [row.n for row in log_of([REF])[REF]] == [1, 2, 3]
        assert log_of([UUID(int=9)]) == {}

    def it_asks_once(self, in_acme: Scope, django_assert_num_queries: Any) -> None:
        write(1)
        with django_assert_num_queries(1):
            readers.log_of([REF, UUID(int=8)])
