"""Any verbs in any order by two agents in two brands: one place each, no agent too full, no place lost."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actor import Actor
from core.errors import RoomError
from interactions import actions as interactions
from interactions.actions import Target
from interactions.choices import ENDED, State
from interactions.models import Interaction, Participant, Segment
from interactions.queries import participants_of
from routing import actions
from routing.choices import ItemState
from routing.invariants import check as routing_check
from routing.models import AgentCapacity, Offer, QueuePlan, WorkItem
from routing.router import step
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS, make_agent
from tests.routing.conftest import go_available, set_up, stay, write_in
from workforce.models import Engagement

IN_STATE: dict[str, tuple[str, ...]] = {
    ItemState.QUEUED: (State.QUEUED,),
    ItemState.OFFERED: (State.QUEUED,),
    ItemState.ACCEPTED: (State.ACTIVE, State.HELD, State.WAITING_CUSTOMER),
    ItemState.SLEEPING: (State.SNOOZED,),
    ItemState.WRAP_UP: (State.WRAP_UP,),
}
"""Where the conversation is while its work item is there."""
COUNTED = {
    State.ACTIVE: "handling", State.HELD: "hold", State.WRAP_UP: "wrap_up", State.WAITING_CUSTOMER: None,
    State.SNOOZED: None,
}  # fmt: skip
"""What its agent's time counts as."""


@dataclass
class Floor:
    """Two brands, two agents, and what waits; each verb is tried on one conversation and may refuse."""

    cards: tuple[BrandCard, BrandCard]
    agents: tuple[Actor, Actor]
    items: list[WorkItem] = field(default_factory=list)
    now: datetime = NOW

    def do(self, verb: str, number: int) -> None:
        self.now += timedelta(seconds=30)
        item = self.items[number % len(self.items)]
        try:
            VERBS[verb](self, item, self.agents[number % 2])
        except RoomError:
            return

    def card(self, item: WorkItem) -> BrandCard:
        return next(card for card in self.cards if card.id == item.brand_id)

    def within(self, item: WorkItem, verb: Callable[..., Any], **more: Any) -> None:
        with tenant_scope(self.card(item), TESTS):
            verb(item.interaction_ref, now=self.now, **more)


def owned(verb: Callable[..., Any], **more: Any) -> Callable[[Floor, WorkItem, Actor], None]:
    return lambda floor, item, actor: floor.within(item, verb, agent_id=actor.user_id, **more)


def accept(floor: Floor, _item: WorkItem, actor: Actor) -> None:
    step(floor.now)
    for offer in Offer.objects.ringing(floor.now).filter(agent_id=actor.user_id):
        actions.accept_offer(offer.ref, actor=actor, now=floor.now)


def snooze(floor: Floor, item: WorkItem, actor: Actor) -> None:
    until = floor.now + timedelta(seconds=90)
    floor.within(item, interactions.snooze, agent_id=actor.user_id, until=until)


def say(floor: Floor, item: WorkItem, _actor: Actor) -> None:
    floor.within(item, interactions.receive_message, client_id=uuid4(), body="Hello?")


def hand_over(floor: Floor, item: WorkItem, actor: Actor) -> None:
    other = next(one for one in floor.agents if one != actor)
    floor.within(
        item, interactions.transfer, agent_id=actor.user_id, author_shown="A", note="-", client_id=uuid4(),
        to=Target(agent_id=other.user_id, agent_shown="B"),
    )  # fmt: skip


def to_queue(floor: Floor, item: WorkItem, actor: Actor) -> None:
    floor.within(
        item, interactions.transfer, agent_id=actor.user_id, author_shown="A", note="-", client_id=uuid4(),
        to=Target(queue_id=item.queue_id),
    )  # fmt: skip


def reassign(floor: Floor, item: WorkItem, actor: Actor) -> None:
    floor.within(
        item, interactions.reassign, to=Target(queue_id=item.queue_id, agent_id=actor.user_id), reason="x",
        actor="user:9", actor_id=9,
    )  # fmt: skip


def pull(floor: Floor, item: WorkItem, actor: Actor) -> None:
    actions.pull(item.interaction_ref, brand=floor.card(item), actor=actor, now=floor.now)


def reopen(floor: Floor, item: WorkItem, actor: Actor) -> None:
    actions.reopen_mine(item.interaction_ref, brand=floor.card(item), actor=actor, since=NOW, now=floor.now)


def leave(floor: Floor, item: WorkItem, _actor: Actor) -> None:
    with tenant_scope(floor.card(item), TESTS):
        interactions.end_by_visitor(item.interaction_ref, now=floor.now)


def ask(floor: Floor, item: WorkItem, actor: Actor) -> None:
    other = next(one for one in floor.agents if one != actor)
    _ask(floor, item, actor, Target(agent_id=other.user_id))


def ask_queue(floor: Floor, item: WorkItem, actor: Actor) -> None:
    _ask(floor, item, actor, Target(queue_id=item.queue_id))


def _ask(floor: Floor, item: WorkItem, actor: Actor, to: Target) -> None:
    actions.ask_consult(
        item.interaction_ref, brand=floor.card(item), actor=actor, to=to, note="?",
        client_id=uuid4(), now=floor.now,
    )  # fmt: skip


def beside(floor: Floor, item: WorkItem) -> list[UUID]:
    with tenant_scope(floor.card(item), TESTS):
        return [one.ref for one in participants_of(item.interaction_ref)]


