"""Limits, interruptions and skills in the guarded write: they hold however stale the matcher's memory was."""

from typing import Any

import pytest

from accounts.actor import Actor
from interactions import actions as interactions
from routing import actions
from routing.actions import Profile, accept_offer
from routing.invariants import check
from routing.lines import brand_mark
from routing.loading import load_house, load_seats
from routing.models import AgentCapacity, Decision, Offer, QueuePlan, WorkItem
from routing.router import step
from routing.scoring import score_named
from routing.writes import offer_to
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS, make_agent
from tests.routing.conftest import (
    again,
    asked,
    at,
    close,
    go_available,
    queue_of,
    ring,
    stay,
    why,
    write_in,
)
from workforce import actions as workforce
from workforce.models import AgentSkill, Certification, Skill

pytestmark = pytest.mark.usefixtures("queues")
WHO: dict[str, Any] = {"actor": "user:1", "now": NOW}


def ask_for(item: WorkItem, need: str) -> WorkItem:
    WorkItem.objects.filter(pk=item.pk).update(requirement={"need": need})
    return again(item)


def teach(actor: Actor, code: str, level: int) -> None:
    skill, _made = Skill.objects.get_or_create(code=code, defaults={"name": code})
    AgentSkill.objects.update_or_create(agent_id=actor.user_id, skill=skill, defaults={"level": level})


def held(actor: Actor) -> dict[str, int]:
    counts = AgentCapacity.objects.get(pk=actor.user_id).held
    return {mark: count for mark, count in counts.items() if count}


def limit(actor: Actor, **more: Any) -> None:
    actions.save_profile(actor.user_id, Profile(**more), **WHO)


class DescribeWeights:
    """The nursery's queues take 34 units a conversation."""

    def it_takes_as_much_of_an_agent_as_the_weight_says_until_it_ends(
        self, acme: BrandCard, ada: Actor
    ) -> None:
        limit(ada, channel_weights={"webchat": 200})
        item = write_in(acme)
        go_available(ada)
        step(at(1))
        assert used(ada) == 68
        accept_offer(ring_of(item).ref, actor=ada, now=at(2))
        assert (again(item).units, again(item).taken, used(ada)) == (34, 68, 68)
        assert actions.recount() == {}
        assert routing_check() == []
        actions.close_item(acme.id, item.interaction_ref, now=at(3))
        assert used(ada) == 0

    def it_asks_nobody_whom_it_would_fill_beyond_their_units(self, acme: BrandCard, ada: Actor) -> None:
        limit(ada, channel_weights={"webchat": 200})
        first, second = write_in(acme), write_in(acme, now=at(1))
        go_available(ada)
        step(at(2))
        step(at(3))
        assert asked(first, second) == [ada.user_id, None]
        assert offer_to(second.pk, ada.user_id, now=at(4)) is None

    def it_lets_a_clients_weight_count_in_the_place_of_the_channels(
        self, acme: BrandCard, globex: BrandCard, ada: Actor
    ) -> None:
        limit(ada, channel_weights={"webchat": 200}, brand_weights={globex.id: 50})
        write_in(globex)
        go_available(ada)
        step(at(1))
        assert used(ada) == 17

    def it_is_the_queues_own_again_for_whoever_has_it_next(self, acme: BrandCard, ada: Actor) -> None:
        limit(ada, channel_weights={"webchat": 200})
        item = write_in(acme)
        go_available(ada)
        step(at(1))
        accept_offer(ring_of(item).ref, actor=ada, now=at(2))
        limit(ada)
        with tenant_scope(acme, TESTS):
            interactions.requeue(item.interaction_ref, reason="given_back", now=at(3))
        fresh = actions.return_to_line(acme.id, item.interaction_ref, now=at(3))
        assert fresh is not None
        assert (fresh.units, fresh.taken, used(ada)) == (34, None, 0)


def used(actor: Actor) -> int:
    return int(AgentCapacity.objects.get(pk=actor.user_id).used)


