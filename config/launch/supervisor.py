"""Keeps the children running: starts them, brings back what died, ends them in order.

Single-threaded: one loop that wakes on a signal, a child's end or the next timer.
"""

import contextlib
import os
import select
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from config.launch import housekeeping, process
from config.launch.errors import SERVER_LOST, CannotRun
from config.launch.layout import PROJECT, Layout
from config.launch.plan import Child
from config.launch.postgres import Postgres
from config.launch.privileges import Account
from config.launch.process import Process
from config.launch.progress import complain, say
from config.launch.stop import Stop
from config.launch.valkey import Valkey

FIRST_DELAY = 0.5
LONGEST_DELAY = 10.0
STEADY_SECONDS = 30
KILLED_STEADY_SECONDS = 5
PATIENCE_SECONDS = 8.0
TICK_SECONDS = 1.0
ONCE_TRIES = 4
SERVER_TRIES = 6  # 15.5 s in all: what is left of a killed PostgreSQL holds its shared memory for a moment
HOUSEKEEPING_SECONDS = 10.0


def next_delay(delay: float, *, lived: float, code: int) -> float:
    """Return the seconds until the next start: doubling while it dies young, short again once it was steady.

    A process that was killed from outside is no crash loop, so it needs to have lived for less.
    """
    steady = KILLED_STEADY_SECONDS if code < 0 else STEADY_SECONDS
    return FIRST_DELAY if lived >= steady or not delay else min(delay * 2, LONGEST_DELAY)


@dataclass
class Run:
    """A child and what became of it."""

    child: Child
    log: Path
    process: Process | None = None
    began: float = 0.0
    delay: float = 0.0
    due: float | None = 0.0
    shown: int = 0
    failures: int = 0


class Server(Protocol):
    """PostgreSQL or Valkey."""

    name: str
    title: str
    log: Path
    process: Process | None

    def spawn(self) -> Process: ...


@dataclass
class Comeback:
    """How a server that ended is brought back; `due` is None while it runs."""

    began: float
    delay: float = 0.0
    due: float | None = None
    tries: int = 0


class Supervisor:
    def __init__(self, layout: Layout, *, env: dict[str, str], account: Account | None, stop: Stop) -> None:
        self.layout = layout
        self.env = env
        self.account = account
        self.stop = stop
        self.runs: list[Run] = []
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None
        self.finished: list[str] = []
        self._comebacks: dict[str, Comeback] = {}
        self._tidied = 0.0
        self._low = False

    def add(self, child: Child) -> Run:
        run = Run(child=child, log=self.layout.log / f"{child.name}.log")
        self.runs.append(run)
        self._begin(run)
        self.keep_record()
        return run

    def tick(self, seconds: float = TICK_SECONDS) -> None:
        """Wait for something to happen, at most `seconds`, and deal with it."""
        now = time.monotonic()
        dues = [run.due for run in self.runs] + [comeback.due for comeback in self._comebacks.values()]
        timers = [due - now for due in dues if due is not None]
        select.select([self.stop.wake], [], [], max(0.0, min([seconds, *timers])))
        with contextlib.suppress(BlockingIOError):
            os.read(self.stop.wake, 4096)
        self.stop.check()
        self._look_after_servers()
        for run in self.runs:
            self._look_after(run)
        self._tidy()

    def keep_record(self) -> None:
        """Write down which process groups are ours, for the sweep after a start that found us gone."""
        servers = [server for server in (self.postgres, self.valkey) if server]
        running = [(run.child.name, run.process) for run in self.runs]
        named = [*((server.name, server.process) for server in servers), *running]
        process.write_records(self.layout.pids, [process.record(name, p) for name, p in named if p])

    def end(self) -> None:
        """End the children: all are asked at once; those that stay are killed with their groups."""
        running = [run.process for run in self.runs if run.process and run.process.poll() is None]
        for one in running:
            with contextlib.suppress(ProcessLookupError):
                one.send_signal(signal.SIGTERM)
        process.wait_until(
            lambda: self.stop.asked > 1 or all(p.poll() is not None for p in running), PATIENCE_SECONDS
        )
        for run in self.runs:
            if run.process:
                process.signal_group(run.process.pid, signal.SIGKILL)
        for one in running:
            one.wait()

    def _begin(self, run: Run) -> None:
        run.due, run.began = None, time.monotonic()
        run.shown = run.log.stat().st_size if run.log.exists() else 0
        run.process = process.start(
            run.child.argv,
            env={**self.env, **run.child.env},
            log=run.log,
            account=self.account,
            cwd=PROJECT,
        )

    def _look_after(self, run: Run) -> None:
        if run.child.shown:
            self._show(run)
        if run.due is not None and run.due <= time.monotonic():
            self._begin(run)
            self.keep_record()
        elif run.process is not None and (code := run.process.poll()) is not None:
            self._ended(run, run.process.pid, code)

    def _ended(self, run: Run, group: int, code: int) -> None:
        process.signal_group(group, signal.SIGKILL)
        run.process = None
        if run.child.once and code == 0:
            self.finished.append(run.child.name)
            return
        run.failures += 1
        if run.child.once and run.failures >= ONCE_TRIES:
            complain(f"{run.child.name} failed {ONCE_TRIES} times; the next start tries again. See {run.log}")
            return
        run.delay = next_delay(run.delay, lived=time.monotonic() - run.began, code=code)
        run.due = time.monotonic() + run.delay
        complain(f"{run.child.name} ended ({how(code)}); again in {run.delay:g} s. See {run.log}")

    def _look_after_servers(self) -> None:
        for server in (self.postgres, self.valkey):
            if server and server.process and server.process.poll() is not None:
                self._bring_back(server, server.process.returncode)

    def _bring_back(self, server: Server, code: int) -> None:
        """Start a server that ended again, after a moment; children find it again by themselves."""
        now = time.monotonic()
        comeback = self._comebacks.setdefault(server.name, Comeback(now - STEADY_SECONDS))
        if comeback.due is None:
            self._plan_comeback(server, comeback, code)
        elif comeback.due <= now:
            comeback.due, comeback.began = None, now
            server.process = server.spawn()
            self.keep_record()

    def _plan_comeback(self, server: Server, comeback: Comeback, code: int) -> None:
        """Raises CannotRun when it died young too often."""
        now = time.monotonic()
        comeback.delay = next_delay(comeback.delay, lived=now - comeback.began, code=code)
        comeback.tries = 1 if comeback.delay == FIRST_DELAY else comeback.tries + 1
        if comeback.tries > SERVER_TRIES:
            raise CannotRun(
                f"{server.title} does not stay up ({how(code)}), so everything stops. "
                f"Nothing committed is lost: the next start recovers. See {server.log}",
                code=SERVER_LOST,
            )
        comeback.due = now + comeback.delay
        complain(f"{server.title} ended ({how(code)}); again in {comeback.delay:g} s. See {server.log}")

    def _show(self, run: Run) -> None:
        with contextlib.suppress(OSError), run.log.open("rb") as log:
            log.seek(run.shown)
            text = log.read()
            whole = text[: text.rfind(b"\n") + 1]
            run.shown += len(whole)
            for line in whole.decode(errors="replace").splitlines():
                say(f"      {run.child.name}: {line}")

    def _tidy(self) -> None:
        if time.monotonic() - self._tidied > HOUSEKEEPING_SECONDS:
            self._tidied = time.monotonic()
            housekeeping.rotate(self.layout.log)
            self._low = housekeeping.warn_when_low(self.layout.data, warned=self._low)


def how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
