"""A customer on a client's page, with the whole product behind it."""

import contextlib
import re

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import FrameLocator, Page, Response, Route, expect

from tests.connectors.webchat.rig import until
from tests.journeys.conftest import Chat, Desk, Window, customer_of, desk_of
from tests.stack import RunningStack

pytestmark = pytest.mark.browser

BRAND = "Northwind Outdoors"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def panel(chat: Chat) -> FrameLocator:
    return chat.page.frame_locator("iframe")


def texts(chat: Chat) -> list[str]:
    return panel(chat).locator("#log .text").all_inner_texts()


def audit(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES})
    return [
        f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found.response["violations"]
    ]


def take(desk: Desk, chat: Chat) -> None:
    """Accept offers until this visitor's is among them: another test may have left one in the line."""
    name = panel(chat).locator("#who")
    for _ in range(5):
        if name.inner_text() != BRAND:
            break
        desk.page.locator(".offer:not(.over)").first.wait_for(timeout=60_000)
        desk.page.keyboard.press("F2")
        with contextlib.suppress(AssertionError):
            expect(name).not_to_have_text(BRAND)
    expect(name).to_have_text("Elin")
    expect(desk.page.locator("msg-composer")).to_be_visible()


@pytest.fixture
def desk(stack: RunningStack, window: Window) -> Desk:
    """Elin, who serves this brand alone."""
    desk = desk_of(window, stack, "elin@harbour.example")
    desk.go_available()
    return desk


def it_goes_from_hello_to_the_end_and_begins_again(stack: RunningStack, window: Window, desk: Desk) -> None:
    chat = customer_of(window, stack, "northwind")
    expect(panel(chat).locator(".hello h2")).to_contain_text("Planning a trip")
    chat.say("The left pole snapped")
    take(desk, chat)
    expect(panel(chat).locator("#log")).to_contain_text("Elin joined")
    desk.reply("A new one leaves today")
    chat.reads("A new one leaves today")
    desk.page.locator("form.composer[data-kind=reply] textarea").press_sequentially("And")
    expect(panel(chat).locator("#typing")).to_contain_text("Elin is typing")
    desk.wrap_up("warranty", "solved")
    expect(panel(chat).locator("#over")).to_contain_text("This conversation has ended")
    panel(chat).get_by_role("button", name="Start a new conversation").click()
    chat.say("One more thing")
    assert texts(chat) == ["One more thing"]
    take(desk, chat)
    desk.wrap_up("product", "solved")


def it_keeps_what_is_written_and_sent_before_its_script_ran(stack: RunningStack, window: Window) -> None:
    page = window()
    held: list[Route] = []
    page.route("**/widget/composer*.js", lambda route: held.append(route))
    page.goto(f"{stack.brand('northwind')}/shop/")
    page.locator("button.talk").click()
    chat = Chat(page)
    panel(chat).locator("#text").fill("Sent too early")
    panel(chat).locator("#text").press("Enter")
    expect(panel(chat).locator("#send")).to_be_disabled()
    until(page, lambda: len(held) == 1)
    held[0].continue_()
    expect(panel(chat).locator("#text")).to_have_value(re.compile("Sent too early"))
    panel(chat).locator("#send").click()
    chat.reads("Sent too early")
    panel(chat).locator("#end").click()
    panel(chat).locator("#yes").click()
    panel(chat).locator("#over").wait_for()


def it_shows_after_a_cut_what_a_fresh_page_shows(stack: RunningStack, window: Window, desk: Desk) -> None:
    chat = customer_of(window, stack, "northwind")
    chat.say("Hello?")
    take(desk, chat)
    chat.page.context.set_offline(True)
    panel(chat).locator("#text").fill("sent while away")
    panel(chat).locator("#text").press("Enter")
    expect(panel(chat).locator("#link")).to_contain_text("offline")
    for n in range(50):
        desk.reply(f"line {n}")
    chat.page.context.set_offline(False)
    chat.reads("line 49")
    expect(panel(chat).locator(".pending")).to_have_count(0)
    fresh = Chat(chat.page.context.new_page())
    fresh.page.goto(f"{stack.brand('northwind')}/shop/")
    fresh.page.get_by_role("button", name="Chat with").click()
    fresh.reads("line 49")
    expect(panel(fresh).locator("#log .text")).to_have_count(52)
    until(chat.page, lambda: log_of(chat) == log_of(fresh))
    assert texts(chat) == ["Hello?", *(f"line {n}" for n in range(50)), "sent while away"]
    desk.wrap_up("product", "solved")


def log_of(chat: Chat) -> str:
    return re.sub(r' style="[^"]*"', "", panel(chat).locator("#log").inner_html())


def it_keeps_the_conversation_through_a_reload(stack: RunningStack, window: Window, desk: Desk) -> None:
    chat = customer_of(window, stack, "northwind")
    chat.say("Before the reload")
    take(desk, chat)
    path = desk.page.locator("msg-composer").get_attribute("data-url")
    chat.page.reload()
    chat.reads("Before the reload")
    chat.say("After the reload")
    expect(desk.page.locator("#conversation")).to_contain_text("After the reload")
    assert desk.page.locator("msg-composer").get_attribute("data-url") == path
    desk.wrap_up("product", "solved")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("slug", ["northwind", "lumen"])
def it_passes_the_accessibility_audit(
    stack: RunningStack, window: Window, scheme: str, width: int, slug: str
) -> None:
    options = {
        "viewport": {"width": width, "height": 844},
        "color_scheme": scheme,
        "reduced_motion": "reduce",
    }
    page = window(**options)
    page.goto(f"{stack.brand(slug)}/shop/")
    page.locator("button.talk").wait_for()
    assert audit(page) == []
    page.locator("button.talk").click()
    page.frame_locator("iframe").locator("#status").wait_for()
    assert audit(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def it_says_nothing_of_who_runs_it(stack: RunningStack, window: Window) -> None:
    page = window()
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))
    page.goto(f"{stack.brand('northwind')}/shop/")
    page.locator("button.talk").click()
    page.frame_locator("iframe").locator("#status").wait_for()
    page.wait_for_load_state("networkidle")
    bodies = [f"{response.url} {response.text()}" for response in responses]
    assert len(bodies) > 12
    assert [body[:80] for body in bodies if re.search("trunkline|harbour", body, re.IGNORECASE)] == []
