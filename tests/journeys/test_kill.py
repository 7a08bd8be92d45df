"""Any process dies at any time: what either side sent is stored once, and shown once on both sides."""

import asyncio
import json
import os
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from config.simulation.agent import CLIENT_ID, AgentBot
from config.simulation.crowd import Crowd, Tally
from config.simulation.customer import Customer
from config.worlds.cast import AGENTS, PASSWORD
from tests.journeys.tables import told
from tests.stack import RunningStack

pytestmark = pytest.mark.kill
KILLS = 20
VICTIMS = ("web", "live", "worker", "router")
RESTARTS = (signal.SIGKILL, signal.SIGINT)  # dead at once; the fast shutdown, as an operator restarts it
Rows = dict[str, list[dict[str, Any]]]


def it_loses_and_doubles_nothing_over_twenty_kills(stack: RunningStack) -> None:
    nothing_is_lost(stack, *asyncio.run(storm(stack, kill_at_random)))


def it_recovers_by_itself_when_postgresql_is_restarted_under_load(stack: RunningStack) -> None:
    before = stack.pid("postgres")
    tally, pages = asyncio.run(storm(stack, restart_postgresql))
    assert stack.pid("postgres") != before
    nothing_is_lost(stack, tally, pages)
    assert told(stack, "leaders") == 1
    assert kept(stack) == []


def nothing_is_lost(stack: RunningStack, tally: Tally, pages: dict[str, str]) -> None:
    rows = told(stack, "talks")
    customers_words(tally, rows)
    agents_words(tally, rows)
    for person in tally.people:
        bubbles(person, rows[person.slug])
    assert sum(person.ended and bool(person.replies()) for person in tally.people) > 5
    assert len(pages) > 5
    for ref, html in pages.items():
        on_the_page(html, [row for brand in rows.values() for row in brand if row["ref"] == ref])
    assert asked_again(partial(told, stack, "misplaced")) == []
    assert asked_again(partial(told, stack, "miscounted")) == []


def customers_words(tally: Tally, rows: Rows) -> None:
    """What customers sent is stored, once, in their own brand; and stood on a desk when somebody answered."""
    sent = {one for person in tally.people for one in person.sent}
    assert len(sent) > 30, "too little was said to prove anything"
    stored = counted(rows, "in")
    assert sent <= set(stored), "a customer's message was lost"
    assert max(stored[one] for one in sent) == 1, "a customer's message was stored twice"
    for person in tally.people:
        assert set(person.sent) <= ids(rows[person.slug]), "a message went to another brand"
    seen = {one for bot in tally.bots for one in bot.seen_at}
    talked = [person for person in tally.people if person.replies()]
    assert len(talked) > 5
    missed = {one for person in talked for one in person.sent} - seen
    assert not missed, f"{len(missed)} messages never stood on an agent's desk"


def agents_words(tally: Tally, rows: Rows) -> None:
    """A reply that its agent was told is sent is stored; what is stored, an agent sent; each once."""
    sent = {one for bot in tally.bots for one in bot.sent}
    acked = {one for bot in tally.bots for one in bot.acked}
    assert len(acked) > 10, "too little was answered to prove anything"
    stored = counted(rows, "out")
    assert acked <= set(stored), "an agent's reply was lost"
    asked = {one for person in tally.people for one in person.sent}
    theirs = {row["ref"] for brand in rows.values() for row in brand if row["client_id"] in asked}
    said = {row["client_id"] for row in every(rows, "out") if row["ref"] in theirs}
    assert said <= sent, "a reply that nobody sent was stored"
    assert max(stored[one] for one in sent & set(stored)) == 1, "an agent's reply was stored twice"


