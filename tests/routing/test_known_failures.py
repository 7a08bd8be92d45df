"""Failures known of other distributors, each as it would show here (PRODUCT.md, end of section 5).

Of those that are about matching and offers; a phone's are of the voice room.
"""

from uuid import uuid4

import pytest

from accounts.actor import Actor
from core.errors import RoomError
from interactions import actions as interactions
from routing import actions, queries
from routing.choices import ItemState
from routing.models import AgentCapacity, Offer, WorkItem
from routing.router import step
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import TESTS, make_agent
from tests.routing.conftest import again, asked, at, close, end_talk, go_available, ring, stay, used, write_in
from workforce import actions as workforce
from workforce.models import AgentState, Engagement

pytestmark = pytest.mark.usefixtures("queues")


def talk(card: BrandCard, actor: Actor, *, second: float) -> WorkItem:
    item = write_in(card, now=at(second))
    stay(item)
    step(at(second + 1))
    actions.accept_offer(ring(item).ref, actor=actor, now=at(second + 2))
    return again(item)


def it_frees_an_agent_at_the_end_of_work_and_not_hours_later(acme: BrandCard, ada: Actor) -> None:
    """freeswitch#1973: a member stood as "answered" for hours after the hang-up."""
    go_available(ada)
    item = talk(acme, ada, second=0)
    close(acme, ada, item.interaction_ref, now=at(60))
    assert used(ada) == 0
    assert again(item).state == ItemState.ENDED
    assert not Engagement.objects.filter(ended_at__isnull=True).exists()
    assert actions.recount() == {}


def it_reserves_nobody_for_an_offer_that_another_won(acme: BrandCard, ada: Actor) -> None:
    """freeswitch#2540: agents stayed reserved after a race for one call."""
    eve = go_available(make_agent("eve@bpo.example", acme, name="Eve Doe"))
    go_available(ada)
    item = write_in(acme)
    step(at(1))
    winner = ada if asked(item) == [ada.user_id] else eve
    actions.accept_offer(ring(item).ref, actor=winner, now=at(2))
    loser = eve if winner is ada else ada
    assert [used(winner), AgentCapacity.objects.filter(pk=loser.user_id, used__gt=0).count()] == [34, 0]


def it_rings_at_nobody_who_left(acme: BrandCard, ada: Actor) -> None:
    """freeswitch#2529: a call went on ringing at an agent after they had left."""
    go_available(ada)
    item = write_in(acme)
    step(at(1))
    workforce.set_availability(ada.user_id, to="offline", actor=None, now=at(2))
    actions.withdraw_offers(at(2))
    assert (asked(item), used(ada)) == ([None], 0)
    assert not step(at(3))


def it_does_not_offer_again_and_again_to_who_became_unavailable(acme: BrandCard, ada: Actor) -> None:
    """freeswitch#800: a fast loop of offers to an agent who went unavailable while it rang."""
    go_available(ada)
    item = write_in(acme)
    for second in range(1, 120):
        step(at(second))
    assert Offer.objects.filter(work_item=item).count() <= 3
    assert AgentState.objects.get(pk=ada.user_id).availability == "not_responding"


def it_lets_no_absent_last_agent_halt_the_queue(acme: BrandCard, ada: Actor) -> None:
    """freeswitch#1221: an unavailable last agent halted the whole queue."""
    eve = go_available(make_agent("eve@bpo.example", acme, name="Eve Doe"))
    first, second = write_in(acme), write_in(acme, now=at(1))
    WorkItem.objects.filter(pk=first.pk).update(last_agent_id=ada.user_id)
    step(at(2))
    assert asked(first) == [eve.user_id]
    step(at(3))
    assert asked(second) == [eve.user_id]


def it_ends_each_wrap_up_by_itself(acme: BrandCard, globex: BrandCard, ada: Actor) -> None:
    """OpenSIPS#2679: the wrap-up of all agents ended with that of the last one."""
    go_available(ada)
    first, second = talk(acme, ada, second=0), talk(globex, ada, second=5)
    end_talk(acme, ada, first.interaction_ref, now=at(10))
    end_talk(globex, ada, second.interaction_ref, now=at(40))
    due = [again(one).wrap_up_due_at for one in (first, second)]
    assert due == [at(70), at(100)]
    assert used(ada) == 68


