# ruff: noqa: F811 - fixtures of the desk
"""The client's side: overview, requests, changes, people, group; with what the console shows of them."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache

from accounts import invitations
from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from interactions import actions
from interactions.asking.actions import Agent, answer_request, open_request, reopen_request
from interactions.asking.files import read_file
from interactions.changing import queries as changing
from interactions.changing.actions import ask_change, refuse_change
from interactions.models import ChangeRequest, ClientRequest
from reporting.catalogue import CATALOGUE
from tenants import cards
from tenants.cards import BrandCard
from tenants.models import Brand, ClientGroup
from tenants.scope import labour_scope, tenant_scope
from tests.accounts.conftest import Browser
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.factories import TESTS, make_agent, make_person
from tests.interactions.conftest import first_message
from tests.portal.test_report import contact, make_inbox_once, page, signed_in

HOST, CONSOLE = {"host": "acme.localhost:8000"}, {"host": "localhost:8000"}
PAGES = {
    "overview": "/overview/",
    "requests": "/requests/",
    "no-requests": "/requests/?state=all&kind=decide",
    "request": "/requests/{request}/",
    "changes": "/changes/",
    "change-hours": "/changes/new/{week}/",
    "change-text": "/changes/new/tone_do./",
    "people": "/people/",
    "group": "/group/",
}
REFUSED = {
    "request-refused": "/requests/{request}/answer/", "change-refused": "/changes/new/{week}/",
    "people-refused": "/people/invitations/",
}  # fmt: skip
SCREENS = {
    "console-requests": "/clients/acme/requests/",
    "console-changes": "/clients/acme/changes/?state=all",
    "console-change": "/clients/acme/changes/{change}/",
}
EVERY = [*PAGES, *REFUSED, *SCREENS]
QUESTION, ANSWER = "Was order 1234 sent?", "On Monday, by post."
DATA = [
    *sorted((metric.key for metric in CATALOGUE), key=len, reverse=True),
    QUESTION, ANSWER, "And from where?", "Acme Outdoor", "Globex", "Nordic Holding", "Europe/Stockholm",
    "Asia/Kolkata", "Lena Holm", "lena@example.test", "new@example.test", "Ada B.", "Ada", "Orders", "Office",
    "Christmas trade", "No staff for it", "offer.pdf", "mia@example.test", "Mia Berg",
    "warm, first names", "op@example.test", "Olu Park",
    'aria-hidden="true">A<',
]  # fmt: skip


@pytest.fixture
def lena(db: None, acme: BrandCard, globex: BrandCard) -> Any:
    """Who manages Acme and Globex, with something of everything in Acme."""
    cache.clear()
    ada = make_agent("ada@example.test", acme, name="Ada Berg")
    make_person("lena@example.test", (Role.MANAGER, acme), (Role.MANAGER, globex), name="Lena Holm")
    make_person("mia@example.test", (Role.VIEWER, acme), name="Mia Berg")
    make_person("ours@example.test", (Role.OPERATOR, None), (Role.VIEWER, acme), name="Ada Lund")
    now = clock.now()
    contact(acme, at=now - timedelta(hours=3))
    contact(acme, at=now - timedelta(hours=2), answered=None)
    with tenant_scope(acme, TESTS):
        _requests(ada)
        _changes()
        actions.close_now(actor="user:1", now=now, reason="Drill", texts={})
    invitations.invite(
        "new@example.test", role=Role.VIEWER, brand=acme, invited_by=ada.user_id, actor="test", now=now
    )
    with labour_scope():
        group = ClientGroup.objects.create(legal_name="Nordic Holding")
        Brand.objects.filter(pk__in=(acme.id, globex.id)).update(group=group)
    cards.changed()
    yield signed_in("lena@example.test", acme)
    cards.changed()


def _requests(ada: Actor) -> None:
    agent, now = Agent(ada.user_id, "Ada B.", ada.who), clock.now() - timedelta(hours=12)
    for n in range(2):
        talk = first_message(make_inbox_once(), "Hello", now=now).interaction_ref
        actions.assign(talk, agent_id=ada.user_id, agent_shown="Ada B.", now=now)
        ref = open_request(talk, kind="check", question=QUESTION, key=uuid4(), agent=agent, now=now)
        if n:
            files = [read_file("offer.pdf", b"%PDF-1.7")]
            answer_request(ref, answer=ANSWER, files=files, shown="Lena Holm", actor="user:9", now=now)
            reopen_request(ref, question="And from where?", agent=agent, now=clock.now())


def _changes() -> None:
    who: dict[str, Any] = {"shown": "Lena Holm", "actor": "user:9"}
    now = clock.now()
    office = [(day, 540, 1020) for day in range(5)]
    actions.save_calendar(name="Office", zone="Europe/Stockholm", week=office, actor="user:1", now=now)
    week = next(topic for topic in changing.topics() if topic.is_week)
    day = now.date() + timedelta(days=7)
    longer = {"week": [[day, 480, 1080] for day in range(6)]}
    for n in range(2):
        ref = ask_change(
            week, proposed=longer, from_day=day, why="Christmas trade", key=uuid4(), **who, now=now
        )
        if n:
            refuse_change(ref, reason="No staff for it", actor="user:1", now=now)
    tone = changing.topic_of("tone_do.")
    ask_change(tone, proposed={"text": "warm, first names"}, from_day=day, key=uuid4(), **who, now=now)


def named(acme: BrandCard) -> dict[str, str | UUID]:
    with tenant_scope(acme, TESTS):
        return {
            "request": ClientRequest.objects.order_by("-pk")[0].ref,
            "change": ChangeRequest.objects.order_by("pk")[0].ref,
            "week": next(topic.code for topic in changing.topics() if topic.is_week),
        }


@pytest.fixture
def html(request: pytest.FixtureRequest, lena: Browser, acme: BrandCard) -> str:
    name, given = request.param, named(acme)
    if name in PAGES:
        answer = page(lena, acme, PAGES[name].format(**given))
    elif name in REFUSED:
        answer = lena.post(REFUSED[name].format(**given), {"answer": " ", "day0": "nine"}, headers=HOST)
        assert answer.status_code == 422
    else:
        operator = Browser()
        operator.sign_in(make_person("op@example.test", (Role.OPERATOR, None), name="Olu Park").email)
        answer = operator.get(SCREENS[name].format(**given), headers=CONSOLE)
    return str(answer.content.decode())


@pytest.mark.browser
@pytest.mark.parametrize("html", EVERY, indirect=True)
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    assert_accessible(stage, html)


@pytest.mark.browser
@pytest.mark.parametrize(("theme", "width"), [("light", "wide"), ("light", "phone")], indirect=True)
@pytest.mark.parametrize("html", ["change-text"], indirect=True)
def it_has_room_for_as_many_lines_as_a_field_asks_for(html: str, stage: Stage) -> None:
    lines = """[...document.querySelectorAll('.field textarea')].map((one) =>
        [one.rows, Math.floor(one.clientHeight / parseFloat(getComputedStyle(one).lineHeight))])"""
    assert stage.show(html).evaluate(lines) == [[5, 5], [2, 2]]


@pytest.mark.parametrize("html", EVERY, indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str) -> None:
    assert_translated(html, DATA)


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("html", EVERY, indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)
