"""What an agent chooses to be, and what missed offers make of them."""

from datetime import datetime
from typing import Any

import pytest

from accounts.actor import Actor, Seat
from accounts.choices import Role
from core.errors import NotFound
from tenants.cards import BrandCard
from tests.workforce.conftest import at, told
from workforce import actions, queries
from workforce.choices import Availability
from workforce.errors import BadAvailability
from workforce.models import AvailabilityReason, StateInterval

Events = list[tuple[str, dict[str, Any], datetime]]

AVAILABLE, AWAY, OFFLINE = Availability.AVAILABLE, Availability.AWAY, Availability.OFFLINE


def turn(actor: Actor, to: str, seconds: float, reason: str | None = None, **more: Any) -> Any:
    return actions.set_availability(
        actor.user_id, to=to, reason_code=reason, actor=actor, now=at(seconds), **more
    )


class DescribeSetAvailability:
    def it_makes_the_agent_available(self, ada: Actor, events: Events, changes: list[int]) -> None:
        view = turn(ada, AVAILABLE, 5)
        assert (view.availability, view.label, view.since) == (AVAILABLE, "Available", at(5))
        assert events == [
            (
                "agent.available",
                {"agent_id": ada.user_id, "availability": "available", "reason": None},
                at(5),
            )
        ]
        assert changes == [ada.user_id]

    def it_writes_every_state_into_the_ledger(self, ada: Actor) -> None:
        turn(ada, AVAILABLE, 5)
        turn(ada, AWAY, 60, "meal")
        turn(ada, OFFLINE, 90)
        assert told(ada.user_id) == [
            ("offline", "", False, 0, 5),
            ("available", "", False, 5, 60),
            ("away", "meal", False, 60, 90),
            ("offline", "", False, 90, None),
        ]

    def it_says_the_reason_in_the_menus_words(self, ada: Actor) -> None:
        view = turn(ada, AWAY, 5, "break")
        assert (view.label, view.reason) == ("Break", "break")
        assert queries.state_of(ada.user_id) == view

    def it_writes_nothing_for_the_same_again(self, ada: Actor, events: Events) -> None:
        turn(ada, AVAILABLE, 5)
        view = turn(ada, AVAILABLE, 60)
        assert view.since == at(5)
        assert len(events) == 1
        assert len(told(ada.user_id)) == 2

    def it_leaves_no_trace_of_a_state_that_lasted_no_time(self, ada: Actor) -> None:
        turn(ada, AVAILABLE, 5)
        turn(ada, AWAY, 5, "meal")
        assert told(ada.user_id) == [("offline", "", False, 0, 5), ("away", "meal", False, 5, None)]

    def it_never_writes_before_what_is_written(self, ada: Actor) -> None:
        turn(ada, AVAILABLE, 60)
        turn(ada, AWAY, 50, "meal")
        assert told(ada.user_id) == [("offline", "", False, 0, 60), ("away", "meal", False, 60, None)]

    def it_notes_whom_a_training_is_for(self, ada: Actor, acme: BrandCard) -> None:
        turn(ada, AWAY, 5, "training", brand_id=acme.id)
        actions.connect(ada.user_id, node="n", channel_name="c", now=at(9))
        rows = StateInterval.objects.filter(agent_id=ada.user_id, availability=AWAY)
        assert [row.brand_id for row in rows] == [acme.id, acme.id]

    @pytest.mark.parametrize(
        ("to", "reason"),
        [
            (AWAY, None),
            (AWAY, "nap"),
            (AVAILABLE, "meal"),
            (Availability.NOT_RESPONDING, None),
            ("asleep", None),
            ("", None),
        ],
    )
    def it_refuses_what_cannot_be_chosen(self, ada: Actor, to: str, reason: str | None) -> None:
        with pytest.raises(BadAvailability):
            turn(ada, to, 5, reason)
        assert told(ada.user_id) == [("offline", "", False, 0, None)]

    def it_refuses_a_retired_reason(self, ada: Actor) -> None:
        AvailabilityReason.objects.filter(code="meal").update(active=False)
        with pytest.raises(BadAvailability):
            turn(ada, AWAY, 5, "meal")
        assert "meal" not in [reason.code for reason in queries.reasons()]

    def it_is_for_nobody_elses_hand(self, ada: Actor, eve: Actor) -> None:
        with pytest.raises(NotFound):
            actions.set_availability(ada.user_id, to=AVAILABLE, actor=eve, now=at(5))
        assert told(ada.user_id) == [("offline", "", False, 0, None)]

    def it_is_for_an_operators_and_the_systems_hand(self, ada: Actor, events: Events) -> None:
        operator = Actor(99, "op@example.test", "Op", (Seat(None, Role.OPERATOR),))
        assert actions.set_availability(ada.user_id, to=AVAILABLE, actor=operator, now=at(5)).is_available
        assert actions.set_availability(ada.user_id, to=OFFLINE, actor=None, now=at(6)).label == "Offline"

    def it_knows_no_agent_of_that_number(self) -> None:
        with pytest.raises(NotFound):
            actions.set_availability(0, to=AVAILABLE, actor=None, now=at(5))

    pytestmark = pytest.mark.django_db


