"""Somebody leaves: nothing of theirs is lost, brand by brand, however often it breaks in between."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.access import actor_for
from accounts.actor import Actor
from accounts.choices import Role
from accounts.invitations import invite
from accounts.models import Invitation, Membership, User
from core.errors import NotFound
from interactions import actions as interactions
from interactions.choices import DraftKind, State
from interactions.models import Draft, Interaction, Message, Segment
from routing.actions import accept_offer, sweep
from routing.choices import ItemState, OfferState
from routing.models import WorkItem
from routing.router import step
from tenants.cards import BrandCard
from tenants.mail.models import SystemMail
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.factories import NOW, TESTS, make_agent
from tests.routing.conftest import Push, again, at, end_talk, go_available, ring, stay, write_in
from workforce.choices import DepartureState
from workforce.errors import LeavingRefused
from workforce.models import Agent, AgentState, Departure, DepartureBrand, Site, Team
from workforce.queries import shown_names
from workforce.staff import leaving, places
from workforce.staff.handing import handed_of
from workforce.tasks import BEAT, carry_out_departures

pytestmark = pytest.mark.usefixtures("queues")


def entry(_brand: BrandCard) -> Any:
    return TESTS


def leave(actor: Actor, *, seconds: float = 60) -> Departure:
    row = leaving.plan_leaving(actor.user_id, last_day=None, actor="user:1", now=at(seconds))
    leaving.carry_out(row.pk, entry=entry, now=at(seconds))
    row.refresh_from_db()
    return row


def talk(card: BrandCard, actor: Actor, *, seconds: float = 0) -> WorkItem:
    """A customer writes and the agent accepts."""
    item = write_in(card, now=at(seconds))
    stay(item)
    step(at(seconds + 1))
    accept_offer(ring(item).ref, actor=actor, now=at(seconds + 2))
    return again(item)


def draft(
    card: BrandCard, actor: Actor, item: WorkItem, text: str, kind: DraftKind = DraftKind.REPLY
) -> None:
    with tenant_scope(card, TESTS):
        interactions.save_draft(
            item.interaction_ref, agent_id=actor.user_id, kind=kind, body=text, now=at(30)
        )


def talk_of(card: BrandCard, item: WorkItem) -> Interaction:
    with tenant_scope(card, TESTS):
        row: Interaction = Interaction.objects.get(ref=item.interaction_ref)
        return row


def waiting(card: BrandCard, item: WorkItem) -> WorkItem:
    return WorkItem.objects.get(
        brand_id=card.id, interaction_ref=item.interaction_ref, state=ItemState.QUEUED
    )


def notes(card: BrandCard, item: WorkItem) -> list[tuple[str, str, Any]]:
    with tenant_scope(card, TESTS):
        rows = Message.objects.filter(interaction__ref=item.interaction_ref, direction="note").order_by("seq")
        return [(row.author_shown, row.body, row.data.get("code")) for row in rows]


def drafts(card: BrandCard) -> list[tuple[int, str]]:
    with tenant_scope(card, TESTS):
        return list(Draft.objects.order_by("pk").values_list("agent_id", "body"))


@pytest.fixture
def lead(acme: BrandCard, ada: Actor) -> Actor:
    """Who leads Ada's team, an agent of Acme only."""
    found = make_agent("lena@example.test", acme, name="Lena Ek")
    site = places.save_site(name="Malmö", timezone="Europe/Stockholm", actor="test", now=NOW)
    team = places.save_team(name="Blue", site_id=site.pk, lead_id=found.user_id, actor="test", now=NOW)
    Agent.objects.filter(pk=ada.user_id).update(team=team)
    return found


