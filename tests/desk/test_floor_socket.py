"""The floor's socket: who gets which frames, how soon, and for how long."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings

from accounts import sockets
from accounts.actions import grant_membership, revoke_membership
from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from core.executor import run_db
from desk.floor.consumer import FLOORS, FloorConsumer
from desk.floor.topics import topics_of
from routing import live, watching
from tenants.cards import BrandCard
from tenants.scope import labour_scope
from tests.desk.conftest import Day, Desk, Sign
from tests.desk.test_socket import OWN, PATIENCE, Page, closing_code
from tests.factories import make_agent, make_person
from workforce import actions as workforce
from workforce.models import Agent, Site, Team
from workforce.staff import places

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def only_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is found out by a look at a fixed time."""
    monkeypatch.setattr(sockets, "RECHECK_SECONDS", 3600)
    monkeypatch.setattr(watching, "BEAT_SECONDS", 3600)
    monkeypatch.setattr(watching, "LEAST_SECONDS", 0.01)


def knock(desk: Desk, *, part: str = "agents", origin: str = OWN) -> WebsocketCommunicator:
    sid = desk.cookies[settings.SESSION_COOKIE_NAME].value if desk.cookies else "nobody"
    headers = [
        ("origin", origin), ("host", "localhost:8001"), ("cookie", f"{settings.SESSION_COOKIE_NAME}={sid}")
    ]  # fmt: skip
    raw = [(name.encode(), value.encode()) for name, value in headers]
    return WebsocketCommunicator(FloorConsumer.as_asgi(), f"/ws/floor/?part={part}", headers=raw)


@asynccontextmanager
async def opened(desk: Desk, *, part: str = "agents") -> AsyncIterator[Page]:
    async with greeted(knock(desk, part=part)) as page:
        yield page


@asynccontextmanager
async def greeted(socket: WebsocketCommunicator) -> AsyncIterator[Page]:
    """A page that is let in and has said hello."""
    assert (await socket.connect(timeout=PATIENCE))[0]
    page = Page(socket)
    try:
        await page.say(op="hello", resume={})
        await page.of("hello")
        yield page
    finally:
        await socket.disconnect(timeout=PATIENCE)


def supervisor(*cards: BrandCard | None, email: str = "sue@example.test") -> Actor:
    return make_person(email, *((Role.SUPERVISOR, card) for card in cards))


def lead(team: str, card: BrandCard) -> Actor:
    """A lead of Acme's whose team that is."""
    actor = make_agent(f"{team}@example.test", seats=((Role.LEAD, card),), name=f"{team.title()} Lead")
    with labour_scope():
        site, _made = Site.objects.get_or_create(name="Malmö", defaults={"timezone": "Europe/Stockholm"})
        Team.objects.create(name=team, site=site, lead_id=actor.user_id)
    return actor


def put_into(team: str, actor: Actor) -> None:
    with labour_scope():
        Agent.objects.filter(pk=actor.user_id).update(team=Team.objects.get(name=team))


def rows(frame: dict[str, Any], part: str = "agents") -> dict[int, list[Any]]:
    return {row[0]: row[1:] for row in frame[part]}


class DescribeTopics:
    def it_gives_each_no_more_than_their_seats(
        self, acme: BrandCard, globex: BrandCard, ada: Actor, outsider: Actor, cy: Actor
    ) -> None:
        everywhere, here = supervisor(None), supervisor(acme, email="sol@example.test")
        leads = lead("north", acme)
        with labour_scope():
            team = Team.objects.get(name="north").pk
        wanted = {
            everywhere: ({"agents.all"}, {"queues.all"}),
            here: ({f"agents.b{acme.id}"}, {f"queues.b{acme.id}"}),
            leads: ({f"agents.t{team}"}, {f"queues.b{acme.id}"}),
            ada: (set(), set()), cy: (set(), set()), outsider: (set(), set()),
        }  # fmt: skip
        for actor, (agents, queues) in wanted.items():
            assert topics_of(actor, "agents") == agents
            assert topics_of(actor, "queues") == queues


