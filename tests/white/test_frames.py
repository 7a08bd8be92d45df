"""What a visitor's live connection sends: each kind of frame is registered, made, and searched for the name.

The portal's live connection sends numbers and instants alone: tests/portal/test_today.py holds the keys of
its frames, and whoever adds a word to them has to look here.
"""

import ast
import inspect
import json
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from channels.layers import get_channel_layer

from config.sockets import urlpatterns
from core import clock
from interactions import actions
from interactions.connectors.webchat import consumers
from tenants.cards import BrandCard
from tests.connectors.webchat.conftest import brands  # noqa: F401 - a fixture
from tests.connectors.webchat.wire import Visitor, within
from tests.white.register import REGISTER, named

pytestmark = pytest.mark.django_db(transaction=True)


def kinds_said() -> set[str]:
    """Return the first word of every call that sends a frame, as the code has it."""
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(consumers))) if isinstance(node, ast.Call)]
    said = [call for call in calls if getattr(call.func, "attr", "") == "_say"]
    return {str(getattr(call.args[0], "value", "not a word")) for call in said}


def it_knows_every_kind_of_frame() -> None:
    assert kinds_said() == set(REGISTER["frames"])


def it_sends_frames_in_one_way_alone() -> None:
    """Nothing goes to a visitor but through `_say`, which the register follows."""
    sources = inspect.getsource(consumers)
    assert sources.count('"websocket.send"') == 1
    assert all(len(reason) > 9 for reason in REGISTER["frames"].values())


def it_serves_no_other_socket_to_clients() -> None:
    """A new socket path has to be looked at here."""
    assert {str(served.pattern) for served in urlpatterns} == {
        "ws/desk/", "ws/floor/", "ws/portal/", "ws/chat/",
    }  # fmt: skip


async def it_names_neither_the_product_nor_the_other_client_in_any(
    brands: tuple[BrandCard, BrandCard],  # noqa: F811
) -> None:
    for card, other in (brands, brands[::-1]):
        heard = [*await conversation(card), *await refusals(card)]
        assert {frame["op"] for frame in heard} == set(REGISTER["frames"]), card.slug
        text = json.dumps(heard, ensure_ascii=False)
        assert named(text) == []
        assert other.name not in text


async def conversation(card: BrandCard) -> list[dict[str, Any]]:
    """A whole conversation as its visitor hears it."""
    visitor = await Visitor(card).greet()
    await visitor.say("My parcel is lost")
    await visitor.hear("place")
    await calls(card, visitor)
    await visitor.accepted()
    await visitor.hear("agent")
    await visitor.answered("Let me look")
    await visitor.shown(up_to=2)
    group = f"visitor.{card.id}.{visitor.conversation.hex}"
    await get_channel_layer().group_send(group, {"type": "live.message", "payload": {"kind": "typing"}})
    await visitor.hear("typing")
    await visitor.send("end")
    await visitor.hear("ended")
    await within(card, wraps_up, visitor.conversation)
    await visitor.say("And the lid?")
    await visitor.hear("resumed")
    await visitor.leave()
    return visitor.heard


async def calls(card: BrandCard, visitor: Visitor) -> None:
    """A call is promised, changed by who is to be called, and called off."""
    await visitor.send("call_windows")
    start, end = (await visitor.hear("windows"))["windows"][-1]
    window = (datetime.fromisoformat(start), datetime.fromisoformat(end))
    promise = partial(
        actions.promise_callback, visitor.conversation, number="+46 8 123 456", window=window, by="contact",
        consent=True, now=clock.now(),
    )  # fmt: skip
    await within(card, promise)
    await visitor.hear("call")
    said = {"number": "070 1234567", "from": start, "until": end, "consent": True}
    await visitor.send("call", client_id=str(uuid4()), **said)
    await visitor.hear("call_ok")
    await visitor.send("no_call")
    await visitor.hear("resumed")


def wraps_up(ref: UUID) -> None:
    actions.force_wrap_up(ref, at_once=True, now=clock.now())


async def refusals(card: BrandCard) -> list[dict[str, Any]]:
    """Every refusal in words: before the hello, and after it."""
    heard: list[dict[str, Any]] = []
    for fields in ({"token": "x"}, {"key": "pk_nobody"}):
        stranger = await Visitor(card).connect()
        await stranger.hello(**fields)
        await stranger.hear("error")
        heard += stranger.heard
        await stranger.closed()
    visitor = await Visitor(card).greet()
    for op, fields in (
        ("msg", {"client_id": "x", "body": ""}),
        ("identify", {"token": "x"}),
        ("nothing", {}),
    ):
        await visitor.send(op, **fields)
        await visitor.hear("error")
    await visitor.leave()
    return heard + visitor.heard
