"""What an agent is asked for, by API: all of it at once, by the verb of the screen."""

from collections.abc import Callable
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from accounts.actor import Actor
from routing import actions
from routing.actions import Profile
from routing.models import AgentCapacity, AgentLimit
from tenants.cards import BrandCard
from tenants.models import AuditRow, Brand
from tenants.scope import labour_scope
from tests.api.conftest import Make
from tests.factories import NOW, make_agent
from tests.routing.test_leaving_kill import somebody_waits, until
from workforce.models import Agent

ROUTING = ["routing:read", "routing:write"]


@pytest.fixture
def ada(db: None, acme: BrandCard, globex: BrandCard) -> Actor:
    return make_agent("ada@bpo.example", acme, globex, name="Ada Lund")


def path(actor: Actor) -> str:
    return f"people/{Agent.objects.get(pk=actor.user_id).ref}/limits/"


def ref(card: BrandCard) -> str:
    return str(Brand.objects.get(pk=card.id).ref)


def rows(actor: Actor) -> set[tuple[Any, ...]]:
    found = AgentLimit.objects.filter(agent_id=actor.user_id)
    return set(found.values_list("channel", "brand_id", "at_once", "weight"))


def at_once(work: Callable[[], object]) -> None:
    try:
        work()
    finally:
        connection.close()


def it_says_all_that_an_agent_is_asked_for(program: Make, acme: BrandCard, ada: Actor) -> None:
    caller = program(scopes=ROUTING)
    assert caller.get(path(ada)).json() == {"units": 100, "channels": {}, "brands": {}}
    body = {
        "units": 68, "channels": {"webchat": {"at_once": 3, "weight": 50}},
        "brands": {ref(acme): {"at_once": None, "weight": 150}},
    }  # fmt: skip
    for _time in range(2):
        answer = caller.put(path(ada), body)
        assert (answer.status_code, answer.json()) == (200, body)
    assert rows(ada) == {("webchat", None, 3, 50), ("", acme.id, None, 150)}
    assert AgentCapacity.objects.get(pk=ada.user_id).cap == 68
    [row] = AuditRow.objects.filter(verb="agent.profile_changed")
    assert row.actor.startswith("key:ak_")
    assert caller.put(path(ada), {}).json() == {"units": 100, "channels": {}, "brands": {}}
    assert rows(ada) == set()


def it_leaves_the_ramp_to_the_screen(program: Make, ada: Actor) -> None:
    ramp = actions.save_ramp(name="New", steps=[(0, 50)], actor="user:1", now=NOW)
    actions.save_profile(ada.user_id, Profile(ramp_id=ramp.pk), actor="user:1", now=NOW)
    program(scopes=ROUTING).put(path(ada), {"channels": {"webchat": {"at_once": 1}}})
    load = AgentCapacity.objects.get(pk=ada.user_id)
    assert (load.ramp_id, load.cap) == (ramp.pk, 50)


def it_keeps_a_ramp_that_is_set_meanwhile(transactional_db: None, program: Make, ada: Actor) -> None:
    ramp = actions.save_ramp(name="New", steps=[(0, 50)], actor="user:1", now=NOW)
    caller, at = program(scopes=ROUTING), path(ada)
    caller.put(at, {})
    putting = Thread(
        target=at_once, args=(lambda: caller.put(at, {"channels": {"webchat": {"at_once": 1}}}),)
    )
    with labour_scope(), transaction.atomic():
        actions.save_profile(ada.user_id, Profile(ramp_id=ramp.pk), actor="user:1", now=NOW)
        putting.start()
        until(lambda: somebody_waits() or not putting.is_alive())
    putting.join()
    assert AgentCapacity.objects.get(pk=ada.user_id).ramp_id == ramp.pk
    assert rows(ada) == {("webchat", None, 1, None)}


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"units": 0}, "body.units"),
        ({"channels": {"telex": {"at_once": 1}}}, "body.channels.telex"),
        ({"channels": {"webchat": {"at_once": 21}}}, "body.channels.webchat.at_once"),
        ({"channels": {"webchat": {"weight": 9}}}, "body.channels.webchat.weight"),
        ({"channels": {"webchat": {"colour": 1}}}, "body.channels.webchat.colour"),
        ({"brands": {"acme": {"weight": 50}}}, "body.brands.acme"),
        ({"colour": "red"}, "body.colour"),
        ({"\ud800": 1}, "body.\ud800"),
        ({"channels": {"\ud800": {}}}, "body.channels.\ud800"),
    ],
)
def it_says_what_is_wrong_by_path(program: Make, ada: Actor, body: dict[str, Any], where: str) -> None:
    answer = program(scopes=ROUTING).put(path(ada), body)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert where in answer.json()["errors"]
    assert rows(ada) == set()


def it_is_for_agents_who_are_there(program: Make, ada: Actor) -> None:
    caller, strange = program(scopes=ROUTING), f"people/{uuid4()}/limits/"
    assert caller.get(strange).status_code == 404
    assert caller.put(strange, {}).status_code == 404
    Agent.objects.filter(pk=ada.user_id).update(left_on=NOW.date())
    gone = caller.put(path(ada), {})
    assert (gone.status_code, gone.json()["code"]) == (409, "leaving_refused")
    reader = program(scopes=["routing:read", "people:write"])
    assert reader.put(path(ada), {}).status_code == 403
