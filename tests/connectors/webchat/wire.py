"""A visitor's end of the socket, and the verbs of the other side, for tests of the protocol."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar
from uuid import UUID, uuid4

from channels.testing import WebsocketCommunicator

from core import clock
from core.executor import run_db
from interactions import actions
from interactions.connectors.webchat import adapter, tokens
from interactions.connectors.webchat.consumers import VisitorConsumer
from interactions.queries import public_transcript
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import TESTS

AGENT = 4711
PATIENCE = 30  # seconds after which something must hang
P = ParamSpec("P")
T = TypeVar("T")


def key_of(brand: BrandCard) -> str:
    return f"pk_{brand.slug}"


def origin_of(brand: BrandCard) -> str:
    return f"http://{brand.slug}.localhost:8000"


async def within(brand: BrandCard, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run the job in the brand's scope, in a database thread."""

    def inside() -> T:
        with tenant_scope(brand, TESTS):
            return job(*args, **kwargs)

    return await run_db(inside)


async def new_token(brand: BrandCard) -> str:
    def issue() -> str:
        endpoint = adapter.endpoint_for(brand, key_of(brand))
        assert endpoint is not None
        return tokens.issue(endpoint, now=clock.now())[0]

    return await run_db(issue)


@dataclass
class Visitor:
    """One socket of a visitor of `brand`; `host` is the one it is opened on, the brand's own by default."""

    brand: BrandCard
    token: str = ""
    host: str = ""
    address: str = "127.0.0.1"
    socket: WebsocketCommunicator = field(init=False)
    ref: UUID | None = None
    greeting: dict[str, Any] = field(default_factory=dict)
    heard: list[dict[str, Any]] = field(default_factory=list)

    async def connect(self, origin: str | None = "") -> "Visitor":
        """Open the socket; `origin` None sends none, "" the brand's own."""
        self.token = self.token or await new_token(self.brand)
        origin = origin_of(self.brand) if origin == "" else origin
        headers = [(b"host", (self.host or f"{self.brand.slug}.localhost:8001").encode())]
        headers += [(b"origin", origin.encode())] if origin else []
        self.socket = WebsocketCommunicator(VisitorConsumer.as_asgi(), "/ws/chat/", headers=headers)
        self.socket.scope["client"] = [self.address, 4000]
        accepted, _ = await self.socket.connect(timeout=PATIENCE)
        assert accepted
        return self

    async def greet(self, **fields: Any) -> "Visitor":
        """Connect, say hello and keep the answer."""
        await self.connect()
        await self.hello(**fields)
        self.greeting = await self.hear("hello_ok")
        self.ref = UUID(self.greeting["conversation"]) if self.greeting["conversation"] else None
        return self

    async def hello(self, **fields: Any) -> None:
        said = {"key": key_of(self.brand), "token": self.token, "after": 0, "language": "sv", "page": ""}
        await self.send("hello", **said | fields)

    async def say(self, body: str, *, client_id: UUID | None = None, **fields: Any) -> dict[str, Any]:
        """Send a message and return its receipt."""
        await self.send("msg", client_id=str(client_id or uuid4()), body=body, **fields)
        receipt = await self.hear("ack")
        self.ref = UUID(receipt["conversation"])
        return receipt

    async def send(self, op: str, **fields: Any) -> None:
        await self.socket.send_to(text_data=json.dumps({"op": op, **fields}))

    async def hear(self, op: str) -> dict[str, Any]:
        """Return the next frame of that op; all that came are in `heard`."""
        while True:
            frame: dict[str, Any] = json.loads(await self.socket.receive_from(timeout=PATIENCE))
            self.heard.append(frame)
            if frame["op"] == op:
                return frame

    async def shown(self, *, up_to: int) -> list[dict[str, Any]]:
        """Wait until the message of that number has come; return every one that this socket was sent."""
        while not any(frame["op"] == "msg" and frame["seq"] >= up_to for frame in self.heard):
            await self.hear("msg")
        await asyncio.sleep(0.15)  # for what should not come
        await self.send("ping")
        await self.hear("pong")
        return [frame for frame in self.heard if frame["op"] == "msg"]

    async def closed(self) -> int:
        """Wait for the server to close, and return the code."""
        while (event := await self.socket.receive_output(timeout=PATIENCE))["type"] != "websocket.close":
            pass
        return int(event["code"])

    async def leave(self) -> None:
        await self.socket.disconnect(timeout=PATIENCE)

    @property
    def conversation(self) -> UUID:
        assert self.ref is not None, "nothing was said yet"
        return self.ref

    async def accepted(self) -> UUID:
        """Have an agent take the conversation."""
        await within(self.brand, _take, self.conversation)
        return self.conversation

    async def answered(self, body: str) -> None:
        """Have the agent reply."""
        await within(self.brand, _reply, self.conversation, body)

    async def noted(self, body: str) -> None:
        await within(self.brand, _note, self.conversation, body)

    async def stored(self) -> list[str]:
        """Return the texts that the customer may read."""
        return [message.body for message in await within(self.brand, public_transcript, self.conversation)]


def _take(ref: UUID) -> None:
    actions.assign(ref, agent_id=AGENT, agent_shown="Ada", now=clock.now())


def _reply(ref: UUID, body: str) -> None:
    values: dict[str, Any] = {"agent_id": AGENT, "author_shown": "Ada", "client_id": uuid4(), "body": body}
    actions.send_reply(ref, **values, last_seq=10**6, now=clock.now())


def _note(ref: UUID, body: str) -> None:
    values: dict[str, Any] = {"agent_id": AGENT, "author_shown": "Ada", "client_id": uuid4(), "body": body}
    actions.add_note(ref, **values, now=clock.now())
