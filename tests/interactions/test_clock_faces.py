"""The arithmetic of clocks: nothing of a calendar's time is lost or counted twice, whatever happens when."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.hours import Calendar
from interactions.choices import ClockState
from interactions.clocks import faces
from interactions.clocks.faces import ELAPSED, Business, Change, Face, Hours, fold

STOCKHOLM = ZoneInfo("Europe/Stockholm")
LUNCH = {weekday: ((8 * 60, 12 * 60), (13 * 60, 17 * 60)) for weekday in range(5)}
NIGHT = {weekday: ((0, 4 * 60), (22 * 60, 1440)) for weekday in range(7)}
OFFICE = Business(Calendar("Europe/Stockholm", week=LUNCH, country="SE"))
NIGHTS = Business(Calendar("Europe/Stockholm", week=NIGHT))
SECOND = 1_000_000
HOUR = 3600 * SECOND
KINDS = ("paused", "resumed", "retargeted", "breached", "activated")
WHYS = ("customer", "hold", "snoozed")
SPRING, AUTUMN = datetime(2026, 3, 28, 20, tzinfo=UTC), datetime(2026, 10, 24, 20, tzinfo=UTC)
"""The evenings before Stockholm changes its clocks."""

Steps = list[tuple[str, int, str, int | None]]

hours_of = st.sampled_from([ELAPSED, OFFICE, NIGHTS])
targets = st.one_of(st.none(), st.integers(1, 40 * 3600).map(lambda seconds: seconds * SECOND))
starts = st.sampled_from([SPRING, AUTUMN, datetime(2026, 6, 4, 6, 30, tzinfo=UTC)])
steps = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(-3600, 40_000), st.sampled_from(WHYS), targets), max_size=12
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM).astimezone(UTC)


def story(start: datetime, hours: Hours, target: int | None, found: Steps) -> list[Change]:
    """Make changes of steps: how long after the one before each comes; some are late, some nonsense."""
    changes, here = [Change("activated", start, hours, target)], start
    for kind, seconds, why, other in found:
        here += timedelta(seconds=seconds)
        changes.append(Change(kind, here, hours, other, why))
    return changes


def folded(changes: list[Change]) -> Face:
    face = fold(changes)
    assert face is not None
    return face


class DescribeTime:
    @given(start=starts, hours=hours_of, target=targets, found=steps)
    @example(start=SPRING, hours=NIGHTS, target=HOUR, found=[("paused", 20_000, "hold", None)])
    def it_shares_all_of_the_calendars_time_out_once(
        self, start: datetime, hours: Hours, target: int | None, found: Steps
    ) -> None:
        face = folded(story(start, hours, target, found))
        assert face.consumed + face.paused == hours.between(start, face.since)
        assert min(face.consumed, face.paused) >= 0

    @given(start=starts, hours=hours_of, target=targets, found=steps, n=st.integers(0, 12))
    def it_is_the_same_when_something_comes_twice(
        self, start: datetime, hours: Hours, target: int | None, found: Steps, n: int
    ) -> None:
        changes = story(start, hours, target, found)
        n %= len(changes)
        assert fold([*changes[: n + 1], changes[n], *changes[n + 1 :]]) == fold(changes)

    @given(start=starts, hours=hours_of, found=steps, target=targets, seconds=st.integers(0, 90_000))
    def it_never_touches_one_that_has_ended(
        self, start: datetime, hours: Hours, found: Steps, target: int | None, seconds: int
    ) -> None:
        end = start + timedelta(seconds=seconds)
        done = folded([Change("activated", start, hours, target), Change("fulfilled", end, hours)])
        later = [Change(kind, end + timedelta(hours=1), hours, other, why) for kind, _s, why, other in found]
        changes = [Change("activated", start, hours, target), Change("fulfilled", end, hours), *later]
        assert fold(changes) == done

    @given(start=starts, hours=hours_of, target=st.integers(1, 20 * 3600), seconds=st.integers(0, 200_000))
    def it_is_missed_if_and_only_if_more_than_its_target_was_consumed(
        self, start: datetime, hours: Hours, target: int, seconds: int
    ) -> None:
        end = start + timedelta(seconds=seconds)
        face = faces.fulfil(faces.activate(start, hours, target=target * SECOND), end, hours)
        late = hours.between(start, end) > target * SECOND
        if face.breached_at is None:
            assert not late
        else:
            assert hours.between(start, face.breached_at) == target * SECOND
            assert face.breached_at < end

    @given(
        start=starts,
        hours=hours_of,
        first=targets,
        second=targets,
        run=st.integers(0, 90_000),
        rest=st.integers(0, 90_000),
    )
    def it_keeps_what_was_consumed_and_paused_whatever_is_agreed_later(
        self, start: datetime, hours: Hours, first: int | None, second: int | None, run: int, rest: int
    ) -> None:
        paused = start + timedelta(seconds=run)
        there = paused + timedelta(seconds=rest)
        face = faces.pause(faces.activate(start, hours, target=first), paused, hours, why="hold")
        face = faces.resume(face, there, hours)
        other = faces.retarget(face, there, hours, OFFICE, target=second)
        assert (other.consumed, other.paused) == (face.consumed, face.paused)
        assert other.target == second

    @given(start=starts, hours=hours_of, target=targets, found=steps, others=st.lists(hours_of, max_size=12))
    @example(
        start=SPRING, hours=OFFICE, target=HOUR, others=[NIGHTS, OFFICE],
        found=[("paused", 200_000, "hold", None), ("retargeted", 9_000, "", HOUR), ("retargeted", 0, "", 1)],
    )  # fmt: skip
    def it_shares_out_the_time_of_each_of_the_hours_that_it_went_by(
        self, start: datetime, hours: Hours, target: int | None, found: Steps, others: list[Hours]
    ) -> None:
        """Pauses, targets and hours change in any order: each stretch counts by the hours that were then."""
        changes, here, went_by, new = [Change("activated", start, hours, target)], start, hours, iter(others)
        stretches = []
        for kind, seconds, why, other in found:
            here += timedelta(seconds=abs(seconds))
            if kind == "retargeted":
                stretches.append((went_by, start, here))
                went_by, start = next(new, went_by), here
            changes.append(Change(kind, here, went_by, other, why))
        face = folded([*changes, Change("fulfilled", here, went_by)])
        stretches.append((went_by, start, here))
        elapsed = sum(hours.between(since, until) for hours, since, until in stretches)
        assert face.consumed + face.paused == elapsed
        assert face.ended_at == here

    @given(start=starts, hours=hours_of, a=st.integers(1, 90_000), b=st.integers(1, 90_000))
    def it_matters_not_in_how_many_pieces_it_stood_still(
        self, start: datetime, hours: Hours, a: int, b: int
    ) -> None:
        """Awaited, then put off: one reason after the other is one stretch."""
        face = faces.pause(faces.activate(start, hours, target=HOUR), start, hours, why="customer")
        middle, end = start + timedelta(seconds=a), start + timedelta(seconds=a + b)
        pieces = faces.resume(faces.pause(face, middle, hours, why="snoozed"), end, hours)
        assert pieces == faces.resume(face, end, hours)


class DescribeDays:
    @pytest.mark.parametrize(
        ("evening", "morning", "hours"),
        [("2026-03-28 22:00", "2026-03-29 04:00", 5), ("2026-10-24 22:00", "2026-10-25 04:00", 7)],
    )
    def it_counts_the_hours_that_a_night_has(self, evening: str, morning: str, hours: int) -> None:
        assert NIGHTS.between(at(evening), at(morning)) == hours * HOUR
        face = faces.activate(at(evening), NIGHTS, target=hours * HOUR)
        assert face.due_at == at(morning)

    def it_leaves_lunch_nights_weekends_and_holidays_out(self) -> None:
        """Thursday 30 April, 11:30; Friday is a holiday of Sweden's, so Monday comes next."""
        face = faces.activate(at("2026-04-30 11:30"), OFFICE, target=6 * HOUR)
        assert face.due_at == at("2026-05-04 09:30")

    def it_begins_when_somebody_is_there(self) -> None:
        """frappe#2075: come in on a Saturday."""
        face = faces.activate(at("2026-06-13 15:00"), OFFICE, target=HOUR)
        assert face.due_at == at("2026-06-15 09:00")
        assert faces.fulfil(face, at("2026-06-14 23:00"), OFFICE).consumed == 0

    def it_is_never_due_where_nobody_ever_opens(self) -> None:
        never = Business(Calendar("Europe/Stockholm"))
        assert faces.activate(SPRING, never, target=HOUR).due_at is None


