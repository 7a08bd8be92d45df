"""What a client's manager sees of the provider's people: the alias, and nothing else."""

from datetime import date
from typing import Any

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from tenants.cards import BrandCard
from tests.factories import TESTS, make_person
from tests.portal.test_audit import at, html, signed_in
from workforce import actions
from workforce.models import Agent
from workforce.staff import bulk, editing, leaving, places
from workforce.staff.bulk import Wish

NEVER = ("Berg", "Lind", "@example.test", "E-77", "Night shift", "Malmö", "Globex", "Adelheid", "user:")


@pytest.fixture
def lena(db: None, acme: BrandCard) -> str:
    make_person("lena@acme.test", (Role.MANAGER, acme), name="Lena Sandberg")
    return "lena@acme.test"


def it_shows_the_alias_alone_whatever_is_done_with_them(
    lena: str, ada: Actor, bo: Actor, acme: BrandCard, globex: BrandCard
) -> None:
    did: dict[str, Any] = {"actor": bo.who, "now": clock.now()}
    site = places.save_site(name="Malmö", timezone="Europe/Stockholm", **did)
    team = places.save_team(name="Night shift", site_id=site.pk, lead_id=bo.user_id, **did)
    editing.edit_person(ada.user_id, employee_no="E-77", email="ada.berg@example.test", **did)
    bulk.change_many([ada.user_id], Wish(team_id=team.pk, brand_id=acme.id, version="2026-9"), **did)
    actions.set_alias(ada.user_id, brand_id=acme.id, shown_name="Addie", **did)
    actions.set_alias(ada.user_id, brand_id=globex.id, shown_name="Adelheid", **did)
    row = leaving.plan_leaving(ada.user_id, last_day=None, **did)
    leaving.carry_out(row.pk, entry=lambda _brand: TESTS, now=clock.now())
    assert Agent.objects.get(pk=ada.user_id).left_on >= date(2026, 1, 1)  # type: ignore[operator]
    browser = signed_in(lena, acme)
    trail = html(at(browser, acme))
    assert "changed the alias of" in trail
    assert "Addie" in trail
    assert "2026-9" in trail
    for text in (trail, html(at(browser, acme, "/report/"))):
        assert [word for word in NEVER if word in text] == []
