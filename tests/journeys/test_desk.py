"""The agent's desk in a browser: nothing typed is lost, nothing is missing after a cut, every key works."""

import asyncio
import re
import threading
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, expect

from config.launch.plan import PING_SECONDS, PONG_SECONDS
from config.simulation.customer import Customer, widget_key
from tests.connectors.webchat.rig import until
from tests.journeys.conftest import Desk, Window, sign_in
from tests.stack import RunningStack

pytestmark = pytest.mark.browser

T = TypeVar("T")
EMAIL, SLUG, CLIENT = "ruby@harbour.example", "lumen", "Lumen Energy"
RINGS = 60_000  # an agent of another test may be asked first and not be there
REPLY = "form.composer[data-kind=reply] textarea"
NOTE = "form.composer[data-kind=note] textarea"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TONES = """
window.tones = 0;
const made = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { window.tones += 1; return made.call(this); };
"""


NOTICES = """
window.notices = [];
window.Notification = class {
  static permission = "granted";
  constructor(title, options) { window.notices.push({ title, ...options }); }
  close() {}
};
Object.defineProperty(document, "hidden", { get: () => true });
"""
PASTE = """(field) => {
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File(["x"], "meter.png", {type: "image/png"}));
  return field.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
}"""


class Caller:
    """A customer of Lumen, driven from this thread."""

    def __init__(self, stack: RunningStack) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        key = self.run(widget_key(stack.wire, SLUG))
        self.customer = Customer(stack.wire, SLUG, key)
        self.run(self.customer.open())
        assert self.run(self.customer.until(lambda: self.customer._socket is not None, seconds=60))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(90)

    def says(self, *texts: str) -> None:
        for text in texts:
            self.run(self.customer.say(text))
        assert self.run(self.customer.until(self.customer.all_acked, seconds=60))

    def reads(self, text: str) -> bool:
        return self.run(
            self.customer.until(lambda: any(b["body"] == text for b in self.customer.replies()), seconds=60)
        )

    def ends(self) -> None:
        self.run(self.customer.end())

    def leaves(self) -> None:
        self.run(self.customer.leave())
        self.loop.call_soon_threadsafe(self.loop.stop)


At = Callable[..., Page]


@pytest.fixture(scope="module")
def session(stack: RunningStack, chromium: Browser) -> Any:
    """Ruby's cookies: she signs in once."""
    context = chromium.new_context()
    page = context.new_page()
    sign_in(page, f"{stack.base}/desk/", EMAIL)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def at(stack: RunningStack, window: Window, session: Any) -> At:
    """Return a maker of Ruby's windows: `at(path)`; `prepare` is given each before it goes there."""

    def make(
        path: str = "/desk/", prepare: Callable[[Page], Any] = lambda page: None, **options: Any
    ) -> Page:
        page = window(storage_state=session, **options)
        prepare(page)
        page.goto(f"{stack.base}{path}")
        page.locator("#presence-box").wait_for()
        return page

    return make


@pytest.fixture
def ruby(at: At) -> Iterator[Desk]:
    """Ruby at her desk, available; gone offline, with nothing left on it, when the test is over."""
    desk = Desk(at())
    desk.go_available()
    yield desk
    clear(at())


@pytest.fixture
def call(stack: RunningStack) -> Iterator[Callable[[], Caller]]:
    """Return a maker of customers."""
    callers: list[Caller] = []

    def make() -> Caller:
        callers.append(Caller(stack))
        return callers[-1]

    yield make
    for caller in callers:
        caller.leaves()


def clear(page: Page) -> None:
    """Wrap up whatever Ruby has and go offline: nobody rings at an empty desk."""
    for path in page.locator('[data-group]:not([data-group="closed"]) a.row').evaluate_all(
        "els => els.map(e => e.href)"
    ):
        page.goto(path)
        Desk(page).end()
        page.locator("#reason").select_option(index=1)
        page.locator("#outcome").select_option(index=1)
        page.get_by_role("button", name="Finish").click()
        page.locator("form.wrapup").wait_for(state="detached")
    page.locator(".presence").click()
    page.locator("#presence-menu button[value=offline]").click()
    page.locator(".presence[data-state=offline]").wait_for()


