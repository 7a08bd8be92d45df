"""Acme's people, who try; Globex at work, which nobody may notice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from interactions import actions
from interactions.choices import DraftKind
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.desk.conftest import Day
from tests.factories import TESTS, make_agent, make_person
from tests.isolation import estate as estates
from tests.isolation.estate import Estate
from tests.isolation.walk import Walker
from tests.isolation.witness import changes, digest, trapped

BODY, NOTE, DRAFT, NAME, LEFT = (f"globex-{what}-7e1f" for what in ("body", "note", "draft", "name", "left"))
TOKENS = {BODY, NOTE, DRAFT, NAME, LEFT}
ROLES = ("agent", "manager", "operator", "outsider", "nobody")


@dataclass
class Neighbourhood:
    """Acme with people who work; Globex with one conversation in work, one that rings and one that waits."""

    boss: Any
    acme: BrandCard
    globex: BrandCard
    day: Day
    eve: Actor
    estate: Estate
    talk: UUID

    def walker(self, role: str) -> Walker:
        """Sign somebody of Acme in, on the provider's host and where they may on Acme's."""
        make: dict[str, Callable[[], Actor]] = {
            "agent": lambda: self.at_work(make_agent("al@example.test", self.acme, name="Al Dahl")),
            "manager": lambda: make_person("mo@example.test", (Role.MANAGER, self.acme), name="Mo Falk"),
            "operator": lambda: make_person("op@example.test", (Role.OPERATOR, None), name="Olu Park"),
            "supervisor": lambda: make_person(
                "su@example.test", (Role.SUPERVISOR, self.acme), name="Su Lind"
            ),
            "outsider": lambda: make_person("out@example.test", name="Out Sider"),
        }
        browser = Browser()
        if role == "nobody":
            return Walker(browser, role, self.acme.slug)
        actor = make[role]()
        assert browser.sign_in(actor.email).status_code == 302
        own = {"agent": "localhost/desk/", "manager": "acme.localhost/report/"}.get(
            role, "localhost/clients/"
        )
        if role in {"agent", "manager"}:
            browser.follow(browser.at("http://localhost/handoff/acme/?next=/"), hops=1)
        jars = [browser.jars[host].copy() for host in ("localhost", "acme.localhost") if host in browser.jars]
        return Walker(browser, role, self.acme.slug, own, jars)

    def at_work(self, actor: Actor) -> Actor:
        self.day.at_work(actor)
        self.own_talk = self.day.has(actor, self.acme, "a conversation of Acme's own")
        return actor

    @property
    def watched(self) -> "Watch":
        return Watch(self)


class Watch:
    """`with watched as changed:` nobody steps into Globex; afterwards `changed` lists what of it is other."""

    def __init__(self, place: Neighbourhood) -> None:
        self.place = place

    def __enter__(self) -> list[str]:
        self.changed: list[str] = []
        self.before = digest(self.place.boss, self.place.globex)
        self.trap = trapped(self.place.boss, self.place.globex)
        self.trap.__enter__()
        return self.changed

    def __exit__(self, *error: Any) -> None:
        self.trap.__exit__(None, None, None)
        self.changed += changes(self.before, digest(self.place.boss, self.place.globex))


def write_in(day: Day, globex: BrandCard, eve: Actor) -> UUID:
    """A day of Globex: one conversation with everything in it, one that rings, one that waits."""
    talk = day.has(eve, globex, BODY, name=NAME)
    with tenant_scope(globex, TESTS):
        said: dict[str, Any] = {"agent_id": eve.user_id, "author_shown": "Eve", "now": clock.now()}
        actions.add_note(talk, body=NOTE, client_id=UUID(int=7), **said)
        actions.save_draft(talk, agent_id=eve.user_id, kind=DraftKind.REPLY, body=DRAFT, now=clock.now())
    day.rings(globex, day.writes(globex, LEFT), eve)
    day.writes(globex, LEFT)
    return talk


@pytest.fixture
def place(
    transactional_db: None, boss: Any, acme: BrandCard, globex: BrandCard, settings: Any
) -> Iterator[Neighbourhood]:
    cache.clear()
    settings.DEMO = False  # the pages of a demo world are for whoever tries it
    day = Day()
    for card in (acme, globex):
        day.set_up(card)
        estates.open_chat(boss, card)
    eve = make_agent("eve@example.test", globex, name="Eve Moss")
    day.at_work(eve)
    talk = write_in(day, globex, eve)
    estate = estates.settle(boss, globex, tokens=TOKENS, owner=eve)
    yield Neighbourhood(boss, acme, globex, day, eve, estate, talk)
    cache.clear()
