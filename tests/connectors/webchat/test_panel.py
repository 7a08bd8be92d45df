"""The panel as a visitor lives it, in a real browser."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, Route, expect

from tests.connectors.webchat.rig import BRAND_HOST, GREETED, KEY, Rig, log_of, until, write

pytestmark = pytest.mark.browser

TEXTS = ".out .text"
DROP = """(target, kind) => {
  const data = new DataTransfer();
  data.items.add(new File(["x"], "tent.png", {type: "image/png"}));
  const event = new Event(kind, {bubbles: true, cancelable: true});
  Object.defineProperty(event, kind === "paste" ? "clipboardData" : "dataTransfer", {value: data});
  target.dispatchEvent(event);
}"""


def audit(page: Page) -> list[str]:
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    return [
        f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found.response["violations"]
    ]


def it_says_hello_in_the_brands_voice(rig: Rig) -> None:
    panel = rig.panel(timezone_id="Asia/Tokyo")
    expect(panel.get_by_role("heading", name="Hi! Planning a trip?")).to_be_visible()
    expect(panel.locator("#status")).to_have_text("We're here, write to us")
    said = {"op": "hello", "key": KEY, "token": "token-1", "language": "en", "page": ""}
    assert rig.live.sent("hello")[0] == said | {"conversation": None, "after": 0, "zone": "Asia/Tokyo"}


def it_takes_a_message_when_nobody_is_there(rig: Rig) -> None:
    rig.live.staffed = False
    panel = rig.panel()
    expect(panel.locator("#presence")).to_contain_text("Nobody is here right now")
    write(panel, "Do you mend other makers' tents?")
    rig.live.push("place", staffed=False, position=None)
    expect(panel.locator("#line")).to_contain_text("Your message is with us")
    expect(panel.locator("#text")).to_have_value("")


SHUT = {"until": "2100-01-04T07:00:00+00:00", "zone": "Europe/Stockholm", "text": "We move house."}


@pytest.mark.parametrize(
    ("locale", "lang", "written"),
    [("en-GB", "en", r"\b8:00\."), ("en-US", "en", r"\b8:00\sAM\."), ("en-GB", "sv", r"\b8:00\.")],
)
def it_writes_times_as_the_visitors_country_does(rig: Rig, locale: str, lang: str, written: str) -> None:
    """In the page's language; the browser says of which country."""
    rig.live.closed = SHUT
    panel = rig.panel(lang=lang, locale=locale, timezone_id="Europe/Stockholm")
    expect(panel.locator("#presence")).to_contain_text(re.compile(written))


@pytest.mark.parametrize(
    ("lang", "zone", "closed", "words"),
    [
        ("en", "Europe/Stockholm", SHUT, ["closed right now", "We move house. We open again: Mon", "8:00"]),
        (
            "sv",
            "Europe/Stockholm",
            SHUT,
            ["Vi har stängt just nu", "Vi öppnar igen: måndag 4 januari", "kl. 8:00"],
        ),
        ("en", "Asia/Tokyo", SHUT, ["We open again: Mon", "8:00", "GMT+1"]),
        ("en", "Asia/Tokyo", SHUT | {"zone": "Nowhere/Land"}, ["We open again: Mon", "GMT+9"]),
        ("en", "Asia/Tokyo", SHUT | {"until": None, "text": ""}, ["closed right nowWrite to us anyway."]),
    ],
)
def it_says_until_when_it_is_closed(
    rig: Rig, lang: str, zone: str, closed: dict[str, str], words: list[str]
) -> None:
    rig.live.closed = closed
    panel = rig.panel(lang=lang, timezone_id=zone)
    for part in words:
        expect(panel.locator("#presence")).to_contain_text(part)


def it_keeps_a_message_out_of_hours(rig: Rig) -> None:
    rig.live.closed = SHUT
    panel = rig.panel(timezone_id="Europe/Stockholm")
    write(panel, "Is anybody there?")
    rig.live.push("place", staffed=True, position=1, closed=SHUT)
    expect(panel.locator("#line")).to_contain_text("Your message is with us")
    expect(panel.locator("#line")).to_contain_text("closed right now")
    expect(panel.locator("#line")).to_contain_text("We open again: Mon")
    rig.live.push("place", staffed=True, position=1)
    expect(panel.locator("#line")).to_contain_text("You're next in line")


