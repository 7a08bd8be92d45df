"""The routing screens: pools, queues, agents and ramps of the house, and a client's rules and decisions."""

import html
import re
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from accounts.actor import Actor
from core import clock
from interactions import actions as interactions
from interactions.choices import DispositionKind
from interactions.models import Disposition, Inbox, Interaction, Queue, RoutingRule
from interactions.placing import rules_of
from routing import actions
from routing.models import (
    AgentCapacity,
    AgentLimit,
    ChannelBar,
    Decision,
    Overflow,
    Pool,
    PoolMember,
    PoolQueue,
    QueuePlan,
    Ramp,
    RestRule,
    WorkItem,
)
from routing.router import step
from tenants import cards
from tenants.cards import BrandCard
from tenants.choices import BrandState
from tenants.models import Brand
from tenants.scope import tenant_scope
from tests.console.conftest import Signed
from tests.desk.test_budget import check, counted
from tests.factories import NOW, TESTS
from workforce import actions as workforce
from workforce.models import Skill


@pytest.fixture
def lines(db: None, acme: BrandCard, globex: BrandCard) -> dict[str, int]:
    """A queue in each brand, an inbox and a second queue in acme; ids by name."""
    ids: dict[str, int] = {}
    for card, names in ((acme, ("Orders", "Refunds")), (globex, ("Parcels",))):
        with tenant_scope(card, TESTS):
            rows = [interactions.save_queue(name=name, target_seconds=60, now=NOW) for name in names]
            interactions.create_inbox(name="Web chat", queue=rows[0], config={}, now=NOW)
            ids |= {row.name: row.pk for row in rows}
    return ids


def inbox_of(card: BrandCard) -> Inbox:
    with tenant_scope(card, TESTS):
        row: Inbox = Inbox.objects.get()
        return row


def refs_of(card: BrandCard) -> dict[str, str]:
    with tenant_scope(card, TESTS):
        return {name: str(ref) for name, ref in Queue.objects.values_list("name", "ref")}


def write_in(card: BrandCard, text: str = "refund") -> WorkItem:
    with tenant_scope(card, TESTS):
        inbox = Inbox.objects.select_related("queue").get()
        message = interactions.open_conversation(
            uuid4().hex, inbox=inbox, client_id=uuid4(), body=text, language="en", page="/",
            expires_at=NOW + timedelta(days=1), now=NOW,
        )  # fmt: skip
    return WorkItem.objects.get(interaction_ref=message.interaction_ref)


