"""What time does: customers who went, wrap-ups left open, agents who were lost."""

from datetime import datetime, timedelta

import pytest

from accounts.actor import Actor
from interactions import actions as interactions
from interactions import signals
from interactions.models import Interaction
from routing import actions, queries, tasks
from routing.choices import ItemState, Outcome, Why
from routing.models import AgentCapacity, WorkItem
from routing.router import step
from routing.tasks import BEAT
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import TESTS
from tests.routing.conftest import (
    again,
    asked,
    at,
    end_talk,
    go_available,
    stay,
    unseat,
    used,
    why,
    write_in,
)
from workforce import actions as workforce
from workforce.models import Connection, Engagement, Node

pytestmark = pytest.mark.usefixtures("queues")


def sweep(seconds: float) -> dict[str, int]:
    done = actions.sweep(at(seconds), grant=TESTS)
    return {deed: times for deed, times in done.items() if times}


def talk_of(card: BrandCard, item: WorkItem) -> Interaction:
    with tenant_scope(card, TESTS):
        talk: Interaction = Interaction.objects.get(ref=item.interaction_ref)
        return talk


def visitor(card: BrandCard, item: WorkItem, seconds: float, *, node: str | None) -> None:
    """The visitor's socket came or went, as the connector announces it."""
    with tenant_scope(card, TESTS):
        signals.visitor_presence.send(
            None, brand_id=card.id, interaction_ref=item.interaction_ref, node=node, now=at(seconds)
        )


def answered(card: BrandCard, actor: Actor) -> WorkItem:
    go_available(actor)
    write_in(card)
    (made,) = step(at(1))
    actions.accept_offer(made.ref, actor=actor, now=at(2))
    return WorkItem.objects.get(pk=made.item_id)


