"""Facts and roll-ups: whatever order events come in, however often, wherever the reader dies, they are what a
rebuild makes of the same log; and a report is the fold of the log, however far the reader has come.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock
from core.ids import new_ref
from events.models import Cursor, Event
from reporting import tasks
from reporting.actions import keep_days, rebuild, roll_next
from reporting.actions.rollups import LOCK, READER
from reporting.catalogue import CATALOGUE
from reporting.clocks import elapsed
from reporting.contacts import Contact
from reporting.days import Day, day_of
from reporting.folding import LogRow, fold
from reporting.intervals import Key, interval_of, key_of
from reporting.measures import MEASURES, SPREADS, Sums, adds_of, all_of
from reporting.metrics import measured, merged
from reporting.models import DayRollup, Fact, Rollup
from reporting.queries import contacts_offered
from reporting.stored import Stored, exactly, stored
from tenants.cards import BrandCard
from tenants.onboarding.actions import pause
from tenants.scope import tenant_scope
from tests.database import boss_url
from tests.factories import TESTS
from tests.reporting.conftest import NINE, log
from tests.reporting.test_metrics import STORY

DAY = timedelta(days=1)
VOID = {"not_a_contact": True}
LOG = [
    *STORY,
    *log((0, "interaction.queued"), (9, "interaction.assigned"), (20, "interaction.closed", VOID), ref=5),
    *log((0, "interaction.queued", {"is_test": True}), (9, "interaction.assigned"), ref=6),
    *log((1000, "interaction.queued"), (1009, "interaction.assigned", {"agent_id": 4}), ref=7),
]


class Killed(BaseException):
    """The reader dies here."""


@contextmanager
def dying(at: int) -> Iterator[None]:
    """Let the statement of that number, from 0, never reach the database."""
    left = [at]

    def count(execute: Callable[..., Any], *args: Any) -> Any:
        left[0] -= 1
        if left[0] == -1:
            raise Killed
        return execute(*args)

    with suppress(Killed), connection.execute_wrapper(count):
        yield


@contextmanager
def brand(card: BrandCard) -> Iterator[None]:
    """Everything in it is undone."""
    with tenant_scope(card, TESTS), transaction.atomic():
        yield
        transaction.set_rollback(True)


def write(rows: Sequence[LogRow]) -> None:
    """Into the log, in this order; of an older cluster, so that no open transaction holds the reader back."""
    after = Event.objects.count()
    Event.objects.bulk_create(
        Event(
            ref=new_ref(row.occurred_at), era=0, txid=after + n, n=row.n, kind=row.kind,
            occurred_at=row.occurred_at, interaction_ref=row.interaction_ref, actor_kind=row.by,
            actor_id=None, is_test=row.is_test, data=row.data,
        )
        for n, row in enumerate(rows)
    )  # fmt: skip


def roll_all(*, limit: int = 500) -> None:
    while roll_next(limit=limit):
        pass


def kept() -> dict[Key, dict[str, Any]]:
    return {row.key: row.sums.plain for row in Rollup.objects.all()}


def wanted(contacts: Sequence[Contact]) -> dict[Key, dict[str, Any]]:
    """What the roll-ups of these contacts are, straight from the fold."""
    sums: dict[Key, Sums] = {}
    for contact in contacts:
        if contact.counts:
            sums[key_of(contact)] = sums.get(key_of(contact), Sums()) + all_of(contact)
    return {key: of.plain for key, of in sums.items()}


def said(found: Stored) -> list[Any]:
    return [[metric.value(part) for metric in CATALOGUE] for part in found.parts]


def folded(contacts: Sequence[Contact], starts: Sequence[datetime], end: datetime) -> list[Any]:
    ends = [*starts[1:], end]
    parts = [
        measured([one for one in contacts if start <= one.offered_at < until], CATALOGUE)
        for start, until in zip(starts, ends, strict=True)
    ]
    return [[metric.value(part) for metric in CATALOGUE] for part in parts]


ORDERS = st.permutations(LOG).flatmap(
    lambda order: st.lists(st.sampled_from(LOG), max_size=8).map(lambda extra: [*order, *extra])
)
DRAWN = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(
    rows=ORDERS,
    cut=st.integers(0, len(LOG)),
    limit=st.integers(1, 30),
    deaths=st.lists(st.integers(0, 14), max_size=4),
)
@DRAWN
def it_is_what_a_rebuild_makes_whatever_happens(
    db: None, acme: BrandCard, rows: list[LogRow], cut: int, limit: int, deaths: list[int]
) -> None:
    with brand(acme):
        for part in (rows[:cut], rows[cut:]):
            write(part)
            for death in deaths:
                with dying(death):
                    roll_next(limit=limit)
            roll_all(limit=limit)
        incremental = kept()
        assert incremental == wanted(fold(LOG))
        Rollup.objects.update(numbers=[99])
        Fact.objects.filter(entry=1).delete()
        assert sum(count for _day, count in rebuild(NINE - DAY, NINE + DAY)) == 7
        assert kept() == incremental


@given(rows=ORDERS, read=st.integers(0, 60), limit=st.integers(1, 30))
@DRAWN
def it_reports_the_log_however_far_the_reader_has_come(
    db: None, acme: BrandCard, rows: list[LogRow], read: int, limit: int
) -> None:
    starts, end = [NINE, NINE + timedelta(minutes=15)], NINE + timedelta(hours=1)
    with brand(acme):
        write(rows[:read])
        for _ in range(3):
            roll_next(limit=limit)
        write(rows[read:])
        assert said(stored(starts, end)) == folded(fold(LOG), starts, end)
        roll_all()
        assert said(stored(starts, end)) == folded(fold(LOG), starts, end)
        assert stored(starts, end).targets == ((None, 20),)


class DescribeTheReader:
    def it_leaves_nothing_of_a_test_or_of_what_was_no_contact(self, db: None, acme: BrandCard) -> None:
        with brand(acme):
            write(LOG)
            roll_all()
            assert {ref.int for ref in Fact.objects.values_list("interaction_ref", flat=True)} == {
                1,
                2,
                3,
                4,
                7,
            }

    def it_takes_back_what_turned_out_to_be_none(self, db: None, acme: BrandCard) -> None:
        story = log((0, "interaction.queued"), (9, "interaction.assigned"), (20, "interaction.closed"), ref=8)
        pair = {"reason": ["", ""], "outcome": ["solved", "spam"]}
        late = log(*[(30, "x")] * 3, (30, "interaction.corrected", pair | VOID), ref=8)[3:]
        with brand(acme):
            write(story)
            roll_all()
            assert [row["numbers"]["offered"] for row in kept().values()] == [1]
            write(late)
            roll_all()
            assert kept() == {}
            assert not Fact.objects.exists()

    def it_moves_a_contact_to_the_agent_who_has_it_now(self, db: None, acme: BrandCard) -> None:
        with brand(acme):
            write(log((0, "interaction.queued"), ref=8))
            roll_all()
            assert [key.agent_id for key in kept()] == [0]
            write(log((0, "interaction.queued"), (9, "interaction.assigned"), ref=8)[1:])
            roll_all()
            assert [key.agent_id for key in kept()] == [3]

    def it_changes_nothing_in_another_brand(self, db: None, acme: BrandCard, globex: BrandCard) -> None:
        with brand(acme):
            write(LOG)
            roll_all()
            with tenant_scope(globex, TESTS):
                assert not Rollup.objects.exists()
                assert not Cursor.objects.filter(reader__startswith="rollups").exists()

    def it_keeps_every_measure_and_spread(self, db: None, acme: BrandCard) -> None:
        with brand(acme):
            write(LOG)
            roll_all()
            whole = merged(row.sums for row in Rollup.objects.all())
        assert set(whole.numbers) <= set(MEASURES)
        assert set(whole.spreads) == set(SPREADS)
        assert whole.numbers["offered"] == 6


class DescribeTheSweep:
    @pytest.mark.django_db(transaction=True)
    def it_rolls_every_brand_up(self, acme: BrandCard, globex: BrandCard) -> None:
        for card in (acme, globex):
            with tenant_scope(card, TESTS):
                write(LOG)
        assert tasks.roll_up_all() == 2 * len(LOG)
        assert tasks.roll_up_all() == 0
        for card in (acme, globex):
            with tenant_scope(card, TESTS):
                assert kept() == wanted(fold(LOG))

    @pytest.mark.django_db(transaction=True)
    def it_finishes_what_was_in_the_log_when_a_brand_was_paused(self, acme: BrandCard) -> None:
        with tenant_scope(acme, TESTS):
            write(LOG)
        pause(acme, actor="user:1", now=clock.now())
        assert tasks.roll_up_all() == len(LOG)

    @pytest.mark.django_db(transaction=True)
    def it_keeps_no_brand_back_for_another(
        self, acme: BrandCard, globex: BrandCard, caplog: pytest.LogCaptureFixture
    ) -> None:
        with tenant_scope(acme, TESTS):
            write([row for row in LOG if row.kind != "interaction.queued"])
            broken = log((0, "interaction.queued"), ref=9)
            broken[0].data.clear()
            write(broken)
        with tenant_scope(globex, TESTS):
            write(LOG)
        assert tasks.roll_up_all() == len(LOG)
        assert "was not rolled up" in caplog.text

    @pytest.mark.django_db(transaction=True)
    def it_reads_a_bounded_part_of_each_brand_in_turn(
        self, acme: BrandCard, globex: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tasks, "PAGE", 5)
        monkeypatch.setattr(tasks, "PAGES", 2)
        for card in (acme, globex):
            with tenant_scope(card, TESTS):
                write(LOG)
        assert tasks.roll_up_all() == 4 * tasks.PAGE
        for card in (acme, globex):
            with tenant_scope(card, TESTS):
                assert Cursor.objects.get(reader=READER).txid == 2 * tasks.PAGE - 1
        while tasks.roll_up_all():
            pass
        for card in (acme, globex):
            with tenant_scope(card, TESTS):
                assert kept() == wanted(fold(LOG))

    @pytest.mark.django_db(transaction=True)
    def it_leaves_the_work_to_a_sweep_that_is_at_it(self, acme: BrandCard, globex: BrandCard) -> None:
        with tenant_scope(globex, TESTS):
            write(LOG)
        with psycopg.connect(boss_url()) as other:
            other.execute("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK])
            assert tasks.roll_up_all() == 0
        assert tasks.roll_up_all() == len(LOG)

    @pytest.mark.django_db(transaction=True)
    def it_adds_up_every_day_that_is_over_a_part_at_a_time(
        self, acme: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tasks, "DAYS", 400)
        monkeypatch.setattr(clock, "now", lambda: NINE + 500 * DAY)
        with tenant_scope(acme, TESTS):
            write(LOG)
            roll_all()
        assert [tasks.sum_all_days() for _run in range(3)] == [400, 100, 0]
        with tenant_scope(acme, TESTS):
            first = DayRollup.objects.filter(queue_id=0).earliest("start_at").start_at
        assert first == day_of(NINE.date(), ZoneInfo(acme.timezone)).start


class DescribeTheCommand:
    @pytest.mark.django_db(transaction=True)
    def it_makes_the_days_anew_and_says_how_far_it_is(self, acme: BrandCard) -> None:
        with tenant_scope(acme, TESTS):
            write(LOG)
        told = StringIO()
        day = f"{NINE:%Y-%m-%d}"
        days = {"first": NINE.date() - DAY, "last": NINE.date()}
        call_command("rollups", "rebuild", "--brand", "acme", stdout=told, **days)
        assert told.getvalue().splitlines() == [
            f"1/2  {NINE - DAY:%Y-%m-%d}  0 interactions",
            f"2/2  {day}  7 interactions",
            "7 interactions rolled up anew.",
        ]
        with tenant_scope(acme, TESTS):
            assert kept() == wanted(fold(LOG))

    def it_refuses_what_is_not_there(self, db: None, acme: BrandCard) -> None:
        days = {"first": NINE.date(), "last": NINE.date()}
        with pytest.raises(CommandError, match="no client"):
            call_command("rollups", "rebuild", "--brand", "nobody", **days)
        with pytest.raises(CommandError, match="before the first"):
            call_command("rollups", "rebuild", "--brand", "acme", first=NINE.date(), last=NINE.date() - DAY)


def it_passes_over_those_measures_alone_that_a_contact_adds_nothing_to() -> None:
    for contact in fold([*LOG, *CASES]):
        assert adds_of(contact) == [one.adds(contact, elapsed) for one in MEASURES.values()]


def it_cuts_quarters_of_an_hour() -> None:
    assert interval_of(NINE + timedelta(minutes=14, seconds=59)) == NINE
    assert interval_of(NINE + timedelta(minutes=15)) == NINE + timedelta(minutes=15)


DAYS = [Day(NINE.date(), NINE.replace(hour=0), NINE.replace(hour=0) + DAY)]


class DescribeADay:
    """Days that are over are added up once more; a report is the same with them and without."""

    def it_says_the_same_and_goes_when_one_of_its_quarters_changes(self, db: None, acme: BrandCard) -> None:
        starts, end = [NINE.replace(hour=0)], NINE.replace(hour=0) + DAY
        later = log((1100, "interaction.queued"), (1200, "interaction.abandoned"), ref=9)
        with brand(acme):
            write(LOG)
            roll_all()
            before = said(stored(starts, end))
            assert keep_days(DAYS) == 1
            assert keep_days(DAYS) == 0
            Rollup.objects.all().delete()
            assert said(stored(starts, end)) == before
            list(rebuild(DAYS[0].start, DAYS[0].end))
            assert not DayRollup.objects.exists()
            keep_days(DAYS)
            write(later)
            assert said(stored(starts, end)) == folded(fold([*LOG, *later]), starts, end)
            roll_all()
            assert not DayRollup.objects.exists()
            keep_days(DAYS)
            assert said(stored(starts, end)) == folded(fold([*LOG, *later]), starts, end)

    def it_keeps_a_day_without_contacts_too(self, db: None, acme: BrandCard) -> None:
        with brand(acme):
            assert keep_days(DAYS) == 1
            assert said(stored([DAYS[0].start], DAYS[0].end)) == folded([], [DAYS[0].start], DAYS[0].end)

    def it_is_no_part_of_half_a_day(self, db: None, acme: BrandCard) -> None:
        starts, end = [NINE, NINE + timedelta(minutes=15)], NINE + timedelta(hours=1)
        with brand(acme):
            write(LOG)
            roll_all()
            keep_days(DAYS)
            assert said(stored(starts, end)) == folded(fold(LOG), starts, end)


class DescribeExactPercentiles:
    @given(read=st.integers(0, 60))
    @DRAWN
    def it_takes_them_of_the_durations(self, db: None, acme: BrandCard, read: int) -> None:
        starts, end = [NINE, NINE + timedelta(minutes=15)], NINE + timedelta(hours=1)
        contacts = [one for one in fold(LOG) if one.counts and one.offered_at < starts[1]]
        with brand(acme):
            write(LOG[:read])
            roll_all()
            write(LOG[read:])
            found = exactly(starts, end, shares=[50, 95])
        for name, of in SPREADS.items():
            values = sorted(value for one in contacts for value in of.lists(one, elapsed))
            for share in (50, 95):
                wanted = values[-(-share * len(values) // 100) - 1] if values else None
                assert found[0].exact.get((name, share)) == wanted
        assert found[0].numbers == sum_all(contacts).numbers


def sum_all(contacts: Sequence[Contact]) -> Sums:
    return Sums(+merged(all_of(one) for one in contacts).numbers)


def case(ref: int, day: float, *, customer: int | None = 1, reason: str = "delivery") -> list[LogRow]:
    at = day * 86_400
    came = {"contact": customer} if customer else {}
    return log(
        (at, "interaction.opened", came), (at, "interaction.queued"), (at + 10, "interaction.assigned"),
        (at + 60, "interaction.closed", {"reason": reason}), ref=ref,
    )  # fmt: skip


CASES = [
    *case(11, 0), *case(12, 0.5), *case(13, 2), *case(14, 9.5), *case(15, 0.2, reason="billing"),
    *case(16, 0.3, customer=2), *case(17, 0.4, customer=None), *case(18, 0.4, customer=None),
]  # fmt: skip
REPEATED = {11: 0.5, 12: 1.5}


class DescribeRepeats:
    """The customer came again for the same reason; a later contact changes the fact of the one before."""

    @given(rows=st.permutations(CASES), cut=st.integers(0, len(CASES)), limit=st.integers(1, 30))
    @DRAWN
    def it_finds_them_in_any_order(
        self, db: None, acme: BrandCard, rows: list[LogRow], cut: int, limit: int
    ) -> None:
        starts, end = [NINE.replace(hour=0)], NINE.replace(hour=0) + 12 * DAY
        with brand(acme):
            write(rows[:cut])
            roll_all(limit=limit)
            write(rows[cut:])
            (unread,) = stored(starts, end).parts
            roll_all(limit=limit)
            (sums,) = stored(starts, end).parts
            incremental = kept()
            list(rebuild(starts[0], end))
            assert kept() == incremental
            contacts = contacts_offered(NINE, NINE + DAY, repeats=True)
            alone = contacts_offered(NINE, NINE + DAY)
        for found in (unread, sums):
            assert [found.numbers[name] for name in REPEATS] == [6, 1, 2, 2]
        after = {one.interaction_ref.int: one.repeated_after for one in contacts if one.repeated_after}
        assert {ref: round(gap / DAY, 2) for ref, gap in after.items()} == REPEATED
        assert [one.entry for one in alone] == [one.entry for one in contacts]
        assert not any(one.repeated_after for one in alone), "who does not ask reads nobody else's log"

    def it_is_no_repeat_when_the_reason_is_corrected(self, db: None, acme: BrandCard) -> None:
        pair = {"reason": ["delivery", "billing"], "outcome": ["", ""]}
        late = log(*[(99_999, "x")] * 4, (99_999, "interaction.corrected", pair), ref=12)[4:]
        starts, end = [NINE], NINE + 12 * DAY
        with brand(acme):
            write([*case(11, 0), *case(12, 0.5)])
            roll_all()
            assert stored(starts, end).parts[0].numbers["repeated_1d"] == 1
            write(late)
            assert stored(starts, end).parts[0].numbers["repeated_1d"] == 0
            roll_all()
            assert stored(starts, end).parts[0].numbers["repeated_1d"] == 0


REPEATS = ("cases", "repeated_1d", "repeated_2d", "repeated_7d")