class DescribePools:
    def it_makes_a_pool_fills_it_and_ends_it(
        self, op: Actor, ada: Actor, lines: dict[str, int], signed: Signed
    ) -> None:
        browser = signed(op)
        made = browser.post("/routing/", {"name": "Night", "kind": "overflow", "client": ""})
        pool = Pool.objects.get(name="Night")
        assert (made.status_code, made["Location"]) == (302, f"/routing/pools/{pool.pk}/")
        number = ada.email
        assert (
            browser.post(f"/routing/pools/{pool.pk}/agents/", {"agent": number, "until": ""}).status_code
            == 302
        )
        serving = {"queue": lines["Parcels"], "rank": "2", "delay_seconds": "30", "min_share": ""}
        assert browser.post(f"/routing/pools/{pool.pk}/queues/", serving).status_code == 302
        page = browser.get(f"/routing/pools/{pool.pk}/").content.decode()
        assert "Parcels" in page
        assert ada.name in page
        member = PoolMember.objects.get(pool=pool)
        wrong = f"/routing/pools/{actions.shared_pool().pk}/agents/{member.pk}/"
        for act in ("removal", "return"):
            assert browser.post(f"{wrong}{act}/").status_code == 404
        for act in ("removal", "return", "removal"):
            assert browser.post(f"/routing/pools/{pool.pk}/agents/{member.pk}/{act}/").status_code == 302
            member = PoolMember.objects.filter(pool=pool).latest("pk")
        assert "Taken out" in browser.get(f"/routing/pools/{pool.pk}/").content.decode()
        browser.post(f"/routing/pools/{pool.pk}/queues/{lines['Parcels']}/removal/")
        assert not PoolQueue.objects.filter(pool=pool).exists()
        browser.post(f"/routing/pools/{pool.pk}/", {"pool-name": "Late"})
        browser.post(f"/routing/pools/{pool.pk}/", {"pool-name": "Late", "pool-order": "penalty"})
        assert (Pool.objects.get(pk=pool.pk).name, Pool.objects.get(pk=pool.pk).order) == ("Late", "penalty")
        browser.post(f"/routing/pools/{pool.pk}/end/")
        assert browser.get(f"/routing/pools/{pool.pk}/").status_code == 404

    def it_says_what_is_wrong_beside_the_field(
        self, op: Actor, lines: dict[str, int], signed: Signed
    ) -> None:
        browser = signed(op)
        pool = actions.save_pool(name="Burst", kind="burst", brand_id=None, actor="user:1", now=NOW)
        for path, data, words in (
            ("/routing/", {"name": "Own", "kind": "dedicated", "client": ""}, "for which client"),
            (f"/routing/pools/{pool.pk}/agents/", {"agent": "nobody", "until": ""}, "No agent of this house"),
            (f"/routing/pools/{pool.pk}/agents/", {"agent": "x", "until": "soon"}, "valid date"),
            (
                f"/routing/pools/{pool.pk}/queues/",
                {"queue": lines["Orders"], "rank": "0", "delay_seconds": "0"},
                "1 to 99",
            ),
            (f"/routing/pools/{pool.pk}/", {"pool-name": "Everybody"}, "has this name"),
        ):
            answer = browser.post(path, data)
            assert answer.status_code == 422, path
            assert words in answer.content.decode(), (path, words)

    def it_keeps_a_queue_served(self, op: Actor, lines: dict[str, int], signed: Signed) -> None:
        shared = actions.shared_pool().pk
        answer = signed(op).post(f"/routing/pools/{shared}/queues/{lines['Orders']}/removal/", follow=True)
        assert "Nobody would serve this queue" in answer.content.decode()
        assert PoolQueue.objects.filter(plan_id=lines["Orders"]).exists()

    def it_saves_what_is_not_interrupted(self, op: Actor, lines: dict[str, int], signed: Signed) -> None:
        browser = signed(op)
        assert "checked" in browser.get("/routing/").content.decode()
        browser.post("/routing/interruptions/", {})
        assert list(ChannelBar.objects.values_list("doing", "asked")) == [("webchat", "webchat")]
        browser.post("/routing/interruptions/", {"webchat>webchat": "on"})
        assert not ChannelBar.objects.exists()


class DescribeQueues:
    def it_changes_how_it_chooses_and_who_helps(
        self, op: Actor, lines: dict[str, int], signed: Signed
    ) -> None:
        browser, path = signed(op), f"/routing/queues/{lines['Orders']}/"
        manner = {"strategy": "proficiency", "scorer": "same_client", "holdout": "10", "prefer_seconds": "5"}
        assert browser.post(path, manner).status_code == 302
        plan = QueuePlan.objects.get(queue_id=lines["Orders"])
        assert (plan.strategy, plan.scorer, plan.holdout, plan.prefer_seconds) == (
            "proficiency", "same_client", 10, 5,
        )  # fmt: skip
        help_from = {"when": "expected_wait", "threshold": "90", "target": f"queue-{lines['Refunds']}"}
        assert browser.post(f"{path}overflows/", help_from).status_code == 302
        page = browser.get(path).content.decode()
        assert "Expected wait over" in page
        row = Overflow.objects.get()
        assert (row.helper_id, row.threshold) == (lines["Refunds"], 90)
        wrong = f"/routing/queues/{lines['Parcels']}/overflows/{row.pk}/"
        for act in ("removal", "restoration"):
            assert browser.post(f"{wrong}{act}/").status_code == 404
        assert browser.post(f"{path}overflows/{row.pk}/removal/").status_code == 302
        assert not Overflow.objects.standing().exists()
        assert "Put back" in browser.get(path).content.decode()
        assert browser.post(f"{path}overflows/{row.pk}/restoration/").status_code == 302
        assert Overflow.objects.standing().get() == row
        assert "Put back<" not in browser.get(path).content.decode()

    def it_says_what_is_wrong(self, op: Actor, lines: dict[str, int], signed: Signed) -> None:
        browser, path = signed(op), f"/routing/queues/{lines['Orders']}/"
        manner = {"strategy": "longest_idle", "scorer": "", "holdout": "51", "prefer_seconds": "5"}
        answer = browser.post(path, manner)
        assert (answer.status_code, "0 to 50" in answer.content.decode()) == (422, True)
        for data, words in (
            (
                {"when": "expected_wait", "threshold": "", "target": f"queue-{lines['Refunds']}"},
                "at most a day",
            ),
            ({"when": "closed", "threshold": "", "target": f"queue-{lines['Refunds']}"}, "day and night"),
            (
                {"when": "expected_wait", "threshold": "9", "target": f"queue-{lines['Parcels']}"},
                "valid choice",
            ),
        ):
            answer = browser.post(f"{path}overflows/", data)
            assert answer.status_code == 422
            assert words in answer.content.decode()
        assert browser.get("/routing/queues/987654/").status_code == 404


