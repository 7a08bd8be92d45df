"""Clocks of conversations: what begins, pauses and ends them, what is agreed, and that nothing is lost."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.errors import NotFound, RoomError
from core.hours import Calendar as OpenHours
from events.models import Event
from interactions import actions
from interactions.actions import Target
from interactions.asking import actions as asking
from interactions.asking.queries import waiting_for_client
from interactions.clocks import faces
from interactions.clocks.faces import ELAPSED, Business, Change
from interactions.clocks.queries import clocks_of
from interactions.clocks.values import ClockView
from interactions.errors import Invalid
from interactions.hours import hours_of_queues
from interactions.models import Calendar, Clock, ClockPolicy, Interaction, Queue
from reporting.queries import contacts_of
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import labour_scope, tenant_scope
from tests.factories import NOW, TESTS
from tests.interactions.conftest import Opener, first_message, make_inbox
from tests.interactions.test_exactly_once import at_once

ADA, BEN = 77, 78
AGENT = asking.Agent(ADA, "Ada B.", "user:77")
ZONE = ZoneInfo("Europe/Stockholm")
MINUTE = 60
PLAIN = {"counted": "elapsed", "pauses": []}


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def agree(queue: Queue | None = None, *, now: datetime = NOW, **terms: dict[str, Any]) -> ClockPolicy:
    """Agree on these terms at once, of the queue or of all."""
    return actions.save_policy(
        key=uuid4(), queue_ref=queue.ref if queue else None,
        terms={kind: PLAIN | own for kind, own in terms.items()}, from_date=now.astimezone(ZONE).date(),
        zone=ZONE, shown="Cy", actor="user:1", now=now,
    )  # fmt: skip


def says(ref: UUID, seconds: float, body: str = "Hello?") -> None:
    actions.receive_message(ref, client_id=uuid4(), body=body, now=at(seconds))


def replies(ref: UUID, seconds: float) -> None:
    actions.send_reply(
        ref, agent_id=ADA, author_shown="Ada", client_id=uuid4(), body="One moment", last_seq=10**6,
        now=at(seconds),
    )  # fmt: skip


def taken(ref: UUID, seconds: float) -> None:
    actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=at(seconds))


def closed(ref: UUID, seconds: float, outcome: str = "solved") -> None:
    actions.begin_wrap_up(ref, agent_id=ADA, now=at(seconds))
    actions.wrap_up(ref, agent_id=ADA, reason_code="delivery", outcome_code=outcome, now=at(seconds + 30))


def clock(ref: UUID, kind: str) -> Clock:
    found: Clock = Clock.objects.get(interaction__ref=ref, kind=kind)
    return found


def states(ref: UUID) -> dict[str, str]:
    return dict(Clock.objects.filter(interaction__ref=ref).values_list("kind", "state"))


def log(ref: UUID, kind: str = "") -> list[tuple[str, str, float]]:
    """(clock, what happened, at which second) of its clocks, in the log's order."""
    rows = Event.objects.filter(interaction_ref=ref, kind__startswith="clock.").order_by("n")
    return [
        (row.data["clock"], row.kind.removeprefix("clock."), (row.occurred_at - NOW).total_seconds())
        for row in rows
        if kind in ("", row.data["clock"])
    ]


def agrees_with_log(ref: UUID) -> None:
    """Each row is what its last clock's events fold to, and the numbers of the log have no hole."""
    numbers = list(Event.objects.filter(interaction_ref=ref).order_by("n").values_list("n", flat=True))
    assert numbers == list(range(1, Interaction.objects.get(ref=ref).event_n + 1))
    opened = hours_of_queues(since=NOW)
    for row in Clock.objects.filter(interaction__ref=ref).exclude(state__in=("idle", "armed")):
        told = Event.objects.filter(
            interaction_ref=ref, kind__startswith="clock.", data__clock=row.kind, data__clock_n=row.n
        )
        changes = [_change(event, opened) for event in told.order_by("n")]
        face = faces.fold(changes)
        assert face is not None
        assert (face.state, face.why, face.consumed, face.paused, face.breached_at, face.ended_at) == (
            row.state, row.why, row.consumed_us, row.paused_us, row.breached_at, row.ended_at,
        )  # fmt: skip


def _change(event: Event, opened: dict[int, OpenHours]) -> Change:
    data = event.data
    hours = Business(opened[data["queue_id"]]) if data["counted"] == "business" else ELAPSED
    target = None if data["target"] is None else data["target"] * 1_000_000
    began = (data["consumed_us"], data["paused_us"]) if event.kind == "clock.activated" else (0, 0)
    return Change(
        event.kind.removeprefix("clock."), event.occurred_at, hours, target, data.get("why", ""), *began
    )


@pytest.fixture
def talk(open_chat: Opener) -> UUID:
    """Came in at second 0, Ada has it since second 10 and has answered at 40."""
    ref = open_chat()
    taken(ref, 10)
    replies(ref, 40)
    return ref


