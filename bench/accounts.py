"""Access: from the verb that revokes a membership until the live socket that stood on it is closed."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from accounts.actions import grant_membership, revoke_membership
from accounts.choices import Role
from accounts.models import User
from accounts.sockets import UNWELCOME
from bench.harness import Row, quantile, row
from bench.idle import Hello, desk_hello, greeted
from bench.rig import Rig
from config.worlds.cast import AGENTS, AgentPlan
from core import clock
from tenants.cards import card_by_slug
from tenants.scope import labour_scope

GROUP = "accounts"
ROUNDS = 4
LIMIT_SECONDS = 2
PATIENCE_SECONDS = 90
"""Longer than a socket waits before it looks by itself: a lost message is a figure, too."""


def rows(rig: Rig) -> list[Row]:
    """Take all figures of the group."""
    return [asyncio.run(revoke_row(rig))]


async def revoke_row(rig: Rig) -> Row:
    """Take their one seat from agents with an open desk, ROUNDS times each, and give it back."""
    plans = [plan for plan in AGENTS if len(plan.brands) == 1]
    taken = []
    for plan in plans:
        hello, seat = await desk_hello(rig, plan.email), await asyncio.to_thread(seat_of, plan)
        taken += [await one_end(rig, hello, seat) for _round in range(ROUNDS)]
    worst = max(taken)
    return row(
        GROUP, "revoke_socket_s", worst, "s", target=f"< {LIMIT_SECONDS} s", holds=worst < LIMIT_SECONDS,
        detail=f"the slowest of {len(taken)}, p50 {quantile(taken, 0.5) * 1000:.1f} ms: from the call of "
        "revoke_membership to the close, over a desk's socket whose last seat it was",
    )  # fmt: skip


async def one_end(rig: Rig, hello: Hello, seat: dict[str, Any]) -> float:
    """Return the seconds from the call of the verb to the socket's close."""
    socket = await greeted(rig, hello, path="/ws/desk/", slug=None)
    before = time.perf_counter()
    verb = asyncio.create_task(done(revoke_membership, seat))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await closed(socket)
        return time.perf_counter() - before
    finally:
        await verb
        await done(grant_membership, seat)


async def closed(socket: ClientConnection) -> None:
    """Read until it is over. Raises RuntimeError when it was for another reason than the seat."""
    try:
        while True:
            await socket.recv()
    except ConnectionClosed as error:
        if error.rcvd is None or error.rcvd.code != UNWELCOME:
            raise RuntimeError(f"closed by {error.rcvd}") from error


def seat_of(plan: AgentPlan) -> dict[str, Any]:
    """Return the agent's one seat as the verbs name it."""
    (slug,) = plan.brands
    card = card_by_slug(slug)
    with labour_scope():
        user_id = User.objects.values_list("pk", flat=True).get(email=plan.email)
    if card is None:
        raise RuntimeError(f"there is no client {slug}")
    return {"user_id": user_id, "role": Role.AGENT, "brand_id": card.id, "actor": "bench"}


async def done(verb: Callable[..., object], seat: dict[str, Any]) -> None:
    await asyncio.to_thread(partial(verb, **seat, now=clock.now()))
