"""What the whole stack answers when it is treated badly."""

import asyncio
import contextlib
import select
import socket
import struct
import time
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest

from config.gunicorn import threads
from interactions.connectors.webchat.consumers import TRY_LATER
from interactions.connectors.webchat.settings import HELLO_SECONDS
from tests.stack import RunningStack, answers

pytestmark = pytest.mark.kill


def fetch(stack: RunningStack, path: str, host: str) -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{stack.port}{path}", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def it_names_nobody_on_an_unknown_host(stack: RunningStack) -> None:
    for host in (
        f"nobody.localhost:{stack.port}",
        "evil.example",
        f"northwind.localhost.evil.example:{stack.port}",
    ):
        status, text = fetch(stack, "/report/", host)
        assert status == 404
        assert not any(word in text for word in ("Northwind", "Lumen", "Trunkline"))


@pytest.mark.parametrize("what", ["downloads", "uploads"])
def it_serves_the_next_page_after_twenty_that_were_cut_off(stack: RunningStack, what: str) -> None:
    """More at once than there are threads: each thread is in the middle of one when all are cut off."""
    request = download(stack) if what == "downloads" else upload(stack)
    held = [narrow(stack, request) for _ in range(20)]
    eventually(lambda: answering(held) >= threads, "not every thread had begun")
    assert answering(held) < len(held), "the answers fit between the two: nothing is in the middle"
    for connection in held:
        cut(connection)
    assert serves(stack)


def it_closes_a_chat_that_does_not_greet_so_that_its_page_comes_back(stack: RunningStack) -> None:
    """A code that the server may not send would leave the page with a socket that nobody reads."""
    assert asyncio.run(code_after_silence(stack)) == TRY_LATER


async def code_after_silence(stack: RunningStack) -> int | None:
    socket = await stack.wire.socket("/ws/chat/", slug="northwind")
    await asyncio.wait_for(socket.wait_closed(), 3 * HELLO_SECONDS)
    return socket.close_code


def download(stack: RunningStack) -> bytes:
    """Ask for the largest file there is."""
    static = stack.var / "static"
    files = [path for path in static.rglob("*") if path.is_file() and path.suffix not in {".gz", ".br"}]
    largest = max(files, key=lambda path: path.stat().st_size).relative_to(static)
    return f"GET /static/{largest} HTTP/1.1\r\nHost: localhost:{stack.port}\r\n\r\n".encode()


def upload(stack: RunningStack) -> bytes:
    """Announce a body and send one byte of it. That the server reads it is told by its "100 Continue"."""
    lines = [
        "POST /w/session/ HTTP/1.1",
        f"Host: northwind.localhost:{stack.port}",
        "Content-Type: application/json",
        "Content-Length: 100000",
        "Expect: 100-continue",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n{").encode()


def narrow(stack: RunningStack, request: bytes) -> socket.socket:
    """Send the request by a connection that takes next to nothing in, so that no buffer holds the answer."""
    connection = socket.socket()
    connection.settimeout(30)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
    connection.connect(("127.0.0.1", stack.port))
    connection.sendall(request)
    return connection


def answering(held: list[socket.socket]) -> int:
    """How many have got the beginning of an answer."""
    return len(select.select(held, [], [], 0)[0])


def cut(connection: socket.socket) -> None:
    """Close it by a reset, as a network does that goes away."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@pytest.mark.parametrize("name", ["web", "live", "worker", "router"])
def it_brings_a_killed_process_back(stack: RunningStack, name: str) -> None:
    old = stack.pid(name)
    stack.kill(name)
    eventually(lambda: is_another(stack, name, old), f"{name} did not come back")
    eventually(lambda: serves(stack), "the pages did not come back")
    eventually(lambda: listens(stack.port + 1), "the live port did not come back")


def is_another(stack: RunningStack, name: str, old: int) -> bool:
    """Tell whether the process was started again; while it is, no pid is written down."""
    with contextlib.suppress(StopIteration):
        return stack.pid(name) != old
    return False


def serves(stack: RunningStack) -> bool:
    address = f"http://127.0.0.1:{stack.port}/accounts/login/"
    return answers(address, host=f"localhost:{stack.port}", timeout=30)


def listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=30):
        return True
    return False


def eventually(true: Callable[[], bool], otherwise: str) -> None:
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end, otherwise
        time.sleep(0.1)