class DescribeTalk:
    def it_keeps_every_clock_even_without_a_target(self, talk: UUID) -> None:
        says(talk, 100)
        replies(talk, 130)
        closed(talk, 200)
        assert log(talk) == [
            ("first", "activated", 0), ("resolution", "activated", 0), ("first", "fulfilled", 40),
            ("next", "activated", 100), ("next", "fulfilled", 130), ("resolution", "fulfilled", 230),
        ]  # fmt: skip
        agrees_with_log(talk)
        assert [view.is_shown for view in clocks_of(talk)] == [False] * 4

    def it_counts_each_wait_for_an_answer_from_its_first_message(self, talk: UUID) -> None:
        for second in (100, 110, 120):
            says(talk, second)
        replies(talk, 150)
        replies(talk, 160)
        says(talk, 300)
        assert log(talk, "next") == [
            ("next", "activated", 100), ("next", "fulfilled", 150), ("next", "activated", 300),
        ]  # fmt: skip
        agrees_with_log(talk)

    def it_begins_nothing_by_a_message_that_comes_twice(self, talk: UUID) -> None:
        same = uuid4()
        for second in (100, 400):
            actions.receive_message(talk, client_id=same, body="Hello?", now=at(second))
        assert log(talk, "next") == [("next", "activated", 100)]
        agrees_with_log(talk)

    def it_says_met_and_missed(self, open_chat: Opener) -> None:
        agree(first={"seconds": 60}, next={"seconds": 60})
        ref = open_chat()
        taken(ref, 10)
        replies(ref, 60)
        says(ref, 100)
        replies(ref, 161)
        assert log(ref)[-3:] == [
            ("next", "activated", 100),
            ("next", "breached", 160),
            ("next", "fulfilled", 161),
        ]
        assert [(view.met, view.missed) for view in clocks_of(ref)[:2]] == [(1, 0), (0, 1)]
        agrees_with_log(ref)

    def it_carries_tests_as_tests(self, open_chat: Opener) -> None:
        ref = open_chat(is_test=True)
        taken(ref, 10)
        replies(ref, 40)
        assert set(Event.objects.filter(interaction_ref=ref).values_list("is_test", flat=True)) == {True}


class DescribePauses:
    def it_stands_while_the_customer_is_waited_for_and_goes_on_with_their_word(self, talk: UUID) -> None:
        actions.await_reply(talk, agent_id=ADA, now=at(100))
        assert (clock(talk, "resolution").state, clock(talk, "resolution").why) == ("paused", "customer")
        says(talk, 400)
        row = clock(talk, "resolution")
        assert (row.state, row.consumed_us, row.paused_us) == ("running", 100_000_000, 300_000_000)
        agrees_with_log(talk)

    def it_runs_on_hold_unless_that_was_agreed(self, open_chat: Opener) -> None:
        agree(resolution={"seconds": 600, "pauses": ["hold"]}, next={"seconds": 60, "pauses": ["hold"]})
        ref = open_chat()
        taken(ref, 10)
        replies(ref, 40)
        actions.hold(ref, agent_id=ADA, now=at(50))
        says(ref, 60)
        assert [(clock(ref, kind).state, clock(ref, kind).why) for kind in ("resolution", "next")] == [
            ("paused", "hold"), ("paused", "hold"),
        ]  # fmt: skip
        assert actions.ring_clocks(now=at(9_000)) == 0
        actions.resume(ref, agent_id=ADA, now=at(110))
        assert (clock(ref, "next").due_at, clock(ref, "resolution").due_at) == (at(170), at(660))
        agrees_with_log(ref)

    def it_goes_from_one_reason_to_the_other(self, talk: UUID) -> None:
        actions.await_reply(talk, agent_id=ADA, now=at(100))
        actions.snooze(talk, agent_id=ADA, until=at(5_000), now=at(200))
        assert clock(talk, "resolution").why == "snoozed"
        assert clock(talk, "resolution").paused_us == 100_000_000
        agrees_with_log(talk)

    def it_stops_answers_but_not_the_resolution_while_it_is_wrapped_up(self, open_chat: Opener) -> None:
        agree(first={"seconds": 60}, resolution={"seconds": 600})
        ref = open_chat()
        taken(ref, 10)
        actions.begin_wrap_up(ref, agent_id=ADA, now=at(20))
        assert (states(ref)["first"], states(ref)["resolution"]) == ("paused", "running")
        assert actions.ring_clocks(now=at(90)) == 0
        actions.resume_conversation(ref, client_id=uuid4(), body="Wait", now=at(50))
        assert (clock(ref, "first").state, clock(ref, "first").due_at) == ("running", at(90))
        agrees_with_log(ref)

    def it_waits_for_the_promised_call(self, talk: UUID) -> None:
        says(talk, 100)
        window = (at(3600), at(7200))
        actions.promise_callback(
            talk, number="+46 8 123 456", window=window, by="agent", actor_id=ADA, now=at(110)
        )
        assert (clock(talk, "next").why, clock(talk, "resolution").state) == ("callback", "running")
        actions.recall(talk, now=at(3600))
        assert clock(talk, "next").state == "running"
        agrees_with_log(talk)