class DescribeContract:
    def it_saves_what_a_miss_costs_and_shows_it(
        self, op: Actor, lines: dict[str, int], signed: Signed
    ) -> None:
        browser, page = signed(op), f"/routing/queues/{lines['Orders']}/"
        assert "80% within 60 s" in browser.get(page).content.decode()
        browser.post(f"{page}contract/", {"period": "day", "credits": "80: 500\n70 % = 1500.5"})
        plan = QueuePlan.objects.get(queue_id=lines["Orders"])
        assert (plan.period, plan.credits) == ("day", [[80, 500], [70, 1500.5]])
        assert "70: 1500.5" in browser.get(page).content.decode()

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({"credits": "much"}, "Write a line like 80: 500, not “much”"),
            ({"credits": "80: 5\n70: 4"}, "owes more"),
            ({"period": "year"}, "valid choice"),
        ],
    )
    def it_says_what_is_wrong(
        self, op: Actor, lines: dict[str, int], signed: Signed, said: dict[str, str], words: str
    ) -> None:
        answer = signed(op).post(
            f"/routing/queues/{lines['Orders']}/contract/", {"period": "day", "credits": ""} | said
        )
        assert answer.status_code == 422
        assert words in html.unescape(answer.content.decode())


class DescribeAgents:
    def it_lists_finds_and_changes(
        self, op: Actor, ada: Actor, acme: BrandCard, lines: dict[str, int], signed: Signed
    ) -> None:
        browser, path = signed(op), f"/routing/agents/{ada.user_id}/"
        assert ada.name in browser.get("/routing/agents/?q=" + ada.name[:3]).content.decode()
        assert "Nobody found" in browser.get("/routing/agents/?q=zzzz").content.decode()
        ramp = actions.save_ramp(name="Slow", steps=[(0, 50), (300, 100)], actor="user:1", now=NOW)
        data = {"full_cap": "90", "ramp": ramp.pk, "ramp_from": "2026-02-01", "limit-webchat": "2",
                f"limit-b{acme.id}": "1"}  # fmt: skip
        assert browser.post(path, data).status_code == 302
        row = AgentCapacity.objects.get(pk=ada.user_id)
        assert (row.full_cap, row.ramp_id) == (90, ramp.pk)
        limits = set(AgentLimit.objects.values_list("channel", "brand_id", "at_once"))
        assert limits == {("webchat", None, 2), ("", acme.id, 1)}
        weights = data | {"limit-webchat": "", "weight-webchat": "150", f"weight-b{acme.id}": "50"}
        assert browser.post(path, weights).status_code == 302
        kept = set(AgentLimit.objects.values_list("channel", "brand_id", "at_once", "weight"))
        assert kept == {("webchat", None, None, 150), ("", acme.id, 1, 50)}
        assert 'value="150"' in browser.get(path).content.decode()
        assert browser.post(path, data | {"weight-webchat": "5"}).status_code == 422
        browser.post(path, data)
        assert 'value="2"' in browser.get(path).content.decode()
        answer = browser.post(path, data | {"limit-webchat": "99"})
        assert (answer.status_code, "0 to 20" in answer.content.decode()) == (422, True)
        assert browser.get("/routing/agents/987654/").status_code == 404

    def it_leaves_what_it_has_no_field_for_as_it_is(
        self, op: Actor, ada: Actor, globex: BrandCard, lines: dict[str, int], signed: Signed
    ) -> None:
        Brand.objects.filter(pk=globex.id).update(state=BrandState.ONBOARDING)
        cards.changed()
        said = actions.Profile(100, {"webchat": 2, "email": 3}, {globex.id: 1}, None, None, {"email": 50})
        actions.save_profile(ada.user_id, said, actor="user:1", now=NOW)
        signed(op).post(f"/routing/agents/{ada.user_id}/", {"full_cap": "90", "limit-webchat": ""})
        assert AgentCapacity.objects.get(pk=ada.user_id).full_cap == 90
        kept = set(AgentLimit.objects.values_list("channel", "brand_id", "at_once", "weight"))
        assert kept == {("email", None, 3, 50), ("", globex.id, 1, None)}

    def it_makes_changes_and_removes_ramps(self, op: Actor, db: None, signed: Signed) -> None:
        browser = signed(op)
        assert "No ramp yet" in browser.get("/routing/ramps/").content.decode()
        assert browser.post("/routing/ramps/", {"name": "Slow", "steps": "0: 34\n14: 100"}).status_code == 302
        ramp = Ramp.objects.get()
        browser.post(f"/routing/ramps/{ramp.pk}/", {"name": "Slower", "steps": "0 = 20 %\n30: 100"})
        assert (Ramp.objects.get().name, Ramp.objects.get().steps) == ("Slower", [[0, 20], [30, 100]])
        for steps, words in (("soon", "like 14: 68"), ("5: 10", "day 0")):
            answer = browser.post("/routing/ramps/", {"name": "Bad", "steps": steps})
            assert (answer.status_code, words in answer.content.decode()) == (422, True)
        browser.post(f"/routing/ramps/{ramp.pk}/removal/")
        assert not Ramp.objects.exists()
        assert browser.get(f"/routing/ramps/{ramp.pk}/").status_code == 404