def it_hides_the_composer_where_nothing_is_taken_out_of_hours(rig: Rig) -> None:
    rig.live.closed = SHUT | {"how": "hide"}
    panel = rig.panel(timezone_id="Europe/Stockholm")
    expect(panel.locator("#presence")).to_contain_text("We open again: Mon")
    expect(panel.locator("#presence")).to_contain_text("You can write to us here when we're open.")
    expect(panel.locator("#composer")).to_be_hidden()
    rig.live.push("place", staffed=True)
    expect(panel.locator("#composer")).to_be_visible()


def it_asks_for_an_address_out_of_hours(rig: Rig) -> None:
    rig.live.closed = SHUT | {"how": "address"}
    panel = rig.panel()
    write(panel, "Is anybody there?")
    expect(panel.locator("#notice")).to_have_text("Write your mail address above, then send your message.")
    expect(panel.locator("#text")).to_have_value("Is anybody there?")
    assert rig.live.sent("msg") == []
    panel.get_by_label("Your mail address").fill("kim@example.test")
    panel.get_by_label("Send").click()
    expect(panel.locator(TEXTS)).to_have_text("Is anybody there?")
    until(panel, lambda: bool(rig.live.sent("msg")))
    assert rig.live.sent("msg")[0]["address"] == "kim@example.test"
    assert audit(panel) == []


def it_says_that_it_closes_early(rig: Rig) -> None:
    panel = rig.panel(timezone_id="Europe/Stockholm")
    closing = {"at": "2100-01-04T16:30:00+00:00", "zone": "Europe/Stockholm", "text": ""}
    rig.live.push("place", staffed=True, closing=closing)
    expect(panel.locator("#presence")).to_contain_text("We close early today: Mon")
    expect(panel.locator("#composer")).to_be_visible()
    write(panel, "Quickly then")
    rig.live.push("place", staffed=True, position=2, closing=closing)
    expect(panel.locator("#line")).to_contain_text("You're in line, so we still answer you.")


@pytest.mark.parametrize(
    ("lang", "position", "words"),
    [
        ("en", 1, "You're next in line"),
        ("en", 2, "You're 2nd in line"),
        ("en", 3, "You're 3rd in line"),
        ("en", 11, "You're 11th in line"),
        ("en", 21, "You're 21st in line"),
        ("sv", 1, "Du står på tur"),
        ("sv", 2, "Du är 2:a i kön"),
        ("sv", 3, "Du är 3:e i kön"),
    ],
)
def it_tells_the_place_in_line(rig: Rig, lang: str, position: int, words: str) -> None:
    panel = rig.panel(lang=lang)
    write(panel, "Hi")
    rig.live.push("place", position=position)
    expect(panel.locator("#line b").last).to_have_text(words)
    assert panel.locator("html").get_attribute("lang") == lang


@pytest.mark.parametrize(
    ("lang", "wait", "words"),
    [
        ("en", (0, 1), "Less than a minute to wait."),
        ("en", (0, 3), "Up to 3 minutes to wait."),
        ("en", (2, 4), "About 2 to 4 minutes to wait."),
        ("en", (2, 2), "About 2 minutes to wait."),
        ("en", (61, 90), "More than an hour to wait."),
        ("en", None, "We can't say yet how long it takes."),
        ("sv", (2, 4), "Ungefär 2 till 4 minuters väntan."),
    ],
)
def it_tells_how_long_it_takes(rig: Rig, lang: str, wait: tuple[int, int] | None, words: str) -> None:
    panel = rig.panel(lang=lang)
    write(panel, "Hi")
    told = {"wait": {"from": wait[0], "until": wait[1]}} if wait else {}
    rig.live.push("place", staffed=True, position=2, **told)
    expect(panel.locator("#line")).to_contain_text(words)


