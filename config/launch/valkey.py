"""The embedded Valkey: one socket in a private directory, an append-only file, nothing evicted."""

import contextlib
import signal
import socket
import subprocess
import time
from pathlib import Path

from config.launch import environment, process
from config.launch.errors import CannotRun
from config.launch.layout import Layout, own
from config.launch.postgres import explain, tail
from config.launch.privileges import Account
from config.launch.process import Process


class Valkey:
    name, title = "valkey", "Valkey"

    def __init__(self, layout: Layout, program: Path, account: Account | None) -> None:
        self.layout = layout
        self.program = program
        self.account = account
        self.home = own(layout.data / "valkey", account, 0o700)
        self.socket = layout.sockets / "valkey.sock"
        self.log = layout.log / "valkey.log"
        self.process: Process | None = None

    def start(self) -> process.Process:
        self.process = self.spawn()
        end = time.monotonic() + 20
        while not self._answers():
            if self.process.poll() is not None:
                raise CannotRun(explain(tail(self.log), "Valkey did not start"))
            if time.monotonic() > end:
                raise CannotRun(f"Valkey is not ready after 20 s. See {self.log}.")
            time.sleep(0.02)
        return self.process

    def spawn(self) -> process.Process:
        return process.start(
            [str(self.program), *self._options()],
            env=environment.for_server(self.layout),
            log=self.log,
            account=self.account,
            cwd=self.home,
            death=signal.SIGTERM,
        )

    def stop(self) -> None:
        if self.process is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    self.process.send_signal(number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(5)

    def _options(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.home),
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        return [word for name, value in options.items() for word in (f"--{name}", value)]

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as peer:
                peer.settimeout(1)
                peer.connect(str(self.socket))
                peer.sendall(b"PING\r\n")
                return peer.recv(16).startswith(b"+PONG")
        except OSError:
            return False
