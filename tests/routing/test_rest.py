"""Agents rest: over a part of the last hour, and after hard contacts in a row."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.actor import Actor
from core.errors import NotFound
from events.models import Event
from interactions import actions as interactions
from interactions.choices import DispositionKind
from interactions.models import Disposition
from routing import actions
from routing.actions import accept_offer
from routing.choices import ItemState
from routing.decisions import standing
from routing.errors import Invalid
from routing.explain import explain
from routing.lines import House, Route
from routing.models import AgentCapacity, RestRule, WorkItem
from routing.rest import NOBODY_RESTS, WINDOW, Resting, Rule, Rules, after_contact, below_at
from routing.router import step
from routing.states import rest_of
from tenants.cards import BrandCard
from tenants.models import AuditRow, LabourEvent
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS
from tests.routing.conftest import again, at, end_talk, go_available, ring, stay, write_in
from tests.routing.test_leaving import talk
from tests.routing.test_match import item, seat, who

WHO: dict[str, Any] = {"actor": "user:1", "now": NOW}


def minutes(*pairs: tuple[float, float]) -> list[tuple[datetime, datetime]]:
    """Spans by minutes before NOW."""
    return [(NOW - timedelta(minutes=begin), NOW - timedelta(minutes=end)) for begin, end in pairs]


class DescribeTheHour:
    def it_is_not_over_at_the_percent_itself(self) -> None:
        assert below_at(minutes((30, 0)), percent=50, now=NOW) is None
        assert below_at([], percent=10, now=NOW) is None
        assert below_at(minutes((60, 0)), percent=100, now=NOW) is None

    def it_is_below_when_enough_of_it_is_an_hour_ago(self) -> None:
        """Fifty minutes of work up to now: at 50 % the first twenty of them must pass."""
        assert below_at(minutes((50, 0)), percent=50, now=NOW) == NOW + timedelta(minutes=30)

    def it_counts_what_began_before_the_hour_from_the_hour_on(self) -> None:
        assert below_at(minutes((90, 20)), percent=50, now=NOW) == NOW + timedelta(minutes=10)
        assert below_at(minutes((90, 60)), percent=10, now=NOW) is None

    def it_passes_over_the_gaps(self) -> None:
        spans = minutes((55, 45), (30, 0))
        assert below_at(spans, percent=50, now=NOW) == NOW + timedelta(minutes=15)
        assert below_at(spans, percent=45, now=NOW) == NOW + timedelta(minutes=33)

    @given(
        cuts=st.lists(st.integers(0, 7200), unique=True, max_size=12).map(sorted),
        percent=st.integers(10, 100),
    )
    def it_is_the_first_instant_that_is_not_over(self, cuts: list[int], percent: int) -> None:
        """Against counting second by second what of each later hour was worked."""
        edges = [NOW - timedelta(seconds=7200 - cut) for cut in cuts]
        spans = list(zip(edges[::2], edges[1::2], strict=False))

        def worked(when: datetime) -> timedelta:
            pairs = ((max(begin, when - WINDOW), min(end, when)) for begin, end in spans)
            return sum((end - begin for begin, end in pairs if end > begin), timedelta())

        end, most = below_at(spans, percent=percent, now=NOW), WINDOW * percent / 100
        assert (end is None) == (worked(NOW) <= most)
        if end is not None:
            assert NOW < end <= NOW + WINDOW
            assert worked(end) == most
            assert worked(end - timedelta(milliseconds=1)) > most


class DescribeTheRow:
    def it_rests_after_so_many_and_counts_anew(self) -> None:
        rule = Rule(hard=2, minutes=5)
        assert after_contact(0, was_hard=True, rule=rule, now=NOW) == (1, None)
        assert after_contact(1, was_hard=True, rule=rule, now=NOW) == (0, at(300))
        assert after_contact(1, was_hard=False, rule=rule, now=NOW) == (0, None)

    def it_goes_on_counting_while_there_is_no_rule(self) -> None:
        assert after_contact(4, was_hard=True, rule=Rule(), now=NOW) == (5, None)

    @given(st.lists(st.booleans(), max_size=30), st.integers(1, 4))
    def it_rests_once_for_each_full_row(self, hards: list[bool], wanted: int) -> None:
        rule, row, rests = Rule(hard=wanted, minutes=1), 0, 0
        for was_hard in hards:
            row, until = after_contact(row, was_hard=was_hard, rule=rule, now=NOW)
            rests += until is not None
        runs = "".join("h" if hard else "." for hard in hards).split(".")
        assert rests == sum(len(run) // wanted for run in runs)


class DescribeRules:
    def it_takes_from_the_house_what_a_pool_does_not_say(self) -> None:
        rules = Rules(Rule(85, 3, 10), {7: Rule(occupancy=70), 8: Rule(hard=2, minutes=4)})
        assert rules.of(7) == Rule(70, 3, 10)
        assert rules.of(8) == Rule(85, 2, 4)
        assert rules.of(9) == rules.of(None) == Rule(85, 3, 10)
        assert (Rules().is_on, Rules().percents) == (False, set())

    def it_is_the_longer_rest_of_the_two(self) -> None:
        both = Resting(at(60), {85: at(90)})
        assert both.until(Rule(85, 2, 4)) == at(90)
        assert both.until(Rule(None, 2, 4)) == at(60)
        assert both.until(Rule(80)) is None
        assert NOBODY_RESTS.until(Rule(85, 2, 4)) is None


class DescribeTheMatcher:
    def it_asks_nobody_who_rests(self) -> None:
        tired = replace(seat(7, idle=900), queues={10: Route(1, rests_until=at(60))})
        assert who([item(1)], [tired, seat(8)]) == [(1, 8)]
        assert who([item(1)], [tired]) == []
        assert who([item(1)], [tired], now=at(60)) == [(1, 7)]

    def it_keeps_nothing_for_a_last_agent_who_rests(self) -> None:
        tired = replace(seat(7), queues={10: Route(1, rests_until=at(60))})
        wanted = item(1, last_agent_id=7, prefer_until=at(30))
        assert who([wanted], [tired, seat(8)]) == [(1, 8)]

    def it_rests_from_one_way_alone(self) -> None:
        tired = replace(seat(7), queues={10: Route(1, rests_until=at(60)), 20: Route(2)})
        assert who([item(1), item(2, brand=2)], [tired]) == [(2, 7)]

    def it_says_why_and_until_when(self) -> None:
        tired = replace(seat(7), queues={10: Route(1, rests_until=at(60))})
        (told,) = explain(item(1), {7: tired}, now=NOW, house=House())
        assert (told.word, told.until) == ("resting", at(60))
        (told,) = explain(item(1), {7: tired}, now=at(60), house=House())
        assert (told.word, told.until) == ("free", None)

    @given(st.lists(st.tuples(st.integers(1, 9), st.integers(-60, 60)), unique_by=lambda one: one[0]))
    def it_never_asks_who_rests(self, agents: list[tuple[int, int]]) -> None:
        seats = [replace(seat(n), queues={10: Route(1, rests_until=at(until))}) for n, until in agents]
        asked = {agent for _item, agent in who([item(n) for n in range(1, 12)], seats)}
        assert asked == {n for n, until in agents if until <= 0}


@pytest.mark.usefixtures("queues")
class DescribeTheHouse:
    def it_offers_nothing_over_the_cap_until_below(self, ada: Actor, acme: BrandCard) -> None:
        actions.set_rest(None, occupancy=50, hard_in_row=None, rest_minutes=None, **WHO)
        go_available(ada, now=at(0))
        first = talk(acme, ada, seconds=0)
        wrap(acme, ada, first, seconds=2402)  # forty minutes of work: until ten of them are an hour ago
        second = write_in(acme, now=at(2403))
        stay(second)
        step(at(2404))
        assert again(second).state == ItemState.QUEUED
        rest = rest_of(ada.user_id, now=at(2404))
        assert rest is not None
        assert (rest.until, rest.why) == (at(2 + 600 + 3600), "full")
        told = standing(acme.id, second.interaction_ref, at(2404))
        assert told is not None
        assert [(verdict.word, verdict.until) for _name, verdict in told] == [("resting", rest.until)]
        step(rest.until - timedelta(seconds=1))
        assert again(second).state == ItemState.QUEUED
        step(rest.until)
        assert again(second).state == ItemState.OFFERED
        assert rest_of(ada.user_id, now=rest.until) is None

    def it_rests_after_hard_contacts_in_a_row(self, ada: Actor, acme: BrandCard, globex: BrandCard) -> None:
        actions.set_rest(None, occupancy=None, hard_in_row=2, rest_minutes=5, **WHO)
        mark(globex, "solved")
        go_available(ada)
        wrap(acme, ada, talk(acme, ada, seconds=0), seconds=20, hard=True)
        assert AgentCapacity.objects.get(pk=ada.user_id).hard_in_row == 1
        wrap(globex, ada, talk(globex, ada, seconds=30), seconds=50)
        row = AgentCapacity.objects.get(pk=ada.user_id)
        assert (row.hard_in_row, row.rests_until) == (0, at(350))
        event = LabourEvent.objects.get(kind="agent.rests")
        assert (event.data["agent_id"], event.data["hard"]) == (ada.user_id, 2)
        waits = write_in(acme, now=at(60))
        stay(waits)
        step(at(61))
        assert again(waits).state == ItemState.QUEUED
        rest = rest_of(ada.user_id, now=at(61))
        assert rest is not None
        assert (rest.until, rest.why) == (at(350), "hard")
        step(at(350))
        assert again(waits).state == ItemState.OFFERED

    def it_begins_anew_after_one_that_was_not(self, ada: Actor, acme: BrandCard) -> None:
        actions.set_rest(None, occupancy=None, hard_in_row=2, rest_minutes=5, **WHO)
        go_available(ada)
        for n, hard in enumerate((True, False, True)):
            wrap(acme, ada, talk(acme, ada, seconds=40 * n), seconds=40 * n + 20, hard=hard)
        row = AgentCapacity.objects.get(pk=ada.user_id)
        assert (row.hard_in_row, row.rests_until) == (1, None)

    def it_counts_no_test_and_none_that_was_forced(self, ada: Actor, acme: BrandCard) -> None:
        actions.set_rest(None, occupancy=None, hard_in_row=1, rest_minutes=5, **WHO)
        go_available(ada)
        test = write_in(acme, is_test=True)
        stay(test)
        step(at(1))
        accept_offer(ring(test).ref, actor=ada, now=at(2))
        wrap(acme, ada, test, seconds=20, hard=True)
        forced = talk(acme, ada, seconds=30)
        end_talk(acme, ada, forced.interaction_ref, now=at(40))
        with tenant_scope(acme, TESTS):
            interactions.force_wrap_up(forced.interaction_ref, at_once=True, now=at(41))
        row = AgentCapacity.objects.get(pk=ada.user_id)
        assert (row.hard_in_row, row.rests_until) == (0, None)

    def it_holds_for_one_pool(self, ada: Actor, acme: BrandCard) -> None:
        pool = actions.shared_pool()
        actions.set_rest(pool.pk, occupancy=None, hard_in_row=1, rest_minutes=3, **WHO)
        go_available(ada)
        wrap(acme, ada, talk(acme, ada), seconds=20, hard=True)
        assert AgentCapacity.objects.get(pk=ada.user_id).rests_until == at(200)
        actions.set_rest(pool.pk, occupancy=None, hard_in_row=None, rest_minutes=None, **WHO)
        assert rest_of(ada.user_id, now=at(21)) is None
        assert not RestRule.objects.exists()

    def it_is_off_by_itself(self, ada: Actor, acme: BrandCard) -> None:
        go_available(ada)
        for n in range(5):
            wrap(acme, ada, talk(acme, ada, seconds=40 * n), seconds=40 * n + 20, hard=True)
        assert AgentCapacity.objects.get(pk=ada.user_id).rests_until is None
        assert rest_of(ada.user_id, now=at(300)) is None

    def it_says_in_the_log_who_found_it_hard(self, ada: Actor, acme: BrandCard) -> None:
        go_available(ada)
        mark(acme, "solved")
        for n, hard in enumerate((True, False)):
            wrap(acme, ada, talk(acme, ada, seconds=40 * n), seconds=40 * n + 20, hard=hard)
        with tenant_scope(acme, TESTS):
            closed = Event.objects.filter(kind="interaction.closed").order_by("occurred_at")
            assert [event.data["hard"] for event in closed] == ["agent", "outcome"]

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"occupancy": 9}, "occupancy"), ({"occupancy": 101}, "occupancy"),
            ({"hard_in_row": 2}, "rest_minutes"), ({"rest_minutes": 2}, "hard_in_row"),
            ({"hard_in_row": 0, "rest_minutes": 5}, "hard_in_row"),
            ({"hard_in_row": 2, "rest_minutes": 61}, "rest_minutes"),
        ],
    )  # fmt: skip
    def it_refuses_what_makes_no_sense(self, said: dict[str, int], field: str) -> None:
        numbers = {"occupancy": None, "hard_in_row": None, "rest_minutes": None} | said
        with pytest.raises(Invalid) as refused:
            actions.set_rest(None, **numbers, **WHO)  # type: ignore[arg-type]
        assert list(refused.value.errors) == [field]

    def it_is_written_into_the_trail(self) -> None:
        with pytest.raises(NotFound):
            actions.set_rest(999, occupancy=80, hard_in_row=None, rest_minutes=None, **WHO)
        for percent in (80, 80, 85):
            actions.set_rest(None, occupancy=percent, hard_in_row=None, rest_minutes=None, **WHO)
        rows = AuditRow.objects.filter(verb="routing.rest_changed").order_by("pk")
        assert [row.diff["occupancy"] for row in rows] == [[None, 80], [80, 85]]


def mark(card: BrandCard, *codes: str) -> None:
    with tenant_scope(card, TESTS):
        interactions.mark_hard(codes, actor="user:1", now=NOW)
        marked = Disposition.objects.filter(kind=DispositionKind.OUTCOME, hard=True)
        assert set(marked.values_list("code", flat=True)) == set(codes)


def wrap(card: BrandCard, actor: Actor, done: WorkItem, *, seconds: float, hard: bool = False) -> None:
    end_talk(card, actor, done.interaction_ref, now=at(seconds))
    with tenant_scope(card, TESTS):
        interactions.wrap_up(
            done.interaction_ref, agent_id=actor.user_id, reason_code="delivery", outcome_code="solved",
            hard=hard, now=at(seconds),
        )  # fmt: skip