def taken(ruby: Desk, caller: Caller, text: str, *, shown: str = "") -> str:
    """The caller writes, Ruby accepts; returns the conversation's path."""
    caller.says(text)
    ruby.page.locator(f'.offer[data-brand="{CLIENT}"]:not(.over)').first.wait_for(timeout=RINGS)
    ruby.page.keyboard.press("F2")
    expect(ruby.page.locator("msg-stream")).to_contain_text(shown or text)
    path = str(ruby.page.locator("msg-composer").get_attribute("data-url"))
    expect(ruby.page.locator(f'a.row[href="{path}"]')).to_be_visible()
    return path


def bubbles(page: Page) -> list[tuple[str, str]]:
    """(id, text) of everything in the stream that has a number."""
    found: list[list[str]] = page.locator("msg-stream > [id]").evaluate_all(
        "nodes => nodes.map(n => [n.id, n.innerText.replace(/\\s+/g, ' ').trim()])"
    )
    return [(each[0], each[1]) for each in found]


class Wire:
    """The page's socket, with a knife."""

    def __init__(self, page: Page) -> None:
        self.is_up, self.is_deaf = True, False
        self.sockets: list[WebSocketRoute] = []
        page.route_web_socket("**/ws/desk/", self._carry)
        page.route("**/desk/state/**", self._poll)

    def _carry(self, socket: WebSocketRoute) -> None:
        if not self.is_up:
            socket.close(code=1011)
            return
        server = socket.connect_to_server()
        socket.on_message(server.send)
        server.on_message(lambda text: None if self.is_deaf else socket.send(text))
        self.sockets.append(socket)

    def _poll(self, route: Route) -> None:
        if self.is_up and not self.is_deaf:
            route.continue_()
        else:
            route.abort()

    def cut(self) -> None:
        self.is_up = False
        for socket in self.sockets:
            socket.close(code=1011)
        self.sockets.clear()

    def mend(self) -> None:
        self.is_up = True


def it_keeps_what_was_typed_when_the_only_tab_is_closed(
    stack: RunningStack, window: Window, ruby: Desk, call: Callable[[], Caller]
) -> None:
    path = taken(ruby, call(), "My bill doubled")
    ruby.page.locator(REPLY).press_sequentially("Half an ans")
    ruby.page.close(run_before_unload=True)
    page = window()
    sign_in(page, f"{stack.base}/desk/", EMAIL)
    expect(page.locator(f'a.row[href="{path}"] .draft')).to_be_visible()
    page.goto(f"{stack.base}{path}")
    expect(page.locator(REPLY)).to_have_value("Half an ans")


def it_never_carries_a_text_to_another_conversation(ruby: Desk, call: Callable[[], Caller]) -> None:
    first = taken(ruby, call(), "I am moving house")
    ruby.page.locator(REPLY).fill("for the one who moves")
    second = taken(ruby, call(), "There is an outage")
    assert second != first
    expect(ruby.page.locator(REPLY)).to_have_value("")
    ruby.page.locator(REPLY).fill("for the one in the dark")
    ruby.open(first)
    expect(ruby.page.locator(REPLY)).to_have_value("for the one who moves")
    ruby.open(second)
    expect(ruby.page.locator(REPLY)).to_have_value("for the one in the dark")