class DescribeEnds:
    def it_is_no_answer_to_close_it(self, talk: UUID) -> None:
        """chatwoot#10178: the next response kept running after resolve."""
        says(talk, 100)
        closed(talk, 120)
        assert states(talk) == {
            "first": "fulfilled", "next": "cancelled", "resolution": "fulfilled", "update": "idle",
        }  # fmt: skip
        assert actions.ring_clocks(now=at(10**6)) == 0
        agrees_with_log(talk)

    def it_is_nothing_met_or_missed_who_left_the_line(self, open_chat: Opener) -> None:
        agree(first={"seconds": 60}, resolution={"seconds": 600})
        ref = open_chat()
        actions.end_by_visitor(ref, now=at(30))
        assert (states(ref)["first"], states(ref)["resolution"]) == ("cancelled", "cancelled")
        assert [(view.met, view.missed) for view in clocks_of(ref)] == [(0, 0)] * 4

    def it_stays_missed_what_was_missed_before_they_left(self, open_chat: Opener) -> None:
        agree(first={"seconds": 60})
        ref = open_chat()
        actions.end_by_visitor(ref, now=at(90))
        assert log(ref, "first")[-2:] == [("first", "breached", 60), ("first", "cancelled", 90)]
        agrees_with_log(ref)

    def it_is_not_missed_after_they_left_whenever_that_is_noticed(self, open_chat: Opener) -> None:
        """They went at 30; at 70 the sweep found the target used up, at 150 the line that they are gone."""
        agree(first={"seconds": 60}, resolution={"seconds": 3600})
        ref = open_chat()
        assert actions.ring_clocks(now=at(70)) == 1
        assert actions.abandon(ref, abandoned_at=at(30), now=at(150))
        assert log(ref, "first")[1:] == [("first", "breached", 60), ("first", "cancelled", 30)]
        row = clock(ref, "first")
        assert (row.breached_at, row.ended_at, row.missed) == (None, at(30), 0)
        agrees_with_log(ref)
        assert [one.clocks for one in contacts_of([ref])] == [[]]

    def it_is_in_time_what_was_answered_before_it_was_found_late(self, open_chat: Opener) -> None:
        """The reply of second 60 waited until the sweep of 60.1 was done."""
        agree(first={"seconds": 60})
        ref = open_chat()
        taken(ref, 10)
        assert actions.ring_clocks(now=at(60.1)) == 1
        replies(ref, 60)
        assert (clock(ref, "first").met, clock(ref, "first").missed) == (1, 0)
        agrees_with_log(ref)
        (contact,) = contacts_of([ref])
        assert [(one.is_missed, one.is_over) for one in contact.clocks] == [(False, True)]

    def it_is_no_resolution_what_was_no_contact(self, talk: UUID) -> None:
        actions.mark_not_a_contact(talk, agent_id=ADA, code="spam", now=at(100))
        actions.force_wrap_up(talk, now=at(110))
        assert clock(talk, "resolution").state == "cancelled"


class DescribeReturn:
    def it_is_answered_first_again_and_its_resolution_stands(self, open_chat: Opener) -> None:
        agree(first={"seconds": 60}, resolution={"seconds": 600})
        ref = open_chat()
        taken(ref, 10)
        replies(ref, 40)
        closed(ref, 100)
        actions.resume_conversation(ref, client_id=uuid4(), body="Again", now=at(5_000))
        assert (clock(ref, "first").started_at, clock(ref, "first").due_at) == (at(5_000), at(5_060))
        assert (clock(ref, "resolution").state, clock(ref, "resolution").ended_at) == ("fulfilled", at(130))
        taken(ref, 5_010)
        replies(ref, 5_020)
        assert (clock(ref, "first").met, clock(ref, "first").n) == (2, 2)
        agrees_with_log(ref)

    def it_goes_on_where_the_total_is_agreed(self, open_chat: Opener) -> None:
        agree(resolution={"seconds": 600, "total": True})
        ref = open_chat()
        taken(ref, 10)
        replies(ref, 40)
        closed(ref, 100)
        actions.resume_conversation(ref, client_id=uuid4(), body="Again", now=at(5_000))
        row = clock(ref, "resolution")
        assert (row.state, row.n, row.consumed_us, row.due_at) == ("running", 2, 130_000_000, at(5_470))
        agrees_with_log(ref)

    def it_is_measured_anew_who_had_left_before_an_answer(self, open_chat: Opener) -> None:
        ref = open_chat()
        actions.end_by_visitor(ref, now=at(30))
        actions.reopen(ref, by="system", now=at(60))
        says(ref, 70)
        assert (clock(ref, "first").started_at, clock(ref, "resolution").started_at) == (at(70), at(70))
        agrees_with_log(ref)

    def it_begins_with_the_customer_when_the_agent_opens_it_again(self, talk: UUID) -> None:
        closed(talk, 100)
        actions.reopen_own(talk, agent_id=ADA, since=NOW, now=at(500))
        taken(talk, 510)
        replies(talk, 520)
        assert states(talk)["first"] == "armed"
        says(talk, 600)
        assert clock(talk, "first").started_at == at(600)
        agrees_with_log(talk)


