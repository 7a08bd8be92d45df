"""Whatever a client's people may read is there in each of their languages: each page is listened to."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.utils import translation
from django.utils.translation import trans_real

from accounts import invitations
from accounts.choices import Role
from accounts.models import User
from config.launch.layout import PROJECT
from core import clock
from tenants.cards import BrandCard, card_by_slug
from tenants.mail.models import SystemMail
from tenants.models import Brand
from tests.catalogues import compiled, written
from tests.white.conftest import Client
from tests.white.opening import OPENERS, Opener, errors
from tests.white.register import named
from tests.white.test_register import write_all

GAP = re.compile(r"%\(\w+\)[\w.]+|\{\w+\}|<[^>]+>")
CATALOGUES = sorted(po for room in ("", "*/") for po in PROJECT.glob(f"{room}locale/*/LC_MESSAGES/django.po"))
OTHERS = [code for code in project.CLIENT_LANGUAGES if code != project.LANGUAGE_CODE]


class Listening:
    """A catalogue that notes which texts it was asked for and does not have."""

    def __init__(self, language: str) -> None:
        self.real: Any = trans_real.translation(language)
        self.missing: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def note(self, text: str, key: Any) -> None:
        if any(sign.isalpha() for sign in text) and key not in self.real._catalog:
            self.missing.add(text)

    def gettext(self, text: str) -> str:
        self.note(text, text)
        return str(self.real.gettext(text))

    def pgettext(self, context: str, text: str) -> str:
        self.note(text, f"{context}\4{text}")
        return str(self.real.pgettext(context, text))

    def ngettext(self, one: str, many: str, count: int) -> str:
        self.note(one, (one, self.real.plural(count)))
        return str(self.real.ngettext(one, many, count))


@pytest.fixture(params=OTHERS)
def heard(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Listening:
    """Everybody reads this language, whoever opens a page."""
    settings.LANGUAGE_CODE = request.param
    listening = Listening(request.param)
    real: Any = trans_real
    monkeypatch.setitem(real._translations, request.param, listening)
    return listening


def read_by_people() -> Iterator[Opener]:
    """Openers of what a client's people and customers read: the API speaks to programs, in English."""
    yield errors
    for openers in OPENERS.values():
        yield from (opener for route, opener in openers.items() if not route.startswith("api/"))


def it_has_every_text_of_every_page(clients: list[Client], heard: Listening, settings: Any) -> None:
    User.objects.update(language=settings.LANGUAGE_CODE)
    spoken = set()
    with translation.override(settings.LANGUAGE_CODE):
        for opener in read_by_people():
            spoken |= {answer.headers.get("Content-Language") for _name, answer in opener(clients[0])}
    assert settings.LANGUAGE_CODE in spoken
    assert not heard.missing, " | ".join(sorted(heard.missing))


def it_has_every_text_of_every_mail(clients: list[Client], heard: Listening, settings: Any) -> None:
    write_all(clients[0].card, language=settings.LANGUAGE_CODE)
    assert not heard.missing, " | ".join(sorted(heard.missing))


def it_hears_what_is_missing(heard: Listening) -> None:
    with translation.override(heard.real.language()):
        translation.gettext("A text that nobody wrote down")
        translation.gettext("Sign in")
    assert heard.missing == {"A text that nobody wrote down"}


class DescribeInvitation:
    @pytest.mark.parametrize(
        ("locales", "language", "words"),
        [(["sv", "en"], "sv", "bjuder in dig"), (["de"], "en", "invites you")],
    )
    def it_is_written_in_the_clients_first_language(
        self, db: None, acme: BrandCard, locales: list[str], language: str, words: str
    ) -> None:
        Brand.objects.filter(pk=acme.id).update(locales=locales)
        card = card_by_slug("acme")
        invitations.invite(
            "lena@example.test", role=Role.MANAGER, brand=card, actor="user:1", now=clock.now()
        )
        mail = SystemMail.objects.get(to="lena@example.test")
        assert words in mail.subject
        assert words in mail.text
        assert f'lang="{language}"' in mail.html


class DescribeCatalogues:
    @pytest.mark.parametrize("po", CATALOGUES, ids=lambda po: str(po.relative_to(PROJECT)))
    def it_is_compiled_whole_and_names_no_product(self, po: Path) -> None:
        assert compiled(po) == written(po)
        assert all(written(po).values())
        assert named(po.read_text()) == []

    @pytest.mark.parametrize("po", CATALOGUES, ids=lambda po: str(po.relative_to(PROJECT)))
    def it_keeps_the_gaps_of_every_text(self, po: Path) -> None:
        for key, text in written(po).items():
            source = key[0] if isinstance(key, tuple) else key.rpartition("\4")[2]
            assert sorted(GAP.findall(source)) == sorted(GAP.findall(text)), source