def it_shows_newer_messages_above_an_intact_composer(at: At, ruby: Desk, call: Callable[[], Caller]) -> None:
    caller = call()
    path = taken(ruby, caller, "What about my bill?")
    wires: list[Wire] = []
    page = at(path, lambda page: wires.append(Wire(page)))
    wire = wires[0]
    page.locator(REPLY).fill("It is right as it is")
    wire.is_deaf = True
    caller.says("Sorry, wrong bill")
    page.locator(REPLY).press("Control+Enter")
    expect(page.locator("form[data-kind=reply] .err")).to_contain_text("New messages arrived")
    expect(page.locator("msg-stream")).to_contain_text("Sorry, wrong bill")
    expect(page.locator(REPLY)).to_have_value("It is right as it is")
    page.locator(REPLY).press("Control+Enter")
    assert caller.reads("It is right as it is")


def it_equals_a_fresh_page_after_a_cut_with_fifty_messages(
    stack: RunningStack, at: At, ruby: Desk, call: Callable[[], Caller]
) -> None:
    caller = call()
    path = taken(ruby, caller, "Hello?")
    wires: list[Wire] = []
    page = at(path, lambda page: wires.append(Wire(page)))
    wire = wires[0]
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    wire.cut()
    caller.says(*(f"while away {n}" for n in range(25)))
    ruby.reply("from my other tab")
    caller.says(*(f"and then {n}" for n in range(25)))
    expect(page.locator("#live")).to_have_attribute("data-state", re.compile("reconnecting|offline"))
    wire.mend()
    expect(page.locator("msg-stream")).to_contain_text("and then 24", timeout=60_000)
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    fresh = page.context.new_page()
    fresh.goto(f"{stack.base}{path}")
    until(page, lambda: bubbles(page) == bubbles(fresh))
    assert len(bubbles(page)) >= 54
    expect(page.locator(".day.new")).to_have_count(1)


def it_sends_by_itself_what_could_not_be_sent(
    stack: RunningStack, ruby: Desk, call: Callable[[], Caller]
) -> None:
    caller = call()
    taken(ruby, caller, "Is anybody there?")
    ruby.page.context.set_offline(True)
    ruby.page.locator(REPLY).fill("I am here")
    ruby.page.locator(REPLY).press("Control+Enter")
    expect(ruby.page.locator('.m.out[data-state="failed"]')).to_contain_text("I am here")
    ruby.page.context.set_offline(False)
    assert caller.reads("I am here")
    expect(ruby.page.locator('.m.out[data-state="sent"]')).to_have_count(1)
    expect(ruby.page.locator('.m.out[data-state="failed"]')).to_have_count(0)


def it_refuses_ten_thousand_and_one_characters_and_keeps_them(ruby: Desk, call: Callable[[], Caller]) -> None:
    taken(ruby, call(), "Tell me everything")
    text = "x" * 10_001
    ruby.page.locator(REPLY).fill(text)
    ruby.page.locator(REPLY).press("Control+Enter")
    expect(ruby.page.locator("form[data-kind=reply] .err")).to_contain_text("10,001")
    expect(ruby.page.locator(REPLY)).to_have_value(text)
    expect(ruby.page.locator(".m.out")).to_have_count(0)


def it_refuses_a_file_in_words_and_keeps_the_text(
    ruby: Desk, call: Callable[[], Caller], tmp_path: Path
) -> None:
    path = taken(ruby, call(), "Which picture do you mean?")
    said = ruby.page.locator("form[data-kind=reply] .err")
    ruby.page.locator(REPLY).fill("This one")
    assert ruby.page.locator(REPLY).evaluate(PASTE) is False
    expect(said).to_contain_text("Files cannot be sent yet")
    ruby.reply("No, none")
    expect(said).to_be_hidden()
    ruby.page.locator(REPLY).fill("This one")
    drop(ruby.page, REPLY, tmp_path)
    expect(said).to_contain_text("Files cannot be sent yet")
    expect(ruby.page.locator(REPLY)).to_have_value("This one")
    assert path in ruby.page.url


def it_stays_where_it_is_when_a_file_is_dropped_beside(at: At, tmp_path: Path) -> None:
    page = at()
    for place in ("#conversation", ".list"):
        drop(page, place, tmp_path)
        expect(page.locator(".toast").last).to_contain_text("Files cannot be sent yet")
        page.locator(".toast [data-dismiss]").last.click()
    assert page.url.endswith("/desk/")