class DescribeOtherQueues:
    def it_keeps_the_clock_and_goes_by_the_new_queues_terms(self, open_chat: Opener) -> None:
        other = actions.save_queue(name="Returns")
        agree(first={"seconds": 300})
        agree(other, first={"seconds": 90})
        ref = open_chat()
        taken(ref, 10)
        actions.transfer(
            ref, agent_id=ADA, author_shown="Ada", to=Target(queue_id=other.pk), note="Yours",
            client_id=uuid4(), now=at(50),
        )  # fmt: skip
        row = clock(ref, "first")
        assert (row.started_at, row.consumed_us, row.target_seconds, row.due_at) == (
            NOW,
            50_000_000,
            90,
            at(90),
        )
        assert log(ref, "first")[-1] == ("first", "retargeted", 50)
        assert log(ref, "resolution")[-1] == ("resolution", "retargeted", 50)
        agrees_with_log(ref)

    def it_leaves_what_was_missed_with_the_queue_that_missed_it(self, open_chat: Opener) -> None:
        """Also where nobody has looked since: the move finds it, and the log says it first."""
        other = actions.save_queue(name="Returns")
        agree(first={"seconds": 30}, resolution={"seconds": 600})
        ref = open_chat()
        taken(ref, 10)
        actions.transfer(
            ref, agent_id=ADA, author_shown="Ada", to=Target(queue_id=other.pk), note="Yours",
            client_id=uuid4(), now=at(50),
        )  # fmt: skip
        assert [len(one.clocks) for one in contacts_of([ref])] == [1, 0]
        assert log(ref, "first")[1:] == [("first", "breached", 30), ("first", "retargeted", 50)]
        agrees_with_log(ref)

    def it_changes_nothing_back_in_the_same_line(self, talk: UUID) -> None:
        before = log(talk)
        actions.requeue(talk, reason="agent_lost", now=at(60))
        assert log(talk) == before


class DescribeUpdates:
    def it_is_due_again_after_each_message_of_the_agents(self, open_chat: Opener) -> None:
        agree(update={"seconds": 120, "pauses": ["snoozed"]})
        ref = open_chat()
        taken(ref, 10)
        assert clock(ref, "update").state == "idle"
        replies(ref, 40)
        replies(ref, 100)
        assert actions.ring_clocks(now=at(221)) == 1
        replies(ref, 300)
        assert log(ref, "update") == [
            ("update", "activated", 40), ("update", "fulfilled", 100), ("update", "activated", 100),
            ("update", "breached", 220), ("update", "fulfilled", 300), ("update", "activated", 300),
        ]  # fmt: skip
        assert (clock(ref, "update").met, clock(ref, "update").missed) == (1, 1)
        agrees_with_log(ref)


class DescribeBreach:
    def it_is_noted_once_at_the_instant_it_was_due(self, open_chat: Opener) -> None:
        agree(first={"seconds": 60})
        ref = open_chat()
        assert actions.ring_clocks(now=at(60)) == 0
        assert [actions.ring_clocks(now=at(second)) for second in (95, 95, 300)] == [1, 0, 0]
        assert log(ref, "first") == [("first", "activated", 0), ("first", "breached", 60)]
        late = clocks_of(ref)[0]
        assert (late.is_late, late.met, late.missed) == (True, 0, 0)
        agrees_with_log(ref)

    def it_is_found_by_the_reply_when_nobody_looked_before(self, open_chat: Opener) -> None:
        agree(first={"seconds": 60})
        ref = open_chat()
        taken(ref, 10)
        replies(ref, 300)
        assert actions.ring_clocks(now=at(301)) == 0
        assert [what for _clock, what, _at in log(ref, "first")] == ["activated", "breached", "fulfilled"]


