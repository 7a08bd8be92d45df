"""People in Django's admin: what may be changed there, and what is written down of it."""

from typing import Any

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from accounts.invitations import invite
from accounts.models import Invitation, Membership, User
from core import clock
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.accounts.conftest import Browser, Person

HOST = {"host": "localhost:8000"}


@pytest.fixture
def boss_of_all(browser: Browser, person: Person) -> Actor:
    """A superuser, signed in."""
    actor = person("boss@example.test")
    User.objects.filter(pk=actor.user_id).update(is_staff=True, is_superuser=True)
    browser.sign_in("boss@example.test")
    return actor


def change(browser: Browser, actor: Actor, **fields: Any) -> Any:
    """Send the person's form with these fields and nothing else that is optional."""
    data = {"email": actor.email, "name": actor.name, "language": "en", "theme": "system", "timezone": "UTC"}
    return browser.post(f"/admin/accounts/user/{actor.user_id}/change/", data | fields, headers=HOST)


def written(actor: Actor) -> list[tuple[str, str, dict[str, Any]]]:
    rows = AuditRow.objects.filter(object=actor.who, verb="user.changed").order_by("pk")
    return [(row.verb, row.actor, row.diff) for row in rows]


def it_writes_down_who_was_given_the_admin(browser: Browser, boss_of_all: Actor, outsider: Actor) -> None:
    change(browser, outsider, is_active="on", is_staff="on", is_superuser="on")
    change(browser, outsider, is_active="on")
    assert written(outsider) == [
        (
            "user.changed",
            boss_of_all.who,
            {"fields": ["is_staff", "is_superuser"], "is_staff": 1, "is_superuser": 1},
        ),
        (
            "user.changed",
            boss_of_all.who,
            {"fields": ["is_staff", "is_superuser"], "is_staff": 0, "is_superuser": 0},
        ),
    ]


def it_writes_down_that_a_name_changed_and_not_to_what(
    browser: Browser, boss_of_all: Actor, outsider: Actor
) -> None:
    change(browser, outsider, is_active="on", name="Somebody Else", email="else@example.test")
    assert written(outsider) == [("user.changed", boss_of_all.who, {"fields": ["email", "name"]})]


def it_writes_down_who_was_added(browser: Browser, boss_of_all: Actor) -> None:
    data = {"email": "new@example.test", "name": "New", "usable_password": "false"}
    assert browser.post("/admin/accounts/user/add/", data, headers=HOST).status_code == 302
    user = User.objects.get(email="new@example.test")
    (row,) = AuditRow.objects.filter(object=f"user:{user.pk}", verb="user.created")
    assert row.actor == boss_of_all.who


def it_deletes_nobody(browser: Browser, boss_of_all: Actor, outsider: Actor) -> None:
    path = f"/admin/accounts/user/{outsider.user_id}/delete/"
    assert browser.post(path, {"post": "yes"}, headers=HOST).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [outsider.user_id], "post": "yes"}
    browser.post("/admin/accounts/user/", chosen, headers=HOST)
    assert User.objects.filter(pk=outsider.user_id).exists()


def it_leaves_no_way_back_in_to_whose_seat_it_takes(
    browser: Browser, boss_of_all: Actor, cy: Actor, globex: BrandCard
) -> None:
    said: dict[str, Any] = {"role": Role.MANAGER, "brand": globex, "actor": cy.who, "now": clock.now()}
    invite("cy@home.test", invited_by=cy.user_id, **said)
    chosen = {"action": "revoke", "_selected_action": [Membership.objects.get(user_id=cy.user_id).pk]}
    assert browser.post("/admin/accounts/membership/", chosen, headers=HOST).status_code == 302
    assert not Membership.objects.valid(clock.now()).filter(user_id=cy.user_id).exists()
    assert not Invitation.objects.open().exists()


def it_offers_the_languages_that_the_screens_speak(
    browser: Browser, boss_of_all: Actor, outsider: Actor
) -> None:
    answer = change(browser, outsider, is_active="on", language="de")
    assert "language" in answer.context["adminform"].form.errors
    assert change(browser, outsider, is_active="on", language="sv").status_code == 302
