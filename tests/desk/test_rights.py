"""A staff socket stands on a seat: taken away, over by itself or given up, the socket is gone with it."""

from datetime import timedelta

import pytest

from accounts import elevating, sockets
from accounts.actions import grant_membership, revoke_membership
from accounts.actor import Actor
from accounts.choices import Role
from accounts.permissions import ELEVATIONS, MATRIX, Permission
from accounts.security import policies
from accounts.security.models import SignIn
from accounts.timed import Elevation
from core import clock
from core.executor import run_db
from tenants.cards import BrandCard
from tests.desk.conftest import Day, Desk
from tests.desk.test_socket import PATIENCE, closing_code, knock, opened

pytestmark = pytest.mark.django_db(transaction=True)


def take_away(actor: Actor, card: BrandCard) -> None:
    revoke_membership(actor.user_id, role=Role.AGENT, brand_id=card.id, actor="test", now=clock.now())


def lend(actor: Actor, card: BrandCard, *, seconds: float) -> None:
    """Let the agent's seat end by itself."""
    until = clock.now() + timedelta(seconds=seconds)
    grant_membership(
        actor.user_id, role=Role.AGENT, brand_id=card.id, valid_until=until, actor="test", now=clock.now()
    )


def idle_rule(card: BrandCard) -> None:
    """Agents of the client are signed out after five minutes without an act."""
    boss = Actor(0, "", "")
    policies.set_policy(
        Role.AGENT, brand_id=card.id, networks=[], idle_minutes=5, actor=boss, address="", now=clock.now()
    )


def last_act(*, seconds_before_the_end: float) -> None:
    idle_for = timedelta(minutes=5) - timedelta(seconds=seconds_before_the_end)
    SignIn.objects.update(acted_at=clock.now() - idle_for)


@pytest.fixture(autouse=True)
def only_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket finds it out by its own look each minute."""
    monkeypatch.setattr(sockets, "RECHECK_SECONDS", 3600)


async def it_closes_when_the_last_seat_is_taken_away(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
) -> None:
    async with opened(desk) as page:
        await page.of("top")
        for card in (acme, globex):
            await run_db(take_away, working, card)
        assert await closing_code(page.socket) == sockets.UNWELCOME


async def it_closes_when_the_last_seat_is_over_by_itself(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
) -> None:
    """Nobody publishes the end of a seat: the socket knows the instant."""
    async with opened(desk) as page:
        await page.of("top")
        await run_db(take_away, working, globex)
        await run_db(lend, working, acme, seconds=0.5)
        assert await closing_code(page.socket) == sockets.UNWELCOME


async def it_knows_the_end_of_a_seat_from_its_first_look(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
) -> None:
    await run_db(take_away, working, globex)
    await run_db(lend, working, acme, seconds=4)
    socket = knock(desk)
    await socket.connect(timeout=PATIENCE)
    assert await closing_code(socket) == sockets.UNWELCOME, "before it is too late for a hello"


async def it_drops_the_client_whose_seat_is_over_and_keeps_the_rest(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
) -> None:
    kept, lost = await run_db(day.has, working, acme), await run_db(day.has, working, globex)
    async with opened(desk, resume={str(kept): 2, str(lost): 2}) as page:
        await page.of("top")
        await run_db(lend, working, globex, seconds=0.5)
        assert (await page.of(f"c.{lost}", event="lost"))["event"] == "lost"
        await run_db(day.says, acme, kept, "hello again")
        assert await page.messages(kept, up_to=3) == [3]


async def it_closes_with_an_elevation_whose_seat_it_stands_on(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a rule that lets a quality analyst stand in at the desk: ended early, the socket goes at once."""
    monkeypatch.setattr("accounts.permissions.ELEVATIONS", {**ELEVATIONS, Role.QA: (Role.AGENT,)})

    def stand_in() -> Elevation:
        now = clock.now()
        grant_membership(working.user_id, role=Role.QA, brand_id=acme.id, actor="test", now=now)
        for card in (acme, globex):
            take_away(working, card)
        return elevating.elevate(f"{acme.id}:agent", hours=1, reason="ill", actor=working, now=now)

    row = await run_db(stand_in)
    async with opened(desk) as page:
        await page.of("top")
        await run_db(lambda: elevating.end(row.ref, actor=working, now=clock.now()))
        assert await closing_code(page.socket) == sockets.UNWELCOME


async def it_closes_when_the_session_was_idle_for_too_long(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    """Nobody publishes that either: there is an answer before the end, and nothing but the end after it."""
    await run_db(idle_rule, acme)
    await run_db(last_act, seconds_before_the_end=4)
    async with opened(desk) as page:
        await page.say(op="ping")
        assert (await page.of("pong"))["now"]
        assert await closing_code(page.socket) == sockets.SIGNED_OUT


async def it_stays_for_who_did_something_meanwhile(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
) -> None:
    """The instant that was known at first passes before a seat's that ends later; then the socket answers."""
    kept, lost = await run_db(day.has, working, acme), await run_db(day.has, working, globex)
    await run_db(idle_rule, acme)
    await run_db(last_act, seconds_before_the_end=4)
    async with opened(desk, resume={str(kept): 2, str(lost): 2}) as page:
        await run_db(last_act, seconds_before_the_end=200)
        await run_db(lend, working, globex, seconds=4)
        assert (await page.of(f"c.{lost}", event="lost"))["event"] == "lost"
        await page.say(op="ping")
        assert (await page.of("pong"))["now"]


def it_is_the_one_kind_of_socket_that_stands_on_a_seat() -> None:
    """The other one is a visitor's (tests/isolation/test_sockets.py lists both)."""
    assert [role for role in Role if Permission.ANSWER in MATRIX[role]] == [Role.AGENT]
