"""Acts of the floor: by whom, on whom, with which words in the trail; and what moved on is left alone."""

import re
from typing import Any
from uuid import UUID

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from interactions import actions as interactions
from interactions.choices import State
from routing.actions import accept_offer
from routing.choices import ItemState
from routing.models import AgentCapacity, Offer, WorkItem
from routing.router import step
from tenants.cards import BrandCard
from tenants.models import AuditRow, LabourEvent
from tenants.scope import labour_scope, tenant_scope
from tests.desk.conftest import Day, Desk, Sign
from tests.desk.test_floor_socket import lead, put_into, supervisor
from tests.factories import TESTS, make_agent
from workforce import actions as workforce
from workforce.models import AgentState

WORDS = "They asked me on the phone"


@pytest.fixture
def sue(day: Day, acme: BrandCard, sign_in: Sign) -> Desk:
    """Acme's supervisor."""
    return sign_in(supervisor(acme))


@pytest.fixture
def gil(day: Day, globex: BrandCard, sign_in: Sign) -> Desk:
    """Globex's supervisor."""
    return sign_in(supervisor(globex, email="gil@example.test"))


def item_of(ref: UUID) -> WorkItem:
    with labour_scope():
        return WorkItem.objects.filter(interaction_ref=ref).latest("pk")


def seen_on(browser: Desk, path: str) -> str:
    """The mark that the sheet was drawn with."""
    page = browser.get(path)
    assert page.status_code == 200
    found = re.search(r'name="seen" value="([^"]*)"', page.content.decode())
    assert found
    return found[1]


def act(browser: Desk, path: str, **data: Any) -> Any:
    return browser.post(path, {"seen": seen_on(browser, path), "words": WORDS, **data})


def trail(verb: str) -> list[tuple[str, int | None, str]]:
    with labour_scope():
        return list(AuditRow.objects.filter(verb=verb).values_list("object", "brand_id", "reason"))


def state_of(actor: Actor) -> tuple[str, str]:
    with labour_scope():
        row = AgentState.objects.select_related("reason").get(pk=actor.user_id)
        return row.availability, row.reason.code if row.reason else ""


class DescribeState:
    def path(self, actor: Actor) -> str:
        return f"/floor/agents/{actor.user_id}/state/"

    def it_changes_the_state_and_says_why_in_the_trail(
        self, day: Day, working: Actor, acme: BrandCard, sue: Desk
    ) -> None:
        day.has(working, acme)
        page = sue.get(self.path(working)).content.decode()
        assert "1 conversation stays theirs." in page
        answer = act(sue, self.path(working), to="away:break")
        assert answer.status_code == 302
        assert state_of(working) == ("away", "break")
        assert [(brand, reason) for _object, brand, reason in trail("agent.state_changed")] == [(None, WORDS)]
        with labour_scope():
            event = LabourEvent.objects.filter(kind="agent.unavailable").latest("pk")
        assert (event.actor_kind, event.data["reason"]) == ("user", "break")

    def it_does_nothing_twice(self, working: Actor, sue: Desk) -> None:
        path = self.path(working)
        data = {"seen": seen_on(sue, path), "words": WORDS, "to": "offline"}
        assert sue.post(path, data).status_code == 302
        again = sue.post(path, data)
        assert again.status_code == 409
        assert "Meanwhile this has changed" in again.content.decode()
        assert len(trail("agent.state_changed")) == 1

    def it_leaves_alone_who_has_chosen_otherwise_meanwhile(self, working: Actor, sue: Desk) -> None:
        path = self.path(working)
        data = {"seen": seen_on(sue, path), "words": WORDS, "to": "offline"}
        workforce.set_availability(
            working.user_id, to="away", reason_code="meal", actor=working, now=clock.now()
        )
        assert sue.post(path, data).status_code == 409
        assert state_of(working) == ("away", "meal")

    @pytest.mark.parametrize("data", [{"words": ""}, {"words": "x"}, {"to": "asleep"}, {"to": ""}])
    def it_asks_for_a_state_and_a_reason(self, working: Actor, sue: Desk, data: dict[str, str]) -> None:
        answer = act(sue, self.path(working), **{"to": "offline", **data})
        assert answer.status_code == 422
        assert state_of(working) == ("available", "")

    def it_is_absent_for_who_leads_somebody_else(
        self, day: Day, working: Actor, acme: BrandCard, globex: BrandCard, gil: Desk, outsider: Actor,
        sign_in: Sign,
    ) -> None:  # fmt: skip
        al = make_agent("al@example.test", acme)
        sister = sign_in(lead("south", acme))
        for browser in (gil, sister, sign_in(working), sign_in(outsider)):
            for answer in (browser.get(self.path(al)), browser.post(self.path(al), {"to": "offline"})):
                assert answer.status_code == 404
        assert state_of(al) == ("offline", "")

    def it_is_a_leads_for_the_own_team(
        self, day: Day, working: Actor, acme: BrandCard, sign_in: Sign
    ) -> None:
        head = lead("north", acme)
        put_into("north", working)
        assert act(sign_in(head), self.path(working), to="offline").status_code == 302
        assert state_of(working) == ("offline", "")


