"""The floor: one frame for five hundred sockets, our hub beside a plain loop over the same sockets.

What is compared is the CPU time of the process that sends, for each frame and socket, in turns. The sockets
read as pages do and say after four frames that they were taken.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import websockets
from websockets.asyncio.client import ClientConnection

from bench.harness import Block, Paired, Row, interleave, ratio_row
from bench.rig import Rig

SOCKETS = 500
AT_ONCE = 25
FRAMES = 10
BYTES = 6_000  # a floor of a hundred agents
TURNS, WARM_TURNS = 12, 2
CREDIT = 4
LIMIT = 2


async def floor_row(rig: Rig) -> Row:
    """Push frames both ways, in turns."""
    async with listeners(rig), websockets.connect(rig.floor("/fan"), proxy=None) as fan:
        runs = {"hub": pushes(fan, "hub"), "raw": pushes(fan, "raw")}
        await interleave(runs, turns=WARM_TURNS)
        taken = await interleave(runs, turns=TURNS)
    return ratio_row(
        "routing", "floor_vs_raw_loop", Paired(taken["hub"], taken["raw"]), limit=LIMIT,
        detail=f"CPU time of the sender for each frame and socket; {SOCKETS} sockets, {FRAMES} frames of "
        f"{BYTES} bytes a block",
    )  # fmt: skip


def pushes(fan: ClientConnection, way: str) -> Block:
    """Return a block of one sample: the CPU seconds a frame takes for each socket."""

    async def block() -> Sequence[float]:
        await fan.send(f"{way} {FRAMES} {BYTES}")
        return [float(await fan.recv()) / FRAMES / SOCKETS]

    return block


@asynccontextmanager
async def listeners(rig: Rig) -> AsyncIterator[None]:
    """Keep SOCKETS open that read and say so."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one() -> ClientConnection:
        async with room:
            return await websockets.connect(rig.floor("/floor"), proxy=None, compression=None)

    sockets = await asyncio.gather(*(one() for _ in range(SOCKETS)))
    readers = [asyncio.create_task(read(socket)) for socket in sockets]
    try:
        yield
    finally:
        await asyncio.gather(*(socket.close() for socket in sockets))
        await asyncio.gather(*readers, return_exceptions=True)


async def read(socket: ClientConnection) -> None:
    """Take what comes, as a page does."""
    count = 0
    async for _frame in socket:
        count += 1
        if count % CREDIT == 0:
            await socket.send(str(CREDIT))
