"""The socket of a page of the floor: it listens, and says how much it has taken.

`/ws/floor/?part=agents` or `queues`. It is nobody's presence: who only looks on is not at their desk.
"""

import contextlib
from typing import Any
from urllib.parse import parse_qs

from accounts.actor import Actor
from accounts.permissions import Permission
from core.context import FLOOR_PATH
from core.executor import run_db
from core.hub import Reader
from desk import jobs
from desk.floor.frames import STREAM
from desk.floor.ticker import Floor, floor_here
from desk.floor.topics import AGENTS, PARTS, topics_of
from desk.sockets import NOISY, RECHECK_SECONDS, UNWELCOME, StaffSocket, read_frame

OPS = ("hello", "taken", "ping")
"""What a page may ask over the socket."""


class FloorConsumer(StaffSocket):
    """`topics`: what its reader may have, as of the last look."""

    path = FLOOR_PATH
    lacks = "no floor"

    def prepare(self) -> None:
        asked = parse_qs(self.scope.get("query_string", b"").decode("latin-1")).get("part", [""])[0]
        self.part = asked if asked in PARTS else AGENTS
        self.reader = Reader(self._give)
        self.topics: frozenset[str] = frozenset()
        self.floor: Floor = floor_here()

    def welcomes(self, actor: Actor) -> bool:
        return actor.can(Permission.FLOOR)

    async def _received(self, text: str) -> None:
        frame = read_frame(text)
        if frame is None or self.actor is None:
            await self._close(NOISY)
            return
        match frame.get("op"):
            case "hello":
                await self._hello(self.actor)
            case "taken":
                await self._taken(frame.get("n"))
            case "ping":
                await self._send([await run_db(jobs.pong)])
            case _:
                await self._close(NOISY)

    async def _hello(self, actor: Actor) -> None:
        self.greeted = True
        self.again_in(RECHECK_SECONDS)
        await self._send([await run_db(jobs.hello)])
        await self._have(await run_db(topics_of, actor, self.part))

    async def _taken(self, count: Any) -> None:
        if isinstance(count, int):
            await self.floor.hub.taken(self.reader, count)

    async def _have(self, topics: frozenset[str]) -> None:
        """Join what is new, leave what is lost, and say so: the page drops what it knew of it."""
        lost, self.topics = self.topics - topics, topics
        self.floor.leave(self.reader, lost)
        if not topics and lost:
            await self._close(UNWELCOME)
            return
        told = [{"stream": STREAM, "topic": topic, "event": "lost"} for topic in sorted(lost)]
        await self._send([*told, {"stream": STREAM, "topics": sorted(topics)}])
        await self.floor.join(self.reader, topics)

    async def _left(self, actor: Actor) -> None:
        self.floor.leave(self.reader)

    async def _live(self, payload: dict[str, Any]) -> None:
        if payload.get("kind") == "access":
            await self._recheck()

    async def _changed(self, before: Actor, actor: Actor) -> None:
        if self.greeted:
            topics = await run_db(topics_of, actor, self.part)
            if topics != self.topics:
                await self._have(topics)

    async def _give(self, text: str) -> None:
        with contextlib.suppress(OSError, RuntimeError):  # it is going: its own loop finds out
            await self.base_send({"type": "websocket.send", "text": text})
