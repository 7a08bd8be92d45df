"""Any process dies at any time: what customers sent is stored once, and shown once on both sides."""

import asyncio
import json
import random
from collections import Counter

import pytest

from config.simulation.crowd import Crowd, Tally
from config.worlds.cast import AGENTS, PASSWORD
from tests.stack import RunningStack

pytestmark = pytest.mark.kill
KILLS = 20
VICTIMS = ("web", "live", "worker", "router")
READ_BACK = """
import json
from tenants.cards import all_cards
from tenants.scope import system, tenant_scope
from interactions.models import Message
grant = system("kill test")
rows = {}
for card in all_cards():
    with tenant_scope(card, grant):
        ids = Message.objects.exclude(client_id=None).values_list("direction", "client_id")
        rows[card.slug] = [[way, str(one)] for way, one in ids]
print("ROWS" + json.dumps(rows))
"""


def it_loses_and_doubles_nothing_over_twenty_kills(stack: RunningStack) -> None:
    tally = asyncio.run(storm(stack))
    rows = json.loads(stack.manage("shell", "-v", "0", "-c", READ_BACK).partition("ROWS")[2])
    sent = {one for person in tally.people for one in person.sent}
    assert len(sent) > 30, "too little was said to prove anything"
    stored = Counter(one for brand in rows.values() for way, one in brand if way == "in" and one in sent)
    assert set(stored) == sent, "a customer's message was lost"
    assert max(stored.values()) == 1, "a customer's message was stored twice"
    for person in tally.people:
        own_brand = {one for _way, one in rows[person.slug]}
        assert set(person.sent) <= own_brand, "a message went to another brand"
        shown = Counter(message.get("client_id") for message in person.shown.values())
        assert all(shown[one] == 1 for one in person.sent), "a customer does not see what they sent, once"
    seen = {one for bot in tally.bots for one in bot.seen_at}
    talked = [person for person in tally.people if person.replies()]
    assert len(talked) > 5
    missed = {one for person in talked for one in person.sent} - seen
    assert not missed, f"{len(missed)} messages never stood on an agent's desk"


async def storm(stack: RunningStack) -> Tally:
    """Let customers talk to four agents while processes are killed at random."""
    began = asyncio.Event()
    crowd = Crowd(stack.wire, ["northwind", "lumen"], rate=24, seed=5, say=lambda line: began.set(), pace=0.4)
    people = [{"email": plan.email, "password": PASSWORD} for plan in AGENTS if len(plan.brands) == 2]
    people += [{"email": AGENTS[6].email, "password": PASSWORD}]
    killing = asyncio.create_task(kill_at_random(stack, began))
    tally = await crowd.run(minutes=1.3, agents=people)
    await killing
    return tally


async def kill_at_random(stack: RunningStack, began: asyncio.Event) -> None:
    rng = random.Random(11)
    await began.wait()
    for _ in range(KILLS):
        await asyncio.to_thread(stack.kill, rng.choice(VICTIMS))
        await asyncio.sleep(rng.uniform(2, 4.5))
