"""The lint over every template and stylesheet, and the lint itself over lines to pass and to catch."""

import json
import re
from pathlib import Path

import pytest

from config.launch.layout import PROJECT
from tests.design.lint import Finding, lint_css, lint_template

ALLOWED = json.loads((Path(__file__).parent / "allowed.json").read_text())
TEMPLATES = sorted((PROJECT / "templates").rglob("*.html"))
SHEETS = sorted((PROJECT / "static").rglob("*.css"))

ALONE = re.compile(r'{%\s*include "([^"]+)"([^%]*)\bonly\s*%}')

GOOD = [
    '<p>{% translate "Sign in" %}</p>',
    "<p>{% blocktranslate with name=x %}Hello <b>{{ name }}</b>{% endblocktranslate %}</p>",
    '<a aria-label="{% translate "Inbox" %}" title="{{ words }}">{{ name }}</a>',
    "<p>{{ a }} · {{ b }}, 14:06 – 3%</p>",
    "{# a comment in words #}{% comment %}more words{% endcomment %}",
    '<bdi translate="no">Maya</bdi><kbd>Ctrl</kbd><code>pk_live</code>',
    '<div class="m{% if out %} out{% endif %}" {% if open %}aria-current="true"{% endif %}></div>',
    '<form hx-post="/x/" hx-trigger="submit, keyup changed delay:300ms" hx-vals=\'{"a": 1}\'></form>',
    '<rect width="12" x="3" fill="currentColor" /><button class="on">{% icon "send" %}</button>',
    '<script type="module" src="{% static \'js/page.js\' %}"></script>',
    '{% translate "Send" as label %}{% include "elements/button.html" with label=label only %}',
    '{% include "elements/button.html" with label=_("Send") %}',
    '{% block body_attrs %} data-hue="{{ brand.hue }}" hx-headers="{}"{% endblock %}',
    "<body{% block body_attrs %}{% endblock %}>",
]
BAD = [
    ('<p style="color:red">{{ x }}</p>', "style"),
    ('<p {% if a %}style="--h:3"{% endif %}></p>', "style"),
    ('<button onclick="go()">{{ x }}</button>', "handler"),
    ('{% block body_attrs %} style="a"{% endblock %}', "style"),
    ('<div hx-on:click="go()"></div>', "handler"),
    ('<div hx-on--after-request="go()"></div>', "handler"),
    ('<div hx-trigger="click[ctrlKey]"></div>', "filter"),
    ("<div hx-vals='js:{a: 1}'></div>", "code"),
    ("<div hx-headers='javascript:{a: 1}'></div>", "code"),
    ('<a href="javascript:void(0)">{{ x }}</a>', "code"),
    ("<style>p{color:red}</style>", "inline"),
    ("<script>go()</script>", "inline"),
    ('<link rel="stylesheet" href="https://cdn.example/x.css">', "foreign"),
    ('<script src="//cdn.example/x.js"></script>', "foreign"),
    ("<p>{{ share }}%</p>", "percent"),
    ("<p>{% blocktranslate %}{{ share }} % in time{% endblocktranslate %}</p>", "percent"),
    ("<p>Sign in</p>", "untranslated"),
    ("<p>{{ n }} unread</p>", "untranslated"),
    ("<p>{% if a %}Yes{% endif %}</p>", "untranslated"),
    ('<bdi translate="no">Maya</bdi> wrote', "untranslated"),
    ('<button aria-label="Close">{% icon "x" %}</button>', "untranslated"),
    ('<input placeholder="Your name">', "untranslated"),
    ('<a title="{{ name }} profile">{{ name }}</a>', "untranslated"),
    ('{% include "elements/button.html" with label="Send" %}', "untranslated"),
]
GOOD_CSS = [
    ".a { margin-inline-start: 4px; inset-inline-end: 0; text-align: start; border-end-start-radius: 4px; }",
    ".a { margin: 0 16px 14px; padding: 5px 10px 5px 10px; inset: 0; border-radius: 4px 4px 0 0; }",
    ".a { transform-origin: 0 50%; background: linear-gradient(140deg, red, blue); }",
    "/* left: 0 */ .left { color: red; } .a { grid-template: 'left right' 1fr / 1fr 1fr; }",
]
BAD_CSS = [
    ".a { margin-left: 4px; }",
    ".a { color: red; padding-right: 4px }",
    ".a { left: 0; }",
    ".a { border-left: 1px solid; }",
    ".a { border-right-color: red; }",
    ".a { border-top-left-radius: 4px; }",
    ".a { text-align: right; }",
    ".a { float: left; }",
    ".a { scroll-padding-left: 1px; }",
    ".a { padding: 5px 10px 5px 12px; }",
    ".a { inset: 0 auto 0 0; }",
    ".a { border-radius: 4px 0 0 4px; }",
    ".a { transform-origin: left; }",
    ".a { background: linear-gradient(to right, red, blue); }",
]


@pytest.mark.parametrize("line", GOOD)
def it_passes_a_good_line(line: str) -> None:
    assert lint_template(line) == []


@pytest.mark.parametrize(("line", "rule"), BAD)
def it_catches_a_bad_line(line: str, rule: str) -> None:
    assert rule in {finding.rule for finding in lint_template(line)}


@pytest.mark.parametrize("line", GOOD_CSS)
def it_passes_a_logical_property(line: str) -> None:
    assert lint_css(line) == []


@pytest.mark.parametrize("line", BAD_CSS)
def it_catches_a_physical_property(line: str) -> None:
    assert lint_css(line) != []


def it_names_the_line() -> None:
    assert [
        finding.line for finding in lint_template('<p>\n{{ x }}\n<i style="a"></i>\n{% if a %}</p>\n\nWord')
    ] == [3, 6]
    assert [finding.line for finding in lint_css("/* a\n*/\n.a {\n  left: 0;\n}")] == [4]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PROJECT)))
def it_finds_nothing_in_a_template(path: Path) -> None:
    assert _left(path, lint_template(path.read_text())) == []


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: str(path.relative_to(PROJECT)))
def it_finds_nothing_in_a_stylesheet(path: Path) -> None:
    assert _left(path, lint_css(path.read_text())) == []


def it_hands_a_form_its_token() -> None:
    """What is included alone has no token of the page by itself: its form would be refused."""
    bare = [
        f"{path.relative_to(PROJECT)}: {name}"
        for path in TEMPLATES
        for name, given in ALONE.findall(path.read_text())
        if "{% csrf_token %}" in (PROJECT / "templates" / name).read_text() and "csrf_token=" not in given
    ]
    assert bare == []


def it_allows_nothing_that_is_not_there() -> None:
    for entry in ALLOWED:
        path = PROJECT / entry["file"]
        found = (lint_css if path.suffix == ".css" else lint_template)(path.read_text())
        assert [f for f in found if _matches(entry, path, f)], f"no longer needed: {entry}"
        assert entry["why"]


def _left(path: Path, found: list[Finding]) -> list[str]:
    kept = [f for f in found if not any(_matches(entry, path, f) for entry in ALLOWED)]
    return [str(finding) for finding in kept]


def _matches(entry: dict[str, str], path: Path, finding: Finding) -> bool:
    same_file = PROJECT / entry["file"] == path
    return same_file and entry["rule"] == finding.rule and entry["what"] in finding.what
