"""A promised call: it leaves the line, comes back in its window at its place, and is kept or missed."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.errors import NotFound
from events.models import Event
from interactions import actions
from interactions.choices import State
from interactions.errors import NotYours, Refused, WrongState
from interactions.models import Callback, Interaction, Message
from interactions.signals import interaction_queued
from reporting.catalogue import CALLBACKS_KEPT, REPORT_NUMBERS, REPORTED, SERVICE_LEVEL, reported
from reporting.clocks import elapsed
from reporting.measures import sums_of
from reporting.metrics import Metric, Value, compute
from reporting.queries import contacts_offered
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS
from tests.interactions.conftest import Opener
from tests.reporting.conftest import handled_for, waited_for

ADA, BEN = 77, 78
HOUR = 3600


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def promise(ref: UUID, seconds: float = 30, *, number: str = "+46 8-123 456", **more: Any) -> None:
    values: dict[str, Any] = {"window": (at(HOUR), at(3 * HOUR)), "by": "contact", "consent": True} | more
    actions.promise_callback(ref, number=number, now=at(seconds), **values)


def takes(ref: UUID, seconds: float, agent: int = ADA) -> None:
    actions.fire_callbacks(now=at(seconds))
    actions.assign(ref, agent_id=agent, agent_shown="Ada", now=at(seconds))


def attempt(ref: UUID, outcome: str, seconds: float, agent: int = ADA) -> None:
    actions.record_attempt(ref, agent_id=agent, outcome=outcome, now=at(seconds))


def row(ref: UUID) -> Interaction:
    found: Interaction = Interaction.objects.get(ref=ref)
    return found


def kinds(ref: UUID) -> list[str]:
    return list(Event.objects.filter(interaction_ref=ref).order_by("n").values_list("kind", flat=True))


def only() -> Callback:
    found: Callback = Callback.objects.get()
    return found


def kept() -> Value:
    return compute(CALLBACKS_KEPT, contacts_offered(NOW, at(86_400)))


def shown() -> Sequence[Metric]:
    """The metrics that a report over today's contacts shows."""
    return reported(sums_of(contacts_offered(NOW, at(86_400)), numbers=REPORT_NUMBERS, clock=elapsed))


@pytest.fixture
def drafts() -> Iterator[list[Any]]:
    heard: list[Any] = []

    def hear(draft: Any, **_more: Any) -> None:
        heard.append(draft)

    interaction_queued.connect(hear)
    yield heard
    interaction_queued.disconnect(hear)


