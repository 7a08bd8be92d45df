"""`manage.py routing_check` and `router --explain`: what is sound is said to be, what is not is named."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.actor import Actor
from core import clock
from interactions import actions as interactions
from routing import actions
from routing.choices import ItemState, OfferState
from routing.invariants import PROMISES, check
from routing.invariants.turns import Turn, overtaken
from routing.models import AgentCapacity, Decision, Offer, WorkItem
from routing.router import step
from tenants.cards import BrandCard
from tenants.onboarding.actions import pause
from tenants.scope import labour_scope, tenant_scope
from tests.factories import NOW, TESTS, make_agent
from tests.routing.conftest import again, at, close, end_talk, go_available, ring, stay, write_in
from workforce import actions as workforce
from workforce.models import Certification, Engagement, StateInterval


def broken(second: float = 120) -> list[str]:
    """The promises that are broken at that second."""
    return [found.name for found in check(grant=TESTS, now=at(second)) if found.count]


def talk(card: BrandCard, actor: Actor, *, second: float) -> WorkItem:
    item = write_in(card, now=at(second))
    stay(item)
    step(at(second + 1))
    actions.accept_offer(ring(item).ref, actor=actor, now=at(second + 2))
    return again(item)


@pytest.mark.usefixtures("queues")
class DescribePromises:
    def it_finds_nothing_wrong_with_work_as_it_goes(
        self, acme: BrandCard, globex: BrandCard, ada: Actor
    ) -> None:
        go_available(ada)
        first, second = talk(acme, ada, second=0), talk(globex, ada, second=5)
        write_in(acme, now=at(8))
        assert broken(9) == []
        end_talk(acme, ada, first.interaction_ref, now=at(10))
        close(globex, ada, second.interaction_ref, now=at(20))
        step(at(20))
        assert broken(21) == []

    @pytest.mark.parametrize(
        ("harm", "name"),
        [
            (lambda item, ada: WorkItem.objects.filter(pk=item.pk).update(state="queued"), "one_live_offer"),
            (lambda item, ada: WorkItem.objects.filter(pk=item.pk).update(state="queued"), "one_place"),
            (lambda item, ada: AgentCapacity.objects.update(used=100), "no_reserve"),
            (lambda item, ada: AgentCapacity.objects.update(used=0), "capacity"),
            (lambda item, ada: AgentCapacity.objects.update(used=10, cap=20), "capacity"),
            (lambda item, ada: Certification.objects.update(valid_until=at(0.5)), "certified"),
            (lambda item, ada: Engagement.objects.update(is_test=True), "tests_apart"),
            (lambda item, ada: WorkItem.objects.update(is_test=True), "tests_apart"),
            (
                lambda item, ada: StateInterval.objects.filter(ended_at=None).update(started_at=at(3)),
                "ledger",
            ),
            (lambda item, ada: _twice_on(item), "ledger"),
        ],
    )
    def it_names_what_is_broken(
        self, acme: BrandCard, ada: Actor, harm: Callable[[WorkItem, Actor], object], name: str
    ) -> None:
        go_available(ada)
        workforce.set_availability(ada.user_id, to="offline", actor=None, now=at(1))
        workforce.set_availability(ada.user_id, to="available", actor=None, now=at(2))
        item = talk(acme, ada, second=3)
        assert broken(10) == []
        harm(item, ada)
        assert name in broken(10)

    def it_sees_work_beside_who_is_free(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        write_in(acme, now=at(1))
        assert broken(2.5) == []
        assert broken(3.5) == ["nobody_idle"]
        step(at(4))
        assert broken(5) == []

    def it_grants_a_moment_after_a_refusal(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        make = go_available(make_agent("eve@bpo.example", acme, name="Eve Doe"))
        item = write_in(acme)
        step(at(1))
        first = ring(item)
        actor = ada if first.agent_id == ada.user_id else make
        actions.decline_offer(first.ref, actor=actor, now=at(9))
        assert broken(10) == []
        assert broken(12) == ["nobody_idle"]

    def it_sees_who_was_served_out_of_turn(self, acme: BrandCard, ada: Actor) -> None:
        AgentCapacity.objects.update_or_create(agent_id=ada.user_id, defaults={"cap": 34})
        first, second = write_in(acme), write_in(acme, now=at(1))
        go_available(ada, now=at(8))
        step(at(9))
        assert broken(10) == []
        Offer.objects.update(work_item=second)
        Decision.objects.update(work_item=second)
        WorkItem.objects.filter(pk=second.pk).update(state=ItemState.OFFERED)
        WorkItem.objects.filter(pk=first.pk).update(state=ItemState.QUEUED)
        assert "fifo" in broken(10)

    def it_lets_who_had_gone_be_passed_over(self, acme: BrandCard, ada: Actor) -> None:
        first, second = write_in(acme), write_in(acme, now=at(1))
        stay(first, second)
        actions.note_presence(acme.id, first.interaction_ref, node=None, now=at(2))
        go_available(ada, now=at(100))
        (made,) = step(at(101))
        assert made.item_id == second.pk
        actions.note_presence(acme.id, first.interaction_ref, node="tests", now=at(102))
        assert again(first).back_at == at(102)
        assert broken(103) == []

    def it_tells_of_a_conversation_that_one_plane_lost(self, acme: BrandCard, ada: Actor) -> None:
        item = write_in(acme)
        pause(acme, actor="user:1", now=at(1))  # which takes nobody's place
        WorkItem.objects.filter(pk=item.pk).update(state=ItemState.ENDED, ended_at=at(1))
        (found,) = [one for one in check(grant=TESTS, now=at(5)) if one.count]
        assert (found.name, found.examples) == ("one_place", (f"acme {item.interaction_ref}",))

    def it_asks_only_what_is_named(self) -> None:
        assert [one.name for one in check(grant=TESTS, now=NOW, names=["fifo"])] == ["fifo"]


def _twice_on(item: WorkItem) -> None:
    own = Engagement.objects.get(work_item_id=item.pk)
    own.pk, own.started_at, own.ended_at = None, own.started_at, at(9)
    own.save(force_insert=True)


def turn(number: int, *, opens: float, served: float | None = None, **more: object) -> Turn:
    values: dict[str, object] = {
        "line": "orders", "sort": 0, "order_key": at(opens + 60), "enqueued_at": at(opens),
        "open_at": at(opens), "shut_at": at(served) if served else None,
        "served_at": at(served) if served else None,
    }  # fmt: skip
    return Turn(number, **(values | more))  # type: ignore[arg-type]


class DescribeTurns:
    def it_names_who_was_served_before_whom(self) -> None:
        late = turn(2, opens=1, served=10)
        assert list(overtaken([turn(1, opens=0, served=11), late])) == [(2, 1)]
        assert list(overtaken([turn(1, opens=0), late])) == [(2, 1)]
        assert not list(overtaken([turn(1, opens=0, served=10), late]))

    def it_compares_like_with_like(self) -> None:
        late = turn(2, opens=1, served=10)
        for other in (
            turn(1, opens=0, line="refunds"),
            turn(1, opens=0, open_at=at(9)),
            turn(1, opens=0, shut_at=at(5)),
            turn(1, opens=0, compares=False),
            turn(1, opens=3, order_key=at(0)),
        ):
            assert not list(overtaken([other, late]))

    def it_looks_at_each_priority(self) -> None:
        boosted = turn(1, opens=0, sort=3, order_key=at(-30))
        assert list(overtaken([boosted, turn(2, opens=1, served=10)])) == [(2, 1)]


@pytest.mark.usefixtures("queues")
class DescribeCommands:
    def it_says_that_all_is_well(self, acme: BrandCard, ada: Actor) -> None:
        out = StringIO()
        call_command("routing_check", "--json", stdout=out)
        assert {row["name"]: row["broken"] for row in json.loads(out.getvalue())} == {
            promised.name: 0 for promised in PROMISES
        }

    def it_ends_with_1_and_names_it(self, acme: BrandCard, ada: Actor) -> None:
        AgentCapacity.objects.update_or_create(agent_id=ada.user_id, defaults={"used": 34})
        out = StringIO()
        with pytest.raises(CommandError, match="no_reserve") as refused:
            call_command("routing_check", stdout=out)
        assert refused.value.returncode == 1
        assert f"agent {ada.user_id}: 34 units are taken, 0 are right" in out.getvalue()

    def it_refuses_a_promise_that_is_none(self) -> None:
        with pytest.raises(CommandError, match="No such promise"):
            call_command("routing_check", "luck")
        with pytest.raises(CommandError, match="--hours"):
            call_command("routing_check", "--hours", "0")

    def it_explains_a_conversation(self, acme: BrandCard, globex: BrandCard, ada: Actor) -> None:
        now = clock.now()
        workforce.beat("tests", now=now + timedelta(hours=1))
        item = write_in(acme, now=now)
        assert "because nobody is available" in explained(item)
        go_available(ada, now=now)
        step(now)
        said = explained(item)
        assert "Ada Berg: Longest without work, of 1 (Everybody)" in said
        assert "queue Orders: offered" in said
        Offer.objects.update(state=OfferState.EXPIRED)
        WorkItem.objects.filter(pk=item.pk).update(state=ItemState.QUEUED)
        AgentCapacity.objects.update(used=100)
        assert "Ada Berg has no room for it" in explained(item)
        with tenant_scope(acme, TESTS):
            interactions.end_by_visitor(item.interaction_ref, now=now)

    def it_knows_no_conversation_of_another_ref(self) -> None:
        with pytest.raises(CommandError, match="No conversation"):
            call_command("router", "--explain", str(uuid4()))


def explained(item: WorkItem) -> str:
    out = StringIO()
    call_command("router", "--explain", str(item.interaction_ref), stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("queues")
def it_looks_by_index_at_the_present(acme: BrandCard) -> None:
    """On a big table the promises about this instant read what is live, not what ever was."""
    from routing.invariants.present import OFFERS

    with labour_scope(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + OFFERS, {"now": NOW})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan" not in plan
