"""Service targets: what may be promised, from which day on, and that no verb changes a day that is over."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import NotFound, RoomError
from events.models import Event
from interactions import actions as interactions
from interactions.errors import Invalid
from reporting import actions
from reporting.catalogue import CATALOGUE
from reporting.choices import Verdict, Window
from reporting.clauses import histories, sentence
from reporting.contacts import Contact
from reporting.metrics import Metric, measured, merged
from reporting.models import Clause
from reporting.promises import PROMISABLE, rises, shortfall, verdict_on
from reporting.windows import spans
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.factories import TESTS
from tests.reporting.test_metrics import CONTACTS

STOCKHOLM = ZoneInfo("Europe/Stockholm")
TODAY = date(2026, 11, 27)
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
WHO: dict[str, Any] = {"zone": STOCKHOLM, "actor": "user:1", "now": NOW}
DAY = timedelta(days=1)


@contextmanager
def brand(card: BrandCard) -> Iterator[None]:
    """Everything in it is undone."""
    with tenant_scope(card, TESTS), transaction.atomic():
        yield
        transaction.set_rollback(True)


def add(**more: Any) -> Clause:
    values: dict[str, Any] = {
        "key": uuid4(), "metric": "SL.NEG@1", "counted": "elapsed", "window": "day", "queue_ids": [],
        "target": Decimal(80), "minimum": Decimal(70), "weight": 1, "from_date": TODAY, "shown": "Olu Park",
    }  # fmt: skip
    return actions.add_clause(**(values | WHO | more))


def change(ref: UUID, **more: Any) -> Clause:
    values: dict[str, Any] = {
        "key": uuid4(), "target": Decimal(90), "minimum": None, "weight": 1, "from_date": TODAY + 5 * DAY,
        "shown": "Olu Park",
    }  # fmt: skip
    return actions.change_clause(ref, **(values | WHO | more))


def wrong(**more: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as found:
        add(**more)
    return found.value.errors


@pytest.mark.django_db
class DescribeAdding:
    def it_is_written_down_once_however_often_it_is_sent(self, acme: BrandCard, globex: BrandCard) -> None:
        with brand(acme):
            before, key = AuditRow.objects.count(), uuid4()
            first, again = add(key=key), add(key=key)
            assert first.pk == again.pk
            assert AuditRow.objects.count() == before + 1
            [event] = Event.objects.filter(kind="clause.added")
            assert event.data["clause"] == str(first.ref)
            assert (event.data["target"], event.data["from"]) == ("80", "2026-11-27")
        with brand(globex):
            assert not Clause.objects.exists()
            with pytest.raises(NotFound):
                change(first.ref)

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"metric": "SL.NEG@2"}, "metric"),
            ({"metric": "OFF@1", "target": Decimal(5), "minimum": None}, "metric"),
            ({"metric": "BY.HUMAN@1"}, "metric"),
            ({"counted": "lunar"}, "counted"),
            ({"window": "year"}, "window"),
            ({"queue_ids": [99_999]}, "queue_ids"),
            ({"target": Decimal(101), "minimum": None}, "target"),
            ({"target": Decimal(-1), "minimum": None}, "target"),
            ({"minimum": Decimal(85)}, "minimum"),
            ({"metric": "ABN.RATE@1", "target": Decimal(5), "minimum": Decimal(3)}, "minimum"),
            ({"metric": "ASA.QUEUE@1", "target": Decimal(30), "minimum": Decimal(20)}, "minimum"),
            ({"weight": 0}, "weight"),
            ({"weight": 101}, "weight"),
            ({"from_date": TODAY - DAY}, "from_date"),
        ],
    )
    def it_refuses_what_contradicts_itself_at_its_field(
        self, acme: BrandCard, more: dict[str, Any], field: str
    ) -> None:
        with brand(acme):
            assert list(wrong(**more)) == [field]
            assert not Clause.objects.exists()

    def it_refuses_the_same_clause_while_it_is_in_force_and_says_since_when(self, acme: BrandCard) -> None:
        with brand(acme):
            queue = interactions.save_queue(name="Billing", now=NOW).pk
            row = add(from_date=TODAY + 3 * DAY)
            assert "30 November 2026" in wrong()["from_date"]
            for other in ({"window": "week"}, {"counted": "business"}, {"queue_ids": [queue]}):
                add(**other)
            actions.end_clause(row.ref, last_day=TODAY + 9 * DAY, **WHO)
            assert wrong(from_date=TODAY + 9 * DAY)
            add(from_date=TODAY + 10 * DAY)

    def it_knows_today_in_the_brands_zone(self, acme: BrandCard) -> None:
        late = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)  # the 28th in Stockholm
        with brand(acme):
            assert list(wrong(now=late)) == ["from_date"]
            add(now=late, from_date=TODAY + DAY)


@pytest.mark.django_db
class DescribeChanging:
    def it_holds_from_a_day_on_and_the_old_one_until_then(self, acme: BrandCard) -> None:
        with brand(acme):
            old = add()
            new = change(old.ref, from_date=TODAY + 5 * DAY)
            old.refresh_from_db()
            assert (old.until_date, new.from_date, new.until_date) == (new.from_date, TODAY + 5 * DAY, None)
            row = AuditRow.objects.filter(verb="clause.changed").latest("pk")
            assert row.diff == {"target": ["80.00", "90"], "minimum": ["70.00", "None"]}
            with pytest.raises(actions.Settled):
                change(old.ref, from_date=TODAY + 8 * DAY)
            with pytest.raises(actions.Settled):
                actions.end_clause(old.ref, last_day=TODAY + 20 * DAY, **WHO)

    def it_is_refused_into_days_that_are_over_and_without_a_change(self, acme: BrandCard) -> None:
        with brand(acme):
            row = add()
            later: dict[str, Any] = WHO | {"now": NOW + 9 * DAY}
            for more in ({"from_date": TODAY + 3 * DAY} | later, {"from_date": TODAY}):
                with pytest.raises(Invalid) as found:
                    change(row.ref, **more)
                assert list(found.value.errors) == ["from_date"]
            with pytest.raises(Invalid) as found:
                change(row.ref, target=Decimal(80), minimum=Decimal(70))
            assert list(found.value.errors) == ["target"]

    def it_is_taken_back_before_it_holds_and_not_after(self, acme: BrandCard) -> None:
        with brand(acme):
            old = add()
            new = change(old.ref)
            for _again in range(2):
                actions.withdraw_clause(new.ref, **WHO)
            old.refresh_from_db()
            assert old.until_date is None
            assert Event.objects.filter(kind="clause.withdrawn").count() == 1
            with pytest.raises(actions.Settled):
                actions.withdraw_clause(old.ref, **WHO)

    def it_ends_and_goes_on_until_its_end(self, acme: BrandCard) -> None:
        with brand(acme):
            row = add()
            for day in (TODAY + 2 * DAY, TODAY + 2 * DAY, None, TODAY):
                row = actions.end_clause(row.ref, last_day=day, **WHO)
            assert row.until_date == TODAY + DAY
            assert Event.objects.filter(kind="clause.ended").count() == 3
            with pytest.raises(Invalid):
                actions.end_clause(row.ref, last_day=TODAY - DAY, **WHO)
            with pytest.raises(actions.Settled):
                actions.end_clause(row.ref, last_day=None, **(WHO | {"now": NOW + DAY}))

    def it_lists_every_version_in_words(self, acme: BrandCard) -> None:
        with brand(acme):
            new = change(add().ref)
            [found] = histories(TODAY, {})
            assert [version.state for version in found.versions] == ["ahead", "now"]
            assert found.newest.row.ref == new.ref
            assert found.sentence == (
                "Service level: at least 80.0% each day, all queues, all hours counted. "
                "Under 70.0% it is missed badly."
            )
            fast = add(metric="ASA.P90@1", target=Decimal(45), minimum=None, window="month")
            assert sentence(fast, {}) == (
                "Wait, nine of ten: at most 0:45 each month, all queues, all hours counted."
            )


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "change", "end", "withdraw", "sleep"]),
        st.integers(-3, 12),
        st.integers(1, 99),
    ),
    max_size=14,
)


def in_force() -> dict[date, list[tuple[UUID, Decimal]]]:
    days = [TODAY + n * DAY for n in range(-5, 60)]
    rows = list(Clause.objects.standing())
    return {day: [(row.ref, row.target) for row in rows if row.covers(day)] for day in days}


def step(kind: str, offset: int, level: int, today: date) -> None:
    who = WHO | {"now": datetime(today.year, today.month, today.day, 12, tzinfo=UTC)}
    day, newest = today + offset * DAY, Clause.objects.standing().order_by("from_date").last()
    said: dict[str, Any] = {"target": Decimal(level), "minimum": None, "from_date": day} | who
    if kind == "add":
        add(**said)
    elif newest is None:
        return
    elif kind == "change":
        change(newest.ref, **said)
    elif kind == "end":
        actions.end_clause(newest.ref, last_day=day if level > 20 else None, **who)
    elif kind == "withdraw":
        actions.withdraw_clause(newest.ref, **who)


@given(steps=STEPS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def it_never_changes_a_day_that_is_over_and_has_one_version_a_day(
    db: None, acme: BrandCard, steps: list[tuple[str, int, int]]
) -> None:
    with brand(acme):
        today = TODAY
        for kind, offset, level in steps:
            before = in_force()
            if kind == "sleep":
                today += max(offset, 1) * DAY
                continue
            with suppress(RoomError), transaction.atomic():
                step(kind, offset, level, today)
            after = in_force()
            assert all(len(found) <= 1 for found in after.values())
            assert [after[day] for day in after if day < today] == [
                before[day] for day in before if day < today
            ]
            for row in Clause.objects.standing().filter(follows__isnull=False):
                old = Clause.objects.get(ref=row.follows)
                assert old.until_date == row.from_date, "no day between a version and the next"


# ---- what became of it ----


def clause(metric: str, target: float, minimum: float | None = None) -> Clause:
    least = None if minimum is None else Decimal(str(minimum))
    return Clause(metric=metric, target=Decimal(str(target)), minimum=least)


@pytest.mark.parametrize(
    ("metric", "number", "verdict"),
    [
        ("SL.NEG@1", 80, Verdict.MET),
        ("SL.NEG@1", 79, Verdict.MISSED),
        ("SL.NEG@1", 60, Verdict.MISSED),
        ("SL.NEG@1", 59, Verdict.UNDER),
        ("SL.NEG@1", None, Verdict.NOTHING),
        ("ABN.RATE@1", 80, Verdict.MET),
        ("ABN.RATE@1", 81, Verdict.MISSED),
    ],
)
def it_judges_a_number(metric: str, number: int | None, verdict: Verdict) -> None:
    row = clause(metric, 80, 60 if metric.startswith("SL") else 90)
    assert verdict_on(row, None if number is None else Fraction(number)) == verdict


SOLVED = {"FCR.REPEAT.1D", "FCR.REPEAT.2D", "FCR.REPEAT.7D"}
MORE_IS_BETTER = {"ANS.RATE", "CB.KEPT", *SOLVED}
NEITHER_WAY = {
    "OFF", "ANS.ACCEPT", "ANS.REPLY", "ABN", "FO", "CLOSED", "HOLD.ABN", "SHORT.TALK", "SLA.LATE", "ATA",
    "ATA.P50", "ATA.P90", "BY.HUMAN", "BY.AUTOMATIC", "BY.MIXED",
}  # fmt: skip
"""Counts, how long those who leave have patience, and who wrote."""


@pytest.mark.parametrize("metric", CATALOGUE, ids=lambda one: one.id)
def it_knows_of_every_metric_which_way_is_better(metric: Metric) -> None:
    level = metric.id.startswith(("SL.", "SLA.ATTAIN"))
    assert (metric.key in PROMISABLE) == (metric.id not in NEITHER_WAY)
    assert rises(metric) == (level or metric.id in MORE_IS_BETTER)
    if metric.key in PROMISABLE:
        assert metric.unit in {"percent", "seconds"}
        verdicts = [verdict_on(clause(metric.key, 50), Fraction(number)) for number in (40, 50, 60)]
        wrong, right = Verdict.MISSED, Verdict.MET
        assert verdicts == ([wrong, right, right] if rises(metric) else [right, right, wrong])


@pytest.mark.django_db
def it_says_that_more_solved_at_once_is_better(acme: BrandCard) -> None:
    with brand(acme):
        row = add(metric="FCR.REPEAT.7D@1", target=Decimal(80), minimum=Decimal(60))
        assert "at least 80.0%" in sentence(row, {})
        assert "minimum" in wrong(metric="FCR.REPEAT.7D@1", target=Decimal(80), minimum=Decimal(90))


@given(
    contacts=CONTACTS,
    places=st.lists(st.integers(0, 3), min_size=30, max_size=30),
    metric=st.sampled_from(sorted(PROMISABLE)),
    target=st.integers(1, 99),
)
@settings(max_examples=60, deadline=None)
def it_adds_up_what_pulls_a_figure_down(
    contacts: list[Contact], places: list[int], metric: str, target: int
) -> None:
    row, of = clause(metric, target), PROMISABLE[metric]
    parts = [
        measured([one for one, place in zip(contacts, places, strict=False) if place == n], [of])
        for n in range(4)
    ]
    whole = merged(parts)
    assert sum(shortfall(row, part) for part in parts) == shortfall(row, whole)
    verdict = verdict_on(row, of.value(whole).number)
    if not of.spread:
        assert (shortfall(row, whole) > 0) == (verdict == Verdict.MISSED)


# ---- windows ----


@pytest.mark.parametrize("zone", ["Europe/Stockholm", "Australia/Adelaide", "America/New_York"])
def it_cuts_windows_of_the_brands_days_without_gap_or_overlap(zone: str) -> None:
    first, last = date(2026, 9, 20), date(2026, 11, 12)  # the clocks change in each of them
    for window in Window:
        found = spans(
            window, first, last, since=date(2026, 1, 1), until=None, zone=ZoneInfo(zone), today=last
        )
        assert all(one.end == other.start for one, other in zip(found, found[1:], strict=False))
        assert found[0].first <= first
        assert found[-1].last >= last
        hours = {(one.end - one.start) // timedelta(hours=1) for one in found}
        if window == Window.DAY:
            assert hours & {23, 25}
            assert hours <= {23, 24, 25}


def it_cuts_a_window_where_the_clause_begins_and_ends() -> None:
    [one] = spans(
        Window.MONTH, date(2026, 11, 20), date(2026, 11, 26), since=date(2026, 11, 9),
        until=date(2026, 11, 24), zone=STOCKHOLM, today=date(2026, 11, 26),
    )  # fmt: skip
    assert (one.first, one.last, one.is_over) == (date(2026, 11, 9), date(2026, 11, 23), True)
    assert not spans(Window.WEEK, TODAY, TODAY, since=TODAY + DAY, until=None, zone=STOCKHOLM, today=TODAY), (
        "not in force yet"
    )
