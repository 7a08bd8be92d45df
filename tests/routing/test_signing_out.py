"""Somebody else signs an agent out, or takes their sick call: all that was open waits for others, once."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actor import Actor
from accounts.choices import Role
from core.errors import NotFound
from interactions.choices import State
from interactions.models import Message, Segment
from routing.access import may_sign_out
from routing.actions import accept_offer, finish_sign_outs, report_sick, sign_out_agent, signing_out, sweep
from routing.choices import ItemState, OfferState, OffReason
from routing.errors import Invalid
from routing.models import SignOut, WorkItem
from routing.router import step
from tenants.cards import BrandCard
from tenants.models import AuditRow, LabourEvent
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS, make_agent, make_person
from tests.routing.conftest import again, at, end_talk, go_available, ring, stay, used, write_in
from tests.routing.test_leaving import draft, notes, talk, talk_of, waiting, waiting_or_offered
from workforce.models import Agent, AgentState, Engagement
from workforce.staff import places

pytestmark = pytest.mark.usefixtures("queues")


def off(actor: Actor, by: Actor, *, seconds: float = 60, **more: Any) -> SignOut:
    said: dict[str, Any] = {"reason": OffReason.FORGOTTEN} | more
    return sign_out_agent(actor.user_id, by=by, now=at(seconds), **said)


def lead_of(actor: Actor, acme: BrandCard) -> Actor:
    """A team lead of Acme who leads the agent's team."""
    lead = make_agent("lena@example.test", acme, name="Lena Ek", seats=((Role.LEAD, acme),))
    site = places.save_site(name="Malmö", timezone="Europe/Stockholm", actor="test", now=NOW)
    team = places.save_team(name="Blue", site_id=site.pk, lead_id=lead.user_id, actor="test", now=NOW)
    Agent.objects.filter(pk=actor.user_id).update(team=team)
    return lead


class DescribeWhoMay:
    def it_is_an_operator_or_a_supervisor_with_the_provider(self, ada: Actor, bo: Actor) -> None:
        boss = make_person("sue@example.test", (Role.SUPERVISOR, None))
        assert may_sign_out(bo, ada.user_id)
        assert may_sign_out(boss, ada.user_id)

    def it_is_the_lead_of_the_team(self, ada: Actor, bo: Actor, acme: BrandCard) -> None:
        lead = lead_of(ada, acme)
        assert may_sign_out(lead, ada.user_id)
        assert not may_sign_out(lead, bo.user_id)

    def it_is_nobody_else(self, ada: Actor, cy: Actor, acme: BrandCard, outsider: Actor) -> None:
        beside = make_person("sam@example.test", (Role.SUPERVISOR, acme))
        for actor in (ada, cy, beside, outsider):
            with pytest.raises(NotFound):
                off(ada, actor)
        assert not SignOut.objects.exists()

    def it_hides_who_is_no_agent(self, bo: Actor, cy: Actor) -> None:
        with pytest.raises(NotFound):
            off(cy, bo)


