"""What moves pages that many watch: one look for all of this process, at most once a second.

Runs while somebody reads. Whatever changes on the floor wakes the router, and the router says so once a
second (`routing.live.announce_floor`): a word without content. It is looked at then, and each BEAT_SECONDS
without a word, so that neither a lost word nor a router that is away leaves a page behind for longer.

A topic is a set of rights: whoever may have one frame of it may have all. Frames are numbers, codes and
instants in milliseconds: `{"stream", "now", "topic", ...}`; before them `{"stream", "topics"}` names what
there will be, `{"stream", "topic", "event": "lost"}` what there is no more. One of none of these is a beat:
what was said stands. They come each BEAT_SECONDS whatever changed, else a reader could tell by them when
there is something to do for others.
"""

import asyncio
import logging
from abc import abstractmethod
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

import redis
from channels.layers import get_channel_layer

from accounts.actor import Actor
from accounts.sockets import NOISY, RECHECK_SECONDS, UNWELCOME, PersonSocket, read_frame
from core import clock
from core.compact import compact
from core.executor import run_db
from core.hub import Hub, Reader
from routing.live import FLOOR

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
LEAST_SECONDS = 1.0
BEAT = "beat"
"""The topic of everybody: up to now nothing else is known, and the link is alive."""
OPS = ("hello", "taken", "ping")
"""What a page may ask over the socket."""

Body = dict[str, Any]
Look = Callable[[frozenset[str], datetime], dict[str, Body]]


class Watch:
    """The hub of one event loop and the task that feeds it.

    `look` says what each of the topics says now, without the instant; `stream` is what its frames are called.
    """

    def __init__(self, stream: str, look: Look) -> None:
        self.stream, self.look = stream, look
        self.hub = Hub()
        self.said: dict[str, Body] = {}
        self.poked = asyncio.Event()
        self.beats_at = 0.0
        self.task: asyncio.Task[None] | None = None

    async def join(self, reader: Reader, topics: frozenset[str]) -> None:
        """Let the page have the topics from now on, and first of all what they say now."""
        self.hub.join(reader, {*topics, BEAT})
        await self.hub.show(reader)
        if not topics <= self.hub.newest.keys():
            self.poked.set()
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self._run(), name=self.stream)

    def leave(self, reader: Reader, topics: frozenset[str] | None = None) -> None:
        self.hub.leave(reader, topics)

    async def _run(self) -> None:
        layer: Any = get_channel_layer()
        channel = await layer.new_channel()
        with suppress(redis.RedisError, OSError):  # without Valkey there are beats
            await layer.group_add(FLOOR, channel)
        word = asyncio.ensure_future(layer.receive(channel))
        self._beat_later()
        try:
            while self.hub.readers:
                await self._look()
                await asyncio.sleep(min(LEAST_SECONDS, self._until_beat()))
                word = await self._wait(word, layer, channel)
        finally:
            self.task = None  # at once: who joins from here on starts another
            word.cancel()
            with suppress(redis.RedisError, OSError):
                await layer.group_discard(FLOOR, channel)

    async def _wait(self, word: "asyncio.Future[Any]", layer: Any, channel: str) -> "asyncio.Future[Any]":
        """Wait for a word from the router or a new page, or for the beat; words meanwhile are one."""
        poked = asyncio.ensure_future(self.poked.wait())
        await asyncio.wait({word, poked}, timeout=self._until_beat(), return_when=asyncio.FIRST_COMPLETED)
        poked.cancel()
        while word.done():
            word = asyncio.ensure_future(layer.receive(channel))
            await asyncio.sleep(0)
        return word

    async def _look(self) -> None:
        """Look, and push what is not as it was said last, and the beat when it is time for one.

        A failure is tried again at the next beat, and is no beat.
        """
        self.poked.clear()
        is_beat = not self._until_beat()
        if is_beat:
            self._beat_later()
        topics = self.hub.readers.keys() - {BEAT}
        try:
            now, found = await run_db(_bodies, self.look, frozenset(topics))
        except Exception:
            log.exception("%s: could not be looked at", self.stream)
            return
        changed = {topic for topic, body in found.items() if self._is_new(topic, body)}
        self.said = found
        for topic in sorted(changed):
            await self.hub.push(topic, compact(frame(self.stream, now=now, topic=topic, **found[topic])))
        if is_beat:
            await self.hub.push(BEAT, compact(frame(self.stream, now=now)))

    def _beat_later(self) -> None:
        self.beats_at = asyncio.get_running_loop().time() + BEAT_SECONDS

    def _until_beat(self) -> float:
        """Return the seconds to the next beat, 0 when it is due."""
        return max(0.0, self.beats_at - asyncio.get_running_loop().time())

    def _is_new(self, topic: str, body: Body) -> bool:
        return topic not in self.hub.newest or self.said.get(topic) != body


