"""Live: a customer's message until it stands in the agent's socket, beside floors taken alternately."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import websockets

from bench.harness import Paired, Row, bootstrap, quantile, row
from config.simulation.agent import AgentBot
from config.simulation.customer import Customer, widget_key

BLOCK = 25
BLOCKS = 24
RATE = 50
RATE_SECONDS = 20


@asynccontextmanager
async def conversation(stack: "object", email: str, slug: str) -> AsyncIterator[tuple[Customer, AgentBot]]:
    """A customer in conversation with an agent who accepted."""
    wire = stack
    customer = Customer(wire, slug, await widget_key(wire, slug))  # type: ignore[arg-type]
    agent = AgentBot(wire, email)  # type: ignore[arg-type]
    await agent.sign_in()
    await agent.go_available()
    await customer.open()
    await customer.say("bench")
    if not await agent.until(lambda: bool(agent.conversations), seconds=20):
        raise RuntimeError("the agent was not offered the conversation")
    try:
        yield customer, agent
    finally:
        await customer.end()
        await asyncio.sleep(0.3)
        await agent.wrap_up_all()
        await customer.leave()
        await agent.leave()


async def one_message(customer: Customer, agent: AgentBot, text: str) -> float:
    """Return the seconds from the customer's send to the frame in the agent's socket."""
    before = time.perf_counter()
    client_id = await customer.say(text)
    await agent.wait_for_client_id(client_id, seconds=10)
    return time.perf_counter() - before


async def round_trips(address: str, times: int) -> list[float]:
    """Return the seconds of each echo on one socket."""
    samples = []
    async with websockets.connect(address, proxy=None) as socket:
        for _ in range(times):
            before = time.perf_counter()
            await socket.send("x" * 200)
            await socket.recv()
            samples.append(time.perf_counter() - before)
    return samples


async def message_against(customer: Customer, agent: AgentBot, address: str) -> Paired:
    """Take blocks of messages and of floor round trips as ABBA."""
    taken = Paired([], [])
    for turn in range(BLOCKS):
        steps = ["subject", "floor"] if turn % 2 == 0 else ["floor", "subject"]
        for step in steps:
            if step == "floor":
                taken.floor.append(await round_trips(address, BLOCK))
            else:
                taken.subject.append([await one_message(customer, agent, "x" * 200) for _ in range(BLOCK)])
    return taken


async def under_load(customer: Customer, agent: AgentBot) -> list[float]:
    """Send on a fixed schedule (open loop) and measure from the intended instant, so that stalls count."""
    start = time.perf_counter() + 0.1
    ids: list[tuple[str, float]] = []
    for n in range(RATE * RATE_SECONDS):
        due = start + n / RATE
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        ids.append((await customer.say("x" * 200), due))
    await agent.wait_for_client_id(ids[-1][0], seconds=20)
    return [agent.seen_at[client_id] - due for client_id, due in ids]


def paired_rows(name: str, taken: Paired, limit: float) -> list[Row]:
    """Return one row: the p50 in milliseconds, the floor's, the median ratio and its interval."""
    ratio, low, high = taken.ratio(0.5)
    subject, floor = taken.quantile(0.5)
    return [
        row(
            "live", name, subject * 1000, "ms", floor=floor * 1000, ratio=ratio, target=f"ratio <= {limit:g}",
            holds=ratio <= limit, detail=f"95 % interval {low:.2f} to {high:.2f}, {BLOCKS} blocks of {BLOCK}",
        )
    ]  # fmt: skip


def load_row(samples: Sequence[float]) -> Row:
    p95 = quantile(samples, 0.95) * 1000
    return row(
        "live", "message_p95_50s", p95, "ms", target="< 50 ms", holds=p95 < 50,
        detail=f"{len(samples)} messages at {RATE}/s, p50 {quantile(samples, 0.5) * 1000:.1f} ms",
    )  # fmt: skip


def aa_row(blocks: Sequence[Sequence[float]]) -> Row:
    """The floor against itself: odd blocks over even ones; void outside [0.9, 1.1]."""
    pairs = zip(blocks[::2], blocks[1::2], strict=False)
    ratio, low, high = bootstrap([quantile(a, 0.5) / quantile(b, 0.5) for a, b in pairs])
    return row(
        "live", "a_a", ratio, "ratio", ratio=ratio, target="interval within 0.9 to 1.1",
        holds=low >= 0.9 and high <= 1.1, detail=f"{low:.2f} to {high:.2f}",
    )  # fmt: skip


def decode(raw: str | bytes) -> dict[str, object]:
    frame: dict[str, object] = json.loads(raw)
    return frame