class DescribeTheWork:
    def it_waits_again_at_its_place_in_every_brand(
        self, ada: Actor, bo: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        go_available(ada)
        mine = {card: talk(card, ada, seconds=n) for n, card in enumerate((acme, globex))}
        later = {card: write_in(card, now=at(50)) for card in mine}
        row = off(ada, bo)
        assert (row.returned, row.done_at, row.brands_left) == (2, at(60), [])
        for card, item in mine.items():
            back = waiting(card, item)
            assert back.order_key == item.order_key < later[card].order_key
            talked = talk_of(card, item)
            assert (talked.state, talked.agent_id) == (State.QUEUED, None)
            with tenant_scope(card, TESTS):
                said = Message.objects.filter(interaction=talked, direction="system").latest("seq")
                reasons = list(Segment.objects.filter(interaction=talked).values_list("reason", flat=True))
            assert said.data["code"] == "requeued"
            assert "signed_out" in reasons
        assert (used(ada), Engagement.objects.filter(ended_at__isnull=True).count()) == (0, 0)
        assert AgentState.objects.get(pk=ada.user_id).availability == "offline"

    def it_goes_to_somebody_else_next(self, ada: Actor, bo: Actor, acme: BrandCard) -> None:
        go_available(ada)
        item = talk(acme, ada)
        off(ada, bo)
        eve = go_available(make_agent("eve@example.test", acme), now=at(61))
        step(at(62))
        assert ring(waiting_or_offered(acme, item)).agent_id == eve.user_id

    def it_keeps_a_test_a_test(self, ada: Actor, bo: Actor, acme: BrandCard) -> None:
        go_available(ada)
        item = write_in(acme, is_test=True)
        stay(item)
        step(at(1))
        accept_offer(ring(item).ref, actor=ada, now=at(2))
        off(ada, bo)
        assert waiting(acme, item).is_test

    def it_withdraws_what_rings_without_a_strike(self, ada: Actor, bo: Actor, acme: BrandCard) -> None:
        go_available(ada)
        item = write_in(acme)
        stay(item)
        step(at(1))
        off(ada, bo, seconds=5)
        assert (ring(item).state, again(item).state) == (OfferState.WITHDRAWN, ItemState.QUEUED)
        assert AgentState.objects.get(pk=ada.user_id).strikes == 0

    def it_closes_what_is_in_wrap_up(self, ada: Actor, bo: Actor, acme: BrandCard) -> None:
        go_available(ada)
        item = talk(acme, ada)
        end_talk(acme, ada, item.interaction_ref, now=at(20))
        assert off(ada, bo, seconds=30).returned == 1
        row = talk_of(acme, item)
        assert (row.state, row.disposition_missing) == (State.CLOSED, True)

    def it_makes_drafts_notes(self, ada: Actor, bo: Actor, acme: BrandCard) -> None:
        go_available(ada)
        item = talk(acme, ada)
        draft(acme, ada, item, "I was about to say")
        off(ada, bo)
        assert notes(acme, item) == [("Ada", "I was about to say", "draft")]

    def it_touches_nobody_else(self, ada: Actor, bo: Actor, acme: BrandCard) -> None:
        go_available(bo)
        item = talk(acme, bo)
        off(ada, bo)
        assert talk_of(acme, item).agent_id == bo.user_id

    def it_lets_them_come_back(self, ada: Actor, bo: Actor, acme: BrandCard) -> None:
        go_available(ada)
        item = talk(acme, ada)
        off(ada, bo)
        go_available(ada, now=at(61))
        step(at(62))
        assert ring(waiting_or_offered(acme, item)).agent_id == ada.user_id


class DescribeWhatIsWrittenDown:
    def it_is_in_the_trail_with_who_and_why(self, ada: Actor, bo: Actor, acme: BrandCard) -> None:
        go_available(ada)
        talk(acme, ada)
        report_sick(ada.user_id, note="Called at nine", by=bo, now=at(60))
        row = AuditRow.objects.get(verb="agent.signed_out")
        assert (row.actor, row.object, row.brand_id) == (bo.who, f"user:{ada.user_id}", None)
        assert (row.diff, row.reason) == ({"reason": [None, "sick"]}, "Called at nine")
        event = LabourEvent.objects.get(kind="agent.signed_out")
        assert (event.actor_id, event.data["reason"], event.v) == (bo.user_id, "sick", 1)

    def it_tells_a_client_only_that_work_was_given_back(
        self, ada: Actor, bo: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        go_available(ada)
        talk(acme, ada)
        report_sick(ada.user_id, note="Secret", by=bo, now=at(60))
        rows = AuditRow.objects.filter(brand_id__isnull=False, verb__startswith="agent.work")
        assert [(row.brand_id, row.diff, row.reason) for row in rows] == [(acme.id, {"conversations": 1}, "")]

    @pytest.mark.parametrize(
        ("said", "field"),
        [({"reason": "holiday"}, "reason"), ({"reason": "other"}, "note"), ({"note": "x" * 201}, "note")],
    )
    def it_wants_a_reason(self, ada: Actor, bo: Actor, said: dict[str, Any], field: str) -> None:
        go_available(ada)
        with pytest.raises(Invalid) as refused:
            off(ada, bo, **said)
        assert field in refused.value.errors
        assert AgentState.objects.get(pk=ada.user_id).availability == "available"


class DescribeBreaking:
    def it_is_done_once_for_a_key(self, ada: Actor, bo: Actor, acme: BrandCard) -> None:
        key = uuid4()
        go_available(ada)
        talk(acme, ada)
        first = off(ada, bo, key=key)
        go_available(ada, now=at(70))
        assert off(ada, bo, seconds=80, key=key).pk == first.pk
        assert AgentState.objects.get(pk=ada.user_id).availability == "available"
        assert AuditRow.objects.filter(verb="agent.signed_out").count() == 1

    def it_goes_on_where_it_was_killed(
        self, ada: Actor, bo: Actor, acme: BrandCard, globex: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        go_available(ada)
        items = {card: talk(card, ada, seconds=n) for n, card in enumerate((acme, globex))}
        draft(globex, ada, items[globex], "Kept")
        whole = signing_out._give_back

        def killed(agent_id: int, card: BrandCard, **more: Any) -> int:
            done = whole(agent_id, card, **more)
            if card.id == globex.id:
                raise RuntimeError("killed before the commit")
            return done

        monkeypatch.setattr(signing_out, "_give_back", killed)
        row = off(ada, bo)
        assert (row.done_at, row.brands_left, row.returned) == (None, [globex.id], 1)
        assert talk_of(globex, items[globex]).agent_id == ada.user_id
        assert notes(globex, items[globex]) == []
        monkeypatch.undo()
        assert sweep(at(65), grant=TESTS)["signed_out"] == 1
        row.refresh_from_db()
        assert (row.done_at, row.brands_left, row.returned) == (at(65), [], 2)
        assert talk_of(globex, items[globex]).state == State.QUEUED
        assert notes(globex, items[globex]) == [("Ada", "Kept", "draft")]
        assert finish_sign_outs(at(70)) == 0

    def it_takes_up_one_that_goes_on_already(
        self, ada: Actor, bo: Actor, acme: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        go_available(ada)
        talk(acme, ada)
        monkeypatch.setattr(signing_out, "carry_out", lambda *_args, **_more: False)
        first = off(ada, bo)
        monkeypatch.undo()
        second = off(ada, bo, seconds=62, reason=OffReason.SICK)
        assert (second.pk, second.reason, second.done_at) == (first.pk, OffReason.FORGOTTEN, at(62))

    @settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.sampled_from(["acme", "globex", "wrap", "break", "back"]), max_size=7))
    def it_loses_nothing_however_it_goes(
        self, ada: Actor, bo: Actor, acme: BrandCard, globex: BrandCard, steps: list[str]
    ) -> None:
        """Work comes, talks end, sign-outs break and are ended: each conversation is in one place."""
        seconds = 100.0 * (SignOut.objects.count() + 1)
        for name in steps:
            seconds += 40
            go_available(ada, now=at(seconds))
            if name in {"acme", "globex"}:
                card = {"acme": acme, "globex": globex}[name]
                stay(item := write_in(card, now=at(seconds)))
                step(at(seconds + 1))
                if (offer := item.offers.filter(state="pending").first()) and offer.agent_id == ada.user_id:
                    accept_offer(offer.ref, actor=ada, now=at(seconds + 2))
            elif name == "wrap":
                for item in WorkItem.objects.filter(agent_id=ada.user_id, state="accepted", brand_id=acme.id):
                    end_talk(acme, ada, item.interaction_ref, now=at(seconds))
            elif name == "break":
                signing_out._begin(ada.user_id, reason="other", note="x", by=bo, ref=uuid4(), now=at(seconds))
            else:
                off(ada, bo, seconds=seconds)
        finish_sign_outs(at(seconds + 50))
        off(ada, bo, seconds=seconds + 60)
        assert not WorkItem.objects.in_work().filter(agent_id=ada.user_id).exists()
        assert (used(ada), SignOut.objects.filter(done_at__isnull=True).count()) == (0, 0)
        for item in WorkItem.objects.filter(state=ItemState.ENDED, outcome="requeued"):
            live = WorkItem.objects.filter(interaction_ref=item.interaction_ref).exclude(outcome="requeued")
            assert live.count() == 1
            assert live.get().order_key == item.order_key
