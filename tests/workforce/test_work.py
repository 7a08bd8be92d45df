"""Engagements and focus as rows, and the ledger read from them."""

import threading
import time
from fractions import Fraction
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.actor import Actor
from accounts.models import User
from tenants.cards import BrandCard
from tenants.scope import labour_scope
from tests.factories import NOW
from tests.workforce.conftest import at
from workforce import actions, queries
from workforce.choices import Availability
from workforce.ledger import Kind, Rule, seconds_by_brand, wall_seconds
from workforce.models import Engagement, FocusInterval, LedgerCorrection, StateInterval


def engage(actor: Actor, item: int, seconds: float, brand: BrandCard, kind: str = "handling") -> None:
    actions.engage(
        actor.user_id, work_item_id=item, brand_id=brand.id, queue_id=7, kind=kind, now=at(seconds)
    )


def rows(actor: Actor) -> list[tuple[int, str, float, float | None]]:
    found = Engagement.objects.filter(agent_id=actor.user_id).order_by("started_at", "pk")
    return [
        (
            row.work_item_id,
            row.kind,
            (row.started_at - NOW).total_seconds(),
            None if row.ended_at is None else (row.ended_at - NOW).total_seconds(),
        )
        for row in found
    ]


class DescribeEngage:
    def it_opens_one_and_disengage_closes_it(self, ada: Actor, acme: BrandCard, changes: list[int]) -> None:
        engage(ada, 1, 5, acme)
        assert rows(ada) == [(1, "handling", 5, None)]
        actions.disengage(ada.user_id, work_item_id=1, now=at(50))
        assert rows(ada) == [(1, "handling", 5, 50)]
        assert changes == [ada.user_id]

    def it_is_once_when_said_twice(self, ada: Actor, acme: BrandCard) -> None:
        engage(ada, 1, 5, acme)
        engage(ada, 1, 9, acme)
        actions.disengage(ada.user_id, work_item_id=1, now=at(50))
        actions.disengage(ada.user_id, work_item_id=1, now=at(60))
        assert rows(ada) == [(1, "handling", 5, 50)]

    def it_turns_from_handling_to_wrap_up_without_a_gap(self, ada: Actor, acme: BrandCard) -> None:
        engage(ada, 1, 5, acme)
        engage(ada, 1, 50, acme, "wrap_up")
        assert rows(ada) == [(1, "handling", 5, 50), (1, "wrap_up", 50, None)]

    def it_may_overlap(self, ada: Actor, acme: BrandCard, globex: BrandCard) -> None:
        engage(ada, 1, 5, acme)
        engage(ada, 2, 6, globex)
        assert [row[0] for row in rows(ada)] == [1, 2]

    def it_may_have_ended_before_it_was_noticed(self, ada: Actor, acme: BrandCard) -> None:
        engage(ada, 1, 5, acme)
        actions.focus(ada.user_id, work_item_id=1, now=at(6))
        actions.disengage(ada.user_id, work_item_id=1, worked_until=at(20), now=at(320))
        assert rows(ada) == [(1, "handling", 5, 20)]
        assert FocusInterval.objects.get().ended_at == at(20)

    def it_leaves_no_trace_of_no_time(self, ada: Actor, acme: BrandCard) -> None:
        engage(ada, 1, 5, acme)
        actions.disengage(ada.user_id, work_item_id=1, now=at(5))
        assert rows(ada) == []


class DescribeFocus:
    def it_is_on_one_item_at_a_time(self, ada: Actor, acme: BrandCard, globex: BrandCard) -> None:
        engage(ada, 1, 0, acme)
        engage(ada, 2, 0, globex)
        actions.focus(ada.user_id, work_item_id=1, now=at(1))
        actions.focus(ada.user_id, work_item_id=2, now=at(5))
        actions.disengage(ada.user_id, work_item_id=2, now=at(9))
        found = FocusInterval.objects.filter(agent_id=ada.user_id).order_by("started_at")
        assert [(row.work_item_id, row.started_at, row.ended_at) for row in found] == [
            (1, at(1), at(5)),
            (2, at(5), at(9)),
        ]

    def it_can_be_on_nothing(self, ada: Actor, acme: BrandCard) -> None:
        engage(ada, 1, 0, acme)
        actions.focus(ada.user_id, work_item_id=1, now=at(1))
        actions.focus(ada.user_id, work_item_id=None, now=at(3))
        actions.focus(ada.user_id, work_item_id=None, now=at(4))
        assert FocusInterval.objects.get().ended_at == at(3)

    def it_is_never_on_what_is_over(self, ada: Actor, acme: BrandCard) -> None:
        """Nor on another agent's: the page may show either."""
        engage(ada, 1, 0, acme)
        engage(ada, 2, 0, acme)
        actions.focus(ada.user_id, work_item_id=1, now=at(1))
        actions.disengage(ada.user_id, work_item_id=2, now=at(5))
        for gone in (2, 3):
            actions.focus(ada.user_id, work_item_id=gone, now=at(6))
        found = FocusInterval.objects.get(agent_id=ada.user_id)
        assert (found.work_item_id, found.ended_at) == (1, None)


