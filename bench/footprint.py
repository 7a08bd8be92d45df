"""Footprint: what a browser loads first, what the stack weighs idle, how fast it is ready."""

import gzip
import http.client
import re
import time
from collections import Counter
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

from bench import machine
from bench.harness import Row, row
from bench.rig import Rig
from config.simulation.customer import KEY
from config.simulation.wire import Stack
from config.worlds.cast import AGENTS
from tests.stack import RunningStack, start

GROUP = "footprint"
SLUG = "northwind"
SETTLE_SECONDS = 15
LOADER_KB, PANEL_KB, DESK_KB = 4, 25, 150
WEIGHT_MB, FIRST_SECONDS, SECOND_SECONDS = 400, 20, 6
TAGS = re.compile(r"<(script|link|img|source|use)\b[^>]*?\s(?:src|href)=[\"']([^\"'#]+)", re.S)
LINKS = re.compile(r"rel=[\"']?([\w -]+)")
IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([./][^"']+)["']""")
IN_CSS = re.compile(r"""(?:@import\s+|url\()\s*["']?([^"')\s]+)""")
LOADED = {"stylesheet", "icon", "preload", "modulepreload", "manifest"}


@dataclass(frozen=True)
class Loaded:
    """What one address sent: the bytes on the wire, and the text they unpack to."""

    kind: str
    wire: int
    packed: int
    text: str


# ---- the start ----


def first_start(var: Path, port: int) -> tuple[RunningStack, float]:
    """Start in an empty folder; returns the stack and the seconds until its sign-in page answered."""
    stack = start(var, port)
    return stack, stack.ready_seconds


def second_start(stack: RunningStack) -> tuple[RunningStack, float]:
    """Stop it once its history is whole, and start it again on the same data."""
    stack.wait_for_history()
    stack.stop()
    return first_start(stack.var, stack.port)


def ready_rows(first: float, second: float) -> list[Row]:
    """The first start makes the database and the demo world; the second finds both."""
    return [
        row(GROUP, name, seconds, "s", target=f"<= {limit} s", holds=seconds <= limit, detail=detail)
        for name, seconds, limit, detail in (
            ("ready_first_s", first, FIRST_SECONDS, "from the command until the sign-in page answers 200"),
            ("ready_second_s", second, SECOND_SECONDS, "the same, with the data of the first start"),
        )
    ]


def weight_row(stack: RunningStack) -> Row:
    """Weigh the stack after SETTLE_SECONDS without work: PostgreSQL, Valkey and the supervisor included."""
    time.sleep(SETTLE_SECONDS)
    names = ("postgres", "valkey", "web", "live", "router", "worker")
    parts = {name: _megabytes(machine.with_descendants(stack.pid(name))) for name in names}
    whole = _megabytes(machine.with_descendants(stack.up_pid))
    words = ", ".join(f"{name} {size:.0f}" for name, size in parts.items())
    return row(
        GROUP, "stack_pss_mb", whole, "MB", target=f"<= {WEIGHT_MB} MB", holds=whole <= WEIGHT_MB,
        detail=f"PSS; {words}, supervisor {whole - sum(parts.values()):.0f}",
    )  # fmt: skip


# ---- what a browser loads ----


def load_rows(rig: Rig) -> list[Row]:
    """Fetch the loader, the panel and the desk as a cold browser does."""
    shop = Fetcher(rig.wire, SLUG)
    found = KEY.search(shop.get("/shop/").text)
    if not found:
        raise RuntimeError("no web chat on the shop page")
    desk = Fetcher(rig.wire, None)
    desk.sign_in(rig.desk(AGENTS[0].email).email, rig.desk(AGENTS[0].email).password)
    return [
        size_row("loader_kb", [shop.get("/w.js")], LOADER_KB),
        size_row("panel_kb", shop.everything(f"/w/panel/{found.group(1)}/"), PANEL_KB),
        size_row("desk_kb", desk.everything("/desk/"), DESK_KB),
    ]


def size_row(name: str, loaded: list[Loaded], limit: int) -> Row:
    """Sum up the gzip sizes. What the server sends unpacked (a page with a token) counts as sent."""
    packed, wire = sum(each.packed for each in loaded) / 1000, sum(each.wire for each in loaded) / 1000
    kinds = Counter[str]()
    for each in loaded:
        kinds[each.kind] += each.wire
    words = ", ".join(f"{kind} {size / 1000:.1f}" for kind, size in kinds.most_common())
    strict = wire if limit == DESK_KB else packed
    return row(
        GROUP, name, strict, "KB", target=f"<= {limit} KB", holds=strict <= limit,
        detail=f"{len(loaded)} answers, {wire:.1f} KB as sent ({words}), {packed:.1f} KB all gzipped",
    )  # fmt: skip


class Fetcher:
    """One cold browser on one host: takes gzip, keeps cookies."""

    def __init__(self, wire: Stack, slug: str | None) -> None:
        self.wire, self.slug = wire, slug
        self.cookies: dict[str, str] = {}

    def sign_in(self, email: str, password: str) -> None:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get("/accounts/login/").text)
        form = {"csrfmiddlewaretoken": token.group(1) if token else "", "login": email, "password": password}
        self._ask("POST", "/accounts/login/", form)

    def everything(self, path: str) -> list[Loaded]:
        """Return the page and all that it loads before anybody does anything, each address once."""
        page = self.get(path)
        found, waiting = {path: page}, _in_page(path, page.text)
        while waiting:
            address = waiting.pop()
            if address not in found:
                found[address] = self.get(unescape(address))
                waiting += _inside(address, found[address])
        return list(found.values())

    def get(self, path: str) -> Loaded:
        return self._ask("GET", path, None)

    def _ask(self, method: str, path: str, form: dict[str, str] | None) -> Loaded:
        origin = self.wire.origin(self.slug)
        headers = {
            "Host": urlsplit(origin).netloc, "Accept-Encoding": "gzip", "Origin": origin,
            "Referer": f"{origin}/",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }  # fmt: skip
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(self.wire.address, self.wire.port, timeout=20)
        try:
            connection.request(method, path, body=urlencode(form) if form else None, headers=headers)
            answer = connection.getresponse()
            sent = answer.read()
        finally:
            connection.close()
        if answer.status >= 400:
            raise RuntimeError(f"{path}: {answer.status}")
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return _loaded(sent, answer.headers)


def _loaded(sent: bytes, headers: http.client.HTTPMessage) -> Loaded:
    is_packed = headers.get("Content-Encoding") == "gzip"
    plain = gzip.decompress(sent) if is_packed else sent
    packed = len(sent) if is_packed else min(len(sent), len(gzip.compress(sent, 6, mtime=0)))
    kind = headers.get_content_type().rpartition("/")[2]
    return Loaded(kind, len(sent), packed, plain.decode("utf-8", "replace"))


def _in_page(path: str, html: str) -> list[str]:
    """Return the addresses that the page's elements load."""
    addresses = []
    for found in TAGS.finditer(html):
        tag, address = found.groups()
        element = html[found.start() : html.find(">", found.end())]
        rel = set((LINKS.search(element) or [""])[0].removeprefix("rel=").strip("\"' ").split())
        if tag != "link" or rel & LOADED:
            addresses.append(address)
    return _resolved(path, addresses)


def _inside(address: str, loaded: Loaded) -> list[str]:
    """Return what a stylesheet or a script loads in its turn."""
    if loaded.kind == "css":
        return _resolved(address, [found for found in IN_CSS.findall(loaded.text) if "data:" not in found])
    if loaded.kind in {"javascript", "x-javascript"}:
        return _resolved(address, IMPORT.findall(loaded.text))
    return []


def _resolved(base: str, addresses: list[str]) -> list[str]:
    """Make paths on this host of them; another host's are none of ours, and none there should be."""
    joined = (urlsplit(urljoin(f"http://here{base}", address)) for address in addresses)
    return [
        f"{parts.path}{'?' + parts.query if parts.query else ''}"
        for parts in joined
        if parts.netloc == "here"
    ]


def _megabytes(pids: list[int]) -> float:
    return machine.pss_kilobytes(pids) / 1000