def drop(page: Page, selector: str, folder: Path) -> None:
    """Drag a file from outside the browser onto the middle of it, and let go."""
    file = folder / "meter.txt"
    file.write_text("1234")
    box = page.locator(selector).bounding_box()
    assert box is not None
    session = page.context.new_cdp_session(page)
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    for kind in ("dragEnter", "dragOver", "drop"):
        data = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
        session.send("Input.dispatchDragEvent", {"type": kind, "data": data, **at})


def it_works_from_accept_to_finish_without_a_mouse(ruby: Desk, call: Callable[[], Caller]) -> None:
    caller, keys = call(), ruby.page.keyboard
    taken(ruby, caller, "Quick question")
    expect(ruby.page.locator("#conversation h1")).to_be_focused()
    keys.press("r")
    keys.type("Quick answer")
    keys.press("Control+Enter")
    assert caller.reads("Quick answer")
    expect(ruby.page.locator(REPLY)).to_be_focused()
    keys.press("Escape")
    keys.press("n")
    keys.type("Between us")
    keys.press("Control+Enter")
    expect(ruby.page.locator(".m.note[data-seq]")).to_contain_text("Between us")
    keys.press("Escape")
    keys.press("?")
    expect(ruby.page.locator("#keys")).to_be_visible()
    keys.press("Escape")
    keys.press("e")
    ruby.page.locator("#reason").focus()
    keys.press("ArrowDown")
    keys.press("Tab")
    keys.press("ArrowDown")
    keys.press("Control+Enter")
    ruby.page.locator("form.wrapup").wait_for(state="detached")
    assert all(bubble["body"] != "Between us" for bubble in caller.customer.shown.values())


def it_moves_through_the_list_by_keys(ruby: Desk, call: Callable[[], Caller]) -> None:
    first = taken(ruby, call(), "The first")
    second = taken(ruby, call(), "The second")
    ruby.page.locator("msg-stream").focus()
    ruby.page.keyboard.press("k")
    expect(ruby.page.locator(f'a.row[href="{first}"]')).to_be_focused()
    ruby.page.keyboard.press("j")
    expect(ruby.page.locator(f'a.row[href="{second}"]')).to_be_focused()
    ruby.page.keyboard.press("k")
    ruby.page.keyboard.press("Enter")
    expect(ruby.page.locator("msg-composer")).to_have_attribute("data-url", first)
    expect(ruby.page).to_have_url(re.compile(re.escape(first)))
    ruby.page.go_back()
    expect(ruby.page.locator("msg-composer")).to_have_attribute("data-url", second)


@pytest.mark.parametrize("letters", ["rnej?]", "ąćęłńóśźż€", "äöüß@{[]}\\~|µ", "éèêëîïôùûçœ«»", "ñ¿¡ºª·#"])
def it_leaves_every_letter_to_the_text(ruby: Desk, call: Callable[[], Caller], letters: str) -> None:
    taken(ruby, call(), "Can you spell it?")
    box = ruby.page.locator(REPLY)
    box.focus()
    for letter in letters:
        box.evaluate(ALT_GR, letter)
        ruby.page.keyboard.insert_text(letter)
    ruby.page.keyboard.type("rnejk")
    expect(box).to_have_value(letters + "rnejk")
    expect(box).to_be_focused()
    expect(ruby.page.locator(NOTE)).to_be_hidden()
    expect(ruby.page.locator("dialog[open]")).to_have_count(0)


ALT_GR = """(field, key) => {
  for (const modifiers of [{ altKey: true }, { ctrlKey: true, altKey: true }])
    field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...modifiers }));
}"""


