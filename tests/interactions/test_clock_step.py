# ruff: noqa: F811 - a fixture of the targets
"""Clocks as a part of onboarding: by file and blueprint, changed until the client is live."""

from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from accounts.actor import Actor
from core import clock
from interactions import actions
from interactions.models import ClockPolicy
from tenants.cards import BrandCard
from tenants.onboarding.files import read_file
from tenants.onboarding.registry import Work, step_named
from tenants.onboarding.shapes import Invalid
from tenants.scope import tenant_scope
from tests.factories import TESTS
from tests.reporting.test_target_step import FILE as TARGETS
from tests.reporting.test_target_step import made as onboarded
from tests.reporting.test_target_step import people  # noqa: F401 - a fixture

FILE = f"""{TARGETS.partition("targets:")[0]}
clocks:
  clocks:
    - {{clock: first, seconds: 120, counted: business, urgent_from: 5, urgent_seconds: 60}}
    - {{clock: resolution, seconds: 28800, pauses: [customer, client], total: true}}
    - {{clock: first, seconds: 300, queue: returns}}
"""
FIRST = {
    "seconds": 120, "counted": "business", "pauses": ["callback"], "urgent_from": 5, "urgent_seconds": 60,
}  # fmt: skip
RESOLUTION = {"seconds": 28800, "counted": "elapsed", "pauses": ["customer", "client"], "total": True}
RETURNS = {"first": {"seconds": 300, "counted": "elapsed", "pauses": ["callback"]}}


def made(text: str = FILE) -> BrandCard:
    return onboarded(text)


def agreed(card: BrandCard) -> list[tuple[str, Any]]:
    """(queue, terms) of every agreement, the oldest first."""
    with tenant_scope(card, TESTS):
        rows = ClockPolicy.objects.select_related("queue").order_by("pk")
        return [(row.queue.name if row.queue else "", row.terms) for row in rows]


def apply(card: BrandCard, *rows: dict[str, Any]) -> None:
    step = step_named("clocks")
    assert step
    shape = step.shape(data={"clocks": list(rows)}, context={"brand": card, "steps": {}})
    assert shape.is_valid(), shape.errors
    step.apply(Work(card, shape.validated_data, TESTS, "user:1", clock.now()))


def it_agrees_on_what_the_file_says(people: Actor) -> None:
    card = made()
    assert agreed(card) == [("", {"first": FIRST, "resolution": RESOLUTION}), ("Returns", RETURNS)]
    assert made() == card
    assert len(agreed(card)) == 2


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ("{clock: first}", "seconds"),
        ("{clock: first, seconds: 0}", "seconds"),
        ("{clock: first, seconds: 60, urgent_from: 5}", "urgent_from"),
        ("{clock: second, seconds: 60}", "clock"),
        ("{clock: first, seconds: 60, pauses: [lunch]}", "pauses.0"),
        ("{clock: first, seconds: 60, total: true}", "total"),
        ("{clock: first, seconds: 60, colour: red}", "colour"),
        ("{clock: next, seconds: 60, queue: Elsewhere}", "queue"),
        ("{clock: first, seconds: 60, queue: Returns}", "clock"),
    ],
)
def it_says_what_is_wrong_by_path(people: Actor, row: str, where: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_file(f"{FILE}    - {row}\n")
    assert set(caught.value.errors) == {f"clocks.clocks.3.{where}"}


def it_replaces_its_own_until_the_client_is_live_and_no_others(people: Actor) -> None:
    card = made()
    apply(card, {"clock": "first", "seconds": 90})
    assert agreed(card)[2:] == [
        ("", {"first": {"seconds": 90, "counted": "elapsed", "pauses": ["callback"]}}), ("Returns", None),
    ]  # fmt: skip
    apply(card, {"clock": "first", "seconds": 90})
    assert len(agreed(card)) == 4
    with tenant_scope(card, TESTS):
        now = clock.now()
        zone = ZoneInfo("Europe/Oslo")
        actions.save_policy(
            key=uuid4(), queue_ref=None, terms={}, from_date=now.astimezone(zone).date(), zone=zone,
            shown="Olu", actor="user:1", now=now,
        )  # fmt: skip
    apply(card, {"clock": "first", "seconds": 30}, {"clock": "first", "seconds": 20, "queue": "Returns"})
    assert [queue for queue, _terms in agreed(card)[4:]] == ["", "Returns"]
    apply(card)
    assert agreed(card)[6:] == [("Returns", None)]


def it_takes_no_box_for_no_pause_and_no_list_for_the_usual_ones(people: Actor) -> None:
    card = made()
    apply(card, {"clock": "first", "seconds": "90", "pauses": [""], "urgent_from": "", "counted": ""})
    assert agreed(card)[2][1]["first"] == {"seconds": 90, "counted": "elapsed", "pauses": []}


def it_comes_along_with_a_copy(people: Actor) -> None:
    card, step = made(), step_named("clocks")
    assert step
    assert step.copy(card, TESTS)["clocks"] == [
        {"clock": "first", "queue": "", **FIRST}, {"clock": "resolution", "queue": "", **RESOLUTION},
        {"clock": "first", "queue": "Returns", **RETURNS["first"]},
    ]  # fmt: skip


def it_leaves_who_says_nothing_alone(people: Actor) -> None:
    assert agreed(made(FILE.partition("clocks:\n")[0])) == []