class DescribeRules:
    base = "/clients/acme/routing/"

    def form(self, acme: BrandCard, **more: Any) -> dict[str, Any]:
        return {
            "ref": str(uuid4()), "version": "", "name": "Money", "words": "refund, money back", "parts": "",
            "codes": "", "calendar": "", "queue": refs_of(acme)["Refunds"], "need": "swedish >= 3",
            "priority": "2",
        } | more  # fmt: skip

    def rules(self, acme: BrandCard) -> list[Any]:
        with tenant_scope(acme, TESTS):
            return rules_of(Inbox.objects.get().pk)

    def it_makes_changes_moves_removes_and_puts_back(
        self, op: Actor, acme: BrandCard, lines: dict[str, int], signed: Signed
    ) -> None:
        Skill.objects.create(code="swedish", name="Swedish")
        browser, new = signed(op), f"{self.base}inboxes/{inbox_of(acme).ref}/new/"
        assert "No rule yet" in browser.get(self.base).content.decode()
        shown = browser.get(new).content.decode()
        assert "swedish" in shown
        assert re.search(r'name="ref" value="[0-9a-f-]{36}"', shown)
        for name in ("Money", "Other"):
            assert browser.post(new, self.form(acme, name=name)).status_code == 302
        first, second = self.rules(acme)
        page = browser.get(self.base).content.decode()
        assert "“refund” or “money back”" in page
        assert "swedish &gt;= 3" in page
        one = f"{self.base}inboxes/{inbox_of(acme).ref}/{first.ref}/"
        assert 'value="refund, money back"' in browser.get(one).content.decode()
        changed = self.form(acme, ref=str(first.ref), version="1", words="", codes="sv")
        assert browser.post(one, changed).status_code == 302
        assert browser.post(one, changed | {"codes": "fi"}).status_code == 422
        browser.post(f"{self.base}rules/{second.ref}/place/", {"to": "1"})
        assert [rule.name for rule in self.rules(acme)] == ["Other", "Money"]
        assert browser.post(f"{self.base}rules/{second.ref}/place/", {"to": "top"}).status_code == 404
        browser.post(f"{self.base}rules/{second.ref}/removal/")
        assert "Put back" in browser.get(self.base).content.decode()
        browser.post(f"{self.base}rules/{second.ref}/restoration/")
        assert [rule.version for rule in self.rules(acme)] == [1, 2]

    def it_says_what_is_wrong_beside_the_field(
        self, op: Actor, acme: BrandCard, lines: dict[str, int], signed: Signed
    ) -> None:
        browser, new = signed(op), f"{self.base}inboxes/{inbox_of(acme).ref}/new/"
        for more, words in (
            ({"need": "norse"}, "There is no skill"), ({"need": "", "priority": "11"}, "0 to 10"),
            ({"need": "", "codes": "Swedish!"}, "like sv or fi"),
            ({"need": "", "words": "x" * 61}, "1 to 60"),
        ):  # fmt: skip
            for button in ({}, {"try": "1"}):
                answer = browser.post(new, self.form(acme, **more) | button)
                assert (answer.status_code, words in answer.content.decode()) == (422, True), words
        assert not self.rules(acme)

    def it_tries_a_rule_without_saving_it_and_runs_those_there_are(
        self, op: Actor, acme: BrandCard, lines: dict[str, int], signed: Signed
    ) -> None:
        write_in(acme)
        browser, inbox = signed(op), inbox_of(acme).ref
        tried = browser.post(f"{self.base}inboxes/{inbox}/new/", self.form(acme, need="") | {"try": "1"})
        assert "nothing is saved" in tried.content.decode()
        assert "1 / 1" in tried.content.decode()
        assert not self.rules(acme)
        browser.post(f"{self.base}inboxes/{inbox}/new/", self.form(acme, need=""))
        for query in ("", "?only=differing"):
            assert "1 / 1" in browser.get(f"{self.base}inboxes/{inbox}/dry-run/{query}").content.decode()
        with tenant_scope(acme, TESTS):
            assert Interaction.objects.get().queue.name == "Orders"

    def it_knows_its_own_clients_rules_alone(
        self, op: Actor, acme: BrandCard, globex: BrandCard, lines: dict[str, int], signed: Signed
    ) -> None:
        browser, inbox = signed(op), inbox_of(acme).ref
        browser.post(f"{self.base}inboxes/{inbox}/new/", self.form(acme, need=""))
        (rule,) = self.rules(acme)
        other = "/clients/globex/routing/"
        assert browser.get(f"{other}inboxes/{inbox}/{rule.ref}/").status_code == 404
        assert browser.get(f"{other}inboxes/{inbox}/dry-run/").status_code == 404
        for act in ("removal", "restoration"):
            assert browser.post(f"{other}rules/{rule.ref}/{act}/").status_code == 404
        foreign = self.form(acme, need="", queue=refs_of(globex)["Parcels"])
        assert browser.post(f"{self.base}inboxes/{inbox}/new/", foreign).status_code == 422
        assert len(self.rules(acme)) == 1
        with tenant_scope(globex, TESTS):
            assert not RoutingRule.objects.exists()


