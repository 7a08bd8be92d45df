"""The main job: customers of two brands, one agent signed in once, and what each manager reads."""

import re

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Window, customer_of, desk_of, sign_in
from tests.stack import RunningStack

pytestmark = pytest.mark.browser


def it_holds_a_conversation_of_each_brand_at_once_and_reports_each_to_its_own(
    stack: RunningStack, window: Window
) -> None:
    lena, noah = (manager(window, stack, *who) for who in MANAGERS)
    before = {"northwind": figures(lena, stack, "northwind"), "lumen": figures(noah, stack, "lumen")}

    desk = desk_of(window, stack, "amara@harbour.example")
    desk.go_available()
    maya = customer_of(window, stack, "northwind")
    maya.say("The left pole snapped the first night")
    tent = desk.accept("Northwind Outdoors")
    rui = customer_of(window, stack, "lumen")
    rui.say("My bill doubled this month")
    bill = desk.accept("Lumen Energy")

    desk.reply("Three payments are fine")
    desk.open(tent)
    desk.reply("A new pole set leaves today")
    maya.reads("A new pole set leaves today")
    rui.reads("Three payments are fine")
    assert "Three payments" not in maya.words()
    assert "pole set" not in rui.words()

    desk.wrap_up("warranty", "solved")
    desk.open(bill)
    desk.wrap_up("bill", "solved")

    for slug, page, path in (("northwind", lena, tent), ("lumen", noah, bill)):
        after = figures(page, stack, slug)
        assert after["offered"] == before[slug]["offered"] + 1
        assert after["answered"] == before[slug]["answered"] + 1
        ref = path.strip("/").rpartition("/")[2]
        page.goto(f"{stack.brand(slug)}/report/rows/answered/?days=1")
        page.locator(f'a[href*="{ref}"]').click()
        page.wait_for_url(f"**/report/conversations/{ref}/")
    assert "A new pole set leaves today" in lena.locator("main").inner_text()
    stolen = noah.goto(f"{stack.brand('lumen')}/report/conversations/{tent.strip('/').split('/')[-1]}/")
    assert stolen is not None
    assert stolen.status == 404, "a manager read another brand's conversation"


MANAGERS = (("northwind", "lena@northwind.example"), ("lumen", "noah@lumen.example"))


def manager(window: Window, stack: RunningStack, slug: str, email: str) -> Page:
    page = window()
    sign_in(page, f"{stack.brand(slug)}/report/?days=1", email)
    return page


def figures(page: Page, stack: RunningStack, slug: str) -> dict[str, int]:
    page.goto(f"{stack.brand(slug)}/report/?days=1")
    return {name: number(page, name) for name in ("offered", "answered", "abandoned")}


def number(page: Page, name: str) -> int:
    text = page.locator(f'a[href^="/report/rows/{name}/"] b').inner_text()
    return int(re.sub(r"\D", "", text))
