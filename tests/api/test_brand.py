"""A brand's own endpoints: itself, its lines and hours, its conversations without a word of them."""

from typing import Any

import pytest

from accounts.actor import Actor
from core import clock
from interactions import actions
from interactions.models import Calendar, Period
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.api.conftest import Make
from tests.desk.conftest import Day
from tests.factories import TESTS
from workforce.models import AgentAlias

SAID = "where is my tent"


@pytest.fixture
def day(db: None, acme: BrandCard, globex: BrandCard) -> Day:
    made = Day()
    made.set_up(acme)
    made.set_up(globex)
    return made


@pytest.fixture
def calendar(db: None, acme: BrandCard) -> Any:
    with tenant_scope(acme, TESTS):
        row = Calendar.objects.create(name="Week", zone="Europe/Stockholm", country="SE")
        Period.objects.create(calendar=row, weekday=0, opens=480, closes=1020)
        return row.ref


class DescribeBrand:
    def it_is_the_hosts_own(self, program: Make, acme: BrandCard, globex: BrandCard) -> None:
        assert program(acme).get("brand/").json()["slug"] == "acme"
        assert program(globex).get("brand/").json()["slug"] == "globex"

    def it_answers_nothing_of_the_providers(self, program: Make, acme: BrandCard) -> None:
        for path in ("brands/", f"brands/{acme.ref}/", "people/"):
            assert program(acme).get(path).status_code == 404
        assert program().get("queues/").status_code == 404


class DescribeSetup:
    def it_lists_the_waiting_lines(self, program: Make, day: Day, acme: BrandCard) -> None:
        (row,) = program(acme).get("queues/").json()["results"]
        assert (row["name"], row["target_seconds"], row["calendar_ref"]) == ("Orders", 40, None)

    def it_lists_the_routing_rules(self, program: Make, acme: BrandCard, globex: BrandCard, db: None) -> None:
        with tenant_scope(acme, TESTS):
            queue = actions.save_queue(name="Orders")
            inbox = actions.create_inbox(name="Web chat", queue=queue, config={})
            actions.save_rule(
                inbox_ref=inbox.ref, name="Back", conditions=[{"kind": "keyword", "words": ["return"]}],
                queue_ref=queue.ref, priority=3, actor="tests", now=clock.now(),
            )  # fmt: skip
        (row,) = program(acme).get("rules/").json()["results"]
        assert (row["name"], row["place"], row["priority"], row["version"]) == ("Back", 0, 3, 1)
        assert (row["inbox"]["name"], row["queue"]["name"]) == ("Web chat", "Orders")
        assert row["conditions"] == [{"kind": "keyword", "words": ["return"]}]
        assert program(globex).get("rules/").json()["results"] == []

    def it_lists_the_calendars(
        self, program: Make, calendar: Any, acme: BrandCard, globex: BrandCard
    ) -> None:
        (row,) = program(acme).get("calendars/").json()["results"]
        assert row == {
            "ref": str(calendar), "name": "Week", "zone": "Europe/Stockholm", "country": "SE",
            "subdivision": "", "periods": [{"weekday": 0, "opens": 480, "closes": 1020}],
        }  # fmt: skip
        assert program(globex).get("calendars/").json()["results"] == []


class DescribeConversations:
    def it_lists_them_newest_first_without_what_was_said(
        self, program: Make, day: Day, ada: Actor, acme: BrandCard
    ) -> None:
        AgentAlias.objects.create(agent_id=ada.user_id, brand_id=acme.id, shown_name="Alex")
        day.at_work(ada)
        older, newer = day.has(ada, acme, SAID), day.writes(acme, SAID)
        answer = program(acme).get("conversations/")
        rows = answer.json()["results"]
        assert [row["ref"] for row in rows] == [str(newer), str(older)]
        assert rows[1]["answered_at"]
        assert (rows[0]["state"], rows[0]["alias"], rows[0]["outcome"]) == ("queued", "", None)
        assert rows[0]["queue"]["name"] == "Orders"
        text = answer.content.decode()
        for hidden in (SAID, "Lindqvist", ada.email, "Berg"):
            assert hidden not in text

    def it_shows_none_of_another_brand(
        self, program: Make, day: Day, acme: BrandCard, globex: BrandCard
    ) -> None:
        ref = day.writes(acme, SAID)
        assert str(ref) not in program(globex).get("conversations/").content.decode()

    def it_leaves_tests_out(self, program: Make, day: Day, acme: BrandCard) -> None:
        day.writes(acme, SAID, is_test=True)
        assert program(acme).get("conversations/").json()["results"] == []

    def it_goes_on_by_cursor(self, program: Make, day: Day, acme: BrandCard) -> None:
        refs = [str(day.writes(acme, SAID)) for _place in range(3)]
        caller, seen, path = program(acme), [], "conversations/?limit=2"
        while path:
            page = caller.get(path).json()
            seen += [row["ref"] for row in page["results"]]
            path = (page["next"] or "").partition("/api/v1/")[2]
        assert seen == refs[::-1]
