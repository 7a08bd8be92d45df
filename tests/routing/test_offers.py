"""From the line to an agent, and every way an offer can end."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.access import actor_for
from accounts.actions import grant_membership
from accounts.actor import Actor
from accounts.choices import MembershipState, Role
from accounts.models import Membership
from core.errors import NotFound
from events.copies import copy_offers
from events.models import Event
from interactions import actions as interactions
from interactions.access import get_interaction
from interactions.choices import State
from routing import actions, queries
from routing.choices import ItemState, OfferState, Outcome
from routing.errors import OfferGone
from routing.models import AgentCapacity, Decision, Offer, PoolMember, WorkItem
from routing.router import step
from routing.writes import offer_to
from tenants.cards import BrandCard
from tenants.models import LabourEvent
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS, make_agent
from tests.routing.conftest import (
    Push,
    again,
    asked,
    at,
    close,
    end_talk,
    go_available,
    queue_of,
    ring,
    set_up,
    stay,
    unseat,
    used,
    why,
    write_in,
)
from workforce import actions as workforce
from workforce.models import AgentState, Certification, Engagement

pytestmark = pytest.mark.usefixtures("queues")


def kinds() -> list[str]:
    return list(
        LabourEvent.objects.filter(kind__startswith="offer.").order_by("pk").values_list("kind", flat=True)
    )


class DescribeEnqueue:
    def it_fixes_the_order_by_the_target(self, acme: BrandCard) -> None:
        item = write_in(acme, now=at(5))
        assert (item.order_key, item.due_at, item.enqueued_at) == (at(65), at(65), at(5))
        assert (item.state, item.units, item.brand_id) == (ItemState.QUEUED, 34, acme.id)

    def it_carries_a_test_through_to_engagement_and_events(self, acme: BrandCard, ada: Actor) -> None:
        item = write_in(acme, is_test=True)
        go_available(ada)
        (made,) = step(at(1))
        actions.accept_offer(made.ref, actor=ada, now=at(2))
        assert item.is_test
        assert Engagement.objects.get(work_item_id=item.pk).is_test
        assert set(
            LabourEvent.objects.filter(kind__startswith="offer.").values_list("is_test", flat=True)
        ) == {True}

    def it_is_undone_with_what_queued_it(self, acme: BrandCard) -> None:
        item = write_in(acme)
        with (
            tenant_scope(acme, TESTS),
            pytest.raises(Exception, match="wrong_state|Conversation|conversation"),
        ):
            interactions.reopen(item.interaction_ref, by="contact", now=at(9))
        assert WorkItem.objects.count() == 1


class DescribeOffer:
    def it_goes_to_who_idled_longest(
        self, acme: BrandCard, ada: Actor, bo: Actor, pushes: list[Push]
    ) -> None:
        go_available(bo, now=at(-20))
        go_available(ada, now=at(-10))
        item = write_in(acme)
        pushes.clear()
        (made,) = step(at(1))
        assert (made.item_id, made.agent_id, made.expires_at) == (item.pk, bo.user_id, at(31))
        assert again(item).state == ItemState.OFFERED
        assert (used(bo), kinds(), why(item)) == (34, ["offer.made"], "longest_idle")
        payload = {"kind": "offer", "ref": str(made.ref), "brand": acme.id}
        assert pushes == [(f"agent.{bo.user_id}", payload)]

    def it_keeps_why_and_whom_else(self, acme: BrandCard, ada: Actor, bo: Actor) -> None:
        go_available(bo, now=at(-20))
        go_available(ada, now=at(-10))
        item = write_in(acme)
        step(at(1))
        decision = Decision.objects.get(work_item=item)
        assert (decision.candidates, decision.waiting) == (2, [acme.id])
        assert decision.detail["others"] == [[ada.user_id, 0, at(-10).isoformat()]]
        assert ring(item).explanation == {"why": "longest_idle", "candidates": 2}

    def it_is_in_order_over_two_brands(self, acme: BrandCard, globex: BrandCard, ada: Actor) -> None:
        later, sooner = write_in(acme, now=at(3)), write_in(globex, now=at(2))
        go_available(ada)
        step(at(4))
        assert asked(later, sooner) == [ada.user_id, ada.user_id]
        assert list(Offer.objects.order_by("pk").values_list("work_item_id", flat=True)) == [
            sooner.pk,
            later.pk,
        ]

    def it_never_exceeds_the_capacity(self, acme: BrandCard, ada: Actor) -> None:
        items = [write_in(acme, now=at(n)) for n in range(4)]
        go_available(ada)
        assert len(step(at(9))) == 2
        assert asked(*items) == [ada.user_id, ada.user_id, None, None]
        assert used(ada) == 68

    def it_asks_nobody_who_only_works_for_another_brand(self, globex: BrandCard, bo: Actor) -> None:
        go_available(bo)
        write_in(globex)
        assert step(at(1)) == []


class DescribeGuards:
    """What the write refuses, however sure the caller was."""

    @pytest.fixture
    def item(self, acme: BrandCard, ada: Actor) -> WorkItem:
        go_available(ada)
        return write_in(acme)

    def refused(self, item: WorkItem, ada: Actor) -> bool:
        made = offer_to(item.pk, ada.user_id, now=at(10))
        assert (made is None) == (step(at(10)) == [])
        assert Offer.objects.exists() == (made is not None)
        return made is None

    def it_allows_it_otherwise(self, item: WorkItem, ada: Actor) -> None:
        made = offer_to(item.pk, ada.user_id, now=at(10))
        assert made
        assert (made.agent_id, made.expires_at, why(item)) == (ada.user_id, at(40), "direct")
        assert made.pool_id == PoolMember.objects.get(agent_id=ada.user_id).pool_id

    def it_refuses_who_went_away(self, item: WorkItem, ada: Actor) -> None:
        workforce.set_availability(ada.user_id, to="offline", actor=None, now=at(5))
        assert self.refused(item, ada)

    def it_refuses_who_is_about_to_leave(self, item: WorkItem, ada: Actor) -> None:
        AgentState.objects.update(next_availability="offline")
        assert self.refused(item, ada)

    def it_allows_a_reload_of_the_page(self, item: WorkItem, ada: Actor) -> None:
        workforce.disconnect(ada.user_id, channel_name=f"tests.{ada.user_id}", now=at(0.1))
        assert offer_to(item.pk, ada.user_id, now=at(10))

    def it_refuses_who_is_not_back_from_a_reload(self, item: WorkItem, ada: Actor) -> None:
        workforce.disconnect(ada.user_id, channel_name=f"tests.{ada.user_id}", now=at(0))
        assert self.refused(item, ada)

    def it_refuses_a_lapsed_certification(self, item: WorkItem, ada: Actor) -> None:
        Certification.objects.update(valid_until=at(10))
        assert self.refused(item, ada)

    def it_refuses_a_revoked_seat(self, item: WorkItem, ada: Actor) -> None:
        Membership.objects.update(state=MembershipState.REVOKED)
        assert self.refused(item, ada)

    def it_refuses_who_is_in_no_pool_of_the_queue(self, item: WorkItem, ada: Actor) -> None:
        PoolMember.objects.update(valid_until=at(10))
        assert self.refused(item, ada)

    def it_refuses_who_is_full(self, item: WorkItem, ada: Actor, acme: BrandCard) -> None:
        for n in (1, 2):
            assert offer_to(write_in(acme, now=at(n)).pk, ada.user_id, now=at(5))
        assert offer_to(item.pk, ada.user_id, now=at(10)) is None

    def it_refuses_what_is_offered_already(self, item: WorkItem, ada: Actor, bo: Actor) -> None:
        go_available(bo)
        assert offer_to(item.pk, ada.user_id, now=at(10))
        assert offer_to(item.pk, bo.user_id, now=at(10)) is None

    def it_refuses_while_the_customer_is_gone(self, item: WorkItem, ada: Actor, acme: BrandCard) -> None:
        actions.note_presence(acme.id, item.interaction_ref, node=None, now=at(-50))
        assert self.refused(item, ada)

    def it_offers_what_was_left_as_a_message(self, ada: Actor, item: WorkItem) -> None:
        WorkItem.objects.update(waits=True, absent_since=at(-5000))
        assert offer_to(item.pk, ada.user_id, now=at(10))


class DescribeAccept:
    def it_gives_the_conversation_to_the_agent(self, acme: BrandCard, ada: Actor, pushes: list[Push]) -> None:
        go_available(ada)
        item = write_in(acme)
        (made,) = step(at(1))
        pushes.clear()
        view = actions.accept_offer(made.ref, actor=ada, now=at(6))
        assert (view.brand_id, view.interaction_ref) == (acme.id, item.interaction_ref)
        item = again(item)
        assert (item.state, item.agent_id, item.answered_at) == (ItemState.ACCEPTED, ada.user_id, at(6))
        with tenant_scope(acme, TESTS):
            talk = get_interaction(item.interaction_ref)
        assert (talk.state, talk.agent_id, talk.agent_shown) == (State.ACTIVE, ada.user_id, "Ada")
        engagement = Engagement.objects.get(work_item_id=item.pk)
        assert (engagement.started_at, engagement.ended_at, engagement.pool_id) == (
            at(6),
            None,
            ring(item).pool_id,
        )
        assert (used(ada), kinds()) == (34, ["offer.made", "offer.accepted"])
        mine = [payload["kind"] for group, payload in pushes if group == f"agent.{ada.user_id}"]
        assert mine[:2] == ["offer_gone", "worklist"]

    def it_is_refused_a_second_time(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        write_in(acme)
        (made,) = step(at(1))
        actions.accept_offer(made.ref, actor=ada, now=at(6))
        with pytest.raises(OfferGone) as gone:
            actions.accept_offer(made.ref, actor=ada, now=at(7))
        assert (gone.value.code, gone.value.status) == ("taken", 409)

    def it_is_refused_at_the_instant_it_runs_out(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        write_in(acme)
        (made,) = step(at(1))
        with pytest.raises(OfferGone) as gone:
            actions.accept_offer(made.ref, actor=ada, now=made.expires_at)
        assert gone.value.code == "expired"

    def it_is_refused_when_somebody_else_was_asked_since(
        self, acme: BrandCard, ada: Actor, bo: Actor
    ) -> None:
        go_available(ada, now=at(-9))
        write_in(acme)
        (made,) = step(at(1))
        go_available(bo)
        step(at(31))
        with pytest.raises(OfferGone) as gone:
            actions.accept_offer(made.ref, actor=ada, now=at(32))
        assert gone.value.code == "elsewhere"

    def it_is_refused_when_the_customer_left(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item = write_in(acme)
        (made,) = step(at(1))
        with tenant_scope(acme, TESTS):
            interactions.end_by_visitor(item.interaction_ref, now=at(3))
        with pytest.raises(OfferGone) as gone:
            actions.accept_offer(made.ref, actor=ada, now=at(4))
        assert gone.value.code == "withdrawn"
        assert AgentCapacity.objects.get(pk=ada.user_id).held == {"webchat": 0, f"b{acme.id}": 0}
        told = LabourEvent.objects.get(kind="offer.withdrawn")
        assert (told.interaction_ref, told.occurred_at, told.actor_kind, told.is_test, told.data) == (
            item.interaction_ref, at(3), "system", False,
            {"offer": str(made.ref), "agent_id": ada.user_id, "queue_id": item.queue_id, "reason": "left"},
        )  # fmt: skip

    def it_takes_one_statement_to_leave_the_line(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        rings, waits = write_in(acme), write_in(acme, now=at(1))
        AgentCapacity.objects.filter(pk=ada.user_id).update(cap=34)
        step(at(2))
        for item in (rings, waits):
            with CaptureQueriesContext(connection) as asked:
                actions.leave_line(acme.id, item.interaction_ref, outcome="abandoned", now=at(3))
            assert len(asked.captured_queries) == 1
            assert (again(item).state, again(item).outcome) == (ItemState.ENDED, "abandoned")
        assert used(ada) == 0

    def it_hides_from_everybody_else(self, acme: BrandCard, ada: Actor, bo: Actor, outsider: Actor) -> None:
        go_available(ada)
        write_in(acme)
        (made,) = step(at(1))
        for stranger in (bo, outsider):
            with pytest.raises(NotFound):
                actions.accept_offer(made.ref, actor=stranger, now=at(2))
            with pytest.raises(NotFound):
                actions.decline_offer(made.ref, actor=stranger, now=at(2))
        assert ring(WorkItem.objects.get()).state == OfferState.PENDING

    def it_needs_the_seat_still(self, acme: BrandCard, globex: BrandCard, ada: Actor) -> None:
        go_available(ada)
        write_in(acme)
        (made,) = step(at(1))
        with pytest.raises(NotFound):
            actions.accept_offer(made.ref, actor=ada.only(globex.id), now=at(2))

    def it_takes_more_than_another_seat_in_the_brand(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item = write_in(acme)
        (made,) = step(at(1))
        grant_membership(ada.user_id, role=Role.MANAGER, brand_id=acme.id, actor="test", now=at(2))
        unseat(ada, acme, now=at(2))
        manager = actor_for(ada.user_id, now=at(3))
        assert manager
        assert manager.role_in(acme.id) == Role.MANAGER
        with pytest.raises(NotFound):
            actions.accept_offer(made.ref, actor=manager, now=at(3))
        assert again(item).state == ItemState.OFFERED

    def it_wipes_the_strikes(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        write_in(acme)
        step(at(1))
        step(at(31))
        assert AgentState.objects.get(pk=ada.user_id).strikes == 1
        (made,) = step(at(40))
        actions.accept_offer(made.ref, actor=ada, now=at(41))
        assert AgentState.objects.get(pk=ada.user_id).strikes == 0


class DescribeDecline:
    def it_puts_the_customer_back_at_their_place_and_asks_others(
        self, acme: BrandCard, ada: Actor, bo: Actor
    ) -> None:
        go_available(ada, now=at(-9))
        first, second = write_in(acme, now=at(0)), write_in(acme, now=at(1))
        step(at(2))
        before = again(first)
        actions.decline_offer(ring(first).ref, actor=ada, reason="busy", now=at(3))
        item = again(first)
        assert (item.state, item.order_key, item.excluded) == (
            ItemState.QUEUED,
            before.order_key,
            {str(ada.user_id): at(3).isoformat()},
        )
        assert (used(ada), ring(first).reason, ring(first).answered_at) == (34, "busy", at(3))
        go_available(bo, now=at(4))
        step(at(4))
        assert asked(first, second) == [bo.user_id, ada.user_id]
        assert kinds().count("offer.declined") == 1

    def it_is_explained_once_afterwards(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        write_in(acme)
        (made,) = step(at(1))
        actions.decline_offer(made.ref, actor=ada, now=at(2))
        for reason in ("other", "unsuited", "busy"):
            actions.explain_decline(made.ref, actor=ada, reason=reason, now=at(9))
        assert (Offer.objects.get().reason, Offer.objects.get().answered_at) == ("unsuited", at(2))
        assert kinds() == ["offer.made", "offer.declined", "offer.explained"]
        event = LabourEvent.objects.get(kind="offer.explained")
        assert (event.v, event.occurred_at, event.actor_kind, event.actor_id) == (
            1,
            at(9),
            "agent",
            ada.user_id,
        )
        said = {"offer": str(made.ref), "agent_id": ada.user_id, "reason": "unsuited"}
        assert event.data == said | {"queue_id": Offer.objects.get().queue_id}

    @pytest.mark.django_db(transaction=True)
    def it_is_explained_in_the_brands_own_log(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        write_in(acme)
        (made,) = step(at(1))
        actions.decline_offer(made.ref, actor=ada, now=at(2))
        actions.explain_decline(made.ref, actor=ada, reason="busy", now=at(9))
        copy_offers(acme, TESTS)
        with tenant_scope(acme, TESTS):
            offers = Event.objects.filter(kind__startswith="offer.").order_by("occurred_at")
            reasons = list(offers.values_list("kind", "data__reason"))
        assert reasons == [("offer.made", None), ("offer.declined", "other"), ("offer.explained", "busy")]

    def it_is_explained_by_who_declined_it_and_by_nobody_else(
        self, acme: BrandCard, ada: Actor, bo: Actor
    ) -> None:
        go_available(ada)
        write_in(acme)
        (made,) = step(at(1))
        actions.explain_decline(made.ref, actor=ada, reason="busy", now=at(2))
        actions.decline_offer(made.ref, actor=ada, now=at(3))
        with pytest.raises(NotFound):
            actions.explain_decline(made.ref, actor=bo, reason="busy", now=at(4))
        with pytest.raises(NotFound):
            actions.explain_decline(made.ref, actor=ada, reason="tired", now=at(4))
        assert Offer.objects.get().reason == "other"
        assert "offer.explained" not in kinds()

    def it_costs_no_strike(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        write_in(acme)
        (made,) = step(at(1))
        actions.decline_offer(made.ref, actor=ada, now=at(2))
        assert AgentState.objects.get(pk=ada.user_id).strikes == 0

    def it_comes_back_after_a_rest_when_nobody_else_is_there(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item = write_in(acme)
        (made,) = step(at(1))
        actions.decline_offer(made.ref, actor=ada, now=at(2))
        assert step(at(3)) == []
        (second,) = step(at(7))
        assert (second.item_id, why(item)) == (item.pk, "asked_again")

    def it_is_refused_twice_and_after_the_end(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        write_in(acme)
        (made,) = step(at(1))
        with pytest.raises(OfferGone) as late:
            actions.decline_offer(made.ref, actor=ada, now=at(31))
        actions.decline_offer(made.ref, actor=ada, now=at(2))
        with pytest.raises(OfferGone) as twice:
            actions.decline_offer(made.ref, actor=ada, now=at(3))
        assert (late.value.code, twice.value.code) == ("expired", "declined")
        assert used(ada) == 0


class DescribeExpiry:
    def it_keeps_the_place_and_counts_a_strike(self, acme: BrandCard, ada: Actor, bo: Actor) -> None:
        go_available(ada, now=at(-9))
        item = write_in(acme)
        (made,) = step(at(1))
        assert actions.expire_offers(at(30.9)) == []
        assert len(actions.expire_offers(at(31))) == 1
        back = again(item)
        assert (back.state, back.order_key) == (ItemState.QUEUED, item.order_key)
        assert (used(ada), ring(item).state, ring(item).answered_at) == (
            0,
            OfferState.EXPIRED,
            made.expires_at,
        )
        assert AgentState.objects.get(pk=ada.user_id).strikes == 1

    def it_is_before_those_who_came_later(self, acme: BrandCard, ada: Actor, bo: Actor) -> None:
        go_available(ada, now=at(-9))
        first = write_in(acme, now=at(0))
        step(at(1))
        later = write_in(acme, now=at(2))
        workforce.set_availability(ada.user_id, to="offline", actor=None, now=at(3))
        step(at(4))
        set_up_one_slot(bo)
        step(at(5))
        assert asked(first, later) == [bo.user_id, None]

    def it_makes_who_misses_twice_not_responding(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item = write_in(acme)
        for second in (1, 40):
            assert step(at(second))
        assert step(at(70)) == []
        assert AgentState.objects.get(pk=ada.user_id).availability == "not_responding"
        workforce.set_availability(ada.user_id, to="available", actor=ada, now=at(90))
        assert [made.item_id for made in step(at(91))] == [item.pk]

    def it_happens_once(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        write_in(acme)
        step(at(1))
        assert (len(actions.expire_offers(at(31))), actions.expire_offers(at(31))) == (1, [])
        assert kinds().count("offer.expired") == 1


def set_up_one_slot(actor: Actor) -> None:
    from routing.models import AgentCapacity

    go_available(actor, now=at(4))
    AgentCapacity.objects.update_or_create(agent_id=actor.user_id, defaults={"cap": 34})


class DescribeWithdrawal:
    def it_takes_back_what_rings_at_who_went_away(self, acme: BrandCard, ada: Actor, bo: Actor) -> None:
        go_available(ada, now=at(-9))
        item = write_in(acme)
        step(at(1))
        workforce.set_availability(ada.user_id, to="offline", actor=None, now=at(2))
        go_available(bo, now=at(2))
        step(at(3))
        assert asked(item) == [bo.user_id]
        assert (used(ada), used(bo)) == (0, 34)
        assert AgentState.objects.get(pk=ada.user_id).strikes == 0
        lost = Offer.objects.get(agent_id=ada.user_id)
        assert (lost.state, lost.reason) == (OfferState.WITHDRAWN, "agent_away")

    def it_takes_back_what_rings_at_who_lost_the_seat(
        self, acme: BrandCard, globex: BrandCard, ada: Actor
    ) -> None:
        go_available(ada)
        theirs, other = write_in(acme), write_in(globex)
        step(at(1))
        unseat(ada, acme, now=at(2))
        assert len(actions.withdraw_offers(at(3))) == 1
        assert asked(theirs, other) == [None, ada.user_id]
        assert (used(ada), ring(theirs).reason) == (34, "agent_away")
        assert AgentState.objects.get(pk=ada.user_id).strikes == 0

    def it_takes_it_back_at_the_instant_the_seat_lapses(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item = write_in(acme)
        step(at(1))
        Membership.objects.filter(user_id=ada.user_id).update(valid_until=at(10))
        assert actions.withdraw_offers(at(9.9)) == []
        assert len(actions.withdraw_offers(at(10))) == 1
        assert asked(item) == [None]

    def it_leaves_it_through_the_grace(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item = write_in(acme)
        step(at(1))
        workforce.disconnect(ada.user_id, channel_name=f"tests.{ada.user_id}", now=at(2))
        assert actions.withdraw_offers(at(20)) == []
        Offer.objects.update(expires_at=at(900))
        assert len(actions.withdraw_offers(at(48))) == 1
        assert (asked(item), ring(item).reason) == ([None], "agent_lost")

    def it_frees_the_agent_when_the_customer_leaves(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item = write_in(acme)
        step(at(1))
        with tenant_scope(acme, TESTS):
            interactions.end_by_visitor(item.interaction_ref, now=at(3))
        gone = again(item)
        assert (gone.state, gone.outcome, gone.ended_at) == (ItemState.ENDED, Outcome.ABANDONED, at(3))
        assert (used(ada), ring(item).state, ring(item).reason) == (0, OfferState.WITHDRAWN, "left")


class DescribeWork:
    def talking(self, acme: BrandCard, ada: Actor) -> WorkItem:
        go_available(ada)
        write_in(acme)
        (made,) = step(at(1))
        actions.accept_offer(made.ref, actor=ada, now=at(2))
        return WorkItem.objects.get()

    def it_holds_the_units_until_wrap_up_ends(self, acme: BrandCard, ada: Actor) -> None:
        item = self.talking(acme, ada)
        end_talk(acme, ada, item.interaction_ref, now=at(50))
        wrapping = again(item)
        assert (wrapping.state, wrapping.wrap_up_due_at, used(ada)) == (ItemState.WRAP_UP, at(110), 34)
        kind = list(Engagement.objects.order_by("pk").values_list("kind", "started_at", "ended_at"))
        assert kind == [("handling", at(2), at(50)), ("wrap_up", at(50), None)]
        with tenant_scope(acme, TESTS):
            interactions.wrap_up(
                item.interaction_ref,
                agent_id=ada.user_id,
                reason_code="delivery",
                outcome_code="solved",
                now=at(70),
            )
        assert (again(item).state, again(item).outcome, used(ada)) == (ItemState.ENDED, Outcome.CLOSED, 0)
        assert Engagement.objects.get(kind="wrap_up").ended_at == at(70)

    def it_follows_an_extension(self, acme: BrandCard, ada: Actor) -> None:
        item = self.talking(acme, ada)
        end_talk(acme, ada, item.interaction_ref, now=at(50))
        with tenant_scope(acme, TESTS):
            interactions.extend_wrap_up(item.interaction_ref, agent_id=ada.user_id, now=at(60))
        assert again(item).wrap_up_due_at == at(170)

    def it_idles_from_the_end_of_work(self, acme: BrandCard, ada: Actor, bo: Actor) -> None:
        item = self.talking(acme, ada)
        go_available(bo, now=at(40))
        close(acme, ada, item.interaction_ref, now=at(50))
        second = write_in(acme, now=at(60))
        step(at(61))
        assert asked(second) == [bo.user_id]

    def it_may_wait_again_when_reopened(self, acme: BrandCard, ada: Actor) -> None:
        item = self.talking(acme, ada)
        close(acme, ada, item.interaction_ref, now=at(50))
        with tenant_scope(acme, TESTS):
            interactions.reopen(item.interaction_ref, by="contact", now=at(500))
        second = WorkItem.objects.live().get()
        assert (second.pk != item.pk, second.last_agent_id, second.order_key) == (True, ada.user_id, at(560))
        (made,) = step(at(501))
        assert (made.item_id, why(second)) == (second.pk, "last_agent")


class DescribeKnownFailures:
    """What other distributors got wrong (numbers of their issues); the rest stands with its subject."""

    def it_does_not_ring_in_circles_at_who_went_away(self, acme: BrandCard, ada: Actor) -> None:
        """freeswitch #800: offered again and again to an agent who went away while it rang."""
        go_available(ada)
        write_in(acme)
        step(at(1))
        workforce.set_availability(ada.user_id, to="away", reason_code="break", actor=None, now=at(2))
        assert [step(at(second)) for second in range(3, 60, 5)] == [[]] * 12
        assert Offer.objects.count() == 1

    def it_lets_an_agent_pause_in_wrap_up(self, acme: BrandCard, ada: Actor) -> None:
        """kazoo #1331: paused during wrap-up, and the machine stayed where it was."""
        item = DescribeWork().talking(acme, ada)
        end_talk(acme, ada, item.interaction_ref, now=at(10))
        workforce.set_next(ada.user_id, to="away", reason_code="break", actor=ada, now=at(11))
        stay(write_in(acme, now=at(12)))
        assert step(at(13)) == []
        actions.sweep(at(70), grant=TESTS)
        assert AgentState.objects.get(pk=ada.user_id).availability == "away"
        assert (step(at(71)), used(ada)) == ([], 0)
        workforce.set_availability(ada.user_id, to="available", actor=ada, now=at(80))
        assert len(step(at(81))) == 1

    def it_frees_the_agent_when_the_customer_hangs_up(self, acme: BrandCard, ada: Actor) -> None:
        """freeswitch #1973, OpenSIPS #3123: still counted as busy after the other side was gone."""
        item = DescribeWork().talking(acme, ada)
        with tenant_scope(acme, TESTS):
            interactions.end_by_visitor(item.interaction_ref, now=at(10))
        assert again(item).state == ItemState.WRAP_UP
        actions.sweep(at(70), grant=TESTS)
        assert (again(item).state, used(ada)) == (ItemState.ENDED, 0)
        assert not Engagement.objects.open().exists()


