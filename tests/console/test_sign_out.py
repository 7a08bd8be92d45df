"""The page on which somebody else signs an agent out."""

import re

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from routing.actions import sign_out_agent
from routing.models import SignOut
from tenants.cards import BrandCard
from tests.console.conftest import Signed
from tests.desk.conftest import Day
from tests.desk.test_budget import check, counted
from tests.factories import NOW, make_agent, make_person
from workforce.models import Agent, AgentState
from workforce.staff import places

__all__ = ["day"]


@pytest.fixture
def day(db: None, acme: BrandCard, globex: BrandCard) -> Day:
    made = Day()
    for client in (acme, globex):
        made.set_up(client)
    return made


def page_of(actor: Actor) -> str:
    return f"/agents/{actor.user_id}/sign-out/"


def key_in(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found
    return found[1]


def it_shows_what_is_open_and_gives_it_back(
    signed: Signed, op: Actor, ada: Actor, day: Day, acme: BrandCard, globex: BrandCard
) -> None:
    day.at_work(ada)
    talks = {card: day.has(ada, card) for card in (acme, globex)}
    browser = signed(op)
    page = browser.get(page_of(ada)).content.decode()
    assert "Ada Berg" in page
    assert '<dd class="num">2</dd>' in page
    assert all(name not in page for name in (acme.name, globex.name, "Maya"))
    said = {"reason": "sick", "note": "Called at nine", "key": key_in(page)}
    answer = browser.post(page_of(ada), said)
    assert (answer.status_code, answer["Location"]) == (303, page_of(ada))
    again = browser.get(page_of(ada)).content.decode()
    assert "2 conversations of theirs were given back" in again
    assert "Called at nine" in again
    assert "nothing open" in again
    for card, ref in talks.items():
        assert (day.row(card, ref).state, day.row(card, ref).agent_id) == ("queued", None)
    browser.post(page_of(ada), said)
    assert SignOut.objects.count() == 1


def it_says_what_is_missing(signed: Signed, op: Actor, ada: Actor, day: Day) -> None:
    browser = signed(op)
    page = browser.get(page_of(ada)).content.decode()
    answer = browser.post(page_of(ada), {"reason": "other", "note": "", "key": key_in(page)})
    assert answer.status_code == 422
    assert "Say which other reason" in answer.content.decode()
    assert not SignOut.objects.exists()


def it_is_open_to_the_lead_of_the_team(signed: Signed, ada: Actor, bo: Actor, acme: BrandCard) -> None:
    lead = make_agent("lena@example.test", acme, name="Lena Ek", seats=((Role.LEAD, acme),))
    site = places.save_site(name="Malmö", timezone="Europe/Stockholm", actor="test", now=NOW)
    team = places.save_team(name="Blue", site_id=site.pk, lead_id=lead.user_id, actor="test", now=NOW)
    Agent.objects.filter(pk=ada.user_id).update(team=team)
    browser = signed(lead)
    page = browser.get(page_of(ada)).content.decode()
    done = browser.post(page_of(ada), {"reason": "forgotten", "note": "", "key": key_in(page)})
    assert done.status_code == 303
    assert AgentState.objects.get(pk=ada.user_id).availability == "offline"
    assert browser.get(page_of(bo)).status_code == 404
    assert browser.post(page_of(bo), {"reason": "forgotten"}).status_code == 404


def it_is_absent_for_everybody_else(
    signed: Signed, ada: Actor, cy: Actor, outsider: Actor, acme: BrandCard
) -> None:
    beside = make_person("sam@example.test", (Role.SUPERVISOR, acme))
    for actor in (ada, outsider, beside):
        browser = signed(actor)
        assert browser.get(page_of(ada)).status_code == 404
        assert browser.post(page_of(ada), {"reason": "sick"}).status_code == 404
    assert signed(make_person("op2@example.test", (Role.OPERATOR, None))).get(
        "/agents/999999/sign-out/"
    ).status_code == 404  # fmt: skip


def it_is_found_from_the_persons_page_and_day(signed: Signed, op: Actor, ada: Actor) -> None:
    browser = signed(op)
    for path in (f"/staff/{ada.user_id}/", f"/days/{ada.user_id}/"):
        assert page_of(ada) in browser.get(path).content.decode()


def it_is_seen_by_the_agent_in_their_day(
    signed: Signed, op: Actor, ada: Actor, day: Day, acme: BrandCard
) -> None:
    day.at_work(ada)
    day.has(ada, acme)
    sign_out_agent(ada.user_id, reason="forgotten", note="Not for her", by=op, now=clock.now())
    page = signed(ada).get("/day/").content.decode()
    for words in ("Signed out by somebody else", "Forgot to sign out", op.name, "1 conversation given back"):
        assert words in page
    assert "Not for her" not in page


def it_costs_few_statements(signed: Signed, op: Actor, ada: Actor, day: Day, acme: BrandCard) -> None:
    day.at_work(ada)
    day.has(ada, acme)
    browser = signed(op)
    check("console: sign an agent out", counted(lambda: browser.get(page_of(ada))))