class DescribeAbandon:
    def it_offers_for_a_minute_then_keeps_the_place_then_gives_up(self, acme: BrandCard, ada: Actor) -> None:
        item = write_in(acme)
        visitor(acme, item, 30, node=None)
        assert sweep(89) == {}
        go_available(ada, now=at(90))
        assert step(at(90)) == []
        assert again(item).state == ItemState.QUEUED
        assert sweep(629) == {}
        assert sweep(630) == {"abandoned": 1}
        assert talk_of(acme, item).abandoned_at == at(30)
        assert (again(item).state, again(item).outcome) == (ItemState.ENDED, Outcome.ABANDONED)

    def it_is_offered_again_when_the_customer_is_back(self, acme: BrandCard, ada: Actor) -> None:
        item = write_in(acme)
        visitor(acme, item, 30, node=None)
        visitor(acme, item, 300, node="n")
        go_available(ada, now=at(300))
        assert [made.item_id for made in step(at(301))] == [item.pk]
        assert again(item).order_key == item.order_key
        workforce.beat("n", now=at(600))
        assert sweep(629) == {"expired": 1}
        assert sweep(630) == {}
        assert (again(item).state, again(item).absent_since) == (ItemState.QUEUED, None)

    def it_counts_from_the_first_of_several_goodbyes(self, acme: BrandCard) -> None:
        item = write_in(acme)
        visitor(acme, item, 30, node=None)
        visitor(acme, item, 200, node=None)
        assert again(item).absent_since == at(30)

    def it_never_abandons_what_was_left_as_a_message(self, acme: BrandCard) -> None:
        item = write_in(acme, waits=True)
        visitor(acme, item, 30, node=None)
        assert sweep(90_000) == {}
        assert again(item).state == ItemState.QUEUED

    def it_withdraws_what_rings_meanwhile(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item = write_in(acme)
        visitor(acme, item, 0, node=None)
        (made,) = step(at(1))
        actions.expire_offers(made.expires_at)
        assert used(ada) == 0
        assert sweep(600) == {"abandoned": 1}
        assert (used(ada), asked(item)) == (0, [None])


class DescribeServers:
    def it_counts_visitors_of_a_dead_server_as_gone_since_its_last_beat(self, acme: BrandCard) -> None:
        item = write_in(acme)
        workforce.beat("live-1", now=at(10))
        visitor(acme, item, 11, node="live-1")
        assert sweep(54) == {}
        assert sweep(55) == {"unseen": 1}
        assert again(item).absent_since == at(10)

    def it_guesses_the_least_for_a_server_that_is_forgotten(self, acme: BrandCard) -> None:
        item = write_in(acme)
        visitor(acme, item, 1, node="live-1")
        assert sweep(300) == {"unseen": 1}
        assert again(item).absent_since == at(255)

    @pytest.mark.parametrize("back_at", ["live-1", "live-2"])
    def it_leaves_alone_who_comes_back_while_it_looks(
        self, acme: BrandCard, back_at: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Between its reading and its writing: to a server that is new, or to the old one, found alive."""
        item = write_in(acme)
        workforce.beat("live-1", now=at(10))
        visitor(acme, item, 11, node="live-1")

        def look(now: datetime) -> dict[int, tuple[str, datetime]]:
            found = whole(now)
            workforce.beat(back_at, now=at(60))
            visitor(acme, item, 60, node=back_at)
            return found

        whole = queries.unseen_visitors
        monkeypatch.setattr(queries, "unseen_visitors", look)
        assert sweep(60) == {}
        assert (again(item).visitor_node, again(item).absent_since) == (back_at, None)

    def it_counts_as_gone_whom_no_server_ever_spoke_for(self, acme: BrandCard) -> None:
        """The server died between the first message and its saying that the customer is there."""
        item = write_in(acme, now=at(10))
        assert sweep(54) == {}
        assert sweep(55) == {"unseen": 1}
        assert again(item).absent_since == at(10)
        assert sweep(610) == {"abandoned": 1}

    def it_does_so_while_it_rings(self, acme: BrandCard, ada: Actor) -> None:
        item = write_in(acme)
        go_available(ada, now=at(40))
        assert step(at(40))
        assert sweep(45) == {"unseen": 1}
        assert again(item).state == ItemState.OFFERED

    def it_expects_no_server_where_none_speaks_for_anybody(self, acme: BrandCard, ada: Actor) -> None:
        talking = answered(acme, ada)
        left, other = write_in(acme, waits=True), write_in(acme)
        WorkItem.objects.filter(pk=other.pk).update(channel="sms")
        assert sweep(900) == {}
        assert [again(item).absent_since for item in (left, other, talking)] == [None] * 3

    def it_gives_a_lease_to_who_is_sent_back_to_the_line(self, acme: BrandCard, ada: Actor) -> None:
        item = answered(acme, ada)
        with tenant_scope(acme, TESTS):
            interactions.requeue(item.interaction_ref, reason="test", now=at(900))
        back = actions.return_to_line(acme.id, item.interaction_ref, now=at(900))
        assert back
        assert sweep(944) == {}
        assert sweep(945) == {"unseen": 1}
        assert again(back).absent_since == at(900)

    def it_leaves_those_of_living_servers_alone(self, acme: BrandCard) -> None:
        item = write_in(acme)
        workforce.beat("live-1", now=at(10))
        visitor(acme, item, 11, node="live-1")
        workforce.beat("live-1", now=at(50))
        assert sweep(90) == {}
        assert again(item).absent_since is None


class DescribeWrapUp:
    def it_is_forced_when_its_time_is_over(self, acme: BrandCard, ada: Actor) -> None:
        item = answered(acme, ada)
        end_talk(acme, ada, item.interaction_ref, now=at(10))
        assert sweep(69) == {}
        assert sweep(70) == {"wrapped": 1}
        talk = talk_of(acme, item)
        assert (talk.state, talk.disposition_missing) == ("closed", True)
        assert (again(item).state, used(ada)) == (ItemState.ENDED, 0)
        assert not Engagement.objects.open().exists()

    def it_is_not_ended_by_another_agents(self, acme: BrandCard, ada: Actor, bo: Actor) -> None:
        """OpenSIPS #2679: the wrap-up of all agents ended with the last one."""
        first = answered(acme, ada)
        end_talk(acme, ada, first.interaction_ref, now=at(10))
        go_available(bo, now=at(20))
        write_in(acme, now=at(21))
        Node.objects.update(lease_until=at(9000))
        workforce.set_availability(ada.user_id, to="away", reason_code="break", actor=None, now=at(22))
        (made,) = step(at(22))
        actions.accept_offer(made.ref, actor=bo, now=at(23))
        second = WorkItem.objects.get(pk=made.item_id)
        end_talk(acme, bo, second.interaction_ref, now=at(30))
        assert sweep(70) == {"wrapped": 1}
        assert (again(first).state, again(second).state) == (ItemState.ENDED, ItemState.WRAP_UP)


class DescribeLostAgents:
    def lose(self, actor: Actor, seconds: float) -> None:
        Connection.objects.filter(agent_id=actor.user_id).delete()
        workforce.disconnect(actor.user_id, channel_name="none", now=at(seconds))
        workforce.expire_nodes(at(seconds + 45))

    def it_gives_the_conversation_back_after_five_minutes(
        self, acme: BrandCard, ada: Actor, bo: Actor
    ) -> None:
        item = answered(acme, ada)
        later = [write_in(acme, now=at(n)) for n in (5, 6)]
        stay(item, *later)
        self.lose(ada, 20)
        assert sweep(319) == {}
        assert sweep(320) == {"returned": 1}
        back = WorkItem.objects.live().get(interaction_ref=item.interaction_ref)
        assert (again(item).outcome, back.pk == item.pk) == (Outcome.REQUEUED, False)
        assert (back.order_key, back.enqueued_at, back.last_agent_id) == (
            item.order_key,
            item.enqueued_at,
            ada.user_id,
        )
        assert (talk_of(acme, item).state, used(ada)) == ("queued", 0)
        assert not Engagement.objects.open().exists()
        go_available(bo, now=at(330))
        step(at(331))
        assert asked(back, *later) == [bo.user_id, bo.user_id, None]

    def it_counts_their_time_until_they_went(self, acme: BrandCard, ada: Actor) -> None:
        """Nobody pays for the five minutes in which they are waited for."""
        item = answered(acme, ada)
        stay(item)
        self.lose(ada, 20)
        assert sweep(320) == {"returned": 1}
        work = Engagement.objects.get(work_item_id=item.pk)
        assert (work.started_at, work.ended_at) == (at(2), at(20))
        assert AgentCapacity.objects.get(pk=ada.user_id).freed_at == at(20)
        assert again(item).ended_at == at(320)

    def it_counts_no_time_before_the_work(self, acme: BrandCard, ada: Actor) -> None:
        """Accepted without a socket: they had been lost before they began."""
        item = answered(acme, ada)
        stay(item)
        self.lose(ada, 1)
        assert sweep(301) == {"returned": 1}
        assert not Engagement.objects.filter(work_item_id=item.pk).exists()
        assert AgentCapacity.objects.get(pk=ada.user_id).freed_at == at(2)

    def it_takes_nothing_from_the_next_agent(
        self, acme: BrandCard, ada: Actor, bo: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The sweep has read whose agent is lost; before it comes to the conversation, another one has it."""
        item = answered(acme, ada)
        stay(item)
        self.lose(ada, 20)
        go_available(bo, now=at(300))

        def look(now: datetime, *, after: timedelta, item_id: int | None = None) -> list[WorkItem]:
            found = whole(now, after=after, item_id=item_id)
            if item_id is None:
                self.hand_over(acme, item, bo)
            return found

        whole = queries.lost_work
        monkeypatch.setattr(queries, "lost_work", look)
        assert sweep(320) == {}
        now_on = WorkItem.objects.live().get(interaction_ref=item.interaction_ref)
        assert (now_on.state, now_on.agent_id) == (ItemState.ACCEPTED, bo.user_id)
        assert (talk_of(acme, item).state, talk_of(acme, item).agent_id) == ("active", bo.user_id)

    def hand_over(self, card: BrandCard, item: WorkItem, to: Actor) -> None:
        with tenant_scope(card, TESTS):
            interactions.requeue(item.interaction_ref, reason="test", now=at(320))
        actions.return_to_line(card.id, item.interaction_ref, now=at(320))
        (made,) = step(at(320))
        actions.accept_offer(made.ref, actor=to, now=at(320))

    def it_asks_them_first_when_they_come_back_in_time(self, acme: BrandCard, ada: Actor, bo: Actor) -> None:
        """In time: counted from when the conversation went back to the line, not from when it first came."""
        item = answered(acme, ada)
        stay(item)
        self.lose(ada, 20)
        go_available(bo, now=at(3))
        assert sweep(320) == {"returned": 1}
        workforce.connect(ada.user_id, node="tests", channel_name="back", now=at(325))
        write_in(acme, now=at(326))
        back = WorkItem.objects.live().get(interaction_ref=item.interaction_ref)
        assert [(made.item_id, made.agent_id) for made in step(at(339))][0] == (back.pk, ada.user_id)
        assert why(back) == Why.LAST_AGENT

    def it_asks_others_when_they_come_back_too_late(self, acme: BrandCard, ada: Actor, bo: Actor) -> None:
        item = answered(acme, ada)
        stay(item)
        self.lose(ada, 20)
        go_available(bo, now=at(3))
        assert sweep(320) == {"returned": 1}
        workforce.connect(ada.user_id, node="tests", channel_name="back", now=at(335))
        back = WorkItem.objects.live().get(interaction_ref=item.interaction_ref)
        step(at(340))
        assert asked(back) == [bo.user_id]

    def it_gives_the_conversation_back_at_once_when_the_seat_is_taken(
        self, acme: BrandCard, globex: BrandCard, ada: Actor
    ) -> None:
        item = answered(acme, ada)
        write_in(globex, now=at(3))
        (made,) = step(at(4))
        actions.accept_offer(made.ref, actor=ada, now=at(5))
        unseat(ada, acme, now=at(20))
        assert sweep(21) == {"returned": 1}
        back = WorkItem.objects.live().get(interaction_ref=item.interaction_ref)
        assert (back.state, back.order_key) == (ItemState.QUEUED, item.order_key)
        assert (talk_of(acme, item).state, used(ada)) == ("queued", 34)
        assert WorkItem.objects.get(pk=made.item_id).state == ItemState.ACCEPTED

    def it_lets_a_short_absence_pass(self, acme: BrandCard, ada: Actor) -> None:
        item = answered(acme, ada)
        self.lose(ada, 20)
        workforce.connect(ada.user_id, node="tests", channel_name="back", now=at(200))
        assert sweep(400) == {}
        assert again(item).state == ItemState.ACCEPTED

    def it_withdraws_what_rang(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item = write_in(acme)
        stay(item)
        step(at(1))
        item.offers.update(expires_at=at(900))
        self.lose(ada, 5)
        assert sweep(51) == {"withdrawn": 1}
        assert again(item).state == ItemState.QUEUED


class DescribeSweep:
    def it_goes_on_after_one_that_fails(
        self, acme: BrandCard, ada: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, second = write_in(acme, now=at(0)), write_in(acme, now=at(1))
        for item in (first, second):
            visitor(acme, item, 2, node=None)
        with tenant_scope(acme, TESTS):
            Interaction.objects.filter(ref=first.interaction_ref).update(state="active", agent_id=ada.user_id)
        assert sweep(700) == {"abandoned": 1}
        assert again(second).state == ItemState.ENDED

    def it_runs_as_a_task_of_no_brand(self, acme: BrandCard) -> None:
        item = write_in(acme)
        visitor(acme, item, 2, node=None)
        tasks.sweep.apply().get()
        assert (again(item).state, again(item).outcome) == (ItemState.ENDED, Outcome.ABANDONED)

    def it_is_sent_by_beat(self) -> None:
        entry = BEAT["routing.sweep"]
        assert timedelta(seconds=float(str(entry["schedule"]))) <= timedelta(seconds=10)