def ring_of(item: WorkItem) -> Offer:
    return Offer.objects.pending().get(work_item=item)


def routing_check() -> list[str]:
    names = ("capacity", "no_reserve", "one_live_offer")
    return [found.name for found in check(grant=TESTS, now=at(2), names=names) if found.count]


class DescribeLimits:
    def it_holds_a_channels_limit_although_units_are_left(self, acme: BrandCard, ada: Actor) -> None:
        limit(ada, channels={"webchat": 1})
        first, second = write_in(acme), write_in(acme, now=at(1))
        go_available(ada)
        step(at(2))
        step(at(3))
        assert asked(first, second) == [ada.user_id, None]
        assert offer_to(second.pk, ada.user_id, now=at(4)) is None

    def it_holds_a_brands_limit_and_gives_the_other_brand_a_turn(
        self, acme: BrandCard, globex: BrandCard, ada: Actor
    ) -> None:
        limit(ada, brands={acme.id: 1})
        first, second, other = write_in(acme), write_in(acme, now=at(1)), write_in(globex, now=at(2))
        go_available(ada)
        for second_of in (3, 4, 5):
            step(at(second_of))
        assert asked(first, second, other) == [ada.user_id, None, ada.user_id]
        assert offer_to(second.pk, ada.user_id, now=at(6)) is None

    def it_never_asks_who_does_not_do_the_channel(self, acme: BrandCard, ada: Actor) -> None:
        limit(ada, channels={"webchat": 0})
        item = write_in(acme)
        go_available(ada)
        assert not step(at(1))
        assert offer_to(item.pk, ada.user_id, now=at(1)) is None

    def it_interrupts_nobody_whose_work_bars_it(self, acme: BrandCard, ada: Actor) -> None:
        actions.set_bars([("webchat", "webchat")], **WHO)
        first, second = write_in(acme), write_in(acme, now=at(1))
        go_available(ada)
        step(at(2))
        step(at(3))
        assert asked(first, second) == [ada.user_id, None]
        assert offer_to(second.pk, ada.user_id, now=at(4)) is None
        actions.set_bars([], **WHO)
        assert offer_to(second.pk, ada.user_id, now=at(5)) is not None

    def it_counts_what_they_have_through_every_end_of_an_offer_and_of_work(
        self, acme: BrandCard, ada: Actor
    ) -> None:
        item, mark = write_in(acme), brand_mark(acme.id)
        stay(item)
        go_available(ada)
        step(at(1))
        assert held(ada) == {"webchat": 1, mark: 1}
        actions.decline_offer(ring(item).ref, actor=ada, now=at(2))
        assert held(ada) == {}
        step(at(20))
        actions.accept_offer(ring(item).ref, actor=ada, now=at(21))
        assert held(ada) == {"webchat": 1, mark: 1}
        close(acme, ada, item.interaction_ref, now=at(30))
        assert held(ada) == {}

    def it_is_mended_by_a_recount(self, acme: BrandCard, ada: Actor) -> None:
        write_in(acme)
        go_available(ada)
        step(at(1))
        AgentCapacity.objects.update(held={"webchat": 7, "mail": 0})
        assert actions.recount() == {ada.user_id: 34}
        assert held(ada) == {"webchat": 1, brand_mark(acme.id): 1}
        assert actions.recount() == {}


