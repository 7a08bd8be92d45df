"""A colleague is asked before the conversation goes to them: offered, counted, and never lost between two."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.actions import grant_membership, revoke_membership
from accounts.actor import Actor
from accounts.choices import Role
from accounts.staffing import close_account
from core.errors import NotFound
from events.choices import Kind
from events.readers import log_of
from interactions import actions as interactions
from interactions.actions import Target
from interactions.choices import PlaceEnd, PlaceState, State
from interactions.errors import Ended, NotYours, Refused, TargetGone, WrongState
from interactions.models import Message, Participant, Segment
from interactions.queries import participants_of, public_transcript
from interactions.values import ParticipantView
from routing import actions
from routing.choices import ItemState, OfferState, Outcome, WithdrawReason
from routing.floor import queues_now
from routing.invariants import check
from routing.models import Offer, QueueTally, WorkItem
from routing.queries import place, ringing_for
from routing.router import step
from routing.tallies import rebuild_tallies
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS, make_agent
from tests.routing.conftest import again, at, close, end_talk, go_available, unseat, used, write_in
from tests.routing.test_moves import add_queue
from tests.routing.test_turns import current, customer_says, do, row, spans, talk
from workforce import actions as workforce
from workforce.staff.editing import unseat_person

pytestmark = pytest.mark.usefixtures("queues")
SOUND = ("beside", "one_place", "one_live_offer", "capacity", "no_reserve", "ledger", "certified")


@pytest.fixture
def eve(acme: BrandCard, globex: BrandCard, ada: Actor) -> Actor:
    """A colleague of Ada's in both brands, at work like her."""
    go_available(ada)
    return go_available(make_agent("eve@bpo.example", acme, globex, name="Eve Doe"))


def ask(
    item: WorkItem, card: BrandCard, actor: Actor, to: Target, *, seconds: float = 10, key: UUID | None = None
) -> None:
    actions.ask_consult(
        item.interaction_ref, brand=card, actor=actor, to=to, note="What of the parcel?",
        client_id=key or uuid4(), now=at(seconds),
    )  # fmt: skip


def places(item: WorkItem, card: BrandCard) -> list[ParticipantView]:
    with tenant_scope(card, TESTS):
        return participants_of(item.interaction_ref)


def past(item: WorkItem, card: BrandCard) -> list[tuple[str, str]]:
    """(state, why) of every place there was."""
    with tenant_scope(card, TESTS):
        rows = Participant.objects.filter(interaction__ref=item.interaction_ref).order_by("pk")
        return list(rows.values_list("state", "ended_why"))


def take(actor: Actor, *, seconds: float = 12) -> None:
    for offer in ringing_for(actor.user_id, now=at(seconds)):
        actions.accept_offer(offer.ref, actor=actor, now=at(seconds))


def talk_without(other: Actor, card: BrandCard, agent: Actor, *, seconds: int) -> WorkItem:
    """A talk of the agent's that begins while the other one has a break."""
    workforce.set_availability(other.user_id, to="away", reason_code="break", actor=None, now=at(seconds - 1))
    item = talk(card, agent, seconds=seconds)
    workforce.set_availability(other.user_id, to="available", actor=None, now=at(seconds + 5))
    return item


def consulted(card: BrandCard, ada: Actor, eve: Actor) -> WorkItem:
    """Ada has a conversation and Eve reads along."""
    item = talk(card, ada)
    ask(item, card, ada, Target(agent_id=eve.user_id))
    take(eve)
    return item


def act(verb: Any, item: WorkItem, card: BrandCard, actor: Actor, *, seconds: float = 20) -> None:
    (one,) = places(item, card)
    do(verb, item, card, actor, seconds=seconds, participant=one.ref)


def complete(item: WorkItem, card: BrandCard, actor: Actor, *, seconds: float = 20) -> None:
    (one, *_more) = places(item, card)
    actions.complete_consult(item.interaction_ref, one.ref, brand=card, actor=actor, now=at(seconds))


def public(item: WorkItem, card: BrandCard) -> list[str]:
    """What the customer reads: codes of system messages, and texts."""
    with tenant_scope(card, TESTS):
        return [one.body or one.data["code"] for one in public_transcript(item.interaction_ref)]


def kinds(item: WorkItem, card: BrandCard) -> list[str]:
    with tenant_scope(card, TESTS):
        return [event.kind for event in log_of([item.interaction_ref])[item.interaction_ref]]


def sound(seconds: float = 60) -> None:
    found = check(grant=TESTS, now=at(seconds), names=SOUND)
    assert [(one.name, one.examples) for one in found if one.count] == []


