# ruff: noqa: F811 - the fixture of the ledger
"""Agents' time in a brand's own schema: its share and nothing else, restated, whatever the worker dies of."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.utils import ProgrammingError

from accounts.actor import Actor
from core import clock
from events.models import Cursor
from reporting.catalogue import EVERY
from reporting.labour import copies, tasks
from reporting.labour.copies import copy_next
from reporting.labour.metrics import METRICS
from reporting.labour.models import LabourMinutes
from reporting.labour.reading import labour_sums, minutes_within
from reporting.labour.sums import TIMES
from reporting.measures import Sums
from routing.labour import MICRO, QUARTER
from routing.models import AgentTime, Pool, PoolMember
from tenants.binding import current_brand
from tenants.cards import BrandCard
from tenants.onboarding.actions import pause
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS, make_agent
from tests.routing.test_agent_time import FULL, LATER, dying, settle, worked  # noqa: F401
from workforce import actions

DAY = timedelta(days=1)


def bring(card: BrandCard, now: datetime = LATER) -> None:
    settle(now)
    while copy_next(card, TESTS):
        pass


def kept(card: BrandCard) -> list[tuple[Any, ...]]:
    names = [field.name for field in LabourMinutes._meta.fields if field.name != "id"]
    with tenant_scope(card, TESTS):
        return sorted(LabourMinutes.objects.values_list(*names), key=repr)


@contextmanager
def failing(table: str, *, in_brand: int | None) -> Iterator[None]:
    """Let nothing be written into the table in that brand's scope, None: in the house's."""

    def refuse(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        if sql.startswith("INSERT") and table in sql and current_brand() == in_brand:
            raise DatabaseError(table)
        return execute(sql, *args)

    with connection.execute_wrapper(refuse):
        yield


def look_into(card: BrandCard, table: str) -> None:
    with tenant_scope(card, TESTS), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM public.{table}")


def figures(card: BrandCard, **also: int) -> dict[str, float | None]:
    """Every metric of agents' time over the day, as numbers."""
    with tenant_scope(card, TESTS):
        sums = labour_sums(NOW, NOW + DAY)
    sums.numbers.update(also)
    return {one.id: None if (n := one.value(sums).number) is None else float(n) for one in METRICS}


def dedicate(actor: Actor, card: BrandCard) -> int:
    pool = Pool.objects.create(name=f"{card.slug}'s own", kind="dedicated", brand_id=card.id)
    PoolMember.objects.create(pool=pool, agent_id=actor.user_id, valid_from=NOW)
    return int(pool.pk)


