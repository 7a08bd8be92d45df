"""Whether this process hears Valkey. A socket that hears nothing says so, and its page asks instead.

One connection of its own subscribes to nothing but this; when it breaks, the layer's connections have broken
too (they come back by themselves within about a second) and what was published meanwhile is lost. So: at the
break every socket says "down", after the return "up", and sends its small state whole.
"""

import asyncio
import logging
from typing import Protocol
from weakref import WeakKeyDictionary, WeakSet

import redis.asyncio
from django.conf import settings

log = logging.getLogger(__name__)

CHANNEL = "g:desk:link"
RETRY_SECONDS = 0.5
SETTLE_SECONDS = 1.5  # the layer waits a second before it connects again
HEALTH_SECONDS = 10


class Listener(Protocol):
    def link_changed(self, *, up: bool) -> None: ...


_listeners: "WeakKeyDictionary[asyncio.AbstractEventLoop, WeakSet[Listener]]" = WeakKeyDictionary()
_tasks: "WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[None]]" = WeakKeyDictionary()


def watch(listener: Listener) -> None:
    """Tell the listener from now on when the link goes and comes, as long as somebody else keeps it."""
    loop = asyncio.get_running_loop()
    _listeners.setdefault(loop, WeakSet()).add(listener)
    if loop not in _tasks or _tasks[loop].done():
        _tasks[loop] = loop.create_task(_keep_watching(_listeners[loop]), name="desk link")


async def _keep_watching(listeners: "WeakSet[Listener]") -> None:
    was_up = True
    while True:
        try:
            async with _client() as client, client.pubsub() as subscription:
                await subscription.subscribe(CHANNEL)
                if not was_up:
                    await asyncio.sleep(SETTLE_SECONDS)
                    was_up = _tell(listeners, up=True)
                await _hold(subscription)
        except (redis.RedisError, OSError) as error:
            if was_up:
                log.warning("no Valkey: %s; desks ask instead", type(error).__name__)
                was_up = _tell(listeners, up=False)
            await asyncio.sleep(RETRY_SECONDS)


def _client() -> "redis.asyncio.Redis":
    return redis.asyncio.from_url(settings.REDIS_URL, socket_connect_timeout=2)


async def _hold(subscription: "redis.asyncio.client.PubSub") -> None:
    """Return never; raises when the connection breaks, or does not answer a ping."""
    while True:
        if await subscription.get_message(timeout=HEALTH_SECONDS) is None:
            await subscription.ping()
            if await subscription.get_message(timeout=HEALTH_SECONDS) is None:
                raise redis.TimeoutError


def _tell(listeners: "WeakSet[Listener]", *, up: bool) -> bool:
    for listener in list(listeners):
        listener.link_changed(up=up)
    return up