class DescribeAgreements:
    def it_applies_to_what_goes_on_and_keeps_what_was_counted(self, talk: UUID) -> None:
        """GLPI #6902, #15605: another agreement lost the time that was counted."""
        actions.await_reply(talk, agent_id=ADA, now=at(100))
        says(talk, 400)
        agree(resolution={"seconds": 600}, next={"seconds": 60}, now=at(450))
        assert actions.ring_clocks(now=at(451)) == 1
        row = clock(talk, "resolution")
        assert (row.consumed_us, row.paused_us, row.due_at) == (150_000_000, 300_000_000, at(900))
        assert clock(talk, "next").due_at == at(460)
        assert actions.ring_clocks(now=at(455)) == 0
        agrees_with_log(talk)

    def it_goes_through_agreements_one_after_the_other_when_nobody_looked_for_long(
        self, open_chat: Opener
    ) -> None:
        ref = open_chat()
        agree(first={"seconds": 100}, now=at(50))
        agree(first={"seconds": 9_000}, now=at(200))
        assert actions.ring_clocks(now=at(300)) == 2
        assert log(ref, "first") == [
            ("first", "activated", 0), ("first", "retargeted", 50), ("first", "breached", 100),
            ("first", "retargeted", 200),
        ]  # fmt: skip
        agrees_with_log(ref)

    def it_takes_nobody_back_to_one_that_still_waits_for_somebody(self, open_chat: Opener) -> None:
        ref, other = open_chat(), open_chat()
        agree(first={"seconds": 100}, now=at(50))
        agree(first={"seconds": 9_000}, now=at(51))
        actions.ring_clocks(now=at(52))
        worked_on = Interaction.objects.get(ref=other).pk
        waits = ClockPolicy.objects.order_by("effective_at", "pk").first()
        assert waits
        ClockPolicy.objects.filter(pk=waits.pk).update(applied_at=None, skipped=[worked_on])
        Clock.objects.filter(kind="first").update(due_at=at(60))
        actions.ring_clocks(now=at(300))
        for one in (ref, other):
            assert (clock(one, "first").target_seconds, clock(one, "first").breached_at) == (9_000, None)
        assert not ClockPolicy.objects.filter(applied_at=None).exists()

    def it_goes_on_where_it_stopped_a_page_at_a_time(self, open_chat: Opener) -> None:
        refs = [open_chat(now=at(second)) for second in range(5)]
        agree(first={"seconds": 600}, now=at(10))

        def reached() -> list[int | None]:
            return [clock(ref, "first").target_seconds for ref in refs]

        assert actions.apply_policies(most=2, now=at(11)) == 2
        assert reached() == [600, 600, None, None, None]
        assert actions.apply_policies(most=2, now=at(12)) == 2
        late = open_chat(now=at(12))
        assert actions.apply_policies(most=2, now=at(13)) == 1
        assert (reached(), ClockPolicy.objects.get().applied_at) == ([600] * 5, None)
        assert actions.apply_policies(most=2, now=at(14)) == 0
        assert ClockPolicy.objects.get().applied_at == at(14)
        assert clock(late, "first").target_seconds == 600

    def it_lets_no_later_agreement_overtake(self, open_chat: Opener) -> None:
        refs = [open_chat(now=at(second)) for second in range(3)]
        agree(first={"seconds": 600}, now=at(10))
        agree(first={"seconds": 900}, now=at(20))
        for second in range(30, 36):
            actions.apply_policies(most=2, now=at(second))
        for ref in refs:
            assert log(ref, "first")[1:] == [("first", "retargeted", 10), ("first", "retargeted", 20)]
            agrees_with_log(ref)
        assert not ClockPolicy.objects.filter(applied_at=None).exists()

    def it_reaches_what_waits_for_a_promised_call(self, talk: UUID) -> None:
        window = (at(3600), at(7200))
        actions.promise_callback(
            talk, number="+46 8 123 456", window=window, by="agent", actor_id=ADA, now=at(110)
        )
        agree(resolution={"seconds": 600}, now=at(200))
        assert actions.ring_clocks(now=at(201)) == 1
        assert clock(talk, "resolution").due_at == at(600)

    def it_leaves_many_to_the_sweep(self, talk: UUID) -> None:
        agree(resolution={"seconds": 600}, now=at(450))
        assert actions.apply_policies(most=0, now=at(451)) == 0
        assert ClockPolicy.objects.get().applied_at is None
        assert actions.apply_policies(now=at(452)) == 1
        assert ClockPolicy.objects.get().applied_at == at(452)

    def it_never_edits_what_has_ended(self, talk: UUID) -> None:
        before = clock(talk, "first")
        agree(first={"seconds": 1}, now=at(100))
        actions.ring_clocks(now=at(101))
        after = clock(talk, "first")
        assert (after.target_seconds, after.met, after.missed) == (before.target_seconds, 0, 0)
        assert log(talk, "first")[-1] == ("first", "fulfilled", 40)

    def it_begins_on_its_day_in_the_clients_zone(self, open_chat: Opener) -> None:
        ref = open_chat()
        actions.save_policy(
            key=uuid4(), queue_ref=None, terms={"first": PLAIN | {"seconds": 86_400}},
            from_date=date(2026, 3, 3), zone=ZONE, shown="Cy", actor="user:1", now=NOW,
        )  # fmt: skip
        begins = datetime(2026, 3, 3, tzinfo=ZONE)
        assert actions.ring_clocks(now=begins - timedelta(seconds=1)) == 0
        assert actions.ring_clocks(now=begins + timedelta(seconds=9)) == 1
        assert clock(ref, "first").due_at == at(86_400)
        assert (log(ref, "first")[-1][1], log(ref, "first")[-1][2]) == (
            "retargeted", (begins - NOW).total_seconds(),
        )  # fmt: skip

    def it_is_the_queues_own_before_the_clients(self, open_chat: Opener) -> None:
        queue = Queue.objects.get()
        agree(first={"seconds": 300})
        agree(queue, first={"seconds": 30})
        assert clock(open_chat(), "first").target_seconds == 30
        actions.save_policy(
            key=uuid4(), queue_ref=queue.ref, terms=None, from_date=NOW.date(), zone=ZONE, shown="Cy",
            actor="user:1", now=at(1),
        )  # fmt: skip
        assert clock(open_chat(now=at(2)), "first").target_seconds == 300

    def it_is_another_target_from_a_priority_on(self, open_chat: Opener) -> None:
        agree(first={"seconds": 300, "urgent_from": 5, "urgent_seconds": 60})
        ref = open_chat()
        Interaction.objects.filter(ref=ref).update(priority=5)
        [policy] = ClockPolicy.objects.all()
        actions.settle_clocks(ref, policy=policy, now=at(1))
        assert clock(ref, "first").due_at == at(60)

    def it_is_one_agreement_of_many_at_the_same_time(self, transactional_db: None, acme: BrandCard) -> None:
        with tenant_scope(acme, TESTS):
            make_inbox()
        terms = {"first": PLAIN | {"seconds": 60}}
        said: dict[str, Any] = {"queue_ref": None, "terms": terms, "from_date": date(2026, 3, 2)}
        once = partial(
            actions.save_policy, key=uuid4(), **said, zone=ZONE, shown="Cy", actor="user:1", now=NOW
        )
        made = at_once(acme, [once] * 4)
        assert len({row.pk for row in made}) == 1
        with tenant_scope(acme, TESTS):
            assert ClockPolicy.objects.count() == 1
            assert AuditRow.objects.filter(verb="clocks.changed").count() == 1

    def it_is_one_agreement_however_often_it_is_sent(self, in_acme: object) -> None:
        make_inbox()
        key = uuid4()
        for _ in range(2):
            actions.save_policy(
                key=key, queue_ref=None, terms={"first": PLAIN | {"seconds": 60}}, from_date=NOW.date(),
                zone=ZONE, shown="Cy", actor="user:1", now=NOW,
            )  # fmt: skip
        assert ClockPolicy.objects.count() == 1
        assert Event.objects.filter(kind="clocks.changed").count() == 1

    @pytest.mark.parametrize(
        ("terms", "wrong"),
        [
            ({"seconds": 0}, "first_seconds"),
            ({"seconds": 91 * 86_400}, "first_seconds"),
            ({"seconds": 60, "urgent_from": 5}, "first_urgent_from"),
            ({"seconds": 60, "urgent_from": 11, "urgent_seconds": 5}, "first_urgent_from"),
        ],
    )
    def it_refuses_what_nobody_can_agree_on(self, in_acme: object, terms: dict[str, Any], wrong: str) -> None:
        with pytest.raises(Invalid) as refused:
            agree(first=terms)
        assert set(refused.value.errors) == {wrong}

    def it_refuses_a_day_that_is_over_and_a_queue_of_somebody_else(
        self, in_acme: object, globex: BrandCard
    ) -> None:
        given: dict[str, Any] = {
            "key": uuid4(), "terms": {}, "zone": ZONE, "shown": "Cy", "actor": "user:1", "now": NOW,
        }  # fmt: skip
        with pytest.raises(Invalid):
            actions.save_policy(queue_ref=None, from_date=date(2026, 3, 1), **given)
        with pytest.raises(NotFound):
            actions.save_policy(queue_ref=uuid4(), from_date=NOW.date(), **given)


