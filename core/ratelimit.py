"""Fixed-window limits in Valkey. A lost Valkey lets everybody pass: it is a hint everywhere."""

import logging

import redis
from django.core.cache import cache

log = logging.getLogger(__name__)


def hit(key: str, *, limit: int, seconds: int) -> bool:
    """Count one use of `key`; True while no more than `limit` fell into the current window of `seconds`."""
    name = f"g:rl:{key}"
    try:
        cache.add(name, 0, timeout=seconds)
        return int(cache.incr(name)) <= limit
    except ValueError:  # the window ended between the two calls
        return True
    except redis.RedisError as error:
        log.warning("rate limit skipped, no Valkey: %s", type(error).__name__)
        return True