def it_asks_why_only_after_declining(ruby: Desk, call: Callable[[], Caller]) -> None:
    caller = call()
    caller.says("Anybody for me?")
    ruby.page.locator(".offer:not(.over)").first.wait_for(timeout=RINGS)
    ruby.page.keyboard.press("F8")
    asked = ruby.page.locator(".offer.over[data-asks]")
    expect(asked).to_contain_text("keeps the place")
    asked.get_by_role("button", name="Busy").click()
    expect(asked).to_have_count(0)  # the same customer may ring again by now
    caller.ends()


def it_says_that_the_time_ran_out(ruby: Desk, call: Callable[[], Caller]) -> None:
    caller = call()
    caller.says("Anybody for me?")
    card = ruby.page.locator(".offer:not(.over)").first
    card.wait_for(timeout=RINGS)
    expect(ruby.page.locator("#offer-said")).to_contain_text(f"Incoming chat, {CLIENT}")
    expect(ruby.page.locator(".offer.over .gone").first).to_be_visible(timeout=RINGS)
    caller.ends()


def it_says_that_the_customer_left(ruby: Desk, call: Callable[[], Caller]) -> None:
    caller = call()
    caller.says("Anybody for me?")
    ruby.page.locator(".offer:not(.over)").first.wait_for(timeout=RINGS)
    caller.ends()
    expect(ruby.page.locator(".offer.over .gone").first).to_have_text("The customer left.")
    expect(ruby.page.locator(".offer")).to_have_count(0)


def it_calls_with_sound_and_title_in_one_tab(stack: RunningStack, at: At, call: Callable[[], Caller]) -> None:
    page = at(prepare=lambda page: page.context.add_init_script(TONES))
    other = page.context.new_page()
    other.goto(f"{stack.base}/desk/")
    for tab in (page, other):
        tab.bring_to_front()
        tab.locator(".presence").click()
        tab.locator("#presence-menu button[value=available]").click()
        tab.locator(".presence[data-state=available]").wait_for()
    caller = call()
    caller.says("Is this thing on?")
    for tab in (page, other):
        tab.locator(".offer:not(.over)").first.wait_for(timeout=RINGS)
        expect(tab).to_have_title(f"(1) Incoming chat, {CLIENT}")
    page.wait_for_function("window.tones > 0")
    assert other.evaluate("window.tones") == 0
    page.keyboard.press("F2")
    expect(page.locator("msg-stream")).to_contain_text("Is this thing on?")
    for tab in (page, other):
        expect(tab.locator(".offer")).to_have_count(0)
    page.wait_for_timeout(1000)  # the tone that sounds now
    heard = page.evaluate("window.tones")
    page.wait_for_timeout(2000)
    assert page.evaluate("window.tones") == heard
    clear(at())


def it_stays_available_in_a_tab_whose_timers_stand_still(at: At, call: Callable[[], Caller]) -> None:
    """As in a tab in the background: whether somebody is there is the browser's to answer, not the page's."""
    page = at(prepare=lambda page: page.clock.install())
    Desk(page).go_available()
    page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=5))
    page.evaluate("setTimeout(() => { window.ticked = true; }, 1)")
    page.wait_for_timeout((int(PING_SECONDS) + int(PONG_SECONDS) + 5) * 1000)
    caller = call()
    caller.says("Are you still there?")
    page.locator(".offer:not(.over)").first.wait_for(timeout=RINGS)
    expect(page.locator(".presence")).to_have_attribute("data-state", "available")
    assert page.evaluate("window.ticked") is None
    caller.ends()
    clear(at())


