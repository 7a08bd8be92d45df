"""A place beside an agent over the live socket: what comes while it lasts, and nothing once it is over."""

# ruff: noqa: F811 - fixtures of the desk are parameters here

from uuid import UUID

import pytest

from accounts.actions import revoke_membership
from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from core.executor import run_db
from interactions import actions
from routing.actions import sweep
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.desk.conftest import Day, Desk
from tests.desk.test_beside import asks as ask
from tests.desk.test_beside import comes, dee, hers, place, reading_along  # noqa: F401 - fixtures
from tests.desk.test_socket import opened
from tests.factories import TESTS

pytestmark = pytest.mark.django_db(transaction=True)


async def it_rings_and_then_sends_what_is_said(
    hers: Desk, day: Day, working: Actor, dee: Actor, acme: BrandCard
) -> None:
    ref = await run_db(day.has, working, acme)
    async with opened(hers) as page:
        await page.of("top")
        await page.say(op="watch", stream=f"c.{ref}", seq=0)
        await run_db(ask, working, dee, acme, ref)
        assert "Consult from" in (await page.of("offers"))["html"]
        await run_db(comes, dee)
        await page.say(op="watch", stream=f"c.{ref}", seq=0)
        said = await run_db(day.says, acme, ref, "Are you there?")
        assert said.seq in await page.messages(ref, up_to=said.seq)


@pytest.mark.parametrize("how", ["ended", "revoked"])
async def it_hears_nothing_once_it_is_over(
    how: str, hers: Desk, day: Day, working: Actor, dee: Actor, acme: BrandCard
) -> None:
    ref = await run_db(reading_along, day, working, dee, acme)
    async with opened(hers, resume={str(ref): 0}) as page:
        await page.of("list")
        await run_db(end, how, acme, ref, working, dee)
        lost = await page.of(f"c.{ref}", event="lost")
        assert lost["data"]["words"]
        row = await run_db(day.row, acme, ref)
        assert (row.places, row.agent_id) == (0, working.user_id)


def end(how: str, acme: BrandCard, ref: UUID, ada: Actor, dee: Actor) -> None:
    if how == "revoked":
        revoke_membership(dee.user_id, role=Role.AGENT, brand_id=acme.id, actor="test", now=clock.now())
        sweep(clock.now(), grant=TESTS)
        return
    with tenant_scope(acme, TESTS):
        actions.end_place(ref, place(acme, ref), agent_id=ada.user_id, now=clock.now())
