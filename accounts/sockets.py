"""What the sockets of signed-in people have in common: who may open one, and for how long.

A socket works one thing at a time, and what it was told last is what it shows. Between frames it holds no
thread and no connection. Who is behind it is asked at the opening, each RECHECK_SECONDS, when
`access.<user id>` is published, and when a seat of theirs ends by itself.
"""

import asyncio
import json
import logging
import random
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import redis
from channels.consumer import AsyncConsumer
from channels.layers import get_channel_layer

from accounts.access import standing_of
from accounts.actor import Actor
from accounts.hosts import PROVIDER, Home
from accounts.origins import cookie
from accounts.refusals import note_socket
from core import clock, live
from core.addresses import network_address
from core.compact import compact
from core.errors import NotFound
from core.executor import run_db

log = logging.getLogger(__name__)

BROKEN, TRY_LATER = 4011, 4013  # the page comes back by itself; below 3000 a server may say 1000 alone
SIGNED_OUT, UNWELCOME, NOISY = 4401, 4403, 4400  # it does not
RECHECK_SECONDS = 60
FAR = float("inf")
OVER_SECONDS = 0.05  # after the very end of a seat or a session it is surely over
HELLO_SECONDS = 15
MOST_FRAME = 16_384
Frame = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class PersonSocket(ABC, AsyncConsumer):  # type: ignore[misc]
    """One page's socket. `groups`: what it hears besides; `path` and `lacks` are what a refusal says.

    `home`: the brand of the host that it is on, or the provider; `host`: the brand's very host.
    """

    path = ""
    lacks = ""
    groups: tuple[str, ...] = ("access",)
    actor: Actor | None = None
    home: Home = PROVIDER
    host = ""
    session_key = ""
    address = ""
    closed = False
    greeted = False
    due = 0.0
    end_due = FAR
    loop: asyncio.AbstractEventLoop

    async def __call__(
        self, scope: dict[str, Any], receive: Receive, send: Callable[..., Awaitable[None]]
    ) -> None:
        self.scope, self.base_send = scope, send
        self.channel_layer = get_channel_layer()
        self.channel_name = await self.channel_layer.new_channel()
        self.loop = asyncio.get_running_loop()
        self.prepare()
        self.again_in(HELLO_SECONDS)
        await self._serve((receive, self._pushed))

    # ---- what each page's socket says for itself ----

    def prepare(self) -> None:
        """Begin with nothing."""

    @abstractmethod
    async def found(self, *, origin: str, host: str) -> bool:
        """Tell whether a page of this kind can be there; a brand's says whose host that is."""

    @abstractmethod
    def welcomes(self, actor: Actor) -> bool:
        """Tell whether the page is for this person."""

    async def _arrived(self, actor: Actor) -> None:
        """They are in, and the groups are heard."""

    async def _left(self, actor: Actor) -> None:
        """They are gone; before the groups are left."""

    @abstractmethod
    async def _received(self, text: str) -> None:
        """The page says something."""

    @abstractmethod
    async def _live(self, payload: dict[str, Any]) -> None:
        """Something was pushed to one of its groups."""

    async def _changed(self, before: Actor, actor: Actor) -> None:
        """Their seats are others than before."""

    async def _show(self) -> None:
        """Send what is owed."""

    def _owes(self) -> bool:
        return False

    def _patience(self) -> float:
        """How long nothing may happen: not at all while something is to be shown."""
        return 0.0 if self._owes() else max(0.0, min(self.due, self.end_due) - self.loop.time())

    # ---- one thing at a time ----

    async def _pushed(self) -> dict[str, Any]:
        message: dict[str, Any] = await self.channel_layer.receive(self.channel_name)
        return message

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
                if (idle or self._is_over()) and not self.closed:
                    await self._guarded(self._on_time)
        finally:
            await self._gone()  # unless it is already: cancelled while it waited for the database
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _is_over(self) -> bool:
        """Whether a seat or a session that ends by itself has: nobody publishes that."""
        return self.loop.time() >= self.end_due

    def again_in(self, seconds: float) -> None:
        self.due = self.loop.time() + seconds * random.uniform(0.9, 1.1)  # noqa: S311 - spreads, hides nothing

    async def _guarded(self, step: Callable[..., Awaitable[None]], *args: Any) -> None:
        """An error of ours closes the socket with a code that brings the page back; it resumes by number."""
        try:
            await step(*args)
        except NotFound:
            await self._close(UNWELCOME)
        except Exception:
            log.exception("%s: a step failed", self.path)
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
        if self._is_over():
            await self._recheck()
        elif self._owes():
            await self._show()
        elif not self.greeted:
            await self._close(TRY_LATER)
        else:
            await self._recheck()

    # ---- coming and going ----

    async def _connected(self) -> None:
        headers = {name: value.decode("latin-1") for name, value in self.scope["headers"]}
        self.session_key = cookie(headers.get(b"cookie", ""))
        origin = headers.get(b"origin", "")
        if not await self.found(origin=origin, host=headers.get(b"host", "")):
            await run_db(note_origin, origin)
            await self._close(UNWELCOME)
            return
        peer = (self.scope.get("client") or ("", 0))[0] or ""
        self.address = network_address(peer, headers.get(b"x-forwarded-for", ""))
        actor, seconds = await self._identified()
        await self.base_send({"type": "websocket.accept"})
        if actor is None or not self.welcomes(actor):
            refusal = {"session_key": self.session_key, "lacks": self.lacks, "path": self.path}
            await run_db(note_refusal, actor, home=self.home, **refusal)
            await self._close(SIGNED_OUT if actor is None else UNWELCOME)
            return
        self.actor = actor
        self._note_end(seconds)
        for name in self.groups:
            await self.channel_layer.group_add(live.group(name, actor.user_id), self.channel_name)
        await self._arrived(actor)

    async def _gone(self) -> None:
        """Write first: who stays present for ever is asked for ever; a group not left costs little."""
        if self.closed:
            return
        self.closed = True
        if self.actor is None:
            return
        await self._left(self.actor)
        for name in self.groups:
            with suppress(redis.RedisError, OSError):
                await self.channel_layer.group_discard(
                    live.group(name, self.actor.user_id), self.channel_name
                )

    async def _close(self, code: int) -> None:
        """Close from our side; `_gone` follows as if the page had left."""
        if not self.closed:
            await self._gone()
            await self.base_send({"type": "websocket.close", "code": code})

    # ---- may it still be here ----

    async def _recheck(self) -> None:
        """Ask again who this is: a sign-out or a lost seat ends the socket."""
        self.again_in(RECHECK_SECONDS)
        actor, seconds = await self._identified()
        if actor is None or not self.welcomes(actor):
            await self._close(SIGNED_OUT if actor is None else UNWELCOME)
            return
        self._note_end(seconds)
        before, self.actor = self.actor, actor
        await self._changed(before or actor, actor)

    async def _identified(self) -> tuple[Actor | None, float | None]:
        return await run_db(identify, self.session_key, self.address, home=self.home, host=self.host)

    def _note_end(self, seconds: float | None) -> None:
        """Look again as soon as a seat or the session ends by itself; an act meanwhile has moved the end."""
        self.end_due = FAR if seconds is None else self.loop.time() + seconds + OVER_SECONDS

    # ---- frames out ----

    async def _send(self, frames: list[Frame]) -> None:
        for frame in frames:
            await self.base_send({"type": "websocket.send", "text": compact(frame)})


