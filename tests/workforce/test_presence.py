"""Connected or not: sockets on nodes, nodes on leases, and a grace that a reload fits into."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from accounts.actor import Actor
from core.errors import NotFound
from tests.workforce.conftest import at, told
from workforce import actions, queries
from workforce.choices import Availability
from workforce.models import AgentState, Connection, Node, StateInterval
from workforce.tasks import BEAT, expire_nodes

Events = list[tuple[str, dict[str, Any], datetime]]


def plug(actor: Actor, seconds: float, *, channel: str = "c1", node: str = "live-1") -> None:
    actions.connect(actor.user_id, node=node, channel_name=channel, now=at(seconds))


def unplug(actor: Actor, seconds: float, *, channel: str = "c1") -> None:
    actions.disconnect(actor.user_id, channel_name=channel, now=at(seconds))


def is_connected(actor: Actor) -> bool:
    view = queries.state_of(actor.user_id)
    assert view
    return view.connected


def kinds(events: Events) -> list[tuple[str, datetime]]:
    return [(kind, when) for kind, _data, when in events]


class DescribeConnect:
    def it_connects_the_agent(self, ada: Actor, events: Events, changes: list[int]) -> None:
        plug(ada, 5)
        assert is_connected(ada)
        assert kinds(events) == [("agent.connected", at(5))]
        assert told(ada.user_id) == [("offline", "", False, 0, 5), ("offline", "", True, 5, None)]
        assert changes == [ada.user_id]

    def it_is_no_news_in_a_second_tab(self, ada: Actor, events: Events) -> None:
        plug(ada, 5)
        plug(ada, 6, channel="c2")
        unplug(ada, 7)
        assert actions.expire_nodes(at(40)) == []
        assert len(events) == 1
        assert is_connected(ada)

    def it_knows_no_agent_of_that_number(self, db: None) -> None:
        with pytest.raises(NotFound):
            actions.connect(0, node="n", channel_name="c", now=at(1))
        assert not Node.objects.exists()

    def it_may_be_said_twice(self, ada: Actor) -> None:
        plug(ada, 5)
        plug(ada, 6)
        assert Connection.objects.count() == 1


class DescribeGrace:
    def it_covers_a_reload_of_the_page(self, ada: Actor, events: Events) -> None:
        plug(ada, 5)
        unplug(ada, 20)
        plug(ada, 22, channel="c2")
        assert actions.expire_nodes(at(66)) == []
        assert kinds(events) == [("agent.connected", at(5))]

    def it_says_that_they_may_be_asked_again(self, ada: Actor, changes: list[int]) -> None:
        plug(ada, 5)
        unplug(ada, 20)
        plug(ada, 40, channel="c2")
        plug(ada, 41, channel="c3")
        assert changes == [ada.user_id] * 2

    def it_lasts_forty_five_seconds(self, ada: Actor) -> None:
        plug(ada, 5)
        unplug(ada, 20)
        actions.beat("live-1", now=at(40))
        assert actions.expire_nodes(at(64.9)) == []
        assert is_connected(ada)
        assert actions.expire_nodes(at(65)) == [ada.user_id]
        assert not is_connected(ada)

    def it_counts_the_agent_as_gone_from_the_instant_the_socket_went(
        self, ada: Actor, events: Events, changes: list[int]
    ) -> None:
        plug(ada, 5)
        unplug(ada, 20)
        actions.expire_nodes(at(70))
        assert kinds(events)[-1] == ("agent.lost", at(20))
        assert told(ada.user_id)[-2:] == [("offline", "", True, 5, 20), ("offline", "", False, 20, None)]
        assert changes == [ada.user_id, ada.user_id]

    def it_never_writes_before_what_was_chosen_in_the_grace(self, ada: Actor) -> None:
        plug(ada, 5)
        unplug(ada, 20)
        actions.set_availability(ada.user_id, to="available", actor=ada, now=at(30))
        actions.expire_nodes(at(70))
        assert told(ada.user_id)[-2:] == [("offline", "", True, 5, 30), ("available", "", False, 30, None)]

    def it_is_written_for_who_comes_back_before_the_sweep(self, ada: Actor, events: Events) -> None:
        plug(ada, 5)
        unplug(ada, 20)
        plug(ada, 300, channel="c2")
        assert kinds(events) == [
            ("agent.connected", at(5)),
            ("agent.lost", at(20)),
            ("agent.connected", at(300)),
        ]
        assert told(ada.user_id)[-2:] == [("offline", "", False, 20, 300), ("offline", "", True, 300, None)]

    def it_is_over_once(self, ada: Actor, events: Events) -> None:
        plug(ada, 5)
        unplug(ada, 20)
        assert actions.expire_nodes(at(70)) == [ada.user_id]
        assert actions.expire_nodes(at(75)) == []
        assert len(events) == 2


class DescribeNodes:
    def it_takes_one_update_to_beat(self, ada: Actor, django_assert_num_queries: Any) -> None:
        plug(ada, 5)
        with django_assert_num_queries(1):
            assert actions.beat("live-1", now=at(10))

    def it_keeps_its_agents_while_it_beats(self, ada: Actor) -> None:
        plug(ada, 0)
        for second in range(10, 400, 10):
            actions.beat("live-1", now=at(second))
            assert actions.expire_nodes(at(second + 1)) == []

    def it_loses_its_agents_when_it_is_killed(self, ada: Actor, events: Events) -> None:
        plug(ada, 5)
        actions.beat("live-1", now=at(10))
        assert actions.expire_nodes(at(54.9)) == []
        assert actions.expire_nodes(at(55)) == [ada.user_id]
        assert kinds(events)[-1] == ("agent.lost", at(10))
        assert not Node.objects.exists()

    def it_spares_who_reconnected_elsewhere(self, ada: Actor) -> None:
        plug(ada, 5)
        plug(ada, 30, channel="c2", node="live-2")
        assert actions.expire_nodes(at(60)) == []
        assert is_connected(ada)
        assert list(Connection.objects.values_list("node_id", flat=True)) == ["live-2"]

    def it_learns_that_it_was_given_up(self, ada: Actor) -> None:
        plug(ada, 5)
        actions.expire_nodes(at(100))
        assert not actions.beat("live-1", now=at(101))
        assert actions.beat("live-1", now=at(102))
        plug(ada, 103)
        assert is_connected(ada)

    def it_never_takes_a_lease_back(self, ada: Actor) -> None:
        actions.beat("history", now=at(86_400))
        plug(ada, 5, node="history")
        assert actions.expire_nodes(at(80_000)) == []
        assert queries.ready_agents(at(10)) == []


class DescribeLongAbsence:
    def it_takes_an_available_agent_off_after_half_an_hour(self, ada: Actor, events: Events) -> None:
        actions.set_availability(ada.user_id, to="available", actor=ada, now=at(1))
        plug(ada, 5)
        unplug(ada, 20)
        actions.expire_nodes(at(1000))
        assert told(ada.user_id)[-1][0] == Availability.AVAILABLE
        actions.expire_nodes(at(1820))
        assert told(ada.user_id)[-1] == ("offline", "", False, 1820, None)
        assert kinds(events)[-1] == ("agent.unavailable", at(1820))

    def it_leaves_a_meal_a_meal(self, ada: Actor) -> None:
        actions.set_availability(ada.user_id, to="away", reason_code="meal", actor=ada, now=at(1))
        plug(ada, 5)
        unplug(ada, 20)
        actions.expire_nodes(at(3000))
        assert told(ada.user_id)[-1][:2] == ("away", "meal")


class DescribeTask:
    def it_is_in_the_schedule(self) -> None:
        entry = BEAT["workforce.expire_nodes"]
        assert entry["task"] == expire_nodes.name
        assert entry["schedule"] == 5.0

    def it_sweeps_by_the_clock(self, ada: Actor) -> None:
        plug(ada, 5)
        expire_nodes(added_later=True)
        assert not is_connected(ada)


@pytest.mark.django_db(transaction=True)
def it_writes_one_ledger_whatever_races(ada: Actor) -> None:
    def storm(number: int) -> None:
        try:
            for step in range(6):
                second = 10 + step
                plug(ada, second, channel=f"c{number}", node=f"live-{number % 2}")
                to = "available" if (number + step) % 2 else "offline"
                actions.set_availability(ada.user_id, to=to, actor=ada, now=at(second + number / 10))
                unplug(ada, second, channel=f"c{number}")
                actions.expire_nodes(at(second))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(storm, range(8)))
    assert StateInterval.objects.open().filter(agent_id=ada.user_id).count() == 1
    rows = told(ada.user_id)
    assert [row[4] for row in rows[:-1]] == [row[3] for row in rows[1:]]
    assert AgentState.objects.get(pk=ada.user_id).connected