class DescribeAtOnce:
    def it_ends_seats_sessions_and_availability(self, ada: Actor, acme: BrandCard) -> None:
        browser = Browser(headers={"host": "localhost:8000"})
        browser.sign_in(ada.email)
        go_available(ada)
        row = leave(ada)
        assert row.state == DepartureState.DONE
        assert actor_for(ada.user_id, now=at(61)) is None
        assert browser.get("/desk/").status_code == 302
        assert browser.sign_in(ada.email).status_code == 422
        assert not Membership.objects.valid(at(61)).filter(user_id=ada.user_id).exists()
        state = AgentState.objects.get(pk=ada.user_id)
        assert state.availability == "offline"
        assert Agent.objects.get(pk=ada.user_id).left_on == date(2026, 3, 2)

    def it_tells_their_open_pages(self, ada: Actor, pushes: list[Push]) -> None:
        leave(ada)
        assert (f"access.{ada.user_id}", {"kind": "access"}) in pushes

    def it_is_not_done_to_oneself(self, bo: Actor) -> None:
        with pytest.raises(LeavingRefused, match="Somebody else"):
            leaving.plan_leaving(bo.user_id, last_day=None, actor=bo.who, now=NOW)

    def it_puts_open_work_of_every_brand_first_in_line(
        self, ada: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        go_available(ada)
        mine = {card: talk(card, ada, seconds=n) for n, card in enumerate((acme, globex))}
        later = {card: write_in(card, now=at(50)) for card in mine}
        leave(ada)
        for card, item in mine.items():
            back = waiting(card, item)
            assert back.order_key == item.order_key < later[card].order_key
            row = talk_of(card, item)
            assert (row.state, row.agent_id) == (State.QUEUED, None)
            with tenant_scope(card, TESTS):
                owners = list(
                    Segment.objects.filter(interaction=row).order_by("n").values_list("agent_id", "ended_at")
                )
            assert owners[-2] == (ada.user_id, at(60))
            assert owners[-1] == (None, None)

    def it_is_offered_to_somebody_else_next(self, ada: Actor, acme: BrandCard) -> None:
        go_available(ada)
        item = talk(acme, ada)
        leave(ada)
        eve = go_available(make_agent("eve@example.test", acme), now=at(61))
        step(at(62))
        assert ring(waiting_or_offered(acme, item)).agent_id == eve.user_id

    def it_withdraws_what_rings(self, ada: Actor, acme: BrandCard) -> None:
        go_available(ada)
        item = write_in(acme)
        stay(item)
        step(at(1))
        leave(ada, seconds=5)
        assert ring(item).state == OfferState.WITHDRAWN
        assert again(item).state == ItemState.QUEUED

    def it_closes_what_is_in_wrap_up(self, ada: Actor, acme: BrandCard) -> None:
        go_available(ada)
        item = talk(acme, ada)
        end_talk(acme, ada, item.interaction_ref, now=at(20))
        leave(ada, seconds=30)
        row = talk_of(acme, item)
        assert (row.state, row.disposition_missing, row.agent_id) == (State.CLOSED, True, ada.user_id)
        assert again(item).state == ItemState.ENDED

    def it_keeps_the_names_of_the_past(self, ada: Actor, acme: BrandCard) -> None:
        go_available(ada)
        item = talk(acme, ada)
        with tenant_scope(acme, TESTS):
            interactions.send_reply(
                item.interaction_ref, agent_id=ada.user_id, author_shown="Ada", client_id=uuid4(),
                body="Hello", last_seq=9, now=at(10),
            )  # fmt: skip
        leave(ada)
        assert shown_names(acme.id)[ada.user_id] == "Ada"
        with tenant_scope(acme, TESTS):
            said = Message.objects.get(interaction__ref=item.interaction_ref, direction="out")
            assert (said.author_id, said.author_shown) == (ada.user_id, "Ada")

    def it_touches_nobody_else(self, ada: Actor, bo: Actor, acme: BrandCard) -> None:
        go_available(bo)
        item = talk(acme, bo)
        leave(ada)
        assert talk_of(acme, item).agent_id == bo.user_id
        assert actor_for(bo.user_id, now=at(61)) == bo

    def it_ends_an_operators_seat_too(self, bo: Actor) -> None:
        leave(bo)
        assert not Membership.objects.valid(at(61)).filter(user_id=bo.user_id).exists()

    def it_ends_the_ways_in_that_they_have_left_open(self, bo: Actor, acme: BrandCard) -> None:
        said: dict[str, Any] = {"role": Role.MANAGER, "brand": acme, "now": at(0)}
        invite("bo@home.test", invited_by=bo.user_id, actor=bo.who, **said)
        other = invite("new@acme.test", actor="user:1", **said)
        leave(bo)
        assert Invitation.objects.open().get() == other

    def it_leaves_no_team_without_somebody_there(self, ada: Actor, lead: Actor) -> None:
        leave(lead)
        assert Team.objects.get(name="Blue").lead is None
        assert AuditRow.objects.filter(verb="team.changed").latest("pk").diff == {
            "lead": [f"user:{lead.user_id}", None]
        }


def waiting_or_offered(card: BrandCard, item: WorkItem) -> WorkItem:
    return WorkItem.objects.waiting().get(brand_id=card.id, interaction_ref=item.interaction_ref)


class DescribeDrafts:
    def it_becomes_a_note_and_the_leads_draft(self, ada: Actor, lead: Actor, acme: BrandCard) -> None:
        go_available(ada)
        item = talk(acme, ada)
        draft(acme, ada, item, "I was about to say")
        leave(ada)
        assert notes(acme, item) == [("Ada", "I was about to say", "draft")]
        assert drafts(acme) == [(lead.user_id, "I was about to say")]

    def it_leaves_the_leads_own_draft_alone(self, ada: Actor, lead: Actor, acme: BrandCard) -> None:
        go_available(ada)
        item = talk(acme, ada)
        draft(acme, ada, item, "Hers")
        row = talk_of(acme, item)
        with tenant_scope(acme, TESTS):
            Draft.objects.create(
                interaction=row, agent_id=lead.user_id, kind=DraftKind.REPLY, body="Own", saved_at=NOW
            )
        leave(ada)
        assert drafts(acme) == [(lead.user_id, "Own")]
        assert notes(acme, item) == [("Ada", "Hers", "draft")]

    def it_gives_nothing_to_a_lead_without_a_seat_there(
        self, ada: Actor, lead: Actor, globex: BrandCard
    ) -> None:
        go_available(ada)
        item = talk(globex, ada)
        draft(globex, ada, item, "Secret of Globex", DraftKind.NOTE)
        leave(ada)
        assert drafts(globex) == []
        assert notes(globex, item) == [("Ada", "Secret of Globex", "draft")]


class DescribeTellingTheLead:
    def it_says_what_was_handed_on(self, ada: Actor, lead: Actor, acme: BrandCard, globex: BrandCard) -> None:
        """Clients where the lead has no seat are counted and not named."""
        go_available(ada)
        mine = talk(acme, ada)
        draft(acme, ada, mine, "I was about to say")
        other = talk(globex, ada, seconds=5)
        draft(globex, ada, other, "Secret of Globex")
        row = leave(ada)
        assert row.mail
        assert row.mail.to == lead.email
        for text in (row.mail.text, row.mail.html):
            assert "Ada Berg" in text
            assert acme.name in text
            assert globex.name not in text
            assert "about to say" not in text
            assert "Secret" not in text
        assert "1 draft is yours now" in row.mail.text
        assert "Clients where you have no seat\n- 1 conversation waits again\n- 1 draft is an internal" in (
            row.mail.text
        )
        shown = {one.client: (one.waiting, one.drafts, one.passed_on) for one in handed_of(row)}
        assert shown == {acme: (1, 1, 1), globex: (1, 1, 0)}

    def it_says_it_once(self, ada: Actor, lead: Actor, acme: BrandCard) -> None:
        go_available(ada)
        talk(acme, ada)
        row = leave(ada)
        leaving.carry_out(row.pk, entry=entry, now=at(120))
        assert SystemMail.objects.filter(kind="handed_on").count() == 1

    def it_says_nothing_where_nothing_was_open_or_nobody_leads(
        self, ada: Actor, acme: BrandCard, lead: Actor
    ) -> None:
        assert leave(ada).mail is None
        eve = go_available(make_agent("eve@example.test", acme), now=at(61))
        talk(acme, eve, seconds=62)
        assert leave(eve, seconds=120).mail is None
        assert not SystemMail.objects.exists()


class DescribeBreaking:
    def it_goes_on_where_it_stopped(
        self, ada: Actor, lead: Actor, acme: BrandCard, globex: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        go_available(ada)
        items = {card: talk(card, ada, seconds=n) for n, card in enumerate((acme, globex))}
        draft(globex, ada, items[globex], "Kept")

        def only_acme(brand: BrandCard) -> Any:
            if brand.id == globex.id:
                raise RuntimeError("killed between the brands")
            return TESTS

        row = leaving.plan_leaving(ada.user_id, last_day=None, actor="user:1", now=at(60))
        assert not leaving.carry_out(row.pk, entry=only_acme, now=at(60))
        done = dict(DepartureBrand.objects.filter(departure=row).values_list("brand_id", "done_at"))
        assert done == {acme.id: at(60), globex.id: None}
        assert talk_of(globex, items[globex]).agent_id == ada.user_id
        assert talk_of(acme, items[acme]).state == State.QUEUED
        assert leaving.carry_out_due(at(120), entry=entry) == 1
        assert talk_of(globex, items[globex]).state == State.QUEUED
        assert notes(globex, items[globex]) == [("Ada", "Kept", "draft")]
        assert len(notes(acme, items[acme])) == 0
        row.refresh_from_db()
        assert (row.state, row.done_at) == (DepartureState.DONE, at(120))

    def it_undoes_a_brand_that_breaks_in_the_middle(
        self, ada: Actor, acme: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        go_available(ada)
        item = talk(acme, ada)
        draft(acme, ada, item, "Once")

        def broken(*_: Any, **__: Any) -> None:
            raise RuntimeError("killed")

        monkeypatch.setattr("routing.actions.leaving.return_to_line", broken)
        row = leaving.plan_leaving(ada.user_id, last_day=None, actor="user:1", now=at(60))
        assert not leaving.carry_out(row.pk, entry=entry, now=at(60))
        assert notes(acme, item) == []
        assert drafts(acme) == [(ada.user_id, "Once")]
        assert DepartureBrand.objects.get(departure=row, brand_id=acme.id).error == "RuntimeError"
        assert actor_for(ada.user_id, now=at(61)) is None
        monkeypatch.undo()
        assert leaving.carry_out(row.pk, entry=entry, now=at(70))
        assert notes(acme, item) == [("Ada", "Once", "draft")]

    def it_is_done_once(self, ada: Actor, acme: BrandCard) -> None:
        go_available(ada)
        item = talk(acme, ada)
        draft(acme, ada, item, "Once")
        row = leave(ada)
        assert not leaving.carry_out(row.pk, entry=entry, now=at(70))
        assert leaving.carry_out_due(at(70), entry=entry) == 0
        assert len(notes(acme, item)) == 1
        assert WorkItem.objects.filter(interaction_ref=item.interaction_ref).count() == 2

    def it_agrees_with_the_sweep_that_returns_lost_work(self, ada: Actor, acme: BrandCard) -> None:
        """The sweep may find the seat gone first; both together give the work back once."""
        go_available(ada)
        item = talk(acme, ada)
        row = leaving.plan_leaving(ada.user_id, last_day=None, actor="user:1", now=at(60))
        leaving._begin(row.pk, now=at(60))
        sweep(at(61), grant=TESTS)
        assert leaving.carry_out(row.pk, entry=entry, now=at(62))
        assert WorkItem.objects.live().filter(interaction_ref=item.interaction_ref).count() == 1


class DescribeOnADay:
    def it_waits_for_the_end_of_the_day_at_the_site(self, ada: Actor, lead: Actor) -> None:
        row = leaving.plan_leaving(ada.user_id, last_day=date(2026, 3, 6), actor="user:1", now=NOW)
        assert row.leave_at == datetime.fromisoformat("2026-03-07T00:00:00+01:00")
        assert leaving.carry_out_due(row.leave_at - timedelta(seconds=1), entry=entry) == 0
        assert actor_for(ada.user_id, now=NOW) == ada
        assert leaving.carry_out_due(row.leave_at, entry=entry) == 1
        assert Agent.objects.get(pk=ada.user_id).left_on == date(2026, 3, 6)

    def it_knows_days_on_which_clocks_change(self, ada: Actor, lead: Actor) -> None:
        row = leaving.plan_leaving(ada.user_id, last_day=date(2026, 3, 29), actor="user:1", now=NOW)
        assert row.leave_at == datetime.fromisoformat("2026-03-30T00:00:00+02:00")

    def it_can_be_cancelled_until_then(self, ada: Actor) -> None:
        row = leaving.plan_leaving(ada.user_id, last_day=date(2026, 3, 6), actor="user:1", now=NOW)
        leaving.cancel_leaving(ada.user_id, actor="user:1", now=at(1))
        assert leaving.carry_out_due(row.leave_at, entry=entry) == 0
        with pytest.raises(LeavingRefused):
            leaving.cancel_leaving(ada.user_id, actor="user:1", now=at(1))
        leaving.plan_leaving(ada.user_id, last_day=date(2026, 3, 7), actor="user:1", now=at(2))

    def it_is_swept_each_minute(self, ada: Actor, acme: BrandCard) -> None:
        row = leaving.plan_leaving(ada.user_id, last_day=None, actor="user:1", now=NOW)
        carry_out_departures(added_later=True)
        row.refresh_from_db()
        assert row.state == DepartureState.DONE
        assert BEAT["workforce.carry_out_departures"]["task"] == carry_out_departures.name

    @pytest.mark.parametrize("day", [date(2026, 3, 1), date(2020, 1, 1)])
    def it_refuses_a_day_that_is_over(self, ada: Actor, day: date) -> None:
        with pytest.raises(LeavingRefused):
            leaving.plan_leaving(ada.user_id, last_day=day, actor="user:1", now=NOW)

    def it_refuses_who_leaves_already_or_is_no_agent(self, ada: Actor, outsider: Actor) -> None:
        leaving.plan_leaving(ada.user_id, last_day=None, actor="user:1", now=NOW)
        with pytest.raises(LeavingRefused):
            leaving.plan_leaving(ada.user_id, last_day=None, actor="user:1", now=NOW)
        with pytest.raises(NotFound):
            leaving.plan_leaving(outsider.user_id, last_day=None, actor="user:1", now=NOW)


class DescribeComingBack:
    def it_gives_the_seats_back_and_asks_for_a_new_password(
        self, ada: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        leave(ada)
        leaving.reinstate(ada.user_id, actor="user:1", now=at(90))
        actor = actor_for(ada.user_id, now=at(91))
        assert actor
        assert actor.brand_ids(Role.AGENT) == ada.brand_ids(Role.AGENT)
        assert not User.objects.get(pk=ada.user_id).has_usable_password()
        assert Agent.objects.get(pk=ada.user_id).left_on is None
        leave(ada, seconds=100)
        assert actor_for(ada.user_id, now=at(101)) is None

    def it_gives_back_no_seat_that_ran_out_meanwhile(
        self, ada: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        Membership.objects.filter(user_id=ada.user_id, brand_id=globex.id).update(valid_until=at(80))
        leave(ada)
        leaving.reinstate(ada.user_id, actor="user:1", now=at(90))
        actor = actor_for(ada.user_id, now=at(91))
        assert actor
        assert actor.brand_ids(Role.AGENT) == (acme.id,)

    def it_refuses_who_did_not_leave_or_is_not_gone_yet(self, ada: Actor) -> None:
        with pytest.raises(LeavingRefused):
            leaving.reinstate(ada.user_id, actor="user:1", now=NOW)
        row = leaving.plan_leaving(ada.user_id, last_day=None, actor="user:1", now=NOW)
        leaving._begin(row.pk, now=NOW)
        with pytest.raises(LeavingRefused):
            leaving.reinstate(ada.user_id, actor="user:1", now=NOW)


def it_knows_the_site_of_a_team(ada: Actor, lead: Actor) -> None:
    agent = Agent.objects.select_related("site", "team__site").get(pk=ada.user_id)
    assert leaving.zone_of(agent) == "Europe/Stockholm"
    Site.objects.update(timezone="Mars/Olympus")
    agent = Agent.objects.select_related("site", "team__site").get(pk=ada.user_id)
    assert leaving.zone_of(agent) == "UTC"