def bubbles(person: Customer, rows: list[dict[str, Any]]) -> None:
    """The customer's page shows what they sent once, and each reply once: all of them if it saw the end."""
    shown = Counter(message.get("client_id") for message in person.shown.values())
    assert all(shown[one] == 1 for one in person.sent), "a customer does not see what they sent, once"
    refs = {row["ref"] for row in rows if row["client_id"] in person.sent}
    assert len(refs) <= 1, "one conversation became two"
    stored = {row["seq"] for row in rows if row["ref"] in refs and row["direction"] == "out"}
    read = {message["seq"] for message in person.replies()}
    assert read <= stored, "a customer reads what is not stored"
    assert read == stored or not person.ended, "a customer did not get a reply"


def on_the_page(html: str, rows: list[dict[str, Any]]) -> None:
    """The desk's page of the conversation shows each message of it once, and none besides."""
    shown = Counter(CLIENT_ID.findall(html))
    assert shown == Counter(row["client_id"] for row in rows if row["direction"] != "system")
    assert max(shown.values()) == 1


def kept(stack: RunningStack) -> list[str]:
    """Return the promises of routing that are broken."""
    return asked_again(lambda: [found["name"] for found in checked(stack) if found["broken"]])


def checked(stack: RunningStack) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        stack.manage("routing_check", "--json", "--hours", "0.1", codes=(0, 1))
    )
    return found


def asked_again(faults: Callable[[], list[str]]) -> list[str]:
    """Return the faults that stay: rows are read one after another while time goes on."""
    found: list[str] = []
    for _ in range(5):
        found = faults()
        if not found:
            break
    return found


def every(rows: Rows, way: str) -> list[dict[str, Any]]:
    return [row for brand in rows.values() for row in brand if row["direction"] == way]


def counted(rows: Rows, way: str) -> Counter[str]:
    return Counter(row["client_id"] for row in every(rows, way))


def ids(rows: list[dict[str, Any]]) -> set[str]:
    return {row["client_id"] for row in rows}


Harm = Callable[[RunningStack], Awaitable[None]]


async def storm(stack: RunningStack, harm: Harm) -> tuple[Tally, dict[str, str]]:
    """Let customers talk to four agents while harm is done, which begins with the first of them.

    Returns who took part, and of each conversation that an agent had its page at the desk, opened once after.
    """
    began = asyncio.Event()
    crowd = Crowd(stack.wire, ["northwind", "lumen"], rate=24, seed=5, say=lambda line: began.set(), pace=0.4)
    people = [{"email": plan.email, "password": PASSWORD} for plan in AGENTS if len(plan.brands) == 2]
    people += [{"email": AGENTS[6].email, "password": PASSWORD}]
    done = asyncio.create_task(after(began, harm(stack)))
    tally = await crowd.run(minutes=1.3, agents=people)
    await done
    return tally, await desk_pages(stack, tally)


async def desk_pages(stack: RunningStack, tally: Tally) -> dict[str, str]:
    rows: Rows = await asyncio.to_thread(told, stack, "talks")
    sent = {one for person in tally.people for one in person.sent}
    bots: dict[str | None, AgentBot] = {bot.email: bot for bot in tally.bots}
    had = {
        (row["ref"], slug, row["agent"]) for slug, brand in rows.items() for row in brand
        if row["client_id"] in sent and row["agent"] in bots
    }  # fmt: skip
    answers = {ref: await bots[agent].browser.get(f"/desk/{slug}/{ref}/") for ref, slug, agent in had}
    assert {answer.status for answer in answers.values()} == {200}
    return {ref: answer.text for ref, answer in answers.items()}


async def after(began: asyncio.Event, harm: Awaitable[None]) -> None:
    await began.wait()
    await harm


async def kill_at_random(stack: RunningStack) -> None:
    rng = random.Random(11)
    for _ in range(KILLS):
        await asyncio.to_thread(stack.kill, rng.choice(VICTIMS))
        await asyncio.sleep(rng.uniform(2, 4.5))


async def restart_postgresql(stack: RunningStack) -> None:
    for number in RESTARTS:
        await asyncio.sleep(20)
        os.kill(stack.pid("postgres"), number)
