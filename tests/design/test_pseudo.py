"""Every page in the made-up language: nothing untranslated, nothing cut off, no page pushed wide."""

import pytest
from django.template import engines

from tests.design.conftest import Stage
from tests.design.demands import assert_roomy
from tests.design.pages import PAGES
from tests.design.pseudo import pseudo, untranslated


@pytest.fixture(autouse=True)
def demo(settings: pytest.FixtureRequest, pseudo_locale: None) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", PAGES)
def it_leaves_nothing_untranslated(name: str) -> None:
    assert untranslated(PAGES[name]().content.decode()) == []


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("name", PAGES)
def it_has_room_for_longer_words(stage: Stage, name: str) -> None:
    assert_roomy(stage, PAGES[name]().content.decode())


def it_makes_texts_longer_and_keeps_their_places() -> None:
    assert pseudo("Sign in") == "⟦Sign in one⟧"
    assert pseudo("s") == "⟦s⟧"
    assert "%(name)s" in pseudo("Hello %(name)s, you have mail")
    assert pseudo("") == ""


def it_sees_what_no_catalogue_gave() -> None:
    assert untranslated("<p>⟦Hello <b>you</b> one⟧ 14:06</p><bdi>Maya</bdi><p dir='auto'>Hi</p>") == []
    assert untranslated("<p>Hello</p>") == ["Hello"]
    assert untranslated("<a aria-label='Close'>⟦x⟧</a>") == ["aria-label: Close"]


def it_speaks_in_templates() -> None:
    page = engines["django"].from_string("{% load i18n %}{% translate 'Sign in' %}")
    assert page.render({}) == "⟦Sign in one⟧"
