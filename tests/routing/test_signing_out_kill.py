"""A process that gives a signed-out agent's work back is killed between two brands: the next ends it."""

from uuid import uuid4

import pytest

from accounts.actor import Actor
from core import clock
from interactions.choices import State
from routing.actions import finish_sign_outs, signing_out
from routing.models import WorkItem
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.routing.conftest import go_available
from tests.routing.test_leaving import draft, notes, talk, talk_of
from tests.routing.test_leaving_kill import killed_at_the_conversation

FINISH = """
import django
django.setup()
from core import clock
from routing.actions import finish_sign_outs
finish_sign_outs(clock.now())
"""
pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queues")]


def it_is_ended_by_the_next_sweep(ada: Actor, bo: Actor, acme: BrandCard, globex: BrandCard) -> None:
    first, second = sorted((acme, globex), key=lambda card: card.id)
    go_available(ada)
    items = {card: talk(card, ada, seconds=n) for n, card in enumerate((first, second))}
    draft(second, ada, items[second], "Kept")
    row = signing_out._begin(ada.user_id, reason="sick", note="", by=bo, ref=uuid4(), now=clock.now())

    killed_at_the_conversation(second, items[second], script=FINISH)
    row.refresh_from_db()
    assert (row.brands_left, row.returned, row.done_at) == ([second.id], 1, None)
    assert talk_of(first, items[first]).state == State.QUEUED
    assert talk_of(second, items[second]).agent_id == ada.user_id
    assert notes(second, items[second]) == []

    assert finish_sign_outs(clock.now()) == 1
    row.refresh_from_db()
    assert (row.brands_left, row.returned) == ([], 2)
    assert notes(second, items[second]) == [("Ada", "Kept", "draft")]
    for card, item in items.items():
        assert (talk_of(card, item).state, talk_of(card, item).agent_id) == (State.QUEUED, None)
        assert WorkItem.objects.live().filter(interaction_ref=item.interaction_ref).count() == 1
    told = AuditRow.objects.filter(verb="agent.work_returned").order_by("brand_id")
    assert list(told.values_list("brand_id", flat=True)) == [first.id, second.id]
