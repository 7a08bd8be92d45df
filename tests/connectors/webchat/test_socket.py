"""The protocol of a visitor's socket, over the consumer, the tables and the channel layer."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
from channels.layers import get_channel_layer
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.executor import run_db
from crm.models import Contact, ContactPoint
from events.models import Event
from interactions import actions
from interactions.connectors.webchat import forms, standing, tokens, visits
from interactions.connectors.webchat.consumers import VisitorConsumer
from interactions.hours import live_closures
from interactions.live import announce_hours_changed
from interactions.models import Interaction, Message, Queue, VisitorSession
from interactions.values import Estimate, Place
from routing.live import announce_place
from routing.models import WorkItem
from tenants.cards import BrandCard, changed
from tenants.models import AuditRow, Endpoint
from tenants.scope import labour_scope
from tests.connectors.webchat.wire import AGENT, PATIENCE, Visitor, key_of, new_token, origin_of, within
from tests.factories import NOW, forget_limits, zone_by_day
from workforce import heartbeat
from workforce.heartbeat import node_name

Brands = tuple[BrandCard, BrandCard]
Fate = Callable[[Visitor, pytest.MonkeyPatch], Awaitable[None]]
FIRST = "The pole snapped"


@pytest.fixture
def acme(brands: Brands) -> BrandCard:
    return brands[0]


@pytest.fixture
def globex(brands: Brands) -> BrandCard:
    return brands[1]


def count(*models: type) -> int:
    return sum(model.objects.count() for model in models)  # type: ignore[attr-defined]


def item(ref: UUID) -> WorkItem:
    with labour_scope():
        return WorkItem.objects.get(interaction_ref=ref)


def comes_back(ref: UUID) -> None:
    """Wait until the visitor is at this node."""
    end = time.monotonic() + PATIENCE
    while (found := item(ref)).absent_since or found.visitor_node != node_name():
        assert time.monotonic() < end
        time.sleep(0.02)


# ---- hello ----


async def it_writes_nothing_before_the_first_message(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    assert visitor.greeting["state"] == "new"
    assert await visitor.hear("place") == {"op": "place", "staffed": False}
    assert await within(acme, count, Contact, VisitorSession, Interaction, Message) == 0
    await visitor.leave()


async def it_opens_a_conversation_with_the_first_message(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet(page="https://shop.acme.example/tents?x=1", language="sv-SE")
    receipt = await visitor.say(FIRST)
    shown = await visitor.hear("msg")
    assert (receipt["seq"], shown["seq"], shown["body"], shown["author"]) == (1, 1, FIRST, "contact")
    assert await visitor.hear("place") == {"op": "place", "position": 1, "staffed": False, "kept": True}
    contact = await within(acme, lambda: Contact.objects.values("language", "page").get())
    assert contact == {"language": "sv-SE", "page": "https://shop.acme.example/tents"}
    assert await within(acme, lambda: Interaction.objects.get().waits) is True
    await visitor.leave()


@pytest.mark.parametrize(("zone", "kept"), [("Asia/Tokyo", "Asia/Tokyo"), ("Mars/Olympus", ""), (None, "")])
async def it_knows_what_time_it_is_for_the_visitor(acme: BrandCard, zone: str | None, kept: str) -> None:
    visitor = await Visitor(acme).greet(zone=zone)
    await visitor.say(FIRST)
    assert await within(acme, lambda: Contact.objects.get().timezone) == kept
    await visitor.leave()


async def it_returns_to_its_conversation(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    await visitor.leave()
    again = await Visitor(acme, token=visitor.token).greet()
    assert again.greeting["state"] == "queued"
    assert [message["body"] for message in again.greeting["messages"]] == [FIRST]
    await again.leave()


@pytest.mark.parametrize("text", ["", "x", "eyJ4IjoxfQ:1:abc"])
async def it_refuses_a_bad_token_in_words_and_stores_nothing(acme: BrandCard, text: str) -> None:
    visitor = await Visitor(acme, token="unused").connect()
    await visitor.hello(token=text or "x" * 290)
    refusal = await visitor.hear("error")
    assert refusal["code"] == "bad_token"
    assert refusal["message"]
    assert await visitor.closed() == 4401
    assert await within(acme, count, Contact, VisitorSession) == 0


async def it_refuses_an_expired_token(acme: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
    token = await new_token(acme)
    monkeypatch.setattr(tokens, "_expiry", lambda text, endpoint: NOW)
    visitor = await Visitor(acme, token=token).connect()
    await visitor.hello()
    assert (await visitor.hear("error"))["code"] == "expired_token"
    assert await visitor.closed() == 4401
    assert await run_db(refusals) == [], "a token that has run out is nobody's attempt"


async def it_refuses_the_token_of_another_brand(acme: BrandCard, globex: BrandCard) -> None:
    visitor = await Visitor(globex, token=await new_token(acme)).connect()
    await visitor.hello()
    assert (await visitor.hear("error"))["code"] == "bad_token"
    assert await visitor.closed() == 4401


async def it_refuses_the_key_of_another_brand(acme: BrandCard, globex: BrandCard) -> None:
    visitor = await Visitor(globex, token=await new_token(acme)).connect()
    await visitor.hello(key=key_of(acme))
    assert (await visitor.hear("error"))["code"] == "unavailable"
    assert await visitor.closed() == 4403


@pytest.mark.parametrize(
    "host", ["localhost:8001", "nobody.localhost:8001", "", "acme.localhost.evil.example"]
)
async def it_refuses_a_host_that_is_not_the_brands(acme: BrandCard, host: str) -> None:
    visitor = await Visitor(acme, host=host or "-").connect()
    await visitor.hello()
    assert await visitor.closed() == 4403


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://globex.localhost:8000"])
async def it_refuses_a_page_that_may_not_hold_the_chat(acme: BrandCard, origin: str | None) -> None:
    await run_db(forget_limits, "socket")
    for _again in range(2):
        visitor = await Visitor(acme).connect(origin=origin)
        await visitor.hello()
        assert await visitor.closed() == 4403
    assert await run_db(refusals) == [(acme.id, "nobody", "unavailable", origin or "-")]


def refusals() -> list[tuple[int | None, str, str, str]]:
    rows = AuditRow.objects.filter(verb="socket.refused").order_by("pk")
    return list(rows.values_list("brand_id", "actor", "reason", "object"))


async def it_lets_a_listed_page_in(acme: BrandCard) -> None:
    visitor = await Visitor(acme).connect(origin="https://shop.acme.example")
    await visitor.hello()
    await visitor.hear("hello_ok")
    await visitor.leave()


async def it_closes_a_socket_that_says_nothing(acme: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interactions.connectors.webchat.consumers.HELLO_SECONDS", 0.05)
    visitor = await Visitor(acme).connect()
    assert await visitor.closed() == 4013


# ---- exactly once, without a gap ----


async def it_stores_a_repeated_message_once(acme: BrandCard) -> None:
    client_id = uuid4()
    visitor = await Visitor(acme).greet()
    receipts = [await visitor.say(FIRST, client_id=client_id) for _ in range(3)]
    other = await Visitor(acme, token=visitor.token).greet()
    receipts.append(await other.say(FIRST, client_id=client_id))
    assert {receipt["seq"] for receipt in receipts} == {1}
    assert await visitor.stored() == [FIRST]
    assert len(await visitor.shown(up_to=1)) == 1
    await visitor.leave()
    await other.leave()


async def it_opens_one_conversation_for_a_repeated_first_message(acme: BrandCard) -> None:
    client_id = uuid4()
    visitor = await Visitor(acme).greet()
    await visitor.send("msg", client_id=str(client_id), body=FIRST)
    other = await Visitor(acme, token=visitor.token).greet()
    await other.say(FIRST, client_id=client_id)
    assert await within(acme, count, Interaction, Message) == 2
    await visitor.leave()
    await other.leave()


async def it_shows_after_a_cut_what_a_fresh_page_shows(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    await visitor.accepted()
    await visitor.answered("Hello")
    before = [await visitor.hear("msg") for _ in range(3)]
    await visitor.leave()
    for n in range(50):
        await visitor.answered(f"answer {n}")
    again = await Visitor(acme, token=visitor.token).greet(after=3, conversation=str(visitor.ref))
    fresh = await Visitor(acme, token=visitor.token).greet()
    seen = [{k: v for k, v in frame.items() if k != "op"} for frame in before] + again.greeting["messages"]
    assert seen == fresh.greeting["messages"]
    assert len(seen) == 53
    await again.leave()
    await fresh.leave()


async def it_begins_at_the_start_when_the_page_shows_another_conversation(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    await visitor.leave()
    again = await Visitor(acme, token=visitor.token).greet(after=9, conversation=str(uuid4()))
    assert [message["seq"] for message in again.greeting["messages"]] == [1]
    await again.leave()


async def it_begins_anew_when_too_much_was_missed(acme: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "MOST_MESSAGES", 5)
    visitor = await Visitor(acme).greet()
    for n in range(9):
        await visitor.say(f"line {n}")
    await visitor.leave()
    again = await Visitor(acme, token=visitor.token).greet(after=1, conversation=str(visitor.ref))
    assert again.greeting["reset"] is True
    assert [message["seq"] for message in again.greeting["messages"]] == [5, 6, 7, 8, 9]
    await again.leave()


async def it_shows_a_message_in_every_tab_once(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    other = await Visitor(acme, token=visitor.token).greet()
    await visitor.say("And the bag")
    assert (await other.hear("msg"))["body"] == "And the bag"
    await other.say("And the pegs")
    for tab in (visitor, other):
        bodies = [frame["body"] for frame in await tab.shown(up_to=3)]
        assert bodies == (
            [FIRST, "And the bag", "And the pegs"] if tab is visitor else ["And the bag", "And the pegs"]
        )
        await tab.leave()


async def it_never_shows_a_note(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    await visitor.accepted()
    await visitor.noted("a known defect")
    await visitor.answered("Hello")
    await visitor.say("Thanks")
    frames = await visitor.shown(up_to=5)
    assert [frame["seq"] for frame in frames] == [1, 2, 4, 5]
    again = await Visitor(acme, token=visitor.token).greet()
    assert "a known defect" not in json.dumps([frames, again.greeting])
    await visitor.leave()
    await again.leave()


async def it_masks_a_card_before_anything_is_stored_or_shown(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    await visitor.say("my card is 4111 1111 1111 1111")
    assert (await visitor.hear("msg"))["body"] == "my card is •••• 1111"
    assert await visitor.stored() == ["my card is •••• 1111"]
    await visitor.leave()


async def it_takes_four_statements_to_store_a_message(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)

    def statements() -> list[str]:
        said = forms.Say(client_id=uuid4(), body="one more", fresh=False)
        with CaptureQueriesContext(connection) as captured:
            visits.say(visit, visitor.ref, said)
        kinds = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
        queries = [query["sql"] for query in captured.captured_queries]
        return [text for text in queries if text.startswith(kinds) and "set_config" not in text]

    hello = forms.Hello(
        key=key_of(acme), token=visitor.token, after=0, conversation=None, language="sv", page="", zone=""
    )
    visit, _ref = await run_db(
        visits.welcome, hello, host="acme.localhost", origin=origin_of(acme), address=None
    )
    taken = await run_db(statements)
    assert len(taken) <= 4, taken
    await visitor.leave()


# ---- with a person ----


async def it_tells_who_joined_who_types_and_that_it_ended(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    ref = await visitor.accepted()
    joined = await visitor.hear("agent")
    assert (joined["event"], joined["name"]) == ("joined", "Ada")
    await get_channel_layer().group_send(
        f"visitor.{acme.id}.{ref.hex}", {"type": "live.message", "payload": {"kind": "typing"}}
    )
    assert (await visitor.hear("typing"))["name"] == "Ada"
    await visitor.send("end")
    assert (await visitor.hear("ended"))["reason"] == "ended"
    assert await within(acme, lambda: Interaction.objects.get().state) == "wrap_up"
    await visitor.leave()


async def it_passes_typing_on_to_the_agent_at_most_once_in_three_seconds(acme: BrandCard) -> None:
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(f"agent.{AGENT}", channel)
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    ref = await visitor.accepted()
    await visitor.hear("agent")
    for _ in range(3):
        await visitor.send("typing")
    await visitor.send("ping")
    await visitor.hear("pong")
    last = {"kind": "last"}
    await layer.group_send(f"agent.{AGENT}", {"type": "live.message", "payload": last})
    payloads: list[dict[str, Any]] = []
    while last not in payloads:
        payloads.append((await asyncio.wait_for(layer.receive(channel), PATIENCE))["payload"])
    typing = [payload for payload in payloads if payload["kind"] == "typing"]
    assert typing == [{"kind": "typing", "brand": acme.id, "ref": str(ref), "stream": f"c.{ref}"}]
    await visitor.leave()


async def it_leaves_the_line(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    await visitor.send("end")
    assert (await visitor.hear("ended"))["reason"] == "left"
    assert await visitor.hear("place") == {"op": "place", "staffed": False}
    assert await within(acme, lambda: Interaction.objects.get().state) == "abandoned"
    await visitor.leave()


def ends_and_wraps_up(ref: UUID) -> None:
    actions.begin_wrap_up(ref, agent_id=AGENT, now=clock.now())
    actions.force_wrap_up(ref, at_once=True, now=clock.now())


async def it_goes_on_in_a_closed_conversation_by_writing(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    ref = await visitor.accepted()
    await visitor.hear("agent")
    await within(acme, ends_and_wraps_up, ref)
    assert (await visitor.hear("ended"))["resume"] is True
    await visitor.leave()
    again = await Visitor(acme, token=visitor.token).greet()
    assert (again.greeting["state"], again.greeting["resume"]) == ("ended", True)
    receipt = await again.say("And the pegs?")
    assert receipt["conversation"] == str(ref)
    await again.hear("resumed")
    assert await within(acme, lambda: Interaction.objects.get().state) == "queued"
    await again.leave()


async def it_goes_on_with_the_agent_who_is_still_wrapping_up(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    await visitor.accepted()
    await visitor.hear("agent")
    await visitor.send("end")
    assert (await visitor.hear("ended"))["resume"] is True
    await visitor.say("Wait, one more thing")
    joined = await visitor.hear("agent")
    assert (joined["event"], joined["name"]) == ("joined", "Ada")
    await visitor.leave()


async def it_goes_on_only_while_the_hours_last(acme: BrandCard) -> None:
    await within(acme, lambda: actions.save_queue(Queue.objects.get(), resume_hours=0))
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    ref = await visitor.accepted()
    await visitor.hear("agent")
    await within(acme, ends_and_wraps_up, ref)
    while (await visitor.hear("ended"))["resume"]:
        pass  # that wrap-up had begun was shown first
    late = uuid4()
    await visitor.send("msg", client_id=str(late), body="Wait")
    assert (await visitor.hear("error"))["code"] == "ended"
    await visitor.leave()


def blocks(ref: UUID) -> UUID:
    return actions.block_visitor(
        ref, agent_id=AGENT, agent_shown="Ada", actor="test", reason="threats", hours=1, now=clock.now()
    )


async def it_refuses_a_blocked_visitor_politely_and_stores_nothing(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    ref = await visitor.accepted()
    await visitor.hear("agent")
    block = await within(acme, blocks, ref)
    said = await visitor.hear("error")
    assert (said["code"], said["message"]) == ("blocked", "Vi kan inte ta emot dina meddelanden här just nu.")
    assert await visitor.closed() == 4410
    before = await within(acme, count, Message, Interaction, VisitorSession)
    again = await Visitor(acme, token=visitor.token).connect()
    await again.hello()
    assert (await again.hear("error"))["code"] == "blocked"
    assert await again.closed() == 4410
    assert await within(acme, count, Message, Interaction, VisitorSession) == before
    await within(acme, lambda: actions.lift_block(block, actor="test", actor_id=1, now=clock.now()))
    await (await Visitor(acme, token=visitor.token).greet()).leave()


async def it_refuses_a_new_session_from_a_blocked_address(acme: BrandCard, globex: BrandCard) -> None:
    visitor = await Visitor(acme, address="203.0.113.9").greet()
    await visitor.say(FIRST)
    await within(acme, blocks, await visitor.accepted())
    other = await Visitor(acme, address="203.0.113.9").connect()
    await other.hello()
    assert (await other.hear("error"))["code"] == "blocked"
    await (await Visitor(acme, address="203.0.113.10").greet()).leave()
    await (await Visitor(globex, address="203.0.113.9").greet()).leave()


async def it_starts_anew_only_when_asked_to(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    first = await visitor.say(FIRST)
    await visitor.send("end")
    await visitor.hear("ended")
    late = uuid4()
    await visitor.send("msg", client_id=str(late), body="Wait")
    refusal = await visitor.hear("error")
    assert (refusal["code"], refusal["client_id"]) == ("ended", str(late))
    assert refusal["message"] == "Den här konversationen har avslutats."
    second = await visitor.say("Something else", fresh=True)
    assert second["seq"] == 1
    assert second["conversation"] != first["conversation"]
    assert await within(acme, count, Contact) == 1
    await visitor.leave()


# ---- presence ----


async def it_tells_the_labour_plane_where_the_visitor_is(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    await visitor.shown(up_to=1)
    assert (await run_db(item, visitor.conversation)).visitor_node == node_name()
    await visitor.leave()
    gone = await run_db(item, visitor.conversation)
    assert gone.absent_since is not None


async def it_stays_while_another_tab_is_open(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    other = await Visitor(acme, token=visitor.token).greet()
    await visitor.leave()
    await run_db(comes_back, visitor.conversation)
    await other.leave()


async def it_writes_a_leaving_without_valkey(acme: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    await visitor.hear("place")
    monkeypatch.setattr(get_channel_layer(), "group_discard", unplugged)
    await visitor.leave()
    assert (await run_db(item, visitor.conversation)).absent_since is not None


async def it_writes_a_leaving_at_the_next_beat_when_the_database_refused(
    acme: BrandCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[UUID] = []

    def leave(visit: visits.Visit, ref: UUID) -> None:
        if not refused:
            refused.append(ref)
            raise OperationalError("the connection is closed")
        whole(visit, ref)

    whole = visits.leave
    monkeypatch.setattr(visits, "leave", leave)
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.05)
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    await visitor.leave()
    assert refused == [visitor.conversation]
    await eventually(lambda: item(visitor.conversation).absent_since)


async def it_announces_itself_again_when_it_was_taken_for_gone(acme: BrandCard, hurried: None) -> None:
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    await visitor.hear("place")
    await run_db(_call_gone, visitor.conversation)
    await eventually(lambda: item(visitor.conversation).absent_since is None)
    await visitor.leave()


async def it_comes_back_to_what_it_could_not_hear_of(
    acme: BrandCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stored and acknowledged, but the layer is away: a socket left open would never show an answer."""
    visitor = await Visitor(acme).greet()
    with monkeypatch.context() as outage:
        outage.setattr(get_channel_layer(), "group_add", unplugged)
        await visitor.say(FIRST)
        assert await visitor.closed() == 4011
    assert (await run_db(item, visitor.conversation)).absent_since is not None
    again = await Visitor(acme, token=visitor.token).greet()
    assert [message["body"] for message in again.greeting["messages"]] == [FIRST]
    assert (await run_db(item, visitor.conversation)).absent_since is None
    await again.leave()


