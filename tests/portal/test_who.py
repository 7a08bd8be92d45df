# ruff: noqa: F811 - fixtures of who can see what
"""Who is who: the client's own people by name, agents as its customers know them, nobody of next door."""

from accounts import invitations
from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from tenants.cards import BrandCard
from tests.accounts.conftest import Browser
from tests.desk.test_budget import check, counted
from tests.factories import make_person
from tests.portal.test_access import HOST, fresh_limits, lena, people, text  # noqa: F401 - fixtures

PATH = "/people/"


def it_names_own_people_and_agents_by_alias(lena: Browser, people: Actor, acme: BrandCard) -> None:
    invitations.invite(
        "new@example.test", role=Role.VIEWER, brand=acme, invited_by=people.user_id, actor="test",
        now=clock.now(),
    )  # fmt: skip
    page = text(lena.get(PATH, headers=HOST))
    for shown in ("Lena Sandberg", "lena@example.test", "Ada from Acme", "new@example.test"):
        assert shown in page
    for hidden in ("Lovelace", "Parkinson", "Foxglove", "ada@example", "Next Door"):
        assert hidden not in page


def it_is_for_who_may_see_who_sees_what(lena: Browser, acme: BrandCard) -> None:
    make_person("vic@example.test", (Role.VIEWER, acme))
    viewer = Browser()
    viewer.enter("vic@example.test", "acme")
    assert viewer.get(PATH, headers=HOST).status_code == 404
    assert Browser().get(PATH, headers=HOST).status_code == 302
    assert lena.post(PATH, headers=HOST).status_code == 405


def it_asks_no_more_than_its_budget(lena: Browser, people: Actor) -> None:
    lena.get(PATH, headers=HOST)
    check("portal: people", counted(lambda: lena.get(PATH, headers=HOST)))
