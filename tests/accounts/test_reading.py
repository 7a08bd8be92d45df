""" "Your account": by which clock somebody reads, and a client's people in which language."""

from typing import Any

import pytest

from accounts.actions import change_reading
from accounts.actor import Actor
from accounts.choices import Role
from accounts.models import User
from core.errors import NotFound
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.accounts.conftest import Browser
from tests.accounts.test_second_step import HOME, SECURITY, post
from tests.factories import NOW, make_person

READING = f"{SECURITY}reading/"


def reading(actor: Actor) -> tuple[str, str]:
    user = User.objects.get(pk=actor.user_id)
    return user.timezone, user.language


def page(browser: Browser) -> str:
    return str(browser.at(f"{HOME}{SECURITY}").content.decode())


@pytest.fixture
def ines(db: None, acme: BrandCard, globex: BrandCard) -> Actor:
    """Manages two clients."""
    return make_person("ines@example.test", (Role.MANAGER, acme), (Role.MANAGER, globex), name="Ines Ek")


def it_is_ones_own_to_choose(browser: Browser, ada: Actor, ines: Actor) -> None:
    browser.sign_in("ada@example.test")
    answer = post(browser, READING, {"timezone": "Australia/Adelaide"})
    assert (answer.status_code, answer["Location"]) == (303, SECURITY)
    assert (reading(ada), reading(ines)) == (("Australia/Adelaide", "en"), ("UTC", "en"))
    assert '<option value="Australia/Adelaide" selected>' in page(browser)
    row = AuditRow.objects.get(verb="user.changed")
    assert (row.actor, row.object) == (f"user:{ada.user_id}", f"user:{ada.user_id}")
    assert row.diff == {"timezone": ["UTC", "Australia/Adelaide"]}


def it_has_a_language_for_a_clients_people(browser: Browser, ines: Actor) -> None:
    browser.sign_in("ines@example.test")
    post(browser, READING, {"timezone": "Europe/Stockholm", "language": "sv"})
    assert reading(ines) == ("Europe/Stockholm", "sv")
    assert "Klocka och språk" in page(browser)
    assert "Klocka och språk" in page(browser), "also for the next page"


def it_has_none_for_the_staff_whose_screens_have_one(browser: Browser, ada: Actor) -> None:
    browser.sign_in("ada@example.test")
    assert 'name="language"' not in page(browser)
    post(browser, READING, {"timezone": "Europe/Oslo", "language": "sv"})
    assert reading(ada) == ("Europe/Oslo", "en")


NONE = [{"timezone": "Mars"}, {"timezone": ""}, {"timezone": "UTC", "language": "xx"}, {"language": ""}]


@pytest.mark.parametrize("posted", NONE)
def it_refuses_what_is_none_and_changes_nothing(browser: Browser, ines: Actor, posted: Any) -> None:
    browser.sign_in("ines@example.test")
    post(browser, READING, posted)
    assert reading(ines) == ("UTC", "en")
    assert "Nothing was changed." in page(browser)
    assert not AuditRow.objects.filter(verb="user.changed").exists()


def it_says_nothing_twice(ada: Actor) -> None:
    for _ in range(2):
        change_reading(ada.user_id, timezone="Europe/Oslo", language="en", actor="test", now=NOW)
    assert AuditRow.objects.filter(verb="user.changed").count() == 1
    with pytest.raises(NotFound):
        change_reading(0, timezone="Europe/Oslo", language="en", actor="test", now=NOW)


def it_is_not_for_who_is_nobody(browser: Browser, ada: Actor) -> None:
    assert post(browser, READING, {"timezone": "Europe/Oslo"}).status_code == 401
    assert reading(ada) == ("UTC", "en")
