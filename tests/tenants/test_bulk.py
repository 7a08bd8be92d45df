"""Edits from a blueprint over several clients: each its own, none of another's, resumed, taken back."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.errors import NotFound
from interactions.actions import mark_hard, save_queue
from interactions.hours import queue_hours
from interactions.models import Disposition, Inbox, Queue
from interactions.values import Reception
from tenants.actions import change_brand
from tenants.cards import BrandCard
from tenants.clients import card_now
from tenants.models import AuditRow
from tenants.onboarding import bulk, registry
from tenants.onboarding.blueprints import blueprint
from tenants.onboarding.models import BulkEdit, BulkLine
from tenants.onboarding.tasks import run_bulk, sweep_bulk
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS
from tests.tenants.test_onboarding import WHO, Desk, brand_data, card_of

ALL = ("tone", "reasons", "outcomes", "targets", "reception", "hours", "greeting")
LATER = NOW + timedelta(hours=1)


@dataclass
class Clients:
    """Two clients made from the blueprint Retail."""

    one: BrandCard
    two: BrandCard

    def begin(self, *names: str, blueprint_name: str = "utility") -> UUID:
        return bulk.begin(blueprint_name, names or ALL, [self.one.id, self.two.id], actor=WHO, now=NOW)

    def apply(self, ref: UUID) -> dict[int, BulkLine]:
        bulk.apply(ref, actor=WHO, now=NOW)
        bulk.run(ref, TESTS, now=NOW)
        return lines_of(ref)

    def edited(self, *names: str, **more: Any) -> UUID:
        ref = self.begin(*names, **more)
        self.apply(ref)
        return ref


def lines_of(ref: UUID) -> dict[int, BulkLine]:
    return {line.brand_id: line for line in BulkLine.objects.filter(edit__ref=ref)}


def state_of(ref: UUID) -> str:
    return str(BulkEdit.objects.get(ref=ref).state)


def held(card: BrandCard) -> dict[str, Any]:
    return {part.name: part.read(card, TESTS, NOW) for part in registry.parts()}


def labels(card: BrandCard, kind: str = "reason") -> list[str]:
    with tenant_scope(card, TESTS):
        rows = Disposition.objects.filter(kind=kind, active=True, not_a_contact=False)
        return list(rows.order_by("position").values_list("label", flat=True))


@pytest.fixture
def clients(db: None) -> Clients:
    desk = Desk()
    made = []
    for slug in ("initech", "vandelay"):
        data = brand_data(slug=slug, name=slug.title()) | blueprint("retail").data["brand"]
        draft = desk.save(desk.start(), "brand", data)
        made.append(card_of(desk.build(draft)))
    return Clients(*made)


class DescribeLooking:
    def it_changes_nothing(self, clients: Clients) -> None:
        before = held(clients.one)
        ref = clients.begin()
        edit = BulkEdit.objects.get(ref=ref)
        found = {one.part.name: one.standing for one in bulk.look(edit, clients.one, TESTS, now=NOW)}
        assert set(found) == set(ALL)
        assert found["reasons"] == found["tone"] == found["greeting"] == "clean"
        assert found["targets"] == "none", "no line of these names"
        assert held(clients.one) == before

    def it_tells_what_is_the_clients_own(self, clients: Clients) -> None:
        change_brand(clients.two.id, tone="our own", actor=WHO, now=NOW)
        edit = BulkEdit.objects.get(ref=clients.begin("tone"))
        standing = [bulk.look(edit, card, TESTS, now=NOW)[0].standing for card in (clients.one, clients.two)]
        assert standing == ["clean", "own"]

    def it_finds_nothing_to_do_with_the_same_blueprint(self, clients: Clients) -> None:
        edit = BulkEdit.objects.get(ref=clients.begin(blueprint_name="retail"))
        for one in bulk.look(edit, clients.one, TESTS, now=NOW):
            assert one.standing == "same", one.part.name

    @pytest.mark.parametrize("names", [(), ("nonsense",)])
    def it_wants_parts(self, clients: Clients, names: tuple[str, ...]) -> None:
        with pytest.raises(bulk.WrongEdit):
            bulk.begin("retail", names, [clients.one.id], actor=WHO, now=NOW)

    def it_wants_clients_and_a_blueprint_that_are_there(self, clients: Clients) -> None:
        with pytest.raises(bulk.WrongEdit):
            bulk.begin("retail", ALL, [9_999_999], actor=WHO, now=NOW)
        with pytest.raises(NotFound):
            bulk.begin("circus", ALL, [clients.one.id], actor=WHO, now=NOW)


class DescribeApplying:
    def it_changes_every_client_and_writes_it_down_in_each(self, clients: Clients) -> None:
        lines = clients.apply(clients.begin())
        assert {line.outcome for line in lines.values()} == {"applied"}
        wanted = blueprint("utility").data
        for card in (clients.one, clients.two):
            assert labels(card) == wanted["queues"]["reasons"]
            assert card_now(card.id).tone == wanted["brand"]["tone"]
            assert AuditRow.objects.filter(verb="bulk.applied", brand_id=card.id).count() == 1
            with tenant_scope(card, TESTS):
                assert {inbox.config["greeting"] for inbox in Inbox.objects.all()} == {
                    wanted["webchat"]["greeting"]
                }

    def it_gives_targets_to_lines_of_that_name(self, clients: Clients) -> None:
        with tenant_scope(clients.one, TESTS):
            queue = Queue.objects.order_by("pk")[0]
            save_queue(queue, name="Outages", actor=WHO, now=NOW)
        edit = BulkEdit.objects.get(ref=clients.begin("targets"))
        mark = bulk.look(edit, clients.one, TESTS, now=NOW)[0].mark
        bulk.allow(edit.ref, {clients.one.id: {"targets": mark}}, now=NOW)
        lines = clients.apply(edit.ref)
        assert [lines[card.id].outcome for card in (clients.one, clients.two)] == ["applied", "same"]
        wanted = next(
            line for line in blueprint("utility").data["queues"]["lines"] if line["name"] == "Outages"
        )
        with tenant_scope(clients.one, TESTS):
            queues = {queue.name: queue.target_seconds for queue in Queue.objects.all()}
        assert queues["Outages"] == wanted["target_seconds"]
        assert queues["Product advice"] == 60

    def it_gives_what_customers_can_do_and_which_outcomes_are_hard(self, clients: Clients) -> None:
        with tenant_scope(clients.one, TESTS):
            queue = Queue.objects.order_by("pk")[0]
            save_queue(queue, name="Outages", leave_after=60, actor=WHO, now=NOW)
        edit = BulkEdit.objects.get(ref=clients.begin("reception", "outcomes"))
        clients.apply(edit.ref)
        with tenant_scope(clients.one, TESTS):
            said = {row.name: row.reception for row in queue_hours()}
            hard = set(Disposition.objects.filter(hard=True).values_list("label", flat=True))
        assert said["Outages"] == Reception("take", None, 180, False)
        assert hard == {"Not solved"}
        bulk.undo(edit.ref, actor=WHO, now=LATER)
        bulk.run(edit.ref, TESTS, now=LATER)
        with tenant_scope(clients.one, TESTS):
            said = {row.name: row.reception for row in queue_hours()}
            assert not Disposition.objects.filter(hard=True, active=True).exists()
        assert said["Outages"] == Reception("take", 60, None, False)

    def it_leaves_hard_what_the_blueprint_says_nothing_of(self, clients: Clients) -> None:
        with tenant_scope(clients.one, TESTS):
            mark_hard({"solved"}, actor=WHO, now=NOW)
        clients.edited("outcomes")
        with tenant_scope(clients.one, TESTS):
            assert Disposition.objects.get(kind="outcome", code="solved").hard

    def it_writes_no_clients_value_in_another(self, clients: Clients, acme: BrandCard) -> None:
        change_brand(clients.one.id, tone="words of one", actor=WHO, now=NOW)
        change_brand(clients.two.id, tone="words of two", actor=WHO, now=NOW)
        before = held(acme)
        ref = clients.edited()
        assert "words of two" not in str(lines_of(ref)[clients.one.id].__dict__)
        bulk.undo(ref, actor=WHO, now=NOW)
        bulk.run(ref, TESTS, now=NOW)
        assert card_now(clients.one.id).tone == "words of one"
        assert card_now(clients.two.id).tone == "words of two"
        assert held(acme) == before
        assert not AuditRow.objects.filter(verb__startswith="bulk.", brand_id=acme.id).exists()

    def it_leaves_what_is_the_clients_own(self, clients: Clients) -> None:
        change_brand(clients.two.id, tone="our own", actor=WHO, now=NOW)
        lines = clients.apply(clients.begin("tone", "reasons"))
        assert card_now(clients.two.id).tone == "our own"
        assert lines[clients.two.id].kept == {"tone": "own"}
        assert list(lines[clients.two.id].after) == ["reasons"]

    def it_overwrites_exactly_what_was_looked_at(self, clients: Clients) -> None:
        change_brand(clients.two.id, tone="our own", actor=WHO, now=NOW)
        ref = clients.begin("tone")
        edit = BulkEdit.objects.get(ref=ref)
        mark = bulk.look(edit, clients.two, TESTS, now=NOW)[0].mark
        bulk.allow(ref, {clients.two.id: {"tone": mark}}, now=NOW)
        change_brand(clients.two.id, tone="changed meanwhile", actor=WHO, now=NOW)
        assert clients.apply(ref)[clients.two.id].kept == {"tone": "moved"}
        change_brand(clients.two.id, tone="our own", actor=WHO, now=NOW)
        again = clients.begin("tone")
        bulk.allow(again, {clients.two.id: {"tone": mark}}, now=NOW)
        clients.apply(again)
        assert card_now(clients.two.id).tone == blueprint("utility").data["brand"]["tone"]

    def it_goes_on_where_it_was_killed(self, clients: Clients) -> None:
        ref = clients.begin("tone")
        bulk.apply(ref, actor=WHO, now=NOW)
        assert bulk._step(ref, TESTS, now=NOW)
        assert sorted(line.outcome for line in lines_of(ref).values()) == ["applied", "waiting"]
        assert bulk.going() == [ref]
        assert sweep_bulk() == 1
        assert (state_of(ref), bulk.going(), run_bulk(ref=str(ref))) == ("done", [], 0)
        assert AuditRow.objects.filter(verb="bulk.applied").count() == 2

    def it_notes_a_client_that_fails_and_goes_on(
        self, clients: Clients, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        part, tone = registry.part_named("reasons"), held(clients.one)["tone"]
        assert part is not None

        def fail(work: Any) -> None:
            if work.brand.id == clients.one.id:
                raise ZeroDivisionError("with a word of the client's in it")
            part.write(work)

        broken = registry.Part(**{name: getattr(part, name) for name in part.__slots__} | {"write": fail})
        monkeypatch.setitem(registry._registered_parts(), "reasons", broken)
        ref = clients.begin("tone", "reasons")
        lines = clients.apply(ref)
        assert (lines[clients.one.id].outcome, lines[clients.one.id].fault) == ("failed", "ZeroDivisionError")
        assert held(clients.one)["tone"] == tone, "whole or not at all"
        assert lines[clients.two.id].outcome == "applied"
        monkeypatch.undo()
        bulk.retry(ref, actor=WHO, now=NOW)
        bulk.run(ref, TESTS, now=NOW)
        assert lines_of(ref)[clients.one.id].outcome == "applied"
        assert AuditRow.objects.filter(verb="bulk.applied", brand_id=clients.two.id).count() == 1

    def it_runs_once(self, clients: Clients) -> None:
        ref = clients.edited("tone")
        with pytest.raises(bulk.WrongEdit):
            bulk.apply(ref, actor=WHO, now=NOW)
        with pytest.raises(bulk.WrongEdit):
            bulk.discard(ref)

    def it_is_discarded_before(self, clients: Clients) -> None:
        bulk.discard(clients.begin("tone"))
        assert not BulkEdit.objects.exists()
        assert not BulkLine.objects.exists()


class DescribeUndoing:
    def it_leaves_every_client_as_it_was(self, clients: Clients) -> None:
        before = [held(card) for card in (clients.one, clients.two)]
        ref = clients.edited()
        assert [held(card) for card in (clients.one, clients.two)] != before
        bulk.undo(ref, actor=WHO, now=LATER)
        bulk.run(ref, TESTS, now=LATER)
        assert [held(card) for card in (clients.one, clients.two)] == before
        assert state_of(ref) == "undone"
        assert AuditRow.objects.filter(verb="bulk.undone").count() == 2

    def it_keeps_what_was_changed_since(self, clients: Clients) -> None:
        ref = clients.edited("tone", "reasons")
        change_brand(clients.one.id, tone="newer", actor=WHO, now=LATER)
        bulk.undo(ref, actor=WHO, now=LATER)
        bulk.run(ref, TESTS, now=LATER)
        line = lines_of(ref)[clients.one.id]
        assert (card_now(clients.one.id).tone, line.kept) == ("newer", {"tone": "changed_since"})
        assert labels(clients.one) == blueprint("retail").data["queues"]["reasons"]

    def it_gives_back_what_was_clean_before(self, clients: Clients) -> None:
        ref = clients.edited("tone")
        bulk.undo(ref, actor=WHO, now=LATER)
        bulk.run(ref, TESTS, now=LATER)
        edit = BulkEdit.objects.get(ref=clients.begin("tone", blueprint_name="travel"))
        assert bulk.look(edit, clients.one, TESTS, now=LATER)[0].standing == "clean"

    def it_takes_back_what_was_done_alone(self, clients: Clients) -> None:
        with pytest.raises(bulk.WrongEdit):
            bulk.undo(clients.begin("tone"), actor=WHO, now=LATER)
