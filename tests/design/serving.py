"""What the browser asks for, answered by a thread: the page to look at, and the files of the finders.

The browser may keep the files, so only the first page of a module pays for them. To routes of the driver it
would keep none, and ask three processes for each.
"""

import mimetypes
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.contrib.staticfiles import finders

from core import hues
from core.csp import HEADER, policy, write
from tests.design.pages import request

KEPT = {"Cache-Control": "max-age=3600"}


class Site(ThreadingHTTPServer):
    """Serves one page at `/`, under the real policy; `html` is the page of the moment."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.html = ""

    @property
    def address(self) -> str:
        return f"http://localhost:{self.server_port}/"


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Site

    def do_GET(self) -> None:  # noqa: N802 - the library's name
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        if parts.path == "/":
            headers = {HEADER: write(policy(request())), "Cache-Control": "no-store"}
            self._say(200, "text/html; charset=utf-8", self.server.html.encode(), headers)
        elif parts.path == hues.PATH:
            found = hues.parse(parse_qs(parts.query)["h"][0])
            self._say(200, "text/css", hues.stylesheet(found or ()).encode(), KEPT)
        elif parts.path.startswith("/static/"):
            self._say(*_static(parts.path.removeprefix("/static/")), KEPT)
        else:
            self._say(204, "text/plain", b"", {})

    do_POST = do_GET  # noqa: N815 - the library's name

    def log_message(self, *said: Any) -> None:
        """Say nothing."""

    def _say(self, status: int, kind: str, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@cache
def _static(name: str) -> tuple[int, str, bytes]:
    found = finders.find(name)
    if not found:
        return 404, "text/plain", name.encode()
    return 200, mimetypes.guess_type(name)[0] or "text/plain", Path(str(found)).read_bytes()
