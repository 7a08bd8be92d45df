"""A socket is cut, fifty messages arrive meanwhile: afterwards the page equals a fresh one."""

import asyncio
import re
import threading
from typing import Any

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute

from config.simulation.customer import Customer, widget_key
from config.simulation.wire import Stack
from tests.connectors.webchat.rig import until
from tests.journeys.conftest import Desk, Window, desk_of
from tests.stack import RunningStack

pytestmark = pytest.mark.browser
MESSAGES = 50


class Wire:
    """The cable between the page and the live server; `cut` pulls it, and holds until `mend`."""

    def __init__(self, page: Page) -> None:
        self.is_cut = False
        self.sockets: list[WebSocketRoute] = []
        page.route_web_socket(re.compile("/ws/desk/"), self._connect)
        page.route("**/desk/state/**", self._poll)

    def _connect(self, socket: WebSocketRoute) -> None:
        if self.is_cut:
            socket.close(code=1012)
            return
        socket.connect_to_server()
        self.sockets.append(socket)

    def _poll(self, route: Route) -> None:
        if self.is_cut:
            route.abort()
        else:
            route.continue_()

    def cut(self) -> None:
        self.is_cut = True
        for socket in self.sockets:
            socket.close(code=1012)
        self.sockets.clear()

    def mend(self) -> None:
        self.is_cut = False


class Talker:
    """A customer who writes from a thread of its own, as the browser's driver is synchronous."""

    def __init__(self, stack: Stack, slug: str) -> None:
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.customer = self.run(self._open(stack, slug))

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=90)

    async def _open(self, stack: Stack, slug: str) -> Customer:
        customer = Customer(stack, slug, await widget_key(stack, slug))
        await customer.open()
        return customer

    def say(self, *texts: str) -> None:
        self.run(self._say(texts))

    async def _say(self, texts: tuple[str, ...]) -> None:
        for text in texts:
            await self.customer.say(text)
        assert await self.customer.until(self.customer.all_acked, seconds=60)

    def leave(self) -> None:
        self.run(self.customer.end())
        self.run(self.customer.leave())
        self.loop.call_soon_threadsafe(self.loop.stop)


def bubbles(page: Page) -> list[list[str]]:
    """Return number and text of everything in the stream, in the order of the page."""
    found: list[list[str]] = page.eval_on_selector_all(
        "#conversation [data-seq][id^=m]", "nodes => nodes.map(n => [n.dataset.seq, n.innerText])"
    )
    return found


def it_equals_a_fresh_page_after_a_cut(stack: RunningStack, window: Window) -> None:
    desk = desk_of(window, stack, "petra@harbour.example")
    wire = Wire(desk.page)
    desk.page.reload()
    desk.go_available()
    talker = Talker(stack.wire, "northwind")
    try:
        talker.say("Before the cut")
        path = desk.accept("Northwind Outdoors")
        desk.page.locator('.m:has-text("Before the cut")').wait_for()
        wire.cut()
        talker.say(*(f"While you were away {number}" for number in range(MESSAGES)))
        assert desk.page.locator(f'.m:has-text("While you were away {MESSAGES - 1}")').count() == 0
        wire.mend()
        desk.page.locator(f'.m:has-text("While you were away {MESSAGES - 1}")').wait_for(timeout=60_000)
        fresh = Desk(desk.page.context.new_page())
        fresh.page.goto(f"{stack.base}{path}")
        fresh.page.locator(f'.m:has-text("While you were away {MESSAGES - 1}")').wait_for()
        new = bubbles(fresh.page)
        until(desk.page, lambda: bubbles(desk.page)[-len(new) :] == new)
        kept = bubbles(desk.page)
        assert len({seq for seq, _text in kept}) == len(kept), "a message stands twice"
        assert [int(seq) for seq, _text in kept] == sorted(int(seq) for seq, _text in kept)
    finally:
        talker.leave()
        desk.page.goto(f"{stack.base}{path}")
        desk.wrap_up("delivery", "solved")