class DescribeOpeningHours:
    @pytest.fixture
    def office(self, open_chat: Opener) -> Opener:
        """Answered from 8 to 12 and from 13 to 17 in Stockholm, where it is 10 at NOW, a Monday."""
        week = [(day, *span) for day in range(5) for span in ((480, 720), (780, 1020))]
        calendar = actions.write_calendar(
            None, name="Office", zone="Europe/Stockholm", week=week, country="", subdivision="",
            actor="user:1", now=NOW,
        )  # fmt: skip
        queue = Queue.objects.get()
        actions.use_calendars({queue.ref: calendar.ref}, actor="user:1", now=NOW)
        agree(first={"seconds": 3 * 3600, "counted": "business"})
        return open_chat

    def it_is_due_by_the_hours_from_its_first_message_on(self, office: Opener) -> None:
        ref = office()
        assert clock(ref, "first").due_at == at(4 * 3600)
        agrees_with_log(ref)

    def it_is_not_missed_while_nobody_is_there(self, office: Opener) -> None:
        ref = office(now=at(6 * 3600))
        assert clock(ref, "first").due_at == at(24 * 3600)
        Clock.objects.filter(interaction__ref=ref, kind="first").update(due_at=at(9 * 3600))
        assert actions.ring_clocks(now=at(10 * 3600)) == 1
        assert clock(ref, "first").due_at == at(24 * 3600)
        assert [what for _clock, what, _at in log(ref, "first")] == ["activated"]

    def it_goes_by_the_hours_as_they_become(self, office: Opener) -> None:
        ref = office()
        actions.use_calendars({Queue.objects.get().ref: None}, actor="user:1", now=at(3600))
        actions.ring_clocks(now=at(3601))
        assert clock(ref, "first").due_at == at(3 * 3600)

    def it_keeps_what_was_counted_by_the_hours_that_were(self, office: Opener) -> None:
        """Answered from 11 on only, said at 11 of one that runs since 10: its hour stays, two are left."""
        ref = office()
        week = [(day, 660, 1020) for day in range(5)]
        hours(week, now=at(3600))
        actions.ring_clocks(now=at(3601))
        row = clock(ref, "first")
        assert (row.since, row.consumed_us, row.due_at) == (at(3600), 3600 * 10**6, at(3 * 3600))
        assert log(ref, "first")[-1] == ("first", "retargeted", 3600)

    def it_keeps_what_stood_still_too(self, office: Opener) -> None:
        agree(resolution={"seconds": 3600, "counted": "business", "pauses": ["customer"]}, now=at(1))
        ref = office(now=at(2))
        taken(ref, 10)
        replies(ref, 102)
        actions.await_reply(ref, agent_id=ADA, now=at(102))
        actions.save_own_day(
            Queue.objects.get().calendar.ref, day=NOW.date(), kind="closed", actor="user:1", now=at(1102)
        )
        row = clock(ref, "resolution")
        assert (row.state, row.consumed_us, row.paused_us) == ("paused", 100 * 10**6, 1000 * 10**6)
        says(ref, 2000)
        row = clock(ref, "resolution")
        assert (row.consumed_us, row.paused_us) == (100 * 10**6, 1000 * 10**6)

    def it_changes_nothing_where_the_past_stays_what_it_was(self, office: Opener) -> None:
        ref = office()
        before = log(ref)
        calendar = Queue.objects.get().calendar
        actions.save_own_day(calendar.ref, day=date(2026, 3, 20), kind="closed", actor="user:1", now=at(3600))
        assert log(ref) == before


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["await", "say", "hold", "resume", "reply", "agree", "hours", "queue", "ring", "ask"]
        ),
        st.integers(1, 20_000),
    ),
    max_size=14,
)
WEEKS = ([(day, 480, 720) for day in range(5)], [(day, 600, 1080) for day in range(7)], [(0, 0, 1440)])


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
@example(steps=[("reply", 60), ("await", 60), ("hours", 4_000), ("say", 8_000), ("hours", 6_000)])
def it_shares_out_all_opening_hours_whatever_happens_in_whatever_order(
    open_chat: Opener, steps: list[tuple[str, int]]
) -> None:
    """Consumed and stood still are together the time of the hours that were, each stretch by its own."""
    calendar = actions.save_calendar(
        None, name=str(uuid4()), zone="Europe/Stockholm", week=WEEKS[0], actor="user:1", now=NOW
    )
    queue = Queue.objects.get(name="Orders")
    actions.use_calendars({queue.ref: calendar.ref}, actor="user:1", now=NOW)
    terms = {"counted": "business", "pauses": ["customer", "hold", "client"]}
    agree(resolution=terms | {"seconds": 3600}, next=terms | {"seconds": 600})
    ref, second, elapsed, since = open_chat(), 0, 0, NOW
    went_by = Business(hours_of_queues(since=NOW)[queue.pk])
    taken(ref, 0)
    for n, (what, seconds) in enumerate(steps):
        second += seconds
        if what in ("hours", "queue"):
            elapsed, since = elapsed + went_by.between(since, at(second)), at(second)
        with suppress(RoomError):
            _happens(what, ref, calendar.ref, n, second)
        went_by = Business(hours_of_queues(since=NOW)[queue.pk])
    actions.settle_clocks(ref, now=at(second))
    closed(ref, second + 1)
    elapsed += went_by.between(since, at(second + 31))
    row = clock(ref, "resolution")
    assert (row.consumed_us + row.paused_us, row.state) == (elapsed, "fulfilled")


