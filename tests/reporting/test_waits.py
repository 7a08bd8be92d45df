"""How well waits were told: a stream whose answer is known, per day."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from reporting.contacts import Contact
from reporting.folding import LogRow, fold
from reporting.waits import FIRST, LAST, Accuracy, accuracy

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
QUEUED = {"queue_id": 1, "channel": "webchat", "target_seconds": 40, "target_share": 80}


def stream(waited: float | None, *, number: int, told: tuple[int, int] = (60, 120)) -> list[LogRow]:
    """One contact: told at once, told again 30 s before the answer, answered after so long."""

    def row(n: int, kind: str, seconds: float, **data: object) -> LogRow:
        at = NINE + timedelta(seconds=seconds)
        return LogRow(UUID(int=number), n, f"interaction.{kind}", at, False, data)

    p50, p80 = told
    rows = [row(1, "queued", 0, **QUEUED)]
    rows += [row(2, "wait_estimated", 0, given="first", p50=p50, p80=p80, place=3)]
    if waited is None:
        return rows
    rows += [row(3, "assigned", waited, agent_id=7)]
    return [*rows, row(4, "wait_estimated", waited - 30, given="last", p50=20, p80=40, place=1)]


def contacts(*waits: float | None) -> list[Contact]:
    return fold(row for n, waited in enumerate(waits, 1) for row in stream(waited, number=n))


def it_counts_what_came_within_the_range_its_ends_included() -> None:
    found = accuracy(contacts(60, 90, 120, 59, 121), FIRST)
    assert found == Accuracy(told=5, within=3, sooner=1, later=1, median_error=found.median_error)
    assert found.share_within == 60
    assert found.median_error == 30  # of 0, 30, 60, 1, 61


def it_measures_the_last_telling_from_when_it_was_told() -> None:
    found = accuracy(contacts(90, 200, 300), LAST)
    assert (found.told, found.within) == (3, 3)
    assert found.median_error == 10  # thirty seconds against twenty


def it_leaves_out_who_was_told_nothing_or_has_no_answer() -> None:
    assert accuracy(contacts(None), FIRST) == Accuracy(0, 0, 0, 0, None)
    assert accuracy([], FIRST).share_within is None
    late = fold(stream(90, number=1)[:3])
    assert accuracy(late, LAST).told == 0