class DescribePriority:
    def it_moves_the_item_in_the_line(self, day: Day, acme: BrandCard, sue: Desk) -> None:
        first, second = (item_of(day.writes(acme)) for _ in range(2))
        path = f"/floor/items/{second.ref}/priority/"
        page = sue.get(path).content.decode()
        assert "1 goes before it." in page
        assert "It is the next of its queue." in page
        assert act(sue, path, priority="5").status_code == 302
        moved = item_of(second.interaction_ref)
        assert (moved.priority, moved.version) == (5, second.version + 1)
        assert moved.order_key < first.order_key
        assert moved.due_at == second.due_at
        assert trail("item.priority_changed") == [(f"conversation:{second.interaction_ref}", acme.id, WORDS)]
        with labour_scope():
            event = LabourEvent.objects.get(kind="item.prioritised")
        assert (event.v, event.brand_id, event.data["from"], event.data["to"]) == (1, acme.id, 0, 5)

    def it_is_offered_by_its_new_place(self, day: Day, working: Actor, acme: BrandCard, sue: Desk) -> None:
        first, second = (item_of(day.writes(acme)) for _ in range(2))
        act(sue, f"/floor/items/{second.ref}/priority/", priority="5")
        AgentCapacity.objects.update_or_create(agent_id=working.user_id, defaults={"cap": 20})
        step(clock.now())
        assert item_of(second.interaction_ref).state == ItemState.OFFERED
        assert item_of(first.interaction_ref).state == ItemState.QUEUED

    def it_leaves_alone_what_has_been_taken_meanwhile(
        self, day: Day, working: Actor, acme: BrandCard, sue: Desk
    ) -> None:
        ref = day.writes(acme)
        path = f"/floor/items/{item_of(ref).ref}/priority/"
        seen = seen_on(sue, path)
        accept_offer(day.rings(acme, ref, working).ref, actor=working, now=clock.now())
        answer = sue.post(path, {"seen": seen, "words": WORDS, "priority": "9"})
        assert answer.status_code == 409
        assert "cannot be done any more" in answer.content.decode()
        assert item_of(ref).priority == 0

    @pytest.mark.parametrize("priority", ["11", "-1", "", "many"])
    def it_takes_0_to_10(self, day: Day, acme: BrandCard, sue: Desk, priority: str) -> None:
        item = item_of(day.writes(acme))
        assert act(sue, f"/floor/items/{item.ref}/priority/", priority=priority).status_code == 422


class DescribeReassigning:
    def path(self, ref: UUID) -> str:
        return f"/floor/items/{item_of(ref).ref}/reassignment/"

    def it_gives_what_somebody_is_on_to_a_colleague(
        self, day: Day, working: Actor, acme: BrandCard, sue: Desk
    ) -> None:
        ref = day.has(working, acme)
        al = make_agent("al@example.test", acme, name="Al Dahl")
        day.at_work(al)
        page = sue.get(self.path(ref)).content.decode()
        assert "Al Dahl" in page
        assert act(sue, self.path(ref), to=f"a{al.user_id}").status_code == 302
        with labour_scope():
            offer = Offer.objects.pending().get(agent_id=al.user_id)
        assert offer.work_item.interaction_ref == ref
        assert trail("conversation.reassigned") == [(f"conversation:{ref}", acme.id, WORDS)]
        assert item_of(ref).state == ItemState.OFFERED

    def it_moves_what_waits_to_another_queue(self, day: Day, acme: BrandCard, sue: Desk) -> None:
        ref = day.writes(acme)
        with tenant_scope(acme, TESTS):
            other = interactions.save_queue(name="Returns")
        assert act(sue, self.path(ref), to=f"q{other.pk}").status_code == 302
        assert item_of(ref).queue_id == other.pk

    def it_leaves_alone_what_has_moved_on(self, day: Day, working: Actor, acme: BrandCard, sue: Desk) -> None:
        ref = day.writes(acme)
        path, queue = self.path(ref), item_of(ref).queue_id
        seen = seen_on(sue, path)
        accept_offer(day.rings(acme, ref, working).ref, actor=working, now=clock.now())
        answer = sue.post(path, {"seen": seen, "words": WORDS, "to": f"q{queue}"})
        assert answer.status_code == 409
        assert item_of(ref).agent_id == working.user_id
        assert trail("conversation.reassigned") == []

    @pytest.mark.parametrize("to", ["", "q0", "a1", "x", "q99999999999999999999"])
    def it_takes_a_place_that_is_shown(self, day: Day, acme: BrandCard, sue: Desk, to: str) -> None:
        ref = day.writes(acme)
        assert act(sue, self.path(ref), to=to).status_code == 422
        assert trail("conversation.reassigned") == []

    def it_is_absent_for_others(
        self, day: Day, working: Actor, acme: BrandCard, gil: Desk, outsider: Actor, sign_in: Sign
    ) -> None:
        path = self.path(day.has(working, acme))
        for browser in (gil, sign_in(working), sign_in(outsider)):
            assert browser.get(path).status_code == 404
            assert browser.post(path, {"seen": "1", "words": WORDS, "to": "q1"}).status_code == 404


