"""One running stack for all journeys, started as a person starts it, and a browser in front of it."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, TimeoutError

from config.worlds.cast import PASSWORD
from tests.stack import RunningStack, attach, running

VIOLATIONS = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.__violations.push(event.violatedDirective + " " + event.blockedURI));
"""


@pytest.fixture(scope="session")
def stack() -> Iterator[RunningStack]:
    """The whole product with the demo world and its history planted.

    `TRUNKLINE_STACK` names the var directory of one that runs already, which saves the start while writing.
    """
    if there := os.environ.get("TRUNKLINE_STACK"):
        yield attach(Path(there))
        return
    root = Path(os.environ.get("TRUNKLINE_VAR") or tempfile.gettempdir())
    with tempfile.TemporaryDirectory(prefix="journey-", dir=root if root.is_dir() else None) as folder:
        os.chmod(folder, 0o755)  # noqa: S103 - the service account must reach its data
        with running(Path(folder) / "var") as started:
            started.wait_for_history()
            yield started


Window = Callable[..., Page]


@pytest.fixture
def window(chromium: Browser) -> Iterator[Window]:
    """Return a maker of windows, each with cookies of its own; none may break the content policy."""
    open_ones: list[BrowserContext] = []

    def make(**options: object) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})  # type: ignore[arg-type]
        context.add_init_script(VIOLATIONS)
        context.set_default_timeout(30_000)
        open_ones.append(context)
        return context.new_page()

    yield make
    violations = [found for context in open_ones for page in context.pages for found in _violations(page)]
    for context in open_ones:
        for page in context.pages:
            _off_shift(page)
        context.close()
    assert violations == []


def _off_shift(page: Page) -> None:
    """Take the desk's agent offline, so that the next test's customers do not ring here."""
    with contextlib.suppress(Error):
        if page.locator("#presence-menu button[value=offline]").count():
            page.evaluate("document.querySelector('#presence-menu button[value=offline]').click()")
            page.locator(".presence[data-state=offline]").wait_for(timeout=20_000)


def _violations(page: Page) -> list[str]:
    with contextlib.suppress(Exception):
        found: list[str] = page.evaluate("window.__violations || []")
        return found
    return []


@dataclass
class Desk:
    """An agent's window."""

    page: Page

    def go_available(self) -> None:
        if self.page.locator(".presence[data-state=available]").count():
            return
        self.page.locator(".presence").click()
        self.page.locator("#presence-menu button[value=available]").click()
        self.page.locator(".presence[data-state=available]").wait_for()

    def accept(self, client: str) -> str:
        """Accept the offer of the client, the next one when one ran out; return the conversation's path."""
        offer = self.page.locator(f'.offer[data-brand="{client}"]:not(.over)').first
        taken = self.page.locator(f'#conversation:has(.chip:has-text("{client}")) msg-composer')
        with contextlib.suppress(TimeoutError):
            self._take(offer, taken)
        if not taken.count():
            self.go_available()
            self._take(offer, taken)
        return str(taken.get_attribute("data-url"))

    def _take(self, offer: Locator, taken: Locator) -> None:
        offer.wait_for(timeout=60_000)
        self.page.keyboard.press("F2")
        taken.wait_for()

    def reply(self, text: str) -> None:
        box = self.page.locator("form.composer[data-kind=reply] textarea")
        box.fill(text)
        box.press("Control+Enter")
        self.page.locator(f'.m.out[data-state=sent]:has-text("{text}")').wait_for()

    def open(self, path: str) -> None:
        self.page.locator(f'a.row[href="{path}"]').click()
        self.page.locator(f'msg-composer[data-url="{path}"]').wait_for()

    def end(self) -> None:
        end, form = self.page.locator("#acts [data-key='e']"), self.page.locator("form.wrapup")
        form.or_(end).first.wait_for()
        if not form.count():
            with contextlib.suppress(TimeoutError):  # ended by the customer in this instant
                end.click(timeout=15_000)

    def wrap_up(self, reason: str, outcome: str) -> None:
        self.end()
        self.page.locator("#reason").select_option(reason)
        self.page.locator("#outcome").select_option(outcome)
        self.page.get_by_role("button", name="Finish").click()
        self.page.locator("form.wrapup").wait_for(state="detached")


@dataclass
class Chat:
    """A customer's window: the brand's shop with the widget open."""

    page: Page

    @property
    def panel(self) -> "object":
        return self.page.frame_locator("iframe")

    def say(self, text: str) -> None:
        frame = self.page.frame_locator("iframe")
        frame.locator("#text").fill(text)
        frame.locator("#send").click()
        frame.locator("#log").get_by_text(text, exact=True).wait_for()

    def reads(self, text: str) -> None:
        """Wait until the panel shows the text."""
        self.page.frame_locator("iframe").locator("#log").get_by_text(text, exact=True).wait_for()

    def words(self) -> str:
        return self.page.frame_locator("iframe").locator("#log").inner_text()


def sign_in(page: Page, address: str, email: str) -> None:
    """Open the address, sign in where it leads, and wait until it is there again."""
    page.goto(address)
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def desk_of(window: Window, stack: RunningStack, email: str) -> Desk:
    page = window()
    sign_in(page, f"{stack.base}/desk/", email)
    page.locator("#presence-box").wait_for()
    return Desk(page)


def customer_of(window: Window, stack: RunningStack, slug: str) -> Chat:
    page = window()
    page.goto(f"{stack.brand(slug)}/shop/")
    page.locator("button.talk").click()
    page.frame_locator("iframe").locator("#text").wait_for()
    return Chat(page)
