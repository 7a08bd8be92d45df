"""Two clients with something to show, and what their people and customers open: pages, files, mails."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.test.signals import template_rendered
from PIL import Image

from accounts import invitations
from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from interactions import actions as interactions
from interactions.models import Inbox
from tenants.actions import open_endpoint
from tenants.cards import BrandCard
from tenants.choices import EndpointState
from tenants.look.actions import set_logo
from tenants.mail import actions as mail
from tenants.mail.models import SystemMail
from tenants.models import Brand
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.desk.conftest import Day
from tests.factories import TESTS, make_agent, make_person

PROVIDER = "localhost:8000"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """No test inherits the sign-ins that another one counted."""
    cache.clear()


@dataclass
class Client:
    """One brand's side: its manager's browser, a stranger's, and what addresses of it lead to."""

    card: BrandCard
    talk: UUID
    mail: UUID
    token: str
    manager: Browser = field(default_factory=Browser)
    visitor: Browser = field(default_factory=Browser)

    @property
    def host(self) -> str:
        return f"{self.card.slug}.{PROVIDER}"

    @property
    def email(self) -> str:
        return f"manager@{self.card.slug}.example"

    @property
    def seats(self) -> str:
        """The way from the sign-in to the portal."""
        return f"/handoff/{self.card.slug}/?next=/report/"

    def asked(self, path: str, data: Any = None, *, host: str = "", as_visitor: bool = False) -> Any:
        """Ask for a page of the brand's host (`host`: another), with data by POST."""
        browser = self.visitor if as_visitor else self.manager
        headers = {"host": host or self.host}
        return (
            browser.get(path, headers=headers) if data is None else browser.post(path, data, headers=headers)
        )


def demo_people() -> list[dict[str, str]]:
    """Who may try the demo, as the sign-in of each brand lists them."""
    given = {
        "name": "Lena Sandberg",
        "what": "Client manager",
        "email": "a@b.example",
        "password": "not a secret",
    }
    return [given | {"brand": slug} for slug in ("acme", "globex")]


@pytest.fixture
def seen() -> Iterator[set[str]]:
    """Collects the names of the templates that are rendered, included ones too."""
    names: set[str] = set()

    def note(sender: Any, template: Any, **kwargs: Any) -> None:
        if template.name:
            names.add(str(template.name))

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


@pytest.fixture
def day(db: None, acme: BrandCard, globex: BrandCard, settings: Any) -> Day:
    settings.DEMO = True
    settings.DEMO_SIGNINS = "tests.white.conftest.demo_people"
    made = Day()
    for card in (acme, globex):
        made.set_up(card)
    Brand.objects.filter(pk=globex.id).update(features={"shop": "energy"})
    return made


@pytest.fixture
def clients(day: Day, acme: BrandCard, globex: BrandCard) -> list[Client]:
    agent = make_agent("ada@example.test", acme, globex, name="Ada Berg")
    day.at_work(agent)
    made = [_client(day, agent, card) for card in (acme, globex)]
    for client in made:
        make_person(client.email, (Role.MANAGER, client.card), name="Lena Sandberg")
        answer = client.manager.follow(client.manager.sign_in(client.email, following=client.seats))
        assert answer.status_code == 200
    return made


def _client(day: Day, agent: Actor, card: BrandCard) -> Client:
    out = BytesIO()
    Image.new("RGB", (9, card.hue % 9 + 1)).save(out, "PNG")
    set_logo(card.id, data=out.getvalue(), actor="test", now=clock.now())
    day.agrees(card, first=60, resolution=60)
    talk = day.has(agent, card, "A pole snapped")
    with tenant_scope(card, TESTS):
        said: dict[str, Any] = {"client_id": uuid4(), "body": "A new one is on its way.", "last_seq": 9}
        interactions.send_reply(talk, agent_id=agent.user_id, author_shown="Ada", now=clock.now(), **said)
        interactions.ring_clocks(now=clock.now() + timedelta(minutes=2))
    day.leaves(card, talk)
    with tenant_scope(card, TESTS):
        inbox = Inbox.objects.get(pk=day.inboxes[card.id]).ref
    for key, state in ((f"pk_{card.slug}", EndpointState.ACTIVE), (f"test_{card.slug}", EndpointState.TEST)):
        open_endpoint(card.id, key=key, inbox_ref=inbox, state=state)
    sent = mail.queue_mail(
        "test",
        to="lena@example.test",
        context={"asked_by": "Olu"},
        brand=card,
        key=card.slug,
        now=clock.now(),
    )
    return Client(card, talk, sent.ref, _invited(card))


def _invited(card: BrandCard) -> str:
    """Invite somebody; return the token of the link in the mail."""
    to = f"new@{card.slug}.example"
    invitations.invite(to, role=Role.MANAGER, brand=card, actor="test", now=clock.now())
    text: str = SystemMail.objects.get(to=to).text
    return text.split("/invitations/")[1].split("/")[0]
