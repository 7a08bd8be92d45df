"""Who puts conversations into a client's line, by the real verbs here, and takes them out again."""

import asyncio
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from config.simulation.agent import AgentBot

if TYPE_CHECKING:
    from interactions.values import WorkItemDraft


class Line:
    """Puts conversations into a brand's line from threads that keep their connections, and takes them out.

    Who leaves is not behind those who come. `began` is when the last enqueue began, `commits` how long each
    took from there: of one thread alone.
    """

    def __init__(self, slug: str, *, threads: int = 1) -> None:
        from tenants.cards import card_by_slug
        from tenants.scope import system

        self.threads = threads
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
        """Give the connections of all threads back."""
        for door in self.doors:
            here = Barrier(self.threads)  # so that no thread does it twice
            for _ in range(self.threads):
                door.submit(_let_go, here)
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


def _let_go(here: Barrier) -> None:
    from django.db import connection

    here.wait(timeout=60)
    connection.close()


class Stock(Line):
    """Conversations that are open and in no line: each is enqueued in its turn, and again once it has left.

    `standing` is who stands in the line, by work item.
    """

    def __init__(self, slug: str, *, threads: int = 1) -> None:
        super().__init__(slug, threads=threads)
        self.free: deque[WorkItemDraft] = deque()
        self.standing: dict[int, WorkItemDraft] = {}

    async def fill(self, size: int) -> None:
        """Open so many, and take each out of the line at once."""
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(self.doors[0], self._add) for _ in range(size)))

    async def enqueue(self) -> int | None:
        """Enqueue the next; returns its work item, None when all stand in the line."""
        return await asyncio.get_running_loop().run_in_executor(self.doors[0], self._enqueue)

    async def leave(self, item_id: int) -> None:
        await asyncio.get_running_loop().run_in_executor(self.doors[1], self._leave, item_id)

    async def clear(self) -> None:
        """End them all."""
        drafts = [*self.free, *self.standing.values()]
        self.free.clear()
        self.standing.clear()
        await asyncio.gather(*(self.take(draft.interaction_ref) for draft in drafts))

    def _add(self) -> None:
        from core import clock
        from interactions.actions.conversation import draft_of
        from interactions.models import Interaction
        from tenants.scope import tenant_scope

        assert self.card
        now, ref = clock.now(), self._open()
        with tenant_scope(self.card, self.grant):
            draft = draft_of(Interaction.objects.select_related("queue").get(ref=ref), now=now)
        self._out_of_line(draft)
        self.free.append(draft)

    def _enqueue(self) -> int | None:
        from core import clock
        from routing import actions
        from tenants.scope import tenant_scope

        assert self.card
        if not self.free:
            return None
        draft, now = self.free.popleft(), clock.now()
        with tenant_scope(self.card, self.grant):
            item_id = actions.enqueue(replace(draft, enqueued_at=now), now=now)
        assert item_id
        self.standing[item_id] = draft
        return item_id

    def _leave(self, item_id: int) -> None:
        self._out_of_line(self.standing[item_id])
        self.free.append(self.standing.pop(item_id))

    def _out_of_line(self, draft: "WorkItemDraft") -> None:
        from core import clock
        from routing import actions

        actions.leave_line(draft.brand_id, draft.interaction_ref, outcome="abandoned", now=clock.now())


def is_offered(agent: AgentBot, before: set[str]) -> bool:
    return bool(agent.offered_at.keys() - before)
