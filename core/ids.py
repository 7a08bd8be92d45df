"""Identifiers that leave a schema."""

import os
import time
from datetime import datetime
from uuid import UUID


def new_ref(at: datetime | None = None) -> UUID:
    """Return a UUIDv7 (RFC 9562 section 5.7): 48 bits of milliseconds, then randomness.

    `at` dates a ref of planted history; without it the wall clock does.
    """
    milliseconds = int((at.timestamp() if at else time.time()) * 1000)
    value = milliseconds << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