def it_lets_who_waits_leave_a_message(rig: Rig) -> None:
    panel = rig.panel()
    write(panel, "Hi")
    expect(panel.get_by_role("button", name="Leave a message")).to_be_hidden()
    rig.live.push("place", staffed=True, position=2, leave=True)
    expect(panel.locator("#line")).to_contain_text("Or leave a message and go")
    assert audit(panel) == []
    panel.get_by_role("button", name="Leave a message").click()
    until(panel, lambda: bool(rig.live.sent("leave_message")))
    rig.live.push("place", staffed=True, position=2, kept=True)
    expect(panel.locator("#line")).to_contain_text("You may go: your place is kept")
    expect(panel.get_by_role("button", name="Leave a message")).to_be_hidden()
    expect(panel.locator("#text")).to_be_focused()


SPANS = [
    ["2100-01-04T08:00:00+00:00", "2100-01-04T10:00:00+00:00"],
    ["2100-01-05T08:00:00+00:00", "2100-01-05T10:00:00+00:00"],
]
PROMISE = {"number": "+46701234567", "from": SPANS[1][0], "until": SPANS[1][1], "zone": "Europe/Stockholm"}


def called(rig: Rig, panel: Page) -> None:
    """Wait in line, and open the form that asks for a call."""
    write(panel, "Hi")
    rig.live.push("place", staffed=True, position=2, call=True)
    panel.locator("#callme").click()
    until(panel, lambda: bool(rig.live.sent("call_windows")))
    rig.live.push("windows", zone="Europe/Stockholm", windows=SPANS)
    expect(panel.locator("#number")).to_be_focused()


def it_asks_for_a_call_and_shows_the_promise(rig: Rig) -> None:
    panel = rig.panel(timezone_id="Europe/Stockholm")
    called(rig, panel)
    panel.get_by_role("button", name="Call me then").click()
    expect(panel.locator("#notice")).to_contain_text("Write a phone number")
    panel.get_by_label("Your phone number").fill("+46 70 123 45 67")
    panel.get_by_label("When we may call").select_option(index=1)
    panel.keyboard.press("Tab")
    panel.keyboard.press("Tab")
    panel.keyboard.press("Enter")
    expect(panel.locator("#notice")).to_contain_text("Say that we may call you.")
    expect(panel.locator("#consent")).to_be_focused()
    panel.keyboard.press("Space")
    panel.get_by_role("button", name="Call me then").click()
    until(panel, lambda: bool(rig.live.sent("call")))
    [asked] = rig.live.sent("call")
    assert (asked["number"], asked["from"], asked["consent"]) == ("+46 70 123 45 67", SPANS[1][0], True)
    rig.live.push("error", code="number", message="Not that number.", client_id=asked["client_id"])
    expect(panel.locator("#notice")).to_have_text("Not that number.")
    expect(panel.locator("#number")).to_have_value("+46 70 123 45 67")
    panel.get_by_role("button", name="Call me then").click()
    until(panel, lambda: len(rig.live.sent("call")) == 2)
    assert rig.live.sent("call")[1]["client_id"] != asked["client_id"], "asked anew once it was refused"
    rig.live.push("call", **PROMISE, calling=False)
    rig.live.push("call_ok", client_id=rig.live.sent("call")[1]["client_id"])
    expect(panel.locator("#promised")).to_contain_text("+46701234567, Tuesday, January 5")
    expect(panel.locator("#promised")).to_contain_text("(Europe/Stockholm)")
    expect(panel.locator("#change")).to_be_focused()
    expect(panel.locator("#composer")).to_be_hidden()
    panel.get_by_role("button", name="Don't call, I'll wait here").click()
    until(panel, lambda: bool(rig.live.sent("no_call")))
    rig.live.push("resumed")
    rig.live.push("place", staffed=True, position=2)
    expect(panel.locator("#line")).to_contain_text("2nd in line")
    expect(panel.locator("#composer")).to_be_visible()


def it_says_that_a_call_is_on_its_way(rig: Rig) -> None:
    panel = rig.panel(lang="sv")
    write(panel, "Hej")
    rig.live.push("call", **PROMISE, calling=True)
    expect(panel.locator("#promised")).to_contain_text("Vi ringer dig nu")
    expect(panel.get_by_role("button", name="Ändra")).to_be_hidden()
    rig.live.join()
    expect(panel.locator("#promise")).to_be_hidden()
    expect(panel.locator("#composer")).to_be_visible()


