"""A real `manage.py up` in a directory of its own, with stand-in children or with the real ones."""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from config.launch import layout, process

SERVERS = ("DATABASE_URL", "ROUTER_DATABASE_URL", "REDIS_URL", "BOOTSTRAP_DATABASE_URL", "PORT", "LIVE_PORT")
STAND_IN: dict[str, Any] = {
    "prepare": [],
    "ready": "/",
    "children": [
        {"name": "web", "argv": ["$PYTHON", "-m", "http.server", "$PORT", "--bind", "127.0.0.1"]},
        {"name": "live", "argv": ["$PYTHON", "-m", "http.server", "$LIVE_PORT", "--bind", "127.0.0.1"]},
        {"name": "worker", "argv": ["sh", "-c", "sleep 1000 & sleep 1000"]},
    ],
}


class Up:
    """One `up` and what it printed."""

    def __init__(
        self,
        var: Path,
        *,
        plan: dict[str, Any] | None = STAND_IN,
        port: int | None = None,
        extra: dict[str, str] | None = None,
        words: Sequence[str] = (),
    ) -> None:
        self.var = var
        self.port = port or free_ports()
        self.output = var.parent / f"{var.name}-{time.monotonic_ns()}.txt"
        env = {name: value for name, value in os.environ.items() if name not in SERVERS} | (extra or {})
        if plan is not None:
            env["TRUNKLINE_PLAN"] = str(var.parent / "plan.json")
            Path(env["TRUNKLINE_PLAN"]).write_text(json.dumps(plan))
        argv = [sys.executable, "manage.py", "up", "--port", str(self.port), "--var", str(var), *words]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                argv, cwd=layout.PROJECT, env=env, stdout=output, stderr=output, start_new_session=True
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def ready(self, seconds: float = 120) -> "Up":
        assert wait(lambda: "Ready after" in self.said or self.process.poll() is not None, seconds), self.said
        assert self.process.poll() is None, self.said
        return self

    def ended(self, seconds: float = 180) -> int:
        return self.process.wait(seconds)

    def pids(self) -> dict[str, int]:
        """The process groups by name, as the supervisor wrote them down."""
        return {entry.name: entry.pid for entry in process.read_records(layout.at(self.var).pids)}

    def alive(self) -> list[int]:
        """Every process that carries our var directory in its environment, or works in it."""
        numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        return [pid for pid in numbers if pid != os.getpid() and self._owns(Path(f"/proc/{pid}"))]

    def _owns(self, entry: Path) -> bool:
        try:
            marked = f"TRUNKLINE_VAR={self.var}".encode() in (entry / "environ").read_bytes().split(b"\0")
            return marked or (entry / "cwd").readlink().is_relative_to(self.var)
        except OSError:
            return False

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@contextlib.contextmanager
def open_directory() -> Iterator[Path]:
    """Make a short directory that every account can reach, which pytest's own is not."""
    with tempfile.TemporaryDirectory(prefix="up-", ignore_cleanup_errors=True) as folder:
        path = Path(folder).resolve()
        path.chmod(0o755)
        yield path


def wait(done: Callable[[], bool], seconds: float = 180) -> bool:
    """Wait until it is so; false when something must hang."""
    return process.wait_until(done, seconds)


def free_ports() -> int:
    """Return N such that N and N+1 are free, from where the system takes no port for a client of its own."""
    for _ in range(200):
        port = random.randrange(20_000, 30_000, 2)
        with contextlib.suppress(OSError), socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", port))
            second.bind(("127.0.0.1", port + 1))
            return port
    raise RuntimeError("no two free ports beside each other")


def listens(port: int) -> bool:
    with socket.socket() as peer:
        peer.settimeout(30)
        return peer.connect_ex(("127.0.0.1", port)) == 0
