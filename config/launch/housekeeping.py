"""Log files of bounded size, and a word before the disk is full."""

import contextlib
import os
import shutil
from pathlib import Path

from config.launch.progress import complain

LOG_BYTES = 5_000_000
LOGS_KEPT = 3
LOW_BYTES = 300_000_000
LEAST_BYTES = 100_000_000


def rotate(folder: Path) -> None:
    """Copy a log that grew too large and empty it: its writers append, so they just go on."""
    for log in folder.glob("*.log"):
        with contextlib.suppress(OSError):
            if log.stat().st_size > LOG_BYTES:
                _shift(log)
                shutil.copy2(log, log.with_suffix(".log.1"))
                os.truncate(log, 0)


def free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def warn_when_low(folder: Path, *, warned: bool) -> bool:
    """Say once that the disk runs full; returns whether it is low."""
    free = free_bytes(folder)
    if free < LOW_BYTES and not warned:
        complain(
            f"The disk of {folder} has only {free // 1_000_000} MB left. PostgreSQL stops when it is full."
        )
    return free < LOW_BYTES


def _shift(log: Path) -> None:
    for number in range(LOGS_KEPT - 1, 0, -1):
        older = log.with_suffix(f".log.{number}")
        if older.exists():
            older.replace(log.with_suffix(f".log.{number + 1}"))
