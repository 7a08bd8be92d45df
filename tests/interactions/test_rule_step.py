"""Rules as a part of onboarding: by file, by call and in the wizard, found wrong by the same checks."""

from typing import Any

import pytest

from accounts.actor import Actor
from core import clock
from interactions.models import Inbox, RoutingRule
from interactions.placing import place
from interactions.rules import Facts
from tenants.cards import BrandCard, card_by_slug
from tenants.models import AuditRow
from tenants.onboarding.files import onboard_plan, read_file
from tenants.onboarding.registry import Work, step_named
from tenants.onboarding.shapes import Invalid
from tenants.scope import system, tenant_scope
from tests.factories import TESTS, make_agent
from workforce.models import Skill

FILE = """
key: initech-2026
brand: {name: Initech, slug: initech, timezone: Europe/Oslo, locales: [en, sv]}
queues:
  lines:
    - {name: Orders, target_seconds: 30}
    - {name: Returns, target_seconds: 60}
  reasons: [Delivery]
  outcomes: [{label: Solved, resolves: true}]
hours:
  periods: [{from_day: mon, until_day: sun, opens: "00:00", closes: "24:00"}]
people:
  agents: [one@example.test]
rules:
  rules:
    - {name: Money back, words: [refund, money back], queue: Returns, need: swedish >= 3, priority: 2}
    - {name: At night, when: closed, queue: Returns}
    - {name: From returns, entrance: Returns, languages: "SV, fi", pages: /back, queue: Orders}
"""
WRONG = """
    - {name: "", words: [a], queue: Returns}
    - {name: Nobody, entrance: Sales, queue: Elsewhere}
    - {name: Strange, words: [a], queue: Returns, need: "swedish >=", priority: 11, colour: red}
    - {name: Codes, languages: swedish!, queue: Returns}
    - {name: Twice, words: [a], queue: Returns}
    - {name: twice, words: [b], queue: Returns}
"""


@pytest.fixture
def people(db: None, cy: Actor) -> Actor:
    Skill.objects.get_or_create(code="swedish", defaults={"name": "Swedish"})
    return make_agent("one@example.test")


def made(text: str = FILE) -> BrandCard:
    onboard_plan(read_file(text), grant=system("tests"), actor="user:1", now=clock.now())
    card = card_by_slug("initech")
    assert card
    return card


def errors_of(text: str) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as caught:
        read_file(text)
    return caught.value.errors


def rules_of(card: BrandCard) -> list[tuple[str, str, str]]:
    """(entrance, rule, queue) of what stands, in its order."""
    with tenant_scope(card, TESTS):
        rows = RoutingRule.objects.filter(removed_at__isnull=True)
        ordered = rows.order_by("inbox__queue__pk", "position")
        return list(ordered.values_list("inbox__queue__name", "name", "queue__name"))


def placed(card: BrandCard, entrance: str, **facts: Any) -> str:
    with tenant_scope(card, TESTS):
        inbox = Inbox.objects.select_related("queue").get(queue__name=entrance)
        rule = RoutingRule.objects.filter(ref=place(inbox, Facts(**facts), now=clock.now()).rule_ref).first()
        return rule.name if rule else ""


def apply(card: BrandCard, rules: list[dict[str, Any]]) -> None:
    step = step_named("rules")
    assert step
    blank = {"entrance": "", "words": "", "pages": "", "languages": "", "when": "", "need": "", "priority": 0}
    data = {"rules": [{**blank, **rule} for rule in rules]}
    step.apply(Work(card, data, TESTS, "user:1", clock.now()))


def it_makes_the_rules_of_a_file(people: Actor) -> None:
    card = made()
    assert rules_of(card) == [
        ("Orders", "Money back", "Returns"), ("Orders", "At night", "Returns"),
        ("Returns", "From returns", "Orders"),
    ]  # fmt: skip
    with tenant_scope(card, TESTS):
        first = RoutingRule.objects.get(name="Money back")
    assert (first.need, first.priority) == ("swedish >= 3", 2)
    assert placed(card, "Orders", text="I want my MONEY  back") == "Money back"
    assert placed(card, "Orders", text="Hello") == ""
    assert placed(card, "Returns", page="/back/1", language="sv-SE") == "From returns"
    assert AuditRow.objects.filter(verb="rule.created", brand_id=card.id).count() == 3


def it_names_the_path_of_every_wrong_key(people: Actor) -> None:
    found = errors_of(FILE + WRONG)
    assert set(found) == {
        "rules.rules.3.name", "rules.rules.5.need", "rules.rules.5.priority", "rules.rules.5.colour",
        "rules.rules.6.languages",
    }  # fmt: skip
    rest = FILE + "".join(WRONG.splitlines(keepends=True)[place] for place in (2, 5, 6))
    assert set(errors_of(rest)) == {
        "rules.rules.3.entrance", "rules.rules.3.queue", "rules.rules.5.name",
    }  # fmt: skip


def it_asks_for_hours_that_there_are(people: Actor) -> None:
    without = FILE.replace("  periods: [{from_day: mon", "  periods: [] #")
    assert set(errors_of(without)) == {"rules.rules.1.when"}


def it_changes_its_own_rules_and_leaves_those_of_the_screen(people: Actor) -> None:
    card = made()
    with tenant_scope(card, TESTS):
        own = RoutingRule.objects.get(name="Money back")
        RoutingRule.objects.create(
            inbox=own.inbox, queue=own.queue, name="By hand", position=9, conditions=[], version=1
        )
    apply(card, [{"name": "At night", "when": "open", "queue": "Returns"}])
    assert rules_of(card) == [("Orders", "At night", "Returns"), ("Orders", "By hand", "Returns")]
    apply(card, [{"name": "Money back", "words": "refund", "queue": "Orders"}])
    assert rules_of(card) == [("Orders", "Money back", "Orders"), ("Orders", "By hand", "Returns")]
    before = AuditRow.objects.count()
    apply(card, [{"name": "Money back", "words": "refund", "queue": "Orders"}])
    assert AuditRow.objects.count() == before


def it_is_copied_to_another_client(people: Actor) -> None:
    card = made()
    step = step_named("rules")
    assert step
    told = step.copy(card, TESTS)["rules"]
    assert [(one["name"], one["words"], one["when"], one["queue"]) for one in told] == [
        ("Money back", "refund, money back", "", "Returns"), ("At night", "", "closed", "Returns"),
        ("From returns", "", "", "Orders"),
    ]  # fmt: skip