def take_off(actor: Actor, card: BrandCard, *, now: datetime) -> None:
    """Seat and certification are taken away, as on the person's page, by file and by API."""
    unseat_person(actor.user_id, brand_id=card.id, actor="test", now=now)


def close_down(actor: Actor, card: BrandCard, *, now: datetime) -> None:
    close_account(actor.user_id, actor="test", now=now)


class DescribeAsking:
    def it_rings_at_the_colleague_and_the_customer_knows_nothing(
        self, acme: BrandCard, ada: Actor, eve: Actor
    ) -> None:
        item = talk(acme, ada)
        before = public(item, acme)
        ask(item, acme, ada, Target(agent_id=eve.user_id))
        (offer,) = ringing_for(eve.user_id, now=at(11))
        assert (offer.asked_by, offer.interaction_ref) == (ada.user_id, item.interaction_ref)
        assert used(eve) == 34
        take(eve)
        assert [(one.state, one.agent_shown) for one in places(item, acme)] == [("consulting", "Eve")]
        assert public(item, acme) == before
        assert row(item, acme).agent_id == ada.user_id
        assert spans(eve) == [("consult", 12.0, None)]
        sound(13)

    def it_is_asked_once_for_a_key(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        item, key = talk(acme, ada), uuid4()
        for _ in range(2):
            ask(item, acme, ada, Target(agent_id=eve.user_id), key=key)
        assert len(places(item, acme)) == Offer.objects.pending().count() == 1
        with pytest.raises(Refused):
            ask(item, acme, ada, Target(queue_id=item.queue_id))

    def it_asks_the_next_free_of_a_queue_and_never_the_one_who_asks(
        self, acme: BrandCard, ada: Actor, eve: Actor
    ) -> None:
        queue = add_queue(acme)
        item = talk(acme, ada)
        workforce.set_availability(eve.user_id, to="away", reason_code="break", actor=None, now=at(5))
        ask(item, acme, ada, Target(queue_id=queue.pk))
        step(at(11))
        step(at(400))
        assert not Offer.objects.pending().exists()
        workforce.set_availability(eve.user_id, to="available", actor=None, now=at(401))
        step(at(402))
        take(eve, seconds=403)
        assert [one.agent_id for one in places(item, acme)] == [eve.user_id]

    def it_asks_nobody_who_may_not_be_offered_it(
        self, acme: BrandCard, globex: BrandCard, ada: Actor, cy: Actor, outsider: Actor
    ) -> None:
        go_available(ada)
        item = talk(acme, ada)
        stranger = go_available(make_agent("zoe@bpo.example", globex, name="Zoe"))
        for who in (stranger, cy, outsider):
            with pytest.raises(TargetGone):
                ask(item, acme, ada, Target(agent_id=who.user_id))
        assert places(item, acme) == []
        assert row(item, acme).places == 0

    def it_is_for_the_one_who_has_it(
        self, acme: BrandCard, globex: BrandCard, ada: Actor, eve: Actor
    ) -> None:
        item = talk(acme, ada)
        with pytest.raises(NotYours):
            ask(item, acme, eve, Target(agent_id=ada.user_id))
        with pytest.raises(NotFound):
            ask(item, globex, ada, Target(agent_id=eve.user_id))
        end_talk(acme, ada, item.interaction_ref, now=at(9))
        with pytest.raises(Ended):
            ask(item, acme, ada, Target(agent_id=eve.user_id))


class DescribeNoAnswer:
    def it_is_told_of_a_refusal_at_once(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        item = talk(acme, ada)
        ask(item, acme, ada, Target(agent_id=eve.user_id))
        (offer,) = ringing_for(eve.user_id, now=at(11))
        actions.decline_offer(offer.ref, actor=eve, now=at(11))
        assert past(item, acme) == [(PlaceState.ENDED, PlaceEnd.UNANSWERED)]
        assert (used(eve), row(item, acme).places) == (0, 0)
        sound(12)

    def it_is_told_by_the_sweep_when_it_rang_out(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        item = talk(acme, ada)
        ask(item, acme, ada, Target(agent_id=eve.user_id))
        step(at(41))
        assert WorkItem.consults.get().state == ItemState.MISSED
        sound(41)
        assert actions.sweep(at(42), grant=TESTS)["missed"] == 1
        assert past(item, acme) == [(PlaceState.ENDED, PlaceEnd.UNANSWERED)]
        assert actions.sweep(at(43), grant=TESTS)["missed"] == 0
        sound(43)

    def it_can_be_taken_back(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        item = talk(acme, ada)
        ask(item, acme, ada, Target(agent_id=eve.user_id))
        act(interactions.end_place, item, acme, ada)
        offer = Offer.objects.latest("pk")
        assert (offer.state, offer.reason) == (OfferState.WITHDRAWN, WithdrawReason.TAKEN_BACK)
        assert past(item, acme) == [(PlaceState.ENDED, PlaceEnd.TAKEN_BACK)]
        sound(21)

    @pytest.mark.parametrize("end", ["wrap", "leave", "hand over", "snooze"])
    def it_goes_with_the_conversation(self, acme: BrandCard, ada: Actor, eve: Actor, end: str) -> None:
        item = talk(acme, ada)
        ask(item, acme, ada, Target(agent_id=eve.user_id))
        if end == "wrap":
            end_talk(acme, ada, item.interaction_ref, now=at(20))
        elif end == "snooze":
            do(interactions.snooze, item, acme, ada, seconds=20, until=at(900))
        elif end == "leave":
            with tenant_scope(acme, TESTS):
                interactions.end_by_visitor(item.interaction_ref, now=at(20))
        else:
            do(
                interactions.transfer, item, acme, ada, seconds=20, author_shown="Ada", note="x",
                to=Target(queue_id=item.queue_id), client_id=uuid4(),
            )  # fmt: skip
        assert past(item, acme) == [(PlaceState.ENDED, PlaceEnd.OVER)]
        assert ringing_for(eve.user_id, now=at(21)) == []
        sound(21)


class DescribeCompleting:
    def it_changes_the_owner_and_nothing_else(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        item = consulted(acme, ada, eve)
        complete(item, acme, ada)
        now, chat = current(item), row(item, acme)
        assert (now.agent_id, chat.agent_id, chat.agent_shown) == (eve.user_id, eve.user_id, "Eve")
        assert (now.order_key, now.enqueued_at, now.beside) == (item.order_key, item.enqueued_at, False)
        assert again(item).outcome == Outcome.TRANSFERRED
        assert (used(ada), used(eve)) == (0, 34)
        assert spans(eve) == [("consult", 12.0, 20.0), ("handling", 20.0, None)]
        assert spans(ada) == [("handling", 2.0, 20.0)]
        assert past(item, acme) == [(PlaceState.ENDED, PlaceEnd.OWNER)]
        sound(21)

    def it_is_in_history_and_log(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        item = consulted(acme, ada, eve)
        complete(item, acme, ada)
        assert public(item, acme)[-2:] == ["joined", "agent_left"]
        with tenant_scope(acme, TESTS):
            log = log_of([item.interaction_ref])[item.interaction_ref]
            parts = Segment.objects.filter(interaction__ref=item.interaction_ref).order_by("n")
            owners = list(parts.values_list("owner_kind", "agent_id", "reason"))
        moved = next(event.data for event in log if event.kind == Kind.INTERACTION_TRANSFERRED)
        assert moved == {
            "kind": "consult", "from": {"queue_id": item.queue_id, "agent_id": ada.user_id},
            "to": {"queue_id": item.queue_id, "agent_id": eve.user_id},
        }  # fmt: skip
        assert owners[-1] == ("agent", eve.user_id, "consult")
        assert kinds(item, acme)[-4:] == [
            Kind.CONSULT_ASKED, Kind.CONSULT_BEGAN, Kind.INTERACTION_TRANSFERRED, Kind.INTERACTION_ASSIGNED,
        ]  # fmt: skip

    def it_is_one_contact_in_the_tallies(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        item = consulted(acme, ada, eve)
        complete(item, acme, ada)
        close(acme, eve, item.interaction_ref, now=at(30))
        rebuild_tallies(NOW, at(60))
        (tally,) = QueueTally.objects.all()
        assert (tally.offered, tally.answered, tally.handled, int(tally.handle_seconds)) == (1, 1, 1, 28)
        sound(61)

    def it_takes_the_customer_off_hold(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        item = talk(acme, ada)
        do(interactions.hold, item, acme, ada, seconds=5)
        ask(item, acme, ada, Target(agent_id=eve.user_id))
        take(eve)
        complete(item, acme, ada)
        assert row(item, acme).state == State.ACTIVE
        sound(21)

    def it_stays_in_its_queue_whomever_was_asked(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        queue = add_queue(acme, units=50)
        item = talk(acme, ada)
        ask(item, acme, ada, Target(queue_id=queue.pk))
        step(at(11))
        take(eve)
        complete(item, acme, ada)
        own = item.queue_id
        assert (row(item, acme).queue_id, current(item).queue_id, used(eve)) == (own, own, 34)
        sound(21)

    def it_needs_somebody_who_is_there(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        item = talk(acme, ada)
        ask(item, acme, ada, Target(agent_id=eve.user_id))
        with pytest.raises(WrongState):
            complete(item, acme, ada)
        take(eve)
        with pytest.raises(NotYours):
            complete(item, acme, eve)


class DescribeKeeping:
    def it_ends_the_consult_and_frees_the_colleague(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        item = consulted(acme, ada, eve)
        act(interactions.end_place, item, acme, ada)
        assert past(item, acme) == [(PlaceState.ENDED, PlaceEnd.KEPT)]
        assert (used(ada), used(eve), row(item, acme).agent_id) == (34, 0, ada.user_id)
        assert spans(eve) == [("consult", 12.0, 20.0)]
        with pytest.raises(NotYours):
            note(item, acme, eve)
        sound(21)

    def it_can_be_left(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        item = consulted(acme, ada, eve)
        act(interactions.end_place, item, acme, eve)
        assert past(item, acme) == [(PlaceState.ENDED, PlaceEnd.LEFT)]

    def it_is_nobody_elses(self, acme: BrandCard, globex: BrandCard, ada: Actor, eve: Actor) -> None:
        item = consulted(acme, ada, eve)
        with pytest.raises(NotFound):
            act(interactions.end_place, item, acme, make_agent("x@bpo.example", acme))
        (one,) = places(item, acme)
        with pytest.raises(NotFound), tenant_scope(globex, TESTS):
            interactions.end_place(item.interaction_ref, one.ref, agent_id=ada.user_id, now=at(20))


def note(item: WorkItem, card: BrandCard, actor: Actor) -> None:
    do(interactions.add_note, item, card, actor, seconds=30, author_shown="E", client_id=uuid4(), body="Lost")


def reply(item: WorkItem, card: BrandCard, actor: Actor, *, seconds: float = 30) -> None:
    do(
        interactions.send_reply, item, card, actor, seconds=seconds, author_shown="Eve Doe",
        client_id=uuid4(), body="Hello from Eve", last_seq=100,
    )  # fmt: skip


class DescribeWriting:
    def it_talks_in_lines_that_no_customer_reads(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        item = consulted(acme, ada, eve)
        before = public(item, acme)
        note(item, acme, eve)
        note(item, acme, ada)
        assert public(item, acme) == before
        with tenant_scope(acme, TESTS):
            said = Message.objects.filter(body="Lost").order_by("seq").values_list("author_id", "data")
            assert list(said) == [(ada_or, {"code": "consult"}) for ada_or in (eve.user_id, ada.user_id)]
        with pytest.raises(NotYours):
            reply(item, acme, eve)

    def it_writes_under_its_own_name_once_brought_in(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        item = consulted(acme, ada, eve)
        act(interactions.bring_in, item, acme, ada)
        customer_says(item, acme, seconds=25)
        reply(item, acme, eve)
        assert public(item, acme)[-3:] == ["agent_joined", "There?", "Hello from Eve"]
        chat = row(item, acme)
        assert (chat.agent_id, chat.waiting_since) == (ada.user_id, None)
        act(interactions.end_place, item, acme, ada, seconds=40)
        assert public(item, acme)[-1] == "agent_left"
        assert past(item, acme) == [(PlaceState.ENDED, PlaceEnd.REMOVED)]
        assert kinds(item, acme)[-1] == Kind.PARTICIPANT_LEFT
        with pytest.raises(NotYours):
            reply(item, acme, eve, seconds=50)
        sound(51)

    def it_can_be_given_the_conversation(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        item = consulted(acme, ada, eve)
        act(interactions.bring_in, item, acme, ada)
        complete(item, acme, ada, seconds=25)
        assert public(item, acme)[-2:] == ["agent_joined", "agent_left"]
        reply(item, acme, eve)
        sound(31)

    def it_is_removed_by_who_leads_with_a_reason(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        item = consulted(acme, ada, eve)
        (one,) = places(item, acme)
        how: dict[str, Any] = {"actor": "user:9", "actor_id": 9, "now": at(30)}
        with tenant_scope(acme, TESTS):
            with pytest.raises(Refused):
                interactions.remove_participant(item.interaction_ref, one.ref, reason=" ", **how)
            interactions.remove_participant(item.interaction_ref, one.ref, reason="Needed elsewhere", **how)
        trail = AuditRow.objects.get(verb="conversation.participant_removed")
        assert (trail.brand_id, trail.reason) == (acme.id, "Needed elsewhere")
        sound(31)


class DescribeWhoIsLost:
    def gone(self, actor: Actor, *, seconds: float) -> None:
        workforce.disconnect(actor.user_id, channel_name=f"tests.{actor.user_id}", now=at(seconds))
        workforce.expire_nodes(at(seconds + 45))

    def it_takes_over_from_an_agent_who_is_lost(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        item = consulted(acme, ada, eve)
        self.gone(ada, seconds=30)
        assert actions.sweep(at(340), grant=TESTS)["returned"] == 1
        assert row(item, acme).agent_id == eve.user_id
        assert current(item).agent_id == eve.user_id
        assert "requeued" not in public(item, acme)
        sound(341)

    def it_is_requeued_when_nobody_is_there(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        item = consulted(acme, ada, eve)
        self.gone(eve, seconds=30)
        self.gone(ada, seconds=30)
        actions.sweep(at(340), grant=TESTS)
        assert row(item, acme).state == State.QUEUED
        assert current(item).order_key == item.order_key
        assert (used(ada), used(eve)) == (0, 0)
        sound(341)

    def it_ends_the_place_of_a_colleague_who_is_lost(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        item = consulted(acme, ada, eve)
        self.gone(eve, seconds=30)
        assert actions.sweep(at(340), grant=TESTS)["left"] == 1
        assert past(item, acme) == [(PlaceState.ENDED, PlaceEnd.LOST)]
        assert row(item, acme).agent_id == ada.user_id
        sound(341)

    @pytest.mark.parametrize("way", [unseat, take_off, close_down])
    def it_ends_with_the_seat_at_once_and_nowhere_else(
        self, acme: BrandCard, globex: BrandCard, ada: Actor, eve: Actor, way: Any
    ) -> None:
        """In the verb that takes the seat: no sweep runs here, and no second is left to read along."""
        here = consulted(acme, ada, eve)
        there = talk_without(eve, globex, ada, seconds=14)
        ask(there, globex, ada, Target(agent_id=eve.user_id), seconds=21)
        take(eve, seconds=22)
        way(eve, acme, now=at(30))
        assert past(here, acme) == [(PlaceState.ENDED, PlaceEnd.LOST)]
        assert row(here, acme).beside == {}
        stays = [] if way is close_down else [eve.user_id]
        assert [one.agent_id for one in places(there, globex)] == stays
        assert (used(eve) > 0) is bool(stays)
        actions.sweep(at(31), grant=TESTS)
        assert [one.agent_id for one in places(there, globex)] == stays
        sound(32)

    def it_keeps_a_place_while_another_seat_ends(self, acme: BrandCard, ada: Actor, eve: Actor) -> None:
        item = consulted(acme, ada, eve)
        grant_membership(eve.user_id, role=Role.SUPERVISOR, brand_id=acme.id, actor="test", now=at(20))
        revoke_membership(eve.user_id, role=Role.SUPERVISOR, brand_id=acme.id, actor="test", now=at(30))
        assert [one.agent_id for one in places(item, acme)] == [eve.user_id]
        sound(32)

    def it_passes_on_what_the_leaver_had_and_ends_their_places(
        self, acme: BrandCard, ada: Actor, eve: Actor
    ) -> None:
        theirs = consulted(acme, ada, eve)
        hers = talk_without(ada, acme, eve, seconds=20)
        ask(hers, acme, eve, Target(agent_id=ada.user_id), seconds=30)
        take(ada, seconds=31)
        actions.give_work_back(ada.user_id, brand=acme, grant=TESTS, now=at(40))
        assert (row(theirs, acme).agent_id, row(hers, acme).places) == (eve.user_id, 0)
        assert used(ada) == 0
        sound(41)


def it_leaves_waiting_and_numbers_of_the_queue_alone(acme: BrandCard, ada: Actor, eve: Actor) -> None:
    item = talk(acme, ada)
    workforce.set_availability(eve.user_id, to="away", reason_code="break", actor=None, now=at(5))
    ask(item, acme, ada, Target(queue_id=item.queue_id))
    other = write_in(acme, now=at(12))
    (numbers,) = [one for one in queues_now(at(13), days={}) if one.queue_id == item.queue_id]
    assert numbers.waiting == 1
    assert place(acme.id, other.queue_id, other.interaction_ref, now=at(13)).position == 1
