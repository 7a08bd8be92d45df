"""One customer of a brand's web chat: the widget's protocol, exactly-once by client ids, resume by seq."""

import asyncio
import contextlib
import json
import random
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection

from config.simulation.wire import LOST, Browser, Stack

KEY = re.compile(r'data-key="([^"]+)"')
LATER = {"failed", "rate_limited"}
"""Refusals after which the page sends again by itself."""
AGAIN_SECONDS = 5


async def widget_key(stack: Stack, slug: str) -> str:
    """Read the inbox's public key where a browser does: from the shop page that embeds the loader."""
    page = await Browser(stack, slug).get("/shop/")
    found = KEY.search(page.text)
    if not found:
        raise RuntimeError(f"no web chat on the shop page of {slug} ({page.status})")
    return found.group(1)


@dataclass
class Customer:
    """Keeps what it sent until acknowledged, and every bubble it was shown, by seq."""

    stack: Stack
    slug: str
    key: str
    language: str = "en"
    token: str = ""
    sent: dict[str, str] = field(default_factory=dict)
    acked: dict[str, int] = field(default_factory=dict)
    shown: dict[int, dict[str, Any]] = field(default_factory=dict)
    ended: bool = False
    errors: list[dict[str, Any]] = field(default_factory=list)
    _socket: ClientConnection | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _reader: "asyncio.Task[None] | None" = None
    _waiting: set["asyncio.Task[None]"] = field(default_factory=set)

    async def open(self) -> None:
        """Get a session token and keep a socket open until `leave`."""
        while not self.token:
            with contextlib.suppress(*LOST):
                answer = await Browser(self.stack, self.slug).post_json("/w/session/", {"key": self.key})
                if answer.status == 200:
                    self.token = answer.json()["token"]
            if not self.token:
                await asyncio.sleep(0.5)
        self._reader = asyncio.create_task(self._stay_connected())

    async def say(self, body: str, *, client_id: str | None = None) -> str:
        """Queue a message; it is sent now and again after each reconnect until it is acknowledged."""
        client_id = client_id or str(uuid4())
        self.sent[client_id] = body
        await self._send({"op": "msg", "client_id": client_id, "body": body})
        return client_id

    async def end(self) -> None:
        await self._send({"op": "end"})

    async def leave(self) -> None:
        for task in self._waiting:
            task.cancel()
        if self._reader:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        if self._socket:
            with contextlib.suppress(*LOST):
                await self._socket.close()

    async def until(self, seen: "Any", *, seconds: float) -> bool:
        """Wait until `seen()` is true; false when the time is up."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not seen():
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), min(left, 1))
        return True

    def replies(self) -> list[dict[str, Any]]:
        """Return the agent's bubbles in order."""
        return [self.shown[seq] for seq in sorted(self.shown) if self.shown[seq].get("author") == "agent"]

    def all_acked(self) -> bool:
        return set(self.sent) <= set(self.acked)

    async def _stay_connected(self) -> None:
        wait = 0.2
        while True:
            with contextlib.suppress(*LOST):
                await self._connect()
                wait = 0.2
                await self._read()
            self._socket = None
            await asyncio.sleep(wait * random.uniform(0.5, 1))  # noqa: S311
            wait = min(wait * 2, 3)

    async def _connect(self) -> None:
        socket = await self.stack.socket("/ws/chat/", slug=self.slug)
        after = max(self.shown, default=0)
        hello = {
            "op": "hello",
            "key": self.key,
            "token": self.token,
            "after": after,
            "language": self.language,
        }
        await socket.send(json.dumps(hello | {"page": f"{self.stack.origin(self.slug)}/shop/"}))
        self._socket = socket
        for client_id, body in list(self.sent.items()):  # more may be said meanwhile
            if client_id not in self.acked:
                await socket.send(json.dumps({"op": "msg", "client_id": client_id, "body": body}))

    async def _read(self) -> None:
        socket = self._socket
        if socket is None:
            return
        async for raw in socket:
            self._take(json.loads(raw))
            self._news.set()

    def _take(self, frame: dict[str, Any]) -> None:
        kind = frame.get("op") or frame.get("kind") or frame.get("type")
        if kind == "msg":
            self._show(frame)
        elif kind == "hello_ok":
            for message in frame.get("messages", []):
                self._show(message)
            self.ended = frame.get("state") in {"ended", "closed", "abandoned"}
        elif kind == "ack":
            self.acked[frame["client_id"]] = frame["seq"]
        elif kind == "ended":
            self.ended = True
        elif kind == "error":
            self.errors.append(frame)
            if frame.get("code") in LATER and frame.get("client_id") in self.sent:
                self._later(frame["client_id"], frame.get("retry_after") or AGAIN_SECONDS)

    def _show(self, message: dict[str, Any]) -> None:
        self.shown[message["seq"]] = message
        if message.get("client_id") in self.sent:
            self.acked[message["client_id"]] = message["seq"]

    def _later(self, client_id: str, seconds: float) -> None:
        """Send it once more after a while, as the page does with what did not arrive."""

        async def again() -> None:
            await asyncio.sleep(seconds)
            if client_id not in self.acked:
                await self._send({"op": "msg", "client_id": client_id, "body": self.sent[client_id]})

        task = asyncio.create_task(again())
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def _send(self, frame: dict[str, Any]) -> None:
        if self._socket:
            with contextlib.suppress(*LOST):
                await self._socket.send(json.dumps(frame))
