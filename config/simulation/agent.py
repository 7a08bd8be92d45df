"""One agent at the desk: signs in, goes Available, accepts, answers and wraps up, as a browser would.

It speaks the desk's own protocol (docs/realtime.md): the socket listens and resumes by number, commands are
POSTs. What the work list shows and the bot does not have yet, it opens: so an answer lost on the way to a
killed server costs nothing.
"""

import asyncio
import contextlib
import json
import random
import re
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection

from config.simulation.wire import LOST, Answer, Browser, Stack

CLIENT_ID = re.compile(r'data-client-id="([0-9a-f-]{36})"')
OFFER = re.compile(r'data-offer="([0-9a-f-]{36})"')
ASKED = re.compile(r'<div class="m" id="m(\d+)"')
LAST = re.compile(r'data-last="(\d+)"')
ROW = re.compile(r'<li id="row-([0-9a-f-]{36})" data-in="(\w+)".*?href="/desk/([a-z0-9-]+)/', re.S)
PATH = re.compile(r"/desk/([a-z0-9-]+)/([0-9a-f-]{36})/")
OPTIONS = re.compile(r'<select[^>]*name="(reason|outcome)"[^>]*>(.*?)</select>', re.S)
VALUE = re.compile(r'<option[^>]*value="([^"]+)"')
ATTEMPTS = 20
WORKING = {"needs", "waiting", "wrap_up"}


class SignInFailed(RuntimeError):
    """The stack refused the demo sign-in."""


@dataclass
class Talk:
    """A conversation of the bot's: `seq` is the last number it has, `asked` the customer's last."""

    slug: str
    ref: str
    seq: int = 0
    asked: int = 0
    answered: int = 0
    state: str = "active"

    @property
    def path(self) -> str:
        return f"/desk/{self.slug}/{self.ref}/"

    @property
    def ended(self) -> bool:
        return self.state == "wrap_up"


