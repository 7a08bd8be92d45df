"""Customers who wait and agents who are ready, in two brands, by the verbs of their rooms."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.actions import revoke_membership
from accounts.actor import Actor
from accounts.choices import Role
from core import live
from interactions import actions as interactions
from interactions.choices import DispositionKind
from interactions.models import Inbox, Queue
from routing import actions
from routing.models import AgentCapacity, Decision, Offer, WorkItem
from routing.router import Leader
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS
from workforce import actions as workforce

NODE = "tests"


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def set_up(card: BrandCard, **numbers: Any) -> Inbox:
    """Give the brand a queue (target 60 s, offers of 30 s, 34 units) and a web chat."""
    values: dict[str, Any] = {"name": "Orders", "target_seconds": 60, "wrap_up_seconds": 60} | numbers
    with tenant_scope(card, TESTS):
        queue = interactions.save_queue(**values)
        interactions.save_disposition(DispositionKind.REASON, "delivery", "Delivery")
        interactions.save_disposition(DispositionKind.OUTCOME, "solved", "Solved", resolves=True)
        return interactions.create_inbox(name="Web chat", queue=queue, config={})


@pytest.fixture
def queues(db: None, acme: BrandCard, globex: BrandCard) -> None:
    """A queue and an inbox in each brand."""
    set_up(acme)
    set_up(globex)


def write_in(card: BrandCard, *, now: datetime = NOW, **more: Any) -> WorkItem:
    """A customer writes; returns the item that waits."""
    with tenant_scope(card, TESTS):
        inbox = Inbox.objects.select_related("queue").order_by("pk")[0]
        message = interactions.open_conversation(
            uuid4().hex, inbox=inbox, client_id=uuid4(), body="Hello", language="en", page="/shop/",
            expires_at=now + timedelta(days=30), now=now, **more,
        )  # fmt: skip
    return WorkItem.objects.get(interaction_ref=message.interaction_ref)


def stay(*items: WorkItem) -> None:
    """The customers' sockets are open, on a server that lives for hours."""
    workforce.beat(NODE, now=at(36_000))
    for item in items:
        actions.note_presence(item.brand_id, item.interaction_ref, node=NODE, now=NOW)


def queue_of(card: BrandCard) -> Queue:
    with tenant_scope(card, TESTS):
        queue: Queue = Queue.objects.order_by("pk")[0]
        return queue


def go_available(actor: Actor, *, now: datetime = NOW) -> Actor:
    """Open the desk and go Available. The node's lease is moved far ahead, as nobody beats here."""
    workforce.beat(NODE, now=now + timedelta(hours=1))
    workforce.connect(actor.user_id, node=NODE, channel_name=f"{NODE}.{actor.user_id}", now=now)
    workforce.set_availability(actor.user_id, to="available", actor=None, now=now)
    return actor


def end_talk(card: BrandCard, actor: Actor, ref: UUID, *, now: datetime) -> None:
    with tenant_scope(card, TESTS):
        interactions.begin_wrap_up(ref, agent_id=actor.user_id, now=now)


def close(card: BrandCard, actor: Actor, ref: UUID, *, now: datetime) -> None:
    """End the talk and wrap it up at once."""
    end_talk(card, actor, ref, now=now)
    with tenant_scope(card, TESTS):
        interactions.wrap_up(
            ref, agent_id=actor.user_id, reason_code="delivery", outcome_code="solved", now=now
        )


def unseat(actor: Actor, card: BrandCard, *, now: datetime) -> None:
    """Take the agent's seat in the brand away."""
    revoke_membership(actor.user_id, role=Role.AGENT, brand_id=card.id, actor="test", now=now)


def used(actor: Actor) -> int:
    return AgentCapacity.objects.get(pk=actor.user_id).used


def all_heard(leader: Leader) -> Leader:
    """Return the leader, told of all that is committed: the server does so with its next answer."""
    leader.link.run("SELECT 1", {})
    return leader


def again(item: WorkItem) -> WorkItem:
    return WorkItem.objects.get(pk=item.pk)


def ring(item: WorkItem) -> Offer:
    """The item's newest offer."""
    return Offer.objects.filter(work_item=item).latest("pk")


def asked(*items: WorkItem) -> list[int | None]:
    """Whom each item is offered to now."""
    live_offers = dict(Offer.objects.pending().values_list("work_item_id", "agent_id"))
    return [live_offers.get(item.pk) for item in items]


def why(item: WorkItem) -> str:
    return Decision.objects.filter(work_item=item).latest("pk").why


Push = tuple[str, dict[str, Any]]


@pytest.fixture
def pushes(monkeypatch: pytest.MonkeyPatch) -> list[Push]:
    """What was published, whether or not the transaction committed."""
    heard: list[Push] = []
    monkeypatch.setattr(live, "publish", lambda group, payload: heard.append((group, payload)))
    return heard
