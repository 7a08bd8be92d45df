"""The embedded PostgreSQL: socket only, scram, never as root, its data checked before it starts."""

import contextlib
import functools
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path

from config.launch import environment, process
from config.launch.errors import CannotRun
from config.launch.layout import Layout, own
from config.launch.privileges import Account
from config.launch.process import Process

SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "max_locks_per_transaction": "256",  # a replayed schema touches hundreds of tables in one transaction
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_wal_size": "256MB",
    "max_parallel_workers": "2",
    "autovacuum_max_workers": "1",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u ",
}
SETTINGS_18 = {"io_method": "sync", "autovacuum_worker_slots": "2"}
LOCALE = ["--locale=C.UTF-8"]  # before 17 there is no builtin provider; upper('é') is right with both
LOCALE_17 = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
START_SECONDS = 60
FULL = "No space left on device"


class Postgres:
    name, title = "postgres", "PostgreSQL"

    def __init__(self, layout: Layout, programs: Path, account: Account | None) -> None:
        self.layout = layout
        self.programs = programs
        self.account = account
        self.home = own(layout.data / "postgres", account, 0o700)
        self.data = self.home / "data"
        self.password_file = self.home / "superuser"
        self.log = layout.log / "postgres.log"
        self.process: Process | None = None

    def url(self, database: str = "postgres") -> str:
        """Return the superuser's address; only set-up and the tests' database ever use it."""
        password = self.password_file.read_text().strip()
        return environment.socket_url(SUPERUSER, password, self.layout.sockets, database)

    def initialise(self) -> bool:
        """Make the data directory when there is none; True when it was made. Raises CannotRun when unfit."""
        if (self.data / "PG_VERSION").is_file():
            self._check_version()
            self._check_owner()
            return False
        rough = self.home / "data.part"
        shutil.rmtree(rough, ignore_errors=True)
        self._write_password()
        self._initdb(rough)
        if self.data.is_dir():
            self.data.rmdir()
        rough.rename(self.data)
        return True

    def start(self) -> Process:
        """Start and wait until it takes connections; it repairs a crash by itself, which may take a while."""
        self.process = self.spawn()
        self._wait()
        return self.process

    def spawn(self) -> Process:
        """Start and return at once."""
        settings = SETTINGS | (SETTINGS_18 if int(major(self.programs)) >= 18 else {})
        options = [f"--{name}={value}" for name, value in settings.items()]
        return process.start(
            [
                str(self.programs / "postgres"),
                "-D",
                str(self.data),
                f"--unix_socket_directories={self.layout.sockets}",
                *options,
            ],
            env=environment.for_server(self.layout),
            log=self.log,
            account=self.account,
            cwd=self.data,
            death=signal.SIGINT,
        )

    def stop(self) -> None:
        """Shut down fast (open transactions are rolled back), at once when that takes over ten seconds."""
        if self.process is None:
            return
        for number, patience in ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            if self.process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    self.process.send_signal(number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(patience)

    def _write_password(self) -> None:
        self.password_file.unlink(missing_ok=True)
        descriptor = os.open(self.password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(24) + "\n")
            if self.account:
                os.fchown(descriptor, self.account.uid, self.account.gid)

    def _initdb(self, target: Path) -> None:
        done = subprocess.run(
            [
                str(self.programs / "initdb"),
                f"--pgdata={target}",
                f"--username={SUPERUSER}",
                f"--pwfile={self.password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                *(LOCALE_17 if int(major(self.programs)) >= 17 else LOCALE),
            ],
            cwd=self.home,
            env=environment.for_server(self.layout),
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=process.die_with_parent(signal.SIGINT),
            **(self.account.popen() if self.account else {}),
        )
        if done.returncode:
            raise CannotRun(explain(done.stderr + done.stdout, f"PostgreSQL could not make {self.data}"))

    def _check_version(self) -> None:
        have = (self.data / "PG_VERSION").read_text().strip()
        want = major(self.programs)
        if have != want:
            raise CannotRun(
                f"The data in {self.data} was made by PostgreSQL {have}, installed is {want}. Dump it with "
                f"PostgreSQL {have} (pg_dumpall) and load it into a new --var, or move it away."
            )

    def _check_owner(self) -> None:
        owner = self.data.stat().st_uid
        mine = self.account.uid if self.account else os.getuid()
        if owner != mine:
            raise CannotRun(
                f"{self.data} belongs to user {owner}, and PostgreSQL would run as user {mine}. "
                f"Run as that user, or: chown -R {mine} {self.home}"
            )

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if self.process is None or self.process.poll() is not None:
                raise CannotRun(explain(tail(self.log), "PostgreSQL did not start"))
            if time.monotonic() > end:
                raise CannotRun(f"PostgreSQL is not ready after {START_SECONDS} s. See {self.log}.")
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        """Read line 8 of postmaster.pid, where the server itself says that it takes connections."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        ours = self.process is not None and lines[:1] == [str(self.process.pid)]
        return ours and len(lines) > 7 and lines[7].strip() == "ready"


@functools.cache
def major(programs: Path) -> str:
    """Return the major version of the programs: `postgres (PostgreSQL) 15.18 (Debian ...)` is "15"."""
    answer = subprocess.run(
        [str(programs / "postgres"), "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"\) (\d+)", answer.stdout)
    return found[1] if found else "0"


def tail(log: Path, lines: int = 12) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def explain(output: str, headline: str) -> str:
    """Say what to do about the failures that people meet; else the end of what the server said."""
    if FULL in output:
        return f"{headline}: the disk is full. Make room (a fresh start needs about 200 MB), then run again."
    return f"{headline}:\n{output.strip()}"
