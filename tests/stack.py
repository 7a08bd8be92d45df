"""A whole running stack for journeys, kill tests and benchmarks: `manage.py up` as a person starts it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from config.simulation.wire import Stack

PROJECT = Path(__file__).resolve().parent.parent
KEPT = {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "CI"}


def free_port() -> int:
    """Return a port N such that N and N+1 are free now; runs side by side begin to look at different ones."""
    for port in range(18300 + os.getpid() % 450 * 2, 19300, 2):
        with contextlib.suppress(OSError):
            for number in (port, port + 1):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", number))
            return port
    raise RuntimeError("no free pair of ports")


@dataclass
class RunningStack:
    """A started `up`; `ready_seconds` is how long its sign-in page took to answer."""

    var: Path
    port: int
    process: "subprocess.Popen[bytes] | None"
    ready_seconds: float = 0.0

    @property
    def up_pid(self) -> int:
        """The supervisor's pid."""
        return int(json.loads((self.var / "state" / "up.json").read_text())["pid"])

    @property
    def wire(self) -> Stack:
        return Stack(port=self.port, live_port=self.port + 1)

    @property
    def base(self) -> str:
        return f"http://localhost:{self.port}"

    def brand(self, slug: str) -> str:
        return f"http://{slug}.localhost:{self.port}"

    def pid(self, name: str) -> int:
        """Return the pid of a child: web, live, router, worker, beat, postgres, valkey."""
        records = json.loads((self.var / "state" / "pids.json").read_text())
        return int(next(record["pid"] for record in records if record["name"] == name))

    def kill(self, name: str) -> None:
        """SIGKILL one child, which is brought back; one that just is being brought back is waited for."""
        end = time.monotonic() + 60
        while True:
            try:
                os.kill(self.pid(name), signal.SIGKILL)
                return
            except (StopIteration, ProcessLookupError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def environment(self) -> dict[str, str]:
        """Return what a manage.py command needs to speak to this stack."""
        return stack_environment(self.var, self.port)

    def manage(self, *words: str, timeout: float = 120, codes: Collection[int] = (0,)) -> str:
        """Run a management command against the stack and return what it printed; `codes` are no failure."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=PROJECT, env=self.environment(), capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip
        if done.returncode not in codes:
            raise RuntimeError(f"manage.py {' '.join(words)} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def wait_for_history(self, seconds: float = 1200) -> None:
        """Wait until the planted week is whole."""
        end = time.monotonic() + seconds
        while "history" not in json.loads((self.var / "state" / "prepared.json").read_text()).get("once", []):
            if time.monotonic() > end:
                raise TimeoutError("the history is still being planted")
            time.sleep(0.5)

    def stop(self) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=180)


def stack_environment(var: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in KEPT}
    return {
        **kept,
        "TRUNKLINE_VAR": str(var),
        "PORT": str(port),
        "DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
    }


def attach(var: Path) -> RunningStack:
    """Return a stack that somebody else started and will stop."""
    entry = json.loads((var / "state" / "up.json").read_text())
    return RunningStack(var, int(entry["port"]), None)


def start(var: Path, port: int, *words: str) -> RunningStack:
    """Start `up` and wait until the sign-in page answers 200; raises with the log when it does not."""
    log = (var.parent / f"{var.name}.up.log").open("ab")
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up", "--port", str(port), "--var", str(var), *words],
        cwd=PROJECT, env=stack_environment(var, port), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
    )  # fmt: skip
    stack = RunningStack(var, port, process)
    while not answers(f"http://127.0.0.1:{port}/accounts/login/", host=f"localhost:{port}"):
        if process.poll() is not None or time.monotonic() - began > 300:
            process.terminate()
            raise RuntimeError("up did not get ready:\n" + Path(log.name).read_text()[-4000:])
        time.sleep(0.05)
    stack.ready_seconds = time.monotonic() - began
    return stack


def answers(url: str, *, host: str, timeout: float = 5) -> bool:
    """Tell whether the page is served with 200."""
    request = urllib.request.Request(url, headers={"Host": host})
    with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=timeout) as response:
        return bool(response.status == 200)
    return False


@contextlib.contextmanager
def running(var: Path, *words: str) -> Iterator[RunningStack]:
    """Start a stack in `var` and stop it again."""
    var.parent.mkdir(parents=True, exist_ok=True)
    stack = start(var, free_port(), *words)
    try:
        yield stack
    finally:
        stack.stop()