class DescribeLists:
    def it_shows_the_agent_what_rings_and_what_they_are_on(
        self, acme: BrandCard, globex: BrandCard, ada: Actor, bo: Actor
    ) -> None:
        go_available(ada)
        first, second = write_in(acme, now=at(0)), write_in(globex, now=at(1))
        step(at(2))
        actions.accept_offer(ring(first).ref, actor=ada, now=at(3))
        assert [item.pk for item in queries.work_list(ada.user_id)] == [first.pk]
        (offer,) = queries.ringing_for(ada.user_id, now=at(4))
        assert offer.interaction_ref == second.interaction_ref
        assert queries.ringing_for(ada.user_id, now=at(32)) == []
        assert queries.work_list(bo.user_id) == []


class DescribePlace:
    def it_counts_who_is_before(self, acme: BrandCard, globex: BrandCard, ada: Actor) -> None:
        first, second, third = (write_in(acme, now=at(n)) for n in range(3))
        other = write_in(globex)
        queue = first.queue_id
        places = [
            queries.place(acme.id, queue, i.interaction_ref, now=at(5)).position
            for i in (first, second, third)
        ]
        assert places == [1, 2, 3]
        assert queries.place(globex.id, other.queue_id, other.interaction_ref, now=at(5)).position == 1
        go_available(ada)
        step(at(5))
        actions.accept_offer(ring(first).ref, actor=ada, now=at(6))
        assert queries.place(acme.id, queue, third.interaction_ref, now=at(7)).position == 2
        assert queries.place(acme.id, queue, first.interaction_ref, now=at(7)).position is None

    def it_does_not_count_who_is_away_and_keeps_their_place(self, acme: BrandCard) -> None:
        first, second = write_in(acme, now=at(0)), write_in(acme, now=at(1))
        actions.note_presence(acme.id, first.interaction_ref, node=None, now=at(10))
        ref = second.interaction_ref
        assert queries.place(acme.id, first.queue_id, ref, now=at(69)).position == 2
        assert queries.place(acme.id, first.queue_id, ref, now=at(70)).position == 1
        actions.note_presence(acme.id, first.interaction_ref, node="n", now=at(80))
        assert queries.place(acme.id, first.queue_id, ref, now=at(81)).position == 2

    def it_says_whether_somebody_is_at_work(self, acme: BrandCard, globex: BrandCard, bo: Actor) -> None:
        queue = queue_of(acme).pk
        assert not queries.staffed(acme.id, queue, now=NOW)
        go_available(bo)
        assert queries.staffed(acme.id, queue, now=at(1))
        assert not queries.staffed(globex.id, queue_of(globex).pk, now=at(1))
        workforce.set_availability(bo.user_id, to="away", reason_code="break", actor=None, now=at(2))
        assert queries.staffed(acme.id, queue, now=at(3))
        workforce.set_availability(bo.user_id, to="offline", actor=None, now=at(4))
        assert not queries.staffed(acme.id, queue, now=at(5))


class DescribePlans:
    def it_follows_the_queue(self, acme: BrandCard) -> None:
        set_up(acme, name="Returns", target_seconds=90)
        from routing.models import QueuePlan

        plan = QueuePlan.objects.get(label="Returns")
        assert (plan.brand_id, plan.target_seconds, plan.version) == (acme.id, 90, 1)
        assert plan.pools.get().pool.kind == "shared"

    def it_takes_a_certified_agent_into_the_shared_pool_once(self, acme: BrandCard) -> None:
        eve = make_agent("eve@example.test", acme)
        member = PoolMember.objects.get(agent_id=eve.user_id)
        member.valid_until = at(1)
        member.save()
        workforce.certify(eve.user_id, brand_id=acme.id, version="2", valid_from=NOW, actor="test", now=NOW)
        assert PoolMember.objects.filter(agent_id=eve.user_id).count() == 1
