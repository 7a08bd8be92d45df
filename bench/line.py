"""Who puts conversations into a client's line, by the real verbs here, and takes them out again."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from config.simulation.agent import AgentBot


class Line:
    """Puts conversations into a brand's line from threads that keep their connections, and takes them out.

    Who leaves is not behind those who come. `began` is when the last enqueue began, `commits` how long each
    took from there: of one thread alone.
    """

    def __init__(self, slug: str, *, threads: int = 1) -> None:
        from tenants.cards import card_by_slug
        from tenants.scope import system

        self.doors = ThreadPoolExecutor(threads), ThreadPoolExecutor(threads)
        self.began = 0.0
        self.commits: list[float] = []
        self.slug = slug
        self.card = card_by_slug(slug)
        self.grant = system("bench", brand=self.card)

    async def put(self) -> tuple[UUID, float]:
        """Open a conversation; returns its ref and when its enqueue began."""
        ref = await asyncio.get_running_loop().run_in_executor(self.doors[0], self._open)
        return ref, self.began

    async def take(self, ref: UUID) -> None:
        await asyncio.get_running_loop().run_in_executor(self.doors[1], self._end, ref)

    def close(self) -> None:
        for door in self.doors:
            door.shutdown()

    def note(self, enqueue: Any, *args: Any, **kwargs: Any) -> Any:
        self.began = time.perf_counter()
        return enqueue(*args, **kwargs)

    def _open(self) -> UUID:
        from core import clock
        from interactions import actions as interactions
        from interactions.models import Inbox
        from tenants.scope import tenant_scope

        assert self.card
        now = clock.now()
        with tenant_scope(self.card, self.grant):
            inbox = Inbox.objects.select_related("queue").order_by("pk")[0]
            first = interactions.open_conversation(
                uuid4().hex * 2, inbox=inbox, client_id=uuid4(), body="bench", language="en", page="",
                is_test=True, expires_at=now + timedelta(days=1), now=now,
            )  # fmt: skip
        self.commits.append(time.perf_counter() - self.began)
        return first.interaction_ref

    def _end(self, ref: UUID) -> None:
        from core import clock
        from interactions import actions as interactions
        from tenants.scope import tenant_scope

        assert self.card
        with tenant_scope(self.card, self.grant):
            interactions.end_by_visitor(ref, now=clock.now())


def is_offered(agent: AgentBot, before: set[str]) -> bool:
    return bool(agent.offered_at.keys() - before)