def complete(floor: Floor, item: WorkItem, actor: Actor) -> None:
    for ref in beside(floor, item)[:1]:
        actions.complete_consult(
            item.interaction_ref, ref, brand=floor.card(item), actor=actor, now=floor.now
        )  # fmt: skip


def bring_in(floor: Floor, item: WorkItem, actor: Actor) -> None:
    for ref in beside(floor, item)[:1]:
        floor.within(item, interactions.bring_in, participant=ref, agent_id=actor.user_id)


def end_place(floor: Floor, item: WorkItem, actor: Actor) -> None:
    for ref in beside(floor, item)[:1]:
        floor.within(item, interactions.end_place, participant=ref, agent_id=actor.user_id)


def decline(floor: Floor, _item: WorkItem, actor: Actor) -> None:
    for offer in Offer.objects.ringing(floor.now).filter(agent_id=actor.user_id):
        actions.decline_offer(offer.ref, actor=actor, now=floor.now)


def sign_out(floor: Floor, item: WorkItem, actor: Actor) -> None:
    actions.give_work_back(actor.user_id, brand=floor.card(item), grant=TESTS, now=floor.now)


VERBS: dict[str, Callable[[Floor, WorkItem, Actor], None]] = {
    "accept": accept,
    "hold": owned(interactions.hold),
    "await": owned(interactions.await_reply),
    "resume": owned(interactions.resume),
    "snooze": snooze,
    "say": say,
    "hand over": hand_over,
    "to queue": to_queue,
    "reassign": reassign,
    "pull": pull,
    "wrap": owned(interactions.begin_wrap_up),
    "close": owned(interactions.wrap_up, reason_code="delivery", outcome_code="solved"),
    "reopen": reopen,
    "leave": leave,
    "ask": ask,
    "ask queue": ask_queue,
    "complete": complete,
    "bring in": bring_in,
    "end place": end_place,
    "decline": decline,
    "sign out": sign_out,
    "sweep": lambda floor, _item, _actor: (actions.sweep(floor.now, grant=TESTS), None)[1],
}


def check(floor: Floor) -> None:
    for item in floor.items:
        check_place(floor, item)
    assert actions.recount() == {}
    found = routing_check(grant=TESTS, now=floor.now, names=("beside", "one_place"))
    assert [(one.name, one.examples) for one in found if one.count] == []
    for agent in floor.agents:
        taken = (
            WorkItem.every.in_work().filter(agent_id=agent.user_id).aggregate(sum=Sum("units"))["sum"] or 0
        )
        capacity = AgentCapacity.objects.get(pk=agent.user_id)
        assert taken <= capacity.used <= capacity.cap


def check_place(floor: Floor, item: WorkItem) -> None:
    """The conversation is in one place, the same in both planes, and has kept its first key."""
    with tenant_scope(floor.card(item), TESTS):
        row = Interaction.objects.get(ref=item.interaction_ref)
        segment = Segment.objects.filter(interaction=row, ended_at__isnull=True).first()
    live = WorkItem.objects.live().filter(interaction_ref=item.interaction_ref)
    counted = Engagement.objects.open().filter(work_item_id__in=live.values("pk"))
    if row.state in ENDED:
        assert not live.exists()
        assert segment is None
        return
    one = live.get()
    assert row.state in IN_STATE[one.state], (row.state, one.state)
    assert (one.agent_id, segment.agent_id if segment else 0) == (row.agent_id, row.agent_id)
    kinds = list(counted.values_list("kind", "agent_id"))
    expected = COUNTED.get(State(row.state))
    assert kinds == ([(expected, row.agent_id)] if expected else []), row.state
    if not row.closed_at and row.queued_at == item.enqueued_at:
        assert one.order_key == item.order_key


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(sorted(VERBS)), st.integers(0, 11)), max_size=25))
@pytest.mark.usefixtures("db")
def it_keeps_everything_in_one_place(
    acme: BrandCard, globex: BrandCard, floor_agents: tuple[Actor, Actor], verbs: list[tuple[str, int]]
) -> None:
    floor = Floor((acme, globex), floor_agents)
    for number in range(4):
        item = write_in(floor.cards[number % 2], now=NOW)
        stay(item)
        floor.items.append(item)
    try:
        check(floor)
        for verb, number in verbs:
            floor.do(verb, number)
            check(floor)
    finally:
        clean_up(floor)


def clean_up(floor: Floor) -> None:
    """Leave nothing to the next example, whatever became of this one."""
    for place in WorkItem.consults.live():
        actions.leave_place(place.brand_id, place.interaction_ref, place.ref, now=floor.now)
    for item in floor.items:
        actions.leave_line(item.brand_id, item.interaction_ref, outcome="closed", now=floor.now)
        actions.close_item(item.brand_id, item.interaction_ref, now=floor.now)
        with tenant_scope(floor.card(item), TESTS):
            Participant.objects.all().delete()
            Interaction.objects.update(state=State.CLOSED, closed_at=floor.now, places=0, beside={})


@pytest.fixture
def floor_agents(acme: BrandCard, globex: BrandCard, ada: Actor) -> tuple[Actor, Actor]:
    """Two agents of both brands at work, each with room for two; their queues let them pull."""
    for card in (acme, globex):
        set_up(card, units=50)
    QueuePlan.objects.update(pull_allowed=True)
    eve = make_agent("eve@bpo.example", acme, globex, name="Eve Doe")
    return go_available(ada), go_available(eve)
