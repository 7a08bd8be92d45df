"""Work changes hands: its place is kept, capacity holds, whom it goes to is asked by every guard."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.actor import Actor
from core.errors import NotFound
from events.choices import Kind
from events.readers import log_of
from interactions import actions as interactions
from interactions.actions import Target
from interactions.errors import NoRoom, NotYours, Refused, TargetGone, WrongState
from interactions.models import Message, Queue, Segment
from routing import actions
from routing.choices import OfferState, Outcome, WithdrawReason
from routing.models import Offer, PoolMember, PoolQueue, QueuePlan, WorkItem
from routing.router import step
from routing.targets import targets
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS, make_agent
from tests.routing.conftest import (
    again,
    asked,
    at,
    close,
    go_available,
    ring,
    unseat,
    used,
    why,
    write_in,
)
from tests.routing.test_turns import current, row, talk
from workforce import actions as workforce

pytestmark = pytest.mark.usefixtures("queues")
WHO: dict[str, Any] = {"actor": "user:1", "now": NOW}


def add_queue(card: BrandCard, name: str = "Returns", **numbers: Any) -> Queue:
    with tenant_scope(card, TESTS):
        return interactions.save_queue(name=name, target_seconds=90, wrap_up_seconds=60, **numbers)


def hand_over(
    item: WorkItem,
    card: BrandCard,
    actor: Actor,
    to: Target,
    *,
    seconds: float = 10,
    note: str = "Late parcel",
) -> None:
    with tenant_scope(card, TESTS):
        interactions.transfer(
            item.interaction_ref, agent_id=actor.user_id, author_shown="Ada", to=to, note=note,
            client_id=uuid4(), now=at(seconds),
        )  # fmt: skip


def reassign(
    item: WorkItem, card: BrandCard, to: Target, *, seconds: float = 20, reason: str = "Ill"
) -> None:
    with tenant_scope(card, TESTS):
        interactions.reassign(
            item.interaction_ref, to=to, reason=reason, actor="user:9", actor_id=9, now=at(seconds)
        )


def events(item: WorkItem, card: BrandCard, kind: Kind) -> list[dict[str, Any]]:
    with tenant_scope(card, TESTS):
        log = log_of([item.interaction_ref])[item.interaction_ref]
        return [event.data for event in log if event.kind == kind]


@pytest.fixture
def eve(acme: BrandCard) -> Actor:
    """Another agent of Acme, available."""
    return go_available(make_agent("eve@bpo.example", acme, name="Eve Doe"))


class DescribeToAQueue:
    def it_waits_there_with_its_old_place_and_its_agent_is_free(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item, returns = talk(acme, ada), add_queue(acme, units=20)
        hand_over(item, acme, ada, Target(queue_id=returns.pk))
        moved = current(item)
        assert (moved.queue_id, moved.state, moved.units, moved.target_seconds) == (
            returns.pk,
            "queued",
            20,
            90,
        )
        assert (moved.order_key, moved.enqueued_at) == (item.order_key, at(10))
        assert (again(item).outcome, used(ada), actions.recount()) == (Outcome.TRANSFERRED, 0, {})
        now = row(item, acme)
        assert (now.ref, now.state, now.agent_id, now.queue_id) == (
            item.interaction_ref, "queued", None, returns.pk,
        )  # fmt: skip
        with tenant_scope(acme, TESTS):
            owners = (
                Segment.objects.filter(interaction=now).order_by("n").values_list("owner_kind", "queue_id")
            )
            assert [kind for kind, _queue in owners] == ["queue", "agent", "queue"]
            said = list(
                Message.objects.filter(interaction=now).order_by("seq").values("direction", "body", "data")
            )
        assert (said[-2]["direction"], said[-2]["body"]) == ("note", "Late parcel")
        assert said[-1]["data"] == {"code": "transferred", "name": "Returns"}
        assert events(item, acme, Kind.INTERACTION_TRANSFERRED) == [
            {
                "kind": "blind",
                "from": {"queue_id": item.queue_id, "agent_id": ada.user_id},
                "to": {"queue_id": returns.pk, "agent_id": None},
            }
        ]

    def it_asks_others_before_who_handed_it_over(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        workforce.set_availability(eve.user_id, to="offline", actor=None, now=NOW)
        go_available(ada)
        item, returns = talk(acme, ada), add_queue(acme)
        workforce.set_availability(eve.user_id, to="available", actor=None, now=at(5))
        hand_over(item, acme, ada, Target(queue_id=returns.pk))
        step(at(30))
        assert asked(current(item)) == [eve.user_id]

    def it_forgets_what_the_old_queues_rule_asked_for(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item, returns = talk(acme, ada), add_queue(acme)
        WorkItem.objects.filter(pk=item.pk).update(requirement={"need": "swedish", "language": "sv"})
        hand_over(item, acme, ada, Target(queue_id=returns.pk))
        assert current(item).requirement == {"language": "sv"}

    def it_takes_a_note_a_target_and_who_has_it(self, acme: BrandCard, globex: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item, strange = talk(acme, ada), add_queue(globex, "Elsewhere")
        for to, note, refusal in (
            (Target(queue_id=item.queue_id), " ", Refused),
            (Target(), "Please", Refused),
            (Target(queue_id=strange.pk + 10_000), "Please", TargetGone),
        ):
            with pytest.raises(refusal):
                hand_over(item, acme, ada, to, note=note)
        with pytest.raises(NotYours):
            hand_over(
                item, acme, go_available(make_agent("x@bpo.example", acme)), Target(queue_id=item.queue_id)
            )
        assert (row(item, acme).state, again(item).state) == ("active", "accepted")

    def it_is_done_once_however_often_it_is_sent(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item, client_id = talk(acme, ada), uuid4()
        values: dict[str, Any] = {
            "agent_id": ada.user_id, "author_shown": "Ada", "to": Target(queue_id=item.queue_id),
            "note": "Once", "client_id": client_id,
        }  # fmt: skip
        with tenant_scope(acme, TESTS):
            for seconds in (10, 11):
                interactions.transfer(item.interaction_ref, now=at(seconds), **values)
            assert Message.objects.filter(body="Once").count() == 1
        assert len(events(item, acme, Kind.INTERACTION_TRANSFERRED)) == 1

    def it_takes_what_sleeps_or_is_on_hold_along(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item = talk(acme, ada)
        with tenant_scope(acme, TESTS):
            interactions.snooze(item.interaction_ref, agent_id=ada.user_id, until=at(900), now=at(5))
        hand_over(item, acme, ada, Target(queue_id=item.queue_id))
        assert (current(item).state, used(ada), row(item, acme).snoozed_until) == ("queued", 0, None)
        assert actions.sweep(at(1000), grant=TESTS)["woken"] == 0


class DescribeToAnAgent:
    def it_asks_them_at_once_and_then_the_queue(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        workforce.set_availability(eve.user_id, to="offline", actor=None, now=NOW)
        go_available(ada)
        item = talk(acme, ada)
        workforce.set_availability(eve.user_id, to="available", actor=None, now=at(5))
        hand_over(item, acme, ada, Target(agent_id=eve.user_id, agent_shown="Eve"))
        moved = current(item)
        assert (asked(moved), why(moved), used(eve)) == ([eve.user_id], "handed", 34)
        actions.decline_offer(ring(moved).ref, actor=eve, now=at(12))
        assert (again(moved).state, again(moved).order_key) == ("queued", item.order_key)
        hears = go_available(make_agent("third@bpo.example", acme, name="Tea Third"), now=at(13))
        step(at(14))
        assert asked(moved) == [hears.user_id]

    def it_gives_it_to_them_when_they_accept(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        workforce.set_availability(eve.user_id, to="offline", actor=None, now=NOW)
        go_available(ada)
        item = talk(acme, ada)
        workforce.set_availability(eve.user_id, to="available", actor=None, now=at(5))
        hand_over(item, acme, ada, Target(agent_id=eve.user_id, agent_shown="Eve"))
        actions.accept_offer(ring(current(item)).ref, actor=eve, now=at(12))
        assert (row(item, acme).agent_id, used(ada), used(eve)) == (eve.user_id, 0, 34)

    def it_may_be_somebody_whom_the_queue_never_asks(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        PoolMember.objects.filter(agent_id=eve.user_id).delete()
        go_available(ada)
        item = talk(acme, ada)
        hand_over(item, acme, ada, Target(agent_id=eve.user_id, agent_shown="Eve"))
        assert asked(current(item)) == [eve.user_id]

    @pytest.mark.parametrize("gone", ["offline", "full", "no seat", "other brand"])
    def it_stays_with_its_agent_when_they_cannot_be_asked(
        self, acme: BrandCard, globex: BrandCard, ada: Actor, eve: Actor, gone: str
    ) -> None:
        go_available(ada)
        workforce.set_availability(eve.user_id, to="offline", actor=None, now=NOW)
        item = talk(acme, ada)
        if gone != "offline":
            workforce.set_availability(eve.user_id, to="available", actor=None, now=at(3))
        if gone == "full":
            actions.save_profile(eve.user_id, actions.Profile(channels={"webchat": 0}), **WHO)
        if gone == "no seat":
            unseat(eve, acme, now=at(4))
        to = go_available(make_agent("far@bpo.example", globex)) if gone == "other brand" else eve
        with pytest.raises(TargetGone):
            hand_over(item, acme, ada, Target(agent_id=to.user_id, agent_shown="Eve"))
        assert (row(item, acme).state, row(item, acme).agent_id) == ("active", ada.user_id)
        assert (again(item).state, used(ada), used(to)) == ("accepted", 34, 0)
        with tenant_scope(acme, TESTS):
            assert not Message.objects.filter(direction="note").exists()


class DescribeReassigning:
    def it_gives_active_work_away_with_a_reason_in_the_trail(
        self, acme: BrandCard, ada: Actor, eve: Actor
    ) -> None:
        workforce.set_availability(eve.user_id, to="offline", actor=None, now=NOW)
        go_available(ada)
        item = talk(acme, ada)
        workforce.set_availability(eve.user_id, to="available", actor=None, now=at(5))
        reassign(item, acme, Target(agent_id=eve.user_id, agent_shown="Eve"))
        assert (asked(current(item)), used(ada)) == ([eve.user_id], 0)
        entry = AuditRow.objects.get(verb="conversation.reassigned")
        assert (entry.actor, entry.brand_id, entry.reason) == ("user:9", acme.id, "Ill")
        assert entry.diff == {"agent": [ada.user_id, eve.user_id]}

    def it_gives_waiting_work_away_and_takes_its_offer_back(self, acme: BrandCard, ada: Actor) -> None:
        item, returns = write_in(acme), add_queue(acme)
        go_available(ada)
        step(at(1))
        rang = ring(item)
        reassign(item, acme, Target(queue_id=returns.pk))
        rang.refresh_from_db()
        assert (rang.state, rang.reason, used(ada)) == (OfferState.WITHDRAWN, WithdrawReason.MOVED, 0)
        assert (current(item).queue_id, current(item).order_key) == (returns.pk, item.order_key)
        assert events(item, acme, Kind.INTERACTION_TRANSFERRED)[0]["kind"] == "reassign"

    def it_wants_a_reason_and_work_that_is_open(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item = talk(acme, ada)
        with pytest.raises(Refused):
            reassign(item, acme, Target(queue_id=item.queue_id), reason="  ")
        close(acme, ada, item.interaction_ref, now=at(10))
        with pytest.raises(WrongState):
            reassign(item, acme, Target(queue_id=item.queue_id))
        assert not AuditRow.objects.filter(verb="conversation.reassigned").exists()


class DescribePulling:
    def allow(self, card: BrandCard) -> None:
        QueuePlan.objects.filter(brand_id=card.id).update(pull_allowed=True)

    def it_takes_one_out_of_its_turn(self, acme: BrandCard, ada: Actor) -> None:
        first, second = write_in(acme), write_in(acme, now=at(1))
        go_available(ada)
        self.allow(acme)
        actions.pull(second.interaction_ref, brand=acme, actor=ada, now=at(5))
        assert (row(second, acme).agent_id, used(ada), again(first).state) == (ada.user_id, 34, "queued")
        assert (Offer.objects.get(work_item=second).state, why(second)) == (OfferState.ACCEPTED, "direct")

    def it_is_not_there_where_the_queue_does_not_allow_it(
        self, acme: BrandCard, globex: BrandCard, ada: Actor
    ) -> None:
        item = write_in(acme)
        go_available(ada)
        self.allow(globex)
        with pytest.raises(NotFound):
            actions.pull(item.interaction_ref, brand=acme, actor=ada, now=at(5))
        self.allow(acme)
        PoolQueue.objects.filter(plan__brand_id=acme.id).delete()
        with pytest.raises(NotFound):
            actions.pull(item.interaction_ref, brand=acme, actor=ada, now=at(5))

    def it_never_takes_more_than_fits_nor_what_rings_elsewhere(
        self, acme: BrandCard, ada: Actor, eve: Actor
    ) -> None:
        self.allow(acme)
        item = write_in(acme)
        step(at(1))
        assert asked(item) == [eve.user_id]
        go_available(ada)
        with pytest.raises(NotFound):
            actions.pull(item.interaction_ref, brand=acme, actor=ada, now=at(2))
        actions.save_profile(ada.user_id, actions.Profile(channels={"webchat": 0}), **WHO)
        other = write_in(acme, now=at(3))
        with pytest.raises(NoRoom):
            actions.pull(other.interaction_ref, brand=acme, actor=ada, now=at(4))
        assert (used(ada), row(other, acme).state) == (0, "queued")


class DescribeReopening:
    def closed(self, acme: BrandCard, ada: Actor) -> WorkItem:
        go_available(ada)
        item = talk(acme, ada)
        close(acme, ada, item.interaction_ref, now=at(10))
        return item

    def it_is_theirs_again_when_they_have_room(self, acme: BrandCard, ada: Actor) -> None:
        item = self.closed(acme, ada)
        assert actions.reopen_mine(item.interaction_ref, brand=acme, actor=ada, since=NOW, now=at(60))
        now = row(item, acme)
        assert (now.state, now.agent_id, now.reason, now.closed_at, used(ada)) == (
            "active", ada.user_id, None, None, 34,
        )  # fmt: skip

    def it_waits_for_them_when_they_have_none(self, acme: BrandCard, ada: Actor) -> None:
        item = self.closed(acme, ada)
        workforce.set_availability(ada.user_id, to="offline", actor=None, now=at(20))
        assert not actions.reopen_mine(item.interaction_ref, brand=acme, actor=ada, since=NOW, now=at(60))
        assert (row(item, acme).state, current(item).last_agent_id) == ("queued", ada.user_id)

    def it_is_nobody_elses_nor_of_another_day(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        workforce.set_availability(eve.user_id, to="offline", actor=None, now=NOW)
        item = self.closed(acme, ada)
        with pytest.raises(NotYours):
            actions.reopen_mine(item.interaction_ref, brand=acme, actor=eve, since=NOW, now=at(60))
        with pytest.raises(WrongState):
            actions.reopen_mine(
                item.interaction_ref, brand=acme, actor=ada, since=NOW + timedelta(days=1), now=at(60)
            )
        assert row(item, acme).state == "closed"


class DescribeTargets:
    def it_knows_the_brands_queues_and_agents_and_no_others(
        self, acme: BrandCard, globex: BrandCard, ada: Actor, eve: Actor
    ) -> None:
        add_queue(acme)
        add_queue(globex, "Elsewhere")
        make_agent("far@bpo.example", globex, name="Far Away")
        write_in(acme)
        queues, agents = targets(acme.id, channel="webchat", units=34, but=0, now=at(5))
        assert [(one.label, one.waiting, one.free) for one in queues] == [("Orders", 1, 1), ("Returns", 0, 1)]
        assert [(one.name, one.is_free, one.availability) for one in agents] == [
            ("Eve Doe", True, "available"), ("Ada Berg", False, "offline"),
        ]  # fmt: skip