def it_leaves_the_form_by_keyboard_and_keeps_the_place(rig: Rig) -> None:
    panel = rig.panel()
    called(rig, panel)
    panel.keyboard.press("Escape")
    expect(panel.locator("#calling")).to_be_hidden()
    expect(panel.locator("#line")).to_contain_text("2nd in line")


def it_shows_who_joined_and_who_types(rig: Rig) -> None:
    panel = rig.panel()
    write(panel, "Hi")
    rig.live.join("Ada")
    rig.live.push("typing", name="Ada")
    expect(panel.locator("#who")).to_have_text("Ada")
    expect(panel.locator("#line")).to_be_hidden()
    expect(panel.locator("#typing")).to_contain_text("Ada is typing")
    rig.live.say("Hello there")
    expect(panel.locator("#typing")).to_be_hidden()
    expect(panel.locator("#voice")).to_have_text(re.compile(r"^Ada, .*: Hello there$"))


def it_says_that_the_visitor_types_once_in_three_seconds(rig: Rig) -> None:
    panel = rig.panel()
    write(panel, "Hi")
    rig.live.join()
    expect(panel.locator("#who")).to_have_text("Ada")
    now = datetime.now(UTC)
    panel.clock.set_fixed_time(now)
    panel.locator("#text").press_sequentially("Well, the pole")
    panel.clock.set_fixed_time(now + timedelta(seconds=3))
    panel.locator("#text").press_sequentially("s snapped")
    panel.locator("#text").press("Enter")
    until(panel, partial(has_sent, rig, "msg", 2))
    assert len(rig.live.sent("typing")) == 2


def it_sends_again_under_the_same_id_what_did_not_arrive(rig: Rig) -> None:
    panel = rig.panel()
    rig.live.hears = False
    write(panel, "The pole snapped")
    expect(panel.locator(".state")).to_have_text("Sending")
    rig.live.hears = True
    rig.live.cut()
    expect(panel.locator(".state")).to_have_text("Sent")
    first, second = rig.live.sent("msg")
    assert first["client_id"] == second["client_id"]
    assert panel.locator(TEXTS).all_inner_texts() == ["The pole snapped"]


def it_learns_from_the_replay_that_a_message_arrived(rig: Rig) -> None:
    panel = rig.panel()
    rig.live.answers = False
    write(panel, "The pole snapped")
    expect(panel.locator(".state")).to_have_text("Sending")
    rig.live.cut()
    expect(panel.locator(".state")).to_have_text("Sent")
    assert len(rig.live.sent("msg")) == 1
    assert panel.locator(TEXTS).all_inner_texts() == ["The pole snapped"]


def it_keeps_what_is_written_offline_and_sends_it_in_order(rig: Rig) -> None:
    panel = rig.panel()
    write(panel, "one")
    expect(panel.locator(".state")).to_have_text("Sent")
    rig.live.is_down = True
    rig.live.cut()
    panel.evaluate("dispatchEvent(new Event('offline'))")
    for text in ("two", "three", "four"):
        write(panel, text)
    expect(panel.locator(".pending")).to_have_count(3)
    rig.live.is_down = False
    panel.evaluate("dispatchEvent(new Event('online'))")
    expect(panel.locator(".pending")).to_have_count(0)
    assert [message["body"] for message in rig.live.messages] == ["one", "two", "three", "four"]
    assert panel.locator(TEXTS).all_inner_texts() == ["one", "two", "three", "four"]


def it_keeps_unsent_messages_through_a_reload(rig: Rig) -> None:
    panel = rig.panel()
    rig.live.is_down = True
    rig.live.cut()
    write(panel, "still here")
    panel.reload()
    expect(panel.locator(TEXTS)).to_have_text("still here")
    rig.live.is_down = False
    expect(panel.locator(".state")).to_have_text("Sent")
    assert [message["body"] for message in rig.live.messages] == ["still here"]


