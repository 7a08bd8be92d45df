"""The main job: customers of two brands, one agent signed in once, and what each manager reads."""

import re
from collections import Counter

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
        new = figures(page, stack, slug) - before[slug]
        assert sorted((name, count) for (_day, name), count in new.items()) == [
            ("answered", 1),
            ("offered", 1),
        ]
        ref = path.strip("/").rpartition("/")[2]
        page.goto(f"{stack.brand(slug)}/report/rows/answered/?days=7")
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


def figures(page: Page, stack: RunningStack, slug: str) -> Counter[tuple[str, str]]:
    """What came in and what was answered, by day and name: midnight may pass at the brand meanwhile."""
    page.goto(f"{stack.brand(slug)}/report/?days=7")
    heads = page.locator(".tablewrap thead th").all_text_contents()
    lines = [line.locator("th, td").all_text_contents() for line in page.locator(".tablewrap tbody tr").all()]
    found: Counter[tuple[str, str]] = Counter()
    for name in ("offered", "answered"):
        column = heads.index(name.capitalize())
        by_day = {line[0]: number(line[column]) for line in lines}
        shown = number(page.locator(f'a[href^="/report/rows/{name}/"] b').inner_text())
        assert (len(by_day), sum(by_day.values())) == (7, shown)
        found.update({(day, name): count for day, count in by_day.items()})
    return found


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))
