"""How conversations end, wait and are guarded: accessible, within the policy, narrow, translated."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from interactions import actions
from routing.actions import accept_offer, ask_help
from routing.help import help_for
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.desk.conftest import Day, Desk, Sign, day, desk, sign_in, working  # noqa: F401 - fixtures
from tests.factories import TESTS, make_person

DATA = [
    *(
        "Acme Outdoor",
        "Orders",
        "Ada",
        "Ada Berg",
        "Delivery",
        "Return",
        "Solved",
        "Maya Lindqvist",
        "Threats",
    ),
    *("+46812345", "Europe/Stockholm", "Spam", "Duplicate", "Wrong brand", "Please keep it civil."),
    'aria-hidden="true">A<',
]
ASKED = {"ask-void": "not-a-contact/", "ask-help": "help/", "ask-guard": "block/", "ask-call": "callback/"}
DESK = [*ASKED, "silent", "void", "blocked", "closed", "call", "help"]
ROOMS = ["hands", "no-hands", "hand", "blocks", "no-blocks", "corrections", "correction", "portal-blocks"]
PAGES = [*DESK, *ROOMS]


@pytest.fixture(autouse=True)
def beside_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are made beside a running browser, in one thread: Django is told that this is meant."""
    cache.clear()
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def html(
    request: pytest.FixtureRequest, desk: Desk, day: Day, working: Actor, acme: BrandCard, sign_in: Sign  # noqa: F811
) -> str:  # fmt: skip
    """The page of that name, as who has it gets it."""
    name = request.param
    ref = day.has(working, acme, "Where is my tent?")
    if name in DESK:
        return _desk(name, ref, desk, day, working, acme)
    _prepare(name, ref, working, acme)
    lead = make_person("lee@example.test", (Role.SUPERVISOR, acme), name="Lee Fox")
    if name == "portal-blocks":
        return _portal(acme)
    paths = {
        "hands": "/help/", "no-hands": "/help/", "blocks": "/clients/acme/blocks/",
        "no-blocks": "/clients/acme/blocks/", "corrections": "/clients/acme/closed/",
        "correction": f"/clients/acme/closed/{ref}/",
    }  # fmt: skip
    path = f"/help/{help_for(lead)[0].ref}/" if name == "hand" else paths[name]
    return str(sign_in(lead).get(path).content.decode())


def _desk(name: str, ref: UUID, desk: Desk, day: Day, working: Actor, acme: BrandCard) -> str:  # noqa: F811
    path, now = f"/desk/acme/{ref}/", clock.now()
    if name == "void":
        desk.post(f"{path}not-a-contact/", {"code": "spam"})
    elif name == "blocked":
        desk.post(f"{path}warning/", {"reason": "threats"})
        desk.post(f"{path}block/", {"reason": "threats", "hours": "24"})
    elif name == "closed":
        desk.post(f"{path}wrap-up/")
        desk.post(f"{path}disposition/", {"reason": "delivery", "outcome": "solved"})
    elif name == "help":
        desk.post(f"{path}help/", {"reason": "unsure"})
    elif name == "silent":
        with tenant_scope(acme, TESTS):
            actions.end_by_visitor(ref, now=now)
    elif name == "call":
        with tenant_scope(acme, TESTS):
            actions.promise_callback(
                ref, number="+46812345", window=_window(), by="agent", actor_id=working.user_id, now=now
            )
            actions.fire_callbacks(now=_window()[0])
        accept_offer(day.rings(acme, ref, working).ref, actor=working, now=clock.now())
    return str(desk.get(path + ASKED.get(name, "")).content.decode())


def _window() -> tuple[datetime, datetime]:
    start = clock.now() + timedelta(hours=1)
    return start, start + timedelta(hours=2)


def _prepare(name: str, ref: UUID, working: Actor, acme: BrandCard) -> None:  # noqa: F811
    now = clock.now()
    mine: dict[str, Any] = {"agent_id": working.user_id}
    if name in {"hands", "hand"}:
        ask_help(acme.id, ref, **mine, reason="approval", now=now)
        return
    with tenant_scope(acme, TESTS):
        if name in {"blocks", "portal-blocks"}:
            actions.block_visitor(
                ref, **mine, agent_shown="Ada", actor="test", reason="threats", hours=24, now=now
            )
        elif name in {"corrections", "correction"}:
            actions.begin_wrap_up(ref, **mine, now=now)
            actions.wrap_up(ref, **mine, reason_code="delivery", outcome_code="solved", now=now)


def _portal(acme: BrandCard) -> str:
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Sandberg")
    browser = Browser()
    browser.enter("lena@example.test", "acme")
    return str(browser.get("/blocks/", headers={"host": "acme.localhost"}).content.decode())


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
