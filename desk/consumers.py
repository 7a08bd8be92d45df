"""The one staff socket of a page. It listens; commands are POSTs.

What is pushed is a hint with ids and numbers; what is sent is read again in the brand's scope and rendered
with the page's own partials. The socket works one thing at a time, so the order on screen is the order of the
numbers, and what was pushed several times meanwhile is looked up once. Between frames it holds no thread and
no connection.
"""

import asyncio
import json
import logging
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

import redis
from channels.consumer import AsyncConsumer
from channels.layers import get_channel_layer

from accounts.actor import Actor
from accounts.permissions import Permission
from core import live
from core.addresses import network_address
from core.compact import compact
from core.errors import NotFound
from core.executor import run_db
from desk import jobs, link
from desk.frames import Frame, News
from desk.origins import cookie, is_own_page
from workforce.heartbeat import ensure_beating, node_name, revivals, settle

log = logging.getLogger(__name__)

BROKEN, TRY_LATER = 1011, 1013  # the page comes back by itself
SIGNED_OUT, UNWELCOME, NOISY = 4401, 4403, 4400  # it does not
RECHECK_SECONDS = 60
FAR = float("inf")
SEAT_OVER_SECONDS = 0.05  # after the very end of a seat it is surely over
HELLO_SECONDS = 15
ROWS_SECONDS = 0.25
MOST_FRAME = 16_384
MOST_STREAMS = 60
PARTS = {
    "offer": {"offers", "top"},
    "offer_gone": {"offers", "top"},
    "worklist": {"list", "top"},
    "presence": {"top"},
    "state": {"list", "top"},
}
OPS = ("hello", "watch", "leave", "ping")
"""What a page may ask over the socket."""
Receive = Callable[[], Awaitable[dict[str, Any]]]