def it_shows_after_a_cut_what_a_fresh_page_shows(rig: Rig) -> None:
    panel = rig.panel()
    write(panel, "Hi")
    rig.live.join()
    rig.live.say("Hello")
    expect(panel.locator(".msg")).to_have_count(2)
    rig.live.is_down = True
    rig.live.cut()
    for n in range(50):
        rig.live.add("agent" if n % 3 else "contact", "Ada" if n % 3 else "", f"message {n}")
    rig.live.is_down = False
    expect(panel.locator(".msg")).to_have_count(52)
    fresh = rig.panel()
    expect(fresh.locator(".msg")).to_have_count(52)
    assert log_of(panel) == log_of(fresh)


def it_shows_each_message_once_in_the_order_of_numbers(rig: Rig) -> None:
    panel = rig.panel()
    write(panel, "Hi")
    rig.live.join()
    late = rig.live.add("agent", "Ada", "first")
    rig.live.say("second")
    rig.live.push("msg", **late)
    rig.live.push("msg", **late)
    expect(panel.locator(".msg:not(.out) .text")).to_have_text(["first", "second"])


def it_gives_up_a_socket_that_owes_an_answer(rig: Rig) -> None:
    page = rig.page()
    page.clock.install()
    page.goto(f"{BRAND_HOST}/w/panel/{KEY}/?lang=en")
    page.wait_for_selector(GREETED)
    rig.live.is_mute = True
    for pings in (1, 2):
        page.clock.run_for(26_000)
        until(page, partial(has_sent, rig, "ping", pings))
        page.clock.run_for(11_000)
        until(page, partial(has_sent, rig, "hello", pings + 1))


def has_sent(rig: Rig, op: str, times: int) -> bool:
    return len(rig.live.sent(op)) == times


def it_says_that_it_connects_again_and_then_that_it_is_offline(rig: Rig) -> None:
    panel = rig.page()
    panel.clock.install()
    panel.goto(f"{BRAND_HOST}/w/panel/{KEY}/?lang=en")
    panel.wait_for_selector(GREETED)
    panel.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    rig.live.is_down = True
    rig.live.cut()
    passed = 0
    while panel.locator("#link").is_hidden():
        assert passed < 60_000
        panel.clock.run_for(100)
        passed += 100
    assert passed >= 2000
    expect(panel.locator("#link")).to_have_text("Connecting again…")
    panel.context.set_offline(True)
    panel.clock.run_for(10_000)
    expect(panel.locator("#link")).to_contain_text("You're offline")


def it_keeps_a_text_that_is_too_long(rig: Rig) -> None:
    panel = rig.panel()
    write(panel, "x" * 10_001)
    expect(panel.get_by_role("alert")).to_contain_text("10,001 characters, and 10,000 fit")
    expect(panel.locator("#text")).to_have_value("x" * 10_001)
    assert rig.live.sent("msg") == []
    write(panel, "😀" * 10_000)
    expect(panel.get_by_role("alert")).to_be_hidden()
    until(panel, partial(has_sent, rig, "msg", 1))


def it_gives_a_refused_text_back(rig: Rig) -> None:
    panel = rig.panel()
    rig.live.refuse = lambda frame: {"code": "too_long", "message": "This message is too long."}
    write(panel, "my text")
    expect(panel.get_by_role("alert")).to_have_text("This message is too long.")
    expect(panel.locator("#text")).to_have_value("my text")
    expect(panel.locator(".msg")).to_have_count(0)


def it_keeps_a_refused_text_in_place_when_another_is_being_written(rig: Rig) -> None:
    panel = rig.panel()
    rig.live.answers = False
    write(panel, "first text")
    panel.fill("#text", "second text")
    until(panel, partial(has_sent, rig, "msg", 1))
    rig.live.push("error", code="refused", message="No.", client_id=rig.live.sent("msg")[0]["client_id"])
    expect(panel.locator(".failed")).to_contain_text("Not sent")
    expect(panel.locator("#text")).to_have_value("second text")
    rig.live.answers = True
    panel.get_by_role("button", name="Try again").click()
    expect(panel.locator(".state")).to_have_text("Sent")


def it_waits_when_it_wrote_too_much_at_once(rig: Rig) -> None:
    panel = rig.panel()
    wait = {"code": "rate_limited", "retry_after": 1}
    rig.live.refuse = lambda frame: wait if len(rig.live.sent("msg")) < 2 else None
    write(panel, "again and again")
    expect(panel.get_by_role("alert")).to_contain_text("That was a lot at once")
    expect(panel.locator(".state")).to_have_text("Sent")
    assert len(rig.live.messages) == 1


