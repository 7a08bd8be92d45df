"""Who can see what, on the client's own host: own people by name, the provider's by alias, no surname."""

from typing import Any

import pytest
from django.core.cache import cache

from accounts import elevating
from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from portal.rail import DOORS
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.accounts.conftest import Browser
from tests.desk.test_budget import check, counted
from tests.factories import make_agent, make_person
from workforce import actions as workforce

HOST = {"host": "acme.localhost"}


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def lena(db: None, acme: BrandCard) -> Browser:
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Sandberg")
    browser = Browser()
    browser.enter("lena@example.test", "acme")
    return browser


@pytest.fixture
def people(acme: BrandCard, globex: BrandCard) -> Actor:
    """An agent with an alias, an operator, a lead who took a stronger seat, and somebody of next door."""
    agent = make_agent("ada@example.test", acme, name="Ada Lovelace")
    workforce.set_alias(
        agent.user_id, brand_id=acme.id, shown_name="Ada from Acme", actor="test", now=clock.now()
    )
    make_person("op@example.test", (Role.OPERATOR, None), name="Olu Parkinson")
    lead = make_person("lee@example.test", (Role.LEAD, acme), name="Lee Foxglove")
    elevating.elevate(f"{acme.id}:supervisor", hours=1, reason="Nadia is ill", actor=lead, now=clock.now())
    make_person("next@example.test", (Role.MANAGER, globex), name="Next Door")
    return agent


def text(answer: Any) -> str:
    return str(answer.content.decode())


def it_says_who_reads_only(lena: Browser, acme: BrandCard, globex: BrandCard) -> None:
    """What somebody may do here, not what one page is for, says whether they change anything."""
    for card in (acme, globex):
        make_person(f"vic@{card.slug}.test", (Role.VIEWER, card), name="Vic Dahl")
    for door in DOORS:
        assert "Read only" not in text(lena.get(door.path, headers=HOST)), door.path
    for card in (acme, globex):
        viewer = Browser()
        viewer.enter(f"vic@{card.slug}.test", card.slug)
        assert "Read only" in text(viewer.get("/reports/", headers={"host": f"{card.slug}.localhost"}))
    assert viewer.get("/reports/", headers=HOST).status_code in {302, 404}


def it_lists_everybody_who_can_see_anything(lena: Browser, people: Actor) -> None:
    page = text(lena.get("/access/", headers=HOST))
    for shown in ("Lena Sandberg", "lena@example.test", "Ada from Acme", "Olu", "Lee", "Nadia is ill"):
        assert shown in page


def it_names_neither_surnames_nor_addresses_nor_next_door(lena: Browser, people: Actor) -> None:
    sheet = text(lena.post("/access/export/", headers=HOST))
    for page in (text(lena.get("/access/", headers=HOST)), sheet):
        for hidden in ("Lovelace", "Parkinson", "Foxglove", "ada@example", "op@example", "Next Door"):
            assert hidden not in page


def it_names_the_providers_people_so_whatever_seat_they_hold(lena: Browser, acme: BrandCard) -> None:
    """A seat of the client's side makes nobody its own person: the surname stays where they work."""
    make_person("omar@example.test", (Role.OPERATOR, None), (Role.MANAGER, acme), name="Omar Haddad")
    sheet = text(lena.post("/access/export/", headers=HOST))
    for page in (text(lena.get("/access/", headers=HOST)), text(lena.get("/people/", headers=HOST)), sheet):
        assert "Omar" in page
        assert "Lena Sandberg" in page
        assert [word for word in ("Haddad", "omar@example") if word in page] == []


def it_says_what_each_may_see(lena: Browser, people: Actor) -> None:
    sheet = text(lena.post("/access/export/", headers=HOST)).splitlines()
    facets = {line.split(",")[2]: line.split(",")[-5:] for line in sheet[1:]}
    assert sheet[0].split(",")[-5:] == ["texts", "names", "report", "audit", "settings"]
    assert facets["agent"] == ["yes", "yes", "no", "no", "no"]
    assert facets["manager"] == ["yes", "yes", "yes", "yes", "no"]
    assert facets["operator"] == ["as_client", "as_client", "as_client", "yes", "yes"]
    assert facets["lead"] == ["yes", "yes", "yes", "no", "no"]


def it_notes_that_the_list_was_taken_along(lena: Browser, acme: BrandCard) -> None:
    lena.post("/access/export/", headers=HOST)
    assert AuditRow.objects.filter(verb="access.exported", brand_id=acme.id).count() == 1


def it_takes_visits_and_posts_as_they_are_meant(lena: Browser) -> None:
    assert lena.post("/access/", headers=HOST).status_code == 405
    assert lena.get("/access/export/", headers=HOST).status_code == 405


def it_costs_the_same_with_many(lena: Browser, acme: BrandCard) -> None:
    lena.get("/access/", headers=HOST)
    few = counted(lambda: lena.get("/access/", headers=HOST))
    for n in range(5):
        make_person(f"viewer{n}@example.test", (Role.VIEWER, acme))
    assert counted(lambda: lena.get("/access/", headers=HOST)) == few
    check("portal: who can see what", few)
