"""Nothing that can be said over a socket reaches another brand: every command, with what that brand owns."""

import ast
import inspect
import json
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from channels.layers import get_channel_layer

from accounts import sockets
from accounts.models import User
from config.sockets import urlpatterns
from core import live
from core.executor import run_db
from desk import consumers as desk
from desk.floor.consumer import FloorConsumer
from interactions.connectors.webchat import forms
from interactions.live import visitor_group, visitors_group
from portal.consumer import PortalConsumer
from routing import watching
from tests.connectors.webchat.wire import Visitor, key_of, new_token
from tests.desk.test_floor_socket import knock as knock_floor
from tests.desk.test_socket import PATIENCE, closing_code, knock
from tests.isolation.conftest import Neighbourhood
from tests.isolation.estate import Estate
from tests.isolation.walk import Walker
from tests.portal.test_today import knock as knock_portal

Frame = dict[str, Any]

DESK_FRAMES: dict[str, Callable[[Estate], list[Frame]]] = {
    "hello": lambda b: [{"resume": {f"c.{ref}": 0 for ref in b.all_refs}}],
    "watch": lambda b: [{"stream": f"c.{ref}", "seq": 0} for ref in b.all_refs],
    "leave": lambda b: [{"stream": f"c.{ref}"} for ref in b.all_refs],
    "ping": lambda b: [{}],
}
FLOOR_FRAMES: dict[str, Callable[[Estate], list[Frame]]] = {
    "hello": lambda b: [{"part": "queues", "topic": f"agents.b{b.card.id}", "brand": b.card.id}],
    "taken": lambda b: [{"n": 3}, {"n": "all", "topic": f"queues.b{b.card.id}"}],
    "ping": lambda b: [{}],
}
CHAT_FRAMES: dict[str, Callable[[Estate], list[Frame]]] = {
    "hello": lambda b: [{}],  # the first frame, tried in every way below; a second one is refused
    "msg": lambda b: [{"client_id": str(uuid4()), "body": "Hello", **astray(b)}],
    "typing": lambda b: [astray(b)],
    "end": lambda b: [astray(b)],
    "identify": lambda b: [astray(b)],
    "call": lambda b: [
        astray(b)
        | {
            "client_id": str(uuid4()),
            "number": "+46 8 123 456",
            "from": "2026-03-02T09:00:00Z",
            "until": "2026-03-02T11:00:00Z",
            "consent": True,
        }
    ],
    "call_windows": lambda b: [astray(b)],
    "no_call": lambda b: [astray(b)],
    "ping": lambda b: [astray(b)],
    "leave_message": lambda b: [astray(b)],
}
LAST = ("end",)


def astray(estate: Estate) -> Frame:
    """Fields that no command has, should one begin to believe them."""
    ref = estate.refs["interactions_interaction"][0]
    return {"conversation": ref, "ref": ref, "brand": estate.card.id, "key": estate.key, "stream": f"c.{ref}"}


