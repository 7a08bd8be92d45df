"""What every page is held to, whoever made it: each demand shows the page or reads its HTML."""

from collections.abc import Callable, Iterable
from typing import Any

from playwright.sync_api import Page

from tests import axe
from tests.design.conftest import Look, Stage
from tests.design.pseudo import untranslated

CUT = """() => [...document.querySelectorAll(
    'button, .btn, label, h1, h2, h3, th, legend, .chip, .hint, .err, ' +
    '.seg, .acts, .go, .bar, .as, header, footer, .pair, .k')]
  .filter((e) => e.checkVisibility() && e.clientWidth)
  .filter((e) => !e.closest('[translate=no], bdi, .sr, .scroll, .chartwrap, .menu'))
  .filter((e) => getComputedStyle(e).textOverflow !== 'ellipsis')
  .filter((e) => e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > innerWidth + 1)
  .map((e) => `${e.className || e.localName}: ${e.textContent.replace(/\\s+/g, ' ').trim().slice(0, 60)}`)"""
OPENED = "document.querySelectorAll('details').forEach(one => { one.open = true; })"


def assert_accessible(stage: Stage, html: str, also: Callable[[Page], Any] | None = None) -> Page:
    """In every look: within the policy, no sideways scrolling, nothing for axe to find, with every fold open.

    `also` does something with the page of each width at last; it may push none wide. Returns the last page.
    """
    for look in stage.looks(html):
        look.page.evaluate(OPENED)
        _assert_fits(look)
        assert stage.violations == [], str(look)
        assert_axe_finds_nothing(look)
        stage.violations.clear()  # axe styles the page while it measures
        if also and look.theme == stage.themes[-1]:
            also(look.page)
            _assert_fits(look)
    return look.page


def assert_axe_finds_nothing(look: Look) -> None:
    """All rules in the first theme; in the other one those that colours have to do with."""
    assert axe.violations(look.page, colours=look.again) == [], str(look)


def assert_translated(html: str, data: Iterable[str] = ()) -> None:
    """In the made-up language every text but the given names came out of a catalogue."""
    assert "<h1" in html
    assert untranslated(html, data=data) == []


def assert_roomy(stage: Stage, html: str) -> None:
    """Longer words push no page wide and are cut off nowhere."""
    for look in stage.looks(html):
        _assert_fits(look)
        assert look.page.evaluate(CUT) == [], str(look)


def _assert_fits(look: Look) -> None:
    assert look.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), str(look)
