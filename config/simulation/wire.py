"""The little a simulated browser needs: HTTP to any *.localhost name, cookies, JSON, websockets."""

import asyncio
import http.client
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import websockets
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

TIMEOUT = 30
LOST = (OSError, WebSocketException, http.client.HTTPException, TimeoutError, EOFError)


@dataclass(frozen=True)
class Stack:
    """Where a running stack listens. Names below the base are not resolved: everything is on one machine."""

    base: str = "localhost"
    port: int = 8000
    live_port: int = 8001
    address: str = "127.0.0.1"

    def host(self, slug: str | None = None) -> str:
        return f"{slug}.{self.base}" if slug else self.base

    def origin(self, slug: str | None = None) -> str:
        return f"http://{self.host(slug)}:{self.port}"

    async def socket(
        self, path: str, *, slug: str | None, headers: dict[str, str] | None = None
    ) -> ClientConnection:
        """Open a websocket with the host's own Origin."""
        return await websockets.connect(
            f"ws://{self.host(slug)}:{self.live_port}{path}",
            host=self.address,
            port=self.live_port,
            origin=self.origin(slug),  # type: ignore[arg-type]
            additional_headers=headers or {},
            proxy=None,
            open_timeout=TIMEOUT,
        )


@dataclass
class Answer:
    """A response read to its end."""

    status: int
    headers: http.client.HTTPMessage
    text: str

    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Browser:
    """One cookie jar on one host. `fetch` runs in a thread: the simulation is asyncio, http.client is not."""

    stack: Stack
    slug: str | None = None
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **headers: str) -> Answer:
        return await asyncio.to_thread(self._fetch, "GET", path, None, headers)

    async def post(self, path: str, form: dict[str, Any] | None = None, **headers: str) -> Answer:
        """Send a form with the CSRF token of the last page."""
        body = urlencode({"csrfmiddlewaretoken": self.cookies.get("_token", ""), **(form or {})})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return await asyncio.to_thread(self._fetch, "POST", path, body, kind | headers)

    async def post_json(self, path: str, data: dict[str, Any], **headers: str) -> Answer:
        kind = {"Content-Type": "application/json"}
        return await asyncio.to_thread(self._fetch, "POST", path, json.dumps(data), kind | headers)

    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items() if name != "_token")

    def _fetch(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        origin = self.stack.origin(self.slug)
        sent = {"Host": urlsplit(origin).netloc, "Origin": origin, "Referer": f"{origin}/"}
        sent |= {"Cookie": self.cookie_header()} | {k.replace("_", "-"): v for k, v in headers.items()}
        connection = http.client.HTTPConnection(self.stack.address, self.stack.port, timeout=TIMEOUT)
        try:
            connection.request(method, path, body=body, headers=sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read().decode("utf-8", "replace"))
        finally:
            connection.close()
        self._keep(answer)
        return answer

    def _keep(self, answer: Answer) -> None:
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        if token := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.text):
            self.cookies["_token"] = token.group(1)
