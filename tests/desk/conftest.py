"""A working day in small: two brands with a queue each, an agent at the desk, customers who write."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.actor import Actor
from core import clock
from interactions import actions
from interactions.choices import DispositionKind
from interactions.models import Inbox, Interaction, Message
from interactions.values import MessageView
from routing.actions import accept_offer
from routing.models import Offer, WorkItem
from routing.writes import offer_to
from tenants.cards import BrandCard
from tenants.scope import labour_scope, tenant_scope
from tests.factories import PASSWORD, TESTS
from workforce import actions as workforce

HOST = "localhost"


@dataclass
class Day:
    """What a test does to the two planes besides asking the desk; each step is a verb of its room."""

    inboxes: dict[int, int] = field(default_factory=dict)

    def set_up(self, client: BrandCard) -> None:
        with tenant_scope(client, TESTS):
            queue = actions.save_queue(name="Orders", target_seconds=40, wrap_up_seconds=60, units=20)
            for code, label in (("delivery", "Delivery"), ("return", "Return")):
                actions.save_disposition(DispositionKind.REASON, code, label)
            actions.save_disposition(DispositionKind.OUTCOME, "solved", "Solved", resolves=True)
            self.inboxes[client.id] = actions.create_inbox(name="Web chat", queue=queue, config={}).pk

    def at_work(self, actor: Actor, *, now: datetime | None = None) -> None:
        """Connected and available."""
        now = now or clock.now()
        workforce.connect(actor.user_id, node="test-node", channel_name=f"c{actor.user_id}", now=now)
        workforce.set_availability(actor.user_id, to="available", actor=actor, now=now)

    def writes(
        self, client: BrandCard, body: str = "Hello", *, name: str = "Maya Lindqvist", **more: Any
    ) -> UUID:
        """A new customer begins a conversation; returns its ref."""
        return self.says_first(client, body, name=name, **more).interaction_ref

    def says_first(
        self,
        client: BrandCard,
        body: str,
        *,
        name: str,
        token: str = "",
        now: datetime | None = None,
        **more: Any,
    ) -> MessageView:
        now = now or clock.now()
        with tenant_scope(client, TESTS):
            return actions.open_conversation(
                token or uuid4().hex,
                inbox=Inbox.objects.get(pk=self.inboxes[client.id]),
                client_id=uuid4(),
                body=body,
                language="en",
                page="/shop/tents",
                contact_name=name,
                expires_at=now + timedelta(days=30),
                now=now,
                **more,
            )

    def says(self, client: BrandCard, ref: UUID, body: str) -> MessageView:
        """The customer goes on."""
        with tenant_scope(client, TESTS):
            return actions.receive_message(ref, client_id=uuid4(), body=body, now=clock.now())

    def leaves(self, client: BrandCard, ref: UUID) -> None:
        with tenant_scope(client, TESTS):
            actions.end_by_visitor(ref, now=clock.now())

    def rings(self, client: BrandCard, ref: UUID, actor: Actor) -> Offer:
        """The router offers the conversation to the agent."""
        with labour_scope():
            item = WorkItem.objects.exclude(state="ended").get(brand_id=client.id, interaction_ref=ref)
        offer = offer_to(item.pk, actor.user_id, now=clock.now())
        assert offer, "the guarded write refused the pair"
        return offer

    def has(self, actor: Actor, client: BrandCard, body: str = "Hello", **more: Any) -> UUID:
        """The agent has accepted a new conversation; returns its ref."""
        ref = self.writes(client, body, **more)
        accept_offer(self.rings(client, ref, actor).ref, actor=actor, now=clock.now())
        return ref

    def agrees(self, client: BrandCard, **seconds: int) -> None:
        """How long each clock may take is agreed at once; a resolution stands still while it rests, and until
        its client answers.
        """
        zone, now = ZoneInfo("Europe/Stockholm"), clock.now()
        rests = {"resolution": ["snoozed", "customer", "client"]}
        terms = {
            kind: {"seconds": own, "counted": "elapsed", "pauses": rests.get(kind, [])}
            for kind, own in seconds.items()
        }
        with tenant_scope(client, TESTS):
            actions.save_policy(
                key=uuid4(), queue_ref=None, terms=terms, from_date=now.astimezone(zone).date(), zone=zone,
                shown="Cy", actor="user:1", now=now,
            )  # fmt: skip

    def row(self, client: BrandCard, ref: UUID) -> Interaction:
        with tenant_scope(client, TESTS):
            found: Interaction = Interaction.objects.select_related("reason", "outcome").get(ref=ref)
            return found

    def bodies(self, client: BrandCard, ref: UUID, direction: str) -> list[str]:
        with tenant_scope(client, TESTS):
            found = Message.objects.filter(interaction__ref=ref, direction=direction).order_by("seq")
            return list(found.values_list("body", flat=True))


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    """No test inherits the sign-ins that another one counted."""
    cache.clear()


@pytest.fixture
def day(db: None, acme: BrandCard, globex: BrandCard) -> Day:
    made = Day()
    for client in (acme, globex):
        made.set_up(client)
    return made


@pytest.fixture
def working(day: Day, ada: Actor) -> Actor:
    """Ada, at work for both brands."""
    day.at_work(ada)
    return ada


class Desk(Client):
    """A signed-in browser on the provider's host."""

    def __init__(self, email: str) -> None:
        super().__init__(headers={"host": HOST})
        answer = self.post("/accounts/login/", {"login": email, "password": PASSWORD})
        assert answer.status_code == 302, answer.content[:500]

    def part(self, path: str, **extra: Any) -> Any:
        """GET as htmx does."""
        return self.get(path, headers={"HX-Request": "true"}, **extra)

    def act(self, path: str, data: dict[str, Any] | None = None) -> Any:
        """POST as htmx does."""
        return self.post(path, data or {}, headers={"HX-Request": "true"})

    def script(self, path: str, data: dict[str, Any]) -> Any:
        """POST as the desk's own scripts do."""
        return self.post(path, data, headers={"Accept": "application/json"})


Sign = Callable[[Actor], Desk]


@pytest.fixture
def sign_in(db: None) -> Sign:
    cache.clear()  # so many people do not sign in from one address within minutes
    return lambda actor: Desk(actor.email)


@pytest.fixture
def desk(working: Actor, sign_in: Sign) -> Desk:
    """Ada's browser."""
    return sign_in(working)


def form(
    client: BrandCard, ref: UUID, body: str, *, last: int, client_id: UUID | None = None
) -> dict[str, Any]:
    """What the composer posts."""
    return {
        "ref": str(ref),
        "brand": client.slug,
        "body": body,
        "last_seq": last,
        "client_id": str(client_id or uuid4()),
    }
