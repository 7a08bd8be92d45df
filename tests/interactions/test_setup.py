"""The brand's set-up, and its timers as a task."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from core import clock
from interactions import actions, tasks
from interactions.access import get_interaction
from interactions.choices import DispositionKind
from interactions.models import Disposition, Inbox, Queue
from interactions.signals import queues_changed
from interactions.values import QueueNumbers
from tenants.audit import MASK
from tenants.binding import WrongScope
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import Scope, labour_scope, tenant_scope
from tests.factories import NOW, TESTS
from tests.interactions.conftest import first_message, make_inbox

ADA = 77


@pytest.fixture
def plans() -> Iterator[list[QueueNumbers]]:
    heard: list[QueueNumbers] = []

    def listen(plans: list[QueueNumbers], **_: Any) -> None:
        heard.extend(plans)

    queues_changed.connect(listen)
    yield heard
    queues_changed.disconnect(listen)


class DescribeQueue:
    def it_tells_routing_its_numbers(
        self, in_acme: Scope, acme: BrandCard, plans: list[QueueNumbers]
    ) -> None:
        queue = actions.save_queue(name="Orders", target_seconds=30, offer_seconds=20, wrap_up_seconds=90)
        assert plans == [
            QueueNumbers(
                brand_id=acme.id, queue_id=queue.pk, version=1, label="Orders", channel="webchat",
                target_seconds=30, offer_seconds=20, wrap_up_seconds=90, units=34, strikes=2,
            )
        ]  # fmt: skip

    def it_counts_its_versions(self, in_acme: Scope, plans: list[QueueNumbers]) -> None:
        queue = actions.save_queue(name="Orders")
        actions.save_queue(queue, name="Orders and returns", strikes=1)
        assert [(plan.version, plan.label, plan.strikes) for plan in plans] == [
            (1, "Orders", 2),
            (2, "Orders and returns", 1),
        ]
        assert Queue.objects.count() == 1

    @pytest.mark.parametrize(
        "wrong", [{"target_seconds": 0}, {"units": 101}, {"units": 0}, {"strikes": 0}, {"channel": "pigeon"}]
    )
    def it_refuses_numbers_that_cannot_be(
        self, in_acme: Scope, plans: list[QueueNumbers], wrong: dict[str, Any]
    ) -> None:
        with pytest.raises(ValidationError):
            actions.save_queue(name="Orders", **wrong)
        assert plans == []

    def it_is_no_row_of_the_other_brand(self, in_acme: Scope, globex: BrandCard) -> None:
        queue = actions.save_queue(name="Orders")
        with tenant_scope(globex, TESTS), pytest.raises(WrongScope):
            actions.save_queue(queue, name="Theirs")


class DescribeDisposition:
    def it_is_renamed_by_its_code(self, in_acme: Scope) -> None:
        for label in ("Delivery", "Delivery and returns"):
            actions.save_disposition(DispositionKind.REASON, "delivery", label)
        assert Disposition.objects.get().label == "Delivery and returns"

    def it_may_have_the_same_code_as_reason_and_as_outcome(self, in_acme: Scope) -> None:
        for kind in DispositionKind:
            actions.save_disposition(kind, "other", "Other")
        assert Disposition.objects.count() == 2


class DescribeTimers:
    @pytest.fixture(autouse=True)
    def _later(self, monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(seconds=60))

    def wrapping(self, card: BrandCard, *, began: float = 0) -> Any:
        """Return a conversation in wrap-up, which lasts 60 s."""
        with tenant_scope(card, TESTS):
            ref = first_message(make_inbox(), "Hello").interaction_ref
            actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=NOW)
            actions.begin_wrap_up(ref, agent_id=ADA, now=NOW + timedelta(seconds=began))
        return ref

    def state(self, card: BrandCard, ref: Any) -> str:
        with tenant_scope(card, TESTS):
            return get_interaction(ref).state

    def it_forces_what_is_due_in_its_brand(self, acme: BrandCard, globex: BrandCard) -> None:
        due, not_yet, theirs = self.wrapping(acme), self.wrapping(acme, began=1), self.wrapping(globex)
        assert tasks.fire_timers(brand_id=acme.id) == 1
        assert (self.state(acme, due), self.state(acme, not_yet)) == ("closed", "wrap_up")
        assert self.state(globex, theirs) == "wrap_up"

    def it_may_fire_twice(self, acme: BrandCard) -> None:
        self.wrapping(acme)
        assert [tasks.fire_timers(brand_id=acme.id) for _ in range(2)] == [1, 0]

    def it_goes_on_when_one_cannot_be_closed(self, acme: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
        stuck, free = self.wrapping(acme), self.wrapping(acme)
        force = actions.wrap_up.__globals__["force_wrap_up"]

        def fail(ref: Any, **more: Any) -> bool:
            if ref == stuck:
                raise RuntimeError("no room")
            return bool(force(ref, **more))

        monkeypatch.setitem(actions.wrap_up.__globals__, "force_wrap_up", fail)
        assert tasks.fire_timers(brand_id=acme.id) == 1
        assert (self.state(acme, stuck), self.state(acme, free)) == ("wrap_up", "closed")

    def it_refuses_to_run_for_no_brand(self) -> None:
        with pytest.raises(WrongScope):
            tasks.fire_timers()


class DescribeAudit:
    """Who changed which setting from what to what."""

    def rows(self) -> list[tuple[str, str, dict[str, Any]]]:
        with labour_scope():
            rows = AuditRow.objects.filter(actor="user:5").order_by("pk")
            return [(row.verb, row.object, row.diff) for row in rows]

    def it_notes_a_queue_made_and_changed(self, in_acme: Scope, acme: BrandCard) -> None:
        queue = actions.save_queue(name="Orders", units=20, actor="user:5", now=NOW)
        actions.save_queue(queue, name="Returns", units=20, actor="user:5", now=NOW)
        actions.save_queue(queue, name="Returns", units=20, actor="user:5", now=NOW)
        assert self.rows() == [
            ("queue.created", f"queue:{queue.pk} Orders", {"name": [None, "Orders"], "units": [None, 20]}),
            ("queue.changed", f"queue:{queue.pk} Returns", {"name": ["Orders", "Returns"]}),
        ]
        with labour_scope():
            noted = AuditRow.objects.filter(verb__startswith="queue.")
            assert set(noted.values_list("brand_id", "at")) == {(acme.id, NOW)}

    def it_notes_an_inbox_without_its_secrets(self, in_acme: Scope) -> None:
        queue = actions.save_queue(name="Orders")
        config = {"greeting": "Hi", "api_token": "abc"}
        actions.create_inbox(name="Web chat", queue=queue, config=config, actor="user:5", now=NOW)
        ((verb, _object, diff),) = self.rows()
        assert verb == "inbox.created"
        assert diff["config.greeting"] == [None, "Hi"]
        assert diff["config.api_token"] == [None, MASK]

    def it_notes_what_an_inbox_says_now(self, in_acme: Scope) -> None:
        inbox = make_inbox()
        actions.change_inbox(inbox, config={"greeting": "Hello"}, actor="user:5", now=NOW)
        actions.change_inbox(inbox, config={"greeting": "Hello"}, actor="user:5", now=NOW)
        assert [(verb, diff) for verb, _object, diff in self.rows()] == [
            ("inbox.changed", {"config.greeting": [None, "Hello"]})
        ]
        assert Inbox.objects.get().config == {"greeting": "Hello"}

    def it_notes_a_disposition_made_and_changed(self, in_acme: Scope) -> None:
        for active in (True, False):
            actions.save_disposition(
                DispositionKind.REASON, "delivery", "Delivery", active=active, actor="user:5", now=NOW
            )
        made, changed = self.rows()
        assert (made[0], changed[0]) == ("disposition.created", "disposition.changed")
        assert changed[2] == {"active": [True, False]}

    def it_notes_nothing_of_what_was_refused(self, in_acme: Scope) -> None:
        with pytest.raises(ValidationError):
            actions.save_queue(name="Orders", units=0, actor="user:5", now=NOW)
        assert self.rows() == []
