"""A score's time limit, its failures and its rest. No database."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from routing.lines import Seat, Waiting, brand_mark
from routing.scoring import FAILED, LATE, RESTING, Function, Scorer, Timed, same_client, score_named
from tests.routing.test_match import item, seat

SEATS = [seat(7), seat(8)]


def timed(function: Function, **more: float) -> Timed:
    return Timed(Scorer("test", "Test", function), **more)


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """A score may hang on it; opened at the end, so that no thread outlives the test."""
    event = threading.Event()
    yield event
    event.set()


class DescribeTimed:
    def it_scores_each(self) -> None:
        assert timed(lambda _item, seat: seat.agent_id, limit=5)(item(1), SEATS) == [7.0, 8.0]

    def it_gives_up_on_one_that_is_late_and_lets_it_rest(self, gate: threading.Event) -> None:
        score = timed(lambda _item, _seat: float(gate.wait()), limit=0.01)
        assert score(item(1), SEATS) == LATE
        assert score(item(1), SEATS) == RESTING

    def it_tries_again_after_its_rest(self, gate: threading.Event) -> None:
        slow = [True]

        def function(_item: Waiting, _seat: Seat) -> float:
            return float(gate.wait()) if slow[0] else 1.0

        score = timed(function, limit=0.01, rest=0)
        assert score(item(1), SEATS) == LATE
        slow[0] = False
        score.limit = 5
        assert score(item(1), SEATS) == [1.0, 1.0]

    @pytest.mark.parametrize("said", [float("nan"), float("inf"), "many", None])
    def it_takes_no_nonsense(self, said: float) -> None:
        assert timed(lambda _item, _seat: said, limit=5)(item(1), SEATS) == FAILED

    def it_survives_one_that_breaks(self) -> None:
        assert timed(lambda _item, _seat: 1 / 0, limit=5)(item(1), SEATS) == FAILED


class DescribeSameClient:
    def it_prefers_who_is_with_the_client_to_who_is_with_another(self) -> None:
        ours, theirs = brand_mark(1), brand_mark(2)
        here = replace(seat(7), used=34, held={ours: 1, "webchat": 1})
        there = replace(seat(8), used=34, held={theirs: 1, "webchat": 1})
        idle = seat(9)
        order = sorted((here, there, idle), key=lambda one: -same_client(item(1), one))
        assert [one.agent_id for one in order] == [7, 9, 8]

    def it_is_registered(self) -> None:
        assert score_named("same_client") is not None
        assert score_named("gone") is None
