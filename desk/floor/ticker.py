"""What moves the floor of this process: one look for all its pages, at most once a second.

Runs while somebody reads. Whatever changes on the floor wakes the router, and the router says so once a
second (`routing.live.announce_floor`): a word without content. It is looked at then, and each BEAT_SECONDS
without a word, so that neither a lost word nor a router that is away leaves a page behind for longer.
"""

import asyncio
import logging
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

import redis
from channels.layers import get_channel_layer

from core import clock
from core.executor import run_db
from core.hub import Hub, Reader
from desk.floor import frames
from routing.live import FLOOR

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
LEAST_SECONDS = 1.0
BEAT = "beat"
"""The topic of everybody: nothing changed, and the link is alive."""


class Floor:
    """The hub of one event loop and the task that feeds it."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.said: dict[str, frames.Body] = {}
        self.poked = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    async def join(self, reader: Reader, topics: frozenset[str]) -> None:
        """Let the page have the topics from now on, and first of all what they say now."""
        self.hub.join(reader, {*topics, BEAT})
        await self.hub.show(reader)
        if not topics <= self.hub.newest.keys():
            self.poked.set()
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self._run(), name="floor")

    def leave(self, reader: Reader, topics: frozenset[str] | None = None) -> None:
        self.hub.leave(reader, topics)

    async def _run(self) -> None:
        layer: Any = get_channel_layer()
        channel = await layer.new_channel()
        with suppress(redis.RedisError, OSError):  # without Valkey there are beats
            await layer.group_add(FLOOR, channel)
        word = asyncio.ensure_future(layer.receive(channel))
        try:
            while self.hub.readers:
                await self._look()
                await asyncio.sleep(LEAST_SECONDS)
                word = await self._wait(word, layer, channel)
        finally:
            self.task = None  # at once: who joins from here on starts another
            word.cancel()
            with suppress(redis.RedisError, OSError):
                await layer.group_discard(FLOOR, channel)

    async def _wait(self, word: "asyncio.Future[Any]", layer: Any, channel: str) -> "asyncio.Future[Any]":
        """Wait for a word from the router or a new page, no longer than a beat; words meanwhile are one."""
        poked = asyncio.ensure_future(self.poked.wait())
        await asyncio.wait({word, poked}, timeout=BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        poked.cancel()
        while word.done():
            word = asyncio.ensure_future(layer.receive(channel))
            await asyncio.sleep(0)
        return word

    async def _look(self) -> None:
        """Look, and push what is not as it was said last; a failure is tried again at the next beat."""
        self.poked.clear()
        topics = self.hub.readers.keys() - {BEAT}
        try:
            now, found = await run_db(_bodies, frozenset(topics))
        except Exception:
            log.exception("the floor could not be looked at")
            return
        changed = {topic for topic, body in found.items() if self._is_new(topic, body)}
        self.said = found
        for topic in sorted(changed):
            await self.hub.push(topic, frames.text(found[topic], now=now))
        if not changed:
            await self.hub.push(BEAT, frames.beat(now))

    def _is_new(self, topic: str, body: frames.Body) -> bool:
        return topic not in self.hub.newest or self.said.get(topic) != body


_floors: "WeakKeyDictionary[asyncio.AbstractEventLoop, Floor]" = WeakKeyDictionary()


def floor_here() -> Floor:
    """Return the floor of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _floors:
        _floors[loop] = Floor()
    return _floors[loop]


def _bodies(topics: frozenset[str]) -> tuple[Any, dict[str, frames.Body]]:
    now = clock.now()
    return now, frames.bodies(topics, now=now)
