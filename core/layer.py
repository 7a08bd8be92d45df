"""The channel layer, with a short way from Valkey to a socket.

channels_redis waits for each message for a tenth of a second at a time, and redis-py wraps each wait into a
retry and three measurements: half of what a push costs on its way in. Here the connection is read as it is.
"""

import asyncio
import logging
from typing import Any

from channels_redis import pubsub
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

RETRY_SECONDS = 1


class Shard(pubsub.RedisSingleShardConnection):  # type: ignore[misc]
    """One connection that listens."""

    async def _do_receiving(self) -> None:
        while True:
            try:
                await self._hear()
            except (RedisError, OSError) as error:
                log.warning("no Valkey: %s; what is pushed meanwhile is lost", type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:
                log.exception("channel layer: what was heard could not be taken")
                await asyncio.sleep(RETRY_SECONDS)

    async def _hear(self) -> None:
        """Take one thing; a lost connection is made again, and subscribes again by itself."""
        if not (self._pubsub and self._pubsub.subscribed):
            await asyncio.sleep(0.1)
            return
        connection = self._pubsub.connection
        if not connection.is_connected:
            await connection.connect()
        heard = await connection.read_response()  # disconnects when it fails
        if heard[0] == b"message":
            self._receive_message({"channel": heard[1], "data": heard[2]})
        else:
            await self._pubsub.handle_message(heard)


class LoopLayer(pubsub.RedisPubSubLoopLayer):  # type: ignore[misc]
    """The layer of one loop, over our shards."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._shards = [Shard(shard.host, self) for shard in self._shards]


class ChannelLayer(pubsub.RedisPubSubChannelLayer):  # type: ignore[misc]
    """What CHANNEL_LAYERS names."""

    def _get_layer(self) -> LoopLayer:
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            self._layers[loop] = LoopLayer(*self._args, **self._kwargs, channel_layer=self)
            pubsub._wrap_close(self, loop)
        return self._layers[loop]  # type: ignore[no-any-return]