class DescribeLedger:
    def it_accounts_for_every_second_of_a_shift(self, ada: Actor, acme: BrandCard, globex: BrandCard) -> None:
        actions.connect(ada.user_id, node="n", channel_name="c", now=at(10))
        actions.set_availability(ada.user_id, to="available", actor=ada, now=at(20))
        engage(ada, 1, 100, acme)
        engage(ada, 2, 160, globex)
        engage(ada, 1, 220, acme, "wrap_up")
        actions.disengage(ada.user_id, work_item_id=1, now=at(280))
        actions.disengage(ada.user_id, work_item_id=2, now=at(400))
        slices = queries.ledger_of(ada.user_id, start=at(0), end=at(600))
        assert sum((piece.seconds for piece in slices), Fraction()) == 600
        assert seconds_by_brand(slices) == {None: 300, acme.id: 60 + 60, globex.id: 60 + 120}

    def it_gives_by_focus_what_was_in_front(self, ada: Actor, acme: BrandCard, globex: BrandCard) -> None:
        engage(ada, 1, 0, acme)
        engage(ada, 2, 0, globex)
        actions.focus(ada.user_id, work_item_id=2, now=at(0))
        slices = queries.ledger_of(ada.user_id, start=at(0), end=at(60), rule=Rule.FOCUS)
        assert seconds_by_brand(slices) == {globex.id: 60}

    def it_counts_what_is_open_up_to_the_end_asked_for(self, ada: Actor, acme: BrandCard) -> None:
        engage(ada, 1, 0, acme)
        assert seconds_by_brand(queries.ledger_of(ada.user_id, start=at(30), end=at(45))) == {acme.id: 15}

    def it_knows_nothing_from_before_the_first_day(self, ada: Actor) -> None:
        (piece,) = queries.ledger_of(ada.user_id, start=at(-60), end=at(0))
        assert (piece.kind, piece.seconds) == (Kind.UNKNOWN, wall_seconds(at(-60), at(0)))

    def it_takes_a_correction_for_what_it_replaces(self, ada: Actor, acme: BrandCard) -> None:
        actions.set_availability(ada.user_id, to="away", reason_code="break", actor=ada, now=at(10))
        actions.set_availability(ada.user_id, to="available", actor=ada, now=at(40))
        wrong = StateInterval.objects.get(agent_id=ada.user_id, availability=Availability.AWAY)
        right = StateInterval.objects.create(
            agent_id=ada.user_id,
            availability=Availability.AWAY,
            brand_id=acme.id,
            connected=False,
            is_correction=True,
            started_at=at(20),
            ended_at=at(30),
        )
        LedgerCorrection.objects.create(
            interval=wrong,
            replaced_by=right,
            reason="was a briefing",
            by=User.objects.get(pk=ada.user_id),
            at=at(99),
        )
        slices = queries.ledger_of(ada.user_id, start=at(0), end=at(60))
        assert seconds_by_brand(slices) == {None: 50, acme.id: 10}


class DescribeTables:
    """What the tables refuse, should a verb ever be wrong."""

    @pytest.mark.parametrize(("start", "end"), [(5, 15), (15, 25), (12, 13), (5, None), (15, None)])
    def it_refuses_overlapping_states(self, ada: Actor, start: float, end: float | None) -> None:
        StateInterval.objects.all().delete()
        fields = {"agent_id": ada.user_id, "availability": "available", "connected": True}
        StateInterval.objects.create(started_at=at(10), ended_at=at(20), **fields)
        StateInterval.objects.create(started_at=at(20), ended_at=at(21), **fields)
        with pytest.raises(IntegrityError, match="state_interval_no_overlap"), transaction.atomic():
            StateInterval.objects.create(
                started_at=at(start), ended_at=None if end is None else at(end), **fields
            )

    def it_refuses_a_second_open_state(self, ada: Actor) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            StateInterval.objects.create(
                agent_id=ada.user_id, availability="available", connected=True, started_at=at(10)
            )

    def it_refuses_an_end_before_the_start(self, ada: Actor) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Engagement.objects.create(
                agent_id=ada.user_id,
                brand_id=1,
                queue_id=1,
                work_item_id=1,
                kind="handling",
                started_at=at(10),
                ended_at=at(9),
            )

    def it_refuses_two_items_in_front(self, ada: Actor) -> None:
        FocusInterval.objects.create(agent_id=ada.user_id, work_item_id=1, started_at=at(0), ended_at=at(10))
        with pytest.raises(IntegrityError, match="focus_no_overlap"), transaction.atomic():
            FocusInterval.objects.create(
                agent_id=ada.user_id, work_item_id=2, started_at=at(5), ended_at=at(15)
            )


@pytest.mark.django_db(transaction=True)
def it_takes_up_a_plan_that_is_made_while_the_work_ends(ada: Actor, acme: BrandCard) -> None:
    """Each would otherwise not see the other, and the plan wait for ever: nothing would be offered again."""
    engage(ada, 1, 0, acme)
    actions.set_availability(ada.user_id, to=Availability.AVAILABLE, actor=ada, now=at(1))
    ending = threading.Thread(target=partial(end_work, ada))
    with transaction.atomic():
        actions.set_next(ada.user_id, to=Availability.OFFLINE, actor=ada, now=at(5))
        ending.start()
        wait_for_end_or_lock(ending)
    ending.join(60)
    view = queries.state_of(ada.user_id)
    assert view
    assert (view.availability, view.next_availability) == (Availability.OFFLINE, "")


def end_work(actor: Actor) -> None:
    """On a connection of this thread's own."""
    try:
        actions.disengage(actor.user_id, work_item_id=1, now=at(6))
    finally:
        connection.close()


def wait_for_end_or_lock(thread: threading.Thread) -> None:
    """Return once the thread is over, or its connection waits for a lock."""
    end = time.monotonic() + 60
    with labour_scope(), connection.cursor() as cursor:
        while thread.is_alive() and time.monotonic() < end:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
