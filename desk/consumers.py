"""The one staff socket of a page. It listens; commands are POSTs.

What is pushed is a hint with ids and numbers; what is sent is read again in the brand's scope and rendered
with the page's own partials. The socket works one thing at a time, so the order on screen is the order of the
numbers, and what was pushed several times meanwhile is looked up once. Between frames it holds no thread and
no connection.
"""

import time
from functools import partial
from typing import Any
from uuid import UUID

from accounts.actor import Actor
from accounts.permissions import Permission
from accounts.sockets import NOISY, RECHECK_SECONDS, read_frame
from core import clock
from core.context import LIVE_PATH
from core.executor import run_db
from desk import jobs, link
from desk.frames import Frame, News, gone_frame, speaking
from desk.sockets import StaffSocket
from workforce.heartbeat import ensure_beating, node_name, revivals, settle

ROWS_SECONDS = 0.25
TOP_SECONDS = 0.25
MOST_STREAMS = 60
PARTS = {
    "offer": {"offers", "slots"},
    "offer_gone": {"slots"},
    "worklist": {"list", "top"},
    "presence": {"top"},
    "state": {"list", "top"},
}
TOP = {"top", "slots"}
OPS = ("hello", "watch", "leave", "ping")
"""What a page may ask over the socket."""


class DeskConsumer(StaffSocket):
    """`streams`: the last number sent, by ref; `brands`: whose they are; `watched`: the open ones."""

    path = LIVE_PATH
    lacks = "no agent"
    groups = ("agent", "access")
    revivals = 0

    def prepare(self) -> None:
        self.streams: dict[str, int] = {}
        self.brands: dict[str, int] = {}
        self.watched: set[str] = set()
        self.dirty: set[str] = set()
        self.gone: dict[str, tuple[str, str]] = {}
        self.rows: dict[str, int] = {}
        self.rows_due = self.top_due = 0.0
        self.turned: dict[str, int] = {}
        self.links: list[bool] = []

    def welcomes(self, actor: Actor) -> bool:
        return actor.agent_id is not None

    def _patience(self) -> float:
        dues = [self.rows_due] if self.rows else []
        dues += [self.top_due] if self.dirty & TOP else []
        return min([super()._patience(), *(max(0.0, due - self.loop.time()) for due in dues)])

    def _owes(self) -> bool:
        """Rows of the list follow their messages, and the top bar what rings, but not each of a flood."""
        rows = self.rows and self.loop.time() >= self.rows_due
        return bool(self.dirty - self._early() or self.gone or self.turned or self.links or rows)

    def _early(self) -> set[str]:
        """What was shown just now, unless it goes along with the list."""
        is_early = "list" not in self.dirty and self.loop.time() < self.top_due
        return TOP if is_early else set()

    # ---- the page ----

    async def _arrived(self, actor: Actor) -> None:
        """Hear first, look afterwards, so that nothing falls between the two."""
        link.watch(self)
        await ensure_beating()
        self.revivals = revivals()
        await run_db(jobs.arrive, actor.user_id, node=node_name(), channel=self.channel_name)

    async def _received(self, text: str) -> None:
        frame = read_frame(text)
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

    async def _left(self, actor: Actor) -> None:
        leaving = partial(jobs.depart, actor.user_id, channel=self.channel_name, at=time.monotonic())
        await settle(self.channel_name, leaving)

    # ---- what is pushed ----

    async def _live(self, payload: dict[str, Any]) -> None:
        kind, ref = payload.get("kind"), str(payload.get("ref", ""))
        if self.actor is None or not self.greeted:
            return
        if kind == "message":
            await self._message(self.actor, int(payload["brand"]), ref, int(payload["seq"]))
        elif kind == "typing" and ref in self.watched:
            await self._send([await run_db(jobs.typing, ref)])
        elif kind == "help":
            await self._send(await run_db(jobs.help_asked, self.actor, str(payload.get("help"))))
        elif kind == "hold":
            await self._send(await run_db(jobs.hold_over, self.actor, int(payload["brand"]), ref))
        elif kind == "request":
            asked = str(payload.get("request"))
            await self._send(await run_db(jobs.request_answered, self.actor, int(payload["brand"]), asked))
        elif kind == "access":
            await self._recheck()
        else:
            self._mark(str(kind), payload)

    def _mark(self, kind: str, payload: dict[str, Any]) -> None:
        """Remember what has to be shown again; it is, once nothing more is waiting."""
        self.dirty |= PARTS.get(kind, set())
        if kind == "offer_gone":
            how = str(payload.get("state", "")), str(payload.get("reason", ""))
            self.gone[str(payload.get("ref"))] = how
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
        """Send what is owed: what ceases to ring and what rings first and alone, the rest from one job."""
        if self.actor is None:
            return
        early = self.dirty & self._early()
        dirty, gone, rows, turned, links = self.dirty - early, self.gone, self.rows, self.turned, self.links
        self.dirty, self.gone, self.rows, self.turned, self.links = early, {}, {}, {}, []
        self.rows_due = self.loop.time() + ROWS_SECONDS
        if dirty & TOP:
            self.top_due = self.loop.time() + TOP_SECONDS
        if gone:
            with speaking(self.actor):
                went = gone_frame(gone, now=clock.now())
            await self._send([went])
        if links:
            await self._send([await run_db(jobs.link, up=links[-1])])
            dirty |= {"list", "offers", "top"} if links[-1] else set()
        if "offers" in dirty and "list" not in dirty:
            await self._send(await run_db(jobs.show, self.actor, {"offers"}, rows={}, turned={}))
            dirty = dirty - {"offers"}
        if not (dirty or rows or turned):
            return
        shown = {} if "list" in dirty else rows
        await self._send(await run_db(jobs.show, self.actor, dirty, rows=shown, turned=turned))
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

    async def _changed(self, before: Actor, actor: Actor) -> None:
        """A lost brand ends its streams."""
        if revivals() != self.revivals:
            self.revivals = revivals()
            await run_db(jobs.arrive, actor.user_id, node=node_name(), channel=self.channel_name)
        if before.memberships != actor.memberships:
            self.dirty |= {"list", "offers", "top"}
            for ref in [ref for ref, brand in self.brands.items() if not actor.can(Permission.ANSWER, brand)]:
                await self._send((await run_db(jobs.news, actor, self.brands[ref], ref, after=0)).frames)
                self.streams.pop(ref, None)
                self.brands.pop(ref)


def _ref(stream: Any) -> str | None:
    """`c.<ref>` -> the ref; None for anything else."""
    try:
        return str(UUID(stream[2:])) if isinstance(stream, str) and stream.startswith("c.") else None
    except ValueError:
        return None
