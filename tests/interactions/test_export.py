"""The hours of a client's queues beside its exported log: what counts an instant as open, of nobody else."""

import json
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from interactions import actions
from interactions.choices import HolidayKind
from interactions.export import hours_lines
from interactions.models import Calendar, Queue
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS

STOCKHOLM = ZoneInfo("Europe/Stockholm")
START, END = datetime(2026, 12, 1, tzinfo=STOCKHOLM), datetime(2027, 1, 1, tzinfo=STOCKHOLM)
DID: dict[str, Any] = {"actor": "user:1", "now": NOW}


def queue(card: BrandCard, name: str, *, week: list[tuple[int, int, int]] | None = None) -> Queue:
    with tenant_scope(card, TESTS):
        made: Queue = actions.save_queue(name=name)
        if week is not None:
            calendar = actions.save_calendar(
                name=name, zone="Europe/Stockholm", week=week, country="SE", **DID
            )
            actions.use_calendars({made.ref: calendar.ref}, **DID)
            made.refresh_from_db()
    return made


def said(card: BrandCard) -> dict[int, dict[str, Any]]:
    lines = [json.loads(line) for line in hours_lines(card, TESTS, START, END, now=NOW)]
    assert {line["kind"] for line in lines} <= {"queue.hours"}
    assert {line["interaction_ref"] for line in lines} <= {None}, "who reads events alone goes past them"
    return {line["data"]["queue_id"]: line["data"] for line in lines}


@pytest.fixture
def orders(acme: BrandCard, db: None) -> Queue:
    return queue(acme, "Orders", week=[(0, 480, 1020), (4, 1320, 120)])


def it_says_the_week_the_public_holidays_and_own_dates(acme: BrandCard, orders: Queue) -> None:
    with tenant_scope(acme, TESTS):
        ref = Calendar.objects.get().ref
        for day, more in (
            (23, {"kind": HolidayKind.HOURS, "periods": [(600, 720)]}),
            (24, {"kind": HolidayKind.CLOSED}),
            (26, {"kind": HolidayKind.WORKS}),
        ):
            actions.save_own_day(ref, day=date(2026, 12, day), **more, **DID)
    found = said(acme)[orders.pk]
    assert (found["zone"], found["week"]) == (
        "Europe/Stockholm", {"0": [[480, 1020]], "4": [[1320, 1440]], "5": [[0, 120]]},
    )  # fmt: skip
    assert {"2026-12-25", "2026-12-26"} <= set(found["holidays"])
    assert all("2026-12-01" <= day <= "2027-01-01" for day in found["holidays"])
    assert found["days"] == {"2026-12-23": [[600, 720]], "2026-12-24": [], "2026-12-26": None}


def it_says_closures_of_the_queue_and_of_all(acme: BrandCard, orders: Queue) -> None:
    other = queue(acme, "Returns")
    until = START + timedelta(days=2)
    with tenant_scope(acme, TESTS):
        actions.close_now(queue_ref=orders.ref, until=until, reason="Power cut", **DID)
        actions.close_now(reason="Fire alarm", **DID)
        long_over: dict[str, Any] = {"now": NOW - timedelta(days=2), "actor": "user:1"}
        actions.close_now(until=NOW - timedelta(days=1), reason="Fire alarm", **long_over)
    found, now = said(acme), NOW.isoformat()
    closures = [[now, None]]
    assert found[other.pk]["week"] is None, "day and night"
    assert found[other.pk]["closures"] == closures
    assert [since for since, _until in found[orders.pk]["closures"]] == [now, now]
    assert None in {until for _since, until in found[orders.pk]["closures"]}


def it_says_nothing_of_another_client(acme: BrandCard, globex: BrandCard, orders: Queue) -> None:
    other = queue(globex, "Repairs", week=[(1, 0, 600)])
    assert set(said(acme)) == {orders.pk}
    assert set(said(globex)) == {other.pk}
    assert said(globex)[other.pk]["week"] == {"1": [[0, 600]]}


def it_says_nothing_where_there_are_no_queues(globex: BrandCard, db: None) -> None:
    assert said(globex) == {}
