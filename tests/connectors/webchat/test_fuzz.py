"""Whatever is sent, the consumer answers, closes in words, or goes on: it never breaks."""

import asyncio
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenants.cards import BrandCard
from tests.connectors.webchat.wire import Visitor

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
OPS = st.sampled_from(["hello", "msg", "typing", "end", "ping", "identify", "place", ""])
NAMES = st.sampled_from(
    ["client_id", "body", "fresh", "key", "token", "after", "conversation", "language", "page"]
)
FRAMES = st.one_of(
    st.text(max_size=40).map(lambda text: {"text": text}),
    st.binary(max_size=20).map(lambda data: {"bytes": data}),
    st.tuples(OPS, st.dictionaries(NAMES, JUNK)).map(
        lambda pair: {"text": json.dumps({"op": pair[0], **pair[1]})}
    ),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(frames=st.lists(FRAMES, max_size=12), greets=st.booleans())
def it_survives_every_frame(
    brands: tuple[BrandCard, BrandCard], frames: list[dict[str, Any]], greets: bool
) -> None:
    asyncio.run(_send_all(brands[0], frames, greets=greets))


async def _send_all(brand: BrandCard, frames: list[dict[str, Any]], *, greets: bool) -> None:
    visitor = await Visitor(brand).connect()
    if greets:
        await visitor.hello()
    for frame in frames:
        await visitor.socket.send_input({"type": "websocket.receive", **frame})
    await visitor.send("ping")
    answers = await _until_pong_or_close(visitor)
    assert answers[-1] in {"pong", "websocket.close"}
    if answers[-1] == "pong":
        await visitor.leave()


async def _until_pong_or_close(visitor: Visitor) -> list[str]:
    seen: list[str] = []
    while not seen or seen[-1] not in {"pong", "websocket.close"}:
        event = await visitor.socket.receive_output(timeout=30)
        seen.append(json.loads(event["text"])["op"] if event["type"] == "websocket.send" else event["type"])
        if seen[-1] == "error":
            assert json.loads(event["text"])["code"] != "failed"
    return seen
