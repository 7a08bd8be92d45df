"""Timers that live in the brands: each with work in hand is asked, one that fails holds up no other."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError

from accounts.actor import Actor
from interactions import actions as interactions
from interactions.models import Interaction
from routing import actions
from routing.choices import ItemState
from routing.models import WorkItem
from routing.router import step
from routing.tasks import BEAT
from tenants.cards import BrandCard
from tenants.onboarding.actions import pause
from tenants.scope import tenant_scope
from tests.factories import TESTS
from tests.routing.conftest import again, at, go_available, used, write_in
from workforce.models import Engagement

pytestmark = pytest.mark.usefixtures("queues")


def answered(card: BrandCard, actor: Actor) -> WorkItem:
    """The agent took it and wrote; it is the customer's turn."""
    write_in(card)
    (made,) = step(at(1))
    actions.accept_offer(made.ref, actor=actor, now=at(2))
    item: WorkItem = WorkItem.objects.get(pk=made.item_id)
    with tenant_scope(card, TESTS):
        interactions.send_reply(
            item.interaction_ref, agent_id=actor.user_id, author_shown="Ada", client_id=uuid4(), body="Yes?",
            last_seq=10**6, now=at(3),
        )  # fmt: skip
    return item


def state(card: BrandCard, item: WorkItem) -> str:
    with tenant_scope(card, TESTS):
        return str(Interaction.objects.get(ref=item.interaction_ref).state)


def fire(seconds: float) -> int:
    return actions.fire_timers(at(seconds), grant=TESTS)


def it_answers_silence_in_every_brand_with_work(acme: BrandCard, globex: BrandCard, ada: Actor) -> None:
    go_available(ada)
    items = [(card, answered(card, ada)) for card in (acme, globex)]
    assert [fire(182), fire(183), fire(183)] == [0, 2, 0]
    assert fire(603) == 2
    assert {state(card, item) for card, item in items} == {"wrap_up"}
    assert {again(item).state for _card, item in items} == {ItemState.WRAP_UP}


def it_does_the_others_when_one_brand_fails(
    acme: BrandCard, globex: BrandCard, ada: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_available(ada)
    for card in (acme, globex):
        answered(card, ada)
    whole: Callable[..., int] = interactions.fire_due
    calls: list[int] = []

    def fails_first(**more: Any) -> int:
        calls.append(1)
        if len(calls) == 1:
            raise DatabaseError
        return whole(**more)

    monkeypatch.setattr(interactions, "fire_due", fails_first)
    assert fire(183) == 1


def it_goes_back_from_wrap_up_to_the_talk(acme: BrandCard, ada: Actor) -> None:
    go_available(ada)
    item = answered(acme, ada)
    with tenant_scope(acme, TESTS):
        interactions.begin_wrap_up(item.interaction_ref, agent_id=ada.user_id, now=at(50))
        interactions.resume_conversation(item.interaction_ref, client_id=uuid4(), body="Oh", now=at(60))
    assert (again(item).state, again(item).wrap_up_due_at) == (ItemState.ACCEPTED, None)
    kinds = Engagement.objects.filter(work_item_id=item.pk).order_by("started_at", "pk")
    assert list(kinds.values_list("kind", flat=True)) == ["handling", "wrap_up", "handling"]


def it_offers_a_promised_call_as_a_task_under_its_old_key(
    acme: BrandCard, globex: BrandCard, ada: Actor
) -> None:
    item, other = write_in(acme), write_in(globex)
    with tenant_scope(acme, TESTS):
        interactions.promise_callback(
            item.interaction_ref,
            number="+46812345",
            window=(at(3600), at(7200)),
            by="contact",
            consent=True,
            now=at(5),
        )
    assert (again(item).state, again(item).outcome) == (ItemState.ENDED, "callback")
    assert [actions.keep_promises(at(3599), grant=TESTS), actions.keep_promises(at(3600), grant=TESTS)] == [
        0,
        1,
    ]
    task = WorkItem.objects.exclude(pk=item.pk).get(interaction_ref=item.interaction_ref)
    assert (task.channel, task.units, task.order_key) == ("task", 20, item.order_key)
    go_available(ada, now=at(3600))
    made = {offer.item_id for offer in step(at(3601))}
    assert task.pk in made or other.pk in made
    assert again(other).state in {ItemState.QUEUED, ItemState.OFFERED}


def it_keeps_what_was_promised_before_a_brand_was_paused(acme: BrandCard, ada: Actor) -> None:
    item = write_in(acme)
    with tenant_scope(acme, TESTS):
        interactions.promise_callback(
            item.interaction_ref, number="+46812345", window=(at(3600), at(7200)), by="contact",
            consent=True, now=at(5),
        )  # fmt: skip
    pause(acme, actor="user:1", now=at(6))
    assert actions.keep_promises(at(3600), grant=TESTS) == 1
    assert WorkItem.objects.exclude(pk=item.pk).filter(interaction_ref=item.interaction_ref).exists()


def it_frees_the_agent_until_the_call(acme: BrandCard, ada: Actor) -> None:
    go_available(ada)
    item = answered(acme, ada)
    with tenant_scope(acme, TESTS):
        interactions.promise_callback(
            item.interaction_ref, number="+46812345", window=(at(3600), at(7200)), by="agent",
            actor_id=ada.user_id, now=at(9),
        )  # fmt: skip
    assert (again(item).state, used(ada)) == (ItemState.ENDED, 0)


def it_is_in_the_schedule() -> None:
    tasks = {entry["task"] for entry in BEAT.values()}
    assert {"routing.tasks.fire_timers", "routing.tasks.keep_promises"} <= tasks
