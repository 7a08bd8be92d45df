"""How many statements the console's pages cost; other clients cost none: 2 brands in the database or 25.

The budgets stand in tests/query_counts.json; UPDATE_QUERY_COUNTS=1 writes what was counted.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from tenants import cards
from tenants.actions import refill_pool
from tenants.cards import BrandCard
from tenants.models import Brand
from tenants.onboarding.models import OnboardingDraft
from tests.accounts.conftest import Browser
from tests.api.conftest import Make, program
from tests.api.test_provider import NEW
from tests.console.conftest import Signed
from tests.console.test_practice import school
from tests.desk.test_budget import check, counted
from tests.factories import NOW, make_agent, make_person
from tests.tenants.test_bulk import Clients, clients
from workforce.models import Agent, AgentSkill
from workforce.staff import places

__all__ = ["clients", "program", "school"]

MANY = 23


def more_brands(count: int = MANY) -> None:
    """Rows of brands without schemas: no page enters one of these."""
    Brand.objects.bulk_create(
        Brand(
            slug=f"row-{n}", name=f"Row {n}", schema_name=f"s_row{n}", role_name=f"r_row{n}",
            number=50_000 + n, state="live", timezone="UTC", locales=["en"],
        )
        for n in range(count)
    )  # fmt: skip
    cards._shelf.clear()


def statements(work: Callable[[], Any]) -> int:
    """Count all statements, those for cards too, with nothing looked up before."""
    cards._shelf.clear()
    with CaptureQueriesContext(connection) as sent:
        answer = work()
    assert answer.status_code == 200, answer.content[:300]
    return len(sent)


@pytest.fixture
def browser(signed: Signed, op: Actor) -> Browser:
    return signed(op)


@pytest.fixture
def draft(browser: Browser) -> str:
    browser.post("/clients/new/", {"begin": "blueprint:retail"})
    return f"/clients/new/{OnboardingDraft.objects.latest('pk').ref}"


@dataclass
class Crowd:
    """People of one pool, a team of their own for every ten."""

    brands: tuple[BrandCard, ...]
    ids: list[int] = field(default_factory=list)

    def grow_to(self, many: int) -> None:
        did: dict[str, Any] = {"actor": "test", "now": NOW}
        skill = places.save_skill(name=f"Skill {many}", **did)
        while len(self.ids) < many:
            if len(self.ids) % 10 in (0, 2):
                name = f"Number {len(self.ids)}"
                site = places.save_site(name=name, timezone="Europe/Stockholm", **did)
                team = places.save_team(name=name, site_id=site.pk, **did)
            email = f"person{len(self.ids)}@example.test"
            person = make_agent(email, *self.brands, name=f"Person {len(self.ids)}").user_id
            Agent.objects.filter(pk=person).update(team=team, site=site)
            AgentSkill.objects.create(agent_id=person, skill=skill, level=3)
            self.ids.append(person)


@pytest.fixture
def pool(acme: BrandCard, globex: BrandCard, db: None) -> Crowd:
    made = Crowd((acme, globex))
    made.grow_to(2)
    return made


class DescribeWizard:
    @pytest.mark.parametrize(
        "step", ["brand", "webchat", "queues", "hours", "people", "manager", "workspace"]
    )
    def it_shows_a_step(self, browser: Browser, draft: str, step: str) -> None:
        browser.get(f"{draft}/{step}/")
        check(f"console: wizard, {step}", counted(lambda: browser.get(f"{draft}/{step}/")))

    def it_costs_the_same_among_many(self, browser: Browser, draft: str, acme: BrandCard) -> None:
        few = statements(lambda: browser.get(f"{draft}/queues/"))
        more_brands()
        assert statements(lambda: browser.get(f"{draft}/queues/")) == few


class DescribeLists:
    def it_lists_clients_by_the_page_not_by_the_client(self, browser: Browser, acme: BrandCard) -> None:
        browser.get("/clients/")
        few = statements(lambda: browser.get("/clients/"))
        more_brands()
        assert statements(lambda: browser.get("/clients/")) == few
        check("console: clients", counted(lambda: browser.get("/clients/")))

    def it_shows_the_way_to_live(self, browser: Browser, acme: BrandCard) -> None:
        browser.get("/clients/acme/onboarding/")
        check("console: going live", counted(lambda: browser.get("/clients/acme/onboarding/")))
        few = statements(lambda: browser.get("/clients/acme/onboarding/"))
        more_brands()
        assert statements(lambda: browser.get("/clients/acme/onboarding/")) == few

    def it_shows_who_practises_by_the_run(self, browser: Browser, school: BrandCard) -> None:
        path = "/clients/school/practice/"

        def practised() -> int:
            return counted(lambda: browser.get(path))

        browser.post(path, {"count": "1", "minutes": "0", "ref": str(uuid4())})
        few = practised()
        check("console: practice", few)
        for _time in range(3):
            browser.post(path, {"count": "4", "minutes": "9", "ref": str(uuid4())})
        assert practised() == few

    def it_lists_edits(self, browser: Browser, clients: Clients) -> None:
        clients.begin("tone")
        browser.get("/edits/")
        one = statements(lambda: browser.get("/edits/"))
        for _time in range(3):
            clients.begin("tone")
        assert statements(lambda: browser.get("/edits/")) == one
        check("console: edits", counted(lambda: browser.get("/edits/")))

    def it_offers_clients_with_one_statement(self, browser: Browser, acme: BrandCard) -> None:
        few = statements(lambda: browser.get("/edits/new/"))
        more_brands()
        assert statements(lambda: browser.get("/edits/new/")) == few

    def it_reports_an_edit_by_the_page(self, browser: Browser, clients: Clients) -> None:
        ref = clients.edited("tone")
        browser.get(f"/edits/{ref}/")
        check("console: an edit's report", counted(lambda: browser.get(f"/edits/{ref}/")))


class DescribeStaff:
    """Two people, then fifty: each with two clients, a skill, a team and a site."""

    def it_lists_people_by_the_page(self, browser: Browser, pool: Crowd) -> None:
        self.costs_the_same("people", browser, pool, "/staff/")

    def it_shows_a_person(self, browser: Browser, pool: Crowd) -> None:
        self.costs_the_same("a person", browser, pool, f"/staff/{pool.ids[0]}/")

    def it_shows_sites_and_teams(self, browser: Browser, pool: Crowd) -> None:
        self.costs_the_same("sites and teams", browser, pool, "/staff/places/")

    def costs_the_same(self, name: str, browser: Browser, pool: Crowd, path: str) -> None:
        browser.get(path)
        few = counted(lambda: browser.get(path))
        check(f"console: staff, {name}", few)
        pool.grow_to(50)
        assert counted(lambda: browser.get(path)) == few


class DescribePortal:
    def it_costs_the_same_among_many(self, acme: BrandCard, db: None) -> None:
        make_person("lena@example.test", (Role.MANAGER, acme))
        browser = Browser()
        browser.follow(browser.sign_in("lena@example.test", following="/handoff/acme/?next=/report/"))

        def report() -> Any:
            return browser.at("http://acme.localhost:8000/report/")

        report()
        few = statements(report)
        more_brands()
        assert statements(report) == few


class DescribeApi:
    def it_sets_a_client_up(self, program: Make) -> None:
        caller = program()
        body = {name: NEW[name] for name in ("blueprint", "brand")}

        def made(slug: str) -> Any:
            return caller.post("brands/", body | {"brand": body["brand"] | {"slug": slug, "name": slug}})

        made("first-one")
        refill_pool(1)
        check("api: a new brand from the pool", counted(lambda: made("second-one")))
        assert clock.now() - Brand.objects.get(slug="second-one").created_at < timedelta(days=1)
