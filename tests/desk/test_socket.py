"""The staff socket: who may open it, what it sends, and that nothing is missing after a cut."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import redis
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.db import OperationalError

from accounts.actions import revoke_membership
from accounts.actor import Actor
from accounts.choices import Role
from accounts.security import policies, signins
from accounts.security.models import SecurityPolicy, SignIn
from core import clock
from core.executor import run_db
from desk import consumers, jobs
from desk.consumers import DeskConsumer
from desk.values import milliseconds
from interactions import actions
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import labour_scope, tenant_scope
from tests.desk.conftest import Day, Desk, Sign, form
from tests.factories import TESTS, forget_limits
from workforce import heartbeat
from workforce.models import AgentState, Connection
from workforce.staff import leaving

pytestmark = pytest.mark.django_db(transaction=True)

OWN = "http://localhost:8000"
PATIENCE = 30  # seconds after which something must hang
Frame = dict[str, Any]


class Page:
    """The other end: a page that has said hello."""

    def __init__(self, socket: WebsocketCommunicator) -> None:
        self.socket = socket

    async def say(self, **message: Any) -> None:
        await self.socket.send_to(text_data=json.dumps(message))

    async def frame(self, wanted: Callable[[Frame], bool], *, seconds: float = PATIENCE) -> Frame:
        """Wait for the frame; what comes before it is passed over."""
        while True:
            found: Frame = json.loads(await self.socket.receive_from(timeout=seconds))
            if wanted(found):
                return found

    async def of(self, stream: str, **more: Any) -> Frame:
        return await self.frame(
            lambda found: found["stream"] == stream and all(found.get(k) == v for k, v in more.items())
        )

    async def messages(self, ref: UUID, *, up_to: int) -> list[int]:
        """The numbers of the messages that come, until that one."""
        seqs: list[int] = []
        while not seqs or seqs[-1] < up_to:
            found = await self.frame(lambda f: f["stream"] == f"c.{ref}" and "html" in f and "seq" in f)
            seqs += [n for n in range(1, up_to + 1) if f'id="m{n}"' in found["html"]]
        return seqs


@asynccontextmanager
async def opened(
    desk: Desk, *, origin: str = OWN, resume: dict[str, int] | None = None
) -> AsyncIterator[Page]:
    socket = knock(desk, origin=origin)
    accepted, _code = await socket.connect(timeout=PATIENCE)
    assert accepted
    page = Page(socket)
    try:
        await page.say(op="hello", resume={f"c.{ref}": seq for ref, seq in (resume or {}).items()})
        await page.of("hello")
        yield page
    finally:
        await socket.disconnect(timeout=PATIENCE)


def knock(desk: Desk, *, origin: str = OWN, host: str = "localhost:8001") -> WebsocketCommunicator:
    sid = desk.cookies[settings.SESSION_COOKIE_NAME].value if desk.cookies else "nobody"
    headers = [("origin", origin), ("host", host), ("cookie", f"{settings.SESSION_COOKIE_NAME}={sid}")]
    raw = [(name.encode(), value.encode()) for name, value in headers]
    return WebsocketCommunicator(DeskConsumer.as_asgi(), "/ws/desk/", headers=raw)


async def closing_code(socket: WebsocketCommunicator) -> int:
    while True:
        event = await socket.receive_output(timeout=PATIENCE)
        if event["type"] == "websocket.close":
            return int(event.get("code") or 1000)


async def it_sends_the_state_whole_after_hello(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = await run_db(day.has, working, acme, "A pole snapped")
    before = milliseconds(clock.now())
    async with opened(desk) as page:
        listed = await page.of("list")
        assert before <= listed["now"] <= milliseconds(clock.now())
        assert f'id="row-{ref}"' in listed["html"]
        assert "available" in (await page.of("top"))["html"]


async def it_refuses_strange_pages_and_strangers(
    desk: Desk, day: Day, outsider: Actor, sign_in: Sign
) -> None:
    await run_db(forget_limits, "socket")
    for origin in ("http://evil.example", "http://acme.localhost:8000"):
        socket = knock(desk, origin=origin)
        assert (await socket.connect(timeout=PATIENCE))[0] is False
    brand_host = knock(desk, host="acme.localhost:8001")
    assert (await brand_host.connect(timeout=PATIENCE))[0] is False
    desk.cookies[settings.SESSION_COOKIE_NAME] = "made-up"
    nobody = knock(desk)
    await nobody.connect(timeout=PATIENCE)
    assert await closing_code(nobody) == 4401
    noted = await run_db(refusals)
    assert ("nobody", "origin", "http://evil.example") in noted
    assert ("nobody", "session", "/ws/desk/") in noted
    assert len(noted) == 2, "once in five minutes for each reason, whoever knocks"


async def it_lets_in_agents_alone(day: Day, outsider: Actor, sign_in: Sign) -> None:
    browser = await run_db(sign_in, outsider)
    for _again in range(2):
        socket = knock(browser)
        await socket.connect(timeout=PATIENCE)
        assert await closing_code(socket) == 4403
    assert await run_db(refusals) == [(outsider.who, "no agent", "/ws/desk/")]


async def it_notes_nothing_of_who_is_merely_signed_out(desk: Desk, day: Day) -> None:
    await run_db(forget_limits, "socket")
    nobody = knock(desk)
    nobody.scope["headers"] = [pair for pair in nobody.scope["headers"] if pair[0] != b"cookie"]
    await nobody.connect(timeout=PATIENCE)
    assert await closing_code(nobody) == 4401
    assert await run_db(refusals) == []


def refusals() -> list[tuple[str, str, str]]:
    rows = AuditRow.objects.filter(verb="socket.refused").order_by("pk")
    return list(rows.values_list("actor", "reason", "object"))


async def it_sends_an_offer_when_it_is_made_and_takes_it_away(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    async with opened(desk) as page:
        await page.of("top")
        ref = await run_db(day.writes, acme, "A pole snapped")
        offer = await run_db(day.rings, acme, ref, working)
        shown = await page.of("offers")
        assert f"/offers/{offer.ref}/acceptance/" in shown["html"]
        await run_db(desk.post, f"/offers/{offer.ref}/refusal/")
        gone = await page.of("offers")
        assert list(gone["data"]["gone"]) == [str(offer.ref)]
        assert "html" not in gone, "the other cards stay as they are"


async def it_shows_the_top_bar_not_for_each_of_a_flood_but_with_the_list(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "TOP_SECONDS", 3600)
    async with opened(desk) as page:
        first = await run_db(day.rings, acme, await run_db(day.writes, acme), working)
        await page.frame(lambda found: str(first.ref) in found.get("html", ""))
        await page.of("top")
        await run_db(desk.post, f"/offers/{first.ref}/refusal/")
        ref = await run_db(day.writes, acme)
        second = await run_db(day.rings, acme, ref, working)
        seen: list[str] = []

        def rings(found: Frame) -> bool:
            seen.append(found["stream"])
            return str(second.ref) in found.get("html", "")

        await page.frame(rings)
        assert "top" not in seen
        await run_db(desk.post, f"/offers/{second.ref}/acceptance/")
        await page.of("list")
        await page.of("top")


async def it_sends_the_slots_alone_of_the_top_bar_when_something_rings(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    async with opened(desk) as page:
        assert "presence-box" in (await page.of("top"))["html"]
        offer = await run_db(day.rings, acme, await run_db(day.writes, acme), working)
        rings = (await page.of("top"))["html"]
        assert 'id="capacity"' in rings
        assert "presence-box" not in rings
        await run_db(desk.post, f"/offers/{offer.ref}/acceptance/")
        await page.frame(lambda found: found["stream"] == "top" and "presence-box" in found["html"])


async def it_sends_messages_and_the_row_of_the_list(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    ref = await run_db(day.has, working, acme)
    async with opened(desk) as page:
        await run_db(day.says, acme, ref, "One more thing")
        message = await page.of(f"c.{ref}")
        assert message["seq"] == 3
        assert "One more thing" in message["html"]
        assert message["data"]["from"] == "in"
        row = await page.of("row")
        assert 'data-in="needs"' in row["html"]
        assert "One more thing" in row["html"]


async def it_renders_what_the_page_renders(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = await run_db(day.has, working, acme)
    async with opened(desk) as page:
        await run_db(day.says, acme, ref, "Card 4111 1111 1111 1111 <b>")
        pushed = (await page.of(f"c.{ref}"))["html"].strip()
    fresh = (await run_db(desk.get, f"/desk/acme/{ref}/")).content.decode()
    assert " ".join(pushed.split()) in " ".join(fresh.split())


async def it_replays_what_came_while_the_line_was_cut(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    ref = await run_db(day.has, working, acme)
    for n in range(50):
        await run_db(day.says, acme, ref, f"message {n}")
    async with opened(desk, resume={str(ref): 2}) as page:
        assert await page.messages(ref, up_to=52) == list(range(3, 53))


async def it_says_reload_when_too_much_is_missing(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.reading.news.__kwdefaults__", {"most": 5})
    ref = await run_db(day.has, working, acme)
    for n in range(6):
        await run_db(day.says, acme, ref, f"message {n}")
    async with opened(desk, resume={str(ref): 2}) as page:
        assert (await page.of(f"c.{ref}"))["event"] == "reload"


async def it_fills_a_hole_that_a_lost_push_left(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = await run_db(day.has, working, acme)
    async with opened(desk, resume={str(ref): 2}) as page:
        with monkeypatch.context() as silent:
            silent.setattr("core.live._send", lambda *_args: None)
            await run_db(day.says, acme, ref, "lost on the way")
        await run_db(day.says, acme, ref, "arrives")
        assert await page.messages(ref, up_to=4) == [3, 4]


async def it_catches_up_when_a_conversation_is_opened(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    ref = await run_db(day.has, working, acme)
    async with opened(desk) as page:
        await run_db(day.says, acme, ref, "between page and socket")
        await page.of(f"c.{ref}")
        await page.say(op="watch", stream=f"c.{ref}", seq=2)
        assert await page.messages(ref, up_to=3) == [3]


async def it_shows_the_wrap_up_when_the_customer_leaves(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    ref = await run_db(day.has, working, acme)
    async with opened(desk, resume={str(ref): 2}) as page:
        await run_db(day.leaves, acme, ref)
        await page.frame(lambda f: f["stream"] == "list" and 'data-in="wrap_up"' in f["html"])
        turned = await page.frame(lambda f: f.get("event") == "state" and f["data"]["state"] == "wrap_up")
        assert 'class="wrapup"' in turned["html"]
        assert "<textarea" not in turned["html"]


async def it_tells_that_the_customer_types(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    from core import live

    ref = await run_db(day.has, working, acme)
    async with opened(desk, resume={str(ref): 2}) as page:
        name = live.group("agent", working.user_id)
        await run_db(live.publish, name, {"kind": "typing", "brand": acme.id, "ref": str(ref)})
        assert (await page.of(f"c.{ref}", event="typing"))["event"] == "typing"


async def it_tells_who_has_it_of_a_hold_that_lasts(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
) -> None:
    ref = await run_db(day.has, working, acme)
    async with opened(desk) as page:
        until = await run_db(_hold_on, acme, globex, ref, working)
        told = await page.of("hold")
        assert told["data"]["until"] == until


def _hold_on(acme: BrandCard, globex: BrandCard, ref: UUID, agent: Actor) -> int:
    """Put it on hold, and let the sweep come after as long as may be; returns when that is."""
    now = clock.now()
    over = now + timedelta(minutes=3)
    with tenant_scope(globex, TESTS):
        assert actions.tell_holds(now=over) == 0
    with tenant_scope(acme, TESTS):
        actions.hold(ref, agent_id=agent.user_id, now=now)
        assert actions.tell_holds(now=over) == 1
    return milliseconds(over)


async def it_says_when_a_conversation_went_to_somebody_else(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    ref = await run_db(day.has, working, acme)

    def back_to_the_line() -> None:
        with tenant_scope(acme, TESTS):
            actions.requeue(ref, reason="test", now=clock.now())

    async with opened(desk, resume={str(ref): 2}) as page:
        await run_db(back_to_the_line)
        lost = await page.of(f"c.{ref}", event="lost")
        assert "no longer with you" in lost["data"]["words"]


async def it_counts_the_socket_as_presence(desk: Desk, day: Day, working: Actor) -> None:
    async with opened(desk):
        assert await run_db(sockets, working) == 1
    assert await run_db(sockets, working) == 0


class DescribeLeaving:
    """However a socket ends, its agent is counted as gone from then on."""

    async def it_is_written_without_valkey(
        self, desk: Desk, day: Day, working: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with opened(desk):
            monkeypatch.setattr(get_channel_layer(), "group_discard", unplugged)
        assert await run_db(sockets, working) == 0

    async def it_is_written_by_the_next_beat_when_the_database_refused(
        self, desk: Desk, day: Day, working: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refused: list[str] = []

        def depart(agent_id: int, *, channel: str, at: float) -> None:
            if not refused:
                refused.append(channel)
                raise OperationalError("the connection is closed")
            whole(agent_id, channel=channel, at=at)

        whole = jobs.depart
        monkeypatch.setattr(jobs, "depart", depart)
        monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.05)
        async with opened(desk):
            assert await run_db(sockets, working) == 1
        assert refused
        await eventually(lambda: not sockets(working))

    async def it_is_counted_from_the_instant_the_socket_went(
        self, desk: Desk, day: Day, working: Actor
    ) -> None:
        """Though the database was away for a minute."""

        def leave_late() -> AgentState:
            with labour_scope():
                Connection.objects.exclude(channel_name="late").delete()
            jobs.depart(working.user_id, channel="late", at=time.monotonic() - 60)
            with labour_scope():
                return AgentState.objects.get(pk=working.user_id)

        await run_db(jobs.arrive, working.user_id, node="n", channel="late")
        lost_at = (await run_db(leave_late)).lost_at
        assert lost_at is not None
        assert lost_at < clock.now() - timedelta(seconds=59)

    async def it_is_written_when_the_server_gives_the_socket_up(
        self, desk: Desk, day: Day, working: Actor
    ) -> None:
        socket = knock(desk)
        await socket.connect(timeout=PATIENCE)
        await eventually(lambda: sockets(working))
        socket.future.cancel()
        await eventually(lambda: not sockets(working))


async def unplugged(*_args: Any) -> None:
    raise redis.ConnectionError("no Valkey")


def sockets(agent: Actor) -> int:
    """How many sockets of this process the agent has."""
    with labour_scope():
        return Connection.objects.filter(agent_id=agent.user_id).exclude(node_id="test-node").count()


async def eventually(true: Callable[[], Any], *, seconds: float = PATIENCE) -> None:
    """Wait until it is so, asked in a database thread."""
    async with asyncio.timeout(seconds):
        while not await run_db(true):  # noqa: ASYNC110 - what is awaited is a row
            await asyncio.sleep(0.02)


async def it_ends_with_the_session(desk: Desk, day: Day, working: Actor) -> None:
    socket = knock(desk)
    await socket.connect(timeout=PATIENCE)
    page = Page(socket)
    await page.say(op="hello", resume={})
    await page.of("top")
    await run_db(desk.post, "/accounts/logout/")
    from core import live

    await run_db(live.publish, live.group("access", working.user_id), {"kind": "access"})
    assert await closing_code(socket) == 4401


async def it_drops_a_client_whose_seat_was_taken_away(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
) -> None:
    kept, lost = await run_db(day.has, working, acme), await run_db(day.has, working, globex)
    async with opened(desk, resume={str(kept): 2, str(lost): 2}) as page:
        await page.of("top")
        await run_db(
            revoke_membership,
            working.user_id,
            role=Role.AGENT,
            brand_id=globex.id,
            actor="t",
            now=await run_db(clock.now),
        )
        assert (await page.of(f"c.{lost}"))["event"] == "lost"
        listed = await page.of("list")
        assert f"row-{kept}" in listed["html"]
        assert f"row-{lost}" not in listed["html"]
        await run_db(day.says, globex, lost, "a secret of globex")
        await run_db(day.says, acme, kept, "hello again")
        frame = await page.frame(lambda f: "html" in f and f["stream"].startswith("c."))
        assert "hello again" in frame["html"]


async def it_answers_the_poll_with_the_same_frames(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    ref = await run_db(day.has, working, acme)
    await run_db(day.says, acme, ref, "while nobody listened")
    path = f"/desk/state/?stream=c.{ref}&brand=acme&seq=2"
    frames = (await run_db(desk.get, path)).json()["frames"]
    assert [frame["stream"] for frame in frames] == ["poll", "list", "offers", "top", f"c.{ref}"]
    assert "while nobody listened" in frames[-1]["html"]


async def it_stays_open_when_idle(desk: Desk, day: Day, working: Actor) -> None:
    async with opened(desk) as page:
        await page.of("top")
        await asyncio.sleep(11)  # redis-py 8 would have dropped the layer's connection by now
        await page.say(op="ping")
        assert (await page.of("pong"))["now"]


async def it_sends_the_bubble_of_a_reply_to_the_other_tabs(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    ref = await run_db(day.has, working, acme)
    async with opened(desk, resume={str(ref): 2}) as page:
        await run_db(desk.script, f"/desk/acme/{ref}/replies/", form(acme, ref, "On its way", last=2))
        assert "On its way" in (await page.of(f"c.{ref}", seq=3))["html"]
        assert 'data-in="waiting"' in (await page.of("row"))["html"]


async def it_closes_on_nonsense(desk: Desk, day: Day, working: Actor) -> None:
    for text in ("[]", "not json", '{"op": "drop tables"}', "[" * 16_000):
        socket = knock(desk)
        await socket.connect(timeout=PATIENCE)
        await socket.send_to(text_data=text)
        assert await closing_code(socket) == 4400


async def it_ends_when_a_rule_or_its_owner_ends_the_session(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    """By the message that says so: the next round of looks comes later than our patience ends."""

    def end(how: str) -> None:
        now = clock.now()
        if how == "revoked":
            signins.end_all(working.user_id, actor="test", now=now)
            return
        how_set: dict[str, Any] = {"idle_minutes": 5} if how == "idle" else {"second_factor_from": now}
        SignIn.objects.update(acted_at=now - timedelta(minutes=6))
        boss = Actor(0, "", "")
        policies.set_policy(
            Role.AGENT, brand_id=acme.id, networks=[], actor=boss, address="", now=now, **how_set
        )

    for how in ("second step", "idle", "revoked"):
        socket = knock(desk)
        await socket.connect(timeout=PATIENCE)
        page = Page(socket)
        await page.say(op="hello", resume={})
        await page.of("top")
        await run_db(end, how)
        assert await closing_code(socket) == 4401, how
        await run_db(SecurityPolicy.objects.all().delete)


async def it_ends_when_its_agent_leaves(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
) -> None:
    """Their open work is in line again, and what is said there afterwards they never read."""
    refs = {card: await run_db(day.has, working, card) for card in (acme, globex)}
    socket = knock(desk)
    await socket.connect(timeout=PATIENCE)
    page = Page(socket)
    await page.say(op="hello", resume={f"c.{ref}": 2 for ref in refs.values()})
    await page.of("top")

    def leave() -> None:
        now = clock.now()
        row = leaving.plan_leaving(working.user_id, last_day=None, actor="user:0", now=now)
        assert leaving.carry_out(row.pk, entry=lambda _brand: TESTS, now=now)
        assert not SignIn.objects.filter(user_id=working.user_id).exists()
        for card, ref in refs.items():
            assert day.row(card, ref).agent_id is None
            day.says(card, ref, "a secret of after")

    await run_db(leave)
    heard = await heard_until_closed(socket)
    assert heard.pop() == "4401"
    assert "a secret of after" not in "".join(heard)
    again = knock(desk)
    await again.connect(timeout=PATIENCE)
    assert await closing_code(again) == 4401


async def heard_until_closed(socket: WebsocketCommunicator) -> list[str]:
    """Return every frame up to the end, and last the code of the end."""
    heard: list[str] = []
    while True:
        event = await socket.receive_output(timeout=PATIENCE)
        if event["type"] == "websocket.close":
            return [*heard, str(event.get("code"))]
        heard.append(event.get("text") or "")