class DescribeBudgets:
    def it_costs_the_same_with_many_rules_and_inboxes(
        self, op: Actor, acme: BrandCard, lines: dict[str, int], signed: Signed
    ) -> None:
        browser, path = signed(op), "/clients/acme/routing/"
        browser.get(path)
        with tenant_scope(acme, TESTS):
            queue = Queue.objects.get(name="Refunds")
            for number in range(3):
                inbox = interactions.create_inbox(name=f"More {number}", queue=queue, config={}, now=NOW)
                RoutingRule.objects.create(inbox=inbox, queue=queue, name="First")
        few = counted(lambda: browser.get(path))
        with tenant_scope(acme, TESTS):
            for inbox in Inbox.objects.all():
                for number in range(4):
                    RoutingRule.objects.create(inbox=inbox, queue=queue, name=str(number), position=number)
        assert counted(lambda: browser.get(path)) == few
        check("console: routing rules", few)

    def it_costs_the_same_with_many_pools_and_members(
        self, op: Actor, ada: Actor, lines: dict[str, int], signed: Signed
    ) -> None:
        browser = signed(op)
        who: dict[str, Any] = {"actor": "user:1", "now": NOW}
        browser.get("/routing/")
        few = counted(lambda: browser.get("/routing/"))
        for number in range(4):
            pool = actions.save_pool(name=f"Pool {number}", kind="overflow", brand_id=None, **who)
            actions.add_member(pool.pk, ada.user_id, **who)
            actions.serve(pool.pk, lines["Orders"], delay_seconds=5, **who)
        assert counted(lambda: browser.get("/routing/")) == few
        check("console: routing", few)
        for name, target in (
            ("agents", "/routing/agents/"),
            ("queue", f"/routing/queues/{lines['Orders']}/"),
        ):
            check(f"console: routing, {name}", counted(partial(browser.get, target)))