def _happens(what: str, ref: UUID, calendar_ref: UUID, n: int, second: int) -> None:
    mine: dict[str, Any] = {"agent_id": ADA, "now": at(second)}
    match what:
        case "await" | "hold" | "resume":
            {"await": actions.await_reply, "hold": actions.hold, "resume": actions.resume}[what](ref, **mine)
        case "say" | "reply" | "ask":
            {"say": says, "reply": replies, "ask": asks}[what](ref, second)
        case "agree":
            terms = {"seconds": 600 * (n + 1), "counted": "business", "pauses": ["customer"]}
            agree(resolution=terms, now=at(second))
        case "queue":
            queue = Queue.objects.get(name="Orders")
            chosen = None if queue.calendar else calendar_ref
            actions.use_calendars({queue.ref: chosen}, actor="user:1", now=at(second))
        case "hours":
            hours(WEEKS[n % 3], calendar_ref, now=at(second))
    actions.ring_clocks(now=at(second))


def hours(week: list[tuple[int, int, int]], ref: UUID | None = None, *, now: datetime) -> None:
    """Give the office other hours, or the calendar of that ref."""
    row = Calendar.objects.get(ref=ref) if ref else Queue.objects.get().calendar
    actions.save_calendar(
        row.ref, name=row.name, zone=row.zone, week=week, country="", subdivision="", actor="user:1", now=now
    )


