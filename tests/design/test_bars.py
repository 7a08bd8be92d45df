"""A phone's bars, above and below: what they say has room, in longer words and on a small one too."""

import pytest
from playwright.sync_api import Page, expect

from tests.design.conftest import Stage
from tests.design.pages import PAGES

SMALL = {"width": 320, "height": 568}
LOST = """words => {
  const live = document.querySelector('.top .live');
  live.dataset.state = 'offline';
  live.textContent = words;
}"""
LONG = """() => {
  document.querySelector('.presence > .led + span').textContent = 'Coaching with the lead of the team';
  document.querySelectorAll('.tabbar > *').forEach((one) => one.append('Kundförfrågningar'));
}"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("theme", ["light"], indirect=True),
    pytest.mark.parametrize("width", ["phone"], indirect=True),
]


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("words", ["Offline since 14:05", "Verbindung unterbrochen seit 14:05 Uhr"])
def it_says_that_nothing_comes_in_without_pushing_the_page_wide(stage: Stage, words: str) -> None:
    page = stage.show(PAGES["desk"]().content.decode())
    capacity = page.locator(".top .cap")
    expect(capacity).to_be_visible()
    page.evaluate(LOST, words)
    expect(page.locator(".top").get_by_text(words)).to_be_visible()
    expect(capacity).to_be_hidden()
    assert fits(page)


def it_keeps_long_words_within_a_small_phone(stage: Stage) -> None:
    page = stage.show(PAGES["desk"]().content.decode())
    page.set_viewport_size(SMALL)  # type: ignore[arg-type]
    page.evaluate(LONG)
    assert fits(page)
    bar = page.locator(".tabbar > *")
    assert bar.evaluate_all("all => all.filter((one) => one.scrollWidth > one.clientWidth).length") == 0
    assert page.locator(".top .me").bounding_box()["x"] < SMALL["width"] - 32  # type: ignore[index]
