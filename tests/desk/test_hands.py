"""A lead who is at the desk hears of a raised hand at once; nobody else does."""

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from core.executor import run_db
from desk import jobs
from routing.actions import ask_help
from tenants.cards import BrandCard
from tests.desk.conftest import Day, Desk
from tests.desk.test_socket import opened
from tests.factories import make_agent
from workforce.models import Agent, Site, Team

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lead(day: Day, ada: Actor, acme: BrandCard) -> Actor:
    lee = make_agent("lee@example.test", acme, seats=((Role.LEAD, acme),), name="Lee Foxglove")
    site = Site.objects.create(name="Malmö", timezone="Europe/Stockholm")
    Agent.objects.filter(pk=ada.user_id).update(
        team=Team.objects.create(name="Blue", site=site, lead_id=lee.user_id)
    )
    return lee


async def it_is_said_to_the_lead_and_to_no_colleague(
    day: Day, working: Actor, lead: Actor, acme: BrandCard
) -> None:
    ref = await run_db(day.has, working, acme)
    browser = await run_db(Desk, lead.email)
    async with opened(browser) as page:
        await page.of("top")
        help_ref = await run_db(
            lambda: ask_help(acme.id, ref, agent_id=working.user_id, reason="unsure", now=clock.now())
        )
        said = await page.of("help")
        assert said["data"]["words"] == "Ada Berg asks for help: I do not know the answer"
        assert await run_db(jobs.help_asked, working, str(help_ref)) == []