class DescribeTheClient:
    """The client is asked something: with evidence, and where that is agreed, a clock stands still."""

    @pytest.fixture
    def agreed(self, open_chat: Opener) -> UUID:
        """Ada has it since 10 and has answered at 40."""
        agree(resolution={"seconds": 600, "pauses": ["client"]}, next={"seconds": 60, "pauses": ["client"]})
        ref = open_chat()
        taken(ref, 10)
        replies(ref, 40)
        return ref

    def it_stands_from_the_question_to_the_answer(self, agreed: UUID) -> None:
        request = asks(agreed, 100)
        row = clock(agreed, "resolution")
        assert (row.state, row.why, row.consumed_us) == ("paused", "client", 100 * 10**6)
        event = Event.objects.get(interaction_ref=agreed, kind="clock.paused")
        assert event.data["requests"] == [str(request)]
        asking.answer_request(request, answer="Yes", shown="Lena", actor="user:9", now=at(400))
        row = clock(agreed, "resolution")
        assert (row.state, row.consumed_us, row.paused_us) == ("running", 100 * 10**6, 300 * 10**6)
        assert row.due_at == at(900)
        agrees_with_log(agreed)
        (span,) = waiting_for_client(agreed)
        assert (span.started_at, span.ended_at) == (at(100), at(400))

    def it_stands_until_the_last_of_several_is_settled(self, agreed: UUID) -> None:
        first, second = asks(agreed, 100), asks(agreed, 150)
        asking.answer_request(first, answer="Yes", shown="Lena", actor="user:9", now=at(200))
        assert clock(agreed, "resolution").why == "client"
        asking.cancel_request(second, agent=AGENT, now=at(300))
        assert (clock(agreed, "resolution").state, clock(agreed, "resolution").paused_us) == (
            "running", 200 * 10**6,
        )  # fmt: skip
        asking.reopen_request(first, question="Sure?", agent=AGENT, now=at(350))
        assert clock(agreed, "resolution").state == "paused"
        agrees_with_log(agreed)

    def it_counts_no_wait_of_the_customers_meanwhile(self, agreed: UUID) -> None:
        request = asks(agreed, 100)
        says(agreed, 120)
        assert (clock(agreed, "next").state, clock(agreed, "next").why) == ("paused", "client")
        assert actions.ring_clocks(now=at(9_000)) == 0
        asking.answer_request(request, answer="Yes", shown="Lena", actor="user:9", now=at(9_000))
        assert clock(agreed, "next").due_at == at(9_060)
        agrees_with_log(agreed)

    def it_runs_where_that_is_not_agreed(self, talk: UUID) -> None:
        asks(talk, 100)
        assert clock(talk, "resolution").state == "running"

    def it_begins_with_the_agreement_when_the_client_was_asked_before(self, talk: UUID) -> None:
        request = asks(talk, 100)
        agree(resolution={"seconds": 600, "pauses": ["client"]}, now=at(200))
        assert actions.ring_clocks(now=at(210)) == 1
        row = clock(talk, "resolution")
        assert (row.state, row.consumed_us) == ("paused", 210 * 10**6)
        closed(talk, 300)
        assert clock(talk, "resolution").state == "fulfilled"
        asking.answer_request(request, answer="Yes", shown="Lena", actor="user:9", now=at(400))
        assert clock(talk, "resolution").ended_at == at(330)
        agrees_with_log(talk)


def asks(ref: UUID, seconds: float) -> UUID:
    return asking.open_request(
        ref, kind="check", question="Was it sent?", key=uuid4(), agent=AGENT, now=at(seconds)
    )


class DescribeBrands:
    def it_knows_no_clock_and_no_agreement_of_another_brand(
        self, acme: BrandCard, globex: BrandCard, db: None
    ) -> None:
        with tenant_scope(acme, TESTS):
            make_inbox()
            agree(first={"seconds": 60})
        with tenant_scope(globex, TESTS):
            ref = first_message(make_inbox(), "Hello").interaction_ref
            assert (clock(ref, "first").target_seconds, ClockPolicy.objects.count()) == (None, 0)
        with tenant_scope(acme, TESTS):
            assert (clocks_of(ref), Clock.objects.count()) == ((), 0)
            with pytest.raises(NotFound):
                actions.settle_clocks(ref, now=NOW)


def it_says_who_agreed_on_what(in_acme: object) -> None:
    make_inbox()
    agree(first={"seconds": 60})
    with labour_scope():
        entry = AuditRow.objects.get(verb="clocks.changed")
    assert (entry.actor, entry.diff["first.seconds"]) == ("user:1", [None, 60])


def it_is_a_value_that_says_what_a_screen_needs() -> None:
    view = ClockView("first", "paused", "hold", 60, "elapsed", 90_000_000, None, NOW, 0, 0)
    assert (view.is_shown, view.is_late, view.left_seconds) == (True, True, -30)