@pytest.mark.parametrize("kind", ["paste", "drop"])
def it_refuses_files_in_words_and_keeps_the_text(rig: Rig, kind: str) -> None:
    panel = rig.panel()
    panel.fill("#text", "see the picture")
    panel.locator("#text").evaluate(DROP, kind)
    expect(panel.get_by_role("alert")).to_have_text("Files can't be sent here yet. Your text is still here.")
    expect(panel.locator("#text")).to_have_value("see the picture")


def it_begins_afresh_when_the_token_is_no_good(rig: Rig) -> None:
    panel = rig.panel()
    write(panel, "Hi")
    expect(panel.locator(".state")).to_have_text("Sent")
    rig.live.messages, rig.live.state, rig.live.conversation = [], "new", None
    panel.fill("#text", "half a sentence")
    rig.live.cut(code=4401)
    expect(panel.get_by_role("alert")).to_contain_text("can't be opened any more")
    expect(panel.locator("body")).to_have_attribute("data-phase", "home")
    expect(panel.locator("#text")).to_have_value("half a sentence")
    until(panel, partial(has_sent, rig, "hello", 2))
    assert [hello["token"] for hello in rig.live.sent("hello")] == ["token-1", "token-2"]


def it_says_when_the_chat_is_not_for_this_page(rig: Rig) -> None:
    panel = rig.panel()
    rig.live.cut(code=4403)
    expect(panel.get_by_role("alert")).to_have_text("The chat is not available on this page.")
    expect(panel.locator("#composer")).to_be_hidden()


def it_ends_and_starts_anew(rig: Rig) -> None:
    panel = rig.panel()
    write(panel, "Hi")
    rig.live.join()
    panel.locator("#end").click()
    panel.get_by_role("button", name="Stay").click()
    assert rig.live.sent("end") == []
    panel.locator("#end").click()
    panel.get_by_role("group").get_by_role("button", name="End", exact=True).click()
    expect(panel.locator("#over")).to_contain_text("This conversation has ended")
    expect(panel.locator(".event").last).to_have_text("You ended the conversation")
    panel.get_by_role("button", name="Start a new conversation").click()
    expect(panel.locator(".msg")).to_have_count(0)
    rig.live.messages, rig.live.state, rig.live.conversation = [], "new", None
    write(panel, "One more thing")
    expect(panel.locator(".state")).to_have_text("Sent")
    assert [frame.get("fresh") for frame in rig.live.sent("msg")] == [None, True]


def it_goes_on_with_what_was_closed_when_asked_to(rig: Rig) -> None:
    panel = rig.panel()
    write(panel, "Hi")
    rig.live.join()
    rig.live.end("ended", resume=True)
    expect(panel.get_by_role("button", name="Start a new conversation")).to_be_visible()
    panel.get_by_role("button", name="Go on with this conversation").click()
    expect(panel.locator("#text")).to_be_focused()
    write(panel, "And the pegs?")
    rig.live.resume()
    expect(panel.locator("#over")).to_be_hidden()
    expect(panel.locator(".msg")).to_have_count(2)
    until(panel, partial(has_sent, rig, "msg", 2))
    assert [frame.get("fresh") for frame in rig.live.sent("msg")] == [None, None]


def it_says_what_it_was_asked_and_that_it_may_not_write(rig: Rig) -> None:
    panel = rig.panel()
    write(panel, "Hi")
    rig.live.join()
    asked = rig.live.add("system", "", "Are you still there?")
    rig.live.push("msg", **asked, code="nudged")
    expect(panel.locator(".event").last).to_have_text("Are you still there?")
    rig.live.cut(code=4410)
    expect(panel.get_by_role("alert")).to_have_text("We can't take your messages here at the moment.")
    expect(panel.locator("#composer")).to_be_hidden()


def it_gives_the_text_back_when_the_conversation_ended_meanwhile(rig: Rig) -> None:
    panel = rig.panel()
    write(panel, "Hi")
    rig.live.join()
    rig.live.refuse = lambda frame: {"code": "ended"}
    write(panel, "Wait, one thing")
    rig.live.end("ended")
    panel.get_by_role("button", name="Start a new conversation").click()
    expect(panel.locator("#text")).to_have_value("Wait, one thing")


