"""A hold that lasts too long: noticed by the sweep, told to the agent once."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from core import live
from events.models import Event
from interactions import actions
from interactions.models import Interaction
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS
from tests.interactions.conftest import Opener

ADA = 77
Pushes = list[tuple[str, dict[str, Any]]]


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def pushes(monkeypatch: pytest.MonkeyPatch) -> Pushes:
    """(group, payload) of each publish, in order."""
    heard: Pushes = []
    monkeypatch.setattr(live, "publish_all", heard.extend)
    return heard


def it_is_told_once_after_three_minutes(
    open_chat: Opener, acme: BrandCard, globex: BrandCard, pushes: Pushes
) -> None:
    ref = open_chat()
    actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=at(10))
    actions.hold(ref, agent_id=ADA, now=at(20))
    assert actions.fire_due(now=at(199)) == 0
    with tenant_scope(globex, TESTS):
        assert actions.tell_holds(now=at(200)) == 0
    assert [actions.fire_due(now=at(200)) for _ in range(2)] == [1, 0]
    told = [(group, payload) for group, payload in pushes if payload["kind"] == "hold"]
    assert told == [(f"agent.{ADA}", {"kind": "hold", "brand": acme.id, "ref": str(ref)})]
    event = Event.objects.get(kind="interaction.hold_exceeded")
    assert (event.v, event.occurred_at, event.data) == (1, at(200), {"held_at": at(20).isoformat()})


def it_is_told_again_for_the_next_hold(open_chat: Opener) -> None:
    ref = open_chat()
    actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=at(10))
    for begun in (20, 400):
        actions.hold(ref, agent_id=ADA, now=at(begun))
        assert actions.tell_holds(now=at(begun + 180)) == 1
        actions.resume(ref, agent_id=ADA, now=at(begun + 190))
    assert actions.tell_holds(now=at(9_000)) == 0
    assert Interaction.objects.get(ref=ref).held_at is None