def it_notifies_once_of_an_offer_and_without_the_customers_words(at: At, call: Callable[[], Caller]) -> None:
    frames: list[str] = []

    def prepare(page: Page) -> None:
        page.add_init_script(NOTICES)
        page.on("websocket", lambda socket: socket.on("framereceived", lambda text: frames.append(str(text))))

    page = at(prepare=prepare)
    Desk(page).go_available()
    caller = call()
    caller.says("My bill is a secret")
    offer = page.locator(".offer:not(.over)").first
    offer.wait_for(timeout=RINGS)
    told = {"title": "Incoming chat", "body": CLIENT, "requireInteraction": True}
    tag = offer.get_attribute("id")
    page.wait_for_function("tag => window.notices.some((one) => one.tag === tag)", arg=tag)
    frames.clear()
    page.evaluate("for (const kind of ['offline', 'online']) dispatchEvent(new Event(kind))")
    until(page, lambda: any("acceptance" in text for text in frames), seconds=30)
    notices = page.evaluate("window.notices")  # more than one when the first was not accepted in time
    assert notices == [told | {"tag": tag} for tag in dict.fromkeys(one["tag"] for one in notices)]
    caller.ends()
    clear(at())


def it_loses_nothing_that_is_clicked_before_its_script_ran(
    stack: RunningStack, at: At, ruby: Desk, call: Callable[[], Caller]
) -> None:
    caller, held = call(), []
    path = taken(ruby, caller, "The script is late")
    ruby.page.goto("about:blank")
    page = at("/desk/")
    page.route("**/js/msg-composer*.js", lambda route: held.append(route))
    page.goto(f"{stack.base}{path}", wait_until="commit")
    page.locator(REPLY).fill("Sent before the script")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".m.out")).to_contain_text("Sent before the script")
    assert caller.reads("Sent before the script")
    assert page.url == f"{stack.base}{path}"
    page.locator(REPLY).fill("Half an")
    page.get_by_role("button", name="Note", exact=True).click()
    page.locator(NOTE).fill("Half a note")
    page.get_by_role("button", name="Reply", exact=True).click()
    page.wait_for_url(f"{stack.base}{path}?mode=reply", wait_until="commit")
    expect(page.locator(REPLY)).to_have_value("Half an")
    page.locator(REPLY).fill("Half an answer")
    with page.expect_response("**/draft/"):
        page.unroute("**/js/msg-composer*.js")  # what was held goes on
    page.reload()
    expect(page.locator(REPLY)).to_have_value("Half an answer")
    expect(page.locator(NOTE)).to_have_value("Half a note")


def it_works_by_plain_forms_without_scripts(
    stack: RunningStack, at: At, ruby: Desk, call: Callable[[], Caller]
) -> None:
    caller = call()
    path = taken(ruby, caller, "From an old machine")
    ruby.page.goto("about:blank")
    page = at(path, java_script_enabled=False)
    page.locator(REPLY).fill("To an old machine")
    page.get_by_role("button", name="Send").click()
    assert caller.reads("To an old machine")
    expect(page.locator(".m.out")).to_contain_text("To an old machine")
    page.locator(REPLY).fill("Not sent yet")
    page.get_by_role("button", name="Note", exact=True).click()
    page.locator(NOTE).fill("No scripts there")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".m.note")).to_contain_text("No scripts there")
    expect(page.locator(REPLY)).to_have_value("Not sent yet")
    page.get_by_role("button", name="Wrap up").click()
    page.locator("#reason").select_option(index=1)
    page.locator("#outcome").select_option(index=1)
    page.get_by_role("button", name="Finish").click()
    page.wait_for_url(f"{stack.base}/desk/")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def it_passes_axe_at_work(at: At, ruby: Desk, call: Callable[[], Caller], theme: str, width: int) -> None:
    caller, waiting = call(), call()
    path = taken(ruby, caller, "Is my card 4111 1111 1111 1111 known?", shown="known?")
    page = at(path, viewport={"width": width, "height": 844}, color_scheme=theme, reduced_motion="reduce")
    waiting.says("And me?")
    page.locator(".offer:not(.over)").first.wait_for(timeout=RINGS)
    assert audit(page) == []
    ruby.page.keyboard.press("F8")
    waiting.ends()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    caller.ends()
    page.locator("form.wrapup").wait_for()
    assert audit(page) == []
    page.evaluate("document.getElementById('keys').showModal()")
    assert audit(page) == []


def audit(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES})
    violations = found.response["violations"]
    return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in violations]
