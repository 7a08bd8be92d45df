"""The rooms' verbs as the history needs them, each in the scope it belongs to."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from accounts.actor import Actor
from config.worlds.script import Talk
from interactions import actions as interactions
from interactions.models import Inbox
from routing import actions as routing
from routing.models import WorkItem
from routing.writes import offer_to
from tenants.cards import BrandCard
from tenants.scope import Grant, labour_scope, tenant_scope
from workforce import actions as workforce
from workforce.choices import Availability
from workforce.queries import shown_name, state_of

NODE = "history"
TOKEN_LIFE = timedelta(days=30)


@dataclass
class Stage:
    """One day's transaction. `idle` orders agents by who idled longest; `shifts` are their `[from, to)`."""

    grant: Grant
    actors: dict[int, Actor]
    shifts: dict[int, tuple[datetime, datetime]]
    idle: dict[int, datetime] = field(default_factory=dict)

    def clock_in(self, agent_id: int) -> None:
        start, end = self.shifts[agent_id]
        workforce.beat(NODE, now=end)
        workforce.connect(agent_id, node=NODE, channel_name=f"history.{agent_id}", now=start)
        workforce.set_availability(agent_id, to="available", actor=None, now=start)
        self.idle[agent_id] = start

    def clock_out(self, agent_id: int) -> None:
        end = self.shifts[agent_id][1]
        workforce.set_availability(agent_id, to="offline", actor=None, now=end)
        workforce.disconnect(agent_id, channel_name=f"history.{agent_id}", now=end)

    def open(self, card: BrandCard, talk: Talk, *, now: datetime) -> UUID:
        """A customer writes the first line; returns the interaction's ref."""
        with tenant_scope(card, self.grant):
            inbox = Inbox.objects.select_related("queue").order_by("pk")[0]
            message = interactions.open_conversation(
                uuid4().hex, inbox=inbox, client_id=uuid4(), body=talk.lines[0], language=talk.language,
                page="/shop/", contact_name=talk.customer, is_test=talk.is_test,
                expires_at=now + TOKEN_LIFE, now=now,
            )  # fmt: skip
        return message.interaction_ref

    def offer(self, ref: UUID, *, now: datetime, without: set[int]) -> tuple[UUID, int] | None:
        """Offer the waiting work to whoever idled longest and may have it; the write refuses the others."""
        with labour_scope():
            item = WorkItem.objects.filter(interaction_ref=ref).latest("pk")
        on_shift = [a for a in self.idle if self.shifts[a][0] <= now < self.shifts[a][1] and a not in without]
        for agent_id in sorted(on_shift, key=lambda agent: self.idle[agent]):
            if self.actors[agent_id].has("agent", item.brand_id):
                made = offer_to(item.pk, agent_id, now=now)
                if made is not None:
                    return made.ref, agent_id
        return None

    def accept(self, offer: UUID, agent_id: int, *, now: datetime) -> None:
        routing.accept_offer(offer, actor=self.actors[agent_id], now=now)
        self.idle[agent_id] = now

    def decline(self, offer: UUID, agent_id: int, *, now: datetime) -> None:
        routing.decline_offer(offer, actor=self.actors[agent_id], reason="busy", now=now)

    def miss(self, agent_id: int, *, now: datetime) -> bool:
        """Let the agent's offer run out; returns whether that made them not responding."""
        routing.expire_offers(now)
        return self._is(Availability.NOT_RESPONDING, agent_id)

    def back_available(self, agent_id: int, *, now: datetime) -> None:
        """They are back, unless their shift is over."""
        if self._is(Availability.NOT_RESPONDING, agent_id):
            workforce.set_availability(agent_id, to=Availability.AVAILABLE, actor=None, now=now)

    def _is(self, availability: Availability, agent_id: int) -> bool:
        state = state_of(agent_id)
        return state is not None and state.availability == availability

    def customer_says(self, card: BrandCard, ref: UUID, text: str, *, now: datetime) -> None:
        with tenant_scope(card, self.grant):
            interactions.receive_message(ref, client_id=uuid4(), body=text, now=now)

    def agent_says(self, card: BrandCard, ref: UUID, agent_id: int, text: str, *, now: datetime) -> None:
        with tenant_scope(card, self.actors[agent_id].grant_for(card)):
            interactions.send_reply(
                ref, agent_id=agent_id, author_shown=shown_name(agent_id, card.id), client_id=uuid4(),
                body=text, last_seq=10**6, now=now,
            )  # fmt: skip

    def leave(self, card: BrandCard, ref: UUID, *, now: datetime) -> None:
        with tenant_scope(card, self.grant):
            interactions.end_by_visitor(ref, now=now)

    def begin_wrap_up(self, card: BrandCard, ref: UUID, agent_id: int, *, now: datetime) -> None:
        with tenant_scope(card, self.actors[agent_id].grant_for(card)):
            interactions.begin_wrap_up(ref, agent_id=agent_id, now=now)

    def wrap_up(self, card: BrandCard, ref: UUID, agent_id: int, talk: Talk, *, now: datetime) -> None:
        with tenant_scope(card, self.actors[agent_id].grant_for(card)):
            interactions.wrap_up(
                ref, agent_id=agent_id, reason_code=talk.reason, outcome_code=talk.outcome, now=now
            )
        self.idle[agent_id] = now

    def reopen(self, card: BrandCard, ref: UUID, *, now: datetime) -> None:
        with tenant_scope(card, self.grant):
            interactions.reopen(ref, by="contact", now=now)
