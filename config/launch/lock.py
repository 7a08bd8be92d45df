"""One supervisor for each var directory."""

import contextlib
import fcntl
import json
from collections.abc import Iterator
from pathlib import Path

from config.launch import layout
from config.launch.errors import ALREADY_RUNNING, CannotRun


@contextlib.contextmanager
def held(var: Path) -> Iterator[None]:
    """Hold var/lock; a second one is told who holds it. The system frees it whatever happens to us."""
    var.mkdir(parents=True, exist_ok=True)
    place = layout.at(var)
    with place.lock.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRun(
                f"already running: {_holder(place.up)} (in {place.var})", code=ALREADY_RUNNING
            ) from None
        yield


def _holder(state: Path) -> str:
    try:
        known = json.loads(state.read_text())
        return f"pid {known['pid']} port {known['port']}"
    except (OSError, ValueError, KeyError):
        return "pid ? port ?"
