"""This machine: Python, packages, disk, ports, files."""

import os
import sys
from pathlib import Path

from django.conf import settings

from config.doctor.registry import Ill, Skip, question
from config.launch import environment, fingerprint, housekeeping, layout, ports, programs
from config.launch.browser import find_browser
from config.launch.errors import CannotRun
from config.launch.postgres import major


def place() -> layout.Layout:
    return layout.at(settings.VAR)


def is_up() -> bool:
    pid = fingerprint.read(place().up).get("pid")
    return isinstance(pid, int) and os.path.exists(f"/proc/{pid}" if sys.platform == "linux" else "/")


@question("python")
def python() -> str:
    if not (3, 11) <= sys.version_info[:2] < (3, 14):
        mend = "Use 3.11 to 3.13: rm -rf .venv; PYTHON=python3.12 bin/up"
        raise Ill(f"Python {sys.version.split()[0]}", mend=mend)
    return sys.version.split()[0]


@question("packages")
def packages() -> str:
    names = ("requirements.txt", "requirements-test.txt")
    stamps = [layout.PROJECT / ".venv" / f"installed-{name}" for name in names]
    fresh = [path for path in stamps if path.is_file() and path.read_bytes() == _wanted(path).read_bytes()]
    if not fresh:
        raise Ill(
            ".venv was not installed from these requirements", mend="Run bin/up or bin/test: it installs."
        )
    return ", ".join(path.name for path in fresh)


def _wanted(stamp: Path) -> Path:
    return layout.PROJECT / stamp.name.removeprefix("installed-")


@question("disk")
def disk() -> str:
    free = housekeeping.free_bytes(settings.VAR if settings.VAR.exists() else layout.PROJECT) // 1_000_000
    if free * 1_000_000 < housekeeping.LOW_BYTES:
        raise Ill(f"{free} MB free", mend=f"Make room on the disk of {settings.VAR}.")
    return f"{free} MB free"


@question("ports")
def free_ports() -> str:
    if is_up():
        return f"{settings.PORT}, {settings.LIVE_PORT} in use by `up`"
    try:
        ports.require_free("127.0.0.1", settings.PORT, settings.LIVE_PORT)
    except CannotRun as error:
        raise Ill(str(error), mend="Choose another pair with --port, or end what listens there.") from None
    return f"{settings.PORT}, {settings.LIVE_PORT} are free"


@question("secrets")
def secrets() -> str:
    env = place().env
    if not env.is_file():
        raise Skip("no var/run/env: `up` has not run here")
    if env.stat().st_mode & 0o077:
        raise Ill(f"{env} can be read by others", mend=f"chmod 600 {env}")
    return f"{env} is private"


@question("data")
def data() -> str:
    """The embedded server's data: of this version, and nobody else's to read."""
    written = environment.read(place().env)
    if os.environ.get("DATABASE_URL") != written.get("DATABASE_URL", ""):
        raise Skip("PostgreSQL is not the embedded one")
    folder = Path(written["TRUNKLINE_DATA"]) / "postgres" / "data"
    if not (folder / "PG_VERSION").is_file():
        raise Skip(f"no data in {folder} yet")
    have, want = (folder / "PG_VERSION").read_text().strip(), major(programs.locate().postgres)
    if have != want:
        raise Ill(
            f"made by PostgreSQL {have}, installed is {want}", mend="Dump with the old, load with the new."
        )
    if folder.stat().st_mode & 0o077:
        raise Ill(f"{folder} can be entered by others", mend=f"chmod 700 {folder}")
    return f"PostgreSQL {have}, private"


@question("browser")
def browser() -> str:
    """Only the tests need one."""
    found = find_browser()
    if found is None:
        raise Skip("no Chromium: browser tests are left out (apt-get install chromium)")
    return found