class DescribeDecisions:
    def it_says_why_this_agent_and_what_keeps_it_from_the_others(
        self, op: Actor, ada: Actor, acme: BrandCard, lines: dict[str, int], signed: Signed
    ) -> None:
        workforce.beat("tests", now=NOW + timedelta(days=3650))
        workforce.connect(ada.user_id, node="tests", channel_name="tests.1", now=NOW)
        workforce.set_availability(ada.user_id, to="available", actor=None, now=NOW)
        item, browser = write_in(acme), signed(op)
        step(NOW + timedelta(seconds=1))
        page = browser.get(f"/clients/acme/routing/decisions/{item.interaction_ref}/").content.decode()
        assert "Longest without work" in page
        assert ada.name in page
        assert ada.name in browser.get("/clients/acme/routing/").content.decode()
        actions.withdraw_offers(NOW)
        waiting = write_in(acme, "second")
        actions.save_profile(ada.user_id, actions.Profile(channels={"webchat": 0}), actor="user:1", now=NOW)
        page = browser.get(f"/clients/acme/routing/decisions/{waiting.interaction_ref}/").content.decode()
        assert "as many of this channel as they may" in page

    def it_names_a_pool_that_was_ended_as_it_was_called(
        self, op: Actor, acme: BrandCard, lines: dict[str, int], signed: Signed, ada: Actor
    ) -> None:
        pool = actions.save_pool(name="Trial", kind="overflow", brand_id=None, actor="user:1", now=NOW)
        item = write_in(acme)
        Decision.objects.create(
            at=NOW, brand_id=acme.id, work_item=item, agent_id=ada.user_id, why="longest_idle",
            candidates=1, pool_id=pool.pk,
        )  # fmt: skip
        actions.retire_pool(pool.pk, actor="user:1", now=NOW)
        page = signed(op).get(f"/clients/acme/routing/decisions/{item.interaction_ref}/").content.decode()
        assert '<bdi translate="no">Trial</bdi> <span class="chip">ended since</span>' in page

    def it_is_not_there_for_another_client_or_nothing(
        self, op: Actor, acme: BrandCard, globex: BrandCard, lines: dict[str, int], signed: Signed
    ) -> None:
        item, browser = write_in(acme), signed(op)
        assert browser.get(f"/clients/acme/routing/decisions/{item.interaction_ref}/").status_code == 200
        assert browser.get(f"/clients/globex/routing/decisions/{item.interaction_ref}/").status_code == 404
        assert browser.get(f"/clients/acme/routing/decisions/{uuid4()}/").status_code == 404


@pytest.mark.parametrize("who", ["ada", "cy"])
def it_is_closed_to_whoever_is_no_operator(
    who: str, lines: dict[str, int], signed: Signed, request: pytest.FixtureRequest, acme: BrandCard
) -> None:
    browser = signed(request.getfixturevalue(who))
    for path in (
        "/routing/", "/routing/agents/", "/routing/ramps/", f"/routing/queues/{lines['Orders']}/",
        "/clients/acme/routing/", f"/clients/acme/routing/inboxes/{inbox_of(acme).ref}/new/",
    ):  # fmt: skip
        assert browser.get(path).status_code == 404
    assert browser.post("/routing/", {"name": "Mine", "kind": "burst"}).status_code == 404
    assert Pool.objects.filter(name="Mine").count() == 0


def it_takes_no_get_where_something_is_done(op: Actor, lines: dict[str, int], signed: Signed) -> None:
    browser, ref = signed(op), uuid4()
    for path in (
        "/routing/interruptions/", "/routing/pools/1/end/", "/routing/pools/1/agents/",
        f"/clients/acme/routing/rules/{ref}/removal/", f"/clients/acme/routing/rules/{ref}/place/",
    ):  # fmt: skip
        assert browser.get(path).status_code == 405


