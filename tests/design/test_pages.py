"""Every page under the real policy, both themes, wide and on a phone: axe, policy, no sideways scrolling."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

from tests.design.conftest import Stage
from tests.design.pages import PAGES

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("name", PAGES)]


@pytest.fixture(autouse=True)
def demo(settings: pytest.FixtureRequest) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]


def it_is_accessible_and_keeps_the_policy(stage: Stage, name: str) -> None:
    page = stage.show(PAGES[name]().content.decode())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert stage.violations == []
    found = Axe().run(page, options=OPTIONS).response["violations"]
    assert [
        f"{v['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for v in found
        for node in v["nodes"]
    ] == []