def matched(function: Any) -> set[str]:
    """Return the words that the function's `match` knows."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    patterns = (node.value for node in ast.walk(tree) if isinstance(node, ast.MatchValue))
    return {str(value.value) for value in patterns if isinstance(value, ast.Constant)}


class DescribeRegistry:
    def it_lists_what_the_desk_takes(self) -> None:
        assert set(desk.OPS) == matched(desk.DeskConsumer._received) == set(DESK_FRAMES)

    def it_lists_what_the_floor_and_the_portal_take(self) -> None:
        assert set(watching.OPS) == matched(watching.WatchingSocket._received) == set(FLOOR_FRAMES)
        assert {FloorConsumer._received, PortalConsumer._received} == {watching.WatchingSocket._received}

    def it_lists_what_the_web_chat_takes(self) -> None:
        assert set(forms.OPS) == set(CHAT_FRAMES), "the table it reads by"

    def it_knows_every_socket(self) -> None:
        assert [str(one.pattern) for one in urlpatterns] == [
            "ws/desk/",
            "ws/floor/",
            "ws/portal/",
            "ws/chat/",
        ]


def groups() -> set[str]:
    """Return the groups that the sockets of this process hear."""
    layer: Any = get_channel_layer()
    marker = "__group__"
    return {name.partition(marker)[2] for name in layer._get_layer().groups}


@asynccontextmanager
async def watched(place: Neighbourhood) -> AsyncIterator[None]:
    """Fail if a row of the other brand is another one after this, or if anybody stepped into it."""
    watch = place.watched
    changed = await run_db(watch.__enter__)
    try:
        yield
    finally:
        await run_db(watch.__exit__)
    assert changed == []


def cookies_of(walker: Walker) -> Any:
    walker.browser.cookies = walker.browser.jars["localhost"]
    return walker.browser


class DescribeDesk:
    async def it_shows_nothing_of_a_brand_without_a_seat(
        self, place: Neighbourhood, caplog: pytest.LogCaptureFixture
    ) -> None:
        walker = await run_db(place.walker, "agent")
        socket = knock(cookies_of(walker))
        frames = []
        async with watched(place):
            assert (await socket.connect(timeout=PATIENCE))[0]
            for op in desk.OPS:
                for fields in DESK_FRAMES[op](place.estate):
                    await socket.send_to(text_data=json.dumps({"op": op, **fields}))
                    frames += await self.until_pong(socket)
            assert groups() == {live.group(name, await self.agent_id(place)) for name in ("agent", "access")}
            await socket.disconnect(timeout=PATIENCE)
        self.judge(place, frames)
        assert [line.message for line in caplog.records if line.levelname == "ERROR"] == []

    @pytest.mark.parametrize("role", ["manager", "operator", "outsider", "nobody"])
    async def it_is_closed_to_who_is_no_agent(self, place: Neighbourhood, role: str) -> None:
        walker = await run_db(place.walker, role)
        browser: Any = cookies_of(walker) if walker.browser.jars else walker.browser
        async with watched(place):
            socket = knock(browser)
            await socket.connect(timeout=PATIENCE)
            assert await closing_code(socket) in {sockets.SIGNED_OUT, sockets.UNWELCOME}

    async def until_pong(self, socket: Any) -> list[Frame]:
        """Return what the command brought: everything until the answer to a ping that was sent after it."""
        await socket.send_to(text_data=json.dumps({"op": "ping"}))
        frames: list[Frame] = []
        while not frames or frames[-1]["stream"] != "pong":
            frames.append(json.loads(await socket.receive_from(timeout=PATIENCE)))
        return frames

    async def agent_id(self, place: Neighbourhood) -> int:
        return await run_db(lambda: User.objects.get(email="al@example.test").pk)

    def judge(self, place: Neighbourhood, frames: list[Frame]) -> None:
        text = json.dumps(frames, ensure_ascii=False)
        assert [token for token in place.estate.tokens if token in text] == []
        assert place.globex.name not in text
        told = [frame for frame in frames if frame["stream"][2:] in set(place.estate.all_refs)]
        assert told, "a stream of nobody's is answered, with that it is lost"
        assert {(frame.get("event"), "html" in frame) for frame in told} == {("lost", False)}


class DescribeFloor:
    @pytest.mark.parametrize("part", ["agents", "queues", "agents.all"])
    async def it_shows_nothing_of_a_brand_without_a_seat(
        self, place: Neighbourhood, part: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        walker = await run_db(place.walker, "supervisor")
        socket = knock_floor(cookies_of(walker), part=part)
        frames: list[Frame] = []
        async with watched(place):
            assert (await socket.connect(timeout=PATIENCE))[0]
            for op in watching.OPS:
                for fields in FLOOR_FRAMES[op](place.estate):
                    await socket.send_to(text_data=json.dumps({"op": op, **fields}))
            while not any("agents" in frame or "queues" in frame for frame in frames):
                frames.append(json.loads(await socket.receive_from(timeout=PATIENCE)))
            await socket.disconnect(timeout=PATIENCE)
        said = json.dumps(frames)
        assert [token for token in place.estate.tokens if token in said] == []
        theirs = {int(one) for one in place.estate.of("interactions_queue").all_ids}
        told = [row[0] for frame in frames for row in frame.get("queues", [])]
        assert not theirs & set(told)
        works = [row[7] for frame in frames for row in frame.get("agents", [])]
        assert str(place.globex.id) not in {brand for work in works for brand in work}
        assert [line.message for line in caplog.records if line.levelname == "ERROR"] == []

    @pytest.mark.parametrize("role", ["agent", "manager", "outsider", "nobody"])
    async def it_is_closed_to_who_has_no_floor(self, place: Neighbourhood, role: str) -> None:
        walker = await run_db(place.walker, role)
        browser: Any = cookies_of(walker) if walker.browser.jars else walker.browser
        async with watched(place):
            socket = knock_floor(browser)
            await socket.connect(timeout=PATIENCE)
            assert await closing_code(socket) in {sockets.SIGNED_OUT, sockets.UNWELCOME}


class DescribePortal:
    async def it_shows_nothing_of_a_brand_without_a_seat(
        self, place: Neighbourhood, caplog: pytest.LogCaptureFixture
    ) -> None:
        walker = await run_db(place.walker, "manager")
        socket = knock_portal(walker.browser)
        frames: list[Frame] = []
        async with watched(place):
            assert (await socket.connect(timeout=PATIENCE))[0]
            for op in watching.OPS:
                for fields in FLOOR_FRAMES[op](place.estate):
                    await socket.send_to(text_data=json.dumps({"op": op, **fields}))
            while not any("waiting" in frame for frame in frames):
                frames.append(json.loads(await socket.receive_from(timeout=PATIENCE)))
            await socket.disconnect(timeout=PATIENCE)
        assert {frame["topic"] for frame in frames if "topic" in frame} == {f"b{place.acme.id}"}
        said = json.dumps(frames)
        assert [token for token in place.estate.tokens if token in said] == []
        assert [line.message for line in caplog.records if line.levelname == "ERROR"] == []

    @pytest.mark.parametrize("role", ["agent", "manager", "operator", "outsider", "nobody"])
    async def it_is_closed_on_a_host_without_a_seat(self, place: Neighbourhood, role: str) -> None:
        walker = await run_db(place.walker, role)
        host = f"{place.globex.slug}.localhost"
        own = next((jar for name, jar in walker.browser.jars.items() if name != "localhost"), None)
        walker.browser.jars[host] = (
            own or walker.browser.jars.get("localhost") or type(walker.browser.cookies)()
        ).copy()
        async with watched(place):
            socket = knock_portal(walker.browser, host=f"{host}:8001", origin=f"http://{host}:8000")
            await socket.connect(timeout=PATIENCE)
            assert await closing_code(socket) in {sockets.SIGNED_OUT, sockets.UNWELCOME}


class DescribeWebChat:
    @pytest.mark.parametrize(
        ("host", "key", "token", "code"),
        [
            ("acme", "globex", "globex", 4403),
            ("acme", "globex", "acme", 4403),
            ("acme", "acme", "globex", 4401),
            ("globex", "acme", "acme", 4403),
        ],
    )
    async def it_lets_nobody_in_by_another_brands_key_or_token(
        self, place: Neighbourhood, host: str, key: str, token: str, code: int
    ) -> None:
        cards = {"acme": place.acme, "globex": place.globex}
        visitor = Visitor(cards[host], token=await new_token(cards[token]))
        async with watched(place):
            await visitor.connect()
            await visitor.hello(key=key_of(cards[key]), conversation=str(place.talk))
            assert await visitor.closed() == code

    async def it_begins_nothing_from_another_brands_conversation(
        self, place: Neighbourhood, caplog: pytest.LogCaptureFixture
    ) -> None:
        visitor = Visitor(place.acme)
        async with watched(place):
            await visitor.greet(conversation=str(place.talk))
            assert visitor.greeting["conversation"] is None
            assert visitor.greeting["messages"] == []
            for op in sorted(forms.OPS, key=lambda one: one in LAST):
                for fields in CHAT_FRAMES[op](place.estate):
                    await visitor.send(op, **fields)
                    await visitor.send("ping")
                    await visitor.hear("pong")
            mine = visitor_group(place.acme.id, await self.conversation(visitor))
            assert groups() == {mine, visitors_group(place.acme.id)}
            await visitor.leave()
        text = json.dumps(visitor.heard, ensure_ascii=False)
        assert [token for token in place.estate.tokens if token in text] == []
        assert str(place.talk) not in text
        assert [line.message for line in caplog.records if line.levelname == "ERROR"] == []

    async def conversation(self, visitor: Visitor) -> Any:
        acks = [frame["conversation"] for frame in visitor.heard if frame["op"] == "ack"]
        return UUID(acks[-1])
