"""A call instead of the wait, over a visitor's socket."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from core import clock
from core.executor import run_db
from interactions import actions
from interactions.connectors.webchat import calls, standing
from interactions.live import announce_hours_changed
from interactions.models import Callback, Interaction, Queue
from interactions.values import Place
from routing.models import WorkItem
from tenants.cards import BrandCard
from tenants.scope import labour_scope
from tests.connectors.webchat.wire import Visitor, within

Brands = tuple[BrandCard, BrandCard]
NUMBER = "+46 70 123 45 67"
ZONE = "Asia/Tokyo"


@pytest.fixture
def acme(brands: Brands) -> BrandCard:
    return brands[0]


@pytest.fixture
def globex(brands: Brands) -> BrandCard:
    return brands[1]


@pytest.fixture(autouse=True)
def long_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "place_of", lambda *_: Place(position=2, staffed=True, may_call=True))


async def waiting(brand: BrandCard, **fields: Any) -> Visitor:
    visitor = await Visitor(brand, **fields).greet(language="en", zone=ZONE)
    await visitor.say("Where is my order?")
    while "call" not in await visitor.hear("place"):
        pass
    return visitor


async def asks(visitor: Visitor, **more: Any) -> str:
    """Ask for the first window that is offered, or for what `more` says; returns the client id."""
    await visitor.send("call_windows")
    offered = await visitor.hear("windows")
    assert offered["zone"] == ZONE
    start, end = offered["windows"][0]
    client_id = str(uuid4())
    said = {"client_id": client_id, "number": NUMBER, "from": start, "until": end, "consent": True} | more
    await visitor.send("call", **said)
    return str(said["client_id"])


def count() -> int:
    return int(Callback.objects.count())


async def it_keeps_the_place_and_shows_the_promise(acme: BrandCard, globex: BrandCard) -> None:
    visitor = await waiting(acme)
    client_id = await asks(visitor)
    shown = await visitor.hear("call")
    assert (shown["number"], shown["zone"], shown["calling"]) == ("+46701234567", ZONE, False)
    assert (await visitor.hear("call_ok"))["client_id"] == client_id
    row = await within(acme, partial(Interaction.objects.get, ref=visitor.conversation))
    assert (row.state, row.calls_back) == ("callback_scheduled", True)
    await visitor.leave()
    again = await Visitor(acme, token=visitor.token).greet(zone=ZONE)
    assert again.greeting["state"] == "callback"
    assert await again.hear("call") == shown
    assert await within(globex, count) == 0
    await again.leave()


async def it_answers_a_repeat_as_the_first_time(acme: BrandCard) -> None:
    visitor = await waiting(acme)
    client_id = await asks(visitor)
    await visitor.hear("call_ok")
    await asks(visitor, client_id=client_id)
    assert (await visitor.hear("call_ok"))["client_id"] == client_id
    assert await within(acme, count) == 1
    await visitor.leave()


async def it_changes_the_call_and_calls_it_off(acme: BrandCard) -> None:
    visitor = await waiting(acme)
    await asks(visitor)
    first = await visitor.hear("call")
    later = datetime.fromisoformat(first["until"])
    await asks(
        visitor,
        number="0701 11",
        **{"from": first["until"], "until": (later + timedelta(hours=1)).isoformat()},
    )
    changed = await visitor.hear("call")
    assert (changed["number"], changed["from"]) == ("070111", first["until"])
    assert await within(acme, count) == 1
    await visitor.send("no_call")
    await visitor.hear("resumed")
    place = await visitor.hear("place")
    assert (place["position"], place["call"]) == (2, True)
    row = await within(acme, partial(Interaction.objects.get, ref=visitor.conversation))
    assert (row.state, row.calls_back) == ("queued", False)
    await visitor.leave()


async def it_says_that_the_call_is_on_its_way(acme: BrandCard) -> None:
    visitor = await waiting(acme)
    await asks(visitor)
    await visitor.hear("call_ok")
    await within(acme, partial(actions.fire_callbacks, now=clock.now()))
    while not (await visitor.hear("call"))["calling"]:
        pass
    await visitor.send("no_call")
    assert (await visitor.hear("error"))["code"] == "under_way"
    await visitor.accepted()
    assert (await visitor.hear("agent"))["event"] == "joined"
    await visitor.leave()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"number": "soon"}, "number"), ({"consent": False}, "consent"), ({"from": "today"}, "bad_frame"),
        ({"until": "2026-01-01T09:00:00"}, "bad_frame"), ({"number": 7}, "bad_frame"),
        ({"from": "2020-01-01T09:00:00Z", "until": "2020-01-01T11:00:00Z"}, "window"),
    ],
)  # fmt: skip
async def it_says_what_is_wrong(acme: BrandCard, wrong: dict[str, Any], code: str) -> None:
    visitor = await waiting(acme)
    client_id = await asks(visitor, **wrong)
    refusal = await visitor.hear("error")
    assert (refusal["code"], refusal["client_id"]) == (code, client_id)
    assert refusal["message"]
    assert await within(acme, count) == 0
    await visitor.leave()


async def it_offers_none_before_the_limit(acme: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "place_of", lambda *_: Place(position=2, staffed=True))
    visitor = await Visitor(acme).greet(language="en", zone=ZONE)
    await visitor.say("Where is my order?")
    assert "call" not in await visitor.hear("place")
    await asks(visitor)
    assert (await visitor.hear("error"))["code"] == "not_offered"
    await within(acme, lambda: actions.save_queue(Queue.objects.get(), callback_after=1))
    await within(acme, partial(announce_hours_changed, acme.id))
    while "call" not in await visitor.hear("place"):
        pass
    await asks(visitor)
    await visitor.hear("call_ok")
    await visitor.leave()


@pytest.mark.parametrize("offered", [True, False])
async def it_offers_one_out_of_hours_where_the_queue_says_so(
    acme: BrandCard, monkeypatch: pytest.MonkeyPatch, offered: bool
) -> None:
    monkeypatch.setattr(standing, "place_of", lambda *_: Place(position=2, staffed=True))
    opens = clock.now() + timedelta(hours=20)
    await within(acme, lambda: actions.save_queue(Queue.objects.get(), callback_closed=offered))
    await within(acme, partial(actions.close_now, until=opens, actor="test", now=clock.now()))
    visitor = await Visitor(acme).greet(language="en", zone=ZONE)
    await visitor.say("Where is my order?")
    while "position" not in (place := await visitor.hear("place")):
        pass
    assert ("closed" in place, place.get("call", False)) == (True, offered)
    await visitor.send("call_windows")
    first, _end = (await visitor.hear("windows"))["windows"][0]
    assert datetime.fromisoformat(first) == opens
    await visitor.leave()


async def it_counts_calls_of_a_number(acme: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "CALLS_PER_NUMBER", (1, 60))
    first = await waiting(acme, address=f"203.0.113.{uuid4().int % 250}")
    other = await waiting(acme, address=f"198.51.100.{uuid4().int % 250}")
    number = f"+4670{uuid4().int % 10**8:08}"
    await asks(first, number=number)
    await first.hear("call_ok")
    client_id = await asks(other, number=number)
    refusal = await other.hear("error")
    assert (refusal["code"], refusal["client_id"]) == ("rate_limited", client_id)
    for each in (first, other):
        await each.leave()


async def it_promises_nothing_to_who_is_blocked(acme: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = await waiting(acme)
    monkeypatch.setattr("interactions.connectors.webchat.visits.blocking.is_blocked", lambda *_, **__: True)
    await asks(visitor)
    assert (await visitor.hear("error"))["code"] == "blocked"
    assert await visitor.closed() == 4410
    assert await within(acme, count) == 0


async def it_takes_the_line_up_where_it_left_it(acme: BrandCard) -> None:
    """The work item that is made when it is called off has the order key that the wait began with."""
    visitor = await waiting(acme)
    before = await run_db(item, visitor)
    await asks(visitor)
    await visitor.hear("call_ok")
    await visitor.send("no_call")
    await visitor.hear("place")
    after = await run_db(item, visitor)
    assert (after.enqueued_at, after.channel) == (before.enqueued_at, "webchat")
    await visitor.leave()


def item(visitor: Visitor) -> WorkItem:
    with labour_scope():
        return WorkItem.objects.filter(interaction_ref=visitor.conversation).latest("pk")