@dataclass
class AgentBot:
    """`conversations` are the open ones by ref; `ringing` the offers on the screen now.

    `seen_at` and `offered_at` say when a client id, or an offer, first stood there (time.perf_counter).
    """

    stack: Stack
    email: str
    password: str
    browser: Browser = field(init=False)
    conversations: dict[str, Talk] = field(default_factory=dict)
    seen_at: dict[str, float] = field(default_factory=dict)
    offered_at: dict[str, float] = field(default_factory=dict)
    ringing: set[str] = field(default_factory=set)
    sent: dict[str, str] = field(default_factory=dict)
    acked: set[str] = field(default_factory=set)
    accepts: bool = True
    _finished: set[str] = field(default_factory=set)
    _busy: set[str] = field(default_factory=set)
    _socket: ClientConnection | None = None
    _greeted: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.browser = Browser(self.stack)

    # ---- what an agent does ----

    async def sign_in(self) -> None:
        """Sign in with the password and open the desk. Raises SignInFailed."""
        await self.browser.get("/accounts/login/")
        answer = await self.browser.post("/accounts/login/", {"login": self.email, "password": self.password})
        if answer.status != 302:
            raise SignInFailed(f"{self.email}: {answer.status}")
        await self.browser.get("/desk/")
        self._do(self._stay_connected())

    async def go_available(self) -> Answer:
        await self.until(lambda: self._greeted, seconds=20)
        return await self.browser.post("/availability/", {"to": "available"})

    async def reply(self, talk: Talk, body: str, *, client_id: str | None = None) -> Answer:
        """Send a reply; the same client id twice is one message. 201 when it stands, 409 when it may not."""
        asked, once = talk.asked, client_id or str(uuid4())
        form = {"ref": talk.ref, "brand": talk.slug, "body": body, "last_seq": talk.seq, "client_id": once}
        self.sent[once] = body
        answer = await self.browser.post(f"{talk.path}replies/", form, Accept="application/json")
        if answer.status == 201:
            self.acked.add(once)
            talk.answered = max(talk.answered, asked)
            talk.seq = max(talk.seq, answer.json()["seq"])
        elif answer.status == 409:
            self._show(talk, str(answer.json().get("html", "")))
        return answer

    async def wrap_up(self, ref: str) -> None:
        """End it and set the first reason and outcome on offer; what others closed is let go."""
        talk = self.conversations.get(ref)
        if talk is None:
            return
        if not talk.ended:
            await self.browser.post(f"{talk.path}wrap-up/")
        page = await self.browser.get(talk.path)
        answer = await self.browser.post(f"{talk.path}disposition/", dispositions(page.text))
        if answer.status < 500:
            self._finished.add(ref)
            self.conversations.pop(ref, None)

    async def wrap_up_all(self) -> None:
        for ref in list(self.conversations):
            await self.wrap_up(ref)

    async def leave(self) -> None:
        """Close the tab."""
        for task in list(self._tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if self._socket:
            with contextlib.suppress(*LOST):
                await self._socket.close()

    async def until(self, seen: Callable[[], bool], *, seconds: float) -> bool:
        """Wait until `seen()` is true; false when the time is up."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not seen():
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), min(left, 0.5))
        return True

    async def wait_for_client_id(self, client_id: str, *, seconds: float) -> float:
        """Return when the message stood on the screen. Raises TimeoutError."""
        if not await self.until(lambda: client_id in self.seen_at, seconds=seconds):
            raise TimeoutError(f"message {client_id} did not reach the desk")
        return self.seen_at[client_id]

    # ---- the socket ----

    async def _stay_connected(self) -> None:
        while True:
            with contextlib.suppress(*LOST):
                cookie = {"Cookie": self.browser.cookie_header()}
                self._socket = await self.stack.socket("/ws/desk/", slug=None, headers=cookie)
                seqs = {f"c.{ref}": talk.seq for ref, talk in self.conversations.items()}
                await self._ask({"op": "hello", "resume": seqs})
                async for raw in self._socket:
                    self._take(str(raw))
            self._socket, self._greeted = None, False
            await asyncio.sleep(random.uniform(0.2, 0.6))  # noqa: S311

    async def _ask(self, message: dict[str, Any]) -> None:
        if self._socket:
            await self._socket.send(json.dumps(message))

    def _take(self, raw: str) -> None:
        instant = time.perf_counter()
        frame = json.loads(raw)
        stream, html = str(frame.get("stream", "")), frame.get("html") or ""
        self._date(html, instant)
        if stream == "hello":
            self._greeted = True
        elif stream == "offers" and "html" in frame:
            self._offers(html, instant)
        elif stream == "offers":
            self.ringing -= frame["data"]["gone"].keys()
        elif stream in {"list", "row"}:
            self._rows(html)
        elif stream == "top" and self.accepts and frame.get("data", {}).get("state") == "not_responding":
            self._once("available", self._come_back())
        elif talk := self.conversations.get(stream.removeprefix("c.")):
            self._news_of(talk, frame, html)
        self._news.set()

    def _news_of(self, talk: Talk, frame: dict[str, Any], html: str) -> None:
        match frame.get("event"):
            case "state":
                talk.state = frame["data"]["state"]
            case "lost":
                self.conversations.pop(talk.ref, None)
            case "reload":
                self._once(talk.ref, self._open(talk.path))
            case _:
                self._show(talk, html)

    def _offers(self, html: str, instant: float) -> None:
        self.ringing = set(OFFER.findall(html))
        for ref in self.ringing:
            self.offered_at.setdefault(ref, instant)
            if self.accepts:
                self._once(ref, self._accept(ref))

    def _rows(self, html: str) -> None:
        """Open what is mine to work on and not open yet; forget what the list calls closed."""
        for ref, group, slug in ROW.findall(html):
            if group not in WORKING:
                self.conversations.pop(ref, None)
            elif ref in self.conversations:
                if group == "wrap_up":
                    self.conversations[ref].state = "wrap_up"
            elif ref not in self._finished:
                self._once(ref, self._open(f"/desk/{slug}/{ref}/"))

    # ---- pages ----

    async def _accept(self, ref: str) -> None:
        """Press Accept, again while the server does not answer."""
        for _attempt in range(ATTEMPTS):
            with contextlib.suppress(*LOST):
                self._opened(await self.browser.post(f"/offers/{ref}/acceptance/", HX_Request="true"))
                return
            await asyncio.sleep(0.5)

    async def _come_back(self) -> None:
        await self.browser.post("/availability/", {"to": "available"})

    async def _open(self, path: str) -> None:
        self._opened(await self.browser.get(path, HX_Request="true"))

    def _opened(self, answer: Answer) -> None:
        """Take over the conversation that the answer shows, and keep its stream."""
        found = PATH.match(answer.headers.get("X-Path", ""))
        if not found:
            return
        slug, ref = found.groups()
        self._finished.discard(ref)
        talk = self.conversations.setdefault(ref, Talk(slug, ref))
        if 'class="wrapup"' in answer.text:
            talk.state = "wrap_up"
        self._show(talk, answer.text)
        self._date(answer.text, time.perf_counter())
        talk.seq = max([talk.seq, *map(int, LAST.findall(answer.text))])
        self._do(self._ask({"op": "watch", "stream": f"c.{ref}", "seq": talk.seq}))
        self._news.set()

    def _show(self, talk: Talk, html: str) -> None:
        """Note the numbers of the bubbles."""
        numbers = [int(number) for number in re.findall(r'data-seq="(\d+)"', html)]
        talk.seq = max([talk.seq, *numbers])
        talk.asked = max([talk.asked, *map(int, ASKED.findall(html))])

    def _date(self, html: str, instant: float) -> None:
        for client_id in CLIENT_ID.findall(html):
            self.seen_at.setdefault(client_id, instant)

    # ---- what goes on meanwhile ----

    def _once(self, ref: str, work: Coroutine[Any, Any, None]) -> None:
        """Do it in the background, unless the same is being done."""
        if ref in self._busy:
            work.close()
            return
        self._busy.add(ref)
        self._do(work).add_done_callback(lambda _task: self._busy.discard(ref))

    def _do(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(_tried(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _task: work.close())  # one that was cancelled before it began
        return task


async def _tried(work: Coroutine[Any, Any, None]) -> None:
    """A server that is being killed answers nothing; the next frame of the socket brings it up again."""
    with contextlib.suppress(*LOST):
        await work


def dispositions(page: str) -> dict[str, str]:
    """Return the first reason and outcome that the wrap-up form offers."""
    found = {name: VALUE.findall(inside) for name, inside in OPTIONS.findall(page)}
    return {name: values[0] for name, values in found.items() if values}
