"""An agent turns to something else: what they are counted on, their units, and who has the work then."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.actor import Actor
from interactions import actions as interactions
from interactions.errors import NoRoom, Refused
from interactions.models import Interaction, Segment
from routing import actions
from routing.choices import ItemState
from routing.models import AgentCapacity, WorkItem
from routing.router import step
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS
from tests.routing.conftest import again, asked, at, go_available, ring, stay, used, write_in
from workforce import actions as workforce
from workforce.models import Engagement

pytestmark = pytest.mark.usefixtures("queues")


def talk(card: BrandCard, actor: Actor, *, seconds: float = 0) -> WorkItem:
    """A customer writes and the agent accepts."""
    item = write_in(card, now=at(seconds))
    stay(item)
    step(at(seconds + 1))
    actions.accept_offer(ring(item).ref, actor=actor, now=at(seconds + 2))
    return again(item)


def do(verb: Any, item: WorkItem, card: BrandCard, actor: Actor, *, seconds: float, **more: Any) -> Any:
    with tenant_scope(card, TESTS):
        return verb(item.interaction_ref, agent_id=actor.user_id, now=at(seconds), **more)


def customer_says(item: WorkItem, card: BrandCard, *, seconds: float, body: str = "There?") -> None:
    with tenant_scope(card, TESTS):
        interactions.receive_message(item.interaction_ref, client_id=uuid4(), body=body, now=at(seconds))


def agent_says(item: WorkItem, card: BrandCard, actor: Actor, *, seconds: float) -> None:
    do(
        interactions.send_reply, item, card, actor, seconds=seconds, author_shown="Ada", client_id=uuid4(),
        body="Yes", last_seq=100,
    )  # fmt: skip


def row(item: WorkItem, card: BrandCard) -> Interaction:
    with tenant_scope(card, TESTS):
        found: Interaction = Interaction.objects.get(ref=item.interaction_ref)
        return found


def current(item: WorkItem) -> WorkItem:
    return WorkItem.objects.live().get(brand_id=item.brand_id, interaction_ref=item.interaction_ref)


def spans(actor: Actor) -> list[tuple[str, float | None, float | None]]:
    """(kind, from, until) of the agent's engagements in seconds."""
    rows = Engagement.objects.filter(agent_id=actor.user_id).order_by("started_at", "pk")
    return [(one.kind, _second(one.started_at), _second(one.ended_at)) for one in rows]


def _second(instant: datetime | None) -> float | None:
    return (instant - NOW).total_seconds() if instant else None


