"""A Chromium that is fed by the test itself: the page it made, static files from the finders, no database."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import pytest
from django.core.cache import cache
from django.utils.translation import trans_real
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    ViewportSize,
    WebSocketRoute,
)

from accounts.choices import Role
from core import clock
from tests.accounts.conftest import Browser as Caller
from tests.design.pseudo import PseudoTranslations
from tests.design.serving import Site
from tests.factories import make_person

pytest.register_assert_rewrite("tests.design.demands")

THEMES = ("light", "dark")
WIDTHS: dict[str, ViewportSize] = {
    "wide": {"width": 1440, "height": 900},
    "phone": {"width": 390, "height": 844},
}


@pytest.fixture(autouse=True)
def instant(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's clock without a database."""
    monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC))


@pytest.fixture(autouse=True)
def beside_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are made beside a running browser, in one thread: Django is told that this is meant."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def operator(db: None) -> Caller:
    """Olu Park, an operator, signed in on the provider's host."""
    cache.clear()
    person = make_person("op@example.test", (Role.OPERATOR, None), name="Olu Park")
    caller = Caller(headers={"host": "localhost:8000"})
    assert caller.sign_in(person.email).status_code == 302
    return caller


@pytest.fixture
def pseudo_locale(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the made-up language in English's place, so that every page speaks it."""
    real: Any = trans_real
    before = getattr(real._active, "value", None)
    monkeypatch.setitem(real._translations, "en", PseudoTranslations())
    monkeypatch.setattr(trans_real, "_default", PseudoTranslations())
    trans_real.activate("en")
    yield
    if before is None:
        trans_real.deactivate()
    else:
        real._active.value = before


@dataclass(frozen=True)
class Look:
    """A page as it stands in one theme and width; `again`: loaded once, and seen in another theme before."""

    page: Page
    theme: str
    width: str
    again: bool

    def __str__(self) -> str:
        return f"{self.theme}, {self.width}"


@dataclass
class Stage:
    """Shows pages under the real policy; `violations` collects what the policy refused."""

    page: Page
    site: Site
    themes: tuple[str, ...]
    widths: tuple[str, ...]
    violations: list[str] = field(default_factory=list)

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def looks(self, html: str) -> Iterator[Look]:
        """Load the page anew in each width, as its script may measure, and turn it to each theme."""
        self.site.html = html
        for width in self.widths:
            self.page.set_viewport_size(WIDTHS[width])
            self._turn(self.themes[0])
            self.page.goto(self.site.address, wait_until="load")
            for theme in self.themes:
                self._turn(theme)
                yield Look(self.page, theme, width, again=theme != self.themes[0])

    def show(self, html: str) -> Page:
        """Open the page in the one look the test names, and return it once styles and modules are there."""
        [(_theme, _width)] = [(theme, width) for theme in self.themes for width in self.widths]
        return next(self.looks(html)).page

    def listen(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", self._fail)

    def leave(self) -> None:
        """Let the next test find a page that does nothing any more and reports to nobody."""
        self.page.remove_listener("console", self._hear)
        self.page.remove_listener("pageerror", self._fail)
        self.page.goto("about:blank")

    def _turn(self, theme: str) -> None:
        self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type] # a word of THEMES

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.violations.append(message.text)

    def _fail(self, error: Error) -> None:
        self.violations.append(str(error))


def welcome(socket: WebSocketRoute) -> None:
    """Answer the desk's hello: a page that connects again says so in words of another length."""
    socket.on_message(lambda text: socket.send(json.dumps({"stream": json.loads(text)["op"]})))


@pytest.fixture
def theme(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Both themes, or the one a test names: `parametrize("theme", ["light"], indirect=True)`."""
    return (request.param,) if hasattr(request, "param") else THEMES


@pytest.fixture
def width(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Both widths, or the one a test names, in the same way."""
    return (request.param,) if hasattr(request, "param") else tuple(WIDTHS)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as made:
        Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


def _page(chromium: Browser) -> Page:
    context = chromium.new_context(reduced_motion="reduce")
    context.route_web_socket("**/*", welcome)
    return context.new_page()


@pytest.fixture(scope="module")
def looked_at(chromium: Browser) -> Page:
    """The one page of a module: it has the files and its process already."""
    return _page(chromium)


@pytest.fixture
def stage(
    chromium: Browser, looked_at: Page, site: Site, theme: tuple[str, ...], width: tuple[str, ...]
) -> Iterator[Stage]:
    """Where pages are shown; a test that names one look may do more with it, and has a context of its own."""
    alone = len(theme) == len(width) == 1
    made = Stage(_page(chromium) if alone else looked_at, site, theme, width)
    made.listen()
    yield made
    made.leave()
    if alone:
        made.context.close()
