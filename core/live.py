"""Live publishing: the only code that touches the channel layer.

A publish happens on commit, is addressed to named recipients and carries ids, kind and numbers, never a body
(ARCHITECTURE.md section 6). Synchronous: a kept connection PUBLISHes the frame as
`channels_redis.pubsub.RedisPubSubChannelLayer.group_send` would, and waits for no answer.
A lost Valkey costs a push, never a command: pages catch up by sequence number.
"""

import logging
import re
from collections.abc import Sequence
from typing import Any

import redis
from channels.layers import get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings
from django.db import transaction

from core.valkey import say

log = logging.getLogger(__name__)

GROUP = re.compile(r"^[A-Za-z0-9_.-]{1,90}$")


def group(*parts: object) -> str:
    """Name a group of recipients; raises ValueError for what Channels would refuse."""
    name = ".".join(str(part) for part in parts)
    if not GROUP.match(name):
        raise ValueError(f"not a group name: {name!r}")
    return name


def publish(name: str, payload: dict[str, Any]) -> None:
    """Send `payload` to the sockets of the group once the transaction commits, at once when there is none."""
    publish_all([(name, payload)])


def publish_all(pushes: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Publish (group, payload) pairs in their order, in one trip to Valkey."""
    transaction.on_commit(lambda: _send(pushes), robust=True)


def _send(pushes: Sequence[tuple[str, dict[str, Any]]]) -> None:
    layer, prefix = _layer(), _prefix()
    try:
        say(*(("PUBLISH", f"{prefix}__group__{name}", _frame(layer, payload)) for name, payload in pushes))
    except redis.RedisError as error:
        log.warning("push skipped, no Valkey: %s", type(error).__name__)


def _frame(layer: RedisPubSubChannelLayer, payload: dict[str, Any]) -> bytes:
    frame: bytes = layer.serialize({"type": "live.message", "payload": payload})
    return frame


def _layer() -> RedisPubSubChannelLayer:
    layer = get_channel_layer()
    if not isinstance(layer, RedisPubSubChannelLayer):
        raise TypeError("CHANNEL_LAYERS must use channels_redis.pubsub.RedisPubSubChannelLayer")
    return layer


def _prefix() -> str:
    layers: dict[str, Any] = settings.CHANNEL_LAYERS
    return str(layers["default"]["CONFIG"]["prefix"])
