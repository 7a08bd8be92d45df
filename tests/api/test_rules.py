"""Routing rules by API: made once, changed, moved, tried out and taken out; never another brand's."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from core import clock
from interactions import actions
from interactions.models import Inbox, Interaction, Queue, RoutingRule
from interactions.placing import UNDO
from tenants.cards import BrandCard
from tenants.models import AuditRow, Brand
from tenants.scope import tenant_scope
from tests.api.conftest import Make, Program
from tests.factories import NOW, TESTS
from tests.interactions.test_rules import open_shop
from workforce.models import Skill

REFUND = {"kind": "keyword", "words": ["refund", "money back"]}
NORDIC = {"kind": "language", "codes": ["sv", "fi"]}


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def shop(db: None, acme: BrandCard, globex: BrandCard) -> BrandCard:
    """Two clients with two queues and one inbox each, whose own queue is Orders; the first is returned."""
    for card in (acme, globex):
        open_shop(card)
    Skill.objects.create(code="swedish", name="Swedish")
    return acme


def path(card: BrandCard, *more: object, to: str = "rules") -> str:
    return "/".join(["brands", str(Brand.objects.get(pk=card.id).ref), to, *map(str, more)]) + "/"


def queue(card: BrandCard, name: str = "Refunds") -> str:
    with tenant_scope(card, TESTS):
        return str(Queue.objects.get(name=name).ref)


def inbox(card: BrandCard) -> str:
    with tenant_scope(card, TESTS):
        return str(Inbox.objects.get().ref)


def said(card: BrandCard, **more: Any) -> dict[str, Any]:
    return {"name": "Refunds", "conditions": [REFUND], "queue_ref": queue(card)} | more


def add(caller: Program, card: BrandCard, **more: Any) -> Any:
    return caller.post(path(card), said(card, inbox_ref=inbox(card)) | more)


def names(caller: Program, card: BrandCard) -> list[str]:
    rows = caller.get(path(card)).json()["results"]
    return [row["name"] for row in sorted(rows, key=lambda row: row["place"])]


def verbs(card: BrandCard) -> list[str]:
    rows = AuditRow.objects.filter(verb__startswith="rule.", brand_id=card.id).order_by("pk")
    assert all(row.actor.startswith("key:ak_") for row in rows)
    return [row.verb for row in rows]


def come(card: BrandCard, text: str, second: int) -> Interaction:
    now = NOW - timedelta(hours=1) + timedelta(seconds=second)
    with tenant_scope(card, TESTS):
        message = actions.open_conversation(
            uuid4().hex, inbox=Inbox.objects.get(), client_id=uuid4(), body=text, language="en", page="",
            expires_at=now + timedelta(days=1), now=now,
        )  # fmt: skip
        row: Interaction = Interaction.objects.get(ref=message.interaction_ref)
    return row


def it_makes_a_rule_once(program: Make, shop: BrandCard, globex: BrandCard) -> None:
    caller = program()
    body = said(shop, inbox_ref=inbox(shop), need="swedish>=3", priority=2)
    first, again = (caller.post(path(shop), body, once="k1") for _time in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    rule = first.json()
    assert (rule["inbox"]["ref"], rule["queue"]["ref"]) == (inbox(shop), queue(shop))
    assert (rule["conditions"], rule["need"], rule["priority"]) == ([REFUND], "swedish >= 3", 2)
    assert (rule["place"], rule["version"]) == (0, 1)
    assert caller.get(path(shop)).json()["results"] == [rule]
    assert caller.get(path(shop, rule["ref"])).json() == rule
    assert program(shop).get("rules/").json()["results"] == [rule]
    assert (verbs(shop), verbs(globex)) == (["rule.created"], [])
    assert names(caller, globex) == []
    assert come(shop, "a refund please", 1).rule_ref == UUID(rule["ref"])


def it_changes_what_was_read(program: Make, shop: BrandCard) -> None:
    caller = program()
    ref = add(caller, shop).json()["ref"]
    changed = said(shop, name="Nordic", conditions=[NORDIC], version=1)
    answer = caller.put(path(shop, ref), changed)
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert (answer.json()["name"], answer.json()["conditions"]) == ("Nordic", [NORDIC])
    late = caller.put(path(shop, ref), changed | {"name": "Late"})
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")
    assert caller.put(path(shop, ref), changed | {"version": 2}).json()["version"] == 2
    assert verbs(shop) == ["rule.created", "rule.changed"]


def it_keeps_the_order(program: Make, shop: BrandCard) -> None:
    caller = program()
    one, two, three = (add(caller, shop, name=name).json()["ref"] for name in ("One", "Two", "Three"))
    assert caller.put(path(shop, three, "place"), {"place": 0}).json()["place"] == 0
    assert names(caller, shop) == ["Three", "One", "Two"]
    assert caller.delete(path(shop, one)).status_code == 204
    assert caller.delete(path(shop, one)).status_code == 404
    assert caller.get(path(shop, two)).json()["place"] == 1
    assert caller.put(path(shop, three, "place"), {"place": 50}).json()["place"] == 1
    assert names(caller, shop) == ["Two", "Three"]
    for _time in range(2):
        assert caller.delete(path(shop, one, "removal")).status_code == 204
    assert set(names(caller, shop)) == {"One", "Two", "Three"}
    assert verbs(shop)[-4:] == ["rule.moved", "rule.removed", "rule.moved", "rule.restored"]


def it_puts_back_for_thirty_days(program: Make, shop: BrandCard) -> None:
    caller = program()
    ref = add(caller, shop).json()["ref"]
    with tenant_scope(shop, TESTS):
        RoutingRule.objects.update(removed_at=NOW - UNDO)
    assert caller.delete(path(shop, ref, "removal")).status_code == 404


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"name": " "}, "body.name"),
        ({"name": "two\nlines"}, "body.name"),
        ({"need": "norse"}, "body.need"),
        ({"priority": 11}, "body.priority"),
        ({"queue_ref": str(uuid4())}, "body.queue_ref"),
        ({"conditions": [{"kind": "mood"}]}, "body.conditions.0.kind"),
        ({"conditions": [NORDIC, {"kind": "keyword", "words": []}]}, "body.conditions.1"),
        ({"conditions": [{"kind": "keyword"}]}, "body.conditions.0.words"),
        ({"conditions": [REFUND | {"codes": ["sv"]}]}, "body.conditions.0.codes"),
        ({"conditions": [{"kind": "language", "codes": ["Swedish"]}]}, "body.conditions.0"),
        (
            {"conditions": [{"kind": "hours", "calendar": str(uuid4()), "open": True}]},
            "body.conditions.0",
        ),
        ({"colour": "red"}, "body.colour"),
    ],
)
def it_says_what_is_wrong_by_path(program: Make, shop: BrandCard, more: dict[str, Any], where: str) -> None:
    """In a rule that is made, one that is changed, and one that is tried."""
    caller = program()
    ref = add(caller, shop, name="Stands").json()["ref"]
    tried = path(shop, inbox(shop), "dry-run", to="inboxes")
    for answer in (
        add(caller, shop, **more),
        caller.put(path(shop, ref), said(shop, version=1) | more),
        caller.put(tried, said(shop) | more),
    ):
        assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
        assert where in answer.json()["errors"]
    assert verbs(shop) == ["rule.created"]


class DescribeDryRun:
    def it_asks_the_last_conversations_without_changing_anything(
        self, program: Make, shop: BrandCard
    ) -> None:
        caller, tried = program(), path(shop, inbox(shop), "dry-run", to="inboxes")
        for second, text in enumerate(("I want a refund", "hello")):
            come(shop, text, second)
        before = caller.get(tried).json()
        assert (before["conversations"], before["differing"]) == (2, 0)
        answer = caller.put(tried, said(shop))
        run = answer.json()
        assert (answer.status_code, run["differing"]) == (200, 1)
        assert run["taken"] == [
            {"rule": "Refunds", "conversations": 1}, {"rule": "", "conversations": 1}
        ]  # fmt: skip
        assert [(row["was_queue"], row["queue"], row["differs"]) for row in run["rows"]] == [
            ("Orders", "Orders", False), ("Orders", "Refunds", True)
        ]  # fmt: skip
        assert "refund" not in str(run["rows"]).replace("Refunds", "")
        assert names(caller, shop) == []

    def it_lets_a_draft_take_the_place_of_its_rule(self, program: Make, shop: BrandCard) -> None:
        caller, tried = program(), path(shop, inbox(shop), "dry-run", to="inboxes")
        ref = add(caller, shop).json()["ref"]
        come(shop, "hello", 0)
        run = caller.put(tried, said(shop, rule_ref=ref, conditions=[])).json()
        assert run["taken"][0] == {"rule": "Refunds", "conversations": 1}
        assert "body.rule_ref" in caller.put(tried, said(shop, rule_ref=str(uuid4()))).json()["errors"]


def it_needs_its_scope_and_its_host(program: Make, shop: BrandCard, globex: BrandCard) -> None:
    reader, caller = program(scopes=["routing:read"]), program()
    ref = add(caller, shop).json()["ref"]
    assert reader.get(path(shop)).status_code == 200
    assert add(reader, shop).status_code == 403
    for method, more in (("put", ()), ("delete", ()), ("put", ("place",)), ("delete", ("removal",))):
        assert getattr(reader, method)(path(shop, ref, *more)).status_code == 403
        assert getattr(caller, method)(path(globex, ref, *more)).status_code == 404
    assert caller.get(path(globex, ref)).status_code == 404
    assert caller.get(path(globex, inbox(shop), "dry-run", to="inboxes")).status_code == 404
    for name, strange in (("queue_ref", queue(shop)), ("inbox_ref", inbox(shop))):
        assert f"body.{name}" in add(caller, globex, **{name: strange}).json()["errors"]
    assert (names(caller, shop), names(caller, globex)) == (["Refunds"], [])
    assert program(shop).post("rules/", said(shop)).status_code == 405
    assert program(shop, scopes=["brand:read"]).get("rules/").status_code == 403
    assert program(globex).get("rules/").json()["results"] == []


def it_names_what_a_rule_is_made_of(program: Make, shop: BrandCard, globex: BrandCard) -> None:
    caller = program(scopes=["routing:read"])
    for card in (shop, globex):
        [way] = caller.get(path(card, to="inboxes")).json()["results"]
        assert (way["ref"], way["queue"]["name"]) == (inbox(card), "Orders")
        queues = caller.get(path(card, to="queues")).json()["results"]
        assert {row["ref"] for row in queues} == {queue(card), queue(card, "Orders")}
        assert caller.get(path(card, to="calendars")).json()["results"] == []
