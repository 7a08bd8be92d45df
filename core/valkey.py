"""This process's ways to Valkey. Everything in Valkey is a hint: whoever uses it does without."""

import threading
from collections.abc import Iterable
from typing import Any

import redis
from django.conf import settings

SECONDS = 5

_local = threading.local()


def client() -> "redis.Redis":
    """Return this thread's client; it connects at its first command, and again after a loss."""
    if not hasattr(_local, "client"):
        _local.client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=SECONDS)
    return _local.client  # type: ignore[no-any-return]


class Mouth:
    """This thread's connection for what nobody answers: the server is told not to.

    Half the cost of asking, and nothing is waited for: pushes are on the way of every message.
    """

    def __init__(self) -> None:
        pool = redis.ConnectionPool.from_url(settings.REDIS_URL, socket_timeout=SECONDS)
        self.connection: Any = pool.make_connection()
        self.speaks = False

    def say(self, commands: Iterable[tuple[str | bytes, ...]]) -> None:
        """Send the commands, on a new connection when the old one was closed. Raises RedisError."""
        packed: list[bytes] = self.connection.pack_commands(commands)
        try:
            self._send(packed)
        except redis.ConnectionError:
            self._send(packed)

    def _send(self, packed: list[bytes]) -> None:
        try:
            if not self.speaks:
                self.connection.connect()
                self.connection.send_command("CLIENT", "REPLY", "OFF")
                self.speaks = True
            self.connection.can_read()  # a closed one says so here
            self.connection.send_packed_command(packed)
        except BaseException:  # redis-py has closed it whatever it was
            self.speaks = False
            self.connection.disconnect()
            raise


def say(*commands: tuple[str | bytes, ...]) -> None:
    """Send commands whose answer is of no use, on this thread's own connection. Raises RedisError."""
    if not hasattr(_local, "mouth"):
        _local.mouth = Mouth()
    _local.mouth.say(commands)
