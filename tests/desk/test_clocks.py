"""The clocks at the desk: running, late, paused and why, in time, missed; by push, in words."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.actor import Actor
from core import clock
from desk import frames
from desk.clocks import chips_of, most_urgent
from interactions import actions
from interactions.clocks.values import ClockView
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
        assert shown(due_at=NOW + timedelta(seconds=59)) == ("running", "due in", "0:59", "warn")
        assert shown(due_at=None, breached_at=over) == ("late", "late by", "1:15", "bad")
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
            view(kind="resolution", due_at=None, breached_at=NOW - timedelta(seconds=5)),
        )
        stands = view(kind="update", state="paused", why="hold", due_at=None)
        found = most_urgent([stands, later, view(), late], NOW)
        assert found is not None
        assert found.name == "Resolution"
        assert most_urgent([view(state="fulfilled", met=1)], NOW) is None


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
