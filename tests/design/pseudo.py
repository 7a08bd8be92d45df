"""A language made up at test time: every text of ours comes out longer and in brackets.

What is seen without brackets was never translated; what does not fit would not fit in German either.
"""

import re
from collections.abc import Iterable
from gettext import NullTranslations
from html.parser import HTMLParser
from typing import Any

LEFT, RIGHT = "⟦", "⟧"
GROWTH = 0.4
LETTER = re.compile(r"[^\W\d_]")
PLACE = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}|<[^>]+>|&\w+;")
OURS_TO_LEAVE = {"script", "style", "template", "code", "kbd", "samp", "title", "bdi"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def pseudo(text: str) -> str:
    """`Sign in` -> `⟦Sign in one⟧`: 40 % longer, in words, so that lines break; units stay short."""
    letters = len(PLACE.sub("", text))
    if not letters:
        return text
    filling, wanted = "", round(letters * GROWTH)
    for word in ("one", "two", "three", "four", "five", "six") * 20:
        if len(filling) >= wanted - 1:
            break
        filling += f" {word}"
    return f"{LEFT}{text}{filling}{RIGHT}"


class PseudoTranslations(NullTranslations):
    """A catalogue that knows every text."""

    def __init__(self) -> None:
        super().__init__()
        self.domain = "django"

    def gettext(self, message: str) -> str:
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)

    def language(self) -> str:
        return "en"

    def to_language(self) -> str:
        return "en"

    def pgettext(self, context: str, message: str) -> str:
        return pseudo(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return self.ngettext(msgid1, msgid2, n)


def untranslated(html: str, *, data: Iterable[str] = ()) -> list[str]:
    """Return the visible texts, labels included, that did not go through a catalogue.

    What people wrote or are called (`<bdi>`, `dir="auto"`, `translate="no"`) and code are left out, and so
    are the given names and identifiers, wherever they stand.
    """
    for name in data:
        html = html.replace(name, "")
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    SPOKEN = ("aria-label", "title", "placeholder", "alt")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.open: list[tuple[str, bool]] = []
        self.depth = 0  # brackets may open in one element and close in the next

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values: dict[str, Any] = dict(attrs)
        free = tag in OURS_TO_LEAVE or values.get("translate") == "no" or values.get("dir") == "auto"
        for name in self.SPOKEN:
            if not free and self.bare(values.get(name) or "", 0)[0]:
                self.found.append(f"{name}: {values[name]}")
        if tag not in VOID:
            self.open.append((tag, free))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        names = [name for name, _ in self.open]
        if tag in names:
            del self.open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        bare, depth = self.bare(data, self.depth)
        if bare and not any(free for _, free in self.open):
            self.found.append(" ".join(data.split()))
        self.depth = depth

    def bare(self, text: str, depth: int) -> tuple[bool, int]:
        """Tell whether a letter stands outside all brackets, and how deep the text ends."""
        alone = False
        for sign in text:
            depth += {LEFT: 1, RIGHT: -1}.get(sign, 0)
            alone = alone or (depth == 0 and sign != RIGHT and bool(LETTER.match(sign)))
        return alone, depth