class DescribeStrikes:
    def it_takes_an_agent_out_after_the_limit(self, ada: Actor, events: Events, changes: list[int]) -> None:
        turn(ada, AVAILABLE, 1)
        assert not actions.strike(ada.user_id, limit=2, now=at(30))
        assert actions.strike(ada.user_id, limit=2, now=at(60))
        view = queries.state_of(ada.user_id)
        assert view
        assert (view.availability, view.strikes, view.since) == (Availability.NOT_RESPONDING, 2, at(60))
        assert events[-1][0] == "agent.not_responding"
        assert told(ada.user_id)[-1] == ("not_responding", "", False, 60, None)

    def it_lets_the_agent_return_with_a_clean_slate(self, ada: Actor) -> None:
        turn(ada, AVAILABLE, 1)
        actions.strike(ada.user_id, limit=1, now=at(30))
        view = turn(ada, AVAILABLE, 40)
        assert (view.availability, view.strikes) == (AVAILABLE, 0)

    def it_forgets_strikes_when_work_is_taken(self, ada: Actor) -> None:
        turn(ada, AVAILABLE, 1)
        actions.strike(ada.user_id, limit=2, now=at(30))
        actions.engage(ada.user_id, work_item_id=1, brand_id=1, queue_id=1, now=at(40))
        assert not actions.strike(ada.user_id, limit=2, now=at(60))

    def it_leaves_an_agent_where_they_went_meanwhile(self, ada: Actor) -> None:
        turn(ada, AWAY, 1, "meal")
        assert not actions.strike(ada.user_id, limit=1, now=at(30))
        assert told(ada.user_id)[-1] == ("away", "meal", False, 1, None)


class DescribeNext:
    def it_waits_for_the_work_at_hand(self, ada: Actor) -> None:
        turn(ada, AVAILABLE, 1)
        actions.engage(ada.user_id, work_item_id=1, brand_id=1, queue_id=1, now=at(2))
        view = actions.set_next(ada.user_id, to=AWAY, reason_code="meal", actor=ada, now=at(3))
        assert (view.availability, view.next_availability, view.next_label) == (AVAILABLE, AWAY, "Meal")
        actions.engage(ada.user_id, work_item_id=1, brand_id=1, queue_id=1, kind="wrap_up", now=at(4))
        assert told(ada.user_id)[-1] == ("available", "", False, 1, None)
        actions.disengage(ada.user_id, work_item_id=1, now=at(9))
        assert told(ada.user_id)[-1] == ("away", "meal", False, 9, None)

    def it_waits_for_all_of_it(self, ada: Actor) -> None:
        turn(ada, AVAILABLE, 1)
        for item in (1, 2):
            actions.engage(ada.user_id, work_item_id=item, brand_id=1, queue_id=1, now=at(2))
        actions.set_next(ada.user_id, to=OFFLINE, actor=ada, now=at(3))
        actions.disengage(ada.user_id, work_item_id=1, now=at(5))
        assert told(ada.user_id)[-1][0] == AVAILABLE
        actions.disengage(ada.user_id, work_item_id=2, now=at(7))
        assert told(ada.user_id)[-1] == ("offline", "", False, 7, None)

    def it_takes_effect_at_once_without_work(self, ada: Actor) -> None:
        turn(ada, AVAILABLE, 1)
        view = actions.set_next(ada.user_id, to=AWAY, reason_code="meal", actor=ada, now=at(3))
        assert (view.availability, view.next_availability) == (AWAY, "")

    def it_can_be_taken_back(self, ada: Actor) -> None:
        turn(ada, AVAILABLE, 1)
        actions.engage(ada.user_id, work_item_id=1, brand_id=1, queue_id=1, now=at(2))
        actions.set_next(ada.user_id, to=OFFLINE, actor=ada, now=at(3))
        actions.set_next(ada.user_id, to=AVAILABLE, actor=ada, now=at(4))
        actions.disengage(ada.user_id, work_item_id=1, now=at(5))
        assert told(ada.user_id)[-1] == ("available", "", False, 1, None)

    def it_gives_way_to_a_choice(self, ada: Actor) -> None:
        turn(ada, AVAILABLE, 1)
        actions.engage(ada.user_id, work_item_id=1, brand_id=1, queue_id=1, now=at(2))
        actions.set_next(ada.user_id, to=OFFLINE, actor=ada, now=at(3))
        assert turn(ada, AVAILABLE, 4).next_availability == ""

    def it_is_for_nobody_elses_hand(self, ada: Actor, eve: Actor) -> None:
        with pytest.raises(NotFound):
            actions.set_next(ada.user_id, to=OFFLINE, actor=eve, now=at(3))
