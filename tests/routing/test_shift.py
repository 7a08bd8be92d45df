"""The end of a shift: nothing new after it, and nothing of what was open is lost."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import workforce.actions as workforce
from accounts.actor import Actor
from core.errors import NotFound
from interactions import actions as interactions
from interactions.choices import State
from interactions.errors import Refused
from routing.actions import accept_offer
from routing.choices import ItemState, OfferState
from routing.errors import Invalid
from routing.models import AgentCapacity, Offer, WorkItem
from routing.router import step
from routing.shift import FINISH, RETURN, SHIFT_END_CHOICES, SNOOZE, Open, choices_for, end_shift, settle
from tenants.cards import BrandCard
from tenants.models import LabourEvent
from tenants.scope import tenant_scope
from tests.factories import TESTS
from tests.routing.conftest import NODE, again, at, close, end_talk, go_available, ring, stay, write_in
from tests.routing.test_leaving import notes, talk, talk_of, waiting
from workforce.models import AgentState

pytestmark = pytest.mark.usefixtures("queues")


def state(actor: Actor) -> tuple[str, str]:
    row = AgentState.objects.get(pk=actor.user_id)
    return row.availability, row.next_availability


def chosen(actor: Actor, card: BrandCard, item: WorkItem, note: str = "Wants a refund", **more: Any) -> Open:
    said: dict[str, Any] = {"key": uuid4(), "now": at(70)} | more
    return Open(actor, card, item.interaction_ref, note, **said)


class DescribeFromThenOn:
    def it_is_offline_at_once_for_who_is_on_nothing(self, ada: Actor) -> None:
        go_available(ada)
        end_shift(ada, now=at(60))
        assert state(ada) == ("offline", "")

    def it_offers_nothing_new(self, ada: Actor, acme: BrandCard, globex: BrandCard) -> None:
        go_available(ada)
        talk(acme, ada)
        end_shift(ada, now=at(60))
        later = write_in(globex, now=at(61))
        stay(later)
        step(at(62))
        assert state(ada) == ("available", "offline")
        assert again(later).state == ItemState.QUEUED

    def it_withdraws_what_rings(self, ada: Actor, acme: BrandCard, globex: BrandCard) -> None:
        go_available(ada)
        talk(acme, ada)
        rings = write_in(globex, now=at(50))
        stay(rings)
        step(at(51))
        end_shift(ada, now=at(60))
        assert (ring(rings).state, again(rings).state) == (OfferState.WITHDRAWN, ItemState.QUEUED)

    def it_is_offline_when_the_last_one_is_closed(
        self, ada: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        go_available(ada)
        items = {card: talk(card, ada, seconds=n) for n, card in enumerate((acme, globex))}
        end_shift(ada, now=at(60))
        close(acme, ada, items[acme].interaction_ref, now=at(70))
        assert state(ada) == ("available", "offline")
        close(globex, ada, items[globex].interaction_ref, now=at(80))
        assert state(ada) == ("offline", "")

    def it_is_written_once(self, ada: Actor, acme: BrandCard) -> None:
        go_available(ada)
        talk(acme, ada)
        for seconds in (60, 61):
            end_shift(ada, now=at(seconds))
        event = LabourEvent.objects.get(kind="agent.shift_ending")
        assert (event.actor_id, event.occurred_at) == (ada.user_id, at(60))

    def it_can_be_taken_back(self, ada: Actor, acme: BrandCard) -> None:
        go_available(ada)
        talk(acme, ada)
        end_shift(ada, now=at(60))
        workforce.set_availability(ada.user_id, to="available", actor=ada, now=at(61))
        assert state(ada) == ("available", "")


class DescribeWhatIsOpen:
    def it_goes_back_to_its_place_with_the_note(self, ada: Actor, acme: BrandCard, globex: BrandCard) -> None:
        go_available(ada)
        items = {card: talk(card, ada, seconds=n) for n, card in enumerate((acme, globex))}
        end_shift(ada, now=at(60))
        assert settle(chosen(ada, acme, items[acme]), choice=RETURN)
        back = waiting(acme, items[acme])
        assert back.order_key == items[acme].order_key
        row = talk_of(acme, items[acme])
        assert (row.state, row.agent_id) == (State.QUEUED, None)
        assert notes(acme, items[acme]) == [("Ada", "Wants a refund", None)]
        assert state(ada) == ("available", "offline")
        settle(chosen(ada, globex, items[globex]), choice=RETURN)
        assert state(ada) == ("offline", "")

    def it_sleeps_until_then_and_comes_back_first_in_line(
        self, ada: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        go_available(ada)
        item, other = talk(acme, ada), talk(globex, ada, seconds=3)
        end_shift(ada, now=at(60))
        with pytest.raises(Invalid):
            settle(chosen(ada, acme, item), choice=SNOOZE)
        with pytest.raises(Refused):
            settle(chosen(ada, acme, item, until=at(10)), choice=SNOOZE)
        for _ in range(2):
            settle(chosen(ada, acme, item, until=at(3600)), choice=SNOOZE)
        row = talk_of(acme, item)
        assert (row.state, row.agent_id, row.snoozed_until) == (State.SNOOZED, ada.user_id, at(3600))
        assert notes(acme, item) == [("Ada", "Wants a refund", None)]
        assert talk_of(globex, other).state == State.ACTIVE
        assert state(ada) == ("available", "offline")
        settle(chosen(ada, globex, other, note="", until=at(3600)), choice=SNOOZE)
        assert (state(ada), notes(globex, other)) == (("offline", ""), [])
        with tenant_scope(acme, TESTS):
            assert interactions.wake(item.interaction_ref, now=at(3600))
        assert talk_of(acme, item).state == State.QUEUED

    @pytest.mark.parametrize("rest", ["hold", "await_reply"])
    def it_takes_what_is_on_hold_or_awaited(self, ada: Actor, acme: BrandCard, rest: str) -> None:
        go_available(ada)
        item = talk(acme, ada)
        with tenant_scope(acme, TESTS):
            if rest == "await_reply":
                interactions.send_reply(
                    item.interaction_ref, agent_id=ada.user_id, author_shown="Ada", client_id=uuid4(),
                    body="Which size?", last_seq=9, now=at(40),
                )  # fmt: skip
            getattr(interactions, rest)(item.interaction_ref, agent_id=ada.user_id, now=at(50))
        end_shift(ada, now=at(60))
        assert settle(chosen(ada, acme, item), choice=RETURN)
        assert talk_of(acme, item).state == State.QUEUED
        assert state(ada) == ("offline", "")

    def it_stays_with_who_finishes_it(self, ada: Actor, acme: BrandCard) -> None:
        go_available(ada)
        item = talk(acme, ada)
        end_shift(ada, now=at(60))
        assert not settle(chosen(ada, acme, item, note=""), choice=FINISH)
        assert talk_of(acme, item).agent_id == ada.user_id

    def it_wants_a_note_for_who_takes_over(self, ada: Actor, acme: BrandCard) -> None:
        go_available(ada)
        item = talk(acme, ada)
        with pytest.raises(Invalid):
            settle(chosen(ada, acme, item, note="  "), choice=RETURN)
        assert talk_of(acme, item).agent_id == ada.user_id

    def it_is_done_once(self, ada: Actor, acme: BrandCard) -> None:
        go_available(ada)
        item = talk(acme, ada)
        key = uuid4()
        assert settle(chosen(ada, acme, item, key=key), choice=RETURN)
        assert not settle(chosen(ada, acme, item, key=key), choice=RETURN)
        assert len(notes(acme, item)) == 1
        assert WorkItem.objects.live().filter(interaction_ref=item.interaction_ref).count() == 1

    def it_writes_no_note_when_the_line_fails(
        self, ada: Actor, acme: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        go_available(ada)
        item = talk(acme, ada)

        def broken(*_: Any, **__: Any) -> None:
            raise RuntimeError("killed")

        monkeypatch.setattr("routing.shift.return_to_line", broken)
        with pytest.raises(RuntimeError):
            settle(chosen(ada, acme, item), choice=RETURN)
        assert notes(acme, item) == []
        assert talk_of(acme, item).agent_id == ada.user_id

    def it_leaves_what_is_in_wrap_up_to_its_agent(self, ada: Actor, acme: BrandCard) -> None:
        go_available(ada)
        item = talk(acme, ada)
        end_talk(acme, ada, item.interaction_ref, now=at(20))
        assert not settle(chosen(ada, acme, item), choice=RETURN)
        assert [choice.name for choice in choices_for(in_wrap_up=True)] == [FINISH]
        assert again(item).state == ItemState.WRAP_UP

    def it_is_nobody_elses(self, ada: Actor, bo: Actor, acme: BrandCard, globex: BrandCard) -> None:
        go_available(ada)
        mine, other = talk(acme, ada), talk(globex, ada, seconds=3)
        assert not settle(chosen(bo, acme, mine), choice=RETURN)
        with pytest.raises(NotFound):
            settle(chosen(bo, globex, other), choice=RETURN)
        with pytest.raises(NotFound):
            settle(chosen(ada, acme, mine), choice="sell")
        assert talk_of(acme, mine).agent_id == ada.user_id


def it_takes_further_choices() -> None:
    assert list(SHIFT_END_CHOICES)[:3] == [FINISH, RETURN, SNOOZE]


class Shift(RuleBasedStateMachine):
    """Customers come, an agent works and ends the shift at any time: nothing new after it, nothing lost."""

    ada: Actor
    acme: BrandCard
    tick = 0.0

    def now(self) -> Any:
        type(self).tick += 3
        return at(type(self).tick)

    def __init__(self) -> None:
        super().__init__()
        self.items: list[WorkItem] = []
        self.had: set[int] = set()
        self.ending = False
        for item in WorkItem.objects.live():
            with tenant_scope(self.acme, TESTS):
                interactions.end_by_visitor(item.interaction_ref, now=self.now())
                interactions.force_wrap_up(item.interaction_ref, at_once=True, now=self.now())
        self.begin()

    def begin(self) -> None:
        workforce.beat(NODE, now=at(90_000))
        go_available(self.ada, now=self.now())

    @rule()
    def customer(self) -> None:
        if len(self.items) < 6:
            self.items.append(write_in(self.acme, now=self.now()))
            stay(self.items[-1])

    @rule()
    def route(self) -> None:
        step(self.now())

    @rule()
    def accept(self) -> None:
        for offer in Offer.objects.pending().filter(agent_id=self.ada.user_id)[:1]:
            accept_offer(offer.ref, actor=self.ada, now=self.now() - timedelta(seconds=1))

    @rule()
    def finish(self) -> None:
        for item in WorkItem.objects.filter(agent_id=self.ada.user_id, state="accepted")[:1]:
            close(self.acme, self.ada, item.interaction_ref, now=self.now())

    @precondition(lambda self: not self.ending)
    @rule()
    def end(self) -> None:
        end_shift(self.ada, now=self.now())
        self.ending = True
        self.had = set(
            WorkItem.objects.in_work().filter(agent_id=self.ada.user_id).values_list("pk", flat=True)
        )

    @precondition(lambda self: self.ending)
    @rule(note=st.sampled_from(["", "Was on the phone"]))
    def give(self, note: str) -> None:
        for item in WorkItem.objects.filter(agent_id=self.ada.user_id, state="accepted")[:1]:
            what = Open(self.ada, self.acme, item.interaction_ref, note, uuid4(), self.now())
            if note:
                assert settle(what, choice=RETURN)
            else:
                with pytest.raises(Invalid):
                    settle(what, choice=RETURN)

    @invariant()
    def nothing_new_after_the_end(self) -> None:
        if self.ending:
            mine = WorkItem.objects.in_work().filter(agent_id=self.ada.user_id)
            assert set(mine.values_list("pk", flat=True)) <= self.had
            assert not Offer.objects.pending().filter(agent_id=self.ada.user_id).exists()

    @invariant()
    def offline_with_the_last(self) -> None:
        working = WorkItem.objects.in_work().filter(agent_id=self.ada.user_id).exists()
        expected = ("available", "offline") if working else ("offline", "")
        assert state(self.ada) == (expected if self.ending else ("available", ""))

    @invariant()
    def capacity_is_what_is_taken(self) -> None:
        capacity = AgentCapacity.objects.filter(pk=self.ada.user_id).first()
        taken = [item.units for item in WorkItem.objects.in_work().filter(agent_id=self.ada.user_id)]
        taken += [offer.units for offer in Offer.objects.pending().filter(agent_id=self.ada.user_id)]
        assert (capacity.used if capacity else 0) == sum(taken) <= 100

    @invariant()
    def each_is_in_one_place(self) -> None:
        for item in self.items:
            same = WorkItem.objects.filter(interaction_ref=item.interaction_ref)
            assert same.exclude(outcome="requeued").count() == 1


def it_holds_whatever_comes(ada: Actor, acme: BrandCard) -> None:
    Shift.ada, Shift.acme = ada, acme
    run_state_machine_as_test(
        Shift,
        settings=settings(
            max_examples=12, stateful_step_count=14,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        ),
    )  # fmt: skip
