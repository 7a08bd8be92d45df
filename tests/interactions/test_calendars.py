"""The brand's hours: what may be saved, who is told, what the trail keeps."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from core import clock
from core.errors import NotFound
from core.hours import is_open
from events.models import Event
from interactions import actions, tasks
from interactions.choices import HolidayKind
from interactions.errors import Invalid, Refused, WrongState
from interactions.hours import closed_now, get_calendar, list_calendars, live_closures, queue_hours
from interactions.models import Calendar, Closure, Period, Queue
from interactions.values import CalendarView
from routing.models import QueuePlan
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import Scope, labour_scope, tenant_scope
from tests.factories import NOW, TESTS

OFFICE = [(weekday, 480, 1020) for weekday in range(5)]
STOCKHOLM: dict[str, Any] = {"name": "Office", "zone": "Europe/Stockholm", "country": "SE", "week": OFFICE}
HOUR = timedelta(hours=1)
PATIENCE = 30  # seconds after which something must hang
DID: dict[str, Any] = {"actor": "user:7", "now": NOW}  # NOW is a Monday, 10:00 in Stockholm
Maker = Callable[..., CalendarView]


@pytest.fixture
def make(in_acme: Scope) -> Maker:
    """Return a maker of calendars in Acme."""

    def save(ref: UUID | None = None, **more: Any) -> CalendarView:
        return actions.save_calendar(ref, **(STOCKHOLM | DID | more))

    return save


def trail() -> list[tuple[str, str, dict[str, Any]]]:
    """Return (verb, object, diff) of what was done to hours, in order."""
    with labour_scope():
        rows = AuditRow.objects.filter(verb__regex="^(calendar|closure|queue)").order_by("pk")
        made = [row for row in rows if row.verb != "queue.created"]
        return [(row.verb, row.object.partition(" ")[2], row.diff) for row in made]


def openings(queue: Queue) -> Any:
    with labour_scope():
        return QueuePlan.objects.get(queue_id=queue.pk).openings


def instants(*texts: str) -> list[int]:
    return [int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) for text in texts]


def wrong(save: Callable[[], object]) -> set[str]:
    with pytest.raises(Invalid) as refused:
        save()
    assert all(refused.value.errors.values())
    return set(refused.value.errors)


class DescribeSaving:
    def it_keeps_the_week_and_the_country(self, make: Maker) -> None:
        hours = make(week=[(0, 480, 720), (0, 780, 1020)], subdivision="").hours
        assert (hours.zone, hours.country, hours.week) == (
            "Europe/Stockholm", "SE", {0: ((480, 720), (780, 1020))},
        )  # fmt: skip

    def it_splits_a_night(self, make: Maker) -> None:
        assert make(week=[(6, 1200, 120)]).hours.week == {6: ((1200, 1440),), 0: ((0, 120),)}

    def it_takes_midnight_as_the_end_of_a_day(self, make: Maker) -> None:
        assert make(week=[(0, 480, 0), (1, 0, 0)]).hours.week == {0: ((480, 1440),), 1: ((0, 1440),)}

    def it_replaces_the_week(self, make: Maker) -> None:
        first = make()
        again = make(first.ref, week=[(5, 600, 840)])
        assert again.hours.week == {5: ((600, 840),)}
        assert (first.version, again.version) == (1, 2)

    def it_says_all_that_is_wrong_at_once(self, make: Maker) -> None:
        found = wrong(
            lambda: make(name=" ", zone="Mars/Olympus", country="XX", subdivision="SA", week=[(0, 480, 2000)])
        )
        assert found == {"name", "zone", "country", "week.0"}
        assert Calendar.objects.count() == 0

    @pytest.mark.parametrize(
        ("week", "row"),
        [
            ([(0, 480, 720), (0, 700, 800)], "week.1"),
            ([(0, 700, 800), (0, 480, 720)], "week.0"),
            ([(1, 60, 300), (0, 1200, 120)], "week.0"),
            ([(7, 480, 720)], "week.0"),
            ([(0, -5, 720)], "week.0"),
            ([(0, n * 60, n * 60 + 30) for n in range(11)], "week.10"),
        ],
    )
    def it_refuses_periods_that_cannot_be(self, make: Maker, week: list[Any], row: str) -> None:
        assert wrong(lambda: make(week=week)) == {row}

    def it_takes_periods_that_touch(self, make: Maker) -> None:
        assert make(week=[(0, 480, 720), (0, 720, 800)]).hours.week[0] == ((480, 720), (720, 800))

    def it_refuses_a_part_of_another_country(self, make: Maker) -> None:
        assert wrong(lambda: make(country="SE", subdivision="SA")) == {"subdivision"}

    def it_refuses_a_name_twice(self, make: Maker) -> None:
        first = make()
        assert wrong(lambda: make(name=" Office ")) == {"name"}
        assert make(first.ref).name == "Office"

    def it_refuses_who_has_not_seen_the_last_change(self, make: Maker) -> None:
        first = make()
        make(first.ref, name="Days", version=1)
        with pytest.raises(WrongState, match="meanwhile"):
            make(first.ref, name="Nights", version=1)

    def it_refuses_more_calendars_than_anybody_needs(
        self, make: Maker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(actions.save_calendar.__globals__, "MOST_CALENDARS", 1)
        make()
        with pytest.raises(Refused, match="too many"):
            make(name="Another")

    def it_is_unknown_to_the_other_brand(self, make: Maker, globex: BrandCard) -> None:
        ref = make().ref
        with tenant_scope(globex, TESTS):
            assert list_calendars(NOW) == []
            with pytest.raises(NotFound):
                get_calendar(ref, now=NOW)
            with pytest.raises(NotFound):
                actions.save_calendar(ref, **STOCKHOLM, **DID)

    def it_leaves_a_trail_of_what_changed(self, make: Maker) -> None:
        ref = make().ref
        make(ref, week=[*OFFICE[:4], (4, 480, 900)])
        assert trail()[0][:2] == ("calendar.created", "Office")
        assert trail()[1] == ("calendar.changed", "Office", {"week.4": ["08:00-17:00", "08:00-15:00"]})

    def it_holds_in_the_tables_too(self, make: Maker) -> None:
        row = Calendar.objects.get(ref=make().ref)
        for opens, closes in ((600, 600), (-1, 5), (600, 1441)):
            with pytest.raises(IntegrityError), transaction.atomic():
                Period.objects.create(calendar=row, weekday=6, opens=opens, closes=closes)


class DescribeOwnDays:
    @pytest.mark.parametrize(
        ("kind", "periods", "found"),
        [
            (HolidayKind.CLOSED, [], ()),
            (HolidayKind.HOURS, [(600, 720), (480, 540)], ((480, 540), (600, 720))),
            (HolidayKind.WORKS, [], None),
        ],
    )
    def it_wins_over_the_week(self, make: Maker, kind: str, periods: list[Any], found: object) -> None:
        day = date(2026, 12, 24)
        seen = actions.save_own_day(make().ref, day=day, kind=kind, name="Eve", periods=periods, **DID)
        assert (seen.hours.days, seen.version) == ({day: found}, 2)

    def it_is_changed_and_taken_back(self, make: Maker) -> None:
        ref, day = make().ref, date(2026, 12, 24)
        actions.save_own_day(ref, day=day, kind="closed", **DID)
        actions.save_own_day(ref, day=day, kind="works", **DID)
        assert get_calendar(ref, now=NOW).hours.days == {day: None}
        assert actions.remove_own_day(ref, day, **DID).hours.days == {}
        assert actions.remove_own_day(ref, day, **DID).version == 4
        assert trail()[-1][2]["2026-12-24.kind"] == ["works", None]

    @pytest.mark.parametrize(
        ("fields", "found"),
        [
            ({"day": None, "kind": "holiday"}, {"day", "kind"}),
            ({"kind": "hours"}, {"periods"}),
            ({"kind": "hours", "periods": [(600, 540)]}, {"periods.0"}),
            ({"kind": "hours", "periods": [(480, 720), (600, 800)]}, {"periods.1"}),
            ({"name": "x" * 81}, {"name"}),
        ],
    )
    def it_says_what_is_wrong(self, make: Maker, fields: dict[str, Any], found: set[str]) -> None:
        ref = make().ref
        values: dict[str, Any] = {"day": date(2026, 12, 24), "kind": "closed"} | fields
        assert wrong(lambda: actions.save_own_day(ref, **values, **DID)) == found

    def it_belongs_to_a_calendar(self, in_acme: Scope) -> None:
        with pytest.raises(NotFound):
            actions.save_own_day(uuid4(), day=date(2026, 12, 24), kind="closed", **DID)


class DescribeQueues:
    def it_tells_routing_the_openings_of_eight_days(self, make: Maker) -> None:
        queue = actions.save_queue(name="Orders", now=NOW)
        assert openings(queue) is None
        assert actions.use_calendars({queue.ref: make().ref}, **DID) == 1
        assert openings(queue)[:2] == [
            instants("2026-03-02T09:00", "2026-03-02T16:00"),
            instants("2026-03-03T07:00", "2026-03-03T16:00"),
        ]
        assert openings(queue)[-1] == instants("2026-03-10T07:00", "2026-03-10T09:00")
        assert trail()[-1] == ("queue.changed", "Orders", {"calendar": [None, "Office"]})

    def it_tells_routing_when_the_hours_change(self, make: Maker) -> None:
        hours, queue = make(), actions.save_queue(name="Orders", now=NOW)
        actions.use_calendars({queue.ref: hours.ref}, **DID)
        make(hours.ref, week=[])
        assert openings(queue) == []
        actions.save_own_day(hours.ref, day=date(2026, 3, 3), kind="hours", periods=[(480, 540)], **DID)
        assert openings(queue) == [instants("2026-03-03T07:00", "2026-03-03T08:00")]

    def it_goes_back_to_day_and_night(self, make: Maker) -> None:
        queue = actions.save_queue(name="Orders", now=NOW)
        actions.use_calendars({queue.ref: make().ref}, **DID)
        assert actions.use_calendars({queue.ref: None}, **DID) == 1
        assert openings(queue) is None
        assert [each.calendar_ref for each in queue_hours()] == [None]

    def it_leaves_alone_what_stays(self, make: Maker) -> None:
        queue = actions.save_queue(name="Orders", now=NOW)
        assert actions.use_calendars({queue.ref: None}, **DID) == 0
        assert trail() == []

    def it_changes_all_or_none(self, make: Maker) -> None:
        queue, hours = actions.save_queue(name="Orders", now=NOW), make()
        for choices in ({queue.ref: hours.ref, uuid4(): None}, {queue.ref: uuid4()}):
            with pytest.raises(NotFound):
                actions.use_calendars(choices, **DID)
        assert queue_hours()[0].calendar_ref is None

    def it_keeps_hours_that_are_used(self, make: Maker) -> None:
        hours, queue = make(), actions.save_queue(name="Orders", now=NOW)
        actions.use_calendars({queue.ref: hours.ref}, **DID)
        with pytest.raises(WrongState, match="use"):
            actions.remove_calendar(hours.ref, **DID)
        actions.use_calendars({queue.ref: None}, **DID)
        actions.remove_calendar(hours.ref, **DID)
        assert Calendar.objects.count() == Period.objects.count() == 0


class DescribeClosures:
    def it_closes_one_queue_until_later(self, in_acme: Scope) -> None:
        shut, open_one = (actions.save_queue(name=name, now=NOW) for name in ("Orders", "Returns"))
        actions.close_now(queue_ref=shut.ref, until=NOW + HOUR, **DID)
        assert openings(shut) == [instants("2026-03-02T10:00", "2026-03-10T09:00")]
        assert openings(open_one) is None

    def it_closes_the_queues_of_a_calendar(self, make: Maker) -> None:
        hours = make()
        inside, outside = (actions.save_queue(name=name, now=NOW) for name in ("Orders", "Returns"))
        actions.use_calendars({inside.ref: hours.ref}, **DID)
        actions.close_now(calendar_ref=hours.ref, **DID)
        assert (openings(inside), openings(outside)) == ([], None)

    def it_closes_the_whole_brand_and_reopens_it(self, in_acme: Scope) -> None:
        queue = actions.save_queue(name="Orders", now=NOW)
        closure = actions.close_now(reason="Fire alarm", **DID)
        assert openings(queue) == []
        assert [each.ref for each in live_closures(NOW)] == [closure.ref]
        actions.reopen_hours(closure.ref, actor="user:8", now=NOW + HOUR)
        assert openings(queue) is None
        assert live_closures(NOW + HOUR) == []
        assert [verb for verb, _object, _diff in trail()] == ["closure.created", "closure.ended"]

    def it_is_over_once(self, in_acme: Scope) -> None:
        closure = actions.close_now(until=NOW + HOUR, **DID)
        for instant in (NOW + HOUR, NOW + 2 * HOUR):
            with pytest.raises(WrongState, match="over"):
                actions.reopen_hours(closure.ref, actor="user:8", now=instant)

    @pytest.mark.parametrize(
        ("fields", "found"),
        [
            ({"until": NOW}, {"until"}),
            ({"until": NOW + timedelta(days=400)}, {"until"}),
            ({"texts": {"sv": "x" * 301}, "reason": "x" * 201}, {"texts.sv", "reason"}),
        ],
    )
    def it_says_what_is_wrong(self, in_acme: Scope, fields: dict[str, Any], found: set[str]) -> None:
        assert wrong(lambda: actions.close_now(**fields, **DID)) == found
        assert Closure.objects.count() == 0

    def it_knows_no_queue_of_the_other_brand(self, in_acme: Scope, globex: BrandCard) -> None:
        queue = actions.save_queue(name="Orders", now=NOW)
        closure = actions.close_now(queue_ref=queue.ref, **DID)
        with tenant_scope(globex, TESTS):
            with pytest.raises(NotFound):
                actions.close_now(queue_ref=queue.ref, **DID)
            with pytest.raises(NotFound):
                actions.reopen_hours(closure.ref, **DID)


class DescribeWhatCustomersAreTold:
    def told(self, queue: Queue, now: datetime, *languages: str) -> Any:
        row = Queue.objects.select_related("calendar").get(pk=queue.pk)
        return closed_now(row, languages=languages, zone="UTC", now=now)

    def it_is_nothing_while_open(self, make: Maker) -> None:
        queue = actions.save_queue(name="Orders", now=NOW)
        assert self.told(queue, NOW) is None
        actions.use_calendars({queue.ref: make().ref}, **DID)
        assert self.told(queue, NOW) is None

    def it_is_when_the_hours_begin_again(self, make: Maker) -> None:
        queue = actions.save_queue(name="Orders", now=NOW)
        actions.use_calendars({queue.ref: make().ref}, **DID)
        told = self.told(queue, datetime(2026, 3, 6, 20, tzinfo=UTC))
        assert (told.until, told.zone, told.text) == (
            datetime(2026, 3, 9, 7, tzinfo=UTC), "Europe/Stockholm", "",
        )  # fmt: skip

    def it_follows_a_change_of_the_hours(self, make: Maker) -> None:
        hours, queue = make(), actions.save_queue(name="Orders", now=NOW)
        actions.use_calendars({queue.ref: hours.ref}, **DID)
        assert self.told(queue, NOW) is None
        make(hours.ref, week=[])
        assert self.told(queue, NOW).until is None

    def it_is_the_text_in_their_language(self, in_acme: Scope) -> None:
        queue = actions.save_queue(name="Orders", now=NOW)
        actions.close_now(texts={"en": "We have no power.", "sv": "Vi saknar ström."}, **DID)
        texts = [self.told(queue, NOW, *spoken).text for spoken in (("sv", "en"), ("fi", "en"), ("fi",))]
        assert texts == ["Vi saknar ström.", "We have no power.", "We have no power."]

    def it_is_told_in_the_brands_zone_without_a_calendar(self, in_acme: Scope) -> None:
        queue = actions.save_queue(name="Orders", now=NOW)
        actions.close_now(until=NOW + HOUR, **DID)
        told = self.told(queue, NOW)
        assert (told.until, told.zone) == (NOW + HOUR, "UTC")


class DescribeEvents:
    def it_writes_what_happened_to_hours_in_the_same_transaction(
        self, make: Maker, globex: BrandCard
    ) -> None:
        queue = actions.save_queue(name="Orders", now=NOW)
        view = make()
        make(view.ref, week=OFFICE[:4])
        actions.save_own_day(view.ref, day=date(2026, 12, 24), kind=HolidayKind.CLOSED, name="Eve", **DID)
        actions.use_calendars({queue.ref: view.ref}, **DID)
        closure = actions.close_now(calendar_ref=view.ref, until=NOW + HOUR, texts={"en": "Storm."}, **DID)
        actions.reopen_hours(closure.ref, actor="user:7", now=NOW + HOUR / 2)
        early = actions.close_early(
            queue.ref, at=NOW + HOUR, zone="UTC", reason="Meeting", key=uuid4(), **DID
        )
        found = list(Event.objects.order_by("pk").values_list("kind", "v", "n", "data"))
        assert [(kind, v, n) for kind, v, n, _data in found] == [
            (kind, 1, 0)
            for kind in (
                "calendar.created", "calendar.changed", "calendar.changed", "queue.hours_changed",
                "closure.created", "closure.ended", "closure.planned",
            )
        ]  # fmt: skip
        told = [data for *_kind, data in found]
        assert told[1] == {
            "calendar": str(view.ref), "version": 2, "zone": "Europe/Stockholm", "changed": ["week.4"],
        }  # fmt: skip
        assert told[3] == {"queue": str(queue.ref), "calendar": str(view.ref)}
        assert (told[4]["closure"], told[4]["line"]) == (str(closure.ref), "served")
        assert told[5]["until"] == (NOW + HOUR / 2).isoformat()
        assert (told[6]["closure"], told[6]["queue"]) == (str(early.ref), str(queue.ref))
        assert not any("Storm" in str(data) or "Eve" in str(data) for data in told)
        with tenant_scope(globex, TESTS):
            assert not Event.objects.exists()

    def it_writes_none_of_what_was_not_done(self, make: Maker) -> None:
        with pytest.raises(Invalid):
            make(zone="Mars/Olympus")
        key = uuid4()
        for _ in range(2):
            actions.close_now(key=key, **DID)
        assert Event.objects.values_list("kind", flat=True).get() == "closure.created"


class DescribeTheNight:
    def it_tells_routing_anew(self, make: Maker, acme: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
        hours, queue = make(), actions.save_queue(name="Orders", now=NOW)
        actions.use_calendars({queue.ref: hours.ref}, **DID)
        monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=7))
        assert actions.announce_hours(now=clock.now()) == 1
        assert openings(queue)[0] == instants("2026-03-09T09:00", "2026-03-09T16:00")
        assert is_open(get_calendar(hours.ref, now=clock.now()).hours, clock.now())


@pytest.mark.django_db(transaction=True)
def it_tells_every_brand_by_a_task(acme: BrandCard, globex: BrandCard) -> None:
    for card in (acme, globex):
        with tenant_scope(card, TESTS):
            queue = actions.save_queue(name="Orders", now=NOW)
            actions.close_now(queue_ref=queue.ref, **DID)
            Closure.objects.update(ended_at=NOW + HOUR)
            assert openings(queue) == []
    assert tasks.tell_hours(brand_id=acme.id) == 1
    with labour_scope():
        plans = dict(QueuePlan.objects.values_list("brand_id", "openings"))
    assert plans == {acme.id: None, globex.id: []}


@pytest.mark.django_db(transaction=True)
def it_tells_routing_both_of_two_changes_at_once(acme: BrandCard, boss: Any) -> None:
    """The second change waits for the first one's queue, and then sees what that wrote."""
    with tenant_scope(acme, TESTS):
        queue = actions.save_queue(name="Orders", now=NOW)
        hours = actions.save_calendar(**STOCKHOLM, **DID)
        actions.use_calendars({queue.ref: hours.ref}, **DID)
    shut, go = threading.Event(), threading.Event()

    def close() -> None:
        with tenant_scope(acme, TESTS), transaction.atomic():
            actions.close_now(queue_ref=queue.ref, until=NOW + HOUR, **DID)
            shut.set()
            assert go.wait(PATIENCE)
        connection.close()

    def shorten() -> None:
        assert shut.wait(PATIENCE)
        with tenant_scope(acme, TESTS):
            tomorrow = (NOW + timedelta(days=1)).date()
            actions.save_own_day(hours.ref, day=tomorrow, kind="closed", **DID)
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(each) for each in (close, shorten)]
        waits(boss)
        go.set()
        for job in jobs:
            job.result(PATIENCE)
    assert openings(queue)[:2] == [
        instants("2026-03-02T10:00", "2026-03-02T16:00"),
        instants("2026-03-04T07:00", "2026-03-04T16:00"),
    ]


def waits(boss: Any) -> None:
    """Wait until a transaction waits for another one's row."""
    end = time.monotonic() + PATIENCE
    while not boss.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0]:
        assert time.monotonic() < end
        time.sleep(0.02)
