"""Which queue a contact gets: the conditions, the order, the verbs, the dry run."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.errors import NotFound
from events.models import Event
from interactions import actions
from interactions.errors import Invalid, Refused, WrongState
from interactions.models import Inbox, Interaction, Queue, RoutingRule
from interactions.placing import SOURCES, Placement, dry_run, place, removed_rules, rules_of
from interactions.rules import MOST_RULES, Facts, Rule, first_fit, rule_errors
from routing.models import WorkItem
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS
from workforce.models import Skill

WHO: dict[str, Any] = {"actor": "user:1", "now": NOW}
REFUND = {"kind": "keyword", "words": ["refund", "money  back"]}
CHECKOUT = {"kind": "page", "parts": ["/checkout"]}
NORDIC = {"kind": "language", "codes": ["sv", "fi"]}


def a_rule(*conditions: dict[str, Any], queue: int = 1, name: str = "Rule") -> Rule:
    return Rule(uuid4(), 1, name, conditions, queue)


class DescribeConditions:
    @pytest.mark.parametrize(
        ("condition", "facts", "fits"),
        [
            (REFUND, Facts("I want a REFUND!"), True),
            (REFUND, Facts("give me my money\n back, please"), True),
            (REFUND, Facts("refunds are nice"), False),
            (REFUND, Facts(""), False),
            ({"kind": "keyword", "words": ["c++"]}, Facts("about c++?"), True),
            ({"kind": "keyword", "words": ["straße"]}, Facts("STRASSE 5"), True),
            (CHECKOUT, Facts(page="https://shop.example/Checkout/pay"), True),
            (CHECKOUT, Facts(page="https://shop.example/cart"), False),
            (CHECKOUT, Facts(), False),
            (NORDIC, Facts(language="sv-SE"), True),
            (NORDIC, Facts(language="en"), False),
            ({"kind": "hours", "calendar": "x", "open": True}, Facts(open_now={"x": True}), True),
            ({"kind": "hours", "calendar": "x", "open": False}, Facts(open_now={"x": True}), False),
            ({"kind": "hours", "calendar": "gone", "open": False}, Facts(open_now={}), False),
            ({"kind": "of tomorrow"}, Facts("anything"), False),
        ],
    )
    def it_fits(self, condition: dict[str, Any], facts: Facts, fits: bool) -> None:
        assert bool(first_fit([a_rule(condition)], facts)) is fits

    def it_takes_the_first_of_which_all_holds(self) -> None:
        both, one, rest = a_rule(REFUND, NORDIC), a_rule(REFUND), a_rule()
        rules = [both, one, rest]
        assert first_fit(rules, Facts("refund", language="sv")) is both
        assert first_fit(rules, Facts("refund", language="en")) is one
        assert first_fit(rules, Facts("hello", language="sv")) is rest
        assert first_fit(rules[:2], Facts("hello")) is None

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"name": " "}, "name"), ({"name": "x" * 81}, "name"), ({"priority": 11}, "priority"),
            ({"priority": -1}, "priority"), ({"need": "norse"}, "need"), ({"need": "swedish >="}, "need"),
            ({"conditions": [{"kind": "mood"}]}, "conditions"), ({"conditions": [REFUND, REFUND]}, "keyword"),
            ({"conditions": [{"kind": "keyword", "words": []}]}, "keyword"),
            ({"conditions": [{"kind": "keyword", "words": "refund"}]}, "keyword"),
            ({"conditions": [{"kind": "keyword", "words": ["x" * 61]}]}, "keyword"),
            ({"conditions": [{"kind": "page", "parts": ["x"] * 31}]}, "page"),
            ({"conditions": [{"kind": "language", "codes": ["Swedish"]}]}, "language"),
            ({"conditions": [{"kind": "hours", "calendar": "x", "open": True}]}, "hours"),
            ({"conditions": [{"kind": "hours", "calendar": str(uuid4())}]}, "hours"),
        ],
    )  # fmt: skip
    def it_says_what_is_wrong(self, said: dict[str, Any], field: str) -> None:
        good: dict[str, Any] = {
            "name": "Refunds",
            "conditions": [],
            "need": "",
            "priority": 0,
            "skills": ["swedish"],
        }
        assert set(rule_errors(**good | said)) == {field}
        assert rule_errors(**good) == {}


@pytest.fixture
def shop(db: None, acme: BrandCard) -> BrandCard:
    """A client with two queues and one inbox, whose own queue is Orders."""
    open_shop(acme)
    Skill.objects.create(code="swedish", name="Swedish")
    return acme


def open_shop(card: BrandCard) -> None:
    with tenant_scope(card, TESTS):
        orders = actions.save_queue(name="Orders", target_seconds=60, now=NOW)
        actions.save_queue(name="Refunds", target_seconds=120, now=NOW)
        actions.create_inbox(name="Web chat", queue=orders, config={}, now=NOW)


def inbox() -> Inbox:
    row: Inbox = Inbox.objects.select_related("queue").get()
    return row


def queue(name: str) -> Queue:
    row: Queue = Queue.objects.get(name=name)
    return row


def save(
    *conditions: dict[str, Any], to: str = "Refunds", ref: UUID | None = None, **more: Any
) -> RoutingRule:
    values: dict[str, Any] = {"name": "Money", "inbox_ref": inbox().ref, "queue_ref": queue(to).ref} | WHO
    return actions.save_rule(ref, conditions=conditions, **values | more)


def come(text: str, *, page: str = "", language: str = "en", second: float = 0) -> Interaction:
    now = NOW + timedelta(seconds=second)
    message = actions.open_conversation(
        uuid4().hex, inbox=inbox(), client_id=uuid4(), body=text, language=language, page=page,
        expires_at=now + timedelta(days=1), now=now,
    )  # fmt: skip
    row: Interaction = Interaction.objects.select_related("queue").get(ref=message.interaction_ref)
    return row


class DescribePlacing:
    def it_gives_the_queue_the_need_and_the_priority_and_keeps_which_rule(self, shop: BrandCard) -> None:
        with tenant_scope(shop, TESTS):
            rule = save(REFUND, need="swedish >= 3 [20s: 0]", priority=2)
            row = come("a refund please", page="https://shop.example/cart?basket=7")
            other = come("hello", second=1)
            assert (row.queue.name, row.rule_ref, row.rule_version) == ("Refunds", rule.ref, 1)
            assert (other.queue.name, other.rule_ref) == ("Orders", None)
            assert row.page == "https://shop.example/cart"
            opened = Event.objects.get(kind="interaction.opened", interaction_ref=row.ref)
            assert (opened.data["rule"], opened.data["rule_version"]) == (str(rule.ref), 1)
            refunds = queue("Refunds").pk
        item = WorkItem.objects.get(interaction_ref=row.ref)
        assert (item.queue_id, item.priority, item.target_seconds) == (refunds, 2, 120)
        assert item.order_key == NOW + timedelta(seconds=120 - 60)
        assert item.requirement == {"language": "en", "need": "swedish >= 3 [20s: 0]"}

    def it_binds_the_customers_language(self, shop: BrandCard) -> None:
        with tenant_scope(shop, TESTS):
            save(need="language >= 2")
            row = come("hej", language="sv-SE")
        assert WorkItem.objects.get(interaction_ref=row.ref).requirement["need"] == "lang-sv >= 2"

    def it_asks_the_hours_in_force(self, shop: BrandCard) -> None:
        """NOW is Monday, 09:00 UTC."""
        with tenant_scope(shop, TESTS):
            view = actions.save_calendar(name="Office", zone="UTC", week=[(0, 480, 1020)], **WHO)
            save({"kind": "hours", "calendar": str(view.ref), "open": False})
            assert come("by day").queue.name == "Orders"
            assert come("by night", second=12 * 3600).queue.name == "Refunds"
            with pytest.raises(WrongState, match="rule"):
                actions.remove_calendar(view.ref, **WHO)

    def it_counts_a_closure_as_closed(self, shop: BrandCard) -> None:
        with tenant_scope(shop, TESTS):
            view = actions.save_calendar(name="Office", zone="UTC", week=[(0, 480, 1020)], **WHO)
            save({"kind": "hours", "calendar": str(view.ref), "open": False})
            until = NOW + timedelta(minutes=5)
            actions.close_now(calendar_ref=view.ref, until=until, reason="Fire", **WHO)
            assert come("in the fire", second=60).queue.name == "Refunds"
            assert come("after it", second=301).queue.name == "Orders"
            run = dry_run(inbox(), rules_of(inbox().pk), now=NOW + timedelta(hours=1))
            assert [row.queue for row in run.rows] == ["Orders", "Refunds"]

    def it_keeps_what_it_asks_for_when_it_is_opened_again(self, shop: BrandCard) -> None:
        with tenant_scope(shop, TESTS):
            save(REFUND, need="swedish")
            row = come("refund")
            actions.end_by_visitor(row.ref, now=NOW + timedelta(seconds=5))
            actions.reopen(row.ref, by="contact", now=NOW + timedelta(seconds=9))
        newest = WorkItem.objects.filter(interaction_ref=row.ref).latest("pk")
        assert newest.requirement["need"] == "swedish"

    def it_asks_a_source_that_is_registered_behind_the_rules(
        self, shop: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with tenant_scope(shop, TESTS):
            refunds = queue("Refunds").pk
            monkeypatch.setitem(
                SOURCES, "guess", lambda _inbox, _facts, _now: Placement(refunds, source="guess")
            )
            save(REFUND, to="Orders")
            assert place(inbox(), Facts("refund"), now=NOW).source == "rules"
            assert place(inbox(), Facts("hello"), now=NOW).source == "guess"


class DescribeVerbs:
    def names(self) -> list[str]:
        return [rule.name for rule in rules_of(inbox().pk)]

    def it_makes_one_however_often_the_form_is_sent(self, shop: BrandCard) -> None:
        with tenant_scope(shop, TESTS):
            ref = uuid4()
            for _ in range(2):
                save(REFUND, ref=ref)
            assert [rule.ref for rule in rules_of(inbox().pk)] == [ref]

    def it_makes_a_new_version_of_each_change_and_refuses_a_stale_one(self, shop: BrandCard) -> None:
        with tenant_scope(shop, TESTS):
            rule = save(REFUND)
            assert save(REFUND, ref=rule.ref, version=1).version == 1
            assert save(REFUND, CHECKOUT, ref=rule.ref, version=1).version == 2
            with pytest.raises(WrongState):
                save(ref=rule.ref, version=1)
            with pytest.raises(NotFound):
                save(ref=uuid4(), version=1)

    def it_moves_removes_and_puts_back(self, shop: BrandCard) -> None:
        with tenant_scope(shop, TESTS):
            refs = [save(name=name).ref for name in ("a", "b", "c")]
            assert actions.move_rule(refs[2], to=0, **WHO) == 0
            assert self.names() == ["c", "a", "b"]
            assert actions.move_rule(refs[2], to=99, **WHO) == 2
            actions.remove_rule(refs[1], **WHO)
            assert self.names() == ["a", "c"]
            assert removed_rules(NOW) == {inbox().pk: [(refs[1], "b")]}
            for _ in range(2):
                actions.restore_rule(refs[1], **WHO)
            assert sorted(self.names()) == ["a", "b", "c"]
            actions.remove_rule(refs[0], **WHO)
            with pytest.raises(NotFound):
                actions.move_rule(refs[0], to=0, **WHO)
            with pytest.raises(NotFound):
                actions.restore_rule(refs[0], actor="user:1", now=NOW + timedelta(days=30))
            with pytest.raises(NotFound):
                save(REFUND, ref=refs[0], version=1)

    def it_writes_each_down_once(self, shop: BrandCard) -> None:
        with tenant_scope(shop, TESTS):
            rule = save(REFUND)
            save(REFUND, ref=rule.ref, version=1)
            save(CHECKOUT, ref=rule.ref, version=1)
            actions.move_rule(rule.ref, to=0, **WHO)
            actions.remove_rule(rule.ref, **WHO)
            actions.restore_rule(rule.ref, **WHO)
        rows = AuditRow.objects.filter(verb__startswith="rule.").order_by("pk")
        assert list(rows.values_list("verb", "brand_id", "actor")) == [
            (verb, shop.id, "user:1")
            for verb in ("rule.created", "rule.changed", "rule.removed", "rule.restored")
        ]

    def it_refuses_what_cannot_be_used_and_changes_nothing(self, shop: BrandCard) -> None:
        with tenant_scope(shop, TESTS):
            with pytest.raises(Invalid) as refused:
                save(need="norse")
            assert set(refused.value.errors) == {"need"}
            with pytest.raises(Invalid) as refused:
                save({"kind": "hours", "calendar": str(uuid4()), "open": True})
            assert set(refused.value.errors) == {"hours"}
            with pytest.raises(NotFound):
                save(queue_ref=uuid4())
            assert not RoutingRule.objects.exists()

    def it_has_room_for_so_many(self, shop: BrandCard) -> None:
        with tenant_scope(shop, TESTS):
            first = save()
            rows = [
                RoutingRule(inbox=inbox(), queue=queue("Orders"), name=str(n), position=n)
                for n in range(1, MOST_RULES)
            ]
            RoutingRule.objects.bulk_create(rows)
            with pytest.raises(Refused):
                save()
            actions.remove_rule(first.ref, **WHO)
            save()
            with pytest.raises(Refused):
                actions.restore_rule(first.ref, **WHO)

    def it_is_not_there_for_another_brand(self, shop: BrandCard, globex: BrandCard) -> None:
        with tenant_scope(shop, TESTS):
            ref = save(REFUND).ref
        with tenant_scope(globex, TESTS):
            for verb in (actions.remove_rule, actions.restore_rule):
                with pytest.raises(NotFound):
                    verb(ref, **WHO)
            with pytest.raises(NotFound):
                actions.move_rule(ref, to=0, **WHO)
            assert not RoutingRule.objects.exists()


class DescribeDryRun:
    def it_shows_where_each_would_go_and_changes_nothing(self, shop: BrandCard) -> None:
        with tenant_scope(shop, TESTS):
            come("refund", page="https://shop.example/checkout")
            come("hello", second=1)
            rule = save(REFUND)
            come("refund again", second=2)
            run = dry_run(inbox(), rules_of(inbox().pk), now=NOW)
            assert [(row.was_queue, row.was_rule, row.queue, row.rule) for row in run.rows] == [
                ("Refunds", "Money", "Refunds", "Money"),
                ("Orders", "", "Orders", ""),
                ("Orders", "", "Refunds", "Money"),
            ]
            assert (run.counts, run.differing, run.pageless) == ((("Money", 2), ("", 1)), 1, 2)
            assert Interaction.objects.filter(rule_ref=rule.ref).count() == 1

    def it_asks_the_hours_of_then(self, shop: BrandCard) -> None:
        with tenant_scope(shop, TESTS):
            come("by day")
            come("by night", second=12 * 3600)
            view = actions.save_calendar(name="Office", zone="UTC", week=[(0, 480, 1020)], **WHO)
            save({"kind": "hours", "calendar": str(view.ref), "open": False})
            run = dry_run(inbox(), rules_of(inbox().pk), now=NOW)
            assert [row.queue for row in run.rows] == ["Refunds", "Orders"]

    def it_looks_at_no_more_than_five_hundred(self, shop: BrandCard) -> None:
        with tenant_scope(shop, TESTS):
            row = come("hello")
            values = {
                name: getattr(row, name)
                for name in ("inbox_id", "queue_id", "contact_id", "channel", "opened_at")
            }
            Interaction.objects.bulk_create([Interaction(**values) for _ in range(505)])
            assert len(dry_run(inbox(), [], now=NOW).rows) == 500
