"""The floor: accessible, within the policy, on a phone too, translated; and moved by frames."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from accounts.actor import Actor
from core import clock
from interactions.models import Queue
from routing.models import AgentCapacity, RestRule, WorkItem
from routing.tallies import rebuild_tallies
from tenants.cards import BrandCard
from tenants.scope import labour_scope, tenant_scope
from tests.accounts.conftest import Browser
from tests.connectors.webchat.rig import until
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.desk.conftest import Day
from tests.desk.test_floor_socket import put_into
from tests.factories import TESTS, make_agent
from workforce import actions as workforce
from workforce.models import Site, Team

PAGES = [
    "agents", "filtered", "queues", "queue", "state", "refused", "priority", "return", "over", "nobody",
    "work", "idle", "reassign",
]  # fmt: skip
DATA = [
    "Acme Outdoor", "Globex Energy", "Ada Berg", "Al Dahl", "Gil Roth", "North", "Orders", "Olu Park",
    "op@example.test", "Europe/Stockholm", "Australia/Adelaide", "UTC", "T1", "T2", "T3",
]  # fmt: skip


class House:
    """Two clients, agents in different states, somebody who waits and something in hand."""

    def __init__(self, acme: BrandCard, globex: BrandCard, ada: Actor) -> None:
        self.day, self.acme, self.ada = Day(), acme, ada
        for card in (acme, globex):
            self.day.set_up(card)
        self.al, gil = (make_agent(f"{n}@example.test", acme, name=n) for n in ("Al Dahl", "Gil Roth"))
        site = Site.objects.create(name="North", timezone="Europe/Stockholm")
        Team.objects.create(name="North", site=site)
        put_into("North", ada)
        now = clock.now()
        self.day.at_work(ada, now=now - timedelta(hours=2))
        workforce.beat("test-node", now=now + timedelta(hours=1))
        al = self.al
        self.day.at_work(al, now=now - timedelta(minutes=50))
        workforce.set_availability(
            al.user_id, to="away", reason_code="break", actor=al, now=now - timedelta(minutes=40)
        )
        self.day.at_work(gil, now=now - timedelta(minutes=9))
        workforce.disconnect(gil.user_id, channel_name=f"c{gil.user_id}", now=now - timedelta(minutes=4))
        for card in (acme, globex, acme):
            self.talk = self.day.has(ada, card)
        waiting = self.day.says_first(acme, "Hello", name="Maya", now=now - timedelta(seconds=95))
        self.day.writes(acme, is_test=True)
        self.day.leaves(acme, self.day.writes(acme))
        self.waiting = waiting.interaction_ref
        RestRule.objects.create(hard_in_row=3, rest_minutes=20)
        AgentCapacity.objects.filter(pk=ada.user_id).update(rests_until=now + timedelta(minutes=20))
        rebuild_tallies(now - timedelta(days=1), now + timedelta(hours=1))
        with tenant_scope(acme, TESTS):
            self.queue = Queue.objects.get().pk

    def item(self, ref: Any) -> WorkItem:
        with labour_scope():
            return WorkItem.objects.filter(interaction_ref=ref).latest("pk")


@pytest.fixture
def html(
    request: pytest.FixtureRequest, operator: Browser, acme: BrandCard, globex: BrandCard, ada: Actor
) -> str:
    """The page of that name, as an operator gets it."""
    return page_of(request.param, operator, House(acme, globex, ada))


def page_of(name: str, browser: Browser, house: House) -> str:
    state = f"/floor/agents/{house.ada.user_id}/state/"
    talk, waiting = house.item(house.talk).ref, house.item(house.waiting).ref
    address = {
        "agents": "/floor/", "filtered": "/floor/?state=away&client=acme", "nobody": "/floor/?q=zorro",
        "queues": "/floor/queues/", "queue": f"/floor/queues/{house.queue}/", "state": state,
        "priority": f"/floor/items/{waiting}/priority/", "return": f"/floor/items/{talk}/return/",
        "over": f"/floor/items/{talk}/priority/", "reassign": f"/floor/items/{talk}/reassignment/",
        "work": f"/floor/agents/{house.ada.user_id}/", "idle": f"/floor/agents/{house.al.user_id}/",
    }  # fmt: skip
    if name == "refused":
        return str(browser.post(state, {"seen": "then", "to": "offline", "words": "Enough"}).content.decode())
    return str(browser.get(address[name]).content.decode())


@pytest.mark.browser
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    assert_accessible(stage, html)


@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str) -> None:
    assert_translated(html, DATA)


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)


class Wire:
    """The other end of the page's socket."""

    def __init__(self, stage: Stage) -> None:
        self.socket: WebSocketRoute | None = None
        self.heard: list[dict[str, Any]] = []
        stage.context.route_web_socket("**/ws/floor/**", self.open)

    def open(self, socket: WebSocketRoute) -> None:
        self.socket = socket
        socket.on_message(self.take)

    def take(self, text: Any) -> None:
        said = json.loads(text)
        self.heard.append(said)
        if said["op"] == "hello":
            self.say(stream="hello")

    def say(self, **frame: Any) -> None:
        assert self.socket
        self.socket.send(json.dumps(frame))


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("width", ["wide"], indirect=True)
class DescribeFrames:
    @pytest.fixture
    def house(self, acme: BrandCard, globex: BrandCard, ada: Actor) -> House:
        return House(acme, globex, ada)

    def open(self, stage: Stage, operator: Browser, house: House, name: str) -> tuple[Page, Wire]:
        html = page_of(name, operator, house)
        wire = Wire(stage)
        page = stage.show(html)
        until(page, lambda: bool(wire.heard))
        return page, wire

    def it_moves_the_agents(self, stage: Stage, operator: Browser, house: House) -> None:
        page, wire = self.open(stage, operator, house, "agents")
        rows = page.locator("tr[data-id]")
        expect(rows).to_have_count(3)
        since = (clock.now() - timedelta(minutes=45)).timestamp() * 1000
        row = [house.ada.user_id, "away", "meal", "", since, 0, 100, {str(house.acme.id): [1, 1, 0]}]
        now = clock.now().timestamp() * 1000
        wire.say(stream="floor", topics=["agents.all"])
        wire.say(stream="floor", topic="agents.all", now=now, agents=[row])
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("Away · Meal")
        expect(rows).to_contain_text("45:0")
        expect(rows).to_contain_text("long")
        expect(rows).to_contain_text("1, 1 in wrap-up")
        expect(page.locator("[data-count=away] b")).to_have_text("1")
        page.get_by_label("State", exact=True).select_option("available")
        expect(rows).to_be_hidden()
        expect(page.get_by_text("Nobody is as you asked for.")).to_be_visible()
        expect(page).to_have_url(re.compile(r"\?state=available$"))

    def it_says_what_it_took_and_when_it_hears_nothing(
        self, stage: Stage, operator: Browser, house: House
    ) -> None:
        page, wire = self.open(stage, operator, house, "queues")
        now = clock.now().timestamp() * 1000
        for n in range(4):
            wire.say(
                stream="floor", topic="queues.all", now=now, queues=[[house.queue, n, None, 4, 3, 3, 1, 2]]
            )
        row = page.locator(f'tr[data-id="{house.queue}"]')
        expect(row.locator("[data-waiting]")).to_have_text("3")
        expect(row.locator("[data-level]")).to_have_text("75%")
        expect(page.locator("[data-stale]")).to_be_hidden()
        until(page, lambda: {"op": "taken", "n": 4} in wire.heard)
        wire.say(stream="floor", now=now - 20_000)  # an older one that comes late makes nothing stale
        expect(page.locator("[data-stale]")).to_be_hidden()
        page.evaluate("(real => { Date.now = () => real() + 20000; })(Date.now)")
        expect(page.locator("[data-stale]")).to_contain_text("Nothing was heard since")

    def it_goes_by_keys_alone(self, stage: Stage, operator: Browser, house: House) -> None:
        page, _wire = self.open(stage, operator, house, "agents")
        page.keyboard.press("/")
        page.keyboard.type("dahl")
        expect(page.locator("tr[data-id]:visible")).to_have_count(1)
        for _ in range(8):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.closest('tr[data-id]') !== null"):
                break
        assert page.evaluate("document.activeElement.href").endswith("/state/")
