"""Live: a customer's message until it stands in the agent's socket, beside floors taken alternately."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import websockets
from websockets.asyncio.client import ClientConnection

from bench import idle, machine
from bench.cost import Cost, counted
from bench.harness import Block, Paired, Row, a_a_row, flat, interleave, quantile, ratio_row, row
from bench.rig import Rig
from config.simulation.agent import AgentBot
from config.simulation.customer import Customer, widget_key
from config.worlds.cast import AGENTS
from interactions.models import Message
from tenants.cards import card_by_slug
from tenants.scope import system, tenant_scope

GROUP = "live"
BODY = "x" * 200
TURNS = 100
MESSAGES, ECHOES = 20, 60
WARM_TURNS, WARM = 3, 30
RATE = 50
LOAD_SECONDS = 42
WARM_SECONDS = 2
COUNTED = 400
QUIET_SECONDS = 20  # the slowest of the stack's own rounds is ten
PARTS_LIMIT, ECHO_LIMIT, LOAD_LIMIT_MS, SQL_LIMIT = 3, 12, 50, 8
SERVERS = ("live", "postgres", "valkey")


@dataclass(frozen=True)
class Talk:
    """A customer and the agent who took the conversation."""

    customer: Customer
    agent: AgentBot


def rows(rig: Rig) -> list[Row]:
    """Take all figures of the group."""
    return asyncio.run(_rows(rig))


async def _rows(rig: Rig) -> list[Row]:
    found: list[Row] = []
    async with conversations(rig, agents=1, each=1) as (talk,):
        found += await message_rows(rig, talk)
    async with conversations(rig, agents=1, each=1) as (talk,):
        found.append(await statements_row(rig, talk))
    async with conversations(rig, agents=5, each=2) as talks:
        found.append(await load_row(rig, talks))
    return [*found, await idle.idle_row(rig)]


# ---- one message after another, beside the floors ----


async def message_rows(rig: Rig, talk: Talk) -> list[Row]:
    """Take messages, hand-made ones and echoes in turns."""
    cost = Cost(rig, SERVERS)
    async with (
        floor_socket(rig, "/parts") as parts,
        floor_socket(rig, "/echo") as echo,
        floor_socket(rig, "/raw") as raw,
    ):
        runs = {
            "message": cost.of(messages(talk, MESSAGES)),
            "parts": round_trips(parts, MESSAGES),
            "echo": round_trips(echo, ECHOES),
            "raw": round_trips(raw, ECHOES),
        }
        await interleave(runs, turns=WARM_TURNS)
        cost.clear()
        taken = await interleave(answering(talk, runs), turns=TURNS)
    bare = quantile(flat(taken["raw"]), 0.5) * 1000
    return [
        ratio_row(
            GROUP, f"message_vs_{floor}_p50", Paired(taken["message"], taken[floor]), limit=limit,
            detail=f"{words}CPU-ms a message: {cost.each(TURNS * MESSAGES)}",
        )
        for floor, limit, words in (
            ("parts", PARTS_LIMIT, ""),
            ("echo", ECHO_LIMIT, f"floor: a Channels consumer's echo, without Channels {bare:.3f} ms; "),
        )
    ] + [a_a_row(GROUP, taken["parts"])]  # fmt: skip


def answering(talk: Talk, runs: Mapping[str, Block]) -> dict[str, Block]:
    """Have the agent answer once before each block of messages, as in a talk."""

    async def answered() -> Sequence[float]:
        for open_talk in list(talk.agent.conversations.values()):
            await talk.agent.reply(open_talk, BODY)
        return await runs["message"]()

    return {**runs, "message": answered}


def messages(talk: Talk, times: int) -> Block:
    async def block() -> list[float]:
        return [await one_message(talk) for _ in range(times)]

    return block


async def one_message(talk: Talk) -> float:
    """Return the seconds from the customer's send to the frame in the agent's socket."""
    before = time.perf_counter()
    client_id = await talk.customer.say(BODY)
    return await talk.agent.wait_for_client_id(client_id, seconds=10) - before


def round_trips(socket: ClientConnection, times: int) -> Block:
    async def block() -> list[float]:
        samples = []
        for _ in range(times):
            before = time.perf_counter()
            await socket.send(BODY)
            await socket.recv()
            samples.append(time.perf_counter() - before)
        return samples

    return block


@asynccontextmanager
async def floor_socket(rig: Rig, path: str) -> AsyncIterator[ClientConnection]:
    async with websockets.connect(rig.floor(path), proxy=None) as socket:
        yield socket


# ---- what a message says to PostgreSQL ----


async def statements_row(rig: Rig, talk: Talk) -> Row:
    """Count over COUNTED messages, less the stack's own of as much time, from whole rounds of its tasks."""
    await messages(talk, WARM)()
    busy, seconds = await counted(rig, messages(talk, COUNTED))
    still, quiet = await counted(rig, lambda: asyncio.sleep(QUIET_SECONDS, []))
    kinds = ("data", "scope", "control")
    each = {name: (getattr(busy, name) - getattr(still, name) * seconds / quiet) / COUNTED for name in kinds}
    return row(
        GROUP, "sql_per_message", each["data"], "statements", target=f"<= {SQL_LIMIT}",
        holds=each["data"] <= SQL_LIMIT,
        detail=f"and {each['scope']:.1f} scope switches, {each['control']:.1f} of transaction control; "
        f"{COUNTED} messages in {seconds:.1f} s, the idle stack's own {still.data / quiet:.0f} statements a "
        "second subtracted",
    )  # fmt: skip


