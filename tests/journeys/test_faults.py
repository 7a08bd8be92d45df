"""What the whole stack answers when it is treated badly."""

import contextlib
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest

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


def it_serves_the_next_page_at_once_after_twenty_aborted_downloads(stack: RunningStack) -> None:
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", stack.port), timeout=30) as connection:
            connection.sendall(
                f"GET /shop/ HTTP/1.1\r\nHost: northwind.localhost:{stack.port}\r\n\r\n".encode()
            )
            connection.recv(64)
    assert serves(stack)


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
