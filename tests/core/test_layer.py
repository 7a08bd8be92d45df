"""The way of a push through Valkey: said without an answer, heard by a socket's channel, whoever hangs up."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import pytest
from channels.layers import get_channel_layer
from django.db import connection, transaction

from core import layer, live, valkey
from core.executor import run_db

pytestmark = pytest.mark.django_db(transaction=True)

SOON = 30


@asynccontextmanager
async def channel(group: str) -> AsyncIterator[str]:
    """A socket's channel that hears the group."""
    name = await get_channel_layer().new_channel()
    await get_channel_layer().group_add(group, name)
    yield name
    await get_channel_layer().group_discard(group, name)


async def heard(name: str) -> Any:
    async with asyncio.timeout(SOON):
        return (await get_channel_layer().receive(name))["payload"]


def hang_up(**wanted: str) -> None:
    """Have the server close the connections that look so."""
    listed: Any = valkey.client().client_list()
    for one in listed:
        if all(one[name] == value for name, value in wanted.items()):
            valkey.client().client_kill_filter(_id=one["id"])


async def it_brings_pushes_in_their_order() -> None:
    async with channel("layer.a") as name:
        await run_db(live.publish_all, [("layer.a", {"n": 1}), ("layer.b", {"n": 2}), ("layer.a", {"n": 3})])
        await run_db(live.publish, "layer.a", {"n": 4})
        assert [await heard(name) for _ in range(3)] == [{"n": 1}, {"n": 3}, {"n": 4}]


def nested(n: int, *, wrong: bool = False) -> None:
    """Publish n within a transaction, and n + 1 by another one that ends before it."""
    with transaction.atomic():
        live.publish("layer.a", {"n": n})
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_at_once, n + 1).result()
        if wrong:
            raise LookupError


def _at_once(n: int) -> None:
    live.publish("layer.a", {"n": n})
    connection.close()


async def it_tells_nobody_before_it_can_be_seen() -> None:
    async with channel("layer.a") as name:
        await run_db(nested, 1)
        assert [await heard(name) for _ in range(2)] == [{"n": 2}, {"n": 1}]
        with pytest.raises(LookupError):
            await run_db(nested, 3, wrong=True)
        await run_db(live.publish, "layer.a", {"n": 5})
        assert [await heard(name) for _ in range(2)] == [{"n": 4}, {"n": 5}]


async def it_speaks_on_after_the_server_hung_up() -> None:
    async with channel("layer.a") as name:
        await run_db(live.publish, "layer.a", {"n": 1})
        assert await heard(name) == {"n": 1}
        hang_up(cmd="publish")
        await run_db(live.publish, "layer.a", {"n": 2})
        assert await heard(name) == {"n": 2}


async def it_hears_again_after_the_server_hung_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer, "RETRY_SECONDS", 0)
    async with channel("layer.a") as name:
        hang_up(flags="P")
        ear = asyncio.ensure_future(heard(name))
        while not ear.done():
            await run_db(live.publish, "layer.a", {"n": 1})
            await asyncio.sleep(0.05)
        assert await ear == {"n": 1}


async def it_lets_go_of_groups_that_nobody_hears() -> None:
    async with channel("layer.a"), channel("layer.b") as name:
        await run_db(live.publish, "layer.b", {"n": 1})
        assert await heard(name) == {"n": 1}
    async with channel("layer.c") as name:
        await run_db(live.publish, "layer.c", {"n": 1})
        assert await heard(name) == {"n": 1}
        (shard,) = get_channel_layer()._get_layer()._shards
        groups = {one for one in shard._pubsub.channels if b"__group__layer" in one}
        assert groups == {b"asgi__group__layer.c"}
