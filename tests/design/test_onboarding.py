"""Edits over several clients, a soft launch and a sandbox: accessible, within the policy, all translated."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core import clock
from interactions.practice.actions import practise
from reporting.promises import PROMISABLE
from routing.actions import accept_offer
from routing.models import WorkItem
from routing.writes import offer_to
from tenants.actions import change_brand
from tenants.cards import card_by_slug
from tenants.choices import BrandState
from tenants.models import Brand
from tenants.onboarding import bulk
from tenants.onboarding.access import draft_of
from tenants.onboarding.models import BulkLine, OnboardingDraft
from tenants.scope import labour_scope, tenant_scope
from tests.accounts.conftest import Browser
from tests.console.test_onboarding import BRAND, reasons
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_translated
from tests.factories import NOW, TESTS, make_agent
from tests.tenants.test_bulk import Clients, clients
from tests.tenants.test_onboarding import WHO, Desk
from tests.white.test_logos import bitmap
from workforce import actions as workforce
from workforce.choices import Availability

__all__ = ["clients"]

KEYS = sorted((f"({key})" for key in PROMISABLE), key=len, reverse=True)
DATA = [
    "Initech",
    "Orders and returns",
    "Product advice",
    "Vandelay",
    "School",
    "initech",
    "vandelay",
    "school",
    "Olu Park",
    "English",
    "Svenska",
    "Europe/Oslo",
    "not a page",
    "not an address",
    "agents.0",
    "nobody@example.test",
]
SOFT = {"share": "10", "opens": "09:00", "closes": "12:00", "most_open": "3"}


@dataclass
class Town:
    browser: Browser
    clients: Clients

    def get(self, path: str) -> str:
        answer = self.browser.get(path)
        assert answer.status_code == 200, answer
        return str(answer.content.decode())

    def post(self, path: str, data: dict[str, Any]) -> str:
        return str(self.browser.post(path, data).content.decode())


@pytest.fixture
def html(request: pytest.FixtureRequest, operator: Browser, clients: Clients) -> str:
    """The page in that state, as an operator gets it."""
    return MADE[request.param](Town(operator, clients))


def no_edits(town: Town) -> str:
    return town.get("/edits/")


def edits(town: Town) -> str:
    for _time in range(2):
        town.clients.edited("tone")
    town.clients.begin("targets")
    return town.get("/edits/")


def begin(town: Town) -> str:
    return town.get("/edits/new/")


def begin_wrong(town: Town) -> str:
    return town.post("/edits/new/", {"blueprint": "circus"})


def comparison(town: Town) -> str:
    """One client has a tone of its own."""
    change_brand(town.clients.two.id, tone="our own", actor="test", now=NOW)
    return town.get(f"/edits/{town.clients.begin()}/")


def report(town: Town) -> str:
    """One was done in part, one failed."""
    change_brand(town.clients.two.id, tone="our own", actor="test", now=NOW)
    ref = town.clients.edited()
    BulkLine.objects.filter(brand_id=town.clients.two.id).update(outcome="failed", fault="A line is gone.")
    return town.get(f"/edits/{ref}/")


def taken_back(town: Town) -> str:
    ref = town.clients.edited()
    change_brand(town.clients.two.id, tone="changed since", actor="test", now=NOW)
    bulk.undo(ref, actor=WHO, now=clock.now())
    return town.get(f"/edits/{ref}/")


def logo(town: Town) -> str:
    """A logo was uploaded: its colour is offered."""
    town.post("/clients/new/", {"begin": "blueprint:retail"})
    path = f"/clients/new/{OnboardingDraft.objects.latest('pk').ref}/brand/"
    upload = {"logo": SimpleUploadedFile("logo.png", bitmap())}
    return town.post(path, BRAND | {"name": "School", "slug": "school", "version": "1"} | upload)


def logo_wrong(town: Town) -> str:
    town.post("/clients/new/", {"begin": "blueprint:retail"})
    path = f"/clients/new/{OnboardingDraft.objects.latest('pk').ref}/brand/"
    upload = {"logo": SimpleUploadedFile("logo.png", b"none")}
    return town.post(path, BRAND | {"name": "School", "slug": "school", "version": "1"} | upload)


def softly(town: Town) -> str:
    """Open to some; the form for other numbers is there with what was typed wrong."""
    open_softly(town)
    return town.get("/clients/initech/onboarding/")


def softly_wrong(town: Town) -> str:
    open_softly(town)
    return town.post("/clients/initech/onboarding/soft-launch/", SOFT | {"share": "none", "closes": ""})


def paused(town: Town) -> str:
    open_softly(town)
    town.post("/clients/initech/onboarding/pause/", {})
    return town.get("/clients/initech/onboarding/")


def listed(town: Town) -> str:
    """A client that is open to some, beside a sandbox."""
    open_softly(town)
    sandbox(town)
    return town.get("/clients/")


def sandbox(town: Town) -> str:
    brand = BRAND | {"slug": "school", "name": "School", "version": "1"}
    town.post("/clients/new/", {"begin": "blueprint:retail", "sandbox": "1"})
    path = f"/clients/new/{OnboardingDraft.objects.latest('pk').ref}"
    town.post(f"{path}/brand/", brand)
    town.post(f"{path}/workspace/", {"version": "2"})
    return town.get("/clients/school/onboarding/")


def made_anew(town: Town) -> str:
    sandbox(town)
    return town.get("/clients/school/onboarding/reset/")


def practised(town: Town) -> str:
    """What an agent has before them who practises in the sandbox."""
    sandbox(town)
    card = card_by_slug("school")
    assert card
    agent = make_agent("ada@example.test", card, name="Ada Berg")
    send_practice(town, count="1", minutes="0")
    browser = Browser(headers={"host": "localhost:8000"})
    assert browser.sign_in(agent.email).status_code == 302
    with labour_scope():
        item = WorkItem.objects.get(brand_id=card.id)
    workforce.connect(agent.user_id, node="n", channel_name="tab", now=clock.now())
    workforce.set_availability(agent.user_id, to=Availability.AVAILABLE, actor=agent, now=clock.now())
    offer = offer_to(item.pk, agent.user_id, now=clock.now())
    assert offer
    accept_offer(offer.ref, actor=agent, now=clock.now())
    return str(browser.get(f"/desk/school/{item.interaction_ref}/").content.decode())


def no_practice(town: Town) -> str:
    sandbox(town)
    return town.get("/clients/school/practice/")


def practice(town: Town) -> str:
    """One waits, one comes later."""
    sandbox(town)
    send_practice(town, count="2", minutes="10")
    return town.get("/clients/school/practice/")


def practice_wrong(town: Town) -> str:
    sandbox(town)
    return send_practice(town, count="99", minutes="500")


def send_practice(town: Town, **said: str) -> str:
    """Send customers, and let the worker look."""
    page = town.post("/clients/school/practice/", said | {"ref": str(uuid4())})
    card = card_by_slug("school")
    assert card
    with tenant_scope(card, TESTS):
        practise(now=clock.now())
    return page


def open_softly(town: Town) -> None:
    draft = draft_of(town.clients.one.id)
    assert draft
    agents = [make_agent(f"{name}@example.test").email for name in ("one", "two")]
    Desk().save(draft, "people", {"agents": agents})
    Desk().tested(draft)
    town.post("/clients/initech/onboarding/soft-launch/", SOFT | reasons(town.browser))
    assert Brand.objects.get(slug="initech").state == BrandState.SOFT


def step(town: Town, name: str) -> str:
    """A step of the wizard as a blueprint proposes it."""
    town.post("/clients/new/", {"begin": "blueprint:retail"})
    return town.get(f"/clients/new/{OnboardingDraft.objects.latest('pk').ref}/{name}/")


def step_wrong(town: Town, name: str) -> str:
    """The step with what cannot be saved."""
    town.post("/clients/new/", {"begin": "blueprint:retail"})
    path = f"/clients/new/{OnboardingDraft.objects.latest('pk').ref}/{name}/"
    return town.post(path, {"version": "1", **WRONG[name]})


def idle(town: Town) -> str:
    """A comparison in which nothing would change."""
    town.clients.edited("tone")
    return town.get(f"/edits/{town.clients.begin('tone')}/")


STEPS = (
    "brand",
    "webchat",
    "queues",
    "hours",
    "rules",
    "targets",
    "clocks",
    "people",
    "manager",
    "workspace",
)
WRONG: dict[str, dict[str, Any]] = {
    "brand": BRAND | {"slug": "admin", "name": "", "hue": "none"},
    "webchat": {"greeting": "x" * 500, "origins": "not a page"},
    "queues": {
        "lines.0.name": "Orders", "lines.0.target_share": "190", "lines.0.target_seconds": "soon",
        "reasons": "", "outcomes.0.label": "",
    },
    "hours": {
        "country": "SE", "periods.0.from_day": "mon", "periods.0.until_day": "fri",
        "periods.0.opens": "18:00", "periods.0.closes": "8",
        "periods.1.from_day": "mon", "periods.1.until_day": "mon", "periods.1.opens": "09:00",
        "periods.1.closes": "10:00",
    },
    "rules": {
        "rules.0.name": "", "rules.0.words": "return", "rules.0.queue": "Elsewhere", "rules.0.when": "open",
        "rules.0.need": "swedish >=", "rules.0.priority": "20", "rules.1.languages": "swedish!",
    },
    "targets": {
        "targets.0.metric": "SL.NEG@1", "targets.0.target": "80", "targets.0.minimum": "90",
        "targets.1.metric": "AHT@1", "targets.1.target": "soon", "targets.1.weight": "200",
    },
    "clocks": {
        "clocks.0.clock": "first", "clocks.0.seconds": "soon", "clocks.0.pauses[]": ["", "customer"],
        "clocks.1.clock": "next", "clocks.1.total": "on", "clocks.1.urgent_from": "5",
    },
    "people": {"agents[]": ["nobody@example.test"]},
    "manager": {"managers": "not an address"},
    "workspace": {},
}  # fmt: skip
MADE: dict[str, Callable[[Town], str]] = {
    "no edits": no_edits, "edits": edits, "begin": begin, "begin wrong": begin_wrong,
    "logo": logo, "logo wrong": logo_wrong, "comparison": comparison, "report": report,
    "taken back": taken_back, "softly": softly,
    "softly wrong": softly_wrong, "paused": paused, "listed": listed, "sandbox": sandbox,
    "made anew": made_anew, "practised": practised,
    "idle": idle, "no practice": no_practice, "practice": practice, "practice wrong": practice_wrong,
    **{f"step {name}": partial(step, name=name) for name in STEPS},
    **{f"wrong {name}": partial(step_wrong, name=name) for name in STEPS},
}  # fmt: skip


@pytest.mark.browser
@pytest.mark.parametrize("html", MADE, indirect=True)
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    assert_accessible(stage, html)


@pytest.mark.parametrize("html", [name for name in MADE if name != "practised"], indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str) -> None:
    assert_translated(html, [*KEYS, *DATA])
