"""A Chromium that is fed by the test itself: static files from the finders, no server, no database."""

import json
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.utils.translation import trans_real
from playwright.sync_api import Browser, BrowserContext, Page, Route, WebSocketRoute

from accounts.choices import Role
from core import clock, hues
from core.csp import HEADER, policy, write
from tests.accounts.conftest import Browser as Caller
from tests.design.pages import request
from tests.design.pseudo import PseudoTranslations
from tests.factories import make_person

pytest.register_assert_rewrite("tests.design.demands")

HOST = "http://design.test"
WIDTHS = {"wide": (1440, 900), "phone": (390, 844)}


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


@dataclass
class Stage:
    """Shows pages under the real policy; `violations` collects what the policy refused."""

    context: BrowserContext
    html: dict[str, str] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    def show(self, html: str) -> Page:
        """Open the page and return it once its styles and modules are there."""
        self.html["/"] = html
        page = self.context.new_page()
        page.on(
            "console",
            lambda message: self.violations.append(message.text) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: self.violations.append(str(error)))
        page.goto(HOST + "/", wait_until="load")
        return page

    def answer(self, route: Route) -> None:
        parts = urlsplit(route.request.url)
        headers = {HEADER: write(policy(request()))}
        if parts.path == hues.PATH:
            found = hues.parse(parse_qs(parts.query)["h"][0])
            route.fulfill(body=hues.stylesheet(found or ()), content_type="text/css", headers=headers)
        elif parts.path.startswith("/static/"):
            route.fulfill(**_static(parts.path.removeprefix("/static/")))
        elif parts.path in self.html:
            route.fulfill(
                body=self.html[parts.path], content_type="text/html; charset=utf-8", headers=headers
            )
        else:
            route.fulfill(status=204)


def welcome(socket: WebSocketRoute) -> None:
    """Answer the desk's hello: a page that connects again says so in words of another length."""
    socket.on_message(lambda text: socket.send(json.dumps({"stream": json.loads(text)["op"]})))


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=list(WIDTHS))
def width(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def stage(chromium: Browser, theme: str, width: str) -> Iterator[Stage]:
    wide, high = WIDTHS[width]
    settings: dict[str, Any] = {"color_scheme": theme, "reduced_motion": "reduce"}
    context = chromium.new_context(viewport={"width": wide, "height": high}, **settings)
    made = Stage(context)
    context.route("**/*", made.answer)
    context.route_web_socket("**/*", welcome)
    yield made
    context.close()


def _static(name: str) -> dict[str, Any]:
    found = finders.find(name)
    if not found:
        return {"status": 404, "body": name}
    return {
        "body": Path(str(found)).read_bytes(),
        "content_type": mimetypes.guess_type(name)[0] or "text/plain",
    }