class DescribeWhatABrandGets:
    def it_is_its_own_share_and_no_more(
        self,
        worked: Actor,
        acme: BrandCard,
        globex: BrandCard,
    ) -> None:
        bring(acme)
        with tenant_scope(acme, TESTS):
            rows = list(LabourMinutes.objects.order_by("interval_start"))
            assert {row.kind for row in rows} == {"handling"}
            assert sum(row.share_us for row in rows) == FULL, "half of half an hour"
            assert sum(row.session_us for row in rows) == sum(row.busy_us for row in rows) == 2 * FULL
        with tenant_scope(globex, TESTS):
            assert not LabourMinutes.objects.exists(), "each is brought on its own"

    def it_says_nothing_of_what_was_done_for_another(
        self, ada: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        """The same hour for Acme, once with Globex after it and a break, once alone."""

        def live(actor: Actor, *, busy: bool) -> None:
            def at(minutes: int) -> datetime:
                return NOW + timedelta(minutes=minutes)

            actions.set_availability(actor.user_id, to="available", reason_code=None, actor=actor, now=NOW)
            item = actor.user_id * 10
            spent: dict[str, Any] = {"brand_id": acme.id, "queue_id": 1, "work_item_id": item}
            actions.engage(actor.user_id, **spent, now=at(3))
            actions.disengage(actor.user_id, work_item_id=item, now=at(20))
            if busy:
                spent = {"brand_id": globex.id, "queue_id": 2, "work_item_id": item + 1}
                actions.engage(actor.user_id, **spent, now=at(20))
                actions.disengage(actor.user_id, work_item_id=item + 1, now=at(40))
                actions.set_availability(
                    actor.user_id, to="away", reason_code="meal", actor=actor, now=at(41)
                )

        eve = make_agent("eve@example.test", acme)
        live(ada, busy=True)
        live(eve, busy=False)
        bring(acme)
        with tenant_scope(acme, TESTS):
            of = {
                who.user_id: [
                    row[1:]
                    for row in LabourMinutes.objects.filter(agent_id=who.user_id)
                    .order_by("interval_start", "kind")
                    .values_list("agent_id", "interval_start", "queue_id", "pool_kind", "kind", "reason",
                                 "billable", "paid", "share_us", "session_us", "busy_us")
                ]
                for who in (ada, eve)
            }  # fmt: skip
        assert of[ada.user_id] == of[eve.user_id]
        assert len(of[ada.user_id]) == 2

    def it_has_no_column_for_another_brand_and_no_right_on_the_houses(
        self,
        worked: Actor,
        acme: BrandCard,
    ) -> None:
        names = {field.name for field in LabourMinutes._meta.fields}
        assert not {"brand_id", "is_test", "brand"} & names
        for table in ("routing_agenttime", "routing_timedquarter", "workforce_ledgermark"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                look_into(acme, table)

    def it_has_nothing_of_a_test(self, ada: Actor, acme: BrandCard) -> None:
        actions.engage(ada.user_id, brand_id=acme.id, queue_id=1, work_item_id=1, is_test=True, now=NOW)
        bring(acme)
        assert AgentTime.objects.filter(is_test=True, brand_id=acme.id).exists()
        assert kept(acme) == []
        assert set(figures(acme).values()) <= {None, 0}

    def it_adds_up_over_all_brands_and_nobody(
        self,
        worked: Actor,
        bo: Actor,
        acme: BrandCard,
        globex: BrandCard,
    ) -> None:
        dedicate(bo, acme)
        actions.set_availability(bo.user_id, to="available", reason_code=None, actor=bo, now=NOW)
        for card in (acme, globex):
            bring(card)
        shares = [row[-3] for card in (acme, globex) for row in kept(card)]
        nobody = AgentTime.objects.filter(brand_id=None).values_list("share_us", flat=True)
        quarters = AgentTime.objects.values("interval_start", "agent_id").distinct().count()
        assert sum(shares) + sum(nobody) == quarters * FULL


class DescribeTheCopy:
    def it_comes_to_the_same_wherever_it_dies(
        self,
        worked: Actor,
        acme: BrandCard,
    ) -> None:
        bring(acme)
        whole = kept(acme)
        with tenant_scope(acme, TESTS):
            LabourMinutes.objects.all().delete()
            Cursor.objects.all().delete()
        for death in range(16):
            with dying(death):
                copy_next(acme, TESTS)
        while copy_next(acme, TESTS):
            pass
        assert kept(acme) == whole

    def it_follows_what_is_written_later(
        self,
        worked: Actor,
        acme: BrandCard,
    ) -> None:
        bring(acme)
        before = kept(acme)
        dedicate(worked, acme)
        bring(acme)
        after = kept(acme)
        assert before != after
        assert {row[4] for row in after} == {"handling", "waiting", "break"}
        call_command("labour", "rebuild", "--from", "2026-03-02", "--to", "2026-03-02", stdout=StringIO())
        assert kept(acme) == after

    def it_says_how_far_a_rebuild_is(self, worked: Actor, acme: BrandCard) -> None:
        bring(acme)
        out = StringIO()
        call_command("labour", "rebuild", "--from", "2026-03-01", "--to", "2026-03-02", stdout=out)
        assert "2/2  2026-03-02" in out.getvalue()
        assert "acme: " in out.getvalue()

    def it_brings_few_rows_at_a_time(
        self, worked: Actor, acme: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for minutes in (20, 50, 180):
            settle(NOW + timedelta(minutes=minutes))
        bring(acme)
        whole = kept(acme)
        with tenant_scope(acme, TESTS):
            LabourMinutes.objects.all().delete()
            Cursor.objects.all().delete()
        monkeypatch.setattr(copies, "MOST_ROWS", 1)
        steps = []
        while step := copy_next(acme, TESTS):
            steps.append(step)
        assert steps == [1, 2, 8]
        assert kept(acme) == whole

    def it_reaches_the_others_when_it_fails_in_one(
        self, worked: Actor, acme: BrandCard, globex: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(clock, "now", lambda: LATER)
        with failing("reporting_labourminutes", in_brand=acme.id):
            assert tasks.time_all() == 11
            day, out = ("--from", "2026-03-02", "--to", "2026-03-02"), StringIO()
            with pytest.raises(CommandError, match="not brought to acme"):
                call_command("labour", "rebuild", *day, stdout=out, stderr=out)
        assert "globex: " in out.getvalue()
        assert kept(acme) == []
        assert kept(globex)

    def it_gives_what_there_is_when_the_house_cannot_be_added_up(
        self, worked: Actor, acme: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settle(NOW + timedelta(minutes=50))
        monkeypatch.setattr(clock, "now", lambda: LATER)
        with failing("routing_timedquarter", in_brand=None), pytest.raises(DatabaseError):
            tasks.time_all()
        assert kept(acme)

    def it_is_the_workers_to_do(
        self,
        worked: Actor,
        acme: BrandCard,
        globex: BrandCard,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(clock, "now", lambda: LATER)
        pause(globex, actor="user:1", now=LATER)  # what was done for it before is written
        assert tasks.time_all() == 11
        assert kept(acme)
        assert kept(globex)
        assert tasks.time_all() == 0


class DescribeMetrics:
    def it_computes_the_vector_of_a_dedicated_agent(self, ada: Actor, acme: BrandCard) -> None:
        """An hour of work, two contacts at once for 40 minutes of it; waits, training, a break, a meal."""
        pool = dedicate(ada, acme)

        def turn(to: str, minutes: int, reason: str | None = None) -> None:
            when = NOW + timedelta(minutes=minutes)
            actions.set_availability(ada.user_id, to=to, reason_code=reason, actor=ada, now=when)

        turn("available", 0)
        for item, start in ((1, 0), (2, 20)):
            actions.engage(
                ada.user_id, brand_id=acme.id, queue_id=1, work_item_id=item, pool_id=pool,
                now=NOW + timedelta(minutes=start),
            )  # fmt: skip
        for item in (1, 2):
            actions.disengage(ada.user_id, work_item_id=item, now=NOW + timedelta(minutes=60))
        turn("away", 80, "training")
        turn("away", 90, "break")
        turn("away", 100, "meal")
        turn("offline", 120)
        bring(acme)
        found = figures(acme, handled=2)
        assert found == {
            "OCC.STD": 75.0,  # 60 of 80
            "OCC.ICMI": pytest.approx(100 * 70 / 90),  # with the training, breaks left out
            "UTL.PAID": 60.0,  # of 100 paid, the meal is not
            "UTL.ICMI": pytest.approx(100 * 80 / 90),
            "AVAIL": pytest.approx(100 * 80 / 120),
            "CONC": pytest.approx(100 / 60),  # 60 + 40 minutes over 60
            "AHT.ENG": 1800.0,
            "PROD": 80.0,
            "DED": 120.0,
            "BILL": 80.0,
            "SHR.INT": 20.0,  # training and break of 100 paid
        }

    def it_is_null_over_nothing(self, db: None, acme: BrandCard) -> None:
        assert {name for name, number in figures(acme).items() if number is not None} == {
            "PROD",
            "DED",
            "BILL",
        }

    def it_merges_by_adding(self, worked: Actor, acme: BrandCard) -> None:
        dedicate(worked, acme)
        bring(acme)
        with tenant_scope(acme, TESTS):
            total = Sums()
            for n in range(96):
                total.take(labour_sums(NOW + n * QUARTER, NOW + (n + 1) * QUARTER))
            assert total.numbers == labour_sums(NOW, NOW + DAY).numbers
            assert sum(one.share for one in minutes_within(NOW, NOW + DAY)) % MICRO == 0

    def it_names_every_sum_and_no_other(self) -> None:
        known = set(TIMES) | {"handled"}
        assert set().union(*(one.measures for one in METRICS)) <= known
        assert len({one.slug for one in EVERY}) == len(EVERY)
