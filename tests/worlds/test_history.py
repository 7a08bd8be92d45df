"""The planted week: what it needs, and whom it must not hold up."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from config.worlds.contract import PROMISES, issue_yesterday
from config.worlds.history import plant_day, plant_tests
from config.worlds.people import ACTOR, CERTIFIED_DAYS, plant_people
from config.worlds.way import give_way, is_waited_for
from interactions.models import Interaction
from reporting.issued.models import IssuedReport
from reporting.models import Clause
from routing.models import Offer, WorkItem
from tenants.cards import card_by_slug
from tenants.models import AuditRow
from tenants.onboarding.checklist import checklist
from tenants.scope import tenant_scope
from tests.factories import TESTS
from tests.reporting.conftest import report_of_today
from workforce import actions as workforce
from workforce.models import Agent, AgentState, StateInterval

NOW = datetime(2026, 11, 18, 21, tzinfo=UTC)
DAY = NOW.date() - timedelta(days=1)
SET_UP = NOW - timedelta(days=CERTIFIED_DAYS)
MANY = 100  # steps, of several hundred a day
WATCHDOG = 60


@pytest.fixture
def amara(transactional_db: None) -> int:
    """The demo world's people; returns the agent id of one of them."""
    plant_people(TESTS, now=NOW)
    agent_id: int = Agent.objects.get(user__email="amara@harbour.example").pk
    return agent_id


def conversations(slug: str) -> int:
    card = card_by_slug(slug)
    assert card
    with tenant_scope(card, TESTS):
        count: int = Interaction.objects.count()
        return count


def shifts(agent_id: int) -> int:
    return StateInterval.objects.filter(
        agent_id=agent_id, availability="available", started_at__lt=NOW
    ).count()


class Person:
    """Somebody who goes available on a connection of their own once the day is well under way.

    `between` then holds the day until they wait for it, as they would if they came at any other instant.
    """

    def __init__(self, agent_id: int) -> None:
        self.agent_id = agent_id
        self.thread = threading.Thread(target=self._go_available, daemon=True)
        self.steps = 0

    def between(self) -> None:
        self.steps += 1
        if self.steps == MANY:
            self.thread.start()
            end = time.monotonic() + WATCHDOG
            while not is_waited_for():
                assert time.monotonic() < end, "nobody came"
        give_way()

    def _go_available(self) -> None:
        try:
            workforce.set_availability(self.agent_id, to="available", actor=None, now=NOW)
        finally:
            connection.close()


def it_is_not_done_when_nobody_is_there_to_play_it(db: None) -> None:
    with pytest.raises(CommandError, match="No agent of the demo world"):
        call_command("seed", history=True)


class DescribeTests:
    def it_meets_the_checklist_before_any_history_is_there(self, amara: int) -> None:
        for _again in range(2):
            plant_tests(TESTS, now=NOW)
        for slug in ("northwind", "lumen"):
            card = card_by_slug(slug)
            assert card
            assert {line.name: line.state for line in checklist(card, TESTS, now=NOW)}["test"] == "good"
            assert conversations(slug) == 1
            with tenant_scope(card, TESTS):
                row = Interaction.objects.get()
                assert (row.is_test, row.state) == (True, "closed")
        assert not Offer.objects.pending().exists()
        assert not WorkItem.objects.live().exists()
        assert set(AgentState.objects.values_list("availability", flat=True)) == {"offline"}

    def it_is_in_no_figure(self, amara: int) -> None:
        def figures() -> list[Any]:
            found: list[Any] = []
            for card in map(card_by_slug, ("northwind", "lumen")):
                assert card
                with tenant_scope(card, TESTS):
                    reports = [report_of_today(card.timezone, SET_UP + timedelta(days=n)) for n in range(3)]
                found += [(one.figures, one.lines, one.verdict) for one in reports]
            return found

        before = figures()
        plant_tests(TESTS, now=NOW)
        assert figures() == before

    def it_keeps_no_agent_out_of_the_week(self, amara: int) -> None:
        plant_tests(TESTS, now=NOW)
        plant_day(DAY, TESTS, index=3, now=NOW)
        assert shifts(amara) >= 1
        assert min(conversations("northwind"), conversations("lumen")) > 1


class DescribeContract:
    def it_issues_yesterday_once_with_what_was_promised(self, amara: int) -> None:
        plant_day(DAY, TESTS, index=3, now=NOW)
        for _again in range(2):
            issue_yesterday(TESTS, actor=ACTOR, now=NOW)
        for slug, day in (("northwind", DAY), ("lumen", DAY + timedelta(days=1))):
            card = card_by_slug(slug)
            assert card
            with tenant_scope(card, TESTS):
                (one,) = IssuedReport.objects.all()
                assert (one.kind, one.first, one.version) == ("day", day, 1)
                assert Clause.objects.count() == len(PROMISES)
                assert card.name in one.document


class DescribeADay:
    def it_is_played_once(self, amara: int) -> None:
        plant_day(DAY, TESTS, index=3, now=NOW)
        before = conversations("northwind"), conversations("lumen"), shifts(amara)
        assert min(before) > 0
        AgentState.objects.update(since=NOW - timedelta(days=9))
        plant_day(DAY, TESTS, index=3, now=NOW)
        assert (conversations("northwind"), conversations("lumen"), shifts(amara)) == before

    def it_is_begun_anew_without_the_agent_whom_a_person_waits_for(self, amara: int) -> None:
        person = Person(amara)
        plant_day(DAY, TESTS, index=3, now=NOW, between=person.between)
        person.thread.join(WATCHDOG)
        state = AgentState.objects.get(pk=amara)
        assert (state.availability, state.since, shifts(amara)) == ("available", NOW, 0)
        assert person.steps > MANY
        assert min(conversations("northwind"), conversations("lumen")) > 0
        assert AuditRow.objects.filter(verb="history.planted").count() == 1

    def it_leaves_out_who_is_signed_in(self, amara: int) -> None:
        workforce.connect(amara, node="live-1", channel_name="tab", now=NOW)
        plant_day(DAY, TESTS, index=3, now=NOW)
        state = AgentState.objects.get(pk=amara)
        assert (state.connected, state.lost_at, shifts(amara)) == (True, None, 0)
        assert conversations("northwind") > 0
