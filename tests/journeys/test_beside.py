"""Two agents in one conversation: asked, brought in, handed over; what the customer sees of it."""

import pytest

from tests.journeys.conftest import Window, customer_of, desk_of
from tests.stack import RunningStack

pytestmark = pytest.mark.browser
NORTHWIND = "Northwind Outdoors"


def it_asks_a_colleague_brings_them_in_and_hands_over(stack: RunningStack, window: Window) -> None:
    amara, jonas = (desk_of(window, stack, f"{who}@harbour.example") for who in ("amara", "jonas"))
    amara.go_available()
    maya = customer_of(window, stack, "northwind")
    maya.say("The zip of my jacket is torn")
    path = amara.accept(NORTHWIND)
    amara.reply("Let me look at that")
    jonas.go_available()

    amara.page.locator("#conversation h1, #conversation h2").first.click()  # out of the composer
    amara.page.keyboard.press("q")
    amara.page.locator("#pick-search").fill("Jonas")
    amara.page.locator(".pick:has-text('Jonas Ek'):visible").click()
    amara.page.locator("#sheet-words").fill("Do we repair zips after a year?")
    amara.page.locator("#sheet-words").press("Control+Enter")
    amara.page.locator(".beside").get_by_text("Jonas").wait_for()

    assert jonas.page.locator(".offer").get_by_text("Consult from").inner_text(timeout=60_000)
    assert jonas.accept(NORTHWIND) == path
    jonas.page.get_by_text("The customer does not know of you").wait_for()
    jonas.page.locator("form.composer[data-kind=note] textarea").fill("We do, for two years")
    jonas.page.locator("form.composer[data-kind=note] textarea").press("Control+Enter")
    amara.page.locator("#conversation").get_by_text("We do, for two years").wait_for()

    amara.page.locator(".beside").get_by_role("button", name="Bring Jonas in").click()
    jonas.page.get_by_text("You write to the customer too").wait_for()
    jonas.reply("Send it in, we mend it")
    maya.reads("Send it in, we mend it")
    assert "for two years" not in maya.words()
    assert "Do we repair" not in maya.words()

    amara.page.locator(".beside").get_by_role("button", name="Hand over to Jonas").click()
    jonas.page.locator(".beside").wait_for(state="detached")
    jonas.reply("It is mine now")
    maya.reads("It is mine now")
    jonas.wrap_up("warranty", "solved")
