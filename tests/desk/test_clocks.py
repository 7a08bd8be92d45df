"""The clocks at the desk: running, late, paused and why, in time, missed; by push, in words."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.actor import Actor
from core import clock
from core.hours import Calendar
from desk import frames
from desk.clocks import ClockChip, chips_of, most_urgent
from interactions import actions
from interactions.asking import actions as asking
from interactions.asking.queries import requests_of
from interactions.clocks.faces import ELAPSED, Business
from interactions.clocks.models import Clock
from interactions.clocks.values import ClockView
from interactions.models import Calendar as CalendarRow
from interactions.models import Queue
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.desk.conftest import Day, Desk, form
from tests.factories import NOW, TESTS


def view(**more: Any) -> ClockView:
    plain: dict[str, Any] = {
        "kind": "first", "state": "running", "why": "", "target_seconds": 300, "counted": "elapsed",
        "consumed_us": 0, "due_at": NOW + timedelta(seconds=200), "breached_at": None, "met": 0, "missed": 0,
    }  # fmt: skip
    return ClockView(**(plain | more))


def shown(**more: Any) -> tuple[str, str, str, str]:
    (chip,) = chips_of([view(**more)], NOW)
    return chip.face, chip.words, chip.shown, chip.tone


class DescribeFace:
    def it_says_in_words_how_each_clock_is(self) -> None:
        over = NOW - timedelta(seconds=75)
        assert shown() == ("running", "due in", "3:20", "")
        assert shown(due_at=NOW + timedelta(seconds=59), consumed_us=241_000_000) == (
            "running",
            "due in",
            "0:59",
            "warn",
        )
        assert shown(due_at=None, breached_at=over, since=over - timedelta(seconds=300)) == (
            "late", "late by", "1:15", "bad",
        )  # fmt: skip
        assert shown(state="paused", why="hold", due_at=None, consumed_us=100_000_000) == (
            "paused", "paused: on hold", "3:20", "",
        )  # fmt: skip
        assert shown(state="fulfilled", met=1) == ("met", "in time", "", "good")
        assert shown(state="fulfilled", missed=1) == ("missed", "missed", "", "bad")
        assert shown(kind="next", state="armed", met=3, missed=1)[:2] == ("missed", "1 of 4 missed")

    @pytest.mark.parametrize("more", [{"target_seconds": None}, {"state": "cancelled"}, {"state": "armed"}])
    def it_has_nothing_to_say_of_one_without_a_target_or_a_beginning(self, more: dict[str, Any]) -> None:
        assert chips_of([view(**more)], NOW) == ()

    def it_puts_first_who_needs_somebody_first(self) -> None:
        later, late = (
            view(kind="next", due_at=NOW + timedelta(hours=2)),
            view(kind="resolution", due_at=None, breached_at=NOW, consumed_us=305_000_000),
        )
        stands = view(kind="update", state="paused", why="hold", due_at=None)
        found = most_urgent([stands, later, view(), late], NOW)
        assert found is not None
        assert found.name == "Resolution"
        assert most_urgent([view(state="fulfilled", met=1)], NOW) is None


class DescribeLateness:
    """Agreed: five minutes of opening hours, 8 to 12 and 13 to 17 UTC; it ran from 11:50 to 11:55."""

    NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    OFFICE = Business(Calendar("UTC", week={day: ((480, 720), (780, 1020)) for day in range(5)}))

    def chip(self, minutes: float, **more: Any) -> ClockChip:
        """The chip so many minutes after noon."""
        began = self.NOON - timedelta(minutes=10)
        plain = {"counted": "business", "due_at": None, "breached_at": began + timedelta(minutes=5)}
        late = view(**plain | {"since": began, "hours": self.OFFICE} | more)
        (chip,) = chips_of([late], self.NOON + timedelta(minutes=minutes))
        return chip

    def it_grows_while_it_is_open_and_stands_still_while_it_is_closed(self) -> None:
        at_work = self.chip(-2)
        assert (at_work.words, at_work.shown) == ("late by", "3:00")
        assert (at_work.since, at_work.start, at_work.stop) == (
            self.NOON - timedelta(minutes=5), None, self.NOON,
        )  # fmt: skip
        at_lunch = self.chip(30)
        assert (at_lunch.words, at_lunch.shown, at_lunch.tone) == ("closed now, late by", "5:00", "bad")
        assert (at_work.icon, at_lunch.icon) == ("circle-alert", "pause"), "where there is no room for words"
        assert at_lunch.start == self.NOON + timedelta(hours=1)
        assert at_lunch.since == self.NOON + timedelta(minutes=55), "it goes on from five when it opens"
        assert self.chip(61).shown == "6:00"
        assert self.chip(60 * 20 + 1).shown == "4 h 06", "the night counts for nothing"

    def it_stands_still_while_the_clock_does(self) -> None:
        paused = self.chip(200, state="paused", why="hold", since=self.NOON, consumed_us=420_000_000)
        assert (paused.face, paused.words, paused.shown) == ("late", "paused: on hold, late by", "2:00")
        assert (paused.since, paused.until) == (None, None)

    def it_says_so_when_more_time_was_agreed_since(self) -> None:
        chip = self.chip(-2, target_seconds=3600)
        assert (chip.face, chip.words, chip.shown) == ("late", "missed", "")

    def it_puts_first_what_is_later_by_its_own_hours(self) -> None:
        began = self.NOON - timedelta(minutes=10)
        wall = {"kind": "next", "due_at": None, "breached_at": self.NOON, "since": self.NOON}
        longer_ago = view(
            counted="business", due_at=None, breached_at=began, since=began, hours=self.OFFICE
        )  # five minutes late since noon
        later = view(**wall | {"consumed_us": 300_000_000})
        found = most_urgent([longer_ago, later], self.NOON + timedelta(minutes=30))
        assert found is not None
        assert found.name == "Next response"


class DescribeWarning:
    """Agreed: ten hours of opening hours, one of them used up by Monday at 8; due on Tuesday at 9."""

    MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    def view(self, **more: Any) -> ClockView:
        plain = {
            "counted": "business", "target_seconds": 36_000, "consumed_us": 3_600_000_000,
            "since": self.MONDAY, "due_at": self.MONDAY + timedelta(hours=25),
            "hours": DescribeLateness.OFFICE,
        }  # fmt: skip
        return view(**plain | more)

    @pytest.mark.parametrize(("hours", "tone"), [(7.98, ""), (8, "warn"), (12, "warn"), (24.5, "warn")])
    def it_comes_with_the_last_fifth_of_the_hours_that_count(self, hours: float, tone: str) -> None:
        """At 16 two hours are left, one of today and one of tomorrow: seventeen by the wall."""
        (chip,) = chips_of([self.view()], self.MONDAY + timedelta(hours=hours))
        assert chip.tone == tone

    def it_asks_for_hours_while_the_wall_leaves_it_open(self) -> None:
        due = self.view(hours=ELAPSED)
        asks = [due.needs_hours(self.MONDAY + timedelta(hours=hours)) for hours in (6.9, 7.1, 22.9, 23.1)]
        assert asks == [False, True, True, False]
        assert due.warns(self.MONDAY + timedelta(hours=23.1)), "whoever is there until then"
        assert not self.view(counted="elapsed").needs_hours(self.MONDAY + timedelta(hours=9))


class DescribeDesk:
    def page(self, desk: Desk, ref: UUID) -> str:
        return " ".join(desk.get(f"/desk/acme/{ref}/").content.decode().split())

    def it_shows_them_in_the_list_and_under_the_head(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard
    ) -> None:
        day.agrees(acme, first=300, resolution=7200)
        ref = day.has(working, acme)
        found = self.page(desk, ref)
        row, head = found[found.index(f'id="row-{ref}"') :], found[found.index('id="clocks"') :]
        assert "First response due in" in row[: row.index("</li>")]
        assert 'role="timer" aria-live="off"' in row[: row.index("</li>")]
        assert "Agreed: within 5 min, all time counts." in head
        assert "Resolution due in" in head

    def it_says_so_when_it_is_answered_put_off_and_back(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard
    ) -> None:
        day.agrees(acme, first=300, resolution=7200)
        ref = day.has(working, acme)
        desk.script(f"/desk/acme/{ref}/replies/", form(acme, ref, "On its way", last=2))
        assert "First response in time" in self.page(desk, ref)
        with tenant_scope(acme, TESTS):
            actions.await_reply(ref, agent_id=working.user_id, now=clock.now())
        assert "Resolution paused: waiting on customer" in self.page(desk, ref)

    def it_reads_the_hours_of_what_is_late_by_them(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard
    ) -> None:
        day.agrees(acme, first=300)
        ref = day.has(working, acme)
        began = clock.now() - timedelta(days=2)
        with tenant_scope(acme, TESTS):
            queue = Queue.objects.get()
            shut = CalendarRow.objects.create(name="Never", zone="UTC")
            Queue.objects.update(calendar=shut)
            late = Clock.objects.filter(interaction__ref=ref, kind="first")
            late.update(
                queue=queue, since=began, consumed_us=420_000_000, due_at=None, breached_at=began,
                counted="business",
            )  # fmt: skip
        found = self.page(desk, ref)
        assert "First response closed now, late by </span><b>2:00</b>" in found

    @pytest.mark.parametrize(("used", "tone"), [(239, ""), (240, "warn")])
    def it_warns_by_what_is_left_of_the_hours(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard, used: int, tone: str
    ) -> None:
        """Closed for two days, and due in two more: a minute is left of five, or a second more."""
        day.agrees(acme, first=300)
        ref = day.has(working, acme)
        now, days = clock.now(), timedelta(days=2)
        with tenant_scope(acme, TESTS):
            Queue.objects.update(calendar=CalendarRow.objects.create(name="Never", zone="UTC"))
            first = Clock.objects.filter(interaction__ref=ref, kind="first")
            first.update(
                queue=Queue.objects.get(), since=now - days, consumed_us=used * 1_000_000, due_at=now + days,
                counted="business",
            )  # fmt: skip
        found = self.page(desk, ref)
        assert f'<span class="{" ".join(["sla clk", tone]).strip()}" title="First response: due in' in found

    def it_says_so_while_its_client_is_asked(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard
    ) -> None:
        day.agrees(acme, first=300, resolution=7200)
        ref = day.has(working, acme)
        agent = asking.Agent(working.user_id, "Ada B.", working.who)
        with tenant_scope(acme, TESTS):
            asking.open_request(
                ref, kind="check", question="Was it sent?", key=uuid4(), agent=agent, now=clock.now()
            )
        assert "Resolution paused: waiting for the client&#x27;s answer" in self.page(desk, ref)
        with tenant_scope(acme, TESTS):
            [request] = requests_of(ref)
            asking.answer_request(request.ref, answer="Yes", shown="Lena", actor="user:9", now=clock.now())
        assert "Resolution due in" in self.page(desk, ref)

    def it_shows_none_where_nothing_is_agreed(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        day.agrees(globex, first=300)
        found = self.page(desk, day.has(working, acme))
        assert "First response" not in found
        assert "Waiting for your answer" in found

    def it_comes_by_push_with_the_row_and_the_state(self, day: Day, working: Actor, acme: BrandCard) -> None:
        day.agrees(acme, first=300)
        ref = day.has(working, acme)
        now = clock.now() + timedelta(minutes=6)
        with tenant_scope(acme, TESTS):
            assert actions.ring_clocks(now=now) == 1
        row, clocks = frames.row_frames(working, acme.id, [ref], now=now)
        assert "late by" in row["html"]
        assert (clocks["stream"], clocks["event"]) == (f"c.{ref}", "clocks")
        assert "First response late by" in clocks["html"]
        assert 'id="clocks"' in frames.state_frame(working, acme.id, ref, now=now)["html"]
