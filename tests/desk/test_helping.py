"""A raised hand: for the lead who is there, else for whoever may help; read, answered, taken down."""

from uuid import UUID, uuid4

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from core.ids import new_ref
from routing.models import HelpRequest
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import labour_scope
from tests.desk.conftest import Day, Desk, Sign
from tests.desk.test_budget import check, counted
from tests.factories import make_agent, make_person
from workforce import actions as workforce
from workforce.models import Agent, Site, Team


def only() -> HelpRequest:
    with labour_scope():
        found: HelpRequest = HelpRequest.objects.get()
        return found


def raise_hand(desk: Desk, ref: UUID, reason: str = "approval") -> str:
    answer = desk.act(f"/desk/acme/{ref}/help/", {"reason": reason})
    assert answer.status_code == 200, answer.content[:300]
    return str(answer.content.decode())


@pytest.fixture
def lead(db: None, acme: BrandCard, ada: Actor) -> Actor:
    """Lee leads Ada's team, and works at the desk too."""
    lee = make_agent("lee@example.test", acme, seats=((Role.LEAD, acme),), name="Lee Foxglove")
    team = Team.objects.create(
        name="Blue", site=Site.objects.create(name="Malmö", timezone="Europe/Stockholm"), lead_id=lee.user_id
    )
    Agent.objects.filter(pk=ada.user_id).update(team=team)
    return lee


@pytest.fixture
def supervisor(db: None, acme: BrandCard) -> Actor:
    return make_person("sue@example.test", (Role.SUPERVISOR, acme))


def it_is_for_the_lead_who_is_there(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, lead: Actor, supervisor: Actor, sign_in: Sign
) -> None:
    workforce.connect(lead.user_id, node="test-node", channel_name="lee", now=clock.now())
    ref = day.has(working, acme)
    assert "You have asked for help." in raise_hand(desk, ref)
    assert raise_hand(desk, ref, "abuse")
    assert (only().lead_id, only().to_all, only().reason) == (lead.user_id, False, "approval")
    page = sign_in(lead).get("/help/").content.decode()
    assert "I need somebody&#x27;s approval" in page
    assert "No hand is up." in sign_in(supervisor).get("/help/").content.decode()


def it_is_for_whoever_may_help_when_the_lead_is_away(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, lead: Actor, supervisor: Actor, sign_in: Sign
) -> None:
    raise_hand(desk, day.has(working, acme))
    assert (only().lead_id, only().to_all) == (None, True)
    assert "approval" in sign_in(supervisor).get("/help/").content.decode()


def it_is_answered_by_a_note_that_the_customer_never_reads(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, supervisor: Actor, sign_in: Sign
) -> None:
    ref = day.has(working, acme, "My tent broke")
    raise_hand(desk, ref)
    sue, path = sign_in(supervisor), f"/help/{only().ref}/"
    assert "My tent broke" in sue.get(path).content.decode()
    with labour_scope():
        assert AuditRow.objects.filter(verb="conversation.read", actor=supervisor.who).count() == 1
    note = {"client_id": str(new_ref()), "body": "Give them a new one"}
    assert sue.post(f"{path}notes/", note | {"body": " "}).status_code == 422
    assert sue.post(f"{path}notes/", note).status_code == 303
    assert day.bodies(acme, ref, "note") == ["Give them a new one"]
    page = desk.get(f"/desk/acme/{ref}/").content.decode()
    assert "Help, for the agent alone" in page
    assert "You have asked for help." not in page
    assert sue.get(path).status_code == 404, "it is over, and with it the right to read"


def it_costs_the_same_however_many_hands_are_up(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, supervisor: Actor, sign_in: Sign
) -> None:
    sue = sign_in(supervisor)
    sue.get("/help/")
    for _ in range(2):
        raise_hand(desk, day.has(working, acme))
    check("desk: raised hands", counted(lambda: sue.get("/help/")))


def it_says_that_somebody_is_coming(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, supervisor: Actor, sign_in: Sign
) -> None:
    ref = day.has(working, acme)
    raise_hand(desk, ref)
    sue = sign_in(supervisor)
    assert sue.post(f"/help/{only().ref}/coming/").status_code == 303
    assert "Help is coming." in desk.get(f"/desk/acme/{ref}/").content.decode()
    assert sue.post(f"/help/{only().ref}/coming/").status_code == 303


def it_is_taken_down_by_the_agent_and_by_the_end(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, supervisor: Actor, sign_in: Sign
) -> None:
    first = day.has(working, acme)
    raise_hand(desk, first)
    assert "asked for help" not in desk.act(f"/desk/acme/{first}/help/withdrawal/").content.decode()
    assert only().state == "withdrawn"
    second = day.has(working, acme)
    raise_hand(desk, second)
    sue = sign_in(supervisor)
    assert "approval" in sue.get("/help/").content.decode()
    desk.act(f"/desk/acme/{second}/wrap-up/")
    desk.act(f"/desk/acme/{second}/disposition/", {"reason": "delivery", "outcome": "solved"})
    assert "No hand is up." in sue.get("/help/").content.decode()


def it_is_of_its_own_client_and_agent_alone(
    desk: Desk, day: Day, working: Actor, outsider: Actor, acme: BrandCard, globex: BrandCard, sign_in: Sign
) -> None:
    ref, other = day.has(working, acme), day.writes(globex)
    assert desk.act(f"/desk/acme/{ref}/help/", {"reason": "bored"}).status_code == 422
    assert desk.act(f"/desk/globex/{other}/help/", {"reason": "unsure"}).status_code == 404
    assert desk.act(f"/desk/acme/{other}/help/", {"reason": "unsure"}).status_code == 404
    raise_hand(desk, ref)
    next_door = make_person("gil@example.test", (Role.SUPERVISOR, globex))
    for somebody in (next_door, outsider, working):
        browser = sign_in(somebody)
        for path in ("", "notes/", "coming/"):
            ask = browser.post if path else browser.get
            assert ask(f"/help/{only().ref}/{path}").status_code == 404
    assert sign_in(next_door).get("/help/").status_code == 200
    assert sign_in(outsider).get("/help/").status_code == 404
    assert sign_in(next_door).get(f"/help/{uuid4()}/").status_code == 404