class DescribeRest:
    def it_is_set_for_the_house_and_for_a_pool(
        self, op: Actor, lines: dict[str, int], signed: Signed
    ) -> None:
        browser = signed(op)
        assert "Nothing is set until you set it" in browser.get("/routing/rest/").content.decode()
        said = {"occupancy": "85", "hard_in_row": "3", "rest_minutes": "10"}
        assert browser.post("/routing/rest/", said).status_code == 302
        shared = actions.shared_pool().pk
        own = {"occupancy": "", "hard_in_row": "2", "rest_minutes": "5"}
        assert browser.post(f"/routing/pools/{shared}/rest/", own).status_code == 302
        rows = RestRule.objects.order_by("pool_id").values_list(
            "pool_id", "occupancy", "hard_in_row", "rest_minutes"
        )
        assert sorted(rows, key=str) == sorted([(None, 85, 3, 10), (shared, None, 2, 5)], key=str)
        page = browser.get("/routing/rest/").content.decode()
        assert 'value="85"' in page
        assert "Everybody" in page

    def it_says_what_is_wrong(self, op: Actor, lines: dict[str, int], signed: Signed) -> None:
        browser, shared = signed(op), actions.shared_pool().pk
        for path in ("/routing/rest/", f"/routing/pools/{shared}/rest/"):
            answer = browser.post(path, {"occupancy": "5", "hard_in_row": "2", "rest_minutes": ""})
            assert answer.status_code == 422
            assert "10 to 100" in answer.content.decode()
            assert "belong together" in answer.content.decode()
        assert not RestRule.objects.exists()

    def it_knows_which_outcomes_are_hard(
        self, op: Actor, lines: dict[str, int], signed: Signed, acme: BrandCard, globex: BrandCard
    ) -> None:
        for card in (acme, globex):
            with tenant_scope(card, TESTS):
                interactions.save_disposition(DispositionKind.OUTCOME, "angry", "Left in anger")
        browser = signed(op)
        assert "Left in anger" in browser.get("/clients/acme/routing/").content.decode()
        assert browser.post("/clients/acme/routing/hard/", {"hard": "angry"}).status_code == 302
        for card, hard in ((acme, True), (globex, False)):
            with tenant_scope(card, TESTS):
                assert Disposition.objects.get(code="angry").hard is hard
        with tenant_scope(acme, TESTS):
            interactions.save_disposition(DispositionKind.OUTCOME, "angry", "Left in a rage")
            assert Disposition.objects.get(code="angry").hard

    def it_is_absent_for_others(self, ada: Actor, cy: Actor, outsider: Actor, signed: Signed) -> None:
        for actor in (ada, outsider):
            for path in ("/routing/rest/", "/clients/acme/routing/hard/"):
                assert signed(actor).post(path, {}).status_code == 404


class DescribeLoans:
    def it_proposes_lends_shows_and_sends_back(
        self, op: Actor, ada: Actor, lines: dict[str, int], signed: Signed
    ) -> None:
        browser, now = signed(op), clock.now()
        workforce.connect(ada.user_id, node="n", channel_name="c1", now=now)
        workforce.set_availability(ada.user_id, to="available", actor=None, now=now)
        shared = actions.shared_pool().pk
        night = actions.save_pool(name="Night", kind="overflow", brand_id=None, actor="user:1", now=now)
        actions.serve(night.pk, lines["Orders"], delay_seconds=5, actor="user:1", now=now)
        path, until = f"/routing/pools/{night.pk}/loan/", f"{now + timedelta(hours=2):%Y-%m-%dT%H:%M}"
        asked: dict[str, Any] = {"from_pool": shared, "count": "1", "until": until}
        assert "UTC time" in browser.get(path).content.decode()
        page = browser.get(path, asked).content.decode()
        assert f'value="{ada.user_id}" checked' in page
        assert "Acme Outdoor" in page
        assert browser.post(path, asked).status_code == 422
        assert browser.post(path, asked | {"agents": [str(ada.user_id)]}).status_code == 302
        member = PoolMember.objects.get(pool=night)
        page = browser.get(f"/routing/pools/{night.pk}/").content.decode()
        assert "here, from Everybody" in page
        assert "to Night" in browser.get(f"/routing/pools/{shared}/").content.decode()
        back = f"/routing/pools/{night.pk}/loans/{member.pk}/end/"
        assert browser.post(back).status_code == 302
        assert "Nobody is lent" in browser.get(f"/routing/pools/{night.pk}/").content.decode()
        assert "Nobody can be lent" in browser.get(
            f"/routing/pools/{shared}/loan/", asked | {"from_pool": night.pk}
        ).content.decode()  # fmt: skip

    def it_says_what_is_wrong(self, op: Actor, lines: dict[str, int], signed: Signed) -> None:
        path = f"/routing/pools/{actions.shared_pool().pk}/loan/"
        answer = signed(op).get(path, {"from_pool": "999", "count": "0", "until": "soon"})
        assert answer.status_code == 422

    def it_is_absent_for_others(self, ada: Actor, outsider: Actor, signed: Signed) -> None:
        shared = actions.shared_pool().pk
        for actor in (ada, outsider):
            browser = signed(actor)
            assert browser.get(f"/routing/pools/{shared}/loan/").status_code == 404
            assert browser.post(f"/routing/pools/{shared}/loans/1/end/").status_code == 404
