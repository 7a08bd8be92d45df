# ruff: noqa: F811 - fixtures of the report
"""How the brand is doing now: the strip, its socket on the brand's own host, and the overview around it."""

import asyncio
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.core.cache import cache

from accounts import sockets
from accounts.actions import revoke_membership
from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from core.executor import run_db
from desk.floor.clients import clients_now
from interactions import actions
from portal.consumer import PortalConsumer
from portal.rail import DOORS
from portal.today import bodies, topic_of
from routing import live, watching
from routing.models import QueueTally
from routing.today import brands_now
from routing.watching import Body, Watches
from tenants.cards import BrandCard
from tenants.scope import labour_scope, tenant_scope
from tests.accounts.conftest import Browser
from tests.desk.conftest import Day, day, working  # noqa: F401 - fixtures
from tests.desk.test_budget import check, counted
from tests.desk.test_floor_socket import greeted, only_when_told  # noqa: F401 - a fixture
from tests.desk.test_socket import PATIENCE, closing_code
from tests.factories import TESTS, make_person
from tests.portal.test_report import page, signed_in
from tests.portal.test_seeing import entered, op  # noqa: F401 - a fixture

ACME = "http://acme.localhost:8000"
SENT = ("waiting", "oldest", "offered", "answered", "in_target", "abandoned", "available")


@pytest.fixture
def lena(db: None, acme: BrandCard, globex: BrandCard) -> Actor:
    """Acme's manager, who has no seat with Globex."""
    cache.clear()
    return make_person("lena@example.test", (Role.MANAGER, acme))


def tallied(card: BrandCard, **counts: int) -> None:
    """The router has counted so much of the brand's queue today."""
    now = clock.now()
    with tenant_scope(card, TESTS):
        queue_id = actions.save_queue(name="Repairs").pk
    with labour_scope():
        rest = dict.fromkeys(("short_abandoned", "flow_out", "handled", "wait_seconds", "handle_seconds"), 0)
        QueueTally.objects.create(
            brand_id=card.id, queue_id=queue_id, channel="webchat", interval_start=now, **rest, **counts
        )


