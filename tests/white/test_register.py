"""No product name in anything that a client or a customer sees; and nothing they see is left out."""

from email.policy import SMTP
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

from config.launch.layout import PROJECT
from core import clock
from tenants.cards import BrandCard
from tenants.mail import actions as mail
from tenants.mail.kinds import all_kinds
from tenants.mail.writing import message_of
from tests.architecture.test_urls import addresses
from tests.white.conftest import Client
from tests.white.opening import OPENERS, errors
from tests.white.register import COOKIE, ELEMENT, GLOBAL, REGISTER, is_listed, named

TEMPLATES = PROJECT / "templates"
STATIC = PROJECT / "static"


def text_of(answer: Any) -> str:
    """Return all that goes over the line: headers, cookies, body."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return "\n".join([head, answer.cookies.output(), body.decode(errors="replace")])


def everything(client: Client) -> list[tuple[str, Any]]:
    """Open every registered address of the client, and each page of what goes wrong."""
    openers = [errors, *(opener for host in OPENERS.values() for opener in host.values())]
    return [pair for opener in openers for pair in opener(client)]


class DescribePages:
    def it_names_the_product_nowhere(self, clients: list[Client], seen: set[str]) -> None:
        """Every address, template, header and cookie of the register, for two clients."""
        wrong: list[str] = []
        headers: set[str] = set()
        cookies: set[str] = set()
        for client in clients:
            other = next(each for each in clients if each is not client)
            for name, answer in everything(client):
                text = text_of(answer)
                wrong += [f"{client.card.slug} {name}: {found}" for found in named(text)]
                wrong += [f"{client.card.slug} {name}: names the other"] * (other.card.name in text)
                wrong += [f"{client.card.slug} {name}: {answer.status_code}"] * (answer.status_code == 405)
                headers |= set(answer.headers)
                cookies |= set(answer.cookies)
        for card in (client.card for client in clients):
            write_all(card)
        assert wrong == []
        assert headers - set(REGISTER["headers"]) == set(), "a header that the register does not know"
        assert cookies == set(REGISTER["cookies"]["set"])
        assert seen & files() == set(REGISTER["templates"]["client"]), "rendered, and registered"

    def it_shows_each_page_and_not_only_its_refusal(self, clients: list[Client]) -> None:
        for host, openers in OPENERS.items():
            for route, opener in openers.items():
                if route in REGISTER["absent"]:
                    continue
                best = min(answer.status_code for _name, answer in opener(clients[0]))
                assert best < 400, f"{host} {route}: {best}"


class DescribeRegister:
    @pytest.mark.parametrize("host", OPENERS)
    def it_knows_every_address(self, host: str) -> None:
        routes = {route for route, _ in addresses(host)}
        inside = {route for route in routes if is_listed(route, REGISTER["routes"]["inside"].get(host, {}))}
        assert routes - inside == set(REGISTER["routes"][host]) == set(OPENERS[host])

    def it_knows_every_template(self) -> None:
        inside = {name for name in files() if is_listed(name, REGISTER["templates"]["inside"])}
        assert files() - inside == set(REGISTER["templates"]["client"])

    def it_gives_a_reason_for_what_clients_do_not_see(self) -> None:
        excused = [*REGISTER["templates"]["inside"].items(), *REGISTER["absent"].items()]
        excused += [pair for listed in REGISTER["routes"]["inside"].values() for pair in listed.items()]
        assert [name for name, reason in excused if len(reason) < 10] == []

    def it_finds_a_template_that_nobody_registered(self) -> None:
        assert not is_listed("portal/new.html", REGISTER["templates"]["inside"])
        assert "portal/new.html" not in REGISTER["templates"]["client"]

    @pytest.mark.parametrize(
        "text", ["Trunkline", "TRUNKLINE-Id", "a_trunk_line", "trunk line", "x.trunkline"]
    )
    def it_sees_the_name_however_it_is_written(self, text: str) -> None:
        assert named(text)
        assert not named("a trunk, a line")


class DescribeMails:
    def it_knows_every_kind(self) -> None:
        assert {kind.name for kind in all_kinds()} == set(REGISTER["mails"])

    def it_names_the_product_nowhere_in_the_source(self, clients: list[Client]) -> None:
        for client in clients:
            for source in write_all(client.card):
                assert named(source) == []
                assert f"@{client.card.slug}." in source.split("Message-ID:")[1].splitlines()[0]


class DescribeFiles:
    """Every host serves all static files, so all of them are a client's to read."""

    def it_names_the_product_in_none(self) -> None:
        found = {
            str(path): named(f"{path.name} {path.read_bytes().decode(errors='replace')}") for path in served()
        }
        assert {path: words for path, words in found.items() if words} == {}

    def it_knows_what_scripts_leave_in_a_page(self) -> None:
        scripts = [path.read_text() for path in STATIC.rglob("*.js")]
        assert {name for text in scripts for name in GLOBAL.findall(text)} == set(REGISTER["globals"])
        assert {name for text in scripts for name in ELEMENT.findall(text)} == set(REGISTER["elements"])
        assert {name for text in scripts for name in COOKIE.findall(text)} == set(
            REGISTER["cookies"]["written"]
        )

    def it_has_words_in_no_language_that_name_it(self) -> None:
        for catalogue in PROJECT.glob("**/locale/*/LC_MESSAGES/*.po"):
            assert named(catalogue.read_text()) == []


def write_all(card: BrandCard, language: str = "en") -> list[str]:
    """Queue a mail of every kind that may wear the brand; return them as they leave."""
    sources = []
    for kind in all_kinds():
        if kind.may_wear(card):
            key = f"white:{card.slug}:{kind.name}:{clock.now().isoformat()}"
            row = mail.queue_mail(
                kind.name, to="a@b.example", context=kind.sample(card), brand=card, key=key,
                language=language, now=clock.now(),
            )  # fmt: skip
            sources.append(message_of(row).as_bytes(policy=SMTP).decode())
    return sources


def served() -> list[Path]:
    """Return the static files, our own and those of what is installed."""
    found = [finder.list([]) for finder in get_finders()]
    return [Path(storage.path(name)) for files_ in found for name, storage in files_]


def files() -> set[str]:
    return {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.is_file()}


def it_is_about_the_hosts_that_are_served() -> None:
    for conf in (settings.PUBLIC_URLCONF, settings.BRAND_URLCONF):
        assert import_module(conf).urlpatterns
