"""The one clock: local monotonic time plus the offset to the database, so that skewed machines agree."""

import threading
import time
from datetime import UTC, datetime, timedelta

from django.db import connection

RESYNC_SECONDS = 30

_lock = threading.Lock()
_base: datetime | None = None
_base_monotonic = 0.0


def now() -> datetime:
    """Return aware UTC by the database's clock, read at first use and each 30 s."""
    base, since = _base, _base_monotonic
    if base is None or time.monotonic() - since > RESYNC_SECONDS:
        base, since = _resync()
    return base + timedelta(seconds=time.monotonic() - since)


def _resync() -> tuple[datetime, float]:
    """Ask the database once; the middle of the round trip is taken as the instant of its answer."""
    global _base, _base_monotonic
    with _lock:
        before = time.monotonic()
        instant = _database_instant()
        _base, _base_monotonic = instant, (before + time.monotonic()) / 2
        return _base, _base_monotonic


def _database_instant() -> datetime:
    if connection.in_atomic_block and connection.needs_rollback:
        return datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    instant: datetime = row[0]
    return instant.astimezone(UTC)
