"""Take-over: from the kill of the leading router until the stand-by's first offer is on the agent's socket.

Two routers run, the supervisor's and one of ours; each turn kills the one that leads and enqueues a
conversation at once, so that the stand-by has to be elected, read everything and offer. The killed one comes
back and stands by for the next turn.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import psycopg

from bench.harness import Row, row
from bench.line import Line, is_offered
from bench.rig import Rig
from config.simulation.agent import AgentBot
from tests.stack import PROJECT

TURNS = 6
LIMIT = 3
SECONDS = 30
LISTENING = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'router'"


async def takeover_row(rig: Rig, line: Line, agent: AgentBot) -> Row:
    """Kill the leader TURNS times; the agent takes nothing, so each offer is withdrawn again."""
    with stand_by(rig) as routers:
        samples = [await turn(routers, line, agent) for _ in range(TURNS)]
    return row(
        "routing", "takeover_s", max(samples), "s", target=f"<= {LIMIT} s", holds=max(samples) <= LIMIT,
        detail=f"the longest of {TURNS}, median {sorted(samples)[TURNS // 2]:.2f} s: SIGKILL of the leader "
        "until a conversation enqueued then is offered on the agent's socket by the stand-by",
    )  # fmt: skip


async def turn(routers: "Routers", line: Line, agent: AgentBot) -> float:
    await asyncio.to_thread(routers.wait_for_both)
    before, killed = set(agent.offered_at), time.perf_counter()
    routers.kill_leader()
    ref, _began = await line.put()
    if not await agent.until(partial(is_offered, agent, before), seconds=SECONDS):
        raise RuntimeError("no router took over")
    (offer,) = agent.offered_at.keys() - before
    await line.take(ref)
    return agent.offered_at[offer] - killed


@dataclass
class Routers:
    """The stack's own and ours; whoever was not killed last leads."""

    rig: Rig
    ours: "subprocess.Popen[bytes]"
    we_lead: bool = False

    def wait_for_both(self) -> None:
        """Wait until one leads and the other stands by, and neither has just begun."""
        end = time.monotonic() + SECONDS
        with psycopg.connect(self.rig.boss_url, autocommit=True) as boss:
            while (boss.execute(LISTENING).fetchone() or (0,))[0] < 2:
                if time.monotonic() > end:
                    raise RuntimeError("no second router")
                time.sleep(0.1)
        time.sleep(1)

    def kill_leader(self) -> None:
        if self.we_lead:
            self.ours.kill()
            self.ours.wait()
            self.ours = start(self.rig)
        else:
            self.rig.stack.kill("router")
        self.we_lead = not self.we_lead


@contextmanager
def stand_by(rig: Rig) -> Iterator[Routers]:
    """Run a second router beside the stack's; at the end the stack's leads."""
    routers = Routers(rig, start(rig))
    try:
        yield routers
    finally:
        routers.ours.kill()
        routers.ours.wait()


def start(rig: Rig) -> "subprocess.Popen[bytes]":
    """Start a router as the supervisor does."""
    address = os.environ.get("ROUTER_DATABASE_URL") or rig.settings.get("ROUTER_DATABASE_URL", "")
    return subprocess.Popen(
        [sys.executable, "manage.py", "router"],
        cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**rig.stack.environment(), "ROUTER_DATABASE_URL": address},
    )  # fmt: skip
