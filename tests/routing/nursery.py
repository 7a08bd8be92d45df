"""A process that is ready to work and forks a hand for each line it reads: `acceptor SEED SKEW`.

Forking is quick where starting Python and Django is not, so hands can be killed by the dozen. Prints the pid
of each. A hand's clock is SKEW seconds off; it works until it is killed.

- leader: a Router, elected or standing by;
- dispatcher: the fallback, `step`, beside whoever leads;
- acceptor: answers what rings, but ignores a fifth of it, and carries on with what is accepted.
"""

import contextlib
import os
import random
import signal
import sys
import time
from datetime import timedelta
from uuid import UUID

import django

IGNORED = 5  # one offer of so many


def main() -> None:
    django.setup()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for line in sys.stdin:
        role, seed, skew = line.split()
        pid = os.fork()
        if not pid:
            sys.stdin.close()
            work(role, int(seed), float(skew))
            os._exit(0)
        print(pid, flush=True)


def work(role: str, seed: int, skew: float) -> None:
    from core import clock

    true = clock.now
    clock.now = lambda: true() + timedelta(seconds=skew)
    if role == "leader":
        from routing.router import Router

        Router().run()
        return
    hand = Acceptor(seed) if role == "acceptor" else Dispatcher()
    while True:
        with survived():
            hand.turn()
        time.sleep(0.02)


@contextlib.contextmanager
def survived():  # type: ignore[no-untyped-def]
    """What a verb refuses, or a connection that was cut, is no reason to end."""
    from django.db import DatabaseError, InterfaceError, connection

    from core.errors import RoomError

    try:
        yield
    except RoomError:
        pass
    except (DatabaseError, InterfaceError):
        connection.close()
        time.sleep(0.1)


class Dispatcher:
    def turn(self) -> None:
        from core import clock
        from routing.router import step

        step(clock.now())
        time.sleep(0.2)


class Acceptor:
    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def turn(self) -> None:
        from core import clock
        from routing.models import Offer, WorkItem

        for offer in Offer.objects.ringing(clock.now()).order_by("?")[:3]:
            if offer.ref.int % IGNORED:
                self.accept(offer)
        for item in WorkItem.objects.in_work().order_by("?")[:3]:
            self.carry_on(item)

    def accept(self, offer: "object") -> None:
        from accounts.access import actor_for
        from core import clock
        from routing import actions

        actor = actor_for(offer.agent_id, now=clock.now())  # type: ignore[attr-defined]
        if actor:
            actions.accept_offer(offer.ref, actor=actor, now=clock.now())  # type: ignore[attr-defined]

    def carry_on(self, item: "object") -> None:
        from core import clock
        from interactions import actions as interactions
        from tenants.cards import card_by_id
        from tenants.scope import tenant_scope
        from tests.factories import TESTS

        card = card_by_id(item.brand_id)  # type: ignore[attr-defined]
        ref: UUID = item.interaction_ref  # type: ignore[attr-defined]
        agent_id: int = item.agent_id  # type: ignore[attr-defined]
        assert card
        with tenant_scope(card, TESTS):
            if item.state == "accepted":  # type: ignore[attr-defined]
                interactions.begin_wrap_up(ref, agent_id=agent_id, now=clock.now())
            else:
                interactions.wrap_up(
                    ref, agent_id=agent_id, reason_code="delivery", outcome_code="solved", now=clock.now()
                )


if __name__ == "__main__":
    main()
