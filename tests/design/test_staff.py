"""Workforce: accessible in both themes and widths, within the policy, all of it translated."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from accounts.choices import Role
from core import clock
from tenants.cards import BrandCard
from tenants.mail.models import SystemMail
from tests.accounts.conftest import Browser
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.factories import make_agent, make_person
from workforce import actions
from workforce.models import Agent, Departure, DepartureBrand
from workforce.staff import bulk, importing, leaving, places
from workforce.staff.bulk import Wish
from workforce.staff.handing import tell_lead
from workforce.staff.welcome import send_welcomes

DATA = [
    "Acme Outdoor", "Globex Energy", "Ada Berg", "Bo Lind", "Olu Park", "ada@example.test", "bo@example.test",
    "Malmö", "Blue", "Billing", "people.csv", "Ronja", "Europe/Stockholm", "Orders",
]  # fmt: skip
CSV = "mail,name,skills\nada@example.test,Ada Lind,billing:2\nx,Nobody,billing:9\n"


@pytest.fixture(autouse=True)
def beside_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are made beside a running browser, in one thread: Django is told that this is meant."""
    cache.clear()
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@dataclass(frozen=True)
class Town:
    """An operator's browser, and the ids of two agents; Bo leads the team."""

    browser: Browser
    ada: int
    bo: int

    def get(self, path: str) -> str:
        return str(self.browser.get(path).content.decode())

    def post(self, path: str, data: Any) -> str:
        return str(self.browser.post(path, data).content.decode())


@pytest.fixture
def town(db: None, acme: BrandCard, globex: BrandCard) -> Town:
    make_person("op@example.test", (Role.OPERATOR, None), name="Olu Park")
    ada = make_agent("ada@example.test", acme, globex, name="Ada Berg").user_id
    bo = make_agent("bo@example.test", acme, name="Bo Lind").user_id
    did: dict[str, Any] = {"actor": "user:1", "now": clock.now()}
    site = places.save_site(name="Malmö", timezone="Europe/Stockholm", **did)
    team = places.save_team(name="Blue", site_id=site.pk, lead_id=bo, **did)
    skill = places.save_skill(name="Billing", **did)
    bulk.change_many([ada, bo], Wish(team_id=team.pk, site_id=site.pk, language="sv"), **did)
    actions.set_alias(ada, brand_id=acme.id, shown_name="Ronja", **did)
    actions.set_skill(ada, code=skill.code, level=4, **did)
    browser = Browser(headers={"host": "localhost:8000"})
    browser.sign_in("op@example.test")
    return Town(browser, ada, bo)


@pytest.fixture
def html(request: pytest.FixtureRequest, town: Town, acme: BrandCard, globex: BrandCard) -> str:
    """The page of that name, as an operator gets it; the welcome as a new person does."""
    make = MADE.get(request.param)
    return make(town, acme, globex) if make else town.get(PLAIN[request.param])


def nobody(town: Town, acme: BrandCard, globex: BrandCard) -> str:
    Agent.objects.all().delete()
    return town.get("/staff/")


def certified(town: Town, acme: BrandCard, globex: BrandCard) -> None:
    """One certification ends soon, one is over."""
    now = clock.now()
    for card, begins, ends in ((acme, now, 9), (globex, now - timedelta(days=9), -1)):
        actions.certify(
            town.ada, brand_id=card.id, version="2026-2", valid_from=begins,
            valid_until=now + timedelta(days=ends), actor="user:1", now=now,
        )  # fmt: skip


def person(town: Town, acme: BrandCard, globex: BrandCard) -> str:
    certified(town, acme, globex)
    return town.get(f"/staff/{town.ada}/")


def certifications(town: Town, acme: BrandCard, globex: BrandCard) -> str:
    certified(town, acme, globex)
    return town.get("/staff/certifications/")


def warned(town: Town, acme: BrandCard, globex: BrandCard) -> str:
    return town.post(f"/staff/{town.ada}/clients/acme/alias/", {"shown_name": "Ada Berg"})


def leaves(town: Town, acme: BrandCard, globex: BrandCard) -> str:
    day = (clock.now() + timedelta(days=3)).date()
    leaving.plan_leaving(town.ada, last_day=day, actor="user:1", now=clock.now())
    return town.get(f"/staff/{town.ada}/")


def left(town: Town, acme: BrandCard, globex: BrandCard) -> str:
    """With what was handed on, and the lead told."""
    town.post(f"/staff/{town.ada}/leaving/", {"at_once": "1"})
    handed = {"lines": {"Orders": 2, "Billing": 1}, "closed": 1, "drafts": 3, "passed_on": 2}
    DepartureBrand.objects.update(handed=handed)
    tell_lead(Departure.objects.get().pk, now=clock.now())
    return town.get(f"/staff/{town.ada}/")


def imports(town: Town, acme: BrandCard, globex: BrandCard) -> str:
    importing.hand_in(CSV.encode(), filename="people.csv", actor="user:1", now=clock.now())
    return town.get("/staff/import/")


def file(town: Town, acme: BrandCard, globex: BrandCard) -> str:
    row = importing.hand_in(CSV.encode(), filename="people.csv", actor="user:1", now=clock.now())
    return town.get(f"/staff/import/{row.ref}/")


def change(town: Town, acme: BrandCard, globex: BrandCard) -> str:
    return town.post("/staff/change/", {"ids": [town.ada, town.bo]})


def preview(town: Town, acme: BrandCard, globex: BrandCard) -> str:
    wish = {"who": f"{town.ada},{town.bo}", "step": "look", "brand_id": globex.id, "version": "2026-3"}
    return town.post("/staff/change/", wish)


def welcome(town: Town, acme: BrandCard, globex: BrandCard) -> str:
    """The page behind the link in the mail."""
    agent = Agent.objects.select_related("user").get(pk=town.bo)
    agent.user.set_unusable_password()
    agent.user.save()
    send_welcomes([town.bo], actor="user:1", now=clock.now())
    found = re.search(r"/welcome/[\w-]+/", SystemMail.objects.get(kind="welcome").text)
    assert found
    return str(Browser(headers={"host": "localhost:8000"}).get(found[0]).content.decode())


def spent(town: Town, acme: BrandCard, globex: BrandCard) -> str:
    return str(Browser(headers={"host": "localhost:8000"}).get("/welcome/guessed/").content.decode())


PLAIN = {
    "list": "/staff/", "new": "/staff/new/", "places": "/staff/places/", "skills": "/staff/skills/",
    "nothing-ends": "/staff/certifications/",
}  # fmt: skip
MADE: dict[str, Callable[[Town, BrandCard, BrandCard], str]] = {
    "nobody": nobody, "person": person, "warned": warned, "leaving": leaves, "left": left, "import": imports,
    "certifications": certifications, "file": file, "change": change, "preview": preview, "welcome": welcome,
    "welcome-refused": spent,
}  # fmt: skip
PAGES = [*PLAIN, *MADE]


@pytest.mark.browser
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    assert_accessible(stage, html)


@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str) -> None:
    assert_translated(html, DATA)


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)
