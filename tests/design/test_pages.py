"""Every page under the real policy, both themes, wide and on a phone: axe, policy, no sideways scrolling."""

import pytest

from tests.design.conftest import Stage
from tests.design.demands import assert_accessible
from tests.design.pages import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("name", PAGES)]


@pytest.fixture(autouse=True)
def demo(settings: pytest.FixtureRequest) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]


def it_is_accessible_and_keeps_the_policy(stage: Stage, name: str) -> None:
    assert_accessible(stage, PAGES[name]().content.decode())
