"""History is played in order of its instants."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from config.worlds.cast import BRANDS
from config.worlds.player import Player
from config.worlds.script import day_script

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def it_interleaves_parts_by_their_instants() -> None:
    player, seen = Player(NOON), []

    def part(name: str, pace: float) -> Iterator[float]:
        for step in range(3):
            seen.append((player.now, name, step))
            yield pace

    player.at(NOON, part("slow", 10))
    player.at(NOON + timedelta(seconds=1), part("quick", 3))
    player.play(NOON + timedelta(hours=1))
    assert [(name, step) for _, name, step in seen] == [
        ("slow", 0), ("quick", 0), ("quick", 1), ("quick", 2), ("slow", 1), ("slow", 2),
    ]  # fmt: skip
    assert seen == sorted(seen, key=lambda step: step[0])


def it_writes_the_same_script_for_the_same_day() -> None:
    for plan in BRANDS:
        day = day_script(plan, NOON.date(), index=1)
        assert day == day_script(plan, NOON.date(), index=1)
        assert [talk.at for talk in day] == sorted(talk.at for talk in day)


def it_has_at_least_150_conversations_a_brand_and_the_rare_ones() -> None:
    for plan in BRANDS:
        week = [talk for index in range(7) for talk in day_script(plan, NOON.date(), index=index)]
        assert len(week) >= 150
        assert sum(talk.is_test for talk in week) == 1
        assert sum(talk.reopened for talk in week) == 1
        assert any(talk.missed for talk in week)
        assert any(len(talk.lines) == 1 for talk in week)