class DescribeThePromise:
    def it_leaves_the_line_and_comes_back_in_its_window_at_its_place(
        self, open_chat: Opener, drafts: list[Any]
    ) -> None:
        ref = open_chat()
        promise(ref)
        assert (row(ref).state, only().number) == (State.CALLBACK_SCHEDULED, "+468123456")
        assert actions.fire_callbacks(now=at(HOUR - 1)) == 0
        assert [actions.fire_callbacks(now=at(HOUR)) for _ in range(2)] == [1, 0]
        first, task = drafts
        assert (task.channel, task.units, task.waits) == ("task", 20, True)
        assert task.enqueued_at == first.enqueued_at, "the order key is made of it"
        assert row(ref).state == State.QUEUED

    def it_frees_the_agent_who_promises_and_prefers_them(self, open_chat: Opener, drafts: list[Any]) -> None:
        ref = open_chat()
        actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=at(10))
        with pytest.raises(NotYours):
            promise(ref, by="agent", actor_id=BEN)
        promise(ref, by="agent", actor_id=ADA)
        assert row(ref).agent_id is None
        actions.fire_callbacks(now=at(HOUR))
        assert drafts[-1].last_agent_id == ADA

    def it_tells_the_customer_when_in_their_own_zone(self, open_chat: Opener) -> None:
        ref = open_chat(language="sv", timezone="Asia/Tokyo")
        promise(ref)
        body = Message.objects.get(data__code="callback_promised").body
        assert "Asia/Tokyo" in body
        assert body.startswith("Vi ringer dig")

    @pytest.mark.parametrize(
        "more",
        [
            {"number": "call me"}, {"number": "12"}, {"number": ""}, {"window": (at(HOUR), at(HOUR + 60))},
            {"window": (at(-2 * HOUR), at(-HOUR))}, {"window": (at(HOUR), at(15 * 86_400))},
        ],
    )  # fmt: skip
    def it_refuses_what_nobody_can_keep(self, open_chat: Opener, more: dict[str, Any]) -> None:
        ref = open_chat()
        with pytest.raises(Refused):
            promise(ref, **more)
        assert (row(ref).state, Callback.objects.count()) == (State.QUEUED, 0)

    def it_promises_once(self, open_chat: Opener) -> None:
        ref = open_chat()
        promise(ref)
        with pytest.raises(WrongState):
            promise(ref)

    def it_answers_a_repeat_of_the_same_key_with_the_same_promise(self, open_chat: Opener) -> None:
        ref, key = open_chat(), uuid4()
        for _ in range(2):
            promise(ref, key=key)
        assert (Callback.objects.count(), kinds(ref).count("callback.promised")) == (1, 1)
        with pytest.raises(WrongState):
            promise(ref, key=uuid4())

    def it_wants_its_customers_consent_and_writes_it_down(self, open_chat: Opener) -> None:
        ref = open_chat()
        with pytest.raises(Refused):
            promise(ref, consent=False)
        promise(ref)
        assert Event.objects.get(interaction_ref=ref, kind="callback.promised").data["consent"] is True

    def it_calls_within_the_queues_hours_only(self, open_chat: Opener) -> None:
        ref = open_chat()
        until = at(2 * HOUR)
        actions.close_now(until=until, actor="test", now=at(10))
        with pytest.raises(Refused):
            promise(ref)
        promise(ref, window=(until, until + timedelta(hours=1)))
        assert row(ref).state == State.CALLBACK_SCHEDULED

    def it_promises_so_many_in_one_conversation_and_no_more(self, open_chat: Opener) -> None:
        ref = open_chat()
        for _ in range(5):
            promise(ref)
            actions.withdraw_callback(ref, now=at(40))
        with pytest.raises(WrongState):
            promise(ref)

    def it_is_offered_late_rather_than_never(self, open_chat: Opener) -> None:
        """Everything was down until after the window."""
        ref = open_chat()
        promise(ref)
        takes(ref, 9 * HOUR)
        attempt(ref, "reached", 9 * HOUR + 60)
        assert only().kept is False


class DescribeAChange:
    def it_changes_number_and_window_once(self, open_chat: Opener) -> None:
        ref, key = open_chat(), uuid4()
        promise(ref)
        for _ in range(2):
            actions.change_callback(
                ref, number="070 1234567", window=(at(2 * HOUR), at(4 * HOUR)), key=key, now=at(60)
            )
        assert (only().number, only().window_start_at) == ("0701234567", at(2 * HOUR))
        assert kinds(ref).count("callback.changed") == 1
        assert Message.objects.filter(interaction__ref=ref, data__code="callback_changed").count() == 1
        assert actions.fire_callbacks(now=at(2 * HOUR - 1)) == 0
        assert actions.fire_callbacks(now=at(2 * HOUR)) == 1

    def it_is_too_late_once_it_is_offered(self, open_chat: Opener) -> None:
        ref = open_chat()
        promise(ref)
        actions.fire_callbacks(now=at(HOUR))
        with pytest.raises(WrongState):
            actions.change_callback(
                ref, number="0701234567", window=(at(2 * HOUR), at(4 * HOUR)), now=at(HOUR + 1)
            )
        with pytest.raises(WrongState):
            actions.withdraw_callback(ref, now=at(HOUR + 1))

    def it_goes_back_to_its_place_in_the_chat_when_it_is_withdrawn(
        self, open_chat: Opener, drafts: list[Any]
    ) -> None:
        ref = open_chat()
        promise(ref)
        for _ in range(2):
            actions.withdraw_callback(ref, now=at(60))
        first, again = drafts
        assert (again.channel, again.waits, again.enqueued_at) == ("webchat", False, first.enqueued_at)
        found = row(ref)
        assert (found.state, found.calls_back, found.waiting_since) == (State.QUEUED, False, at(60))
        assert (only().state, only().kept) == ("withdrawn", None)
        assert actions.fire_callbacks(now=at(HOUR)) == 0
        assert kinds(ref).count("callback.withdrawn") == 1
        assert kept().number is None, "neither kept nor missed"

    def it_knows_no_other_brands_promise(self, open_chat: Opener, globex: BrandCard) -> None:
        ref = open_chat()
        promise(ref)
        with tenant_scope(globex, TESTS), pytest.raises(NotFound):
            actions.withdraw_callback(ref, now=at(60))
        assert only().state == "scheduled"


