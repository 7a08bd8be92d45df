"""What no template and no stylesheet may contain. Pure: text in, findings out.

A template is cut into Django's own tokens first, so that tags and variables never look like text or
attributes; what is left is read as HTML.
"""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import pairwise

from django.template.base import Lexer, Token, TokenType

HOLE = "\ue000"  # stands for what Django writes
LETTER = re.compile(r"[^\W\d_]")
SPOKEN = {
    "aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "title", "placeholder", "alt",
    "label",
}  # fmt: skip
WRITTEN = re.compile(r'\b(label|title|text|hint|error|action|caption|note|placeholder)="([^"]*)"')
VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
    "path", "circle", "line", "rect", "polyline", "polygon", "use",
}  # fmt: skip
SILENT = {"script", "style", "code", "kbd", "samp"}
CODED = ("js:", "javascript:")
PERCENT = re.compile(r"\s?%")

PHYSICAL = re.compile(
    r"(?:^|[;{])\s*((?:(?:scroll-)?(?:margin|padding)-|border-)?(?:left|right)(?:-(?:width|style|color))?"
    r"|border-(?:top|bottom)-(?:left|right)-radius)\s*:"
)
PHYSICAL_VALUE = re.compile(
    r"(?:^|[;{])\s*((?:text-align|float|clear|transform-origin|background-position)\s*:[^;}]*\b(?:left|right)\b"
    r"|[\w-]+\s*:[^;}]*gradient\([^;}]*\bto (?:left|right)\b)"
)
FOUR = re.compile(r"(?:^|[;{])\s*((margin|padding|inset|border-width|border-radius)\s*:\s*([^;}]*))")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True)
class Finding:
    rule: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.line}: {self.rule}: {self.what}"


def lint_template(text: str) -> list[Finding]:
    """Return what breaks a rule in one template, in the order it stands."""
    tokens = Lexer(text).tokenize()
    reader = _Reader()
    reader.feed(_html(tokens))
    reader.close()
    found = reader.findings + _literals(tokens) + _percents(tokens)
    return sorted(found, key=lambda finding: finding.line)


def lint_css(text: str) -> list[Finding]:
    """Return the properties and values that know left from right."""
    bare = COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    found = [(match, match[1]) for rule in (PHYSICAL, PHYSICAL_VALUE) for match in rule.finditer(bare)]
    found += [(match, match[1]) for match in FOUR.finditer(bare) if _is_lopsided(match[2], match[3])]
    lines = [Finding("physical", bare.count("\n", 0, m.start(1)) + 1, what.strip()) for m, what in found]
    return sorted(lines, key=lambda finding: finding.line)


def _is_lopsided(name: str, value: str) -> bool:
    """Tell whether a four-value shorthand differs between its left and its right."""
    parts = re.findall(r"(?:[^\s(]+\([^)]*\)|[^\s])+", value.strip())
    if len(parts) != 4:
        return False
    if name == "border-radius":
        return bool(parts[0] != parts[1] or parts[2] != parts[3])
    return bool(parts[1] != parts[3])


def _html(tokens: list[Token]) -> str:
    """Return the markup alone: holes for variables and translations, nothing of translated blocks.

    A child template's `{% block …_attrs %}` is put into a tag by its base: here it becomes a tag of its own.
    """
    out, inside, attributes = "", "", False
    for token in tokens:
        words = token.contents.split() if token.token_type == TokenType.BLOCK else []
        word = words[0] if words else ""
        lines = "\n" * token.contents.count("\n")
        if inside:
            inside = "" if word == inside else inside
            out += lines
        elif word in {"blocktranslate", "blocktrans", "comment"}:
            inside = f"end{word}"
            out += lines + (HOLE if word != "comment" else "")
        elif word == "block" and words[1].endswith("_attrs") and out.rfind("<") <= out.rfind(">"):
            attributes, out = True, out + "<x-attributes "
        elif word == "endblock" and attributes:
            attributes, out = False, out + "></x-attributes>"
        else:
            out += token.contents if token.token_type == TokenType.TEXT else lines + _hole(token, word)
    return out


def _hole(token: Token, word: str) -> str:
    return HOLE if token.token_type == TokenType.VAR or word in {"translate", "trans"} else ""


def _percents(tokens: list[Token]) -> list[Finding]:
    """Find signs that a template puts after a number itself: the filter `percent` writes both."""
    return [
        Finding("percent", after.lineno or 0, f"{before.contents} %")
        for before, after in pairwise(tokens)
        if before.token_type == TokenType.VAR
        and after.token_type == TokenType.TEXT
        and PERCENT.match(after.contents)
    ]


def _literals(tokens: list[Token]) -> list[Finding]:
    """Find words given to an include as they are, where only translated ones belong."""
    blocks = [t for t in tokens if t.token_type == TokenType.BLOCK and t.contents.startswith("include ")]
    return [
        Finding("untranslated", token.lineno or 0, found[0])
        for token in blocks
        for found in WRITTEN.finditer(token.contents)
        if LETTER.search(found[2])
    ]


class _Reader(HTMLParser):
    """Walks the markup and collects findings; branches of a template may leave tags unbalanced."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.findings: list[Finding] = []
        self.open: list[tuple[str, bool]] = []  # name, whether its text is nobody's to translate

    def find(self, rule: str, what: str, below: int = 0) -> None:
        self.findings.append(Finding(rule, self.getpos()[0] + below, " ".join(what.split())[:100]))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pairs = [(name.strip(HOLE), value or "") for name, value in attrs]
        free = tag in SILENT or ("translate", "no") in pairs
        for name, value in pairs:
            self.check(tag, name, value, free)
        if tag == "style" or (tag == "script" and not {"src", "type"} & {name for name, _ in pairs}):
            self.find("inline", f"<{tag}>")
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
        found = LETTER.search(data)
        if found and not any(free for _, free in self.open):
            self.find("untranslated", data.replace(HOLE, "…"), data.count("\n", 0, found.start()))

    def check(self, tag: str, name: str, value: str, free: bool) -> None:
        """Hold one attribute against every rule."""
        if name == "style":
            self.find("style", value)
        if name.startswith("hx-on") or (name.startswith("on") and name[2:].isalpha()):
            self.find("handler", name)
        if name == "hx-trigger" and "[" in value:
            self.find("filter", value)
        if value.lstrip().lower().startswith(CODED):
            self.find("code", f"{name}={value}")
        if name in {"src", "srcset"} or (name == "href" and tag == "link"):
            self.check_source(value)
        if not free and LETTER.search(value) and name in SPOKEN:
            self.find("untranslated", f'{name}="{value.replace(HOLE, "…")}"')

    def check_source(self, value: str) -> None:
        if re.match(r"(https?:)?//", value):
            self.find("foreign", value)
