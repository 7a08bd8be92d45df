"""Corrections by who leads, whoever set it, until the day is closed; and nothing of what was said."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from interactions import actions
from interactions.models import Interaction
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.console.conftest import Signed
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, make_person
from tests.interactions.conftest import first_message, make_inbox


def closed_in(card: BrandCard, *, at: datetime | None = None) -> UUID:
    now = at or clock.now()
    with tenant_scope(card, TESTS):
        ref = first_message(make_inbox(), "A secret word", now=now).interaction_ref
        actions.assign(ref, agent_id=77, agent_shown="Ada from Acme", now=now)
        actions.begin_wrap_up(ref, agent_id=77, now=now)
        actions.wrap_up(ref, agent_id=77, reason_code="delivery", outcome_code="solved", now=now)
    return ref


def reason(card: BrandCard, ref: UUID) -> str:
    with tenant_scope(card, TESTS):
        return str(Interaction.objects.values_list("reason__code", flat=True).get(ref=ref))


@pytest.fixture
def lead(signed: Signed, acme: BrandCard) -> Browser:
    return signed(make_person("lee@example.test", (Role.LEAD, acme)))


def it_is_corrected_by_a_lead(lead: Browser, acme: BrandCard) -> None:
    ref = closed_in(acme)
    page = lead.get("/clients/acme/closed/").content.decode()
    assert all(words in page for words in ("Ada from Acme", "Delivery", "Europe/Stockholm"))
    assert "A secret word" not in page
    form = lead.get(f"/clients/acme/closed/{ref}/").content.decode()
    assert 'value="delivery" selected' in form
    answer = lead.post(f"/clients/acme/closed/{ref}/", {"reason": "spam", "outcome": "solved"})
    assert (answer.status_code, reason(acme, ref)) == (303, "spam")


def it_costs_the_same_however_much_was_closed(lead: Browser, acme: BrandCard) -> None:
    closed_in(acme)
    lead.get("/clients/acme/closed/")
    check("console: corrections", counted(lambda: lead.get("/clients/acme/closed/")))


def it_says_what_is_missing_and_when_it_is_too_late(lead: Browser, acme: BrandCard) -> None:
    old = closed_in(acme, at=clock.now() - timedelta(days=3))
    assert lead.post(f"/clients/acme/closed/{old}/", {"reason": "delivery"}).status_code == 422
    late = lead.post(f"/clients/acme/closed/{old}/", {"reason": "spam", "outcome": "solved"})
    assert (late.status_code, "Its day is closed." in late.content.decode()) == (409, True)
    assert "Nothing was closed" in lead.get("/clients/acme/closed/").content.decode()


def it_is_not_there_for_agents_strangers_or_the_client_next_door(
    lead: Browser, signed: Signed, ada: Actor, outsider: Actor, acme: BrandCard, globex: BrandCard
) -> None:
    mine, theirs = closed_in(acme), closed_in(globex)
    for somebody in (ada, outsider):
        browser = signed(somebody)
        assert browser.get("/clients/acme/closed/").status_code == 404
        assert browser.get(f"/clients/acme/closed/{mine}/").status_code == 404
    assert lead.get("/clients/globex/closed/").status_code == 404
    assert lead.get(f"/clients/globex/closed/{theirs}/").status_code == 404
    assert lead.get(f"/clients/acme/closed/{theirs}/").status_code == 404
    assert lead.get(f"/clients/acme/closed/{uuid4()}/").status_code == 404
