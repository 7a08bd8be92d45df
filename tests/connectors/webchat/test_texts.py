"""The words: every one is used, every one is Swedish too."""

import re
from pathlib import Path

import pytest
from django.utils.translation import override

from config.launch.layout import PROJECT
from interactions.connectors.webchat.texts import launcher_words, panel_words
from tests.catalogues import compiled, entries, written

CATALOG = PROJECT / "interactions" / "locale" / "sv" / "LC_MESSAGES" / "django.po"
SCRIPTS = [
    PROJECT / "static" / "widget" / name
    for name in ("panel.js", "call.js", "screen.js", "log.js", "composer.js", "w.js")
]
SAME = {"{name}, {time}: {text}"}


def it_compiles_to_the_catalog_that_is_read() -> None:
    assert compiled(CATALOG) == written(CATALOG)


def it_has_a_translation_of_every_word() -> None:
    english = panel_words() | launcher_words("Acme")
    with override("sv"):
        swedish = panel_words() | launcher_words("Acme")
    same = {text for key, text in english.items() if text and swedish[key] == text}
    assert same <= SAME


def it_has_a_translation_of_every_text_on_the_pages() -> None:
    pages = [path for name in ("widget", "shop") for path in (PROJECT / "templates" / name).rglob("*.html")]
    found = {text for path in pages for pair in TAGS.findall(path.read_text()) for text in pair if text}
    assert found - set(entries(CATALOG)) == set()


TAGS = re.compile(r'translate "([^"]+)"|_\("([^"]+)"\)')


@pytest.mark.parametrize("name", sorted(panel_words()))
def it_says_nothing_that_no_script_uses(name: str) -> None:
    scripts = "".join(Path(script).read_text() for script in SCRIPTS)
    family = name.split("_")[0]
    used = [rf"words\.{name}\b", rf"`{family}_\$", rf'"{name}"']
    assert re.search("|".join(used), scripts) or name in {"rate_limited", "failed"}


def it_keeps_the_gaps_of_a_text() -> None:
    wrong = {
        text: translation
        for text, translation in entries(CATALOG).items()
        if set(re.findall(r"{\w+}", text)) != set(re.findall(r"{\w+}", translation))
    }
    assert wrong == {}