@pytest.mark.parametrize("phase", ["new", "ended"])
async def it_notices_by_itself_that_somebody_is_there_again(
    acme: BrandCard, phase: str, hurried: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = await Visitor(acme).greet()
    assert await visitor.hear("place") == {"op": "place", "staffed": False}
    if phase == "ended":
        await visitor.say(FIRST)
        await visitor.send("end")
        await visitor.hear("ended")
        await visitor.shown(up_to=2)  # what was pushed about the end has been looked up
    monkeypatch.setattr(standing, "place_of", lambda *_: Place(position=None, staffed=True))
    assert await visitor.hear("place") == {"op": "place", "staffed": True}
    await visitor.leave()


# ---- out of hours ----


def shut(now: datetime, **more: Any) -> None:
    """Close the brand whose scope is bound."""
    actions.close_now(actor="test", now=now, **more)


async def it_says_that_it_is_closed_until_when_and_why(acme: BrandCard, globex: BrandCard) -> None:
    now = clock.now()
    until = now + timedelta(hours=2)
    await within(acme, shut, now, until=until, texts={"en": "No power.", "sv": "Ingen ström."})
    visitor = await Visitor(acme).greet(language="sv")
    assert (await visitor.hear("place"))["closed"] == {
        "until": until.isoformat(), "zone": "Europe/Stockholm", "text": "Ingen ström.",
    }  # fmt: skip
    theirs = await Visitor(globex).greet()
    assert "closed" not in await theirs.hear("place")
    for each in (visitor, theirs):
        await each.leave()


async def it_takes_a_message_out_of_hours_that_waits(
    acme: BrandCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "place_of", lambda *_: Place(position=None, staffed=True))
    await within(acme, shut, clock.now())
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    assert (await run_db(item, visitor.conversation)).waits
    await visitor.leave()


async def it_notices_by_itself_that_it_opens_again(acme: BrandCard, hurried: None) -> None:
    now = clock.now()
    await within(acme, shut, now)
    visitor = await Visitor(acme).greet()
    assert "closed" in await visitor.hear("place")
    [closure] = await within(acme, live_closures, now)
    await within(acme, partial(actions.reopen_hours, closure.ref, actor="test", now=clock.now()))
    assert "closed" not in await visitor.hear("place")
    await visitor.leave()


def behave(when_closed: str) -> None:
    """Say what a customer can do outside the hours of the one queue of the brand whose scope is bound."""
    actions.save_queue(Queue.objects.get(), when_closed=when_closed)


async def it_takes_nothing_where_the_composer_is_hidden(acme: BrandCard, globex: BrandCard) -> None:
    await within(acme, behave, "hide")
    await within(acme, shut, clock.now(), texts={"en": "Moving house."})
    visitor = await Visitor(acme).greet(language="en")
    assert (await visitor.hear("place"))["closed"]["how"] == "hide"
    await visitor.send("msg", client_id=str(uuid4()), body=FIRST)
    error = await visitor.hear("error")
    assert (error["code"], error["message"]) == ("closed", "Moving house.")
    assert await within(acme, Interaction.objects.count) == 0
    theirs = await Visitor(globex).greet()
    await theirs.say(FIRST)
    for each in (visitor, theirs):
        await each.leave()


async def it_takes_a_message_with_an_address_out_of_hours(acme: BrandCard, globex: BrandCard) -> None:
    await within(acme, behave, "address")
    await within(acme, shut, clock.now())
    visitor = await Visitor(acme).greet(language="en")
    refused = {"": "address_wanted", "nobody": "bad_address", "a@b": "bad_address"}
    for address, code in refused.items():
        await visitor.send("msg", client_id=str(uuid4()), body=FIRST, address=address)
        assert (await visitor.hear("error"))["code"] == code
    await visitor.say(FIRST, address=" kim@example.test ")
    shown = await visitor.shown(up_to=2)
    assert [(message["code"], message["name"]) for message in shown][1] == ("address", "kim@example.test")
    assert await within(acme, lambda: ContactPoint.objects.get().value) == "kim@example.test"
    assert (await run_db(item, visitor.conversation)).waits
    await visitor.leave()


async def it_lets_somebody_claim_an_address_without_taking_it(acme: BrandCard) -> None:
    """An address that is another customer's stays theirs; the conversation says what was claimed."""
    await within(acme, behave, "address")
    await within(acme, shut, clock.now())
    for _customer in range(2):
        visitor = await Visitor(acme).greet()
        await visitor.say(FIRST, address="kim@example.test")
        assert len(await visitor.shown(up_to=2)) == 2
        await visitor.leave()
    assert await within(acme, ContactPoint.objects.count) == 1


async def it_hears_of_a_closure_by_push_and_so_does_nobody_of_another_client(
    acme: BrandCard, globex: BrandCard
) -> None:
    visitor, theirs = await Visitor(acme).greet(), await Visitor(globex).greet()
    for each in (visitor, theirs):
        await each.hear("place")
    await within(acme, shut, clock.now(), texts={"en": "Fire."})
    assert (await visitor.hear("place"))["closed"]["text"] == "Fire."
    await theirs.send("ping")
    await theirs.hear("pong")
    assert not [frame for frame in theirs.heard if "closed" in frame]
    for each in (visitor, theirs):
        await each.leave()


async def it_lets_who_waits_go_when_the_line_is_told(
    acme: BrandCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "place_of", lambda *_: Place(position=1, staffed=True))
    visitor = await Visitor(acme).greet(language="en")
    await visitor.say(FIRST)
    await within(acme, shut, clock.now(), line="told", texts={"en": "Fire."})
    shown = await visitor.shown(up_to=2)
    assert (shown[-1]["code"], shown[-1]["text"]) == ("closed_told", "Fire.")
    assert (await run_db(item, visitor.conversation)).waits
    await visitor.leave()


async def it_ends_who_waits_with_the_text_when_the_line_is_ended(
    acme: BrandCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "place_of", lambda *_: Place(position=1, staffed=True))
    visitor, talking = await Visitor(acme).greet(language="en"), await Visitor(acme).greet()
    await talking.say(FIRST)
    await talking.accepted()
    await visitor.say(FIRST)
    await within(acme, shut, clock.now(), line="ended", texts={"en": "Fire."})
    await visitor.hear("ended")
    shown = [frame for frame in visitor.heard if frame["op"] == "msg"]
    assert (shown[-1]["code"], shown[-1]["text"]) == ("closed_ended", "Fire.")
    row = await within(acme, partial(Interaction.objects.get, ref=visitor.conversation))
    assert row.state == "abandoned"
    going_on = await within(acme, partial(Interaction.objects.get, ref=talking.conversation))
    assert going_on.state == "active", "who is with an agent stays"
    for each in (visitor, talking):
        await each.leave()


async def it_serves_who_waits_and_says_when_it_closes_early(acme: BrandCard) -> None:
    now = clock.now()
    ref = await within(acme, lambda: Queue.objects.get().ref)
    soon = now + timedelta(hours=1)
    early = partial(
        actions.close_early, ref, at=soon, zone=zone_by_day(now), reason="Meeting", actor="test", now=now
    )
    await within(acme, early)
    visitor = await Visitor(acme).greet()
    place = await visitor.hear("place")
    assert place["closing"] == {"at": soon.isoformat(), "zone": "Europe/Stockholm", "text": ""}
    assert "closed" not in place
    await visitor.leave()


async def it_tells_who_waits_that_it_closed_behind_them(
    acme: BrandCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "place_of", lambda *_: Place(position=1, staffed=True, wait=(30, 66)))
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    await within(acme, shut, clock.now())
    while "served" not in (told := await visitor.hear("place")):
        pass
    assert "closed" not in told
    assert "wait" not in told, "no promise while it is closed"
    late = await Visitor(acme).greet()
    assert "closed" in await late.hear("place")
    for each in (visitor, late):
        await each.leave()


# ---- how long it takes ----


def estimates(ref: UUID) -> list[dict[str, Any]]:
    rows = Event.objects.filter(interaction_ref=ref, kind="interaction.wait_estimated").order_by("n")
    return [row.data for row in rows]


async def stay(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The socket is there when an agent answers."""


async def leave(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    await visitor.leave()


async def die(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process is killed: nothing of it runs any more."""

    async def nothing(_consumer: VisitorConsumer) -> None: ...

    monkeypatch.setattr(VisitorConsumer, "_gone", nothing)
    visitor.socket.stop(exceptions=False)


@pytest.mark.parametrize("fate", [stay, leave, die])
async def it_tells_the_wait_and_keeps_what_it_told_first_and_last(
    acme: BrandCard, globex: BrandCard, monkeypatch: pytest.MonkeyPatch, fate: Fate
) -> None:
    place = Place(position=3, staffed=True, wait=(90, 200))
    monkeypatch.setattr(standing, "place_of", lambda *_: place)
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    told = await visitor.hear("place")
    while "wait" not in told:
        told = await visitor.hear("place")
    assert told["wait"] == {"from": 1, "until": 4}
    place = Place(position=1, staffed=True, wait=(30, 66))
    await within(acme, partial(announce_place, acme.id, visitor.conversation))
    assert (await visitor.hear("place"))["wait"] == {"from": 0, "until": 2}
    await visitor.send("ping")
    await visitor.hear("pong")  # one thing at a time: what it was told is kept by now
    await fate(visitor, monkeypatch)
    ref = await visitor.accepted()
    again = await Visitor(acme, token=visitor.token).greet()
    kept = await within(acme, estimates, ref)
    assert [(one["given"], one["p50"], one["p80"], one["place"]) for one in kept] == [
        ("first", 90, 200, 3), ("last", 30, 66, 1),
    ]  # fmt: skip
    assert await within(globex, estimates, ref) == []
    monkeypatch.undo()  # who leaves now is to be gone
    for each in (visitor, again) if fate is stay else (again,):
        await each.leave()


async def it_counts_nothing_that_was_told_before_this_wait_began(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    before = Estimate(90, 200, 3, clock.now() - timedelta(hours=1))
    await within(acme, actions.keep_estimate, visitor.conversation, before)
    ref = await visitor.accepted()
    assert await within(acme, estimates, ref) == []
    await visitor.leave()


@pytest.mark.parametrize("why", ["closed", "nobody"])
async def it_never_promises_when_closed_or_nobody_serves(
    acme: BrandCard, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(position=1, staffed=why == "closed", wait=(30, 66))
    monkeypatch.setattr(standing, "place_of", lambda *_: place)
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    if why == "closed":
        await within(acme, shut, clock.now())
        while "served" not in (told := await visitor.hear("place")):
            pass
        assert "wait" not in told
    else:
        await visitor.send("ping")
        await visitor.hear("pong")
        assert not [frame for frame in visitor.heard if "wait" in frame]
    await visitor.leave()


# ---- leaving a message ----


async def it_offers_to_leave_a_message_after_the_limit_and_keeps_the_place(
    acme: BrandCard, globex: BrandCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "place_of", lambda *_: Place(position=2, staffed=True))
    visitor, theirs = await Visitor(acme).greet(language="en"), await Visitor(globex).greet(language="en")
    for each in (visitor, theirs):
        await each.say(FIRST)
    await theirs.send("leave_message")
    assert (await theirs.hear("error"))["code"] == "not_offered"
    await within(acme, lambda: actions.save_queue(Queue.objects.get(), leave_after=1))
    await within(acme, partial(announce_hours_changed, acme.id))
    while "leave" not in (told := await visitor.hear("place")):
        pass
    await visitor.send("leave_message")
    while "kept" not in (told := await visitor.hear("place")):
        pass
    assert told["position"] == 2
    assert "leave" not in told
    assert (await visitor.shown(up_to=2))[-1]["code"] == "message_left"
    assert (await run_db(item, visitor.conversation)).waits
    await visitor.send("leave_message")  # again: nothing happens
    await visitor.leave()
    row = await within(acme, partial(Interaction.objects.get, ref=visitor.conversation))
    assert (row.state, row.waits, row.last_seq) == ("queued", True, 2)
    await theirs.leave()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a socket looks up again by the minute, it does within a tenth of a second."""
    monkeypatch.setattr("interactions.connectors.webchat.consumers.random.uniform", lambda *_: 0.001)


async def unplugged(*_args: object) -> None:
    raise redis.ConnectionError("no Valkey")


def _call_gone(ref: UUID) -> None:
    with labour_scope():
        WorkItem.objects.filter(interaction_ref=ref).update(absent_since=NOW)


async def eventually(true: Callable[[], Any]) -> None:
    """Wait until it is so, asked in a database thread."""
    async with asyncio.timeout(PATIENCE):
        while not await run_db(true):  # noqa: ASYNC110 - what is awaited is a row
            await asyncio.sleep(0.02)


# ---- refusals ----


async def it_refuses_a_message_that_is_too_long_and_stores_nothing(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    client_id = str(uuid4())
    await visitor.send("msg", client_id=client_id, body="x" * 10_001)
    refusal = await visitor.hear("error")
    assert (refusal["code"], refusal["client_id"]) == ("too_long", client_id)
    assert await within(acme, count, Contact, Message) == 0
    await visitor.leave()


async def it_answers_what_is_reserved(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    await visitor.send("identify", jwt="x")
    assert (await visitor.hear("error"))["code"] == "not_available"
    await visitor.leave()


@pytest.mark.parametrize("op", ["msg", "typing", "end", "identify"])
async def it_wants_a_hello_first(acme: BrandCard, op: str) -> None:
    visitor = await Visitor(acme).connect()
    await visitor.send(op, client_id=str(uuid4()), body="Hi")
    assert (await visitor.hear("error"))["code"] == "bad_frame"
    await visitor.leave()


async def it_takes_one_hello_only(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    await visitor.hello()
    assert (await visitor.hear("error"))["code"] == "bad_frame"
    await visitor.leave()


async def it_closes_on_one_who_sends_nothing_but_noise(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    for _ in range(21):
        await visitor.socket.send_to(text_data="noise")
    assert await visitor.closed() == 4400


async def it_counts_messages_of_a_session(acme: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "MESSAGES_PER_SESSION", (2, 60))
    visitor = await Visitor(acme, address=f"203.0.113.{uuid4().int % 250}").greet()
    await visitor.say("one")
    await visitor.say("two")
    client_id = str(uuid4())
    await visitor.send("msg", client_id=client_id, body="three")
    refusal = await visitor.hear("error")
    assert (refusal["code"], refusal["client_id"]) == ("rate_limited", client_id)
    assert refusal["retry_after"] > 0
    assert await visitor.stored() == ["one", "two"]
    await visitor.leave()


async def it_counts_sockets_of_an_address(acme: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "HELLOS_PER_ADDRESS", (1, 60))
    address = f"2001:db8::{uuid4().hex[:4]}"
    first = await Visitor(acme, address=address).greet()
    second = await Visitor(acme, address=address).connect()
    await second.hello()
    assert (await second.hear("error"))["code"] == "rate_limited"
    assert await second.closed() == 4013
    await first.leave()


async def it_lets_nobody_in_by_a_closed_entrance(acme: BrandCard) -> None:
    visitor = await Visitor(acme).greet()
    await run_db(_close, acme)
    await visitor.send("msg", client_id=str(uuid4()), body=FIRST)
    assert (await visitor.hear("error"))["code"] == "unavailable"
    late = await Visitor(acme, token=visitor.token).connect()
    await late.hello()
    assert await late.closed() == 4403
    await visitor.leave()


@pytest.mark.usefixtures("hurried")
async def it_shows_what_came_when_its_entrance_is_open_again(
    acme: BrandCard, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = await Visitor(acme).greet()
    await visitor.say(FIRST)
    await visitor.accepted()
    looks, whole = [], visits.look

    def look(*args: Any, **more: Any) -> visits.Look:
        looks.append(args)
        return whole(*args, **more)

    monkeypatch.setattr(visits, "look", look)
    monkeypatch.setattr("interactions.connectors.webchat.consumers.WAITING_SECONDS", 0.01)
    await run_db(_close, acme)
    await visitor.answered("Hello")
    looks.clear()
    await eventually(lambda: len(looks) > 2)
    await run_db(_close, acme, "active")
    while (await visitor.hear("msg"))["body"] != "Hello":
        pass
    assert "failed" not in caplog.text
    await visitor.leave()


def _close(brand: BrandCard, state: str = "paused") -> None:
    with labour_scope():
        Endpoint.objects.filter(brand_id=brand.id).update(state=state)
    changed()


async def it_says_that_it_failed_and_goes_on(acme: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = await Visitor(acme).greet()
    whole = visits.say
    monkeypatch.setattr(visits, "say", lambda *args: 1 / 0)
    client_id = uuid4()
    await visitor.send("msg", client_id=str(client_id), body=FIRST)
    refusal = await visitor.hear("error")
    assert (refusal["code"], refusal["client_id"]) == ("failed", str(client_id))
    monkeypatch.setattr(visits, "say", whole)
    await visitor.say(FIRST, client_id=client_id)
    assert await visitor.stored() == [FIRST]
    await visitor.leave()