class DescribeNeeds:
    def it_asks_who_is_able_and_relaxes_with_time(self, acme: BrandCard, ada: Actor) -> None:
        teach(ada, "swedish", 2)
        item = ask_for(write_in(acme), "swedish >= 3 [20s: 2]")
        go_available(ada)
        assert not step(at(19))
        assert [made.item_id for made in step(at(20))] == [item.pk]
        detail = Decision.objects.get(work_item=item).detail
        assert (detail["need"], detail["stage"]) == ("swedish >= 3 [20s: 2]", 1)

    def it_never_relaxes_the_certification(self, acme: BrandCard, ada: Actor) -> None:
        item = ask_for(write_in(acme), "swedish [1s: 0]")
        Certification.objects.filter(agent_id=ada.user_id, brand_id=acme.id).update(valid_until=at(5))
        go_available(ada)
        assert not step(at(36_000))
        assert offer_to(item.pk, ada.user_id, now=at(36_000)) is None

    def it_goes_back_to_the_line_with_what_it_asked_for(self, acme: BrandCard, ada: Actor) -> None:
        teach(ada, "swedish", 3)
        item = ask_for(write_in(acme), "swedish >= 3")
        go_available(ada)
        step(at(1))
        actions.accept_offer(ring(item).ref, actor=ada, now=at(2))
        again_in_line = actions.return_to_line(acme.id, item.interaction_ref, now=at(3))
        assert again_in_line is not None
        assert again_in_line.requirement == {"need": "swedish >= 3"}


class DescribeManners:
    def both(self, acme: BrandCard, ada: Actor) -> tuple[Actor, Actor]:
        other = make_agent("eve@bpo.example", acme, name="Eve Doe")
        return go_available(ada), go_available(other, now=at(1))

    def manner(self, acme: BrandCard, **more: Any) -> None:
        values: dict[str, Any] = {"strategy": "longest_idle", "prefer_seconds": 20} | more
        actions.set_manner(queue_of(acme).pk, **values, **WHO)

    def it_asks_who_worked_least_of_the_last_hour(self, acme: BrandCard, ada: Actor) -> None:
        self.manner(acme, strategy="least_occupied")
        busy, rested = self.both(acme, ada)
        for work in (11, 12):  # side by side: counted once
            workforce.engage(busy.user_id, work_item_id=work, brand_id=acme.id, queue_id=1, now=at(10))
            workforce.disengage(busy.user_id, work_item_id=work, now=at(1810))
        go_available(busy, now=at(1811))
        seats = load_seats(at(1820))
        assert [round(seats[who.user_id].occupancy, 3) for who in (busy, rested)] == [0.5, 0.0]
        item = write_in(acme, now=at(1815))
        step(at(1820))
        assert asked(item) == [rested.user_id]
        assert why(item) == "least_occupied"

    def it_asks_who_can_do_most(self, acme: BrandCard, ada: Actor) -> None:
        self.manner(acme, strategy="proficiency")
        first, best = self.both(acme, ada)
        teach(first, "swedish", 2)
        teach(best, "swedish", 5)
        item = ask_for(write_in(acme), "swedish >= 2")
        step(at(2))
        assert asked(item) == [best.user_id]

    def it_asks_by_a_score_and_keeps_the_arm(
        self, acme: BrandCard, globex: BrandCard, ada: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(score_named("same_client"), "limit", 60)  # a busy machine is late at times
        self.manner(acme, scorer="same_client")
        first, ours = self.both(acme, ada)
        earlier = write_in(acme)
        assert offer_to(earlier.pk, ours.user_id, now=at(2)) is not None
        item = write_in(acme, now=at(3))
        step(at(4))
        assert asked(item) == [ours.user_id]
        decision = Decision.objects.filter(work_item=item).latest("pk")
        assert (decision.why, decision.detail["arm"]) == ("best_score", "scored")
        assert decision.detail["scores"][0] > decision.detail["scores"][1]

    def it_reads_what_holds_for_all(self, acme: BrandCard) -> None:
        self.manner(acme, strategy="proficiency", scorer="same_client", holdout=10)
        actions.set_bars([("voice", "webchat")], **WHO)
        house, rules = load_house()
        manner = house.manners[queue_of(acme).pk]
        assert (manner.strategy, manner.holdout, manner.score is None, rules) == (
            "proficiency",
            10,
            False,
            [],
        )
        assert house.bars == {("voice", "webchat")}

    def it_goes_on_by_the_strategy_when_a_score_is_not_installed_any_more(
        self, acme: BrandCard, ada: Actor
    ) -> None:
        QueuePlan.objects.update(scorer="gone")
        item = write_in(acme)
        go_available(ada)
        step(at(1))
        assert why(item) == "longest_idle"