class DescribeGivingBack:
    def it_lets_it_wait_again_for_others_first(
        self, day: Day, working: Actor, acme: BrandCard, sue: Desk
    ) -> None:
        ref = day.has(working, acme)
        item = item_of(ref)
        al = make_agent("al@example.test", acme)
        day.at_work(al)
        assert act(sue, f"/floor/items/{item.ref}/return/").status_code == 302
        fresh = item_of(ref)
        assert fresh.pk != item.pk
        assert (fresh.order_key, fresh.enqueued_at) == (item.order_key, item.enqueued_at)
        assert day.row(acme, ref).state == State.QUEUED
        with labour_scope():
            assert AgentCapacity.objects.get(pk=working.user_id).used == 0
        (made,) = step(clock.now())
        assert made.agent_id == al.user_id
        assert trail("item.given_back") == [(f"conversation:{ref}", acme.id, WORDS)]

    def it_is_given_back_once(self, day: Day, working: Actor, acme: BrandCard, sue: Desk) -> None:
        ref = day.has(working, acme)
        path = f"/floor/items/{item_of(ref).ref}/return/"
        data = {"seen": seen_on(sue, path), "words": WORDS}
        assert sue.post(path, data).status_code == 302
        assert sue.post(path, data).status_code == 404, "that place in the line is over"


class DescribeTakingOver:
    @pytest.fixture
    def sam(self, day: Day, acme: BrandCard) -> Actor:
        """A supervisor of Acme's who is an agent too."""
        return make_agent("sam@example.test", acme, name="Sam Head", seats=((Role.SUPERVISOR, acme),))

    def it_gives_it_to_the_supervisor(
        self, day: Day, working: Actor, acme: BrandCard, sam: Actor, sign_in: Sign
    ) -> None:
        ref = day.has(working, acme)
        day.at_work(sam)
        answer = act(sign_in(sam), f"/floor/items/{item_of(ref).ref}/takeover/")
        assert answer.status_code == 302
        taken = item_of(ref)
        assert (taken.agent_id, taken.state) == (sam.user_id, ItemState.ACCEPTED)
        row = day.row(acme, ref)
        assert (row.agent_id, row.state) == (sam.user_id, State.ACTIVE)
        with labour_scope():
            used = dict(AgentCapacity.objects.values_list("agent_id", "used"))
        assert (used[working.user_id], used[sam.user_id]) == (0, taken.units)
        assert trail("item.taken_over") == [(f"conversation:{ref}", acme.id, WORDS)]

    def it_changes_nothing_when_the_guards_say_no(
        self, day: Day, working: Actor, acme: BrandCard, sam: Actor, sign_in: Sign
    ) -> None:
        ref = day.has(working, acme)
        answer = act(sign_in(sam), f"/floor/items/{item_of(ref).ref}/takeover/")
        assert answer.status_code == 409
        assert "You cannot take it now" in answer.content.decode()
        assert day.row(acme, ref).agent_id == working.user_id
        assert item_of(ref).agent_id == working.user_id
        assert trail("item.taken_over") == []

    def it_is_absent_for_who_is_no_agent(self, day: Day, working: Actor, acme: BrandCard, sue: Desk) -> None:
        ref = day.has(working, acme)
        path = f"/floor/items/{item_of(ref).ref}/takeover/"
        assert sue.get(path).status_code == 404
        assert sue.post(path, {"seen": "2", "words": WORDS}).status_code == 404
        assert "takeover" not in sue.get("/floor/queues/").content.decode()


class DescribeStrangers:
    @pytest.mark.parametrize("name", ["priority", "return", "takeover"])
    def it_hides_items_of_other_clients(
        self, day: Day, working: Actor, acme: BrandCard, gil: Desk, outsider: Actor, sign_in: Sign, name: str
    ) -> None:
        item = item_of(day.writes(acme) if name == "priority" else day.has(working, acme))
        for browser in (gil, sign_in(working), sign_in(outsider)):
            path = f"/floor/items/{item.ref}/{name}/"
            data = {"seen": str(item.version), "words": WORDS, "priority": "9"}
            assert browser.get(path).status_code == 404
            assert browser.post(path, data).status_code == 404
        assert item_of(item.interaction_ref).version == item.version
