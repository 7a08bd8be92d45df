"""Mail, people, invitation and new password: accessible in both themes and widths, nothing untranslated."""

import re
from typing import Any

import pytest

from accounts import invitations
from accounts.choices import Role
from core import clock
from tenants.cards import BrandCard
from tenants.mail.actions import queue_mail
from tenants.mail.choices import MailState
from tenants.mail.models import SystemMail
from tests.accounts.conftest import Browser
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.factories import make_agent

PEOPLE, MAIL = "/clients/acme/people/", "/clients/acme/mail/"
BAD_MAIL = {"from_name": "a\nb", "from_address": "x", "smtp_user": "me", "smtp_port": "0"}


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    settings.DEMO = True


@pytest.fixture
def town(operator: Browser, acme: BrandCard) -> Browser:
    """An operator's browser; Acme with an agent, an open invitation, and a mail that was refused."""
    make_agent("ada@example.test", acme, name="Ada Berg")
    invite("lena@example.test", acme)
    mail = queue_mail(
        "test", to="no@example.test", context={"asked_by": "Olu"}, brand=acme, key="k", now=clock.now()
    )
    SystemMail.objects.filter(pk=mail.pk).update(state=MailState.REFUSED, answer="550 5.1.1")
    return operator


def invite(email: str, card: BrandCard | None) -> str:
    """Invite and return the link's path."""
    role = Role.MANAGER if card else Role.OPERATOR
    made = invitations.invite(email, role=role, brand=card, actor="user:1", now=clock.now())
    found = re.search(r"/invitations/[\w-]+/", SystemMail.objects.get(key=f"invitation:{made.ref}:1").text)
    assert found
    return found[0]


def shown(name: str, town: Browser, acme: BrandCard) -> str:
    """Make the page of that name."""
    new, ask = Browser(headers={"host": "localhost:8000"}), "/accounts/password/reset/"
    pages = {
        "people": lambda: town.get(PEOPLE),
        "people-refused": lambda: town.post(f"{PEOPLE}invitations/", {"email": "lena"}),
        "people-empty": lambda: town.get("/clients/globex/people/"),
        "mail": lambda: town.get(MAIL),
        "mail-refused": lambda: town.post(MAIL, BAD_MAIL),
        "mail-empty": lambda: town.get("/clients/globex/mail/"),
        "demo-list": lambda: town.get("/dev/mail/"),
        "demo-one": lambda: town.get(f"/dev/mail/{SystemMail.objects.get(key='k').ref}/"),
        "invitation": lambda: new.get(invite("new@example.test", acme)),
        "invitation-refused": lambda: new.post(invite("new@example.test", acme), {"password": "x"}),
        "invitation-known": lambda: new.get(invite("ada@example.test", acme)),
        "invitation-another": lambda: town.get(invite("new@example.test", acme)),
        "invitation-unknown": lambda: new.get("/invitations/nonsense/"),
        "reset": lambda: new.get(ask),
        "reset-refused": lambda: new.post(ask, {"email": "x"}),
        "reset-done": lambda: new.get(f"{ask}done/"),
        "reset-spent": lambda: new.get(f"{ask}key/1-abc-def/"),
        "reset-chosen": lambda: new.get(f"{ask}key/done/"),
    }
    return str(pages[name]().content.decode())


NAMES = (
    "people", "people-refused", "people-empty", "mail", "mail-refused", "mail-empty", "demo-list", "demo-one",
    "invitation", "invitation-refused", "invitation-known", "invitation-another", "invitation-unknown",
    "reset", "reset-refused", "reset-done", "reset-spent", "reset-chosen",
)  # fmt: skip
LOOKED_AT = (
    "people-refused", "mail-refused", "demo-list", "demo-one", "invitation-refused", "invitation-another",
    "reset-refused",
)  # fmt: skip
"""The fullest page of each kind, for the browser."""


@pytest.mark.parametrize("name", NAMES)
def it_leaves_nothing_untranslated(town: Browser, acme: BrandCard, pseudo_locale: None, name: str) -> None:
    assert_translated(shown(name, town, acme), ["Enter a valid email address."])


@pytest.mark.browser
@pytest.mark.parametrize("name", LOOKED_AT)
def it_is_accessible_and_keeps_the_policy(stage: Stage, town: Browser, acme: BrandCard, name: str) -> None:
    assert_accessible(
        stage, shown(name, town, acme).replace("<iframe", "<span").replace("</iframe>", "</span>")
    )


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("name", LOOKED_AT)
def it_has_room_for_longer_words(
    stage: Stage, town: Browser, acme: BrandCard, pseudo_locale: None, name: str
) -> None:
    assert_roomy(stage, shown(name, town, acme))
