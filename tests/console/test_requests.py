# ruff: noqa: F811 - fixtures of the desk
"""What a client was asked, in the console, and when an answer is due."""

from accounts.actor import Actor
from accounts.choices import Role
from interactions.asking import queries
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.console.conftest import Signed
from tests.desk.conftest import Day, day, working  # noqa: F401 - fixtures
from tests.factories import TESTS, make_person
from tests.portal.test_requests import ask

PATH = "/clients/acme/requests/"


def it_shows_what_waits_and_sets_when_it_is_due(
    signed: Signed, op: Actor, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
) -> None:
    browser = signed(op)
    assert "Nothing here" in browser.get(PATH).content.decode()
    ask(day, working, acme)
    ask(day, working, globex, "Is the cat alive?")
    text = browser.get(PATH).content.decode()
    assert "Was order 1234 sent?" in text
    assert "cat" not in text
    assert browser.post(PATH, {"hours": "4"}).status_code == 303
    for wrong in ("0", "x", "999"):
        assert browser.post(PATH, {"hours": wrong}).status_code == 422
    for card, hours in ((acme, 4), (globex, 8)):
        with tenant_scope(card, TESTS):
            assert queries.due_hours() == hours


def it_is_not_for_everybody(signed: Signed, outsider: Actor, cy: Actor, acme: BrandCard) -> None:
    lead = make_person("lea@example.test", (Role.LEAD, acme))
    for actor in (outsider, cy, lead):
        browser = signed(actor)
        assert browser.get(PATH).status_code == 404
        assert browser.post(PATH, {"hours": "4"}).status_code == 404
