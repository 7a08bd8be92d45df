"""Clocks in the console, at the desk and in the portal: accessible, roomy, translated."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db.models import F

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from interactions import actions
from interactions.asking import actions as asking
from interactions.choices import ClockKind
from interactions.clocks.models import Clock
from interactions.models import Queue
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.console.test_hours import make_queue
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.design.test_hours import text
from tests.desk.conftest import Day, Desk, Sign, day, desk, form, sign_in, working  # noqa: F401 - fixtures
from tests.factories import TESTS, make_person
from tests.portal.test_report import NOON, page, signed_in

CLOCKS = "/clients/acme/clocks/"
PAGES = ["empty", "list", "refused", "queue", "own"]
DATA = ["Acme Outdoor", "Europe/Stockholm", "Olu Park", "Olu", "Orders", "op@example.test"]

TALKS = [("Maya Lindqvist", "Where is my tent?"), ("Tom Berg", "Which size?"), ("Ida Ek", "Thank you")]


def sent(**more: str) -> dict[str, Any]:
    form: dict[str, Any] = {"key": str(uuid4()), "from_date": f"{NOON:%Y-%m-%d}"}
    for kind in ClockKind.values:
        form |= {f"{kind}_unit": "60", f"{kind}_counted": "business", f"{kind}_pauses": ["hold", "snoozed"]}
    return form | more


@pytest.fixture
def html(
    request: pytest.FixtureRequest, operator: Browser, acme: BrandCard, monkeypatch: pytest.MonkeyPatch
) -> str:
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: NOON)
    make_queue(acme)
    with tenant_scope(acme, TESTS):
        own = f"{CLOCKS}{Queue.objects.get().ref}/"
    state = request.param
    if state == "refused":
        wrong = sent(first_seconds="5", first_urgent_from="11", from_date="2026-01-01")
        return text(operator.post(CLOCKS, wrong))
    if state != "empty":
        full = sent(
            first_seconds="5", next_seconds="10", resolution_seconds="600", update_seconds="60",
            first_urgent_from="5", first_urgent_seconds="1", resolution_total="on",
        )  # fmt: skip
        operator.post(CLOCKS, full)
        operator.post(CLOCKS, sent(first_seconds="4", from_date="2027-01-01"))
        operator.get(CLOCKS)
    if state == "own":
        operator.post(own, sent(first_seconds="2"))
        operator.get(own)
    return text(operator.get(own if state in {"queue", "own"} else CLOCKS))


@pytest.fixture
def at_the_desk(
    day: Day, desk: Desk, working: Actor, acme: BrandCard, globex: BrandCard  # noqa: F811
) -> str:  # fmt: skip
    """Clocks of every face: due, soon, late, paused, in time, missed."""
    day.agrees(acme, first=300, next=60, resolution=7200, update=900)
    talks = [day.has(working, acme, words, name=name) for name, words in TALKS]
    ada = working.user_id
    for ref in talks[1:]:
        desk.script(f"/desk/acme/{ref}/replies/", form(acme, ref, "One moment", last=2))
    day.says(acme, talks[1], "And the pegs?")
    with tenant_scope(acme, TESTS):
        actions.await_reply(talks[2], agent_id=ada, now=clock.now())
        ago = timedelta(seconds=100)
        asked = Clock.objects.filter(interaction__ref=talks[1], kind="next")
        asked.update(since=F("since") - ago, due_at=F("due_at") - ago)
        actions.ring_clocks(now=clock.now())
    return text(desk.get(f"/desk/acme/{talks[1]}/"))


@pytest.fixture
def in_the_portal(day: Day, working: Actor, acme: BrandCard) -> str:  # noqa: F811
    day.agrees(acme, first=300, resolution=7200)
    refs = [day.has(working, acme, words, name=name) for name, words in TALKS]
    with tenant_scope(acme, TESTS):
        actions.ring_clocks(now=clock.now() + timedelta(minutes=6))
        for ref in refs[1:]:
            said: dict[str, Any] = {"client_id": uuid4(), "body": "It left on Monday.", "now": clock.now()}
            actions.send_reply(ref, agent_id=working.user_id, author_shown="Ada", last_seq=9, **said)
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm")
    return text(page(signed_in("lena@example.test", acme), acme, "/conversations/"))


@pytest.fixture
def waits_for_the_client(day: Day, working: Actor, acme: BrandCard) -> str:  # noqa: F811
    """A conversation in the portal: answered in time; its resolution waits for the client."""
    day.agrees(acme, first=300, resolution=7200)
    ref = day.has(working, acme, "Where is my tent?", name="Maya Lindqvist")
    agent = asking.Agent(working.user_id, "Ada B.", working.who)
    with tenant_scope(acme, TESTS):
        said: dict[str, Any] = {"client_id": uuid4(), "body": "I look it up.", "now": clock.now()}
        actions.send_reply(ref, agent_id=working.user_id, author_shown="Ada", last_seq=9, **said)
        asking.open_request(
            ref, kind="check", question="Was it sent?", key=uuid4(), agent=agent, now=clock.now()
        )
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm")
    return text(page(signed_in("lena@example.test", acme), acme, f"/report/conversations/{ref}/"))


@pytest.mark.browser
def it_shows_in_the_portal_what_waits_for_the_client(waits_for_the_client: str, stage: Stage) -> None:
    assert "paused: waiting for" in waits_for_the_client
    assert_accessible(stage, waits_for_the_client)


@pytest.mark.browser
def it_shows_every_face_at_the_desk(at_the_desk: str, stage: Stage) -> None:
    assert_accessible(stage, at_the_desk)


@pytest.mark.browser
@pytest.mark.parametrize(("theme", "width"), [("light", "wide")], indirect=True)
def it_turns_to_a_warning_when_its_time_comes(at_the_desk: str, stage: Stage) -> None:
    warned = """async () => {
        const [due] = document.querySelectorAll('#clocks .clk:not(.warn) b[data-warns]');
        due.dataset.warns = document.documentElement.dataset.now;
        (await import(document.querySelector('script[src*="tick"]')?.src ?? '/static/js/tick.js')).tick();
        return due.closest('.clk').className;
    }"""
    assert stage.show(at_the_desk).evaluate(warned) == "sla clk warn"


@pytest.mark.browser
def it_shows_what_became_of_them_in_the_portal(in_the_portal: str, stage: Stage) -> None:
    assert_accessible(stage, in_the_portal)


@pytest.mark.browser
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    assert_accessible(stage, html)


@pytest.mark.browser
@pytest.mark.parametrize("html", ["list", "refused"], indirect=True)
@pytest.mark.parametrize("theme", ["light"], indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)


@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str) -> None:
    assert_translated(html, DATA)
