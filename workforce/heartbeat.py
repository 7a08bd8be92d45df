"""The live process as a node: its name, and the one task that keeps its lease (actions.presence.beat).

Started by the first consumer of the process. A process that dies stops beating, and whoever it carried is
missed when the lease runs out; a page's own timers play no part.
"""

import asyncio
import logging
import os
import secrets
import socket
from weakref import WeakKeyDictionary

from core import clock
from core.executor import run_db
from workforce.actions.presence import BEAT_SECONDS, beat

log = logging.getLogger(__name__)

_name = f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(3)}"
_firsts: "WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Future[None]]" = WeakKeyDictionary()
_tasks: "WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[None]]" = WeakKeyDictionary()
_revivals = 0


def node_name() -> str:
    """Return the name of this process among the nodes; another after each start."""
    return _name


def revivals() -> int:
    """How often the lease was lost and taken again; a socket that sees it grow connects its agent anew."""
    return _revivals


def ensure_beating() -> "asyncio.Future[None]":
    """Start the beat of this process unless it runs; the future is done once the lease has been taken."""
    loop = asyncio.get_running_loop()
    if loop not in _tasks or _tasks[loop].done():
        _firsts[loop] = loop.create_future()
        _tasks[loop] = loop.create_task(_keep_beating(_firsts[loop]), name="heartbeat")
    return asyncio.shield(_firsts[loop])  # a waiter who is cancelled takes nobody along


async def _keep_beating(first: "asyncio.Future[None]") -> None:
    while True:
        try:
            alive = await run_db(_beat)
            _note(alive=alive, first=first)
        except Exception:
            log.exception("heartbeat of %s failed", _name)
        await asyncio.sleep(BEAT_SECONDS)


def _beat() -> bool:
    return beat(_name, now=clock.now())


def _note(*, alive: bool, first: "asyncio.Future[None]") -> None:
    global _revivals
    if first.done() and not alive:
        _revivals += 1
        log.warning("the lease of %s had run out", _name)
    if not first.done():
        first.set_result(None)