def read_frame(text: str) -> dict[str, Any] | None:
    """Return what the page said; None for what is too long, or no JSON object."""
    if len(text) > MOST_FRAME:
        return None
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return frame if isinstance(frame, dict) else None


def identify(
    session_key: str, address: str, *, home: Home = PROVIDER, host: str = ""
) -> tuple[Actor | None, float | None]:
    """Return who that is, and the seconds until their session or the first of their seats ends by itself.

    None: everything lasts.
    """
    now, brand_id = clock.now(), home if isinstance(home, int) else None
    actor, until = standing_of(session_key, brand_id=brand_id, host=host, address=address, now=now)
    ends = [one for one in (until, actor.seats_end_at if actor else None) if one]
    return actor, (min(ends) - now).total_seconds() if ends else None


def note_origin(origin: str) -> None:
    """Write down that a page that is not ours asked for a socket of signed-in people."""
    note_socket("nobody", brand_id=None, reason="origin", object=origin or "-")


def note_refusal(actor: Actor | None, *, home: Home, session_key: str, lacks: str, path: str) -> None:
    """Write down whose socket was refused; who shows no session at all is merely signed out."""
    brand_id = home if isinstance(home, int) else None
    if actor is not None:
        note_socket(actor.who, brand_id=brand_id, reason=lacks, object=path)
    elif session_key:
        note_socket("nobody", brand_id=brand_id, reason="session", object=path)
