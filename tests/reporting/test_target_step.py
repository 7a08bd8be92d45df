"""Service targets as a part of onboarding: by file and blueprint, changed until the client is live."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.actor import Actor
from core import clock
from reporting import actions
from reporting.models import Clause
from tenants.cards import BrandCard, card_by_slug
from tenants.onboarding.files import onboard_plan, read_file
from tenants.onboarding.registry import Work, step_named
from tenants.onboarding.shapes import Invalid
from tenants.scope import system, tenant_scope
from tests.factories import TESTS, make_agent
from tests.reporting.test_clauses import WHO, add

FILE = """
key: initech-2026
brand: {name: Initech, slug: initech, timezone: Europe/Oslo, locales: [en, sv]}
queues:
  lines:
    - {name: Orders, target_seconds: 30}
    - {name: Returns, target_seconds: 60}
  reasons: [Delivery]
  outcomes: [{label: Solved, resolves: true}]
people:
  agents: [one@example.test]
targets:
  targets:
    - {metric: SL.NEG@1, target: 80, minimum: 70, window: day}
    - {metric: ASA.P90@1, target: 30.5, queue: Returns, weight: 3}
"""
WRONG = """
    - {metric: SL.NEG@1, target: 80, minimum: 90, window: day}
    - {metric: OFF@1, target: 80}
    - {metric: AHT@1, target: soon, colour: red}
    - {metric: AHT@1, target: 300, queue: Elsewhere}
    - {metric: ASA.P90@1, target: 60, queue: returns}
"""


@pytest.fixture
def people(db: None, cy: Actor) -> Actor:
    return make_agent("one@example.test")


def made(text: str = FILE) -> BrandCard:
    onboard_plan(read_file(text), grant=system("tests"), actor="user:1", now=clock.now())
    card = card_by_slug("initech")
    assert card
    return card


def standing(card: BrandCard) -> list[tuple[str, Decimal, int, int]]:
    """(metric, target, how many queues, weight) of what is promised."""
    with tenant_scope(card, TESTS):
        rows = Clause.objects.standing().order_by("pk")
        return [(row.metric, row.target, len(row.queue_ids), row.weight) for row in rows]


def apply(card: BrandCard, *targets: dict[str, Any]) -> None:
    step = step_named("targets")
    assert step
    blank = {"minimum": None, "window": "month", "counted": "elapsed", "queue": "", "weight": 1}
    data = {"targets": [{**blank, **one} for one in targets]}
    step.apply(Work(card, data, TESTS, "user:1", clock.now()))


def it_promises_what_the_file_says(people: Actor) -> None:
    card = made()
    assert standing(card) == [("SL.NEG@1", Decimal(80), 0, 1), ("ASA.P90@1", Decimal("30.50"), 1, 3)]


def it_says_what_is_wrong_by_path(people: Actor) -> None:
    with pytest.raises(Invalid) as caught:
        read_file(FILE.partition("    - {metric: SL")[0] + WRONG.lstrip("\n"))
    assert set(caught.value.errors) == {
        "targets.targets.0.minimum", "targets.targets.1.metric", "targets.targets.2.target",
        "targets.targets.2.colour",
    }  # fmt: skip
    good = FILE + "    - {metric: AHT@1, target: 300, queue: Elsewhere}\n"
    with pytest.raises(Invalid) as caught:
        read_file(good + "    - {metric: ASA.P90@1, target: 60, queue: returns}\n")
    assert set(caught.value.errors) == {"targets.targets.2.queue", "targets.targets.3.metric"}


def it_replaces_its_own_until_the_client_is_live_and_no_others(people: Actor) -> None:
    card = made()
    with tenant_scope(card, TESTS):
        mine = add(metric="ABN.RATE@1", window="month", target=Decimal(5), minimum=None, **later())
    apply(
        card, {"metric": "SL.NEG@1", "target": "90", "window": "day"}, {"metric": "ABN.RATE@1", "target": "3"}
    )
    assert standing(card) == [("ABN.RATE@1", mine.target, 0, 1), ("SL.NEG@1", Decimal(90), 0, 1)]
    apply(card, {"metric": "SL.NEG@1", "target": "80", "minimum": "70", "window": "day"})
    assert sorted(standing(card)) == [("ABN.RATE@1", mine.target, 0, 1), ("SL.NEG@1", Decimal(80), 0, 1)]
    apply(card)
    assert standing(card) == [("ABN.RATE@1", mine.target, 0, 1)]


def later() -> dict[str, Any]:
    """Today as the client has it."""
    now = clock.now()
    return {"now": now, "from_date": now.astimezone(WHO["zone"]).date()}


def it_comes_along_with_a_copy(people: Actor) -> None:
    card, step = made(), step_named("targets")
    assert step
    with tenant_scope(card, TESTS):
        actions.end_clause(
            Clause.objects.get(metric="SL.NEG@1").ref, last_day=later()["from_date"],
            **(WHO | {"now": later()["now"]}),
        )  # fmt: skip
    assert step.copy(card, TESTS)["targets"] == [
        {
            "metric": "ASA.P90@1", "target": "30.5", "minimum": None, "window": "month", "counted": "elapsed",
            "weight": 3, "queue": "Returns",
        }
    ]  # fmt: skip
