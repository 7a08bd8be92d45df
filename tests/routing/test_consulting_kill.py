"""A process is killed while it takes a question, and while it completes a transfer: all of it, or nothing."""

import os
import signal
from uuid import UUID

import pytest
from django.db import connection, transaction

from accounts.actor import Actor
from interactions.actions import Target
from interactions.choices import PlaceState
from routing import actions
from routing.choices import OfferState
from routing.models import Offer, WorkItem
from tenants.cards import BrandCard
from tests.routing.conftest import again, at, ring, used
from tests.routing.test_consulting import ask, complete, consulted, eve, places, sound, take
from tests.routing.test_leaving_kill import somebody_waits, sweeper, until
from tests.routing.test_turns import current, row, talk

__all__ = ["eve"]
pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queues")]

BEGIN = """
import django
django.setup()
from datetime import datetime
from uuid import UUID
from accounts.access import actor_for
from routing.actions import accept_offer, complete_consult
from tenants.cards import card_by_id
now = datetime.fromisoformat("{now}")
actor = actor_for({actor}, now=now)
"""
ACCEPT = BEGIN + "accept_offer(UUID('{ref}'), actor=actor, now=now)"
COMPLETE = (
    BEGIN
    + """
brand = card_by_id({brand})
complete_consult(UUID('{ref}'), UUID('{place}'), brand=brand, actor=actor, now=now)
"""
)


def killed_at(item: WorkItem, script: str) -> None:
    """Have a process do it up to that work item, which we hold, and kill it there."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT FROM routing_workitem WHERE id = %s FOR UPDATE", [item.pk])
        with sweeper(script) as process:
            until(somebody_waits)
            os.kill(process.pid, signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL


def it_is_asked_still_when_who_takes_it_is_killed(acme: BrandCard, ada: Actor, eve: Actor) -> None:
    item = talk(acme, ada)
    ask(item, acme, ada, Target(agent_id=eve.user_id))
    place = WorkItem.consults.get()
    offer = ring(place)
    killed_at(place, ACCEPT.format(now=at(12).isoformat(), actor=eve.user_id, ref=offer.ref))
    assert Offer.objects.get(pk=offer.pk).state == OfferState.PENDING
    assert [one.state for one in places(item, acme)] == [PlaceState.ASKED]
    assert used(eve) == 34
    sound(13)
    take(eve, seconds=14)
    assert [one.state for one in places(item, acme)] == [PlaceState.CONSULTING]
    sound(15)


def it_stays_with_its_agent_when_who_completes_is_killed(acme: BrandCard, ada: Actor, eve: Actor) -> None:
    item = consulted(acme, ada, eve)
    (one,) = places(item, acme)
    ref: UUID = item.interaction_ref
    script = COMPLETE.format(
        now=at(20).isoformat(), actor=ada.user_id, ref=ref, place=one.ref, brand=acme.id
    )  # fmt: skip
    killed_at(item, script)
    assert (row(item, acme).agent_id, again(item).ended_at) == (ada.user_id, None)
    assert [found.state for found in places(item, acme)] == [PlaceState.CONSULTING]
    sound(21)
    complete(item, acme, ada, seconds=22)
    assert (row(item, acme).agent_id, current(item).agent_id) == (eve.user_id, eve.user_id)
    assert (used(ada), used(eve)) == (0, 34)
    assert actions.recount() == {}
    sound(23)
