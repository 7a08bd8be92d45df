"""One agent at the desk: signs in, goes Available, accepts, answers and wraps up, as a browser would."""

import asyncio
import contextlib
import json
import random
import re
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection

from config.simulation.customer import LOST
from config.simulation.wire import Answer, Browser, Stack

CLIENT_ID = re.compile(r'data-client-id="([0-9a-f-]{36})"')
OPTIONS = re.compile(r'<select[^>]*name="(reason|outcome)"[^>]*>(.*?)</select>', re.S)
VALUE = re.compile(r'<option[^>]*value="([^"]+)"')
RADIO = re.compile(r'<input[^>]*name="(reason|outcome)"[^>]*value="([^"]+)"')


class SignInFailed(RuntimeError):
    """The stack refused the demo sign-in."""


@dataclass
class AgentBot:
    """`conversations` maps a ref to its brand's slug and the last seq seen; `seen_at` dates client ids."""

    stack: Stack
    email: str
    password: str
    browser: Browser = field(init=False)
    conversations: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen_at: dict[str, float] = field(default_factory=dict)
    offers: set[str] = field(default_factory=set)
    accepts: bool = True
    _socket: ClientConnection | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.browser = Browser(self.stack)

    async def sign_in(self) -> None:
        await self.browser.get("/accounts/login/")
        answer = await self.browser.post("/accounts/login/", {"login": self.email, "password": self.password})
        if answer.status != 302:
            raise SignInFailed(f"{self.email}: {answer.status}")
        await self.browser.get("/desk/")
        self._tasks.append(asyncio.create_task(self._stay_connected()))

    async def go_available(self) -> Answer:
        await self.until(lambda: self._socket is not None, seconds=10)
        return await self.browser.post("/availability/", {"to": "available"})

    async def reply(self, ref: str, body: str, *, client_id: str | None = None) -> Answer:
        """Send a reply; the same client id twice is one message."""
        talk = self.conversations[ref]
        form = {"ref": ref, "brand": talk["slug"], "body": body, "last_seq": talk["seq"]}
        path = f"/desk/{talk['slug']}/{ref}/replies/"
        return await self.browser.post(path, form | {"client_id": client_id or str(uuid4())})

    async def wrap_up(self, ref: str) -> None:
        """End the conversation and set the first reason and outcome on offer."""
        talk = self.conversations.pop(ref, None)
        if talk is None:
            return
        path = f"/desk/{talk['slug']}/{ref}/"
        await self.browser.post(f"{path}wrap-up/", {"ref": ref, "brand": talk["slug"]})
        page = await self.browser.get(path)
        await self.browser.post(f"{path}disposition/", dispositions(page.text))

    async def wrap_up_all(self) -> None:
        for ref in list(self.conversations):
            await self.wrap_up(ref)

    async def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if self._socket:
            with contextlib.suppress(*LOST):
                await self._socket.close()

    async def until(self, seen: "Any", *, seconds: float) -> bool:
        deadline = asyncio.get_running_loop().time() + seconds
        while not seen():
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), min(left, 0.5))
        return True

    async def wait_for_client_id(self, client_id: str, *, seconds: float) -> None:
        if not await self.until(lambda: client_id in self.seen_at, seconds=seconds):
            raise TimeoutError(f"message {client_id} did not reach the desk")

    async def _stay_connected(self) -> None:
        while True:
            with contextlib.suppress(*LOST):
                cookie = {"Cookie": self.browser.cookie_header()}
                self._socket = await self.stack.socket("/ws/desk/", slug=None, headers=cookie)
                seqs = {f"c.{ref}": talk["seq"] for ref, talk in self.conversations.items()}
                await self._socket.send(json.dumps({"op": "hello", "resume": seqs}))
                self._news.set()
                async for raw in self._socket:
                    await self._take(str(raw))
            self._socket = None
            await asyncio.sleep(random.uniform(0.2, 0.6))  # noqa: S311

    async def _take(self, raw: str) -> None:
        frame = json.loads(raw)
        instant = time.perf_counter()
        for client_id in CLIENT_ID.findall(frame.get("html") or ""):
            self.seen_at.setdefault(client_id, instant)
        for ref in re.findall(r"/offers/([0-9a-f-]{36})/acceptance/", frame.get("html") or ""):
            await self._offered(ref)
        stream = str(frame.get("stream", ""))
        if stream.startswith("c.") and stream[2:] in self.conversations:
            talk = self.conversations[stream[2:]]
            talk["seq"] = max(talk["seq"], frame.get("seq") or 0)
        self._news.set()

    async def _offered(self, ref: str) -> None:
        if self.accepts and ref not in self.offers:
            self.offers.add(ref)
            answer = await self.browser.post(f"/offers/{ref}/acceptance/")
            self._opened(answer)

    def _opened(self, answer: Answer) -> None:
        place = answer.headers.get("Location") or answer.headers.get("HX-Redirect") or ""
        if found := re.search(r"/desk/([a-z0-9-]+)/([0-9a-f-]{36})/", place):
            self.conversations[found.group(2)] = {"slug": found.group(1), "seq": 0}
            self._news.set()


def dispositions(page: str) -> dict[str, str]:
    """Return the first reason and outcome that the wrap-up form offers, selects and radios alike."""
    chosen = {
        name: VALUE.findall(inside)[0] for name, inside in OPTIONS.findall(page) if VALUE.findall(inside)
    }
    for name, value in RADIO.findall(page):
        chosen.setdefault(name, value)
    return chosen