class DescribeTheCall:
    def it_keeps_the_promise_when_somebody_who_began_in_time_reaches_them(self, open_chat: Opener) -> None:
        ref = open_chat()
        promise(ref)
        takes(ref, 3 * HOUR - 1)
        attempt(ref, "reached", 3 * HOUR + 300)
        assert (only().kept, only().attempts, row(ref).state) == (True, 1, State.ACTIVE)
        assert [kept().top, kept().bottom] == [1, 1]
        told = Event.objects.filter(interaction_ref=ref, kind__startswith="callback.").order_by("n")
        assert [event.kind for event in told] == [
            "callback.promised", "callback.attempted", "callback.kept",
        ]  # fmt: skip

    def it_tries_again_later_and_gives_up_after_the_third(self, open_chat: Opener) -> None:
        ref = open_chat()
        promise(ref)
        for number, seconds in enumerate((HOUR, HOUR + 1900, HOUR + 3800), start=1):
            takes(ref, seconds)
            attempt(ref, "no_answer", seconds + 30)
            assert only().attempts == number
        assert (row(ref).state, only().state, only().kept) == (State.WRAP_UP, "no_answer", False)
        assert [kept().top, kept().bottom] == [0, 1]

    def it_waits_half_an_hour_between_attempts(self, open_chat: Opener) -> None:
        ref = open_chat()
        promise(ref)
        takes(ref, HOUR)
        attempt(ref, "no_answer", HOUR + 30)
        assert (row(ref).state, row(ref).agent_id) == (State.CALLBACK_SCHEDULED, None)
        assert actions.fire_callbacks(now=at(HOUR + 30 + 1799)) == 0
        assert actions.fire_callbacks(now=at(HOUR + 30 + 1800)) == 1

    def it_ends_in_wrap_up_when_they_want_no_call(self, open_chat: Opener) -> None:
        ref = open_chat()
        promise(ref)
        takes(ref, HOUR)
        attempt(ref, "declined", HOUR + 30)
        assert (row(ref).state, only().kept, row(ref).calls_back) == (State.WRAP_UP, False, False)

    def it_wants_to_know_what_came_of_it_before_the_end(self, open_chat: Opener) -> None:
        ref = open_chat()
        promise(ref)
        takes(ref, HOUR)
        with pytest.raises(WrongState):
            actions.begin_wrap_up(ref, agent_id=ADA, now=at(HOUR + 10))
        actions.end_by_visitor(ref, now=at(HOUR + 20))
        actions.force_wrap_up(ref, now=at(9 * HOUR))
        assert (only().state, only().kept) == ("left", False)

    def it_is_for_who_has_it(self, open_chat: Opener) -> None:
        ref = open_chat()
        promise(ref)
        takes(ref, HOUR)
        with pytest.raises(NotYours):
            attempt(ref, "reached", HOUR + 1, agent=BEN)
        with pytest.raises(Refused):
            attempt(ref, "scheduled", HOUR + 1)
        attempt(ref, "reached", HOUR + 1)
        with pytest.raises(WrongState):
            attempt(ref, "reached", HOUR + 2)


class DescribeFigures:
    def it_has_left_the_line_neither_answered_nor_abandoned(self, open_chat: Opener) -> None:
        ref = open_chat()
        promise(ref)
        takes(ref, HOUR)
        attempt(ref, "reached", HOUR + 60)
        found = contacts_offered(NOW, at(86_400))
        (contact,) = found
        assert (contact.counts, contact.answered_at, contact.abandoned_at) == (True, None, None)
        assert compute(SERVICE_LEVEL, found).number is None

    def it_counts_no_rest_as_handling_when_the_agent_promised(self, open_chat: Opener) -> None:
        ref = open_chat()
        actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=at(10))
        promise(ref, 110, by="agent", actor_id=ADA)
        takes(ref, HOUR)
        attempt(ref, "reached", HOUR + 50)
        actions.begin_wrap_up(ref, agent_id=ADA, now=at(HOUR + 60))
        actions.force_wrap_up(ref, now=at(HOUR + 120))
        (contact,) = contacts_offered(NOW, at(86_400))
        assert (waited_for(contact), handled_for(contact)) == (timedelta(seconds=10), timedelta(seconds=220))

    def it_is_shown_only_where_calls_were_promised(self, open_chat: Opener) -> None:
        ref = open_chat()
        assert shown() == REPORTED
        promise(ref)
        assert CALLBACKS_KEPT in shown()
