"""Fixed-window limits in Valkey. A lost Valkey lets everybody pass: it is a hint everywhere."""

import logging

import redis

from core.valkey import client

log = logging.getLogger(__name__)


def hit(key: str, *, limit: int, seconds: int) -> bool:
    """Count one use of `key`; True while no more than `limit` fell into the current window of `seconds`."""
    name = f"g:rl:{key}"
    commands = client().pipeline(transaction=False)
    commands.incr(name)
    commands.expire(name, seconds, nx=True)
    try:
        uses, _ = commands.execute()
    except redis.RedisError as error:
        log.warning("rate limit skipped, no Valkey: %s", type(error).__name__)
        return True
    return int(uses) <= limit
