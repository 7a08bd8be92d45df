"""Footprint: what a browser loads first, what the stack weighs idle, how fast it is ready."""

import gzip
import re
import time
from collections.abc import Iterable
from pathlib import Path
from tempfile import mkdtemp

from bench.harness import Row, row
from config.simulation.wire import Answer, Browser
from tests.stack import RunningStack, free_port, start

ASSET = re.compile(r'(?:src|href)="(/[^"#]+\.(?:js|css)[^"]*|/t/[^"]+\.css[^"]*)"')
IMPORT = re.compile(r'(?:from|import)\s*\(?"(\./[^"]+|/[^"]+)"')
PSS = re.compile(r"^Pss:\s+(\d+) kB", re.M)
SETTLE_SECONDS = 15


def kilobytes(texts: Iterable[str]) -> float:
    """Return the gzip size of all of them, each compressed alone as a server does."""
    return sum(len(gzip.compress(text.encode(), 6)) for text in texts) / 1000


async def first_load(browser: Browser, path: str) -> dict[str, str]:
    """Return every text a cold browser fetches for the page: HTML, stylesheets, scripts and their imports."""
    page = await browser.get(path)
    found = {path: page.text}
    waiting = ASSET.findall(page.text)
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        answer: Answer = await browser.get(address)
        found[address] = answer.text
        folder = address.rpartition("/")[0]
        waiting += [resolve(folder, name) for name in IMPORT.findall(answer.text)]
    return found


def resolve(folder: str, name: str) -> str:
    return name if name.startswith("/") else f"{folder}/{name.removeprefix('./')}"


def pss_megabytes(pid: int) -> float:
    """Return the proportional set size of a process and all below it (Linux, smaps_rollup)."""
    total = 0.0
    for one in [pid, *descendants(pid)]:
        try:
            found = PSS.search(Path(f"/proc/{one}/smaps_rollup").read_text())
        except OSError:
            continue
        total += int(found.group(1)) / 1000 if found else 0
    return total


def descendants(pid: int) -> list[int]:
    """Return all processes below `pid`."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        parent = int(text.rpartition(")")[2].split()[1])
        children.setdefault(parent, []).append(int(stat.parent.name))
    found, queue = [], [pid]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def first_start() -> RunningStack:
    """Start a stack in an empty folder; the caller stops it."""
    return start(Path(mkdtemp(prefix="bench-")) / "var", free_port())


def again(stack: RunningStack) -> RunningStack:
    """Stop the stack and start it a second time on the same data."""
    stack.stop()
    return start(stack.var, stack.port)


def ready_rows(first: float, second: float) -> list[Row]:
    return [
        row("footprint", "ready_first_s", first, "s", target="<= 20 s", holds=first <= 20),
        row("footprint", "ready_second_s", second, "s", target="<= 6 s", holds=second <= 6),
    ]


def weight_row(stack: RunningStack) -> Row:
    """Weigh the idle stack, PostgreSQL and Valkey included."""
    time.sleep(SETTLE_SECONDS)
    weight = pss_megabytes(stack.process.pid)
    return row("footprint", "stack_pss_mb", weight, "MB", target="<= 400 MB", holds=weight <= 400)


def size_row(name: str, size: float, limit: float) -> Row:
    return row("footprint", name, size, "KB gzip", target=f"<= {limit:g} KB", holds=size <= limit)