def it_locks_nobody_into_work_that_is_over(acme: BrandCard, ada: Actor) -> None:
    """OpenSIPS#3123: an agent was locked as if in a call. Here a recount would find it, and finds nothing."""
    go_available(ada)
    item = talk(acme, ada, second=0)
    AgentCapacity.objects.filter(pk=ada.user_id).update(used=68)
    assert actions.recount() == {ada.user_id: 34}
    close(acme, ada, item.interaction_ref, now=at(60))
    assert used(ada) == 0


def it_takes_up_a_pause_that_was_chosen_during_wrap_up(acme: BrandCard, ada: Actor) -> None:
    """kazoo#1331: an agent paused in wrap-up, and the machine stayed where it was."""
    go_available(ada)
    item = talk(acme, ada, second=0)
    end_talk(acme, ada, item.interaction_ref, now=at(10))
    workforce.set_availability(ada.user_id, to="offline", actor=None, now=at(11))
    waiting = write_in(acme, now=at(12))
    assert not step(at(13))
    assert asked(waiting) == [None]


def it_leaves_nobody_in_a_conversation_that_another_has(acme: BrandCard, ada: Actor) -> None:
    """Rocket.Chat#23404: a chat that was passed on stayed with the agent before, who could go on writing."""
    go_available(ada)
    item = talk(acme, ada, second=0)
    with tenant_scope(acme, TESTS):
        interactions.requeue(item.interaction_ref, reason="agent_lost", now=at(20))
    actions.return_to_line(acme.id, item.interaction_ref, now=at(20))
    workforce.set_availability(ada.user_id, to="offline", actor=None, now=at(21))
    eve = go_available(make_agent("eve@bpo.example", acme, name="Eve Doe"), now=at(30))
    (made,) = step(at(45))
    actions.accept_offer(made.ref, actor=eve, now=at(46))
    assert [queries.work_list(one.user_id) != [] for one in (ada, eve)] == [False, True]
    assert not Engagement.objects.filter(agent_id=ada.user_id, ended_at__isnull=True).exists()
    with tenant_scope(acme, TESTS), pytest.raises(RoomError):
        interactions.send_reply(
            item.interaction_ref, agent_id=ada.user_id, author_shown="Ada", client_id=uuid4(), body="Hello",
            last_seq=1, now=at(50),
        )  # fmt: skip


def it_lets_text_work_stick_to_a_closed_laptop_and_then_returns_it_first_in_line(
    acme: BrandCard, ada: Actor
) -> None:
    """A laptop is closed in mid-conversation: its agent may come back; after five minutes others get it."""
    go_available(ada)
    item = talk(acme, ada, second=0)
    workforce.disconnect(ada.user_id, channel_name=f"tests.{ada.user_id}", now=at(60))
    later = write_in(acme, now=at(70))
    actions.note_presence(acme.id, later.interaction_ref, node="tests", now=at(70))
    workforce.expire_nodes(at(60 + 2 * 60))
    actions.sweep(at(60 + 4 * 60), grant=TESTS)
    assert again(item).state == ItemState.ACCEPTED
    actions.sweep(at(60 + 6 * 60), grant=TESTS)
    back = WorkItem.objects.live().get(interaction_ref=item.interaction_ref)
    assert (again(item).state, again(item).outcome, back.order_key) == ("ended", "requeued", item.order_key)
    eve = go_available(make_agent("eve@bpo.example", acme, name="Eve Doe"), now=at(500))
    AgentCapacity.objects.update_or_create(agent_id=eve.user_id, defaults={"cap": 34})
    step(at(501))
    assert asked(back, later) == [eve.user_id, None]


def it_counts_nobody_as_available_whose_connection_is_gone(acme: BrandCard, ada: Actor) -> None:
    """fusionpbx#2831: an unregistered phone stayed Available and was rung."""
    go_available(ada)
    workforce.disconnect(ada.user_id, channel_name=f"tests.{ada.user_id}", now=at(5))
    item = write_in(acme, now=at(30))
    assert not step(at(31))
    assert asked(item) == [None]
