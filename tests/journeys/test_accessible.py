"""WCAG 2.2 AA by axe on every screen of the running product, in both themes, wide and narrow."""

from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Page

from tests import axe
from tests.journeys.conftest import Window, customer_of, desk_of, sign_in
from tests.stack import RunningStack

pytestmark = pytest.mark.browser
LOOKS = [(theme, width) for width in (1440, 390) for theme in ("light", "dark")]


def violations(page: Page) -> list[str]:
    """Return what axe finds, once in each theme and width; in the dark what colours have to do with."""
    found = []
    for theme, width in LOOKS:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_timeout(150)
        found += [f"{theme} {width}: {one}" for one in axe.violations(page, colours=theme == "dark")]
    page.set_viewport_size({"width": 1440, "height": 900})
    return found


def overflows(page: Page) -> bool:
    """Tell whether the page scrolls sideways at 390 px."""
    page.set_viewport_size({"width": 390, "height": 844})
    wide: bool = page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"
    )
    page.set_viewport_size({"width": 1440, "height": 900})
    return wide


def check(page: Page) -> None:
    assert violations(page) == []
    assert not overflows(page), "scrolls sideways at 390 px"


@pytest.mark.parametrize(
    "address",
    [
        lambda stack: f"{stack.base}/accounts/login/",
        lambda stack: f"{stack.base}/accounts/login/?next=/handoff/lumen/",
        lambda stack: f"{stack.base}/nothing/here/",
        lambda stack: f"{stack.brand('nobody')}/",
        lambda stack: f"{stack.brand('northwind')}/shop/",
        lambda stack: f"{stack.brand('lumen')}/shop/",
        lambda stack: f"{stack.brand('lumen')}/enter/spent/",
    ],
)
def it_opens_to_everybody(
    stack: RunningStack, window: Window, address: Callable[[RunningStack], str]
) -> None:
    page = window()
    page.goto(address(stack))
    check(page)


def it_opens_the_portal_to_everybody(stack: RunningStack, window: Window) -> None:
    page = window()
    sign_in(page, f"{stack.brand('northwind')}/report/", "lena@northwind.example")
    check(page)
    page.goto(f"{stack.brand('northwind')}/report/?days=1")
    check(page)
    page.goto(f"{stack.brand('northwind')}/report/rows/answered/")
    check(page)
    page.locator('a[href*="/report/conversations/"]').first.click()
    page.wait_for_url("**/conversations/**")
    check(page)


def it_opens_the_operators_page_to_everybody(stack: RunningStack, window: Window) -> None:
    page = window()
    sign_in(page, f"{stack.base}/", "sara@harbour.example")
    check(page)


def it_opens_a_refusal_to_everybody(stack: RunningStack, window: Window) -> None:
    page = window()
    sign_in(page, f"{stack.base}/desk/lumen/{UUID(int=0)}/", "ruby@harbour.example")
    page.get_by_role("heading", name="That did not work").wait_for()
    check(page)


def it_opens_the_desk_to_everybody(stack: RunningStack, window: Window) -> None:
    """The empty desk, an offer, a conversation, a note, wrap-up, what is closed; and the widget's panel."""
    desk = desk_of(window, stack, "ruby@harbour.example")
    check(desk.page)
    desk.go_available()
    chat = customer_of(window, stack, "lumen")
    assert violations(chat.page) == []
    chat.say("My bill doubled")
    desk.page.locator('.offer[data-brand="Lumen Energy"]:not(.over)').first.wait_for(timeout=60_000)
    check(desk.page)
    desk.accept("Lumen Energy")
    desk.reply("Let me look at it")
    chat.reads("Let me look at it")
    assert violations(chat.page) == []
    check(desk.page)
    desk.page.locator('#composer [data-turn="note"]').first.click()
    check(desk.page)
    desk.page.locator('#composer form:not([hidden]) [data-turn="reply"]').click()
    desk.page.locator("#acts [data-key='e']").click()
    desk.page.locator("form.wrapup").wait_for()
    check(desk.page)
    desk.wrap_up("bill", "solved")
    check(desk.page)
