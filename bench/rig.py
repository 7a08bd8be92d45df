"""What the groups measure with: a running stack, the floors' server beside it, Django connected to it."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

from bench import machine
from config.launch import environment
from config.launch.postgres import SUPERUSER
from config.simulation.agent import AgentBot
from config.simulation.wire import Stack
from tests.stack import PROJECT, RunningStack

SCRATCH = "bench_floor"
START_SECONDS = 30


@dataclass(frozen=True)
class Rig:
    """A stack that runs, and where its floors are served."""

    stack: RunningStack
    floor_port: int

    @property
    def wire(self) -> Stack:
        return self.stack.wire

    @property
    def settings(self) -> dict[str, str]:
        """What `up` wrote for its children."""
        return environment.read(self.stack.var / "run" / "env")

    @property
    def boss_url(self) -> str:
        """The superuser's address of the stack's database."""
        if url := os.environ.get("BOOTSTRAP_DATABASE_URL"):
            return url
        values = self.settings
        password = (Path(values["TRUNKLINE_DATA"]) / "postgres" / "superuser").read_text().strip()
        sockets = parse_qs(urlsplit(values["DATABASE_URL"]).query)["host"][0]
        return environment.socket_url(SUPERUSER, password, Path(sockets))

    @property
    def statement_log(self) -> Path:
        return self.stack.var / "log" / "postgres.log"

    def floor(self, path: str) -> str:
        return f"ws://127.0.0.1:{self.floor_port}{path}"

    def servers(self, name: str) -> list[int]:
        """Return the processes of a child of the stack, such as live or postgres."""
        return machine.with_descendants(self.stack.pid(name))

    def desk(self, email: str) -> AgentBot:
        """Return a demo agent with the demo password."""
        from config.worlds.cast import PASSWORD

        return AgentBot(self.wire, email, PASSWORD)


@contextlib.contextmanager
def floors(stack: RunningStack, port: int, statements: Path) -> Iterator[Rig]:
    """Serve bench.floors by daphne, as the stack serves its sockets; its tables are dropped afterwards."""
    rig = Rig(stack, port)
    env = {
        **os.environ,
        "FLOOR_DATABASE_URL": rig.boss_url,
        "FLOOR_STATEMENTS": str(statements),
        "REDIS_URL": os.environ.get("REDIS_URL") or rig.settings["REDIS_URL"],
        "MALLOC_ARENA_MAX": "2",
    }
    argv = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "bench.floors:application"]
    log = (stack.var / "floors.log").open("wb")
    process = subprocess.Popen(argv, cwd=PROJECT, env=env, stdout=log, stderr=log)
    try:
        _wait_for(port, process)
        yield rig
    finally:
        process.terminate()
        process.wait(10)
        with psycopg.connect(rig.boss_url, autocommit=True) as boss:
            boss.execute(f"DROP SCHEMA IF EXISTS {SCRATCH} CASCADE")


def connect_django(stack: RunningStack) -> None:
    """Set Django up in this process as a child of the stack would be; once."""
    import django

    os.environ.update(stack.environment())
    django.setup()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("the floors' server does not answer")
