"""What other rooms ask: names, states, and who may be offered work."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation

from accounts.actions import revoke_membership
from accounts.actor import Actor
from accounts.choices import Role
from tenants.cards import BrandCard
from tests.factories import NOW
from tests.workforce.conftest import at
from workforce import actions, queries
from workforce.models import Agent, Certification, Site, Team


class DescribeShownName:
    def it_is_the_alias_towards_that_brand(self, ada: Actor, acme: BrandCard, globex: BrandCard) -> None:
        actions.set_alias(ada.user_id, brand_id=acme.id, shown_name="Ronja", actor="test", now=NOW)
        assert queries.shown_name(ada.user_id, acme.id) == "Ronja"
        assert queries.shown_name(ada.user_id, globex.id) == "Ada"

    def it_never_tells_the_surname(self, ada: Actor, acme: BrandCard) -> None:
        assert "Berg" not in queries.shown_name(ada.user_id, acme.id)
        assert queries.shown_names(acme.id) == {ada.user_id: "Ada"}

    def it_names_all_of_a_brand_and_none_of_another(
        self, ada: Actor, eve: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        actions.set_alias(ada.user_id, brand_id=acme.id, shown_name="Ronja", actor="test", now=NOW)
        assert queries.shown_names(acme.id) == {ada.user_id: "Ronja", eve.user_id: "Eve"}
        assert queries.shown_names(globex.id) == {ada.user_id: "Ada"}

    def it_still_names_who_lost_the_seat(self, ada: Actor, acme: BrandCard) -> None:
        revoke_membership(ada.user_id, role=Role.AGENT, brand_id=acme.id, actor="test", now=NOW)
        assert queries.shown_names(acme.id) == {ada.user_id: "Ada"}

    def it_is_empty_for_nobody(self, acme: BrandCard) -> None:
        assert queries.shown_name(0, acme.id) == ""


@pytest.fixture
def ready(ada: Actor) -> Actor:
    actions.connect(ada.user_id, node="n", channel_name="c", now=at(1))
    actions.set_availability(ada.user_id, to="available", actor=ada, now=at(2))
    return ada


class DescribeReadyAgents:
    def it_knows_who_may_be_offered_whose_work(
        self, ready: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        actions.set_skill(ready.user_id, code="swedish", level=4, name="Swedish", actor="test", now=NOW)
        (agent,) = queries.ready_agents(at(10))
        assert agent.agent_id == ready.user_id
        assert agent.brand_ids == {acme.id, globex.id}
        assert agent.skills == {"swedish": 4}
        assert (agent.languages, agent.since) == ((), at(2))

    def it_takes_one_query(
        self, ready: Actor, eve: Actor, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        actions.connect(eve.user_id, node="n", channel_name="e", now=at(1))
        actions.set_availability(eve.user_id, to="available", actor=eve, now=at(3))
        with django_assert_num_queries(1):
            assert [agent.agent_id for agent in queries.ready_agents(at(10))] == [ready.user_id, eve.user_id]

    def it_leaves_out_a_brand_whose_certification_lapsed(
        self, ready: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        Certification.objects.filter(brand_id=acme.id).update(valid_until=at(10))
        assert queries.may_be_offered(ready.user_id, acme.id, at(9.9))
        assert not queries.may_be_offered(ready.user_id, acme.id, at(10))
        assert queries.may_be_offered(ready.user_id, globex.id, at(10))

    def it_leaves_out_a_brand_not_certified_for_yet(self, ready: Actor, acme: BrandCard) -> None:
        Certification.objects.filter(brand_id=acme.id).update(valid_from=at(10))
        assert not queries.may_be_offered(ready.user_id, acme.id, at(9))

    def it_leaves_out_a_brand_whose_seat_is_gone(self, ready: Actor, acme: BrandCard) -> None:
        revoke_membership(ready.user_id, role=Role.AGENT, brand_id=acme.id, actor="test", now=at(3))
        assert not queries.may_be_offered(ready.user_id, acme.id, at(10))

    def it_leaves_out_who_is_certified_for_nothing(self, ready: Actor) -> None:
        Certification.objects.all().delete()
        assert queries.ready_agents(at(10)) == []

    @pytest.mark.parametrize("seconds", [9.9, 10])
    def it_leaves_out_who_is_gone_longer_than_a_reload_takes(self, ready: Actor, seconds: float) -> None:
        actions.disconnect(ready.user_id, channel_name="c", now=at(100))
        assert bool(queries.ready_agents(at(100 + seconds))) == (seconds < 10)

    def it_leaves_out_who_is_not_available(self, ready: Actor) -> None:
        actions.set_availability(ready.user_id, to="away", reason_code="meal", actor=ready, now=at(5))
        assert queries.ready_agents(at(10)) == []

    def it_leaves_out_who_is_about_to_leave(self, ready: Actor) -> None:
        actions.engage(ready.user_id, work_item_id=1, brand_id=1, queue_id=1, now=at(3))
        assert queries.ready_agents(at(4))
        actions.set_next(ready.user_id, to="offline", actor=ready, now=at(5))
        assert queries.ready_agents(at(10)) == []

    def it_leaves_out_who_does_not_respond(self, ready: Actor) -> None:
        actions.strike(ready.user_id, limit=1, now=at(5))
        assert queries.ready_agents(at(10)) == []


def it_lists_the_reasons_in_the_readers_language(ada: Actor) -> None:
    with translation.override("en"):
        assert [reason.label for reason in queries.reasons()] == ["Break", "Meal", "Training", "Meeting"]
    assert [reason.paid for reason in queries.reasons()] == [True, False, True, True]


def it_names_the_team(ada: Actor) -> None:
    assert queries.team_of(ada.user_id) == ""
    site = Site.objects.create(name="Malmö", timezone="Europe/Stockholm")
    team = Team.objects.create(name="Blue", site=site)
    Agent.objects.filter(pk=ada.user_id).update(team=team)
    assert queries.team_of(ada.user_id) == "Blue"


def it_knows_no_state_of_nobody(db: None) -> None:
    assert queries.state_of(0) is None
