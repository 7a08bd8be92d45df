"""Clocks of conversations in reports: met, missed, running late; each counts once, where it was decided."""

from typing import Any

import pytest

from interactions.choices import ClockKind
from reporting.catalogue import BY_SLUG
from reporting.catalogue.clocks import KINDS
from reporting.contacts import Contact
from reporting.folding import fold
from reporting.metrics import compute, rows_behind
from reporting.promises import PROMISABLE, rises
from tests.reporting.conftest import log

ATTAINED, LATE = BY_SLUG["sla-attain"], BY_SLUG["sla-late"]
AWAY = {"from": {"queue_id": 7}, "to": {"queue_id": 8}}


def clock(kind: str, n: int = 1, target: int | None = 60) -> dict[str, Any]:
    return {"clock": kind, "clock_n": n, "target": target}


def talk(*more: tuple[Any, ...], **queued: Any) -> list[Contact]:
    begins = (
        (0, "message.received"),
        (0, "clock.activated", clock("first")),
        (0, "interaction.queued", queued),
    )
    return fold(log(*begins, (10, "interaction.assigned"), *more))


def attained(contacts: list[Contact], slug: str = "sla-attain") -> Any:
    return compute(BY_SLUG[slug], contacts).number


def it_is_met_out_of_met_and_missed() -> None:
    contacts = talk(
        (30, "clock.fulfilled", clock("first")),
        (40, "clock.activated", clock("next")),
        (100, "clock.breached", clock("next")),
        (130, "clock.fulfilled", clock("next")),
        (140, "clock.fulfilled", clock("next", 2)),
        (150, "clock.cancelled", clock("next", 3)),
        (150, "clock.fulfilled", clock("resolution")),
    )
    assert attained(contacts) == 75
    assert [attained(contacts, f"sla-attain-{kind}") for kind in KINDS] == [100, 50, 100, None]


def it_leaves_out_what_runs_and_shows_apart_what_runs_late() -> None:
    contacts = talk((60, "clock.breached", clock("first")))
    assert (attained(contacts), attained(contacts, LATE.slug)) == (None, 1)
    assert len(rows_behind(LATE, contacts)) == 1


def it_stays_missed_when_it_is_cancelled() -> None:
    contacts = talk((60, "clock.breached", clock("first")), (90, "clock.cancelled", clock("first")))
    assert (attained(contacts), attained(contacts, LATE.slug)) == (0, 0)


def it_was_not_missed_when_it_turns_out_to_have_ended_before() -> None:
    """Found late at 60; at 150 it is noticed that the customer went at 30. So it is in another queue."""
    gone = talk((60, "clock.breached", clock("first")), (30, "clock.cancelled", clock("first")))
    assert (attained(gone), attained(gone, LATE.slug)) == (None, 0)
    first, second = talk(
        (60, "clock.breached", clock("first")),
        (70, "interaction.transferred", AWAY),
        (70, "interaction.queued", {"queue_id": 8, "again": True}),
        (60, "clock.fulfilled", clock("first")),
    )
    assert (first.clocks, attained([second])) == ([], 100)


def it_is_nothing_without_a_target() -> None:
    assert attained(talk((30, "clock.fulfilled", clock("first", target=None)))) is None


@pytest.mark.parametrize("lost", [{"is_test": True}, {"is_test": True, "target": 1}])
def it_counts_no_test(lost: dict[str, Any]) -> None:
    assert attained(talk((30, "clock.fulfilled", clock("first")), **lost)) is None


def it_counts_with_the_queue_that_had_it_when_it_was_decided() -> None:
    """Missed in the first queue, answered in the second: the first queue's, and over."""
    first, second = talk(
        (60, "clock.breached", clock("first")),
        (70, "interaction.transferred", AWAY),
        (70, "interaction.queued", {"queue_id": 8, "again": True}),
        (80, "interaction.assigned"),
        (90, "clock.fulfilled", clock("first")),
        (99, "clock.fulfilled", clock("resolution")),
    )
    assert (first.queue_id, attained([first])) == (7, 0)
    assert (second.queue_id, attained([second])) == (8, 100)


def it_is_the_same_when_events_come_twice_and_in_any_order() -> None:
    rows = log(
        (0, "interaction.queued"),
        (60, "clock.breached", clock("first")),
        (90, "clock.fulfilled", clock("first")),
    )
    assert fold([*reversed(rows), *rows])[0].clocks == fold(rows)[0].clocks


def it_may_be_promised_and_more_is_better() -> None:
    assert ATTAINED.key in PROMISABLE
    assert rises(ATTAINED)
    assert list(KINDS) == ClockKind.values