class DescribeTheNumbers:
    def it_counts_each_brand_alone_and_no_tests(
        self, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        day.writes(acme)
        day.writes(acme)
        day.writes(globex)
        day.writes(acme, is_test=True)
        tallied(acme, offered=5, answered=4, in_target=3, abandoned=1)
        found = brands_now([acme, globex], now=clock.now())
        assert (found[acme.id].waiting, found[globex.id].waiting) == (2, 1)
        assert found[acme.id].oldest_at is not None
        assert (found[acme.id].offered, found[acme.id].settled) == (5, 5)
        assert found[acme.id].service_level == 60
        assert (found[acme.id].available, found[globex.id].available) == (1, 1), "Ada, for both"
        assert found[globex.id].service_level is None, "of nobody there is no level"

    def it_says_what_the_providers_list_of_clients_says(
        self, day: Day, working: Actor, op: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        day.has(working, acme)
        day.writes(acme)
        tallied(acme, offered=5, answered=4, in_target=3, abandoned=1)
        now = clock.now()
        theirs, ours = clients_now(op, now=now), brands_now([acme, globex], now=now)
        for card in (acme, globex):
            one, other = theirs[card.id], ours[card.id]
            assert (one.waiting, one.offered, one.in_target, one.settled, one.available) == (
                other.waiting, other.offered, other.in_target, other.settled, other.available,
            )  # fmt: skip

    def it_is_one_statement_however_many_brands(self, db: None, acme: BrandCard, globex: BrandCard) -> None:
        now = clock.now()
        one = counted(lambda: brands_now([acme], now=now))
        assert counted(lambda: brands_now([acme, globex], now=now)) == one
        assert brands_now([], now=now) == {}


class DescribeTheOverview:
    def it_stands_first_and_shows_now_and_the_last_days(self, lena: Actor, day: Day, acme: BrandCard) -> None:
        day.writes(acme)
        browser = signed_in(lena.email, acme)
        html = browser.follow(page(browser, acme, "/")).content.decode()
        assert 'data-today="b' in html
        assert "data-waiting>1<" in html
        assert "The last 7 days" in html
        assert "Nothing waits for your answer" in html
        assert f'data-live-url="ws://acme.localhost:{settings.LIVE_PORT}/ws/portal/"' in html

    def it_is_live_on_each_page_that_shows_it(self, lena: Actor, acme: BrandCard) -> None:
        browser = signed_in(lena.email, acme)
        paths = [*(door.path for door in DOORS), "/report/queues/", "/report/hours/", "/report/agents-time/"]
        found = {path: page(browser, acme, path).content.decode() for path in paths}
        shown = [path for path, html in found.items() if "data-today=" in html]
        assert shown == ["/overview/", "/report/"]
        assert [path for path, html in found.items() if "js/today.js" in html] == shown
        assert "js/chart-tip.js" in found["/report/"], "and the chart is too"

    def it_shows_closures_to_come_and_none_of_another_brand(
        self, lena: Actor, day: Day, acme: BrandCard, globex: BrandCard
    ) -> None:
        for card, reason in ((acme, "Fire drill"), (globex, "Move")):
            with tenant_scope(card, TESTS):
                actions.close_now(actor="user:1", now=clock.now(), reason=reason, texts={})
        html = page(signed_in(lena.email, acme), acme, "/overview/").content.decode()
        assert html.count("until further notice") == 1
        assert "Fire drill" not in html, "why is the provider's own word"

    def it_is_nobody_elses(self, lena: Actor, outsider: Actor, acme: BrandCard, globex: BrandCard) -> None:
        browser = signed_in(lena.email, acme)
        host = {"host": "globex.localhost:8000"}
        for path in ("/overview/", "/today/"):
            assert browser.get(path, headers=host).status_code in (302, 404)
            assert Browser().get(path, headers={"host": "acme.localhost:8000"}).status_code == 302
            assert browser.post(path, headers={"host": "acme.localhost:8000"}).status_code == 405

    def it_has_no_socket_for_who_only_looks(self, lena: Actor, op: Actor, acme: BrandCard) -> None:
        browser = Browser()
        browser.sign_in(op.email)
        entered(browser)
        html = browser.get("/overview/", headers={"host": "acme.localhost:8000"}).content.decode()
        assert "data-today" in html
        assert "data-live-url" not in html

    def it_answers_a_page_whose_socket_is_down(self, lena: Actor, day: Day, acme: BrandCard) -> None:
        day.writes(acme)
        (frame,) = page(signed_in(lena.email, acme), acme, "/today/").json()["frames"]
        assert (frame["stream"], frame["topic"], frame["waiting"]) == ("today", f"b{acme.id}", 1)
        assert set(frame) == {"stream", "topic", "now", *SENT}, "numbers and instants, no word of anybody"

    def it_asks_no_more_than_its_budget(self, lena: Actor, day: Day, acme: BrandCard) -> None:
        browser = signed_in(lena.email, acme)
        page(browser, acme, "/overview/")
        check("portal: overview", counted(lambda: page(browser, acme, "/overview/")))


def knock(
    browser: Browser,
    *,
    host: str = "acme.localhost:8001",
    origin: str = ACME,
    socket: type[PortalConsumer] = PortalConsumer,
    asked: str = "",
) -> WebsocketCommunicator:
    jar = browser.jars.get(host.partition(":")[0]) if browser.jars else None
    held = jar.get(settings.SESSION_COOKIE_NAME) if jar else None
    sid = held.value if held else "nobody"
    headers = [("origin", origin), ("host", host), ("cookie", f"{settings.SESSION_COOKIE_NAME}={sid}")]
    raw = [(name.encode(), value.encode()) for name, value in headers]
    return WebsocketCommunicator(socket.as_asgi(), f"/ws/portal/{asked}", headers=raw)


def is_beat(frame: dict[str, Any]) -> bool:
    return frame["stream"] == "today" and set(frame) == {"stream", "now"}


def restless(card: BrandCard) -> type[PortalConsumer]:
    """The socket of a day on which that brand's numbers are others at each look."""
    rising = count()

    def look(topics: frozenset[str], now: datetime) -> dict[str, Body]:
        found = bodies(topics, now)
        moving = {topic: body | {"waiting": next(rising)} for topic, body in found.items()}
        return found | {topic: moving[topic] for topic in moving if topic == topic_of(card.id)}

    class Restless(PortalConsumer):
        watches = Watches("today", look)

    return Restless


@pytest.mark.django_db(transaction=True)
class DescribeTheSocket:
    async def it_pushes_the_brands_numbers_and_nothing_of_another(
        self, lena: Actor, day: Day, acme: BrandCard, globex: BrandCard
    ) -> None:
        browser = await run_db(signed_in, lena.email, acme)
        async with greeted(knock(browser)) as page:
            first = await page.frame(lambda f: "waiting" in f)
            assert (first["topic"], first["waiting"], first["oldest"]) == (f"b{acme.id}", 0, None)
            await run_db(day.writes, globex)
            await run_db(day.writes, acme)
            await run_db(live.announce_floor)
            moved = await page.frame(lambda f: "waiting" in f)
            assert (moved["waiting"], moved["topic"]) == (1, f"b{acme.id}")
            assert set(moved) == {"stream", "topic", "now", *SENT}

    async def it_hears_nothing_when_there_is_something_to_do_for_another(
        self, lena: Actor, day: Day, acme: BrandCard, globex: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(watching, "BEAT_SECONDS", 3600)  # a beat would be a word
        browser = await run_db(signed_in, lena.email, acme)
        async with greeted(knock(browser)) as page:
            await page.frame(lambda f: "waiting" in f)
            for _contact in range(3):
                await run_db(day.writes, globex)
                await run_db(live.announce_floor)
                await asyncio.sleep(0.05)
            await run_db(day.writes, acme)
            await run_db(live.announce_floor)
            following = await page.frame(lambda f: True)
            assert following.get("waiting") == 1, "no word before it"

    async def it_hears_each_beat_however_busy_another_is(
        self, lena: Actor, acme: BrandCard, globex: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(watching, "BEAT_SECONDS", 0.2)
        theirs = await run_db(make_person, "gus@example.test", (Role.MANAGER, globex))
        mine, other = await run_db(signed_in, lena.email, acme), await run_db(signed_in, theirs.email, globex)
        busy = restless(globex)
        there = knock(other, host="globex.localhost:8001", origin="http://globex.localhost:8000", socket=busy)
        async with greeted(there) as busy_page, greeted(knock(mine, socket=busy)) as page:
            await page.frame(lambda f: "waiting" in f)
            moved = await busy_page.frame(lambda f: "waiting" in f)
            await page.frame(lambda f: is_beat(f) and f["now"] > moved["now"])

    async def it_is_closed_to_everybody_else(
        self, lena: Actor, outsider: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        theirs = await run_db(make_person, "gus@example.test", (Role.MANAGER, globex))
        mine, other = await run_db(signed_in, lena.email, acme), await run_db(signed_in, theirs.email, globex)
        refused = {sockets.SIGNED_OUT, sockets.UNWELCOME}
        for socket in (
            knock(Browser()),
            knock(other, origin="http://globex.localhost:8000"),
            knock(mine, origin="http://globex.localhost:8000"),
            knock(mine, host="localhost:8001", origin="http://localhost:8000"),
            knock(mine, origin="https://evil.example"),
        ):
            accepted, code = await socket.connect(timeout=PATIENCE)
            assert (await closing_code(socket) if accepted else code) in refused

    async def it_does_not_take_the_session_of_another_brand(
        self, lena: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        browser = await run_db(signed_in, lena.email, acme)
        browser.jars["globex.localhost"] = browser.jars["acme.localhost"].copy()
        socket = knock(browser, host="globex.localhost:8001", origin="http://globex.localhost:8000")
        await socket.connect(timeout=PATIENCE)
        assert await closing_code(socket) == sockets.SIGNED_OUT

    async def it_goes_with_the_seat(self, lena: Actor, acme: BrandCard) -> None:
        browser = await run_db(signed_in, lena.email, acme)
        async with greeted(knock(browser)) as page:
            await page.frame(lambda f: "waiting" in f)
            await run_db(leave_acme, lena, acme)
            assert await closing_code(page.socket) in {sockets.UNWELCOME, sockets.SIGNED_OUT}


def leave_acme(actor: Actor, acme: BrandCard) -> None:
    revoke_membership(actor.user_id, role=Role.MANAGER, brand_id=acme.id, actor="test", now=clock.now())
