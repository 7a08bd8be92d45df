"""The live process as a node: its name, and the one task that keeps its lease (actions.presence.beat).

Started by the first consumer of the process. A process that dies stops beating, and whoever it carried is
missed when the lease runs out; a page's own timers play no part. While it lives nobody else misses who left,
so a leaving that could not be written is owed (`settle`), and tried again at each beat.
"""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Callable
from weakref import WeakKeyDictionary

from core import clock
from core.errors import RoomError
from core.executor import run_db
from workforce.actions.presence import BEAT_SECONDS, beat

log = logging.getLogger(__name__)

Owed = dict[str, Callable[[], object]]

_name = f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(3)}"
_firsts: "WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Future[None]]" = WeakKeyDictionary()
_tasks: "WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[None]]" = WeakKeyDictionary()
_owed: "WeakKeyDictionary[asyncio.AbstractEventLoop, Owed]" = WeakKeyDictionary()
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


async def settle(key: str, job: Callable[[], object]) -> None:
    """Do the job in a database thread; when that fails, or its caller is cancelled, do it at a later beat.

    For what has to be written although whoever says so is going. `job` may run more than once, and only the
    last one of a `key` is owed. What it refuses with a RoomError is answered, and tried no more.
    """
    owed = _owed.setdefault(asyncio.get_running_loop(), {})
    owed[key] = job
    await _pay(owed, key)
    if owed:
        ensure_beating()


async def _pay(owed: Owed, key: str) -> None:
    job = owed[key]
    try:
        await run_db(job)
    except RoomError:
        log.info("%s: nothing to settle any more", key)
    except Exception:
        log.exception("%s was not written, and is owed", key)
        return
    if owed.get(key) is job:
        del owed[key]


async def _keep_beating(first: "asyncio.Future[None]") -> None:
    owed = _owed.setdefault(asyncio.get_running_loop(), {})
    while True:
        try:
            alive = await run_db(_beat)
            _note(alive=alive, first=first)
            for key in [*owed]:
                if key in owed:
                    await _pay(owed, key)
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