class DescribeFloorSocket:
    async def it_sends_the_agents_and_then_what_changed(
        self, day: Day, working: Actor, acme: BrandCard, globex: BrandCard, sign_in: Sign
    ) -> None:
        browser = await run_db(sign_in, await run_db(supervisor, None))
        async with opened(browser) as page:
            first = rows(await page.of("floor", topic="agents.all"))
            assert first[working.user_id][:2] == ["available", ""]
            assert first[working.user_id][6] == {}
            await run_db(day.has, working, acme)
            away: dict[str, Any] = {
                "to": "away",
                "reason_code": "break",
                "actor": working,
                "now": clock.now(),
            }
            await run_db(workforce.set_availability, working.user_id, **away)
            await run_db(live.announce_floor)
            changed = await page.frame(lambda f: "agents" in f and f["agents"][0][1] == "away")
            row = rows(changed)[working.user_id]
            assert row[1] == "break"
            assert row[6] == {str(acme.id): [1, 0, 0, 0]}

    async def it_tells_a_client_nothing_of_another(
        self, day: Day, working: Actor, acme: BrandCard, globex: BrandCard, sign_in: Sign
    ) -> None:
        await run_db(make_agent, "gil@example.test", globex)
        await run_db(day.has, working, acme)
        await run_db(day.has, working, globex)
        await run_db(day.writes, globex)
        browser = await run_db(sign_in, await run_db(supervisor, acme))
        async with opened(browser) as page:
            found = rows(await page.of("floor", topic=f"agents.b{acme.id}"))
            assert list(found) == [working.user_id]
            assert list(found[working.user_id][6]) == [str(acme.id)]
        async with opened(browser, part="queues") as page:
            queues = (await page.of("floor", topic=f"queues.b{acme.id}"))["queues"]
            assert [row[1] for row in queues] == [0]

    async def it_shows_a_lead_the_own_team_alone(
        self, day: Day, working: Actor, acme: BrandCard, globex: BrandCard, sign_in: Sign
    ) -> None:
        leads = await run_db(lead, "north", acme)
        mine = await run_db(make_agent, "mia@example.test", globex)
        await run_db(put_into, "north", mine)
        async with opened(await run_db(sign_in, leads)) as page:
            frame = await page.frame(lambda f: str(f.get("topic", "")).startswith("agents.t"))
            assert list(rows(frame)) == [mine.user_id]

    async def it_counts_who_waits_and_who_could_be_asked(
        self, day: Day, working: Actor, acme: BrandCard, globex: BrandCard, sign_in: Sign
    ) -> None:
        await run_db(day.writes, acme)
        await run_db(day.writes, acme, is_test=True)
        browser = await run_db(sign_in, await run_db(supervisor, acme))
        async with opened(browser, part="queues") as page:
            frame = await page.frame(lambda f: "queues" in f)
            ((_queue, waiting, oldest, *_counts, ready),) = frame["queues"]
            assert waiting == 1, "tests are not counted"
            assert oldest is not None
            assert ready == 1

    async def it_ends_a_topic_when_the_seat_is_taken_and_the_socket_with_the_last(
        self, day: Day, acme: BrandCard, globex: BrandCard, sign_in: Sign
    ) -> None:
        sue = await run_db(supervisor, acme, globex)
        async with opened(await run_db(sign_in, sue)) as page:
            for card in (acme, globex):
                await page.of("floor", topic=f"agents.b{card.id}")
            await run_db(take, sue, globex)
            await page.of("floor", topic=f"agents.b{globex.id}", event="lost")
            await run_db(take, sue, acme)
            assert await closing_code(page.socket) == sockets.UNWELCOME

    async def it_ends_with_the_lead_of_the_team(self, day: Day, acme: BrandCard, sign_in: Sign) -> None:
        leads = await run_db(lead, "north", acme)
        async with opened(await run_db(sign_in, leads)) as page:
            await page.frame(lambda f: "agents" in f)
            await run_db(leave_lead, "north")
            assert await closing_code(page.socket) == sockets.UNWELCOME

    async def it_opens_a_topic_with_a_new_seat(
        self, day: Day, acme: BrandCard, globex: BrandCard, sign_in: Sign
    ) -> None:
        sue = await run_db(supervisor, acme)
        async with opened(await run_db(sign_in, sue)) as page:
            await page.of("floor", topic=f"agents.b{acme.id}")
            await run_db(give, sue, globex)
            await page.of("floor", topic=f"agents.b{globex.id}")

    @pytest.mark.parametrize("who", ["ada", "cy", "outsider"])
    async def it_is_closed_to_who_has_no_floor(
        self, who: str, ada: Actor, cy: Actor, outsider: Actor, sign_in: Sign
    ) -> None:
        socket = knock(await run_db(sign_in, {"ada": ada, "cy": cy, "outsider": outsider}[who]))
        await socket.connect(timeout=PATIENCE)
        assert await closing_code(socket) in {sockets.SIGNED_OUT, sockets.UNWELCOME}

    async def it_is_nobodys_presence(self, day: Day, acme: BrandCard, sign_in: Sign) -> None:
        both = await run_db(make_agent, "sam@example.test", acme, seats=((Role.SUPERVISOR, acme),))
        async with opened(await run_db(sign_in, both)) as page:
            frame = await page.frame(lambda f: "agents" in f)
            assert rows(frame)[both.user_id][0] == "offline"

    async def it_looks_no_more_when_nobody_reads(self, day: Day, acme: BrandCard, sign_in: Sign) -> None:
        async with opened(await run_db(sign_in, await run_db(supervisor, acme))) as page:
            await page.frame(lambda f: "agents" in f)
        assert FLOORS.here().hub.readers == {}


def leave_lead(name: str) -> None:
    team = Team.objects.get(name=name)
    places.save_team(team.pk, name=name, site_id=team.site_id, lead_id=None, actor="test", now=clock.now())


def take(actor: Actor, card: BrandCard) -> None:
    revoke_membership(actor.user_id, role=Role.SUPERVISOR, brand_id=card.id, actor="test", now=clock.now())


def give(actor: Actor, card: BrandCard) -> None:
    grant_membership(actor.user_id, role=Role.SUPERVISOR, brand_id=card.id, actor="test", now=clock.now())
