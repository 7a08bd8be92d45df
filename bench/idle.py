"""Idle sockets: what one weighs in the live server, and whether it is still there after a minute."""

import asyncio
import gc
import json
from collections.abc import Sequence
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.protocol import State

from bench import machine
from bench.harness import Row, row
from bench.rig import Rig
from config.simulation.customer import widget_key
from config.simulation.wire import Browser
from config.worlds.cast import AGENTS

COUNT = 400
WARM = 40
AT_ONCE = 8
HOLD_SECONDS = 62
SETTLE_SECONDS = 2.0
LIMIT_KB = 50
SLUG = "northwind"

Hello = tuple[dict[str, Any], dict[str, str]]  # the first frame, and the request's headers


async def idle_row(rig: Rig) -> Row:
    """Open COUNT visitors' and COUNT desk sockets, weigh them, keep them for a minute."""
    visitors, visitor_kb = await weighed(rig, await visitor_hello(rig), slug=SLUG)
    desks, desk_kb = await weighed(rig, await desk_hellos(rig), slug=None)
    before = machine.cpu_seconds(rig.servers("live"))
    await asyncio.sleep(HOLD_SECONDS)
    busy = (machine.cpu_seconds(rig.servers("live")) - before) / HOLD_SECONDS
    sockets = [*visitors, *desks]
    lost = sum(socket.state is not State.OPEN for socket in sockets)
    await asyncio.gather(*(socket.close() for socket in sockets))
    heavier = max(visitor_kb, desk_kb)
    return row(
        "live", "idle_socket_kb", heavier, "KB", target=f"<= {LIMIT_KB} KB, open after 60 s",
        holds=heavier <= LIMIT_KB and not lost,
        detail=f"{COUNT} visitors {visitor_kb:.1f} KB each, {COUNT} desk tabs {desk_kb:.1f} KB each; after "
        f"{HOLD_SECONDS} s idle {lost} of {len(sockets)} closed, live server at {busy * 100:.1f} % of a CPU",
    )  # fmt: skip


async def weighed(
    rig: Rig, hellos: Sequence[Hello], *, slug: str | None
) -> tuple[list[ClientConnection], float]:
    """Open WARM sockets, then COUNT, and return them with the growth of the live server by each of COUNT."""
    path = "/ws/chat/" if slug else "/ws/desk/"
    sockets = await opened(rig, hellos, WARM, path=path, slug=slug)
    before = await settled(rig)
    sockets += await opened(rig, hellos, COUNT, path=path, slug=slug)
    return sockets, (await settled(rig) - before) / COUNT


async def settled(rig: Rig) -> float:
    gc.collect()
    await asyncio.sleep(SETTLE_SECONDS)
    return machine.pss_kilobytes(rig.servers("live"))


async def opened(
    rig: Rig, hellos: Sequence[Hello], count: int, *, path: str, slug: str | None
) -> list[ClientConnection]:
    """Open so many sockets, AT_ONCE at a time, each greeted and answered."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(hello: Hello) -> ClientConnection:
        async with room:
            socket = await greeted(rig, hello, path=path, slug=slug)
            asyncio.create_task(drain(socket))  # noqa: RUF006 - it ends with its socket
            return socket

    return list(await asyncio.gather(*(one(hellos[n % len(hellos)]) for n in range(count))))


async def greeted(rig: Rig, hello: Hello, *, path: str, slug: str | None) -> ClientConnection:
    """Open a socket, say hello and hear the answer."""
    socket = await rig.wire.socket(path, slug=slug, headers=hello[1])
    await socket.send(json.dumps(hello[0]))
    await socket.recv()
    return socket


async def drain(socket: ClientConnection) -> None:
    """Read what comes, as a page does: a client that does not read answers no ping."""
    async for _frame in socket:
        pass


async def visitor_hello(rig: Rig) -> list[Hello]:
    """Return the greeting of a visitor who has looked at the panel and written nothing yet."""
    key = await widget_key(rig.wire, SLUG)
    answer = await Browser(rig.wire, SLUG).post_json("/w/session/", {"key": key})
    page = f"{rig.wire.origin(SLUG)}/shop/"
    hello = {"op": "hello", "key": key, "token": answer.json()["token"], "language": "en", "page": page}
    return [(hello, {})]


async def desk_hellos(rig: Rig) -> list[Hello]:
    """Return the greetings of all demo agents' tabs."""
    return [await desk_hello(rig, plan.email) for plan in AGENTS]


async def desk_hello(rig: Rig, email: str) -> Hello:
    """Return the greeting of an agent's tab, signed in."""
    bot = rig.desk(email)
    await bot.sign_in()
    await bot.leave()
    return {"op": "hello", "resume": {}}, {"Cookie": bot.browser.cookie_header()}