class Watches:
    """The watch of each event loop, made when it is asked for."""

    def __init__(self, stream: str, look: Look) -> None:
        self.stream, self.look = stream, look
        self.kept: WeakKeyDictionary[asyncio.AbstractEventLoop, Watch] = WeakKeyDictionary()

    def here(self) -> Watch:
        """Return the watch of the running event loop."""
        loop = asyncio.get_running_loop()
        if loop not in self.kept:
            self.kept[loop] = Watch(self.stream, self.look)
        return self.kept[loop]


class WatchingSocket(PersonSocket):
    """The socket of a page that listens, and says how much it has taken. It is nobody's presence.

    `topics`: what its reader may have, as of the last look.
    """

    watches: Watches

    def prepare(self) -> None:
        self.reader = Reader(self._give)
        self.topics: frozenset[str] = frozenset()
        self.watch = self.watches.here()

    @abstractmethod
    def topics_for(self, actor: Actor) -> frozenset[str]:
        """Return the topics of the page that the actor may have; none for a stranger. Reads the database."""

    async def _received(self, text: str) -> None:
        said = read_frame(text)
        if said is None or self.actor is None:
            await self._close(NOISY)
            return
        match said.get("op"):
            case "hello":
                await self._hello(self.actor)
            case "taken":
                await self._taken(said.get("n"))
            case "ping":
                await self._send([await run_db(_word, "pong")])
            case _:
                await self._close(NOISY)

    async def _hello(self, actor: Actor) -> None:
        self.greeted = True
        self.again_in(RECHECK_SECONDS)
        await self._send([await run_db(_word, "hello")])
        await self._have(await run_db(self.topics_for, actor))

    async def _taken(self, count: Any) -> None:
        if isinstance(count, int):
            await self.watch.hub.taken(self.reader, count)

    async def _have(self, topics: frozenset[str]) -> None:
        """Join what is new, leave what is lost, and say so: the page drops what it knew of it."""
        lost, self.topics = self.topics - topics, topics
        self.watch.leave(self.reader, lost)
        if not topics and lost:
            await self._close(UNWELCOME)
            return
        stream = self.watch.stream
        told = [{"stream": stream, "topic": topic, "event": "lost"} for topic in sorted(lost)]
        await self._send([*told, {"stream": stream, "topics": sorted(topics)}])
        await self.watch.join(self.reader, topics)

    async def _left(self, actor: Actor) -> None:
        self.watch.leave(self.reader)

    async def _live(self, payload: dict[str, Any]) -> None:
        if payload.get("kind") == "access":
            await self._recheck()

    async def _changed(self, before: Actor, actor: Actor) -> None:
        if self.greeted:
            topics = await run_db(self.topics_for, actor)
            if topics != self.topics:
                await self._have(topics)

    async def _give(self, text: str) -> None:
        with suppress(OSError, RuntimeError):  # it is going: its own loop finds out
            await self.base_send({"type": "websocket.send", "text": text})


def frame(stream: str, *, now: datetime, **fields: Any) -> dict[str, Any]:
    return {"stream": stream, "now": round(now.timestamp() * 1000), **fields}


def _word(stream: str) -> dict[str, Any]:
    return frame(stream, now=clock.now())


def _bodies(look: Look, topics: frozenset[str]) -> tuple[datetime, dict[str, Body]]:
    now = clock.now()
    return now, look(topics, now)
