"""A thousand and more calls at once, from threads, consumers and tasks: none meets another brand's row."""

import asyncio
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

from celery import shared_task
from django.db import connection, transaction

from core.executor import run_db
from interactions.models import Message
from tenants.binding import current
from tenants.cards import BrandCard
from tenants.scope import labour_scope, tenant_scope
from tenants.tasks import BrandTask
from tests.factories import TESTS
from tests.tenants.leaks import off_context_variable, sabotaged
from tests.tenants.rows import World, is_in, is_unbound, whoami


def one_call(card: BrandCard, *, seed: int) -> int:
    """Read, flip to the labour plane and back, sometimes fail; returns how often the wrong brand answered."""
    dice = random.Random(seed)
    wrong = 0
    try:
        with transaction.atomic(), tenant_scope(card, TESTS):
            wrong += not is_in(whoami(), card)
            if dice.random() < 0.5:
                with labour_scope():
                    wrong += not is_unbound(whoami())
            wrong += Message.objects.get(seq=1).body != f"secret of {card.slug}"
            if dice.random() < 0.3:
                raise KeyError("undo")
    except KeyError:
        pass
    return wrong + (current() is not None)


@shared_task(base=BrandTask, name="tests.one_call")
def call_task(*, brand_id: int, slug: str, seed: int, **_more: Any) -> int:
    scope = current()
    body = Message.objects.get(seq=1).body
    return int(scope is None or scope.brand_id != brand_id or body != f"secret of {slug}")


Try = Callable[[Callable[[], int]], int]
"""How a call is made: as it is, or so that what it raises counts as nothing."""


def plainly(call: Callable[[], int]) -> int:
    return call()


def somehow(call: Callable[[], int]) -> int:
    """A refusal, or whatever breaks once a guard is gone, is no leak."""
    with suppress(Exception):
        return call()
    return 0


def threads(world: World, calls: int, attempt: Try) -> int:
    def work(number: int) -> int:
        try:
            jobs = (partial(one_call, card_of(world, n), seed=n) for n in range(number, calls, 4))
            return sum(attempt(job) for job in jobs)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        return sum(pool.map(work, range(4)))


def consumers(world: World, calls: int, attempt: Try) -> int:
    async def go() -> int:
        jobs = [run_db(attempt, partial(one_call, card_of(world, n), seed=n)) for n in range(calls)]
        return sum(await asyncio.gather(*jobs))

    return asyncio.run(go())


def tasks(world: World, calls: int, attempt: Try) -> int:
    def call(n: int) -> int:
        card = card_of(world, n)
        return int(call_task.apply(kwargs={"brand_id": card.id, "slug": card.slug, "seed": n}).get())

    def work(number: int) -> int:
        try:
            return sum(attempt(partial(call, n)) for n in range(number, calls, 2))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(work, range(2)))


def card_of(world: World, number: int) -> BrandCard:
    return (world.a, world.b)[(number * 7 // 3) % 2]


def storm(world: World, attempt: Try) -> dict[str, int]:
    """All three kinds at the same time, on one pool; returns how often each met another brand's row."""
    wrong: dict[str, int] = {}
    kinds = {"threads": (threads, 500), "consumers": (consumers, 500), "tasks": (tasks, 300)}

    def run(name: str) -> None:
        job, calls = kinds[name]
        wrong[name] = job(world, calls, attempt)

    running = [threading.Thread(target=run, args=[name]) for name in kinds]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return wrong


def it_never_mixes_brands(world: World) -> None:
    assert storm(world, plainly) == {"threads": 0, "consumers": 0, "tasks": 0}


def it_mixes_them_when_the_guard_is_off(world: World) -> None:
    """The binding is a variable of the process: a storm that met nothing even so would prove nothing."""
    with sabotaged(off_context_variable):
        wrong = storm(world, somehow)
    assert sum(wrong.values()) > 0
