"""A visitor's socket: one frame in, at most one job of the executor, frames out.

What is pushed is a hint; what a socket shows is read from the tables after the last number it has shown. It
works one thing at a time, so the order on screen is the order of the numbers. A socket that waits for nothing
holds no thread and no connection.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

import redis
from channels.consumer import AsyncConsumer
from channels.layers import get_channel_layer
from django.utils.translation import override

from core import clock, live
from core.addresses import visitor_address
from core.compact import compact
from core.errors import RoomError
from core.executor import run_db
from interactions.blocking import Blocked
from interactions.connectors.webchat import calls, forms, visits
from interactions.connectors.webchat.origins import host_name
from interactions.connectors.webchat.refusals import RateLimited, Unwelcome
from interactions.connectors.webchat.settings import (
    HELLO_SECONDS,
    HOURS_SECONDS,
    IDLE_SECONDS,
    MAX_BAD_FRAMES,
    TALKING_SECONDS,
    TYPING_SECONDS,
    WAITING_SECONDS,
)
from interactions.connectors.webchat.tokens import BadToken, ExpiredToken
from interactions.connectors.webchat.visits import Look, Visit
from interactions.live import agent_group, visitor_group, visitors_group
from workforce.heartbeat import ensure_beating, node_name, settle

log = logging.getLogger(__name__)

BROKEN, RELOAD, TRY_LATER = 4011, 4012, 4013  # the page comes back by itself; see accounts.sockets
NOISY, BAD_TOKEN, UNWELCOME, BLOCKED = 4400, 4401, 4403, 4410
CLOSES = {
    Blocked: BLOCKED,
    BadToken: BAD_TOKEN,
    ExpiredToken: BAD_TOKEN,
    Unwelcome: UNWELCOME,
    RateLimited: TRY_LATER,
}
NOTED = (BadToken, Unwelcome)  # in the trail; a token that has merely expired is nobody's attempt
LOOK_AGAIN = {
    "new": IDLE_SECONDS,
    "queued": WAITING_SECONDS,
    "callback": TALKING_SECONDS,
    "active": TALKING_SECONDS,
    "ended": IDLE_SECONDS,
}
Receive = Callable[[], Awaitable[dict[str, Any]]]


class NotAvailable(RoomError):
    status = 501
    code = "not_available"


class VisitorConsumer(AsyncConsumer):  # type: ignore[misc]
    """`seen` is the number of the last message shown, `shown` what else the page knows."""

    visit: Visit | None = None
    told = False
    shown = Look()
    seen = 0
    group = ""
    brand_group = ""
    closed = False
    bad_frames = 0
    loop: asyncio.AbstractEventLoop
    typed_at = 0.0
    due: float | None = None

    async def __call__(
        self, scope: dict[str, Any], receive: Receive, send: Callable[..., Awaitable[None]]
    ) -> None:
        self.scope, self.base_send = scope, send
        self.channel_layer = get_channel_layer()
        self.channel_name = await self.channel_layer.new_channel()
        self.loop = asyncio.get_running_loop()
        await self._serve((receive, self._pushed))

    async def _pushed(self) -> dict[str, Any]:
        message: dict[str, Any] = await self.channel_layer.receive(self.channel_name)
        return message

    async def _serve(self, sources: tuple[Receive, ...]) -> None:
        """Take what comes from the page and from the layer, one at a time; look again when nothing did."""
        tasks = [asyncio.ensure_future(source()) for source in sources]
        try:
            while not self.closed:
                await asyncio.wait(tasks, timeout=self._patience(), return_when=asyncio.FIRST_COMPLETED)
                for n, task in enumerate(tasks):
                    if task.done() and not self.closed:
                        tasks[n] = asyncio.ensure_future(sources[n]())
                        await self._guarded(self.dispatch, task.result())
                if self._patience() == 0 and not self.closed:
                    await self._guarded(self._on_time)
        finally:
            await self._gone()  # unless it is already: cancelled while it waited for the database
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _patience(self) -> float | None:
        return None if self.due is None else max(0.0, self.due - self.loop.time())

    async def _guarded(self, step: Callable[..., Awaitable[None]], *args: Any) -> None:
        """An error of ours closes nothing: what was not shown is looked up again a little later.

        Nor does an entrance that is closed: it may be opened again, and whoever writes meanwhile is told.
        """
        try:
            await step(*args)
        except Unwelcome:
            self._again_in(WAITING_SECONDS)
        except Exception:
            log.exception("web chat: a step failed")
            self._again_in(WAITING_SECONDS)

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Without Channels' own detour through a thread: between frames there is no connection to close."""
        match message["type"]:
            case "websocket.connect":
                await self._connected()
            case "websocket.receive":
                await self._received(message.get("text"))
            case "websocket.disconnect":
                await self._gone()
            case "live.message":
                await self._live(message["payload"])

    # ---- the page ----

    async def _connected(self) -> None:
        self._again_in(HELLO_SECONDS)
        await self.base_send({"type": "websocket.accept"})

    async def _received(self, text: str | None) -> None:
        client_id: UUID | None = None
        try:
            frame = forms.read(text)
            client_id = getattr(frame, "client_id", None)
            await self._take(frame)
        except RoomError as error:
            await self._refuse(error, client_id or getattr(error, "client_id", None))
        except Exception:
            log.exception("web chat: a frame failed")
            await self._error("failed", client_id=client_id)
            if self.visit is None:
                await self._close(BROKEN)

    async def _take(self, frame: forms.Frame) -> None:
        match frame:
            case forms.Ping():
                await self._say("pong")
            case forms.Hello() if self.visit is None:
                await self._hello(frame)
            case forms.Say() if self.visit:
                await self._message(self.visit, frame)
            case forms.Typing() if self.visit:
                await self._typing(self.visit)
            case forms.Leave() if self.visit and self.shown.ref:
                await run_db(visits.leave_message, self.visit, self.shown.ref)
                await self._look()
            case forms.CallWindows() | forms.Call() | forms.NoCall() if self.visit and self.shown.ref:
                await self._called(self.visit, self.shown.ref, frame)
            case forms.End() if self.visit:
                await self._end(self.visit)
            case forms.Identify() if self.visit:
                raise NotAvailable("Reserved: visitors cannot be identified yet.")
            case _:
                raise forms.BadFrame("Not now: a socket begins with one hello.")

    async def _hello(self, hello: forms.Hello) -> None:
        await ensure_beating()
        address = visitor_address(self._peer(), self._header(b"x-forwarded-for") or "")
        visit, ref = await run_db(
            visits.welcome, hello, host=self._host, origin=self._origin, address=address
        )
        same = hello.conversation is None or hello.conversation == ref
        with suppress(redis.RedisError, OSError):  # only news of hours, which a look brings too
            self.brand_group = visitors_group(visit.brand.id)
            await self.channel_layer.group_add(self.brand_group, self.channel_name)
        await self._join(visit, ref)
        seen = await run_db(visits.look, visit, ref, after=hello.after if same else 0, node=node_name())
        self.visit, self.seen = visit, hello.after if same and not seen.reset else 0
        await self._greet(seen)

    async def _greet(self, seen: Look) -> None:
        self._note(seen)
        state = {"state": seen.phase, "name": seen.name, "reason": seen.reason, "reset": seen.reset}
        state |= {"resume": True} if seen.resume else {}
        await self._say("hello_ok", **state, conversation=seen.ref, messages=seen.messages)
        if seen.call:
            await self._say("call", **seen.call)
        if seen.place:
            await self._say("place", **seen.place)
        await self._note_wait(Look(), seen)

    async def _message(self, visit: Visit, frame: forms.Say) -> None:
        said = await run_db(visits.say, visit, self.shown.ref, frame)
        message = said.message
        await self._say(
            "ack", client_id=frame.client_id, seq=message["seq"], at=message["at"], conversation=said.ref
        )
        if said.ref != self.shown.ref:
            await self._begin(visit, said.ref)
        elif message["seq"] == self.seen + 1:
            self.seen += 1
            await self._say("msg", **message)
        elif message["seq"] > self.seen:
            await self._look()

    async def _begin(self, visit: Visit, ref: UUID) -> None:
        """A new conversation: hear of it first, then look, so that nothing falls between the two.

        A socket that can do neither is closed: the page comes back with a hello, and finds what is stored.
        """
        self.seen, self.shown, self.told = 0, Look(ref=ref, phase="queued"), False
        try:
            await self._join(visit, ref)
            await self._look(node=node_name())
        except Exception:
            log.exception("web chat: a conversation was begun and cannot be shown")
            await self._close(BROKEN)

    async def _typing(self, visit: Visit) -> None:
        now = self.loop.time()
        if self.shown.agent_id is None or now - self.typed_at < TYPING_SECONDS:
            return
        self.typed_at = now
        where = {"brand": visit.brand.id, "ref": str(self.shown.ref), "stream": f"c.{self.shown.ref}"}
        groups = map(agent_group, (self.shown.agent_id, *self.shown.beside))
        await run_db(live.publish_all, [(group, {"kind": "typing", **where}) for group in groups])

    async def _end(self, visit: Visit) -> None:
        if self.shown.ref and self.shown.phase != "ended":
            await run_db(visits.end, visit, self.shown.ref)
            await self._look()

    async def _called(
        self, visit: Visit, ref: UUID, frame: forms.CallWindows | forms.Call | forms.NoCall
    ) -> None:
        """What is asked about a call instead of the wait."""
        if isinstance(frame, forms.CallWindows):
            await self._say("windows", **await run_db(calls.choices, visit, ref))
            return
        if isinstance(frame, forms.NoCall):
            await run_db(calls.withdraw, visit, ref)
            await self._look()
            return
        await run_db(calls.ask, visit, ref, frame)
        await self._look()
        await self._say("call_ok", client_id=frame.client_id)

    async def _gone(self) -> None:
        """Write first: who stays present for ever is kept for ever; a group not left costs little."""
        if self.closed:
            return
        self.closed = True
        if self.visit and self.shown.ref and self.shown.phase != "ended":
            await settle(self.channel_name, partial(visits.leave, self.visit, self.shown.ref))
        with suppress(redis.RedisError, OSError):
            if self.group:
                await self.channel_layer.group_discard(self.group, self.channel_name)
            if self.brand_group:
                await self.channel_layer.group_discard(self.brand_group, self.channel_name)

    # ---- what is pushed, and what is looked up again ----

    async def _live(self, payload: dict[str, Any]) -> None:
        kind = payload.get("kind")
        if self.visit is None or kind == "message" and payload.get("seq", 0) <= self.seen:
            return
        if kind == "hours":  # every socket of the brand hears it: they look one after the other
            self._again_in(random.uniform(0, HOURS_SECONDS), sooner=True)  # noqa: S311
            return
        if kind == "typing":
            await self._say("typing", name=payload.get("name") or self.shown.name)
        elif kind == "blocked":
            await self._check(self.visit)
        elif kind == "presence" and self.shown.ref:
            await run_db(visits.announce, self.visit, self.shown.ref, node=node_name())
        else:
            await self._look()

    async def _check(self, visit: Visit) -> None:
        """The visitor may be blocked by now: say so, and close."""
        try:
            await run_db(visits.check_blocked, visit)
        except Blocked as error:
            await self._refuse(error, None)

    async def _on_time(self) -> None:
        if self.visit is None:
            await self._close(TRY_LATER)
            return
        await self._look(node=node_name())  # whatever became of the news that the visitor is here

    async def _look(self, node: str | None = None) -> None:
        """Read what is newer than what the page shows, and show it."""
        if self.visit is None:
            return
        seen = await run_db(visits.look, self.visit, self.shown.ref, after=self.seen, node=node)
        if seen.reset:
            await self._close(RELOAD)
            return
        before = self.shown
        self._note(seen)
        for message in seen.messages:
            await self._say("msg", **message)
        await self._turn(before, seen)

    async def _turn(self, before: Look, after: Look) -> None:
        """Say what became of the conversation between two looks."""
        if before.phase == "active" and (
            after.phase == "queued" or after.phase == "active" and after.name != before.name
        ):
            await self._say("agent", event="left", name=before.name)
        if after.phase == "active" and (before.phase != "active" or after.name != before.name):
            await self._say("agent", event="joined", name=after.name)
        if before.phase in {"ended", "callback"} and after.phase == "queued":
            await self._say("resumed")
        if after.phase == "ended" and (before.phase != "ended" or before.resume != after.resume):
            await self._say("ended", reason=after.reason, resume=after.resume)
        if after.call and after.call != before.call:
            await self._say("call", **after.call)
        if after.place and after.place != before.place:
            await self._say("place", **after.place)
        await self._note_wait(before, after)

    async def _note_wait(self, before: Look, after: Look) -> None:
        """Have it kept what was said of the wait; it begins anew with who waits again."""
        self.told &= after.phase == "queued"
        if self.visit and after.ref and after.estimate and after.place != before.place:
            first, self.told = not self.told, True
            await run_db(visits.note_estimate, self.visit, after.ref, after.estimate, first=first)

    def _note(self, seen: Look) -> None:
        self.seen = max([self.seen, *(message["seq"] for message in seen.messages)])
        self.shown = replace(seen, messages=[])
        wait = LOOK_AGAIN[seen.phase]
        self._again_in(wait * random.uniform(0.8, 1.2))  # noqa: S311 - spreads, hides nothing
        if seen.turns_at:
            left = max(0.0, (seen.turns_at - clock.now()).total_seconds())
            self._again_in(left + random.uniform(0.1, HOURS_SECONDS), sooner=True)  # noqa: S311

    def _again_in(self, seconds: float, *, sooner: bool = False) -> None:
        """Look again in so many seconds; `sooner`: at the latest."""
        due = self.loop.time() + seconds
        self.due = min(self.due, due) if sooner and self.due is not None else due

    async def _join(self, visit: Visit, ref: UUID | None) -> None:
        """Hear of this conversation, and of no other."""
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)
        self.group = visitor_group(visit.brand.id, ref) if ref else ""
        if ref:
            await self.channel_layer.group_add(self.group, self.channel_name)

    # ---- frames out ----

    async def _refuse(self, error: RoomError, client_id: UUID | None) -> None:
        language = self.visit.language if self.visit else None
        with override(language):
            words = str(error.message)
        await self._error(
            error.code, client_id=client_id, message=words, retry_after=getattr(error, "retry_after", None)
        )
        self.bad_frames += isinstance(error, forms.BadFrame)
        if type(error) in CLOSES and (self.visit is None or type(error) is Blocked):
            if type(error) in NOTED:
                await run_db(visits.note_refusal, host=self._host, origin=self._origin, reason=error.code)
            await self._close(CLOSES[type(error)])
        elif self.bad_frames > MAX_BAD_FRAMES:
            await self._close(NOISY)

    async def _error(self, code: str, **fields: Any) -> None:
        await self._say(
            "error", code=code, **{name: value for name, value in fields.items() if value is not None}
        )

    async def _say(self, op: str, **fields: Any) -> None:
        await self.base_send({"type": "websocket.send", "text": compact({"op": op, **fields})})

    async def _close(self, code: int) -> None:
        """Close from our side; `_gone` follows as if the page had left."""
        if not self.closed:
            await self._gone()
            await self.base_send({"type": "websocket.close", "code": code})

    def _header(self, wanted: bytes) -> str | None:
        return next(
            (value.decode("latin-1") for name, value in self.scope["headers"] if name == wanted), None
        )

    @property
    def _host(self) -> str:
        return host_name(self._header(b"host") or "")

    @property
    def _origin(self) -> str | None:
        return self._header(b"origin")

    def _peer(self) -> str:
        return (self.scope.get("client") or ("", 0))[0] or ""
