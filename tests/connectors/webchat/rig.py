"""The launcher and the panel in a real Chromium, against a live server made of a list: no stack, no rows."""

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.template.loader import render_to_string
from django.utils.translation import get_language_bidi, override
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Route, WebSocketRoute

from config.launch.layout import PROJECT
from core import hues
from interactions.connectors.webchat.settings import MAX_CHARACTERS, MODULES
from interactions.connectors.webchat.texts import launcher_words, panel_words
from tenants.values import BrandCard

STATIC = PROJECT / "static"
KEY = "pk_test"
BRAND_HOST = "http://northwind.localhost"
SHOP_HOST = "http://shop.localhost"
LIVE = "ws://northwind.localhost:8001/ws/chat/"
TYPES = {".js": "text/javascript", ".css": "text/css"}
GREETED = "#status:not(:empty), body:not([data-phase=home])"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' "
    f"ws://northwind.localhost:8001; base-uri 'none'; form-action 'none'; frame-ancestors 'self' {SHOP_HOST}"
)
SHOP = f"""<!doctype html><html lang="LANG"><title>A client's page</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><main><h1>A client's page</h1>
<script async src="{BRAND_HOST}/w.js" data-key="{KEY}"></script></main></html>"""


@dataclass
class Live:
    """The other end of the socket: keeps what it was sent, and answers as the protocol says."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    state: str = "new"
    name: str = ""
    staffed: bool = True
    closed: dict[str, Any] | None = None
    conversation: str | None = None
    frames: list[dict[str, Any]] = field(default_factory=list)
    sockets: list[WebSocketRoute] = field(default_factory=list)
    is_down: bool = False
    is_mute: bool = False
    hears: bool = True
    answers: bool = True
    refuse: Callable[[dict[str, Any]], dict[str, Any] | None] = lambda frame: None

    def connected(self, socket: WebSocketRoute) -> None:
        if self.is_down:
            socket.close(code=1011)
            return
        self.sockets.append(socket)
        socket.on_message(lambda text: self.take(socket, json.loads(text)))

    def take(self, socket: WebSocketRoute, frame: dict[str, Any]) -> None:
        self.frames.append(frame)
        if frame["op"] == "hello":
            self.greet(socket, frame)
        elif frame["op"] == "ping" and not self.is_mute:
            self.tell(socket, "pong")
        elif frame["op"] == "msg" and self.hears:
            self.store(socket, frame)
        elif frame["op"] == "end":
            self.tell_event("customer_ended")
            self.end("ended")

    def greet(self, socket: WebSocketRoute, hello: dict[str, Any]) -> None:
        same = hello.get("conversation") in (None, self.conversation)
        missing = [m for m in self.messages if m["seq"] > (hello["after"] if same else 0)]
        self.tell(socket, "hello_ok", state=self.state, name=self.name, conversation=self.conversation,
                  reason="", reset=False, messages=missing)  # fmt: skip
        if self.state == "new":
            closed = {"closed": self.closed} if self.closed else {}
            self.tell(socket, "place", staffed=self.staffed, **closed)

    def store(self, socket: WebSocketRoute, frame: dict[str, Any]) -> None:
        if refusal := self.refuse(frame):
            self.tell(socket, "error", client_id=frame["client_id"], **refusal)
            return
        known = [m for m in self.messages if m["client_id"] == frame["client_id"]]
        if not known:
            self.conversation = self.conversation or "c-1"
            self.state = "queued" if self.state == "new" else self.state
            known = [self.add("contact", "", frame["body"], frame["client_id"])]
        if self.answers:
            self.tell(socket, "ack", client_id=frame["client_id"], seq=known[0]["seq"], at=known[0]["at"],
                      conversation=self.conversation)  # fmt: skip
            self.tell(socket, "msg", **known[0])

    def add(self, author: str, name: str, body: str, client_id: str | None = None) -> dict[str, Any]:
        at = datetime.now(UTC).isoformat()
        seq = len(self.messages) + 1
        message = {"seq": seq, "client_id": client_id, "author": author, "name": name, "body": body, "at": at}
        self.messages.append(message)
        return message

    def say(self, body: str, *, author: str = "agent", name: str = "Ada") -> None:
        """Add a message of the other side, and push it."""
        self.push("msg", **self.add(author, name, body))

    def join(self, name: str = "Ada") -> None:
        self.state, self.name = "active", name
        self.tell_event("joined", name)
        self.push("agent", event="joined", name=name)

    def end(self, reason: str, *, resume: bool = False) -> None:
        self.state = "ended"
        self.push("ended", reason=reason, resume=resume)

    def resume(self) -> None:
        self.state = "queued"
        self.push("resumed")

    def tell_event(self, code: str, name: str = "") -> None:
        message = self.add("system", name, "")
        message["code"] = code
        self.push("msg", **message)

    def cut(self, code: int = 1011) -> None:
        for socket in self.sockets:
            socket.close(code=code)
        self.sockets = []

    def push(self, op: str, **fields: Any) -> None:
        for socket in self.sockets:
            self.tell(socket, op, **fields)

    def sent(self, op: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["op"] == op]

    @staticmethod
    def tell(socket: WebSocketRoute, op: str, **fields: Any) -> None:
        socket.send(json.dumps({"op": op, **fields}))


@dataclass
class Rig:
    """A context of the browser whose every address is answered from the working tree."""

    browser: Browser
    brand: BrandCard
    greeting: str = "Hi! Planning a trip?"
    live: Live = field(default_factory=Live)
    requests: list[str] = field(default_factory=list)
    tokens: int = 0
    share: int | None = None
    faults: list[str] = field(default_factory=list)

    def context(self, **options: Any) -> BrowserContext:
        context = self.browser.new_context(**options)
        context.set_default_timeout(30_000)
        context.route("**/*", self.answer)
        context.route_web_socket(LIVE, self.live.connected)
        return context

    def page(self, context: BrowserContext | None = None, **options: Any) -> Page:
        page = (context or self.context(**options)).new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on(
            "console", lambda said: self.faults.append(said.text) if "Security Policy" in said.text else None
        )
        return page

    def panel(self, context: BrowserContext | None = None, *, lang: str = "en", **options: Any) -> Page:
        """Open the panel as a page of its own."""
        page = self.page(context, **options)
        page.goto(f"{BRAND_HOST}/w/panel/{KEY}/?lang={lang}")
        page.wait_for_selector(GREETED)
        return page

    def shop(self, context: BrowserContext | None = None, *, lang: str = "en", **options: Any) -> Page:
        """Open a client's page that embeds the launcher."""
        page = self.lonely_shop(context, lang=lang, **options)
        page.get_by_role("button").wait_for()
        return page

    def lonely_shop(
        self, context: BrowserContext | None = None, *, lang: str = "en", stored: str = "", **options: Any
    ) -> Page:
        """Open a client's page without waiting for the launcher; `stored`: what the page has kept of it."""
        page = self.page(context, **options)
        if stored:
            page.add_init_script(f"localStorage.setItem('chat:{KEY}', {json.dumps(stored)})")
        page.goto(f"{SHOP_HOST}/?lang={lang}")
        return page

    def answer(self, route: Route) -> None:
        url = route.request.url
        self.requests.append(url)
        parts = urlsplit(url)
        language = parse_qs(parts.query).get("lang", ["en"])[0]
        if url.startswith(SHOP_HOST):
            route.fulfill(body=SHOP.replace("LANG", language), content_type="text/html")
        elif parts.path.startswith("/static/"):
            self.file(route, STATIC / parts.path.removeprefix("/static/"))
        elif parts.path == "/w.js":
            self.file(route, STATIC / "widget" / "w.js")
        elif parts.path == "/t/brand.css":
            route.fulfill(body=hues.stylesheet([self.brand.hue]), content_type="text/css")
        elif parts.path.startswith("/w/settings/"):
            route.fulfill(json=self.settings(language), headers={"Access-Control-Allow-Origin": "*"})
        elif parts.path == "/w/session/":
            self.tokens += 1
            route.fulfill(json={"token": f"token-{self.tokens}"})
        elif parts.path.startswith("/w/panel/"):
            route.fulfill(
                body=self.html(language), content_type="text/html", headers={"Content-Security-Policy": CSP}
            )
        else:
            route.fulfill(status=404)

    def settings(self, language: str) -> dict[str, Any]:
        with override(language):
            way = "rtl" if get_language_bidi() else "ltr"
            share = {} if self.share is None else {"share": self.share}
            said = launcher_words(self.brand.name) | share
            return {"hue": self.brand.hue, "lang": language, "dir": way, **said}

    def html(self, language: str) -> str:
        frame = {"key": KEY, "name": self.brand.name, "live": LIVE, "session": "/w/session/"}
        context = {"brand": self.brand, "language": language, "greeting": self.greeting, "modules": MODULES}
        with override(language):
            words = {"words": panel_words(), "limit": MAX_CHARACTERS, "origins": [BRAND_HOST, SHOP_HOST]}
            way = {
                "direction": "rtl" if get_language_bidi() else "ltr",
                "title": f"Chat with {self.brand.name}",
            }
            return render_to_string("widget/panel.html", context | way | {"frame": frame | words})

    @staticmethod
    def file(route: Route, path: Path) -> None:
        route.fulfill(body=path.read_bytes(), content_type=TYPES[path.suffix])


def panel_of(page: Page) -> Frame:
    """Return the panel's frame on a client's page, once it has greeted."""
    until(page, lambda: any("/w/panel/" in frame.url for frame in page.frames))
    frame = next(frame for frame in page.frames if "/w/panel/" in frame.url)
    frame.wait_for_selector(GREETED)
    return frame


def until(page: Page, seen: Callable[[], bool], *, seconds: float = 30) -> None:
    """Let the page go on until it is so."""
    for _ in range(round(seconds / 0.02)):
        if seen():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it did not become so")


def write(panel: Page | Frame, text: str) -> None:
    panel.fill("#text", text)
    panel.press("#text", "Enter")


def log_of(panel: Page) -> str:
    """Return the messages on screen as the page's own HTML, without what only moves."""
    return re.sub(r' style="[^"]*"', "", panel.inner_html("#log"))


def weigh(text: str | bytes) -> int:
    """Return the size in bytes, compressed as servers do."""
    return len(gzip.compress(text.encode() if isinstance(text, str) else text, 9))