class DeskConsumer(AsyncConsumer):  # type: ignore[misc]
    """`streams`: the last number sent, by ref; `brands`: whose they are; `watched`: the open ones."""

    actor: Actor | None = None
    session_key = ""
    address = ""
    closed = False
    greeted = False
    revivals = 0
    due = 0.0
    seat_due = FAR
    loop: asyncio.AbstractEventLoop

    async def __call__(
        self, scope: dict[str, Any], receive: Receive, send: Callable[..., Awaitable[None]]
    ) -> None:
        self.scope, self.base_send = scope, send
        self.channel_layer = get_channel_layer()
        self.channel_name = await self.channel_layer.new_channel()
        self.loop = asyncio.get_running_loop()
        self.streams: dict[str, int] = {}
        self.brands: dict[str, int] = {}
        self.watched: set[str] = set()
        self.dirty: set[str] = set()
        self.gone: set[str] = set()
        self.rows: dict[str, int] = {}
        self.rows_due = 0.0
        self.turned: dict[str, int] = {}
        self.links: list[bool] = []
        self.again_in(HELLO_SECONDS)
        await self._serve((receive, self._pushed))

    async def _pushed(self) -> dict[str, Any]:
        message: dict[str, Any] = await self.channel_layer.receive(self.channel_name)
        return message

    # ---- one thing at a time ----

    async def _serve(self, sources: tuple[Receive, ...]) -> None:
        tasks = [asyncio.ensure_future(source()) for source in sources]
        try:
            while not self.closed:
                await asyncio.wait(tasks, timeout=self._patience(), return_when=asyncio.FIRST_COMPLETED)
                idle = True
                for n, task in enumerate(tasks):
                    if task.done() and not self.closed:
                        idle = False
                        tasks[n] = asyncio.ensure_future(sources[n]())
                        await self._guarded(self.dispatch, task.result())
                if (idle or self._seat_is_over()) and not self.closed:
                    await self._guarded(self._on_time)
        finally:
            await self._gone()  # unless it is already: cancelled while it waited for the database
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _patience(self) -> float:
        """How long nothing may happen: not at all while something is to be shown."""
        due = min(self.due, self.seat_due, *((self.rows_due,) if self.rows else ()))
        return 0.0 if self._owes() else max(0.0, due - self.loop.time())

    def _owes(self) -> bool:
        """Rows of the list follow their messages, but not each of a flood."""
        rows = self.rows and self.loop.time() >= self.rows_due
        return bool(self.dirty or self.turned or self.links or rows)

    def _seat_is_over(self) -> bool:
        """Whether a seat that ends by itself has: nobody publishes that."""
        return self.loop.time() >= self.seat_due

    def again_in(self, seconds: float) -> None:
        self.due = self.loop.time() + seconds * random.uniform(0.9, 1.1)  # noqa: S311 - spreads, hides nothing

    async def _guarded(self, step: Callable[..., Awaitable[None]], *args: Any) -> None:
        """An error of ours closes the socket with a code that brings the page back; it resumes by number."""
        try:
            await step(*args)
        except NotFound:
            await self._close(UNWELCOME)
        except Exception:
            log.exception("desk: a step failed")
            await self._close(BROKEN)

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Without Channels' detour through a thread: a socket between frames has no connection to close."""
        match message["type"]:
            case "websocket.connect":
                await self._connected()
            case "websocket.receive":
                await self._received(message.get("text") or "")
            case "websocket.disconnect":
                await self._gone()
            case "live.message":
                await self._live(message["payload"])

    async def _on_time(self) -> None:
        """Nothing came in: show what is owed, else look whether this page may still be here."""
        if self._seat_is_over():
            await self._recheck()
        elif self._owes():
            await self._show()
        elif not self.greeted:
            await self._close(TRY_LATER)
        else:
            await self._recheck()

    # ---- the page ----

    async def _connected(self) -> None:
        headers = {name: value.decode("latin-1") for name, value in self.scope["headers"]}
        self.session_key = cookie(headers.get(b"cookie", ""))
        origin = headers.get(b"origin", "")
        if not is_own_page(origin, host=headers.get(b"host", "")):
            await run_db(jobs.note_origin, origin)
            await self._close(UNWELCOME)
            return
        peer = (self.scope.get("client") or ("", 0))[0] or ""
        self.address = network_address(peer, headers.get(b"x-forwarded-for", ""))
        actor = await run_db(jobs.identify, self.session_key, self.address)
        await self.base_send({"type": "websocket.accept"})
        if actor is None or actor.agent_id is None:
            await run_db(jobs.note_refusal, actor, session_key=self.session_key)
            await self._close(SIGNED_OUT if actor is None else UNWELCOME)
            return
        self.actor = actor
        await self._note_end(actor)
        await self._join(actor)

    async def _join(self, actor: Actor) -> None:
        """Hear first, look afterwards, so that nothing falls between the two."""
        await self.channel_layer.group_add(live.group("agent", actor.user_id), self.channel_name)
        await self.channel_layer.group_add(live.group("access", actor.user_id), self.channel_name)
        link.watch(self)
        await ensure_beating()
        self.revivals = revivals()
        await run_db(jobs.arrive, actor.user_id, node=node_name(), channel=self.channel_name)

    async def _received(self, text: str) -> None:
        frame = _read(text)
        if frame is None or self.actor is None:
            await self._close(NOISY)
            return
        match frame.get("op"):
            case "hello":
                await self._hello(self.actor, frame.get("resume"))
            case "watch":
                await self._watch(frame)
            case "leave":
                self.watched.discard(str(frame.get("stream", ""))[2:])
            case "ping":
                await self._send([await run_db(jobs.pong)])
            case _:
                await self._close(NOISY)

    async def _hello(self, actor: Actor, resume: Any) -> None:
        wanted = dict(list(resume.items())[:MOST_STREAMS]) if isinstance(resume, dict) else {}
        known = {ref: seq for stream, seq in wanted.items() if (ref := _ref(stream)) and isinstance(seq, int)}
        welcome = await run_db(jobs.welcome, actor, known)
        self.watched = set(known)
        for ref, told in welcome.told.items():
            self._note(ref, told)
        self.greeted = True
        self.again_in(RECHECK_SECONDS)
        await self._send(welcome.frames)

    async def _watch(self, frame: Frame) -> None:
        ref, seq = _ref(frame.get("stream")), frame.get("seq")
        await self._recheck()
        if self.closed or self.actor is None or ref is None or not isinstance(seq, int):
            return
        self.watched.add(ref)
        told = await run_db(jobs.catch_up, self.actor, ref, after=seq)
        if told:
            self._note(ref, told)
            await self._send(told.frames)

    async def _gone(self) -> None:
        """Write first: who stays present for ever is asked for ever; a group not left costs little."""
        if self.closed:
            return
        self.closed = True
        if self.actor is None:
            return
        leaving = partial(jobs.depart, self.actor.user_id, channel=self.channel_name, at=time.monotonic())
        await settle(self.channel_name, leaving)
        for name in ("agent", "access"):
            with suppress(redis.RedisError, OSError):
                await self.channel_layer.group_discard(
                    live.group(name, self.actor.user_id), self.channel_name
                )

    # ---- what is pushed ----

    async def _live(self, payload: dict[str, Any]) -> None:
        kind, ref = payload.get("kind"), str(payload.get("ref", ""))
        if self.actor is None or not self.greeted:
            return
        if kind == "message":
            await self._message(self.actor, int(payload["brand"]), ref, int(payload["seq"]))
        elif kind == "typing" and ref in self.watched:
            await self._send([await run_db(jobs.typing, ref)])
        elif kind == "access":
            await self._recheck()
        else:
            self._mark(str(kind), payload)

    def _mark(self, kind: str, payload: dict[str, Any]) -> None:
        """Remember what has to be shown again; it is, once nothing more is waiting."""
        self.dirty |= PARTS.get(kind, set())
        if kind == "offer_gone":
            self.gone.add(str(payload.get("ref")))
        if kind == "state" and "brand" in payload and payload.get("ref") in self.watched:
            self.turned[str(payload["ref"])] = int(payload["brand"])

    async def _message(self, actor: Actor, brand_id: int, ref: str, seq: int) -> None:
        if seq <= self.streams.get(ref, 0):
            return
        after = self.streams.get(ref, seq - 1)
        told = await run_db(jobs.news, actor, brand_id, ref, after=after)
        self._note(ref, told)
        await self._send(told.frames)
        if told.is_mine:
            self.rows[ref] = brand_id

    def _note(self, ref: str, told: News) -> None:
        self.brands[ref] = told.brand_id
        self.streams[ref] = max(told.seq, self.streams.get(ref, 0))
        if not told.is_mine:
            self.streams.pop(ref, None)
            self.watched.discard(ref)
            self.dirty |= {"list", "top"}

    async def _show(self) -> None:
        """Send what is owed: what rings first and alone, the rest from one job."""
        if self.actor is None:
            return
        dirty, gone, rows, turned, links = self.dirty, self.gone, self.rows, self.turned, self.links
        self.dirty, self.gone, self.rows, self.turned, self.links = set(), set(), {}, {}, []
        self.rows_due = self.loop.time() + ROWS_SECONDS
        if links:
            await self._send([await run_db(jobs.link, up=links[-1])])
            dirty |= {"list", "offers", "top"} if links[-1] else set()
        if "offers" in dirty and "list" not in dirty:
            await self._send(await run_db(jobs.show, self.actor, {"offers"}, gone=gone, rows={}, turned={}))
            dirty, gone = dirty - {"offers"}, set()
        shown = {} if "list" in dirty else rows
        await self._send(await run_db(jobs.show, self.actor, dirty, gone=gone, rows=shown, turned=turned))
        if links and links[-1]:
            await self._fill_gaps(self.actor)

    async def _fill_gaps(self, actor: Actor) -> None:
        for ref in self.watched & self.streams.keys():
            told = await run_db(jobs.news, actor, self.brands[ref], ref, after=self.streams[ref])
            self._note(ref, told)
            await self._send(told.frames)

    def link_changed(self, *, up: bool) -> None:
        """Called by desk.link in this loop."""
        if self.greeted and not self.closed:
            self.links.append(up)
            self.channel_layer.channels[self.channel_name].put_nowait(
                self.channel_layer.serialize({"type": "live.message", "payload": {"kind": "link"}})
            )

    # ---- may it still be here ----

    async def _recheck(self) -> None:
        """Ask again who this is: a sign-out or a lost seat ends the socket, a lost brand its streams."""
        self.again_in(RECHECK_SECONDS)
        actor = await run_db(jobs.identify, self.session_key, self.address)
        if actor is None or actor.agent_id is None:
            await self._close(SIGNED_OUT if actor is None else UNWELCOME)
            return
        if revivals() != self.revivals:
            self.revivals = revivals()
            await run_db(jobs.arrive, actor.user_id, node=node_name(), channel=self.channel_name)
        await self._note_end(actor)
        before, self.actor = self.actor, actor
        if before and before.memberships != actor.memberships:
            self.dirty |= {"list", "offers", "top"}
            for ref in [ref for ref, brand in self.brands.items() if not actor.can(Permission.ANSWER, brand)]:
                await self._send((await run_db(jobs.news, actor, self.brands[ref], ref, after=0)).frames)
                self.streams.pop(ref, None)
                self.brands.pop(ref)

    async def _note_end(self, actor: Actor) -> None:
        """Look again as soon as the first of the seats ends by itself."""
        seconds = await run_db(jobs.until_a_seat_ends, actor) if actor.seats_end_at else None
        self.seat_due = FAR if seconds is None else self.loop.time() + seconds + SEAT_OVER_SECONDS

    # ---- frames out ----

    async def _send(self, frames: list[Frame]) -> None:
        for frame in frames:
            await self.base_send({"type": "websocket.send", "text": compact(frame)})

    async def _close(self, code: int) -> None:
        """Close from our side; `_gone` follows as if the page had left."""
        if not self.closed:
            await self._gone()
            await self.base_send({"type": "websocket.close", "code": code})


def _read(text: str) -> dict[str, Any] | None:
    if len(text) > MOST_FRAME:
        return None
    try:
        frame = json.loads(text)
    except ValueError:
        return None
    return frame if isinstance(frame, dict) else None


def _ref(stream: Any) -> str | None:
    """`c.<ref>` -> the ref; None for anything else."""
    try:
        return str(UUID(stream[2:])) if isinstance(stream, str) and stream.startswith("c.") else None
    except ValueError:
        return None
