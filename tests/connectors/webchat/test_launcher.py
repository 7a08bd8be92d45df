"""The launcher on a client's page: one button until somebody wants more."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.connectors.webchat.rig import BRAND_HOST, KEY, SHOP_HOST, STATIC, Rig, panel_of, weigh, write

pytestmark = pytest.mark.browser

STORED = f"JSON.parse(localStorage.getItem('chat:{KEY}') || '{{}}')"
POLICY = f"default-src 'none'; script-src {BRAND_HOST}; connect-src {BRAND_HOST}; frame-src {BRAND_HOST}"
STRICT = f"""<!doctype html><html lang="en"><meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>Strict</title><h1>Strict</h1><script async src="{BRAND_HOST}/w.js" data-key="{KEY}"></script>"""


def open_chat(page: Page) -> None:
    page.get_by_role("button", name="Chat with Northwind Outdoors").click()


def it_asks_for_nothing_but_its_settings_before_the_click(rig: Rig) -> None:
    page = rig.shop()
    page.wait_for_timeout(300)
    paths = [url.split("?")[0].removeprefix(BRAND_HOST) for url in rig.requests if url.startswith(BRAND_HOST)]
    assert paths == ["/w.js", f"/w/settings/{KEY}/"]
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length") == 0
    assert [name for name in page.evaluate("Object.keys(window)") if "chat" in name.lower()] == ["brandChat"]


def it_moves_nothing_on_the_page(rig: Rig) -> None:
    page = rig.shop()
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.locator("h1").bounding_box() is not None


def it_opens_the_panel_and_puts_the_cursor_in_it(rig: Rig) -> None:
    page = rig.shop()
    open_chat(page)
    panel = panel_of(page)
    expect(panel.locator("#text")).to_be_focused()
    expect(page.get_by_role("dialog", name="Chat with Northwind Outdoors")).to_be_visible()
    expect(page.get_by_role("button", name="Close the chat").first).to_have_attribute("aria-expanded", "true")


def it_closes_by_escape_and_gives_the_focus_back(rig: Rig) -> None:
    page = rig.shop()
    open_chat(page)
    panel_of(page).locator("#text").press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Chat with Northwind Outdoors")).to_be_focused()


def it_keeps_the_token_in_the_clients_page_and_out_of_addresses(rig: Rig) -> None:
    page = rig.shop()
    open_chat(page)
    panel_of(page)
    assert page.evaluate(STORED)["token"] == "token-1"
    assert not any("token-1" in url for url in rig.requests)
    page.reload()
    page.get_by_role("button").first.wait_for()
    panel_of(page)
    assert [hello["token"] for hello in rig.live.sent("hello")] == ["token-1", "token-1"]
    assert rig.live.sent("hello")[0]["page"] == f"{SHOP_HOST}/"
    assert page.context.cookies() == []


def it_speaks_to_no_other_page(rig: Rig) -> None:
    page = rig.shop()
    open_chat(page)
    panel = panel_of(page)
    forged = {"data": {"chat": 1, "op": "token", "token": "forged"}, "origin": BRAND_HOST}
    page.evaluate("postMessage({chat: 1, op: 'token', token: 'stolen'}, '*')")
    page.evaluate("forged => dispatchEvent(new MessageEvent('message', forged))", forged)
    page.wait_for_timeout(100)
    assert page.evaluate(STORED)["token"] == "token-1"
    expect(panel.locator("#text")).to_be_visible()


def it_counts_what_was_not_seen(rig: Rig) -> None:
    page = rig.shop()
    open_chat(page)
    panel = panel_of(page)
    write(panel, "Hi")
    rig.live.join()
    panel.locator("#close").click()
    rig.live.say("Are you there?")
    expect(page.get_by_role("button", name="Chat with Northwind Outdoors. New messages: 1")).to_be_visible()
    page.get_by_role("button").first.click()
    expect(page.get_by_role("button", name=re.compile("New messages"))).to_have_count(0)


def it_stays_with_a_conversation_on_the_next_page_without_opening(rig: Rig) -> None:
    page = rig.shop()
    open_chat(page)
    panel = panel_of(page)
    write(panel, "Hi")
    expect(panel.locator(".state")).to_have_text("Sent")
    panel.locator("#close").click()
    page.goto(f"{SHOP_HOST}/other/")
    panel_of(page)
    expect(page.get_by_role("dialog")).to_be_hidden()
    rig.live.say("Here I am")
    expect(page.get_by_role("button", name=re.compile("New messages: 1"))).to_be_visible()


def it_opens_and_closes_by_script_and_tells(rig: Rig) -> None:
    page = rig.shop()
    page.evaluate(
        "window.heard = []; for (const e of ['open', 'close']) brandChat.on(e, () => heard.push(e))"
    )
    page.evaluate("brandChat.open()")
    panel_of(page)
    page.evaluate("brandChat.close()")
    assert page.evaluate("heard") == ["open", "close"]


def it_fills_a_phone_and_only_when_open(rig: Rig) -> None:
    size = {"width": 390, "height": 700}
    page = rig.shop(viewport=size, has_touch=True, is_mobile=True, reduced_motion="reduce")
    open_chat(page)
    panel_of(page)
    expect(page.get_by_role("dialog")).to_have_css("width", "390px")
    assert page.get_by_role("dialog").bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 700}


def it_works_under_a_strict_policy_of_the_page(rig: Rig) -> None:
    context = rig.context()
    page = rig.page(context)
    context.route(f"{SHOP_HOST}/strict/", lambda route: route.fulfill(body=STRICT, content_type="text/html"))
    page.goto(f"{SHOP_HOST}/strict/")
    open_chat(page)
    expect(panel_of(page).locator("#text")).to_be_focused()


def it_apologises_when_the_panel_does_not_come(rig: Rig) -> None:
    context = rig.context()
    context.route(f"{BRAND_HOST}/w/panel/**", lambda route: route.abort())
    page = rig.shop(context)
    page.clock.install()
    open_chat(page)
    page.clock.run_for(13_000)
    expect(page.get_by_role("status")).to_contain_text("The chat can't be reached right now.")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def it_stays_away_when_the_settings_are_refused(rig: Rig) -> None:
    context = rig.context()
    context.route(f"{BRAND_HOST}/w/settings/**", lambda route: route.fulfill(status=404))
    page = rig.page(context)
    page.goto(f"{SHOP_HOST}/")
    page.wait_for_timeout(300)
    expect(page.get_by_role("button")).to_have_count(0)


def it_speaks_the_language_of_the_page(rig: Rig) -> None:
    page = rig.shop(lang="sv")
    page.get_by_role("button", name="Chatta med Northwind Outdoors").click()
    panel = panel_of(page)
    assert panel.locator("html").get_attribute("lang") == "sv"
    assert rig.live.sent("hello")[0]["language"] == "sv"


def it_wears_the_clients_words_where_they_have_some(rig: Rig) -> None:
    context = rig.context()
    said = rig.settings("en") | {"label": "Need help with an order?", "open": "Need help with an order?"}
    headers = {"Access-Control-Allow-Origin": "*"}
    context.route(f"{BRAND_HOST}/w/settings/**", lambda route: route.fulfill(json=said, headers=headers))
    page = rig.shop(context)
    button = page.get_by_role("button", name="Need help with an order?")
    expect(button.get_by_text("Need help with an order?")).to_be_visible()
    box = button.bounding_box()
    assert box
    assert box["width"] > 200
    assert box["height"] == 56
    button.click()
    expect(panel_of(page).locator("#text")).to_be_focused()
    expect(page.get_by_role("dialog", name="Chat with Northwind Outdoors")).to_be_visible()


def it_is_light(rig: Rig) -> None:
    loader = weigh((STATIC / "widget" / "w.js").read_bytes())
    page = rig.shop()
    rig.requests.clear()
    open_chat(page)
    panel_of(page)
    files = [STATIC / url.split("/static/")[1] for url in rig.requests if "/static/" in url]
    panel = weigh(rig.html("sv")) + sum(weigh(file.read_bytes()) for file in files)
    assert len(files) == 9
    assert loader <= 4096
    assert panel <= 25 * 1024
    assert len(str(rig.settings("sv")).encode()) <= 1024