def it_keeps_the_draft_through_a_reload(rig: Rig) -> None:
    panel = rig.panel()
    panel.fill("#text", "half a sentence")
    panel.reload()
    expect(panel.locator("#text")).to_have_value("half a sentence")


def it_keeps_what_is_written_before_its_script_runs(rig: Rig) -> None:
    """A slow line: the field is there, and nobody listens yet."""
    held: list[Route] = []
    page = rig.page()
    page.route("**/static/widget/composer.js", lambda route: held.append(route))
    page.goto(f"{BRAND_HOST}/w/panel/{KEY}/?lang=en", wait_until="commit")
    page.fill("#text", "Hello?")
    until(page, lambda: bool(held))
    held[0].fallback()
    page.wait_for_selector(GREETED)
    expect(page.locator("#text")).to_have_value("Hello?")
    page.locator("#send").click()
    until(page, partial(has_sent, rig, "msg", 1))


def it_shows_a_message_as_it_was_stored(rig: Rig) -> None:
    panel = rig.panel()
    write(panel, "my card is 4111 1111 1111 1111")
    until(panel, partial(has_sent, rig, "msg", 1))
    rig.live.messages[0]["body"] = "my card is •••• 1111"
    rig.live.push("msg", **rig.live.messages[0])
    expect(panel.locator(TEXTS)).to_have_text("my card is •••• 1111")


def it_says_nothing_for_an_event_it_does_not_know(rig: Rig) -> None:
    panel = rig.panel()
    write(panel, "Hi")
    rig.live.tell_event("something_new")
    rig.live.say("Hello")
    expect(panel.locator("#log > *")).to_have_count(2)


def it_shows_text_as_text_and_links_as_links(rig: Rig) -> None:
    panel = rig.panel()
    write(panel, "<img src=x onerror=alert(1)> javascript:alert(1) https://a.example/b?c=d.")
    expect(panel.locator(TEXTS)).to_contain_text("<img src=x onerror=alert(1)>")
    expect(panel.locator(".text a")).to_have_count(1)
    expect(panel.locator(".text a")).to_have_attribute("href", "https://a.example/b?c=d")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "ar"])
def it_passes_the_accessibility_audit_in_every_state(rig: Rig, scheme: str, lang: str) -> None:
    rig.live.staffed = False
    size = {"width": 320, "height": 560}
    panel = rig.panel(lang=lang, color_scheme=scheme, viewport=size, reduced_motion="reduce")
    found = {"home": audit(panel)}
    write(panel, "Hi")
    rig.live.push("place", position=2)
    found["queued"] = audit(panel)
    rig.live.push("place", position=2, closed=SHUT)
    found["closed"] = audit(panel)
    rig.live.push("place", position=2, call=True)
    panel.locator("#callme").click()
    rig.live.push("windows", zone="Europe/Stockholm", windows=SPANS)
    found["calling"] = audit(panel)
    rig.live.push("call", **PROMISE, calling=False)
    found["promised"] = audit(panel)
    rig.live.push("resumed")
    rig.live.join()
    rig.live.say("Hello, see https://a.example/")
    write(panel, "x" * 10_001)
    found["active"] = audit(panel)
    panel.locator("#end").click()
    found["asking"] = audit(panel)
    panel.locator("#yes").click()
    found["ended"] = audit(panel)
    assert not any(found.values()), found
    assert panel.evaluate("document.documentElement.scrollWidth <= innerWidth")


def it_is_usable_by_keyboard_alone(rig: Rig) -> None:
    panel = rig.panel()
    write(panel, "Hi")
    rig.live.join()
    expect(panel.locator("#end")).to_be_visible()
    expect(panel.locator("#text")).to_be_focused()
    panel.locator("#end").press("Enter")
    expect(panel.locator("#no")).to_be_focused()
    panel.keyboard.press("Escape")
    expect(panel.locator("#text")).to_be_focused()
    panel.keyboard.press("Shift+Tab")
    expect(panel.locator("#scroll")).to_be_focused()
