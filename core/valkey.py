"""A kept client of Valkey for each thread. Everything in Valkey is a hint: whoever uses it does without."""

import threading

import redis
from django.conf import settings

_local = threading.local()


def client() -> "redis.Redis":
    """Return this thread's client; it connects at its first command, and again after a loss."""
    if not hasattr(_local, "client"):
        _local.client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5)
    return _local.client  # type: ignore[no-any-return]