class DescribeHold:
    def it_counts_as_hold_and_keeps_the_units(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item = talk(acme, ada)
        do(interactions.hold, item, acme, ada, seconds=10)
        assert (row(item, acme).state, used(ada)) == ("held", 34)
        do(interactions.resume, item, acme, ada, seconds=40)
        assert row(item, acme).state == "active"
        assert spans(ada) == [("handling", 2, 10), ("hold", 10, 40), ("handling", 40, None)]
        assert len(set(Engagement.objects.values_list("pool_id", flat=True))) == 1

    def it_ends_with_a_reply(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item = talk(acme, ada)
        do(interactions.hold, item, acme, ada, seconds=10)
        do(
            interactions.reply, item, acme, ada, seconds=20, author_shown="Ada", client_id=uuid4(),
            body="Found it", last_seq=100,
        )  # fmt: skip
        assert row(item, acme).state == "active"
        assert spans(ada)[-1] == ("handling", 20, None)


class DescribeAwaiting:
    def it_stops_the_time_and_keeps_the_units_of_a_chat(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item = talk(acme, ada)
        agent_says(item, acme, ada, seconds=5)
        do(interactions.await_reply, item, acme, ada, seconds=10)
        assert (row(item, acme).state, used(ada), spans(ada)) == (
            "waiting_customer", 34, [("handling", 2, 10)],
        )  # fmt: skip
        customer_says(item, acme, seconds=70)
        assert (row(item, acme).state, used(ada)) == ("active", 34)
        assert spans(ada) == [("handling", 2, 10), ("handling", 70, None)]
        assert row(item, acme).unread == 1

    def it_goes_to_wrap_up_when_the_customer_ends_it(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item = talk(acme, ada)
        agent_says(item, acme, ada, seconds=5)
        do(interactions.await_reply, item, acme, ada, seconds=10)
        with tenant_scope(acme, TESTS):
            interactions.end_by_visitor(item.interaction_ref, now=at(30))
        assert (row(item, acme).state, again(item).state) == ("wrap_up", ItemState.WRAP_UP)
        assert spans(ada)[-1] == ("wrap_up", 30, None)


class DescribeSnooze:
    def asleep(self, acme: BrandCard, ada: Actor, *, until: float = 3_600) -> WorkItem:
        go_available(ada)
        item = talk(acme, ada)
        do(interactions.snooze, item, acme, ada, seconds=10, until=at(until))
        return item

    def it_frees_the_units_and_stops_the_time(self, acme: BrandCard, ada: Actor) -> None:
        item = self.asleep(acme, ada)
        assert (row(item, acme).state, again(item).state, used(ada)) == ("snoozed", ItemState.SLEEPING, 0)
        assert spans(ada) == [("handling", 2, 10)]
        assert actions.recount() == {}
        assert not step(at(20))

    def it_comes_back_to_its_agent_when_it_is_due(self, acme: BrandCard, ada: Actor) -> None:
        item = self.asleep(acme, ada, until=600)
        assert actions.sweep(at(599), grant=TESTS)["woken"] == 0
        assert actions.sweep(at(600), grant=TESTS)["woken"] == 1
        now = row(item, acme)
        assert (now.state, now.agent_id, now.snoozed_until, used(ada)) == ("active", ada.user_id, None, 34)
        assert (current(item).order_key, current(item).agent_id) == (item.order_key, ada.user_id)
        with tenant_scope(acme, TESTS):
            assert Segment.objects.filter(interaction=now, owner_kind="agent").count() == 1
        assert actions.sweep(at(601), grant=TESTS)["woken"] == 0

    def it_comes_back_as_soon_as_the_customer_writes(self, acme: BrandCard, ada: Actor) -> None:
        item = self.asleep(acme, ada)
        customer_says(item, acme, seconds=60)
        assert (row(item, acme).state, row(item, acme).agent_id, used(ada)) == ("active", ada.user_id, 34)

    def it_waits_first_in_line_when_its_agent_has_no_room(
        self, acme: BrandCard, globex: BrandCard, ada: Actor
    ) -> None:
        item = self.asleep(acme, ada, until=600)
        AgentCapacity.objects.filter(pk=ada.user_id).update(cap=20, full_cap=20)
        later = write_in(acme, now=at(100))
        stay(later)
        actions.sweep(at(600), grant=TESTS)
        back = current(item)
        assert (row(item, acme).state, back.state, back.order_key) == ("queued", "queued", item.order_key)
        assert (back.last_agent_id, back.waits, used(ada)) == (ada.user_id, True, 0)
        assert back.order_key < later.order_key
        AgentCapacity.objects.filter(pk=ada.user_id).update(cap=100, full_cap=100)
        step(at(700))
        assert asked(back)[0] == ada.user_id

    def it_goes_to_others_when_its_agent_is_away(self, acme: BrandCard, ada: Actor, bo: Actor) -> None:
        item = self.asleep(acme, ada, until=600)
        workforce.set_availability(ada.user_id, to="offline", actor=None, now=at(300))
        actions.sweep(at(600), grant=TESTS)
        assert row(item, acme).state == "queued"

    def it_cannot_be_taken_back_without_room(self, acme: BrandCard, ada: Actor) -> None:
        item = self.asleep(acme, ada)
        AgentCapacity.objects.filter(pk=ada.user_id).update(cap=20, full_cap=20)
        with pytest.raises(NoRoom):
            do(interactions.resume, item, acme, ada, seconds=30)
        assert (row(item, acme).state, again(item).state) == ("snoozed", ItemState.SLEEPING)
        AgentCapacity.objects.filter(pk=ada.user_id).update(cap=100, full_cap=100)
        do(interactions.resume, item, acme, ada, seconds=40)
        assert (row(item, acme).state, used(ada)) == ("active", 34)

    def it_is_closed_when_the_customer_ends_it(self, acme: BrandCard, ada: Actor) -> None:
        item = self.asleep(acme, ada)
        with tenant_scope(acme, TESTS):
            interactions.end_by_visitor(item.interaction_ref, now=at(30))
        assert (row(item, acme).state, again(item).state, used(ada)) == ("closed", "ended", 0)
        assert row(item, acme).disposition_missing

    def it_makes_up_for_a_reply_that_woke_nobody(
        self, acme: BrandCard, ada: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        item = self.asleep(acme, ada)
        with monkeypatch.context() as broken:
            broken.setattr("interactions.actions.incoming.wake", lambda *args, **kwargs: False)
            customer_says(item, acme, seconds=60)
        assert row(item, acme).state == "snoozed"
        assert actions.sweep(at(61), grant=TESTS)["woken"] == 1
        assert row(item, acme).state == "active"

    def it_lasts_30_days_at_most(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item = talk(acme, ada)
        for until in (at(5), at(5) + timedelta(days=31)):
            with pytest.raises(Refused):
                do(interactions.snooze, item, acme, ada, seconds=5, until=until)
        assert row(item, acme).state == "active"