# ---- fifty a second ----


async def load_row(rig: Rig, talks: Sequence[Talk]) -> Row:
    """Send on a fixed schedule (open loop), measured from the intended instant, so that stalls count."""
    await scheduled(talks, seconds=WARM_SECONDS)
    before = machine.cpu_seconds(rig.servers("live"))
    sent = await scheduled(talks, seconds=LOAD_SECONDS)
    cpu = machine.cpu_seconds(rig.servers("live")) - before
    await arrived(talks, sent)
    samples = [talk.agent.seen_at[client_id] - due for talk, client_id, due in sent]
    stray = await asyncio.to_thread(astray, talks)
    p95 = quantile(samples, 0.95) * 1000
    return row(
        GROUP, "message_p95_50s", p95, "ms", target=f"< {LOAD_LIMIT_MS} ms",
        holds=p95 < LOAD_LIMIT_MS and not stray,
        detail=f"{len(samples)} messages at {RATE}/s in {len(talks)} conversations of two clients, p50 "
        f"{quantile(samples, 0.5) * 1000:.1f}, p99 {quantile(samples, 0.99) * 1000:.1f} ms, live "
        f"{1000 * cpu / len(samples):.2f} CPU-ms each; {stray or 'each stored once, at its own desk'}",
    )  # fmt: skip


async def scheduled(talks: Sequence[Talk], *, seconds: float) -> list[tuple[Talk, str, float]]:
    """Send RATE a second, each conversation in its turn; returns when each was meant to be sent."""
    start = time.perf_counter() + 0.1
    sent = []
    for n in range(int(RATE * seconds)):
        due, talk = start + n / RATE, talks[n % len(talks)]
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        sent.append((talk, await talk.customer.say(BODY), due))
    return sent


async def arrived(talks: Sequence[Talk], sent: Sequence[tuple[Talk, str, float]]) -> None:
    for talk, client_id, _due in sent[-len(talks) :]:
        await talk.agent.wait_for_client_id(client_id, seconds=30)


def astray(talks: Sequence[Talk]) -> str:
    """Say what is wrong with what was stored and shown; nothing is."""
    grant = system("bench")
    stored: Counter[str] = Counter()
    for slug in {talk.customer.slug for talk in talks}:
        card = card_by_slug(slug)
        if card is None:
            continue
        with tenant_scope(card, grant):
            refs = [ref for talk in talks for ref in talk.agent.conversations]
            ids = Message.objects.filter(interaction__ref__in=refs).exclude(client_id=None)
            stored.update(str(one) for one in ids.values_list("client_id", flat=True))
    wrong = [one for talk in talks for one in talk.customer.sent if stored[one] != 1]
    elsewhere = [
        one for talk in talks for other in talks if other.agent is not talk.agent
        for one in talk.customer.sent if one in other.agent.seen_at
    ]  # fmt: skip
    return f"{len(wrong)} not stored once, {len(elsewhere)} at a wrong desk" if wrong or elsewhere else ""


# ---- people ----


@asynccontextmanager
async def conversations(rig: Rig, *, agents: int, each: int) -> AsyncIterator[list[Talk]]:
    """So many agents with so many conversations each, of both clients in turn; all of it ended afterwards."""
    desks = [rig.desk(plan.email) for plan in AGENTS[:agents]]
    talks: list[Talk] = []
    served = {plan.email: list(plan.brands) for plan in AGENTS}
    try:
        for desk in desks:
            await desk.sign_in()
            await desk.go_available()
            for n in range(each):
                slugs = served[desk.email]
                talks.append(await begin(rig, desk, slugs[n % len(slugs)]))
            await desk.browser.post("/availability/", {"to": "offline"})
        yield talks
    finally:
        for talk in talks:
            await talk.customer.end()
        await asyncio.sleep(0.5)
        for talk in talks:
            await talk.customer.leave()
        for desk in desks:
            await desk.wrap_up_all()
            await desk.leave()


async def begin(rig: Rig, desk: AgentBot, slug: str) -> Talk:
    """Bring a new customer of the client to this agent, the only one who is free."""
    had = set(desk.conversations)
    customer = Customer(rig.wire, slug, await widget_key(rig.wire, slug))
    await customer.open()
    await customer.say("bench")
    if not await desk.until(lambda: bool(set(desk.conversations) - had), seconds=20):
        raise RuntimeError(f"{desk.email} was not offered the conversation")
    return Talk(customer, desk)
