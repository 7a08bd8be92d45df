"""The one clock: local monotonic time plus the offset to the database, so that skewed machines agree."""

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta

from django.db import connection

RESYNC_SECONDS = 30

_lock = threading.Lock()
_reading: tuple[datetime, float] | None = None


def now() -> datetime:
    """Return aware UTC by the database's clock, read at first use and each 30 s.

    An event loop must not wait for the database: there the last reading goes on, before the first
    this machine's clock.
    """
    reading = _reading
    if reading is None or time.monotonic() - reading[1] > RESYNC_SECONDS:
        reading = (reading or _local()) if _on_loop() else _resync()
    return reading[0] + timedelta(seconds=time.monotonic() - reading[1])


def _resync() -> tuple[datetime, float]:
    """Ask the database once; the middle of the round trip is taken as the instant of its answer."""
    global _reading
    with _lock:
        before = time.monotonic()
        instant = _database_instant()
        _reading = (instant, (before + time.monotonic()) / 2)
        return _reading


def _local() -> tuple[datetime, float]:
    return datetime.now(UTC), time.monotonic()


def _on_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _database_instant() -> datetime:
    if connection.in_atomic_block and connection.needs_rollback:
        return datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    instant: datetime = row[0]
    return instant.astimezone(UTC)
