"""What every page is held to, whoever made it: each demand shows the page or reads its HTML."""

from collections.abc import Iterable

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

from tests.design.conftest import Stage
from tests.design.pseudo import untranslated

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
CUT = """() => [...document.querySelectorAll(
    'button, .btn, label, h1, h2, h3, th, legend, .chip, .hint, .err, ' +
    '.seg, .acts, .go, .bar, .as, header, footer, .pair, .k')]
  .filter((e) => e.checkVisibility() && e.clientWidth)
  .filter((e) => !e.closest('[translate=no], bdi, .sr, .scroll, .chartwrap, .menu'))
  .filter((e) => getComputedStyle(e).textOverflow !== 'ellipsis')
  .filter((e) => e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > innerWidth + 1)
  .map((e) => `${e.className || e.localName}: ${e.textContent.replace(/\\s+/g, ' ').trim().slice(0, 60)}`)"""
OPENED = "document.querySelectorAll('details').forEach(one => { one.open = true; })"


def assert_accessible(stage: Stage, html: str) -> Page:
    """Within the policy, no sideways scrolling, nothing for axe to find, with every fold open; returns it."""
    page = stage.show(html)
    page.evaluate(OPENED)
    _assert_fits(page)
    assert stage.violations == []
    found = Axe().run(page, options=OPTIONS).response["violations"]
    assert [
        f"{v['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for v in found
        for node in v["nodes"]
    ] == []
    return page


def assert_translated(html: str, data: Iterable[str] = ()) -> None:
    """In the made-up language every text but the given names came out of a catalogue."""
    assert "<h1" in html
    assert untranslated(html, data=data) == []


def assert_roomy(stage: Stage, html: str) -> None:
    """Longer words push no page wide and are cut off nowhere."""
    page = stage.show(html)
    _assert_fits(page)
    assert page.evaluate(CUT) == []


def _assert_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