class DescribeBreach:
    def it_is_in_time_exactly_at_the_target(self) -> None:
        face = faces.activate(SPRING, ELAPSED, target=HOUR)
        due = SPRING + timedelta(hours=1)
        assert faces.breach(face, due) == face
        assert faces.fulfil(face, due, ELAPSED).breached_at is None
        assert faces.fulfil(face, due + faces.TICK, ELAPSED).breached_at == due

    def it_is_at_the_instant_the_target_was_used_up_whenever_it_is_found(self) -> None:
        face = faces.activate(SPRING, ELAPSED, target=HOUR)
        late = faces.breach(face, SPRING + timedelta(hours=9))
        assert late.breached_at == SPRING + timedelta(hours=1)
        assert faces.breach(late, SPRING + timedelta(hours=10)) == late
        assert late.state == ClockState.RUNNING

    def it_is_at_once_when_less_is_agreed_than_is_consumed(self) -> None:
        there = SPRING + timedelta(hours=2)
        face = faces.retarget(
            faces.activate(SPRING, ELAPSED, target=None), there, ELAPSED, ELAPSED, target=HOUR
        )
        assert face.due_at == there
        assert faces.breach(face, there + timedelta(seconds=10)).breached_at == there

    def it_is_none_when_the_clock_turns_out_to_have_ended_by_then(self) -> None:
        late = faces.breach(faces.activate(SPRING, ELAPSED, target=HOUR), SPRING + timedelta(hours=2))
        for seconds, missed in ((1800, False), (3600, False), (3601, True)):
            for end in (faces.fulfil, faces.cancel):
                face = end(late, SPRING + timedelta(seconds=seconds), ELAPSED)
                assert bool(face.breached_at) is missed

    def it_stays_when_more_is_agreed(self) -> None:
        late = faces.breach(faces.activate(SPRING, ELAPSED, target=HOUR), SPRING + timedelta(hours=2))
        more = faces.retarget(late, SPRING + timedelta(hours=3), ELAPSED, ELAPSED, target=9 * HOUR)
        assert (more.breached_at, more.due_at) == (late.breached_at, None)

    def it_cannot_happen_while_it_stands_still(self) -> None:
        face = faces.pause(faces.activate(SPRING, ELAPSED, target=HOUR), SPRING, ELAPSED, why="customer")
        assert faces.breach(face, SPRING + timedelta(days=9)) == face
        again = faces.resume(face, SPRING + timedelta(days=9), ELAPSED)
        assert again.due_at == SPRING + timedelta(days=9, hours=1)


def it_shows_nothing_before_it_began() -> None:
    assert fold([Change("fulfilled", SPRING, ELAPSED)]) is None
